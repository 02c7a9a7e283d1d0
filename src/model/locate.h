/* locate.h: finds the model that a path leads to

   A path may be a model's directory, a file of weights in it, or the root of a download in Hugging
   Face's cache. Anything else is an error that tells what it is and what to do about it. */
#ifndef XATTN_LOCATE_H
#define XATTN_LOCATE_H

#include "base/arena.h"

typedef struct {
    bool is_marian;         // marian_folder.h reads it, else hf_marian.h
    const char *directory;  // in the arena
    const char *weights;    // the name of a file in it that is to be read; NULL: the usual one
} Location;

/* Finds the model that a path leads to. */
bool locate_model(const char *path, Location *location, Arena *arena, Error *err);

#endif
