#include "xattn/reader.h"

#include <stdint.h>
#include <string.h>

#include "text/clauses.h"
#include "text/tags.h"
#include "xattn/options.h"

static size_t count_sentences(const char *text, size_t length) {
    size_t n = 0, at = 0;
    Sentence s;
    while (sentences_next(text, length, &at, &s)) n++;
    return n;
}

static void look_ahead(TextSide *side) {
    side->has_next = sentences_next(side->text, side->length, &side->at, &side->next);
}

static void begin_side(TextSide *side, const char *text, size_t from) {
    *side = (TextSide){.text = text, .length = strlen(text), .at = from, .parts = side->parts};
    side->parts.n = 0;
    look_ahead(side);
}

/* Takes the tag in front of a text, for all of its parts. Returns where the text itself begins. */
static size_t take_tag(PartReader *r, const char *text) {
    const char *blanks = r->options->no_split ? "" : " \t";
    const char *tag = text + strspn(text, blanks);
    size_t n = r->model->tokenizer.source.n_tags ? tags_length(tag, strlen(tag)) : 0;
    r->source_maker.tag = tag;
    r->source_maker.n_tag = n;
    return n ? (size_t)(tag - text) + n + strspn(tag + n, blanks) : 0;
}

static void begin_text(PartReader *r) {
    r->n_read = r->part = 0;
    r->gap = take_tag(r, r->texts[r->text]);
    begin_side(&r->source, r->texts[r->text], r->gap);
    r->whole = r->options->no_split || !r->source.has_next;
    r->unsplit = false;
    if (!r->targets) return;
    begin_side(&r->target, r->targets[r->text], 0);
    if (r->whole) return;
    r->whole = count_sentences(r->source.text + r->gap, r->source.length - r->gap) !=
               count_sentences(r->target.text, r->target.length);
    r->unsplit = r->whole && r->target.has_next;
}

/* The bounds of the next sentence of a side, or of a slice of it. Sets *begins for the first slice. */
static Sentence next_sentence(const PartReader *r, TextSide *side, bool *begins) {
    Sentence s = side->next;
    *begins = true;
    if (r->whole) {
        side->has_next = false;
        return (Sentence){side == &r->source ? r->gap : 0, side->length};
    }
    s.end = r->targets ? s.end : clauses_slice(side->text, s.begin, s.end);
    *begins = !side->sliced;
    side->sliced = s.end < side->next.end;
    side->next.begin = s.end;
    if (!side->sliced) look_ahead(side);
    return s;
}

/* Keeps a sentence as it is, without spans to copy. */
static bool keep_whole(PartReader *r, TextSide *side, Sentence s, Error *err) {
    PartMaker plain = {.side = r->source_maker.side, .most_pieces = SIZE_MAX, .arena = &r->strings};
    if (side == &r->source) {
        plain.tag = r->source_maker.tag;
        plain.n_tag = r->source_maker.n_tag;
    }
    side->parts.n = 0;
    bool ok = parts_of_sentence(&plain, side->text, s.begin, s.end, NULL, &side->parts, err);
    part_maker_free(&plain);
    return ok;
}

/* Whether both sides have the same parts with the same stand-ins. */
static bool agree(const PartList *source, const PartList *target) {
    bool same = source->n == target->n;
    for (size_t i = 0; same && i < source->n; i++) {
        const Part *s = &source->items[i], *t = &target->items[i];
        same = s->copied == t->copied && s->n_stand_ins == t->n_stand_ins &&
               (!s->copied || strcmp(s->text, t->text) == 0);
        for (size_t a = 0; same && a < t->n_stand_ins; a++)
            for (size_t b = 0; same && b < a; b++)
                same = t->stand_ins[a].name != t->stand_ins[b].name;
    }
    return same;
}

/* Makes the parts of the next sentence on both sides. */
static bool make_parts(PartReader *r, Error *err) {
    bool begins, ignored;
    Sentence s = next_sentence(r, &r->source, &begins);
    r->source.parts.n = r->part = 0;
    const char *other = r->targets ? r->target.text : NULL;
    if (!parts_of_sentence(&r->source_maker, r->source.text, s.begin, s.end, other,
                           &r->source.parts, err))
        return false;
    r->source.parts.items[0].begins = begins;
    if (!r->targets) return true;
    Sentence t = next_sentence(r, &r->target, &ignored);
    r->target.parts.n = 0;
    return parts_of_target(&r->target_maker, r->target.text, t.begin, t.end, &r->source.parts,
                           &r->target.parts, err) &&
           (agree(&r->source.parts, &r->target.parts) ||
            (keep_whole(r, &r->source, s, err) && keep_whole(r, &r->target, t, err)));
}

/* Gives a sentence its part of the prefix, up to and including the next </s>. */
static void take_prefix(PartReader *r, PartToRead *part) {
    const xattn_options *o = r->options;
    part->prefix = o->prefix + r->prefix_used;
    while (r->prefix_used < o->n_prefix) {
        part->n_prefix++;
        if (o->prefix[r->prefix_used++] == r->model->config.eos) break;
    }
}

static PartMaker part_maker(PartReader *r, const TokenizerSide *side, size_t limit) {
    const xattn_options *o = r->options;
    if (o->target_language) limit--;  // for the tag
    return (PartMaker){.side = side,
                       .most_pieces = options_are_exact(o) || o->no_split ? SIZE_MAX : limit,
                       .copy = options_may_copy(o),
                       .lower = r->model->config.lowercase_capitals,
                       .arena = &r->strings};
}

static void make_makers(PartReader *r) {
    const Tokenizer *tokenizer = &r->model->tokenizer;
    r->source_maker = part_maker(r, &tokenizer->source, model_split_limit(r->model));
    r->target_maker = part_maker(r, &tokenizer->target, model_target_limit(r->model));
}

bool part_reader_next(PartReader *r, PartToRead *part, PartPlace *place, Error *err) {
    if (!r->source_maker.side) make_makers(r);
    if (!r->n_read) begin_text(r);
    if (r->part == r->source.parts.n && !make_parts(r, err)) return false;
    *part =
        (PartToRead){.text = r->source.text, .part = r->source.parts.items[r->part], .gap = r->gap};
    if (r->targets) part->target = r->target.parts.items[r->part].text;
    if (r->options->n_prefix) take_prefix(r, part);
    r->part++;
    r->n_read++;
    r->gap = part->part.end;
    bool last = r->part == r->source.parts.n && !r->source.has_next;
    *place = (PartPlace){r->text, r->gap, last, r->unsplit};
    if (last) {
        r->text++;
        r->n_read = 0;
    }
    return true;
}

/* Keeps the parts of a sentence that have not been read yet. */
void part_reader_forget(PartReader *r) {
    if (r->part == r->source.parts.n) arena_free(&r->strings);
}

void part_reader_free(PartReader *r) {
    part_list_free(&r->source.parts);
    part_list_free(&r->target.parts);
    part_maker_free(&r->source_maker);
    part_maker_free(&r->target_maker);
    arena_free(&r->strings);
}
