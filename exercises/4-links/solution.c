/* The project's own: align/pharaoh.c. */
#include "exercise.h"

bool links_write(const xattn_map *map, Buffer *out, Error *err) {
    xattn_links links = {0};
    bool ok = xattn_links_of(map, 0.0F, &links, err) && xattn_links_write(&links, out, err);
    xattn_links_free(&links);
    return ok;
}
