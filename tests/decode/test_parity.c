/* Our arithmetic against what transformers computed: scripts/parity/goldens.py wrote the files, and
   says how to write them again when the model was replaced.

   Two models: the shipped one, and one with odd sizes (d 40, 5 heads, f 56, 3 + 1 layers), relu, two
   vocabularies, stored position tables and BF16 weights. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "floats.h"
#include "model/model.h"
#include "model/safetensors.h"
#include "tiny_model.h"
#include "xattn.h"

enum { MAX_LINES = 400, MAX_IDS = 512 };

/* ---- greedy.tsv: TEXT <tab> SOURCE IDS <tab> TARGET IDS <tab> TRANSLATION ---- */

typedef struct {
    const char *text, *translation;
    size_t n_source, n_target;
    int source[MAX_IDS], target[MAX_IDS];
} Line;

typedef struct {
    size_t n;
    Line *lines;  // [n]
    char *file;
} Lines;

static size_t parse_ids(const char *text, int ids[MAX_IDS]) {
    size_t n = 0;
    for (char *end; *text; text = *end ? end + 1 : end) {
        assert_true(n < MAX_IDS);
        ids[n++] = (int)strtol(text, &end, 10);
    }
    return n;
}

static char *cut_at(char *text, char c) {
    char *at = strchr(text, c);
    assert_non_null(at);
    *at = '\0';
    return at + 1;
}

static Lines read_lines(const char *folder) {
    size_t size;
    Lines all = {.lines = calloc(MAX_LINES, sizeof(Line)),
                 .file = tiny_file_read(folder, "greedy.tsv", &size)};
    assert_non_null(all.lines);
    for (char *at = all.file, *next; *at; at = next) {
        assert_true(all.n < MAX_LINES);
        Line *line = &all.lines[all.n++];
        next = cut_at(at, '\n');
        char *source = cut_at(at, '\t'), *target = cut_at(source, '\t');
        char *translation = cut_at(target, '\t');
        line->text = at;
        line->translation = translation;
        line->n_source = parse_ids(source, line->source);
        line->n_target = parse_ids(target, line->target);
    }
    return all;
}

static void free_lines(Lines *all) {
    free(all->lines);
    free(all->file);
}

/* ---- ids and text ---- */

static void expect_translation(const xattn_translation *t, const Line *line) {
    assert_int_equal(t->source.n, line->n_source);
    assert_memory_equal(t->source.ids, line->source, line->n_source * sizeof(int));
    if (t->target.n != line->n_target ||
        memcmp(t->target.ids, line->target, line->n_target * sizeof(int)) != 0)
        fail_msg("%s: %s, expected %s", line->text, t->text, line->translation);
    assert_string_equal(t->text, line->translation);
}

/* As transformers reads a text. */
static const xattn_options exact = {XATTN_OPTIONS, .no_split = true, .no_copy = true};

static void check_greedy(const char *model_path, const char *folder, size_t at_least) {
    xattn_error error;
    Lines all = read_lines(folder);
    assert_true(all.n >= at_least);
    xattn_model *model = xattn_open(model_path, NULL, &error);
    if (!model) fail_msg("%s", error.text);
    const char *texts[MAX_LINES];
    xattn_translation **translations = calloc(all.n, sizeof *translations);
    assert_non_null(translations);
    for (size_t i = 0; i < all.n; i++) texts[i] = all.lines[i].text;
    if (!xattn_translate(model, texts, all.n, &exact, translations, &error))
        fail_msg("%s", error.text);
    for (size_t i = 0; i < all.n; i++) {
        expect_translation(translations[i], &all.lines[i]);
        xattn_translation_free(translations[i]);
    }
    for (size_t i = 0; i < 10; i++) {  // and alone
        assert_true(xattn_translate(model, &texts[i], 1, &exact, translations, &error));
        expect_translation(translations[0], &all.lines[i]);
        xattn_translation_free(translations[0]);
    }
    free(translations);
    xattn_close(model);
    free_lines(&all);
}

/* ---- activations.safetensors ---- */

typedef struct {
    Tensors file;
    Arena arena;
    char path[256];
} Goldens;

static void open_goldens(const char *folder, Goldens *goldens) {
    Error err = {0};
    *goldens = (Goldens){0};
    snprintf(goldens->path, sizeof goldens->path, "%s/activations.safetensors", folder);
    if (!tensors_open(goldens->path, safetensors_read, &goldens->file, &goldens->arena, &err))
        fail_msg("%s", err.text);
}

/* The floats of "LINE.NAME", NULL if there is no such tensor; there must be n of them. */
static const float *golden(Goldens *goldens, size_t line, const char *name, size_t n) {
    char full[64];
    Error err = {0};
    snprintf(full, sizeof full, "%zu.%s", line, name);
    const Tensor *tensor = tensors_find(&goldens->file, full);
    if (!tensor) return NULL;
    assert_int_equal(tensor->n_elements, n);
    const float *floats = tensor_floats(tensor, &goldens->arena, &err);
    assert_non_null(floats);
    return floats;
}

/* The network, fed a line's own target, the way a search feeds it. */
typedef struct {
    const float *memory;  // [n_src][d]
    float *logits;        // [n_tgt][V]
    float *maps;          // [layers][heads][n_tgt][n_src]
} Activations;

static Activations run_network(const Model *model, const Line *line, Arena *arena) {
    const Config *c = &model->config;
    Error err = {0};
    size_t n_src = line->n_source, n_tgt = line->n_target, V = c->target_vocab;
    size_t n_maps = c->decoder_layers * c->decoder_heads, offsets[] = {0, n_src};
    float *row = floats_filled(arena, n_maps * n_src, 0.0F);
    Activations a = {encoder_forward(&model->encoder, line->source, offsets, 1, NULL, arena, &err),
                     floats_filled(arena, n_tgt * V, 0.0F),
                     floats_filled(arena, n_maps * n_tgt * n_src, 0.0F)};
    assert_non_null(a.memory);
    DecoderState *state = decoder_start(&model->decoder, a.memory, offsets, 1, 1, NULL, &err);
    assert_non_null(state);
    for (size_t t = 0; t < n_tgt; t++) {
        int id = t ? line->target[t - 1] : c->start;
        assert_true(decoder_step(state, &id, a.logits + t * V, &row, NULL, &err));
        for (size_t map = 0; map < n_maps; map++)
            memcpy(a.maps + (map * n_tgt + t) * n_src, row + map * n_src, n_src * sizeof *row);
    }
    decoder_free(state);
    return a;
}

static void check_logits(Goldens *goldens, size_t i, const Line *line, const float *logits,
                         size_t V, Arena *arena) {
    enum { TOP = 20 };
    size_t n = line->n_target;
    const float *all = golden(goldens, i, "logits", n * V);
    if (all) assert_floats_near(logits, all, n * V, 1e-3F, "logits");
    const float *ids = golden(goldens, i, "top_ids", n * TOP);
    const float *expected = golden(goldens, i, "top_logits", n * TOP);
    assert_true(ids && expected);
    float *found = floats_filled(arena, n * TOP, 0.0F);
    for (size_t k = 0; k < n * TOP; k++) found[k] = logits[k / TOP * V + (size_t)ids[k]];
    assert_floats_near(found, expected, n * TOP, 1e-3F, "the largest logits");
    for (size_t t = 0; t < n; t++)  // no other logit is larger
        for (size_t id = 0; id < V; id++) {
            size_t k = t * TOP, end = k + TOP;
            while (k < end && (size_t)ids[k] != id) k++;
            assert_true(k < end || logits[t * V + id] <= expected[end - 1] + 1e-3F);
        }
}

/* The maps of the public interface are those of the network, too. */
static void check_public_maps(const char *model_path, const Line *line, const float *maps,
                              size_t n_maps) {
    xattn_error error;
    xattn_translation *t;
    xattn_model *model = xattn_open(model_path, NULL, &error);
    assert_non_null(model);
    assert_true(xattn_translate(model, &line->text, 1,
                                &(xattn_options){XATTN_OPTIONS, .attention = true}, &t, &error));
    assert_int_equal(t->n_layers * t->n_heads, n_maps);
    assert_floats_near(t->attention, maps, n_maps * line->n_target * line->n_source, 1e-5F,
                       "maps of a translation");
    xattn_translation_free(t);
    xattn_close(model);
}

static void check_activations(const char *model_path, const char *folder) {
    Goldens goldens;
    Lines all = read_lines(folder);
    Model *model;
    Error err = {0};
    open_goldens(folder, &goldens);
    if (!model_load(model_path, XATTN_AS_STORED, &model, &err)) fail_msg("%s", err.text);
    const Config *c = &model->config;
    size_t n_maps = c->decoder_layers * c->decoder_heads;
    for (size_t i = 0; i < 3; i++) {
        Arena arena = {0};
        const Line *line = &all.lines[i];
        size_t n_memory = line->n_source * c->d_model;
        size_t n_cells = n_maps * line->n_target * line->n_source;
        const float *memory = golden(&goldens, i, "memory", n_memory);
        const float *maps = golden(&goldens, i, "maps", n_cells);
        assert_true(memory && maps);
        Activations found = run_network(model, line, &arena);
        assert_floats_near(found.memory, memory, n_memory, 1e-4F, "the encoder's output");
        assert_floats_near(found.maps, maps, n_cells, 1e-5F, "cross-attention maps");
        check_logits(&goldens, i, line, found.logits, c->target_vocab, &arena);
        check_public_maps(model_path, line, maps, n_maps);
        arena_free(&arena);
    }
    model_free(model);
    tensors_close(&goldens.file);
    arena_free(&goldens.arena);
    free_lines(&all);
}

static void the_shipped_model_translates_as_in_transformers(void **state) {
    (void)state;
    check_greedy("models/en-fr", "tests/goldens/en-fr", 150);
}

static void the_shipped_model_computes_as_in_transformers(void **state) {
    (void)state;
    check_activations("models/en-fr", "tests/goldens/en-fr");
}

static void the_odd_model_translates_as_in_transformers(void **state) {
    (void)state;
    check_greedy("tests/goldens/marian-odd", "tests/goldens/marian-odd", 40);
}

static void the_odd_model_computes_as_in_transformers(void **state) {
    (void)state;
    check_activations("tests/goldens/marian-odd", "tests/goldens/marian-odd");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_shipped_model_translates_as_in_transformers),
        cmocka_unit_test(the_shipped_model_computes_as_in_transformers),
        cmocka_unit_test(the_odd_model_translates_as_in_transformers),
        cmocka_unit_test(the_odd_model_computes_as_in_transformers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
