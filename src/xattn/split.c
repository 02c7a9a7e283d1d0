#include "xattn/split.h"

#include <stdlib.h>
#include <string.h>

#include "text/sentences.h"
#include "xattn/job.h"
#include "xattn/join.h"

/* One side of the text that is being read: the source, or the given translation. */
typedef struct {
    const char *text;
    size_t length, at;  // bytes; those read
    bool has_next;
    Sentence next;  // looked at already
} Reading;

/* Where reading is. */
typedef struct {
    size_t text;    // number of the text
    size_t n_read;  // sentences of it; 0: it is not begun
    bool whole;     // it is taken as one sentence
    bool unsplit;   // since its translation has another number of them
    Reading source, target;
} Reader;

/* Whose a sentence of the window is. */
typedef struct {
    size_t text;
    bool last, unsplit;
} Place;

typedef struct {
    const Model *model;
    const xattn_options *options;
    const char *const *texts, *const *targets;
    size_t n;
    xattn_translation **translations;
    Reader reader;
    size_t prefix_used;  // ids of the prefix that sentences have got

    // The window: of its sentences the first may continue a text, and the last be continued.
    JobSentence *sentences;  // [most]
    Place *places;           // [most]
    Result **results;        // [most]
    size_t most, n_sentences;
    size_t first;  // number of the first sentence in its text
    Arena strings;

    // What is done of the text that the window ends in.
    Result **parts;  // [n_parts]
    size_t n_parts, parts_capacity;
    size_t n_done;  // texts
    Arena arena;
} Call;

/* ---- Reading ---- */

static size_t count_sentences(const char *text, size_t length) {
    size_t n = 0, at = 0;
    Sentence s;
    while (sentences_next(text, length, &at, &s)) n++;
    return n;
}

static void look_ahead(Reading *side) {
    side->has_next = sentences_next(side->text, side->length, &side->at, &side->next);
}

static Reading begin_side(const char *text) {
    Reading side = {.text = text, .length = strlen(text)};
    look_ahead(&side);
    return side;
}

static void begin_text(Call *call) {
    Reader *r = &call->reader;
    *r = (Reader){.text = r->text, .source = begin_side(call->texts[r->text])};
    r->whole = call->options->no_split || !call->model->config.one_sentence || !r->source.has_next;
    if (!call->targets) return;
    r->target = begin_side(call->targets[r->text]);
    if (r->whole) return;
    r->whole = count_sentences(r->source.text, r->source.length) !=
               count_sentences(r->target.text, r->target.length);
    r->unsplit = r->whole && r->target.has_next;
}

/* The sentence looked at, copied; NULL if out of memory. */
static const char *take(Call *call, Reading *side, Error *err) {
    const Sentence s = side->next;
    look_ahead(side);
    return arena_string(&call->strings, side->text + s.begin, s.end - s.begin, err);
}

/* The sentence's part of the prefix: up to a </s>, which is its own. */
static void take_prefix(Call *call, JobSentence *sentence) {
    const xattn_options *o = call->options;
    sentence->prefix = o->prefix + call->prefix_used;
    while (call->prefix_used < o->n_prefix) {
        sentence->n_prefix++;
        if (o->prefix[call->prefix_used++] == call->model->config.eos) break;
    }
}

/* Puts the next sentence into the window. Every text has at least one, be it blank. */
static bool read_sentence(Call *call, Error *err) {
    Reader *r = &call->reader;
    JobSentence *sentence = &call->sentences[call->n_sentences];
    if (!r->n_read) begin_text(call);
    *sentence = (JobSentence){.source = r->source.text, .target = r->target.text};
    if (!r->whole && !(sentence->source = take(call, &r->source, err))) return false;
    if (!r->whole && r->target.text && !(sentence->target = take(call, &r->target, err)))
        return false;
    if (call->options->n_prefix) take_prefix(call, sentence);
    bool last = r->whole || !r->source.has_next;
    call->places[call->n_sentences++] = (Place){r->text, last, r->unsplit};
    r->n_read++;
    if (last) *r = (Reader){.text = r->text + 1};
    return true;
}

/* Fills the window. */
static bool gather(Call *call, Error *err) {
    call->n_sentences = 0;
    call->first = call->reader.n_read;
    arena_free(&call->strings);
    while (call->reader.text < call->n && call->n_sentences < call->most)
        if (!read_sentence(call, err)) return false;
    return true;
}

/* ---- Joining ---- */

static bool keep_part(Call *call, Result *part, Error *err) {
    if (call->n_parts == call->parts_capacity) {
        size_t capacity = call->parts_capacity ? 2 * call->parts_capacity : 16;
        Result **parts = realloc(call->parts, capacity * sizeof(Result *));
        if (!parts) {
            result_free(part);
            return error_memory(err, capacity * sizeof(Result *), "parts of a translation");
        }
        call->parts = parts;
        call->parts_capacity = capacity;
    }
    call->parts[call->n_parts++] = part;
    return true;
}

/* n results become one, and go with it; NULL on failure. */
static Result *unite(const Call *call, Result **results, size_t n, Error *err) {
    Result *whole =
        n == 1 ? results[0] : join_results(results, n, call->options->length_penalty, err);
    for (size_t i = 0; i < n; i++) {
        if (n > 1) result_free(results[i]);
        results[i] = NULL;
    }
    return whole;
}

/* A text's translation is complete. */
static bool deliver(Call *call, const Place *place, Result *result, Error *err) {
    xattn_translation *t = &result->shown;
    if (!result_set_source_text(result, call->texts[place->text], place->unsplit, err)) {
        result_free(result);
        return false;
    }
    if (call->translations) call->translations[place->text] = t;
    call->n_done++;
    if (call->options->result) call->options->result(call->options->context, place->text, t);
    if (!call->translations) result_free(result);
    return true;
}

/* The results of n sentences of one text, of which the last has this place. */
static bool finish(Call *call, Result **results, size_t n, const Place *last, Error *err) {
    Result *part = unite(call, results, n, err);
    if (!part || !keep_part(call, part, err)) return false;
    if (!last->last) return true;
    Result *whole = unite(call, call->parts, call->n_parts, err);
    call->n_parts = 0;
    return whole && deliver(call, last, whole, err);
}

/* Joins the window's results, text by text. */
static bool join_window(Call *call, Error *err) {
    size_t n = call->n_sentences;
    bool ok = true;
    for (size_t first = 0, end; ok && first < n; first = end) {
        for (end = first; end + 1 < n && !call->places[end].last;) end++;
        end++;
        ok = finish(call, call->results + first, end - first, &call->places[end - 1], err);
    }
    for (size_t i = 0; !ok && i < n; i++) result_free(call->results[i]);
    return ok;
}

/* ---- The call ---- */

static bool call_alloc(Call *call, Error *err) {
    static const char what[] = "a window of sentences";
    // Who watches the steps wants to see one sentence after the other.
    size_t n = call->most = call->options->step ? 1 : SPLIT_WINDOW * call->options->threads;
    return (call->sentences = arena_array(&call->arena, n, sizeof *call->sentences, what, err)) &&
           (call->places = arena_array(&call->arena, n, sizeof *call->places, what, err)) &&
           (call->results = arena_array(&call->arena, n, sizeof *call->results, what, err));
}

static bool check_watched(const Call *call, Error *err) {
    bool several = call->n_sentences > 1 || call->first || call->reader.n_read;
    return !call->options->observe || !several ||
           error_kind(err, XATTN_USAGE,
                      "one sentence at a time can be observed; this text has more");
}

static bool run_window(Call *call, Error *err) {
    if (!gather(call, err) || !check_watched(call, err)) return false;
    if (job_translate(call->model, call->sentences, call->n_sentences, call->first, call->options,
                      call->results, err))
        return join_window(call, err);
    if (err->index >= 0) err->index = (ptrdiff_t)call->places[err->index].text;
    return false;
}

bool split_translate(const Model *model, const char *const *texts, const char *const *targets,
                     size_t n, const xattn_options *options, xattn_translation **translations,
                     Error *err) {
    Call call = {.model = model,
                 .options = options,
                 .texts = texts,
                 .targets = targets,
                 .n = n,
                 .translations = translations};
    bool ok = call_alloc(&call, err);
    while (ok && call.reader.text < n) ok = run_window(&call, err);
    for (size_t i = 0; !ok && translations && i < call.n_done; i++)
        result_free(result_of(translations[i]));
    while (call.n_parts) result_free(call.parts[--call.n_parts]);
    free(call.parts);
    arena_free(&call.strings);
    arena_free(&call.arena);
    return ok;
}
