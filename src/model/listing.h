/* listing.h: the names in a directory, for readers whose files have no fixed names */
#ifndef XATTN_LISTING_H
#define XATTN_LISTING_H

#include "base/arena.h"

typedef struct {
    const char *directory;
    const char **names;  // [n] sorted, without those that begin with a dot
    size_t n;
} Listing;

/* Reads the names of a directory, at most 10,000; they lie in the arena. `directory` is kept. */
bool listing_read(const char *directory, Listing *listing, Arena *arena, Error *err);

/* Whether a name is PREFIX*SUFFIX. */
bool name_matches(const char *name, const char *prefix, const char *suffix);

/* The first name that is PREFIX*SUFFIX from number `from` on, NULL if there is none. */
const char *listing_match(const Listing *listing, size_t from, const char *prefix,
                          const char *suffix);

/* The one name that is PREFIX*SUFFIX, NULL if there is none; two are an error. */
bool listing_only(const Listing *listing, const char *prefix, const char *suffix, const char **name,
                  Error *err);

bool listing_has(const Listing *listing, const char *name);

#endif
