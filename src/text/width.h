/* width.h: characters as people see them, and the room they take on a terminal

   A letter with its accents, a flag, a family of emoji: one *cluster* (extended grapheme cluster,
   Unicode Standard Annex #29) is several code points and is never taken apart. A terminal gives a
   cluster 0, 1 or 2 columns: 2 for Chinese, Japanese and Korean characters and for emoji, 0 for
   what draws nothing by itself.

   The facts come from utf8proc. Not here: what a particular terminal or font really does. Old ones
   draw a joined emoji (👩‍👩‍👧) as its parts and wider; nobody can ask them.

   Texts are valid UTF-8. */
#ifndef XATTN_WIDTH_H
#define XATTN_WIDTH_H

#include "base/buffer.h"

typedef struct {
    size_t size;      // bytes
    size_t columns;   // 0, 1 or 2
    int first;        // its first code point
    bool joins_left;  // starts with a combining mark that had no letter to sit on
} Cluster;

/* The cluster at the start of text [n], n > 0. A byte that is not UTF-8 counts as a cluster U+FFFD
   of one byte. */
Cluster width_cluster(const char *text, size_t n);

/* Columns of a text that width_print wrote. */
size_t width_measure(const char *text);

/* Appends `text` so that a terminal shows all of it and obeys none of it: control characters as ␛,
   other invisible characters as their number (U+200B), a mark without a letter on a dotted circle.
   Where more than `columns` are needed the end is left out and `ellipsis` stands for it; 0 columns
   means no limit. Returns the columns taken. */
size_t width_print(const char *text, size_t columns, const char *ellipsis, Buffer *out);

/* Whether some of it is written from right to left: then it belongs between U+2068 and U+2069 on a
   line that has other text, or it will drag its neighbours along. */
bool width_runs_left(const char *text);

#endif
