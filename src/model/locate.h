/* locate.h: finding the model at a path

   A path may be a model's directory, a file of weights in it, the root of a download in Hugging Face's
   cache, or the name of one (hub.h). For anything else, the error explains what the path is and what to
   do. */
#ifndef XATTN_LOCATE_H
#define XATTN_LOCATE_H

#include "base/arena.h"

typedef struct {
    bool is_marian;         // marian_folder.h reads it; otherwise hf_marian.h
    const char *directory;  // in the arena
    const char *weights;    // the file of weights to read; NULL: the usual one
} Location;

/* Finds the model at a path. */
bool locate_model(const char *path, Location *location, Arena *arena, Error *err);

#endif
