#include "model/listing.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_NAMES = 10000 };

bool name_matches(const char *name, const char *prefix, const char *suffix) {
    size_t n = strlen(name), n_prefix = strlen(prefix), n_suffix = strlen(suffix);
    return n >= n_prefix + n_suffix && memcmp(name, prefix, n_prefix) == 0 &&
           strcmp(name + n - n_suffix, suffix) == 0;
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool read_names(DIR *entries, Listing *listing, Arena *arena, Error *err) {
    size_t capacity = 0;
    for (const struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        if (entry->d_name[0] == '.') continue;
        if (listing->n == MOST_NAMES)
            return error_set(err, "%s: more than %d files, expected a model's", listing->directory,
                             MOST_NAMES);
        if (listing->n == capacity) {
            capacity = capacity ? 2 * capacity : 32;
            const char **more = arena_array(arena, capacity, sizeof *more, "a directory", err);
            if (!more) return false;
            if (listing->n) memcpy(more, listing->names, listing->n * sizeof *more);
            listing->names = more;
        }
        const char *name = arena_string(arena, entry->d_name, strlen(entry->d_name), err);
        if (!name) return false;
        listing->names[listing->n++] = name;
    }
    if (listing->n) qsort(listing->names, listing->n, sizeof *listing->names, by_text);
    return true;
}

bool listing_read(const char *directory, Listing *listing, Arena *arena, Error *err) {
    *listing = (Listing){.directory = directory};
    DIR *entries = opendir(directory);
    if (!entries) return error_system(err, directory, errno);
    bool ok = read_names(entries, listing, arena, err);
    closedir(entries);
    return ok;
}

const char *listing_match(const Listing *listing, size_t from, const char *prefix,
                          const char *suffix) {
    for (size_t i = from; i < listing->n; i++)
        if (name_matches(listing->names[i], prefix, suffix)) return listing->names[i];
    return NULL;
}

bool listing_only(const Listing *listing, const char *prefix, const char *suffix, const char **name,
                  Error *err) {
    *name = NULL;
    for (size_t i = 0; i < listing->n; i++) {
        if (!name_matches(listing->names[i], prefix, suffix)) continue;
        if (*name)
            return error_set(err, "%s/%s: there is also %s, expected one %s*%s", listing->directory,
                             *name, listing->names[i], prefix, suffix);
        *name = listing->names[i];
    }
    return true;
}

bool listing_has(const Listing *listing, const char *name) {
    for (size_t i = 0; i < listing->n; i++)
        if (strcmp(listing->names[i], name) == 0) return true;
    return false;
}
