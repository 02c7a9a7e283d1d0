/* foreign.h: recognises models of other programs, and pointers to files of Git LFS */
#ifndef XATTN_FOREIGN_H
#define XATTN_FOREIGN_H

#include "model/listing.h"

/* False, with an error that explains what to do, if the file is only a pointer of Git LFS. */
bool foreign_check_file(const char *path, Error *err);

/* The same for the files of a directory that xattn may read. Weights of other programs may be pointers,
   and so may PyTorch's beside safetensors, because people fetch only what they need. */
bool foreign_check_pointers(const Listing *listing, Error *err);

/* False, with an error that names the program, if the directory has a model of another program. If
   `has_weights` is true, it also has weights that xattn reads, and the others do not count. */
bool foreign_check_directory(const Listing *listing, bool has_weights, Error *err);

#endif
