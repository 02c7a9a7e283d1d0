/* Exercise 4: a rendering of a map, word links */
#ifndef EXERCISE_LINKS_H
#define EXERCISE_LINKS_H

#include "base/buffer.h"

/* Appends a map as links, "0-0 1-2 2-1": source word - target word, counted from 0. Every target word
   gets one link, to the source word that it looked at most, of equals the first. </s> is no word: its
   row has no link, and a target word that looked at </s> most has none either. Links stand in the
   order of their source words, then of their target words, with a space between two and nothing
   behind the last. False, with an error, if memory runs out. */
bool links_write(const xattn_map *map, Buffer *out, Error *err);

#endif
