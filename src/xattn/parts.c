#include "xattn/parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/utf8.h"
#include "text/characters.h"
#include "text/clauses.h"
#include "text/words.h"

/* A letter and a digit. Models copy them more reliably than a person's name, which they may translate
   or inflect. The most reliable come first (docs/MODEL.md). */
static const char *const names[STAND_INS] = {"Z4", "Q8", "J5", "X3", "K9", "V7"};

/* The state of cutting a sentence. Bytes count from its beginning. */
typedef struct {
    PartMaker *maker;
    const char *text;  // [n] of the sentence
    size_t n, offset;  // offset: of the sentence in the text
    bool apart;
    bool is_free[STAND_INS];  // names that do not occur in the text
    const PartList *like;
    PartList *parts;
    bool begins;
    Error *err;
} Making;

/* The part since the last cut. */
typedef struct {
    size_t begin, n;
    StandIn stand_ins[STAND_INS];
} Draft;

static bool make_range(Making *m, size_t begin, size_t end);

/* ---- Characters ---- */

static bool has_word(const char *text, size_t n) {
    for (size_t at = 0, size; at < n; at += size)
        if (character_is_word(utf8_character(text + at, n - at, &size))) return true;
    return false;
}

/* Whether there is a word of two letters, or of one in a script with short words. */
static bool says_something(const char *text, size_t n) {
    bool after_letter = false;
    for (size_t at = 0, size; at < n; at += size) {
        int c = utf8_character(text + at, n - at, &size);
        bool letter = character_is_letter(c);
        if (letter && (words_unspaced(c) || after_letter)) return true;
        after_letter = letter;
    }
    return false;
}

static void trim(const char *text, size_t *begin, size_t *end) {
    size_t size;
    while (*begin < *end && character_is_space(utf8_character(text + *begin, *end - *begin, &size)))
        *begin += size;
    while (*begin < *end) {
        size_t last = utf8_before(text, *end);
        if (!character_is_space(utf8_character(text + last, *end - last, &size))) break;
        *end = last;
    }
}

static bool contains(const char *text, size_t n, const char *name) {
    for (size_t i = 0; i + 2 <= n; i++)
        if (ascii_equal(text + i, name, 2)) return true;
    return false;
}

/* ---- Adding parts ---- */

static bool add_part(Making *m, Part part) {
    PartList *parts = m->parts;
    if (parts->n == parts->capacity) {
        size_t wanted = parts->capacity ? 2 * parts->capacity : 16, n_bytes = wanted * sizeof part;
        Part *items = realloc(parts->items, n_bytes);
        if (!items) return error_memory(m->err, n_bytes, "the parts of a text");
        parts->items = items;
        parts->capacity = wanted;
    }
    part.begins = m->begins;
    part.begin += m->offset;
    part.end += m->offset;
    m->begins = false;
    parts->items[parts->n++] = part;
    return part.text != NULL;
}

/* A copy of bytes begin … end - 1: valid UTF-8 without control characters, like every text that the
   library returns. NULL if out of memory. */
static const char *copy_of(const Making *m, size_t begin, size_t end) {
    Buffer clean = {0};
    buffer_string(&clean, "");
    for (size_t at = begin, size; at < end; at += size) {
        int c = utf8_character(m->text + at, end - at, &size);
        if (c == UTF8_NONE)
            buffer_string(&clean, UTF8_REPLACEMENT);
        else if (utf8_is_control(c))
            buffer_byte(&clean, ' ');
        else
            buffer_append(&clean, m->text + at, size);
    }
    const char *copy = buffer_ok(&clean, "a part of a text", m->err)
                           ? arena_string(m->maker->arena, clean.data, clean.size, m->err)
                           : NULL;
    buffer_free(&clean);
    return copy;
}

static bool add_copied(Making *m, size_t begin, size_t end) {
    Part part = {.begin = begin, .end = end, .copied = true};
    part.text = copy_of(m, begin, end);
    return add_part(m, part);
}

/* A copy of a text, with the maker's tag before it; NULL if out of memory. */
static const char *tagged(const Making *m, const char *text, size_t n) {
    size_t n_tag = m->maker->n_tag;
    char *copy = arena_array(m->maker->arena, n_tag + n + 1, 1, "a part of a text", m->err);
    if (copy && n_tag) memcpy(copy, m->maker->tag, n_tag);
    if (copy && n) memcpy(copy + n_tag, text, n);
    return copy;
}

static bool add_text(Making *m, const Draft *draft, size_t begin, size_t end) {
    Part part = {.begin = begin, .end = end, .n_stand_ins = draft->n};
    const Buffer *masked = &m->maker->masked;
    size_t first = 0, last = masked->size;
    if (!buffer_ok(masked, "a part of a text", m->err)) return false;
    trim(masked->data, &first, &last);
    memcpy(part.stand_ins, draft->stand_ins, sizeof part.stand_ins);
    part.text = tagged(m, masked->data + first, last - first);
    return add_part(m, part);
}

/* ---- Long sentences ---- */

/* Sets *too_long if the current part is too long for the model. */
static bool is_too_long(Making *m, bool *too_long) {
    PartMaker *maker = m->maker;
    *too_long = false;
    if (maker->masked.size + 2 <= maker->most_pieces) return true;  // a piece has at least one byte
    if (!sentencepiece_encode(maker->side->pieces, maker->masked.data, maker->masked.size,
                              &maker->known.pieces, m->err))
        return false;
    size_t n_others = maker->n_tag ? 2 : 1;  // others: </s> and the tag
    *too_long = (size_t)maker->known.pieces.n + n_others > maker->most_pieces;
    return true;
}

/* ---- Spans ---- */

/* Ends the part that began at draft->begin. */
static bool end_part(Making *m, Draft *draft, size_t end) {
    size_t begin = draft->begin;
    bool too_long;
    trim(m->text, &begin, &end);
    if (begin == end) return true;
    bool whole = begin == 0 && end == m->n;
    if (m->maker->copy && !whole && !says_something(m->text + begin, end - begin))
        return add_copied(m, begin, end);
    if (!is_too_long(m, &too_long)) return false;
    size_t cut = too_long ? clauses_cut(m->text, &m->maker->spans, begin, end) : end;
    if (cut < end) return make_range(m, begin, cut) && make_range(m, cut, end);
    return add_text(m, draft, begin, end);
}

static bool is_word_beside(const char *text, size_t at, size_t n) {
    size_t size;
    int c = at < n ? utf8_character(text + at, n - at, &size) : 0;
    return character_is_word(c) && !words_unspaced(c);
}

/* The name of a span in the source's parts, or NULL. */
static const char *name_in(const PartList *parts, const char *span, size_t n) {
    for (size_t i = 0; i < parts->n; i++)
        for (size_t k = 0; k < parts->items[i].n_stand_ins; k++) {
            const StandIn *s = &parts->items[i].stand_ins[k];
            if (strlen(s->span) == n && memcmp(s->span, span, n) == 0) return s->name;
        }
    return NULL;
}

/* A stand-in for the span in the current part; NULL if the span must be cut out. */
static const char *name_for(const Making *m, const Draft *draft, const TextSpan *s) {
    bool glued =
        (s->begin > 0 && is_word_beside(m->text, utf8_before(m->text, s->begin), s->begin)) ||
        is_word_beside(m->text, s->end, m->n);
    if (m->apart || glued || s->kind == SPAN_SIGN || draft->n == STAND_INS) return NULL;
    if (m->like) return name_in(m->like, m->text + s->begin, s->end - s->begin);
    for (size_t k = 0, n_free = 0; k < STAND_INS; k++)
        if (m->is_free[k] && n_free++ == draft->n) return names[k];
    return NULL;
}

/* Whether a span at one end of its range becomes a part of its own. */
static bool is_aside(const TextSpan *s, size_t begin, size_t end) {
    bool drawn = s->kind == SPAN_EMOJI || s->kind == SPAN_SIGN;
    return (drawn && s->begin == begin) || ((drawn || s->topic) && s->end == end);
}

/* Reads a span, which continues or ends the current part. */
static bool take_span(Making *m, Draft *draft, const TextSpan *s, bool aside) {
    const char *name = aside ? NULL : name_for(m, draft, s);
    if (s->kind == SPAN_PLAIN || name) {
        buffer_string(&m->maker->masked, name ? name : s->plain);
        if (!name) return true;
        StandIn *stand_in = &draft->stand_ins[draft->n++];
        stand_in->name = name;
        stand_in->span = copy_of(m, s->begin, s->end);
        return stand_in->span != NULL;
    }
    if (!end_part(m, draft, s->begin) || !add_copied(m, s->begin, s->end)) return false;
    *draft = (Draft){.begin = s->end};
    buffer_clear(&m->maker->masked);
    return true;
}

/* The first span that begins at byte `at` or later. */
static size_t first_span(const SpanList *spans, size_t at) {
    size_t low = 0, high = spans->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (spans->items[middle].begin < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool make_range(Making *m, size_t begin, size_t end) {
    const SpanList *spans = &m->maker->spans;
    trim(m->text, &begin, &end);
    Draft draft = {.begin = begin};
    size_t at = begin;
    buffer_clear(&m->maker->masked);
    for (size_t i = first_span(spans, begin); i < spans->n && spans->items[i].end <= end; i++) {
        const TextSpan *s = &spans->items[i];
        buffer_append(&m->maker->masked, m->text + at, s->begin - at);
        if (!take_span(m, &draft, s, is_aside(s, begin, end))) return false;
        at = s->end;
    }
    buffer_append(&m->maker->masked, m->text + at, end - at);
    return end_part(m, &draft, end);
}

/* ---- Sentences ---- */

/* Whether there is a span, and no letter or digit outside the spans. */
static bool is_only_spans(const Making *m) {
    const SpanList *spans = &m->maker->spans;
    size_t at = 0, n_copied = 0;
    for (size_t i = 0; i < spans->n; i++) {
        if (has_word(m->text + at, spans->items[i].begin - at)) return false;
        n_copied += spans->items[i].kind != SPAN_PLAIN;
        at = spans->items[i].end;
    }
    return n_copied && !has_word(m->text + at, m->n - at);
}

static bool make(Making *m) {
    PartMaker *maker = m->maker;
    size_t n_before = m->parts->n;
    Part all = {.begin = 0, .end = m->n};
    maker->spans.n = 0;
    maker->known.side = maker->side;
    maker->known.small_will_do = maker->lower;
    if (!maker->copy && maker->most_pieces == SIZE_MAX) {
        all.text = tagged(m, m->text, m->n);
        return add_part(m, all);
    }
    if (maker->copy && !spans_find(&maker->known, m->text, m->n, &maker->spans, m->err))
        return false;
    if (is_only_spans(m)) return add_copied(m, 0, m->n);
    if (!make_range(m, 0, m->n)) return false;
    all.begin = m->n;
    all.text = "";
    return m->parts->n > n_before || add_part(m, all);  // a blank text has a part, too
}

bool parts_of_sentence(PartMaker *maker, const char *text, size_t begin, size_t end,
                       const char *other, PartList *parts, Error *err) {
    Making m = {maker,          text + begin,   end - begin, begin,
                .parts = parts, .begins = true, .err = err};
    for (size_t k = 0; k < STAND_INS; k++)
        m.is_free[k] = !contains(m.text, m.n, names[k]) &&
                       !(other && contains(other, strlen(other), names[k]));
    return make(&m);
}

bool parts_of_target(PartMaker *maker, const char *text, size_t begin, size_t end,
                     const PartList *like, PartList *parts, Error *err) {
    Making m = {maker,        text + begin,   end - begin,    begin,
                .like = like, .parts = parts, .begins = true, .err = err};
    return make(&m);
}

bool parts_apart(PartMaker *maker, const char *text, const Part *part, PartList *parts,
                 Error *err) {
    Making m = {maker,         text + part->begin, part->end - part->begin, part->begin,
                .apart = true, .parts = parts,     .begins = part->begins,  .err = err};
    return make(&m);
}

void part_maker_free(PartMaker *maker) {
    known_free(&maker->known);
    span_list_free(&maker->spans);
    buffer_free(&maker->masked);
}

void part_list_free(PartList *parts) {
    free(parts->items);
    *parts = (PartList){0};
}
