/* pharaoh.h: word alignments as links, in the notation of the Pharaoh decoder (Koehn 2004)

       0-0 1-2 2-1          source word - target word, counted from 0; one line a sentence

   Links come from a map, by argmax or by a threshold, or from a line of text. The alignments of two
   directions are made one, as Och & Ney (2003) and Koehn et al. (2003) do:

       intersect         links that both directions have: few and sure
       grow-diag-final   the intersection; then, as long as that adds any, links that one direction
                         has, that touch a link already taken (also at a corner), and whose source or
                         target word is free; at last links of either direction whose source or
                         target word is still free */
#ifndef XATTN_PHARAOH_H
#define XATTN_PHARAOH_H

#include "align/map.h"

typedef struct {
    size_t source, target;
} Link;

/* A set of links, sorted by source, then target, each once. Starts as {0}. */
typedef struct {
    Link *items;  // [n]
    size_t n, capacity;
} LinkSet;

/* The functions below replace what their result held; it is the caller's, to free with
   link_set_free also after a failure, and not one of the arguments. */

/* Every target word with the source word that it looked at most, or, with a threshold above 0, every
   cell above it. </s> is no word: it has no links, and a target word that looked at </s> most has
   none either (not so if the map dropped </s>). */
bool pharaoh_from_map(const Map *map, float threshold, LinkSet *links, Error *err);

/* Reads one line: pairs i-j between spaces or tabs, in any order; an empty line has no links. Errors
   say which pair is wrong. Words must be less than a million. */
bool pharaoh_parse(const char *line, LinkSet *links, Error *err);

/* Appends the links with spaces between them, without a newline. */
bool pharaoh_write(const LinkSet *links, Buffer *out, Error *err);

/* Source and target change places: for the alignment of a model that translates back. */
bool pharaoh_flip(const LinkSet *links, LinkSet *flipped, Error *err);

/* Both take the alignments of two directions, both as source-target. */
bool pharaoh_intersect(const LinkSet *a, const LinkSet *b, LinkSet *links, Error *err);
bool pharaoh_grow_diag_final(const LinkSet *a, const LinkSet *b, LinkSet *links, Error *err);

void link_set_free(LinkSet *links);

#endif
