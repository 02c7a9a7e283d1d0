#include "text/spans.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/utf8.h"
#include "text/characters.h"
#include "text/names.h"
#include "text/width.h"
#include "text/words.h"

/* A walk along a text. */
typedef struct {
    Known *known;
    const char *text;
    size_t n;
    bool no_ticks;  // no closing backtick follows
    SpanList *spans;
    Error *err;
} Finder;

/* ---- Characters ---- */

/* Signs that belong to the word before them or to the number after them. */
static bool is_glued(int c) {
    utf8proc_category_t category = utf8proc_category(c);
    return c == '#' || (category >= UTF8PROC_CATEGORY_SM && category <= UTF8PROC_CATEGORY_SO &&
                        !strchr("<>`|", c < 0x80 ? c : 'a'));
}

static bool is_emoji(const char *text, Cluster c) {
    static const char keycap[] = "\u20E3", emoji_style[] = "\uFE0F";
    int class = utf8proc_get_property(c.first)->boundclass;
    bool styled = false;
    for (size_t i = 0; i + 3 <= c.size; i++) {
        if (memcmp(text + i, keycap, 3) == 0) return true;
        styled = styled || memcmp(text + i, emoji_style, 3) == 0;
    }
    return class == UTF8PROC_BOUNDCLASS_REGIONAL_INDICATOR ||
           (class == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC && (styled || c.first >= 0x2190));
}

/* The ASCII form of a quote, a dash or an ellipsis; NULL for other characters. */
static const char *plain_of(int c) {
    static const struct {
        int code;
        const char *plain;
    } table[] = {
        {0x2018, "'"}, {0x2019, "'"},  {0x201A, "'"},  {0x201B, "'"},   {0x2039, "'"},
        {0x203A, "'"}, {0x201C, "\""}, {0x201D, "\""}, {0x201E, "\""},  {0x201F, "\""},
        {0xAB, "\""},  {0xBB, "\""},   {0x2010, "-"},  {0x2011, "-"},   {0x2012, "-"},
        {0x2013, "-"}, {0x2014, "-"},  {0x2015, "-"},  {0x2026, "..."},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (table[i].code == c) return table[i].plain;
    return NULL;
}

/* ---- Spans ---- */

static bool reserve(SpanList *spans, Error *err) {
    if (spans->n < spans->capacity) return true;
    size_t wanted = spans->capacity ? 2 * spans->capacity : 16, n_bytes = wanted * sizeof(TextSpan);
    TextSpan *items = realloc(spans->items, n_bytes);
    if (!items) return error_memory(err, n_bytes, "the spans of a text");
    spans->items = items;
    spans->capacity = wanted;
    return true;
}

/* Whether bytes from … to - 1 are spaces. */
static bool is_blank(const char *text, size_t from, size_t to) {
    for (size_t size; from < to; from += size)
        if (!character_is_space(utf8_character(text + from, to - from, &size))) return false;
    return true;
}

/* Adds a span, or extends the last one. */
static bool add(Finder *f, TextSpan span) {
    SpanList *spans = f->spans;
    TextSpan *last = spans->n ? &spans->items[spans->n - 1] : NULL;
    bool joins = last && last->kind != SPAN_PLAIN && span.kind != SPAN_PLAIN &&
                 is_blank(f->text, last->end, span.begin);
    if (joins) {
        last->end = span.end;
        if (span.kind < last->kind) last->kind = span.kind;
        last->topic = last->topic && span.topic;
        return true;
    }
    if (!reserve(spans, f->err)) return false;
    spans->items[spans->n++] = span;
    return true;
}

/* Finds the end of the word at byte `at`, with the signs glued to it, and whether the vocabulary can
   spell all of it. In a script without spaces a word is one character. */
static bool read_word(Finder *f, size_t at, size_t *end, bool *known) {
    *known = true;
    *end = at;
    bool joined = false;  // the last character was a hyphen or an apostrophe
    for (size_t next = at; next < f->n;) {
        if (known_token(f->known, f->text, f->n, next)) break;
        Cluster c = width_cluster(f->text + next, f->n - next);
        bool good, glued = next > at && !joined && is_glued(c.first);
        bool word = character_is_identifier(c.first) || glued ||
                    (next == at && !is_emoji(f->text + next, c));
        bool alone = words_unspaced(c.first);
        if (!word && !joined && next > at && strchr("-'", c.first < 0x80 ? c.first : 'a')) {
            joined = true;
            next += c.size;
            continue;
        }
        if (!word || is_emoji(f->text + next, c) || (alone && next > at)) break;
        if (!known_character(f->known, f->text + next, c.size, &good, f->err)) return false;
        *known = *known && good;
        next += c.size;
        *end = next;
        joined = false;
        if (alone) break;
    }
    return *known || known_text(f->known, f->text + at, *end - at, known, f->err);
}

/* The length of the name at byte `at`, where a word may begin; 0 if there is none. */
static size_t name_at(Finder *f, size_t at, bool *topic) {
    if (f->text[at] == '`' && f->no_ticks) return 0;
    size_t size = names_match(f->text + at, f->n - at, topic);
    if (f->text[at] == '`' && !size) f->no_ticks = true;
    return size;
}

/* Reads the character or the word at byte `at`; *end is its end. */
static bool read_one(Finder *f, size_t at, Cluster c, size_t *end) {
    bool known = true;
    size_t after = at + c.size;
    bool number_next = after < f->n && is_glued(c.first) && c.first != '#' &&
                       character_is_digit(width_cluster(f->text + after, f->n - after).first);
    *end = after;
    if (is_emoji(f->text + at, c))
        return add(f, (TextSpan){.begin = at, .end = after, .kind = SPAN_EMOJI, .topic = true});
    if (character_is_identifier(c.first) || number_next) {
        if (!read_word(f, at, end, &known)) return false;
        return known || add(f, (TextSpan){.begin = at, .end = *end, .kind = SPAN_NAME});
    }
    if (!known_character(f->known, f->text + at, c.size, &known, f->err)) return false;
    const char *plain = plain_of(c.first);
    return known || add(f, (TextSpan){.begin = at,
                                      .end = after,
                                      .kind = plain ? SPAN_PLAIN : SPAN_SIGN,
                                      .topic = !plain,
                                      .plain = plain});
}

bool spans_find(Known *known, const char *text, size_t n, SpanList *spans, Error *err) {
    Finder f = {.known = known, .text = text, .n = n, .spans = spans, .err = err};
    bool fresh = true, topic;  // fresh: a name may begin here
    spans->n = 0;
    for (size_t at = 0, end; at < n; at = end) {
        size_t token = known_token(known, text, n, at);
        end = at + token;
        fresh = fresh || token;
        if (token) continue;
        size_t size = fresh || text[at] == '`' ? name_at(&f, at, &topic) : 0;
        Cluster c = width_cluster(text + at, n - at);
        end = at + (size ? size : c.size);
        fresh = !size && !character_is_identifier(c.first) &&
                !strchr("@#/\\.-&=+~%_", c.first < 0x80 ? c.first : 'a');
        if (size &&
            !add(&f, (TextSpan){.begin = at, .end = end, .kind = SPAN_NAME, .topic = topic}))
            return false;
        if (!size && !character_is_space(c.first) && !read_one(&f, at, c, &end)) return false;
    }
    return true;
}

void span_list_free(SpanList *spans) {
    free(spans->items);
    *spans = (SpanList){0};
}
