/* shape.h: the shape of a tensor as text, for messages about either kind of weight file */
#ifndef XATTN_SHAPE_H
#define XATTN_SHAPE_H

#include <stddef.h>

/* "[8000, 256]" into text, which it returns. At most four dimensions. */
char *shape_text(size_t rank, const size_t *shape, char text[96]);

#endif
