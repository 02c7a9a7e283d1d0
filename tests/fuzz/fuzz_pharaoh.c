/* Links in the notation of Pharaoh: two lines, with a byte 0xFF between them. */
#include "align/pharaoh.h"
#include "fuzz.h"

static bool has(const LinkSet *links, Link link) {
    for (size_t i = 0; i < links->n; i++)
        if (links->items[i].source == link.source && links->items[i].target == link.target)
            return true;
    return false;
}

static bool contains(const LinkSet *all, const LinkSet *some) {
    for (size_t i = 0; i < some->n; i++)
        if (!has(all, some->items[i])) return false;
    return true;
}

/* Written and read again, flipped and flipped back, they are the same. */
static void check_one(const LinkSet *links) {
    Buffer text = {0};
    LinkSet again = {0}, flipped = {0}, back = {0};
    Error err = {0};
    buffer_string(&text, "");
    require(pharaoh_write(links, &text, &err) && pharaoh_parse(text.data, &again, &err));
    require(again.n == links->n && contains(&again, links));
    require(pharaoh_flip(links, &flipped, &err) && pharaoh_flip(&flipped, &back, &err));
    require(back.n == links->n && contains(&back, links));
    buffer_free(&text);
    link_set_free(&again);
    link_set_free(&flipped);
    link_set_free(&back);
}

/* The intersection is in both directions, grow-diag-final between it and their union. */
static void check_both(const LinkSet *a, const LinkSet *b) {
    LinkSet both = {0}, grown = {0};
    Error err = {0};
    require(pharaoh_intersect(a, b, &both, &err) && pharaoh_grow_diag_final(a, b, &grown, &err));
    require(contains(a, &both) && contains(b, &both) && contains(&grown, &both));
    for (size_t i = 0; i < grown.n; i++) require(has(a, grown.items[i]) || has(b, grown.items[i]));
    link_set_free(&both);
    link_set_free(&grown);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    FuzzInput input = {bytes, n < 4096 ? n : 4096};  // look_around is quadratic in the links
    char *lines[2];
    LinkSet links[2] = {{0}, {0}};
    bool ok[2];
    for (size_t i = 0; i < 2; i++) {
        Error err = {0};
        lines[i] = fuzz_string(fuzz_part(&input));
        ok[i] = pharaoh_parse(lines[i], &links[i], &err);
        if (ok[i])
            check_one(&links[i]);
        else
            require(strstr(err.text, "expected a pair of words such as 0-2"));
    }
    if (ok[0] && ok[1]) check_both(&links[0], &links[1]);
    for (size_t i = 0; i < 2; i++) {
        link_set_free(&links[i]);
        free(lines[i]);
    }
    return 0;
}
