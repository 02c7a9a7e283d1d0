#include "align/html/html.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "align/html/page.h"
#include "text/words.h"

/* ---- Escaping ---- */

static void write_text(const char *text, Buffer *out) {
    for (; *text; text++) {
        switch (*text) {
            case '&':
                buffer_string(out, "&amp;");
                break;
            case '<':
                buffer_string(out, "&lt;");
                break;
            case '>':
                buffer_string(out, "&gt;");
                break;
            default:
                buffer_byte(out, *text);
        }
    }
}

/* Appends JSON so that it can stand inside <script>, and frees it. These characters occur in its
   strings only, where \u003c is the same as <. */
static bool write_json(cJSON *json, bool complete, Buffer *out, Error *err) {
    char *text = complete ? cJSON_PrintUnformatted(json) : NULL;
    cJSON_Delete(json);
    if (!text) return error_set(err, "out of memory for the data of a report");
    for (const char *at = text; *at; at++) {
        if (*at == '<' || *at == '>' || *at == '&')
            buffer_format(out, "\\u%04x", (unsigned)*at);
        else
            buffer_byte(out, *at);
    }
    cJSON_free(text);
    return buffer_ok(out, "a report", err);
}

/* ---- JSON; adding NULL, or to NULL, fails ---- */

static bool push(cJSON *array, cJSON *item) {
    bool ok = cJSON_AddItemToArray(array, item);
    if (!ok) cJSON_Delete(item);
    return ok;
}

static bool set(cJSON *object, const char *name, cJSON *value) {
    bool ok = cJSON_AddItemToObject(object, name, value);
    if (!ok) cJSON_Delete(value);
    return ok;
}

static cJSON *kept(cJSON *item, bool complete) {
    if (complete) return item;
    cJSON_Delete(item);
    return NULL;
}

/* x as a decimal number of few digits. */
static cJSON *rounded(double x) {
    char text[32];
    snprintf(text, sizeof text, "%.4g", x);
    return cJSON_CreateNumber(isfinite(x) ? strtod(text, NULL) : -1e4);
}

static cJSON *number(size_t n) { return cJSON_CreateNumber((double)n); }

static cJSON *pieces_json(const xattn_tokens *tokens) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < tokens->n; i++)
        ok = push(array, cJSON_CreateString(tokens->pieces[i]));
    return kept(array, ok);
}

/* [text, first piece, number of pieces, spaced] */
static cJSON *word_json(const Word *word) {
    cJSON *array = cJSON_CreateArray();
    bool ok = push(array, cJSON_CreateString(word->text)) && push(array, number(word->first)) &&
              push(array, number(word->n)) && push(array, cJSON_CreateBool(word->spaced));
    return kept(array, ok);
}

static cJSON *words_json(const xattn_tokens *tokens) {
    WordList words;
    Error ignored;  // it can only be memory, as for NULL from cJSON
    if (!words_split((const char *const *)tokens->pieces, tokens->n, &words, &ignored)) return NULL;
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < words.n; i++) ok = push(array, word_json(words.items + i));
    word_list_free(&words);
    return kept(array, ok);
}

/* Ten-thousandths: a page of many sentences stays small, and nobody sees more. */
static cJSON *attention_json(const xattn_translation *t) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    size_t n = t->attention ? t->n_layers * t->n_heads * t->target.n * t->source.n : 0;
    for (size_t i = 0; ok && i < n; i++)
        ok = push(array, cJSON_CreateNumber(round(1e4 * (double)t->attention[i])));
    return kept(array, ok);
}

static cJSON *logprobs_json(const xattn_translation *t) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < t->target.n; i++)
        ok = push(array, rounded((double)t->logprobs[i]));
    return kept(array, ok);
}

/* [[piece, log p] …] of one step */
static cJSON *step_json(const xattn_runner_up *candidates, size_t n) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < n; i++) {
        cJSON *pair = cJSON_CreateArray();
        ok = push(array, pair) && push(pair, cJSON_CreateString(candidates[i].piece)) &&
             push(pair, rounded((double)candidates[i].logprob));
    }
    return kept(array, ok);
}

static cJSON *steps_json(const xattn_translation *t) {
    cJSON *array = cJSON_CreateArray();
    bool ok = array != NULL;
    for (size_t i = 0; ok && i < t->target.n; i++)
        ok = push(array, step_json(t->runners_up + i * t->n_runners_up, t->n_runners_up));
    return kept(array, ok);
}

static cJSON *head_json(int head) {
    return head == MAP_MEAN ? cJSON_CreateString("mean") : cJSON_CreateNumber(head);
}

/* ---- The report ---- */

bool html_begin(const char *title, MapChoice first, const char *remark, Buffer *out, Error *err) {
    buffer_string(out,
                  "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n<title>");
    write_text(title, out);
    buffer_string(out, "</title>\n<style>\n");
    buffer_append(out, page_css, page_css_size);
    buffer_string(out, "</style>\n</head>\n<body>\n");
    buffer_append(out, page_html, page_html_size);

    cJSON *report = cJSON_CreateObject();
    bool ok = set(report, "layer", cJSON_CreateNumber(first.layer)) &&
              set(report, "head", head_json(first.head)) &&
              (!remark || set(report, "remark", cJSON_CreateString(remark)));
    buffer_string(out, "<script type=\"application/json\" id=\"report\">");
    ok = write_json(report, ok, out, err);
    buffer_string(out, "</script>\n");
    return ok && buffer_ok(out, "a report", err);
}

bool html_sentence(const char *source, const xattn_translation *t, Buffer *out, Error *err) {
    cJSON *object = cJSON_CreateObject();
    bool ok = set(object, "source", cJSON_CreateString(source)) &&
              set(object, "target", cJSON_CreateString(t->text)) &&
              set(object, "source_pieces", pieces_json(&t->source)) &&
              set(object, "target_pieces", pieces_json(&t->target)) &&
              set(object, "source_words", words_json(&t->source)) &&
              set(object, "target_words", words_json(&t->target)) &&
              set(object, "layers", number(t->n_layers)) &&
              set(object, "heads", number(t->n_heads)) &&
              set(object, "attention", attention_json(t)) &&
              (!t->logprobs || set(object, "logprobs", logprobs_json(t))) &&
              (!t->runners_up || set(object, "runners_up", steps_json(t))) &&
              set(object, "truncated", cJSON_CreateBool(t->source_cut || t->target_cut));
    buffer_string(out, "<script type=\"application/json\" class=\"sentence\">");
    ok = write_json(object, ok, out, err);
    buffer_string(out, "</script>\n");
    return ok && buffer_ok(out, "a report", err);
}

bool html_end(Buffer *out, Error *err) {
    buffer_string(out, "<script>\n");
    buffer_append(out, page_js, page_js_size);
    buffer_string(out, "</script>\n</body>\n</html>\n");
    return buffer_ok(out, "a report", err);
}
