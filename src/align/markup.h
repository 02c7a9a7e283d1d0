/* markup.h: text in XML or HTML, for svg.c and html.c */
#ifndef XATTN_MARKUP_H
#define XATTN_MARKUP_H

#include "base/buffer.h"

/* Appends text with & < and > as entities. Not for attributes, where quotes need escaping. */
void markup_text(const char *text, Buffer *out);

#endif
