/* terminal.h: an alignment map on a terminal

   Target down, source across, a shaded cell for each pair. The strongest cell of a row also has its
   percentage, so that it stands out without colour:

                    The    cat    sat     .    </s>
              Le   █91█     ·      ·      ·     ·
            chat     ·    █95█     ·      ·     ·
              s'     ·     ░░░░  ▒38▒     ·    ░░░░

   With colour every cell is painted, from almost black to light yellow in steps of equal lightness, the
   same on dark and on light terminals. A map that is too wide continues below in a second block of
   columns. Labels line up in any script. Text that runs from right to left is isolated, so that it does
   not reorder its line. Control characters are shown, not obeyed. Pieces appear without their ▁; a +
   marks a piece that continues the word before it. */
#ifndef XATTN_TERMINAL_H
#define XATTN_TERMINAL_H

#include "align/map.h"

/* Appends the map in lines. The first line has the title and the map's layer and head, with a note if
   it is the model's alignment head. A map without rows or columns has only this line. Only the members
   of `style` about terminals count. */
bool terminal_draw(const xattn_map *map, const char *title, const xattn_style *style, Buffer *out,
                   Error *err);

#endif
