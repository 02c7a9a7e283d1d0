/* terminal.h: an alignment map on a terminal

   Target down, source across, one shaded cell for each pair; the strongest cell of a row also says
   its percentage, so that it is seen without colour:

                    The    cat    sat     .    </s>
              Le   █91█     ·      ·      ·     ·
            chat     ·    █95█     ·      ·     ·
              s'     ·     ░░░░  ▒38▒     ·    ░░░░

   With colour every cell is painted, from nearly black to light yellow in steps of equal lightness:
   the same picture on dark and on light terminals. A map that is too wide goes on below in a
   second block of columns. Labels line up in any script; text that runs from right to left is
   isolated, so that it does not reorder its line; control characters are shown, not obeyed.
   Pieces are shown without their ▁; a + marks a piece that continues the word before it. */
#ifndef XATTN_TERMINAL_H
#define XATTN_TERMINAL_H

#include "align/map.h"

/* Appends the map, every line with its newline. Above it stands the title, with the
   map's layer and head and, in brackets, that it is the model's alignment head. A map without rows or
   columns is only that first line. Of the style, what is about terminals counts. */
bool terminal_draw(const xattn_map *map, const char *title, const xattn_style *style, Buffer *out,
                   Error *err);

#endif
