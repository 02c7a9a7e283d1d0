#include "xattn/split.h"

#include <stdlib.h>
#include <string.h>

#include "text/soft_hyphens.h"
#include "xattn/join.h"
#include "xattn/options.h"
#include "xattn/reader.h"

/* A call of the library, and the window that it works on. */
typedef struct {
    PartsReader *reads;
    const void *context;
    const xattn_options *options;
    const char *const *given_texts, *const *given_targets;
    const char *const *texts, *const *targets;  // as they are read
    size_t n;
    xattn_translation **translations;
    PartReader reader;

    // The window. Its first part may continue a text, and its last text may continue.
    PartToRead *parts;  // [most]
    PartPlace *places;  // [most]
    Result **results;   // [most]
    size_t most, n_parts;
    size_t first;  // number of the first part in its text

    // The results so far of the last text.
    Result **done;  // [n_done]
    size_t n_done, done_capacity;
    size_t n_delivered;  // the number of texts
    Arena arena;
} Call;

/* ---- Reading ---- */

/* Fills the window. */
static bool gather(Call *call, Error *err) {
    call->n_parts = 0;
    call->first = call->reader.n_read;
    part_reader_forget(&call->reader);
    while (call->reader.text < call->n && call->n_parts < call->most) {
        size_t i = call->n_parts++;
        if (!part_reader_next(&call->reader, &call->parts[i], &call->places[i], err)) return false;
    }
    return true;
}

/* ---- Joining ---- */

static bool keep_part(Call *call, Result *part, Error *err) {
    if (call->n_done == call->done_capacity) {
        size_t capacity = call->done_capacity ? 2 * call->done_capacity : 16;
        Result **done = realloc(call->done, capacity * sizeof(Result *));
        if (!done) {
            result_free(part);
            return error_memory(err, capacity * sizeof(Result *), "parts of a translation");
        }
        call->done = done;
        call->done_capacity = capacity;
    }
    call->done[call->n_done++] = part;
    return true;
}

/* Joins n results into one, and frees them; NULL on failure. */
static Result *unite(const Call *call, Result **results, size_t n, Error *err) {
    Result *whole =
        n == 1 ? results[0] : join_results(results, n, call->options->length_penalty, err);
    for (size_t i = 0; i < n; i++) {
        if (n > 1) result_free(results[i]);
        results[i] = NULL;
    }
    return whole;
}

/* Puts the blanks at both ends of a text around its translation, unless that was given. */
static bool surround(const Call *call, const PartPlace *place, Result *result, xattn_translation *t,
                     Error *err) {
    const char *text = call->texts[place->text];
    if (call->targets) {
        const char *given = call->given_targets[place->text];
        return (t->text = arena_string(&result->memory, given, strlen(given), err)) != NULL;
    }
    size_t n_after = strlen(text + place->end);
    if (call->options->no_split || (!result->n_gap && !n_after)) return true;
    Buffer whole = {0};
    join_append_gap(result->gap, result->n_gap, &whole);
    buffer_string(&whole, t->text);
    join_append_gap(text + place->end, n_after, &whole);
    bool ok = buffer_ok(&whole, "a translation", err) &&
              (t->text = arena_string(&result->memory, whole.data, whole.size, err)) != NULL;
    buffer_free(&whole);
    return ok;
}

static bool complete(const Call *call, const PartPlace *place, Result *result, Error *err) {
    if (!result_set_source_text(result, call->given_texts[place->text], place->unsplit, err) ||
        !surround(call, place, result, &result->shown, err))
        return false;
    for (size_t k = 0; k < result->shown.n_alternatives; k++)
        if (!surround(call, place, result, &result->alternatives[k], err)) return false;
    return true;
}

/* Delivers the complete translation of a text. */
static bool deliver(Call *call, const PartPlace *place, Result *result, Error *err) {
    xattn_translation *t = &result->shown;
    if (!complete(call, place, result, err)) {
        result_free(result);
        return false;
    }
    if (call->translations) call->translations[place->text] = t;
    call->n_delivered++;
    if (call->options->result) call->options->result(call->options->context, place->text, t);
    if (!call->translations) result_free(result);
    return true;
}

/* Finishes a text from the results of its last n parts. */
static bool finish(Call *call, Result **results, size_t n, const PartPlace *last, Error *err) {
    Result *part = unite(call, results, n, err);
    if (!part || !keep_part(call, part, err)) return false;
    if (!last->last) return true;
    Result *whole = unite(call, call->done, call->n_done, err);
    call->n_done = 0;
    return whole && deliver(call, last, whole, err);
}

/* Joins the window's results, text by text. */
static bool join_window(Call *call, Error *err) {
    size_t n = call->n_parts;
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

/* Soft hyphens are left out before anything is looked for: they would hide the end of a sentence, or of
   a name. */
static bool call_clean(Call *call, Error *err) {
    call->texts = call->given_texts;
    call->targets = call->given_targets;
    if (!call->n || !options_may_copy(call->options)) return true;
    call->texts = soft_hyphens_left_out(call->texts, call->n, &call->arena, err);
    if (call->texts && call->targets)
        call->targets = soft_hyphens_left_out(call->targets, call->n, &call->arena, err);
    return call->texts && (call->targets || !call->given_targets);
}

static bool call_alloc(Call *call, Error *err) {
    static const char what[] = "a window of parts";
    // Callbacks for steps must see one sentence after the other.
    size_t n = call->most = call->options->step ? 1 : SPLIT_WINDOW * call->options->threads;
    return (call->parts = arena_array(&call->arena, n, sizeof *call->parts, what, err)) &&
           (call->places = arena_array(&call->arena, n, sizeof *call->places, what, err)) &&
           (call->results = arena_array(&call->arena, n, sizeof(Result *), what, err));
}

static bool check_watched(const Call *call, Error *err) {
    bool several = call->n_parts > 1 || call->first || call->reader.n_read;
    return !call->options->observe || !several ||
           error_kind(err, XATTN_USAGE, "observe needs one sentence; this text has more");
}

static bool run_window(Call *call, Error *err) {
    if (!gather(call, err) || !check_watched(call, err)) return false;
    if (call->reads(call->context, &call->reader.source_maker, call->parts, call->n_parts,
                    call->first, call->results, err))
        return join_window(call, err);
    if (err->index >= 0) err->index = (ptrdiff_t)call->places[err->index].text;
    return false;
}

static void call_free(Call *call) {
    while (call->n_done) result_free(call->done[--call->n_done]);
    free(call->done);
    part_reader_free(&call->reader);
    arena_free(&call->arena);
}

bool split_translate_with(PartsReader *reads, const void *context, const Model *model,
                          const char *const *texts, const char *const *targets, size_t n,
                          const xattn_options *options, xattn_translation **translations,
                          Error *err) {
    Call call = {.reads = reads,
                 .context = context,
                 .options = options,
                 .given_texts = texts,
                 .given_targets = targets,
                 .n = n,
                 .translations = translations};
    bool ok = call_clean(&call, err) && call_alloc(&call, err);
    call.reader = (PartReader){
        .model = model, .options = options, .texts = call.texts, .targets = call.targets, .n = n};
    while (ok && call.reader.text < n) ok = run_window(&call, err);
    for (size_t i = 0; !ok && translations && i < call.n_delivered; i++)
        result_free(result_of(translations[i]));
    call_free(&call);
    return ok;
}

/* The model, and its options. */
typedef struct {
    const Model *model;
    const xattn_options *options;
} Plain;

static bool read_plainly(const void *context, PartMaker *maker, const PartToRead *parts, size_t n,
                         size_t first, Result **results, Error *err) {
    const Plain *plain = context;
    return read_parts(plain->model, maker, parts, n, first, plain->options, results, err);
}

bool split_translate(const Model *model, const char *const *texts, const char *const *targets,
                     size_t n, const xattn_options *options, xattn_translation **translations,
                     Error *err) {
    const Plain plain = {model, options};
    return split_translate_with(read_plainly, &plain, model, texts, targets, n, options,
                                translations, err);
}
