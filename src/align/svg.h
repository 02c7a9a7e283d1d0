/* svg.h: maps as pictures that a browser, a paper or a slide can show

       SVG_HEAT    a heat map: target down, source across, darker is more, the strongest cell of each
                   row outlined and its percentage written in it
       SVG_LINES   the two sentences, one above the other, joined by lines: the stronger, the thicker
                   and darker. Below a twentieth there is no line.

   Of several maps each is a panel, layers from top to bottom, heads from left to right. Every cell and
   line says what it is when pointed at (its title).

   Text is text, in the reader's fonts: a sans-serif one, and for Arabic, Chinese or emoji whatever
   fits there. How wide it will be is not known here, so room is made by the columns that it takes on
   a terminal (text/width.h). The picture brings its white background. */
#ifndef XATTN_SVG_H
#define XATTN_SVG_H

#include "align/map.h"

typedef enum { SVG_HEAT, SVG_LINES } SvgStyle;

/* Appends a whole SVG document, valid XML in UTF-8. No map, or maps without rows or columns, make a
   small empty picture. */
bool svg_draw(const xattn_maps *maps, SvgStyle style, Buffer *out, Error *err);

#endif
