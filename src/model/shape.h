/* shape.h: the shape of a tensor as text, for messages */
#ifndef XATTN_SHAPE_H
#define XATTN_SHAPE_H

#include <stddef.h>

/* Writes "[8000, 256]" to text and returns it. At most four dimensions. */
char *shape_text(size_t rank, const size_t *shape, char text[96]);

#endif
