/* foreign.h: recognises models of other programs, and files that stand for others */
#ifndef XATTN_FOREIGN_H
#define XATTN_FOREIGN_H

#include "model/listing.h"

/* False, with an error that says what to do, if the file is only a pointer of Git LFS to what should be
   there. */
bool foreign_check_file(const char *path, Error *err);

/* The same for the files of a directory that this program may read. Weights of other programs may be
   pointers, and so may PyTorch's beside safetensors: people fetch only what they need. */
bool foreign_check_pointers(const Listing *listing, Error *err);

/* False, with an error that says what it is, if the directory holds a model of another program.
   `has_weights`: it holds weights that this program reads, so that others beside them do not count. */
bool foreign_check_directory(const Listing *listing, bool has_weights, Error *err);

#endif
