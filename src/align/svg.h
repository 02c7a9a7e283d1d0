/* svg.h: maps as pictures for browsers, papers and slides

       SVG_HEAT    a heat map: target down, source across, darker is more, the strongest cell of each
                   row outlined and its percentage written in it
       SVG_LINES   the two sentences, one above the other, joined by lines: the stronger, the thicker
                   and darker. Below a twentieth there is no line.

   Each of several maps is a panel, with layers from top to bottom and heads from left to right. Every
   cell and line has a tooltip (its title).

   Text is text in the reader's fonts: a sans-serif font, and for Arabic, Chinese or emoji whatever
   fits. Its width is unknown here, so its columns on a terminal (text/width.h) serve as an estimate.
   The background is white. */
#ifndef XATTN_SVG_H
#define XATTN_SVG_H

#include "align/map.h"

typedef enum { SVG_HEAT, SVG_LINES } SvgStyle;

/* Appends a whole SVG document, valid XML in UTF-8. If there is no map, or no row or column, the
   picture is small and empty. */
bool svg_draw(const xattn_maps *maps, SvgStyle style, Buffer *out, Error *err);

#endif
