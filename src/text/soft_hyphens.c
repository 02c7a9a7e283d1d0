#include "text/soft_hyphens.h"

#include <string.h>

static const char soft_hyphen[] = "\u00AD";

static const char *without(const char *text, Arena *arena, Error *err) {
    static const char what[] = "a text without soft hyphens";
    char *copy = arena_array(arena, strlen(text) + 1, 1, what, err), *end = copy;
    for (const char *found; copy && (found = strstr(text, soft_hyphen)); text = found) {
        memcpy(end, text, (size_t)(found - text));
        end += found - text;
        found += strlen(soft_hyphen);
    }
    if (copy) memcpy(end, text, strlen(text) + 1);
    return copy;
}

const char *const *soft_hyphens_left_out(const char *const *texts, size_t n, Arena *arena,
                                         Error *err) {
    const char **read = NULL;
    for (size_t i = 0; i < n; i++) {
        if (!strstr(texts[i], soft_hyphen)) continue;
        if (!read) {
            read = arena_array(arena, n, sizeof *read, "texts", err);
            if (!read) return NULL;
            memcpy(read, texts, n * sizeof *read);
        }
        if (!(read[i] = without(texts[i], arena, err))) return NULL;
    }
    return read ? read : texts;
}
