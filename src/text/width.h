/* width.h: characters as people see them, and their width on a terminal

   A letter with its accents, a flag, a family of emoji: such a *cluster* (extended grapheme cluster,
   Unicode Standard Annex #29) has several code points and is never split. On a terminal it takes 0, 1
   or 2 columns: 2 for Chinese, Japanese and Korean characters and for emoji, 0 for characters that draw
   nothing by themselves.

   The widths come from utf8proc. A terminal or font may differ: old ones draw a joined emoji (👩‍👩‍👧) as
   its parts, and wider. A program cannot find out.

   Texts are valid UTF-8. */
#ifndef XATTN_WIDTH_H
#define XATTN_WIDTH_H

#include "base/buffer.h"

typedef struct {
    size_t size;      // bytes
    size_t columns;   // 0, 1 or 2
    int first;        // its first code point
    bool joins_left;  // starts with a combining mark without a letter before it
} Cluster;

/* The cluster at the start of text [n], n > 0. A byte that is not UTF-8 counts as a cluster U+FFFD
   of one byte. */
Cluster width_cluster(const char *text, size_t n);

/* Columns of a text that width_print wrote. */
size_t width_measure(const char *text);

/* Appends `text` in a form in which a terminal shows every character and obeys none: control characters
   as ␛, other invisible characters as their number (U+200B), a mark without a letter on a dotted
   circle. If the text needs more than `columns`, `ellipsis` replaces its end; 0 columns means no limit.
   Returns the number of columns. */
size_t width_print(const char *text, size_t columns, const char *ellipsis, Buffer *out);

/* Whether some of the text runs from right to left. On a line with other text, put it between U+2068
   and U+2069, so that it does not reorder its neighbours. */
bool width_runs_left(const char *text);

#endif
