/* Links in the notation of Pharaoh: two lines, with a byte 0xFF between them. */
#include "base/buffer.h"
#include "fuzz.h"

static bool has(const xattn_links *links, xattn_link link) {
    for (size_t i = 0; i < links->n; i++)
        if (links->items[i].source == link.source && links->items[i].target == link.target)
            return true;
    return false;
}

static bool contains(const xattn_links *all, const xattn_links *some) {
    for (size_t i = 0; i < some->n; i++)
        if (!has(all, some->items[i])) return false;
    return true;
}

/* Written and read again, flipped and flipped back, they are the same. */
static void check_one(const xattn_links *links) {
    Buffer text = {0};
    xattn_links again = {0}, flipped = {0}, back = {0};
    Error err = {0};
    buffer_string(&text, "");
    require(xattn_links_write(links, &text, &err) && xattn_links_parse(text.data, &again, &err));
    require(again.n == links->n && contains(&again, links));
    require(xattn_links_flip(links, &flipped, &err) && xattn_links_flip(&flipped, &back, &err));
    require(back.n == links->n && contains(&back, links));
    buffer_free(&text);
    xattn_links_free(&again);
    xattn_links_free(&flipped);
    xattn_links_free(&back);
}

/* The intersection is in both directions, grow-diag-final between it and their union. */
static void check_both(const xattn_links *a, const xattn_links *b) {
    xattn_links both = {0}, grown = {0};
    Error err = {0};
    require(xattn_links_intersect(a, b, &both, &err) &&
            xattn_links_grow_diag_final(a, b, &grown, &err));
    require(contains(a, &both) && contains(b, &both) && contains(&grown, &both));
    for (size_t i = 0; i < grown.n; i++) require(has(a, grown.items[i]) || has(b, grown.items[i]));
    xattn_links_free(&both);
    xattn_links_free(&grown);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    FuzzInput input = {bytes, n < 4096 ? n : 4096};  // look_around is quadratic in the links
    char *lines[2];
    xattn_links links[2] = {{0}, {0}};
    bool ok[2];
    for (size_t i = 0; i < 2; i++) {
        Error err = {0};
        lines[i] = fuzz_string(fuzz_part(&input));
        ok[i] = xattn_links_parse(lines[i], &links[i], &err);
        if (ok[i])
            check_one(&links[i]);
        else
            require(strstr(err.text, "expected a pair of words such as 0-2"));
    }
    if (ok[0] && ok[1]) check_both(&links[0], &links[1]);
    for (size_t i = 0; i < 2; i++) {
        xattn_links_free(&links[i]);
        free(lines[i]);
    }
    return 0;
}
