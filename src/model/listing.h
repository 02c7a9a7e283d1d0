/* listing.h: the names in a directory, for formats without fixed file names */
#ifndef XATTN_LISTING_H
#define XATTN_LISTING_H

#include "base/arena.h"

typedef struct {
    const char *directory;
    const char **names;  // [n] sorted, without those that begin with a dot
    size_t n;
} Listing;

/* Reads the names of a directory, at most 10,000, into the arena. `directory` must outlive the
   listing. */
bool listing_read(const char *directory, Listing *listing, Arena *arena, Error *err);

/* Whether a name matches PREFIX*SUFFIX. */
bool name_matches(const char *name, const char *prefix, const char *suffix);

/* The first name from index `from` on that matches PREFIX*SUFFIX, or NULL. */
const char *listing_match(const Listing *listing, size_t from, const char *prefix,
                          const char *suffix);

/* The only name that matches PREFIX*SUFFIX, or NULL. Two matches are an error. */
bool listing_only(const Listing *listing, const char *prefix, const char *suffix, const char **name,
                  Error *err);

bool listing_has(const Listing *listing, const char *name);

#endif
