/* html.c: a report to explore in a browser, in one file

   It shows for every translation: both sentences, where pointing at a word shows its links in both
   directions; all layers and heads to choose from; the map; and the decoder's steps, with the
   runners-up of every piece if they are known. It has a light and a dark style, and works with mouse
   and keyboard. The file loads nothing; its Content-Security-Policy forbids it.

       xattn_html_begin          <head>, page.css, page.html
       xattn_html_translation    the data of one translation as JSON, in a <script> that is not run
       xattn_html_end            maps.js, steps.js and page.js, which draw the rest

   These parts of the page are beside this file; the Makefile turns them into C arrays with embed.sh.
   Text from outside (sentences, pieces, the title) is escaped: in JSON, < > and & become \u003c and so
   on, so that no text can end the script around it. */
#include <math.h>

#include "align/html/page.h"
#include "align/json_build.h"
#include "align/map.h"
#include "align/markup.h"
#include "text/words.h"

/* ---- Escaping ---- */

/* Appends JSON in a form that is safe inside <script>, and frees it. These characters occur only in
   strings, where \u003c means the same as <. */
static bool write_json(cJSON *json, bool complete, Buffer *out, Error *err) {
    char *text = complete ? cJSON_PrintUnformatted(json) : NULL;
    cJSON_Delete(json);
    if (!text) return error_kind(err, XATTN_NO_MEMORY, "out of memory for the data of a report");
    for (const char *at = text; *at; at++) {
        if (*at == '<' || *at == '>' || *at == '&')
            buffer_format(out, "\\u%04x", (unsigned)*at);
        else
            buffer_byte(out, *at);
    }
    cJSON_free(text);
    return buffer_ok(out, "a report", err);
}

/* ---- JSON ---- */

/* A log-probability in few digits. Probability 0 becomes a number, too, because JSON has no
   -infinity. */
static cJSON *rounded(double x) { return json_rounded(isfinite(x) ? x : -1e4, 4); }

static cJSON *number(size_t n) { return cJSON_CreateNumber((double)n); }

/* [text, first piece, number of pieces, spaced] */
static cJSON *word_json(const Word *word) {
    cJSON *array = cJSON_CreateArray();
    bool ok = json_push(array, cJSON_CreateString(word->text)) &&
              json_push(array, number(word->first)) && json_push(array, number(word->n)) &&
              json_push(array, cJSON_CreateBool(word->spaced));
    return json_kept(array, ok);
}

static cJSON *words_json(const xattn_tokens *tokens) {
    WordList words;
    Error ignored;  // it can only mean out of memory, like NULL from cJSON
    if (!words_split(tokens->pieces, tokens->n, &words, &ignored)) return NULL;
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < words.n; i++) ok = json_push(array, word_json(words.items + i));
    word_list_free(&words);
    return json_kept(array, ok);
}

/* In ten-thousandths, so that a page with many sentences stays small; more digits would not be
   visible. */
static cJSON *attention_json(const xattn_translation *t) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    size_t n = t->attention ? t->n_layers * t->n_heads * t->target.n * t->source.n : 0;
    for (size_t i = 0; ok && i < n; i++)
        ok = json_push(array, cJSON_CreateNumber(round(1e4 * (double)t->attention[i])));
    return json_kept(array, ok);
}

static cJSON *logprobs_json(const xattn_translation *t) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < t->target.n; i++)
        ok = json_push(array, rounded((double)t->logprobs[i]));
    return json_kept(array, ok);
}

/* [[piece, log p] …] of a step */
static cJSON *step_json(const xattn_runner_up *candidates, size_t n) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < n; i++) {
        cJSON *pair = cJSON_CreateArray();
        ok = json_push(array, pair) && json_push(pair, cJSON_CreateString(candidates[i].piece)) &&
             json_push(pair, rounded((double)candidates[i].logprob));
    }
    return json_kept(array, ok);
}

static cJSON *steps_json(const xattn_translation *t) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < t->target.n; i++)
        ok = json_push(array, step_json(t->runners_up + i * t->n_runners_up, t->n_runners_up));
    return json_kept(array, ok);
}

/* ---- The report ---- */

bool xattn_html_begin(const char *title, xattn_buffer *out, xattn_error *error) {
    Error spare, *err = error_or(error, &spare);
    buffer_string(out,
                  "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n<title>");
    markup_text(title, out);
    buffer_string(out, "</title>\n<style>\n");
    buffer_append(out, page_css, page_css_size);
    buffer_string(out, "</style>\n</head>\n<body>\n");
    buffer_append(out, page_html, page_html_size);
    return buffer_ok(out, "a report", err);
}

/* Sets the map to show first. If several were chosen, as with layer "all", it is the model's
   default. */
static bool set_first_map(cJSON *object, const xattn_translation *t, MapChoice choice) {
    if (choice.layer == XATTN_ALL) choice.layer = t->map_layer;
    if (choice.head == XATTN_ALL) choice.head = t->map_head;
    return json_set(object, "layer", cJSON_CreateNumber(choice.layer)) &&
           json_set(object, "head", json_head(choice.head)) &&
           (!map_is_trained(t, choice.layer, choice.head) ||
            json_set(object, "remark", cJSON_CreateString("the model's alignment head")));
}

static cJSON *translation_json(const xattn_translation *t, MapChoice choice) {
    cJSON *object = cJSON_CreateObject();
    bool ok = json_set(object, "source", cJSON_CreateString(t->source_text)) &&
              json_set(object, "target", cJSON_CreateString(t->text)) &&
              json_set(object, "source_pieces", json_pieces(&t->source)) &&
              json_set(object, "target_pieces", json_pieces(&t->target)) &&
              json_set(object, "source_words", words_json(&t->source)) &&
              json_set(object, "target_words", words_json(&t->target)) &&
              json_set(object, "layers", number(t->n_layers)) &&
              json_set(object, "heads", number(t->n_heads)) && set_first_map(object, t, choice) &&
              json_set(object, "attention", attention_json(t)) &&
              (!t->logprobs || json_set(object, "logprobs", logprobs_json(t))) &&
              (!t->runners_up || json_set(object, "runners_up", steps_json(t))) &&
              json_set(object, "truncated", cJSON_CreateBool(t->source_cut || t->target_cut));
    return json_kept(object, ok);
}

bool xattn_html_translation(const xattn_translation *t, const xattn_map_options *maps,
                            xattn_buffer *out, xattn_error *error) {
    Error spare, *err = error_or(error, &spare);
    MapChoice choice;
    if (!map_choose(t, maps, &choice, err)) return false;
    if (t->target.n && !t->attention)
        return error_kind(err, XATTN_USAGE, "a report needs the attention of the translation");
    cJSON *object = translation_json(t, choice);
    buffer_string(out, "<script type=\"application/json\" class=\"sentence\">");
    bool ok = write_json(object, object != NULL, out, err);
    buffer_string(out, "</script>\n");
    return ok && buffer_ok(out, "a report", err);
}

static void write_script(const unsigned char *text, size_t size, Buffer *out) {
    buffer_string(out, "<script>\n");
    buffer_append(out, text, size);
    buffer_string(out, "</script>\n");
}

bool xattn_html_end(xattn_buffer *out, xattn_error *error) {
    Error spare, *err = error_or(error, &spare);
    write_script(maps_js, maps_js_size, out);
    write_script(steps_js, steps_js_size, out);
    write_script(page_js, page_js_size, out);
    buffer_string(out, "</body>\n</html>\n");
    return buffer_ok(out, "a report", err);
}
