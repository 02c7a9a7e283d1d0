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

typedef struct {
    bool color;  // escape sequences for 256 colours
    bool ascii;  // draw with ASCII only; the words themselves stay as they are
    int width;   // columns of the terminal; 0: as wide as the map
} TerminalStyle;

/* Appends the map, every line with its newline. Above it stands `text`, the translation, with the
   map's layer and head and, in brackets, `remark` ("the model's alignment head"; may be NULL). A map
   without rows or columns is only that first line. */
bool terminal_draw(const Map *map, const char *text, const char *remark, TerminalStyle style,
                   Buffer *out, Error *err);

#endif
