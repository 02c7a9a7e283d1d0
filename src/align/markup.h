/* markup.h: text that stands in XML or HTML, shared by svg.c and html.c */
#ifndef XATTN_MARKUP_H
#define XATTN_MARKUP_H

#include "base/buffer.h"

/* Appends text with & < and > written as entities; not for attributes, which need quotes escaped. */
void markup_text(const char *text, Buffer *out);

#endif
