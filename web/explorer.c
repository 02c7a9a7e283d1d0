/* explorer.c: the library for the page of this folder: JSON in, JSON out

   worker.js calls these functions, one at a time, and frees nothing: an answer is valid until the next
   call. An answer with "error" is a sentence of the library's. Built by web/build.sh. */
#include <cjson/cJSON.h>
#include <emscripten.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "request.h"
#include "xattn.h"

static xattn_model *model;
static char *answer;
static const char *const unreadable = "the request cannot be read";

/* The target pieces of the sentence that is being translated. */
typedef struct {
    size_t n, capacity;
    const char **pieces;  // [n], the model's own
    int *ids;             // [n]
} Written;

/* Shows a step to worker.js. */
// clang-format off
EM_JS(void, show_step, (const char *json), { Module["onStep"](UTF8ToString(json)); });
// clang-format on

/* ---- JSON; what runs out of memory is NULL ---- */

static const char *answered(cJSON *json) {
    cJSON_free(answer);
    answer = json ? cJSON_PrintUnformatted(json) : NULL;
    cJSON_Delete(json);
    return answer ? answer : "{\"error\":\"out of memory\"}";
}

static const char *refused(const char *text) {
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "error", text);
    return answered(json);
}

/* ---- Steps ---- */

static bool write_piece(Written *written, int id) {
    if (written->n == written->capacity) {
        size_t capacity = written->capacity ? 2 * written->capacity : 64;
        const char **pieces = realloc(written->pieces, capacity * sizeof *pieces);
        if (pieces) written->pieces = pieces;
        int *ids = realloc(written->ids, capacity * sizeof *ids);
        if (ids) written->ids = ids;
        if (!pieces || !ids) return false;
        written->capacity = capacity;
    }
    written->pieces[written->n] = xattn_piece(model, XATTN_TARGET, id);
    written->ids[written->n++] = id;
    return true;
}

/* The step, and with it all of its sentence that is written by now. */
static cJSON *step_json(const xattn_step *step, const Written *written) {
    cJSON *json = cJSON_CreateObject();
    cJSON_AddItemToObject(json, "sentence", json_number(step->sentence));
    cJSON_AddItemToObject(json, "position", json_number(step->position));
    if (!step->position) cJSON_AddItemToObject(json, "source", json_tokens(step->source));
    cJSON_AddItemToObject(json, "target",
                          json_tokens(&(xattn_tokens){written->n, written->pieces, written->ids}));
    cJSON_AddNumberToObject(json, "logprob", (double)step->logprob);
    cJSON_AddBoolToObject(json, "given", step->given);
    cJSON_AddItemToObject(json, "runners_up",
                          json_runners_up(step->runners_up, step->n_runners_up));
    size_t n = step->n_layers * step->n_heads * step->source->n;
    cJSON_AddItemToObject(json, "attention", cJSON_CreateFloatArray(step->attention, (int)n));

    xattn_buffer text = {0};
    size_t ended = written->n && strcmp(written->pieces[written->n - 1], "</s>") == 0;
    if (xattn_detokenize(model, XATTN_TARGET, written->pieces, written->n - ended, &text, NULL))
        cJSON_AddStringToObject(json, "text", text.size ? text.data : "");
    xattn_buffer_free(&text);
    return json;
}

static bool on_step(void *context, const xattn_step *step) {
    Written *written = context;
    if (!step->position) written->n = 0;
    if (!write_piece(written, step->id)) return false;
    cJSON *json = step_json(step, written);
    char *text = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    if (!text) return false;
    show_step(text);
    cJSON_free(text);
    return true;
}

/* ---- Translations ---- */

/* The model's translation of the text, and, if something was taken away, what that did: the whole
   model's own translation, and what the model without it makes of that. */
static const char *translate(const Request *request) {
    const char *text = request->text;
    xattn_error error;
    xattn_translation *whole = NULL, *reread = NULL, *t = NULL;
    cJSON *json = NULL;
    Written written = {0};
    xattn_options shown = request->options, plain = request->options;
    shown.context = &written;
    shown.step = on_step;
    plain.n_ablations = 0;
    bool ok = !shown.n_ablations || xattn_translate(model, &text, 1, &plain, &whole, &error);
    if (ok && whole && whole->target.n) {
        xattn_options again = plain;
        again.n_ablations = shown.n_ablations;
        again.prefix = whole->target.ids;
        again.n_prefix = whole->target.n;
        ok = xattn_translate(model, &text, 1, &again, &reread, &error);
    }
    if (ok && xattn_translate(model, &text, 1, &shown, &t, &error)) {
        json = cJSON_CreateObject();
        cJSON_AddStringToObject(json, "text", t->text);
        cJSON_AddNumberToObject(json, "score", t->score);
        cJSON_AddBoolToObject(json, "source_cut", t->source_cut);
        cJSON_AddBoolToObject(json, "target_cut", t->target_cut);
        cJSON_AddBoolToObject(json, "repeats", t->repeats);
        cJSON_AddBoolToObject(json, "untagged", t->untagged);
        if (whole) cJSON_AddStringToObject(json, "whole_text", whole->text);
        if (whole) cJSON_AddNumberToObject(json, "whole_score", whole->score);
        if (reread) cJSON_AddNumberToObject(json, "reread_score", reread->score);
    }
    xattn_translation_free(whole);
    xattn_translation_free(reread);
    xattn_translation_free(t);
    free(written.pieces);
    free(written.ids);
    return json ? answered(json) : refused(error.text);
}

/* ---- Inside one attention ---- */

typedef struct {
    const char *scope;  // "decoder.layer1.cross"
    int head;
    int n_heads;  // that were seen
    cJSON *json;  // {name: [rows]}
} Inspection;

/* Stacks the rows of each name in the order in which they are made. */
static void on_activation(void *context, const xattn_activation *a) {
    Inspection *in = context;
    if (strcmp(a->scope, in->scope) != 0) return;
    if (a->head >= in->n_heads) in->n_heads = a->head + 1;
    if (a->head >= 0 && a->head != in->head) return;
    cJSON *rows = cJSON_GetObjectItemCaseSensitive(in->json, a->name);
    if (!rows) rows = cJSON_AddArrayToObject(in->json, a->name);
    for (size_t i = 0; i < a->n_rows; i++)
        cJSON_AddItemToArray(
            rows, cJSON_CreateFloatArray(a->values + i * a->n_columns, (int)a->n_columns));
}

/* A copy of sentence number `index` of a text, which the caller frees; NULL if there is none. */
static char *sentence_of(const char *text, int index) {
    size_t n = strlen(text), at = 0, begin = 0, end = 0;
    for (int i = 0; i <= index; i++)
        if (!xattn_next_sentence(text, n, &at, &begin, &end)) return NULL;
    char *copy = calloc(end - begin + 1, 1);
    return copy ? memcpy(copy, text + begin, end - begin) : NULL;
}

static const char *inspect(const Request *request) {
    const cJSON *asked = request->json;
    const char *scope = request_string(asked, "scope");
    char *sentence = sentence_of(request->text, request_integer(asked, "sentence"));
    Inspection in = {scope ? scope : "", request_integer(asked, "head"), 0, cJSON_CreateObject()};
    xattn_options looking = request->options;
    looking.observe = on_activation;
    looking.context = &in;
    looking.no_split = true;
    looking.target_language = request_string(asked, "language");
    const char *const texts[] = {sentence};
    xattn_error error = {.text = "there is no such sentence"};
    xattn_translation *t = NULL;
    bool ok = sentence && xattn_translate(model, texts, 1, &looking, &t, &error);
    xattn_translation_free(t);
    free(sentence);
    if (ok) {
        cJSON_AddNumberToObject(in.json, "heads", in.n_heads);
        return answered(in.json);
    }
    cJSON_Delete(in.json);
    return refused(error.text);
}

/* ---- Translations of the user's own ---- */

enum { MOST_TARGETS = 2 };

static const char *score(const Request *request) {
    const char *texts[MOST_TARGETS], *targets[MOST_TARGETS];
    size_t n = 0;
    const cJSON *item = NULL;
    cJSON_ArrayForEach (item, cJSON_GetObjectItemCaseSensitive(request->json, "targets")) {
        if (n == MOST_TARGETS || !cJSON_IsString(item)) return refused(unreadable);
        texts[n] = request->text;
        targets[n++] = item->valuestring;
    }
    xattn_options options = request->options;
    options.no_copy = true;  // as the steps of a translation have it
    options.n_prefix = 0;
    options.attention = false;
    xattn_error error;
    xattn_translation *all[MOST_TARGETS];
    if (!xattn_score(model, texts, targets, n, &options, all, &error)) return refused(error.text);
    cJSON *json = cJSON_CreateObject(), *array = cJSON_AddArrayToObject(json, "translations");
    for (size_t i = 0; i < n; i++) {
        const xattn_translation *t = all[i];
        cJSON *one = json_tokens(&t->target);
        cJSON_AddNumberToObject(one, "score", t->score);
        cJSON_AddBoolToObject(one, "cut", t->source_cut || t->target_cut);
        cJSON_AddBoolToObject(one, "unsplit", t->unsplit);
        cJSON *logprobs = cJSON_AddArrayToObject(one, "logprobs");
        for (size_t k = 0; k < t->target.n; k++)
            cJSON_AddItemToArray(logprobs, cJSON_CreateNumber((double)t->logprobs[k]));
        cJSON_AddItemToObject(one, "best",
                              json_runners_up(t->runners_up, t->target.n * t->n_runners_up));
        cJSON_AddItemToArray(array, one);
        xattn_translation_free(all[i]);
    }
    return answered(json);
}

/* ---- The report of `xattn align --format html` ---- */

static bool write_page(const char *text, const cJSON *request, const xattn_options *options,
                       xattn_buffer *page, xattn_error *error) {
    xattn_map_options first = {XATTN_MAP_OPTIONS, .has_layer = true, .has_head = true,
                               .words = true};
    first.layer = request_integer(request, "layer");
    first.head = request_integer(request, "head");
    xattn_translation *t;
    if (!xattn_translate(model, &text, 1, options, &t, error)) return false;
    bool ok = xattn_html_begin("xattn: cross-attention", page, error) &&
              xattn_html_translation(t, &first, page, error) && xattn_html_end(page, error);
    xattn_translation_free(t);
    return ok;
}

/* ---- What worker.js calls ---- */

/* Opens the model in a folder, in place of the one before.
   Answers {layers, heads, parameters, encoder_layers, preferred: [layer, head] to look at first, trained}. */
EMSCRIPTEN_KEEPALIVE const char *explorer_open(const char *path, bool int8) {
    xattn_error error;
    xattn_close(model);
    model = xattn_open(
        path, &(xattn_open_options){XATTN_OPEN_OPTIONS, int8 ? XATTN_INT8 : XATTN_AS_STORED, true},
        &error);
    if (!model) return refused(error.text);
    const xattn_info *info = xattn_describe(model);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddItemToObject(json, "layers", json_number(info->decoder_layers));
    cJSON_AddItemToObject(json, "heads", json_number(info->decoder_heads));
    cJSON_AddItemToObject(json, "parameters", json_number(info->parameters));
    cJSON_AddItemToObject(json, "encoder_layers", json_number(info->encoder_layers));
    cJSON *preferred = cJSON_AddArrayToObject(json, "preferred");
    bool trained = info->has_alignment_head;
    cJSON_AddItemToArray(preferred,
                         json_number(trained ? info->alignment_layer : info->decoder_layers - 1));
    cJSON_AddItemToArray(preferred,
                         trained ? json_number(info->alignment_head) : cJSON_CreateString("mean"));
    cJSON_AddBoolToObject(json, "trained", trained);
    return answered(json);
}

/* Answers a request by `with`. */
static const char *handle(const char *text, const char *(*with)(const Request *request)) {
    Request request = request_read(text);
    const char *said = request.text ? with(&request) : refused(unreadable);
    request_free(&request);
    return said;
}

/* Translates {text, runners_up, prefix: [id …], ablations: [{layer, head} …]}. Every step goes to
   Module.onStep: step_json. Answers as `translate` does. */
EMSCRIPTEN_KEEPALIVE const char *explorer_translate(const char *text) {
    return handle(text, translate);
}

/* Everything that one attention computes for one sentence of {text, prefix, ablations, sentence, language, scope,
   head}, whose pieces are the prefix: {heads, query, key, value, scores, probabilities, context …}, matrices as
   docs/MODEL.md has them. */
EMSCRIPTEN_KEEPALIVE const char *explorer_inspect(const char *text) {
    return handle(text, inspect);
}

/* What the model makes of two translations of one's own, {text, targets: [text …], runners_up: 1, ablations}:
   {translations: [{pieces, ids, words, logprobs, score, cut, unsplit, best}]}, where `best` has the most
   probable piece of each step, [piece, id, log p]. */
EMSCRIPTEN_KEEPALIVE const char *explorer_score(const char *text) { return handle(text, score); }

/* The page of a translation in one file, for {text, runners_up, prefix, ablations, layer, head}, the map
   to show first; head -1 is the mean. Answers {html}. */
EMSCRIPTEN_KEEPALIVE const char *explorer_html(const char *text) {
    Request request = request_read(text);
    xattn_buffer page = {0};
    xattn_error error = {.text = "the request cannot be read"};
    bool ok =
        request.text && write_page(request.text, request.json, &request.options, &page, &error);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, ok ? "html" : "error", ok ? page.data : error.text);
    xattn_buffer_free(&page);
    request_free(&request);
    return answered(json);
}
