#include "xattn/pivot.h"

#include <math.h>
#include <string.h>

#include "text/spelling.h"
#include "text/tags.h"
#include "xattn/result.h"
#include "xattn/split.h"

static const char what[] = "the map of a pivot";

/* ---- The bridge ---- */

/* A text without its spaces, and the places of its pieces. */
typedef struct {
    char *text;  // [n]
    size_t n;
    size_t *ends;  // [pieces] the end of each; the next begins there
} Letters;

/* Whether a piece stands for text. </s>, <unk>, <pad> and tags do not. */
static bool has_letters(const char *piece) {
    size_t n = strlen(piece);
    return tags_length(piece, n) != n && !vocab_is_special(piece);
}

/* Appends a piece's letters; <0xE2> is a byte. A copied piece may contain spaces. */
static void spell_piece(const char *piece, Letters *letters) {
    int byte = spelling_byte(piece);
    if (!has_letters(piece)) return;
    if (byte >= 0) {
        letters->text[letters->n++] = (char)byte;
        return;
    }
    while (*piece) {
        const size_t n_mark = sizeof SPACE_MARK - 1;
        bool is_mark = strncmp(piece, SPACE_MARK, n_mark) == 0;
        if (!is_mark && *piece != ' ') letters->text[letters->n++] = *piece;
        piece += is_mark ? n_mark : 1;
    }
}

static bool spell(const xattn_tokens *tokens, Letters *letters, Arena *arena, Error *err) {
    size_t n_bytes = 0;
    for (size_t i = 0; i < tokens->n; i++) n_bytes += strlen(tokens->pieces[i]);
    letters->n = 0;
    letters->text = arena_array(arena, n_bytes, 1, what, err);
    letters->ends = arena_array(arena, tokens->n, sizeof *letters->ends, what, err);
    if (!letters->text || !letters->ends) return false;
    for (size_t i = 0; i < tokens->n; i++) {
        spell_piece(tokens->pieces[i], letters);
        letters->ends[i] = letters->n;
    }
    return true;
}

/* Two spellings of the same text. Normalization may have changed the middle. */
typedef struct {
    size_t from, to;        // the lengths of the first and of the second
    size_t prefix, suffix;  // equal letters at the beginning and at the end
} Match;

static Match match(const Letters *first, const Letters *second) {
    Match m = {first->n, second->n, 0, 0};
    size_t most = m.from < m.to ? m.from : m.to;
    while (m.prefix < most && first->text[m.prefix] == second->text[m.prefix]) m.prefix++;
    most -= m.prefix;
    while (m.suffix < most &&
           first->text[m.from - 1 - m.suffix] == second->text[m.to - 1 - m.suffix])
        m.suffix++;
    return m;
}

/* The place in the first spelling that corresponds to place x in the second. */
static double place_of(const Match *m, size_t x) {
    if (x <= m->prefix) return (double)x;
    if (x + m->suffix >= m->to) return (double)(m->from - (m->to - x));
    double stretch =
        (double)(m->from - m->prefix - m->suffix) / (double)(m->to - m->prefix - m->suffix);
    return (double)m->prefix + (double)(x - m->prefix) * stretch;
}

/* Sets row [n] to the share of each of n pieces in letters begin … end. Letters without a piece count
   for the last one, </s>. */
static void share_out(double begin, double end, const size_t *ends, size_t n, float *row) {
    float sum = 0.0F;
    for (size_t j = 0; j < n; j++) {
        double left = fmax(begin, j ? (double)ends[j - 1] : 0.0);
        double right = fmin(end, (double)ends[j]);
        row[j] = right > left ? (float)(right - left) : 0.0F;
        sum += row[j];
    }
    for (size_t j = 0; j < n && sum > 0.0F; j++) row[j] /= sum;
    if (!(sum > 0.0F)) row[n - 1] = 1.0F;
}

/* The bridge between the pieces of the same text as a target and as a source, [source->n][target->n].
   Its rows sum to 1. Neither side may be empty. NULL if out of memory. */
static float *bridge_of(const xattn_tokens *target, const xattn_tokens *source, Arena *arena,
                        Error *err) {
    size_t n = source->n;
    Letters first, second;
    float *bridge = arena_floats(arena, n * target->n, what, err);
    if (!bridge || !spell(target, &first, arena, err) || !spell(source, &second, arena, err))
        return NULL;
    Match m = match(&first, &second);
    for (size_t i = 0; i < n; i++)
        share_out(place_of(&m, i ? second.ends[i - 1] : 0), place_of(&m, second.ends[i]),
                  first.ends, target->n, bridge + i * target->n);
    return bridge;
}

/* ---- The product ---- */

/* out [n][m] = a [n][k] · b [k][m] */
static void multiply(const float *a, const float *b, size_t n, size_t k, size_t m, float *out) {
    memset(out, 0, n * m * sizeof *out);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < k; j++) {
            float factor = a[i * k + j];
            for (size_t c = 0; c < m && factor != 0.0F; c++)
                out[i * m + c] += factor * b[j * m + c];
        }
}

/* The default map of a translation, [target.n][source.n]. */
static float *first_map(const xattn_translation *t, Arena *arena, Error *err) {
    size_t size = t->target.n * t->source.n, first = (size_t)t->map_layer * t->n_heads, n = 1;
    float *map = arena_floats(arena, size, what, err);
    if (t->map_head == XATTN_MEAN)
        n = t->n_heads;
    else
        first += (size_t)t->map_head;
    for (size_t h = first; map && h < first + n; h++)
        for (size_t i = 0; i < size; i++) map[i] += t->attention[h * size + i] / (float)n;
    return map;
}

/* Multiplies the maps of `t`, whose columns are pivot pieces, by through [pivot][n_src], so that their
   columns become source pieces. */
static bool compose(const float *through, size_t n_src, xattn_translation *t, Arena *arena,
                    Error *err) {
    size_t n_maps = t->n_layers * t->n_heads, n_tgt = t->target.n, n_pivot = t->source.n;
    float *maps = arena_array(arena, n_maps * n_tgt, n_src * sizeof *maps, what, err);
    for (size_t i = 0; maps && i < n_maps; i++)
        multiply(t->attention + i * n_tgt * n_pivot, through, n_tgt, n_pivot, n_src,
                 maps + i * n_tgt * n_src);
    t->attention = maps;
    return maps != NULL;
}

/* Turns a translation of the pivot text into one of the source. A blank one gets only the pivot
   text. */
static bool join_legs(const xattn_translation *before, Result *result, Error *err) {
    xattn_translation *t = &result->shown;
    Arena *memory = &result->memory, work = {0};
    size_t n_src = before->source.n, n_pivot = t->source.n;
    float *through = NULL;
    bool ok = true;
    if (t->attention && n_pivot) {
        float *map = first_map(before, &work, err);
        float *bridge = bridge_of(&before->target, &t->source, &work, err);
        through = arena_floats(&work, n_pivot * n_src, what, err);
        ok = map && bridge && through;
        if (ok) multiply(bridge, map, n_pivot, before->target.n, n_src, through);
    }
    xattn_tokens source;
    const char *pivot = arena_string(memory, before->text, strlen(before->text), err);
    t->pivot_text = pivot;
    if (pivot && !t->target.n) {
        arena_free(&work);
        return true;
    }
    ok = ok && pivot && result_tokens(result, n_src, &source, err) &&
         result_append(result, &before->source, &source, err);
    for (size_t k = 0; ok && k <= t->n_alternatives; k++) {
        xattn_translation *one = k ? &result->alternatives[k - 1] : t;
        ok = !through || compose(through, n_src, one, memory, err);
        one->source = source;
        one->pivot_text = pivot;
        one->target_cut = one->target_cut || before->target_cut || t->source_cut;
        one->repeats = one->repeats || before->repeats;
    }
    t->source_cut = before->source_cut;
    t->untagged = before->untagged;
    arena_free(&work);
    return ok;
}

/* ---- Both models ---- */

/* Gives a result the place that the first model's result had in the text. */
static void take_place(const Result *before, Result *result) {
    result->gap = before->gap;
    result->n_gap = before->n_gap;
    result->begins = before->begins;
    result->copied = before->copied;
    result->shown.n_sentences = before->shown.n_sentences;
    for (size_t k = 0; k < result->shown.n_alternatives; k++)
        result->alternatives[k].n_sentences = before->shown.n_sentences;
}

/* Translates the results of the first model with the second, each as a text. */
static bool go_on(const Pivot *pivot, Result **before, size_t n, Result **results, Arena *arena,
                  Error *err) {
    const char **texts = arena_array(arena, n, sizeof *texts, what, err);
    xattn_translation **found = arena_array(arena, n, sizeof(xattn_translation *), what, err);
    if (!texts || !found) return false;
    for (size_t i = 0; i < n; i++) texts[i] = before[i]->shown.text;
    xattn_options options = *pivot->onward;
    options.result = NULL;
    if (!split_translate(pivot->second, texts, NULL, n, &options, found, err)) return false;
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        results[i] = result_of(found[i]);
        ok = ok && join_legs(&before[i]->shown, results[i], err);
        take_place(before[i], results[i]);
    }
    for (size_t i = 0; !ok && i < n; i++) result_free(results[i]);
    return ok;
}

static bool read_both(const void *context, PartMaker *maker, const PartToRead *parts, size_t n,
                      size_t first, Result **results, Error *err) {
    const Pivot *pivot = context;
    Arena arena = {0};
    Result **before = arena_array(&arena, n, sizeof(Result *), what, err);
    bool ok =
        before && read_parts(pivot->first, maker, parts, n, first, pivot->before, before, err);
    if (ok) {
        ok = go_on(pivot, before, n, results, &arena, err);
        for (size_t i = 0; i < n; i++) result_free(before[i]);
    }
    arena_free(&arena);
    return ok;
}

bool pivot_translate(const Pivot *pivot, const char *const *texts, size_t n,
                     xattn_translation **translations, Error *err) {
    return split_translate_with(read_both, pivot, pivot->first, texts, NULL, n, pivot->onward,
                                translations, err);
}
