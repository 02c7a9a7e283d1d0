/* foreign.h: models and files that are for other programs, by what gives them away */
#ifndef XATTN_FOREIGN_H
#define XATTN_FOREIGN_H

#include "model/listing.h"

/* False, with an error that says what to do, if a file of the directory is only a pointer of Git LFS
   to what should be there. */
bool foreign_check_pointers(const Listing *listing, Error *err);

/* The same for one file. */
bool foreign_check_file(const char *path, Error *err);

/* False, with an error that says what it is, if the directory holds a model of another program.
   `has_weights`: it holds weights that this program reads, so that others beside them do not count. */
bool foreign_check_directory(const Listing *listing, bool has_weights, Error *err);

#endif
