#include "exercise.h"

bool links_write(const xattn_map *map, Buffer *out, Error *err) {
    // Yours. As it stands this is the rendering of a map of nothing.
    (void)map;
    return buffer_ok(out, "links", err);
}
