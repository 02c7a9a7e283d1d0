/* shipped.h: parts of the model that comes with xattn, whatever its shape */
#ifndef XATTN_SHIPPED_H
#define XATTN_SHIPPED_H

#include "text/tokenizer.h"

/* Its tokenizer, of as many pieces as its config.json declares. */
bool shipped_tokenizer(Tokenizer *tokenizer, Arena *arena, Error *err);

#endif
