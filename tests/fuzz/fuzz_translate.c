/* The whole way from text to translation, in tiny models of random weights. The first bytes pick the
   model and the search; the texts follow, a line each. What comes out must be whole, and a text's
   result must not depend on the others. */
#include <math.h>

#include "base/utf8.h"
#include "fuzz_model.h"

enum { MOST_TEXTS = 5, MOST_BYTES = 400 };

static xattn_model *open_model(bool firefox, bool int8) {
    static xattn_model *models[2][2];
    xattn_model **model = &models[firefox][int8];
    if (*model) return *model;
    xattn_error error = {.text = ""};
    TinyModel marian = tiny_model_default();
    TinyFirefox other = tiny_firefox_default();
    marian.tags = other.shortlist = true;
    char *directory = firefox ? tiny_firefox_write(&other) : tiny_model_write(&marian);
    *model = xattn_open(
        directory,
        &(xattn_open_options){XATTN_OPEN_OPTIONS, .weights = int8 ? XATTN_INT8 : XATTN_F32},
        &error);
    require(*model);
    tiny_model_remove(directory);  // what is mapped stays
    return *model;
}

static void check_attention(const xattn_translation *t) {
    size_t n_rows = t->n_layers * t->n_heads * t->target.n;
    for (size_t row = 0; t->attention && row < n_rows; row++) {
        float sum = 0.0F;
        for (size_t j = 0; j < t->source.n; j++) sum += t->attention[row * t->source.n + j];
        require(fabsf(sum - 1.0F) < 1e-3F);
    }
}

/* Where sentences are joined, the k-th alternative is made of their k-th, and may score as it likes. */
static void check_order(const xattn_translation *t) {
    for (size_t i = 1; i < t->n_alternatives; i++)
        require(t->alternatives[i]->normalized_score <= t->alternatives[i - 1]->normalized_score);
}

static void check_result(const xattn_translation *t) {
    require(t->text && fuzz_is_utf8(t->text, strlen(t->text)));
    size_t n = strlen(t->text);
    for (size_t at = 0, size; at < n; at += size) {
        int c = utf8_character(t->text + at, n - at, &size);
        require(!utf8_is_control(c) || c == '\t');
    }
    for (size_t i = 0; t->logprobs && i < t->target.n; i++) require(t->logprobs[i] <= 1e-6F);
    for (size_t i = 0; i < t->n_alternatives; i++) require(t->alternatives[i]->text);
    check_attention(t);
}

/* The same text alone. */
static void check_alone(const xattn_model *model, const char *text, const xattn_options *options,
                        const xattn_translation *together) {
    xattn_translation *alone;
    xattn_error error;
    require(xattn_translate(model, &text, 1, options, &alone, &error));
    require(strcmp(alone->text, together->text) == 0);
    require(alone->source_cut == together->source_cut && alone->target_cut == together->target_cut);
    xattn_translation_free(alone);
}

static void check_score(const xattn_model *model, const char *source, const char *target) {
    const xattn_options options = {XATTN_OPTIONS, .scores = true};
    xattn_translation *result;
    xattn_error error;
    if (!xattn_score(model, &source, &target, 1, &options, &result, &error)) {
        require(strstr(error.text, "unknown tag"));
        return;
    }
    require(isfinite(result->score) && result->score <= 1e-3);
    xattn_translation_free(result);
}

/* The lines of the rest of the input; returns how many. */
static size_t split(FuzzInput input, char *texts[MOST_TEXTS]) {
    size_t n = 0;
    if (input.n > MOST_BYTES) input.n = MOST_BYTES;
    while (n < MOST_TEXTS && input.n) {
        const uint8_t *end = memchr(input.bytes, '\n', input.n);
        FuzzInput line = {input.bytes, end ? (size_t)(end - input.bytes) : input.n};
        size_t used = line.n + (end != NULL);
        texts[n++] = fuzz_string(line);
        input.bytes += used;
        input.n -= used;
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    FuzzInput input = {bytes, n};
    uint8_t pick = fuzz_byte(&input), length = fuzz_byte(&input);
    const xattn_options options = {XATTN_OPTIONS,
                                   .max_length = length % 24,
                                   .beam = pick >> 1 & 3,
                                   .nbest = pick >> 3 & 3,
                                   .length_penalty = pick & 32 ? 1.0F : 0.0F,
                                   .scores = pick & 64,
                                   .attention = pick & 128,
                                   .runners_up = length / 64,
                                   .no_shortlist = length & 1,
                                   .no_split = length & 2,
                                   .no_copy = length & 8};
    const xattn_model *model = open_model(pick & 1, length & 4);
    char *texts[MOST_TEXTS];
    size_t n_texts = split(input, texts);
    xattn_translation *results[MOST_TEXTS];
    xattn_error error = {.text = ""};
    if (xattn_translate(model, (const char *const *)texts, n_texts, &options, results, &error)) {
        size_t one = n_texts ? length % n_texts : 0;
        if (n_texts) check_alone(model, texts[one], &options, results[one]);
        if (n_texts) check_score(model, texts[one], results[one]->text);
        for (size_t i = 0; i < n_texts; i++) {
            check_result(results[i]);
            if (options.no_split || !(pick & 1)) check_order(results[i]);
            xattn_translation_free(results[i]);
        }
    } else {
        require(strstr(error.text, "unknown tag") && error.index >= 0);
    }
    for (size_t i = 0; i < n_texts; i++) free(texts[i]);
    return 0;
}
