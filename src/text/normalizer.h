/* normalizer.h: preparing text for segmentation

   SentencePiece does not segment the text as typed. First a table of rules in the .spm file, the
   charsmap, rewrites it (ﬁ -> fi, full-width Ａ -> A, ½ -> 1/2, tab -> space, zero-width characters ->
   nothing). Then spaces become visible, so that joining the pieces loses nothing:

       "  Ｈello   world "  ─rules─>  "  Hello   world "  ─spaces─>  "▁Hello▁world"

   At each position the first of these that applies is written, and skipped in the input:

       1. the longest user-defined piece that starts here, kept as it is
       2. the longest rule that starts here: its replacement
       3. a UTF-8 character: itself
       4. a byte that is not UTF-8: U+FFFD, and one byte further

   The charsmap is a u32, the size of a trie in bytes; the trie, a double array as Darts-clone
   writes it; and NUL-terminated replacements, to which the trie's values are offsets. A double
   array (Aoe 1989) keeps a tree in one array of u32 units: the child of unit i by byte b is unit
   i ^ offset(i) ^ b, and it is a child only if its label is b. A unit with the has-leaf bit ends a
   key, whose value is in unit i ^ offset(i). */
#ifndef XATTN_NORMALIZER_H
#define XATTN_NORMALIZER_H

#include "base/buffer.h"
#include "text/trie.h"

typedef struct {
    const unsigned char *units;     // [n_units] little-endian u32, perhaps unaligned
    size_t n_units;                 // 0: no rules
    const char *replacements;       // the last one ends with a NUL
    Trie kept;                      // the user-defined pieces; may be empty
    bool add_dummy_prefix;          // a space in front
    bool remove_extra_whitespaces;  // no space at either end, single spaces between
    bool escape_whitespaces;        // spaces are written ▁ (U+2581)
} Normalizer;

/* Reads a precompiled charsmap [n], which must outlive the normalizer, and checks that no text can lead
   out of it. n = 0 means no rules. */
bool normalizer_set_charsmap(Normalizer *normalizer, const unsigned char *charsmap, size_t n,
                             Error *err);

/* Replaces the contents of `out` with the normalized form of text [n], which may be any bytes. */
bool normalizer_run(const Normalizer *normalizer, const char *text, size_t n, Buffer *out,
                    Error *err);

#endif
