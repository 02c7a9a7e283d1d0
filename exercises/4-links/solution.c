/* The project's own: pharaoh.h. */
#include "align/pharaoh.h"
#include "exercise.h"

bool links_write(const Map *map, Buffer *out, Error *err) {
    LinkSet links = {0};
    bool ok = pharaoh_from_map(map, 0.0F, &links, err) && pharaoh_write(&links, out, err);
    link_set_free(&links);
    return ok;
}
