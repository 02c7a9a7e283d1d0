#include "text/normalizer.h"

#include <string.h>

#include "base/utf8.h"
#include "text/spelling.h"

/* A step of the normalizer: `text` [size] replaces the next `consumed` bytes of the input. */
typedef struct {
    const char *text;
    size_t size, consumed;
} Rewrite;

/* ---- the charsmap ---- */

enum {
    UNIT = 4,            // bytes
    BLOCK = 256 * UNIT,  // bytes; Darts-clone writes whole blocks of 256 units
    LONGEST_RULE = 1024  // bytes of either side; in practice at most 33
};

static uint32_t read_u32(const unsigned char *p) {
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static bool is_leaf(uint32_t unit) { return unit >> 31; }
static uint32_t value(uint32_t unit) { return unit & 0x7FFFFFFF; }
static uint32_t label(uint32_t unit) { return unit & 0x800000FF; }  // of a leaf: not a byte
static bool has_leaf(uint32_t unit) { return unit >> 8 & 1; }
static uint32_t offset(uint32_t unit) { return (unit >> 10) << ((unit & 0x200) >> 6); }

static uint32_t unit_at(const Normalizer *normalizer, size_t i) {
    return read_u32(normalizer->units + UNIT * i);
}

/* Checks unit i. A byte changes the lowest 8 bits of an index, so the whole block of 256 units that
   unit i may lead to must lie in the array. The replacement of a leaf must lie among the replacements,
   and be short, so that a text cannot grow excessively. */
static bool check_unit(const Normalizer *normalizer, size_t i, size_t replacements_size,
                       Error *err) {
    uint32_t unit = unit_at(normalizer, i);
    if (is_leaf(unit)) {
        size_t at = value(unit), left = replacements_size - at;
        if (at >= replacements_size)
            return error_set(err,
                             "charsmap: unit %zu: replacement at %zu, there are %zu bytes of them",
                             i, at, replacements_size);
        return left <= LONGEST_RULE || memchr(normalizer->replacements + at, '\0', LONGEST_RULE) ||
               error_set(err, "charsmap: unit %zu: a replacement of more than %d bytes", i,
                         LONGEST_RULE - 1);
    }
    size_t next = i ^ offset(unit);
    if (next >= normalizer->n_units)
        return error_set(err, "charsmap: unit %zu leads to unit %zu, there are %zu", i, next,
                         normalizer->n_units);
    if (has_leaf(unit) && !is_leaf(unit_at(normalizer, next)))
        return error_set(err, "charsmap: unit %zu: unit %zu should be its leaf", i, next);
    return true;
}

bool normalizer_set_charsmap(Normalizer *normalizer, const unsigned char *charsmap, size_t n,
                             Error *err) {
    normalizer->n_units = 0;
    if (!n) return true;
    if (n < UNIT) return error_set(err, "charsmap: %zu bytes, its header needs %d", n, UNIT);
    size_t trie_size = read_u32(charsmap), rest = n - UNIT;
    if (trie_size >= rest)
        return error_set(err, "charsmap: a trie of %zu bytes and replacements in %zu bytes",
                         trie_size, rest);
    if (!trie_size || trie_size % BLOCK)
        return error_set(err, "charsmap: a trie of %zu bytes, expected a multiple of %d", trie_size,
                         BLOCK);
    if (charsmap[n - 1]) return error_set(err, "charsmap: the last replacement has no NUL");
    normalizer->units = charsmap + UNIT;
    normalizer->n_units = trie_size / UNIT;
    normalizer->replacements = (const char *)charsmap + UNIT + trie_size;
    for (size_t i = 0; i < normalizer->n_units; i++)
        if (!check_unit(normalizer, i, rest - trie_size, err)) return false;
    return true;
}

/* The longest rule that starts here. A damaged double array may lead in a circle; the bound, far above
   real rules, keeps the time linear. */
static bool match_rule(const Normalizer *normalizer, const char *text, size_t n, Rewrite *rewrite) {
    if (!normalizer->n_units) return false;
    if (n > LONGEST_RULE) n = LONGEST_RULE;
    size_t at = offset(unit_at(normalizer, 0)), longest = 0;
    uint32_t leaf = 0;
    for (size_t i = 0; i < n; i++) {
        at ^= (unsigned char)text[i];
        uint32_t unit = unit_at(normalizer, at);
        if (label(unit) != (unsigned char)text[i]) break;
        at ^= offset(unit);
        if (has_leaf(unit)) {
            leaf = unit_at(normalizer, at);
            longest = i + 1;
        }
    }
    if (!longest) return false;
    const char *replacement = normalizer->replacements + value(leaf);
    *rewrite = (Rewrite){replacement, strlen(replacement), longest};
    return true;
}

/* ---- the text ---- */

/* The length of the longest user-defined piece that starts here; 0 if there is none. */
static size_t match_kept(const Trie *kept, const char *text, size_t n) {
    size_t longest = 0;
    uint32_t node = TRIE_ROOT;
    if (!kept->slots) return 0;
    for (size_t i = 0; i < n && (node = trie_step(kept, node, text[i])); i++)
        if (trie_value(kept, node) >= 0) longest = i + 1;
    return longest;
}

static Rewrite next_rewrite(const Normalizer *normalizer, const char *text, size_t n) {
    Rewrite rewrite;
    size_t kept = match_kept(&normalizer->kept, text, n);
    if (kept) return (Rewrite){text, kept, kept};
    if (match_rule(normalizer, text, n, &rewrite)) return rewrite;
    size_t size;
    if (utf8_character(text, n, &size) != UTF8_NONE) return (Rewrite){text, size, size};
    return (Rewrite){UTF8_REPLACEMENT, sizeof UTF8_REPLACEMENT - 1, size};
}

static void append_with_spaces(Buffer *out, const char *text, size_t n, const char *space) {
    const char *end = text + n;
    while (text < end) {
        const char *stop = memchr(text, ' ', (size_t)(end - text));
        buffer_append(out, text, (size_t)((stop ? stop : end) - text));
        if (!stop) return;
        buffer_string(out, space);
        text = stop + 1;
    }
}

static void remove_trailing(Buffer *out, const char *space) {
    size_t n = strlen(space);
    while (out->size >= n && memcmp(out->data + out->size - n, space, n) == 0) out->size -= n;
    if (out->data) out->data[out->size] = '\0';
}

bool normalizer_run(const Normalizer *normalizer, const char *text, size_t n, Buffer *out,
                    Error *err) {
    bool trim = normalizer->remove_extra_whitespaces, after_space = trim;
    const char *space = normalizer->escape_whitespaces ? SPACE_MARK : " ";
    buffer_clear(out);
    if (!n) return true;  // no dummy prefix either
    if (normalizer->add_dummy_prefix) buffer_string(out, space);
    for (size_t at = 0; at < n;) {
        Rewrite r = next_rewrite(normalizer, text + at, n - at);
        at += r.consumed;
        for (; after_space && r.size && *r.text == ' '; r.text++) r.size--;
        append_with_spaces(out, r.text, r.size, space);
        if (r.size) after_space = trim && r.text[r.size - 1] == ' ';
    }
    if (trim) remove_trailing(out, space);
    return buffer_ok(out, "the normalized text", err);
}
