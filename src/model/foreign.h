/* foreign.h: models and files that are for other programs, by what gives them away */
#ifndef XATTN_FOREIGN_H
#define XATTN_FOREIGN_H

#include "model/listing.h"

/* False, with an error that says what to do, if the file is only a pointer of Git LFS to what should be
   there. */
bool foreign_check_file(const char *path, Error *err);

/* The same for the files of a directory that this program may read. People fetch only those that they
   need: weights for other programs may stay pointers, and PyTorch's where there are safetensors. */
bool foreign_check_pointers(const Listing *listing, Error *err);

/* False, with an error that says what it is, if the directory holds a model of another program.
   `has_weights`: it holds weights that this program reads, so that others beside them do not count. */
bool foreign_check_directory(const Listing *listing, bool has_weights, Error *err);

#endif
