/* probe.c: the network behind a pipe, for scripts/parity/engine.py

       probe greedy MODEL BATCH < lines of text
           a line each: SOURCE IDS <tab> TARGET IDS <tab> TRANSLATION, through the public interface
       probe forced MODEL BATCH < lines of SOURCE IDS <tab> TARGET IDS
           for each: "n_src d n_tgt V layers heads" and a newline, then as floats of this machine
           the encoder's output [n_src][d], what the decoder makes of the target ids, fed to it one
           by one behind the start symbol: logits [n_tgt][V], pad not banned, and the
           cross-attention maps [layers][heads][n_tgt][n_src]

   BATCH lines are given to the network at once. Ids are separated by spaces. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "xattn.h"

static void fail(const char *message) {
    fprintf(stderr, "probe: %s\n", message);
    exit(1);
}

static void *array(size_t n, size_t size) {
    void *memory = calloc(n + 1, size);
    if (!memory) fail("out of memory");
    return memory;
}

/* The next lines of the input, up to `most`, to free. */
static size_t read_lines(char **lines, size_t most) {
    size_t n = 0, room = 0;
    for (; n < most; n++) {
        lines[n] = NULL;
        ssize_t length = getline(&lines[n], &room, stdin);
        room = 0;
        if (length < 0) break;
        if (length && lines[n][length - 1] == '\n') lines[n][length - 1] = '\0';
    }
    if (n < most) free(lines[n]);
    return n;
}

/* ---- greedy ---- */

static void print_ids(const int *ids, size_t n) {
    for (size_t i = 0; i < n; i++) printf("%s%d", i ? " " : "", ids[i]);
    putchar('\t');
}

static void greedy(const char *path, size_t batch) {
    xattn_error error;
    xattn_model *model = xattn_open(path, NULL, &error);
    if (!model) fail(error.text);
    char **lines = array(batch, sizeof *lines);
    const xattn_options exact = {XATTN_OPTIONS, .no_split = true, .no_copy = true};
    xattn_translation **translations = array(batch, sizeof *translations);
    for (size_t n; (n = read_lines(lines, batch)) > 0;) {
        if (!xattn_translate(model, (const char *const *)lines, n, &exact, translations, &error))
            fail(error.text);
        for (size_t i = 0; i < n; i++) {
            print_ids(translations[i]->source.ids, translations[i]->source.n);
            print_ids(translations[i]->target.ids, translations[i]->target.n);
            puts(translations[i]->text);
            xattn_translation_free(translations[i]);
            free(lines[i]);
        }
    }
    free(translations);
    free(lines);
    xattn_close(model);
}

/* ---- forced ---- */

typedef struct {
    size_t n_src, n_tgt;
    int *source, *target;
    float *logits, *maps, *step_map;
} Line;

static int *parse_ids(char *text, size_t *n) {
    int *ids = array(strlen(text), sizeof *ids);
    for (char *id = strtok(text, " "); id; id = strtok(NULL, " ")) ids[(*n)++] = atoi(id);
    return ids;
}

static void parse_line(char *text, const Config *c, Line *line) {
    char *tab = strchr(text, '\t');
    if (!tab) fail("a line without a tab");
    *tab = '\0';
    *line = (Line){0};
    line->source = parse_ids(text, &line->n_src);
    line->target = parse_ids(tab + 1, &line->n_tgt);
    if (!line->n_src || !line->n_tgt) fail("a line without ids");
    size_t n_maps = c->decoder_layers * c->decoder_heads;
    line->logits = array(line->n_tgt * c->target_vocab, sizeof(float));
    line->maps = array(n_maps * line->n_tgt * line->n_src, sizeof(float));
    line->step_map = array(n_maps * line->n_src, sizeof(float));
}

static float *encode(const Model *model, const Line *lines, size_t n, size_t *offsets, Arena *work,
                     Error *err) {
    for (size_t i = 0; i < n; i++) offsets[i + 1] = offsets[i] + lines[i].n_src;
    int *ids = array(offsets[n], sizeof *ids);
    for (size_t i = 0; i < n; i++)
        memcpy(ids + offsets[i], lines[i].source, lines[i].n_src * sizeof *ids);
    float *memory = encoder_forward(&model->encoder, ids, offsets, n, NULL, work, err);
    free(ids);
    return memory;
}

/* One step of a line: its logits and its rows of all maps, put where they belong. */
static void keep_step(const Config *c, Line *line, size_t t, const float *logits) {
    memcpy(line->logits + t * c->target_vocab, logits, c->target_vocab * sizeof(float));
    for (size_t map = 0; map < c->decoder_layers * c->decoder_heads; map++)
        memcpy(line->maps + (map * line->n_tgt + t) * line->n_src,
               line->step_map + map * line->n_src, line->n_src * sizeof(float));
}

/* Lines whose target has ended leave the batch by decoder_reorder. */
static void decode(const Model *model, DecoderState *state, Line *lines, size_t n, Error *err) {
    const Config *c = &model->config;
    size_t *row_line = array(n, sizeof *row_line), *parent = array(n, sizeof *parent), n_rows = n;
    int *ids = array(n, sizeof *ids);
    float **maps = array(n, sizeof *maps), *logits = array(n * c->target_vocab, sizeof *logits);
    for (size_t r = 0; r < n; r++) row_line[r] = r;
    for (size_t t = 0; n_rows; t++) {
        size_t kept = 0;
        for (size_t r = 0; r < n_rows; r++) {
            ids[r] = t ? lines[row_line[r]].target[t - 1] : c->start;
            maps[r] = lines[row_line[r]].step_map;
        }
        if (!decoder_step(state, ids, logits, maps, NULL, err)) fail(err->text);
        for (size_t r = 0; r < n_rows; r++) {
            keep_step(c, &lines[row_line[r]], t, logits + r * c->target_vocab);
            if (t + 1 == lines[row_line[r]].n_tgt) continue;
            row_line[kept] = row_line[r];
            parent[kept++] = r;
        }
        n_rows = kept;
        if (!decoder_reorder(state, parent, n_rows, err)) fail(err->text);
    }
    free(row_line);
    free(parent);
    free(ids);
    free((void *)maps);
    free(logits);
}

static void write_line(const Config *c, Line *line, const float *memory) {
    size_t n_maps = c->decoder_layers * c->decoder_heads;
    printf("%zu %zu %zu %zu %zu %zu\n", line->n_src, c->d_model, line->n_tgt, c->target_vocab,
           c->decoder_layers, c->decoder_heads);
    fwrite(memory, sizeof(float), line->n_src * c->d_model, stdout);
    fwrite(line->logits, sizeof(float), line->n_tgt * c->target_vocab, stdout);
    fwrite(line->maps, sizeof(float), n_maps * line->n_tgt * line->n_src, stdout);
    free(line->source);
    free(line->target);
    free(line->logits);
    free(line->maps);
    free(line->step_map);
}

static void forced_batch(const Model *model, Line *lines, size_t n) {
    Error err = {0};
    Arena work = {0};
    size_t *offsets = array(n + 1, sizeof *offsets);
    float *memory = encode(model, lines, n, offsets, &work, &err);
    DecoderState *state =
        memory ? decoder_start(&model->decoder, memory, offsets, n, 1, NULL, &err) : NULL;
    if (!state) fail(err.text);
    decode(model, state, lines, n, &err);
    for (size_t i = 0; i < n; i++)
        write_line(&model->config, &lines[i], memory + offsets[i] * model->config.d_model);
    decoder_free(state);
    arena_free(&work);
    free(offsets);
}

static void forced(const char *path, size_t batch) {
    Error err = {0};
    Model *model;
    if (!model_load(path, XATTN_AS_STORED, &model, &err)) fail(err.text);
    char **texts = array(batch, sizeof *texts);
    Line *lines = array(batch, sizeof *lines);
    for (size_t n; (n = read_lines(texts, batch)) > 0;) {
        for (size_t i = 0; i < n; i++) {
            parse_line(texts[i], &model->config, &lines[i]);
            free(texts[i]);
        }
        forced_batch(model, lines, n);
    }
    free(lines);
    free((void *)texts);
    model_free(model);
}

int main(int argc, char **argv) {
    size_t batch = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
    if (!batch) fail("usage: probe greedy|forced MODEL BATCH");
    if (strcmp(argv[1], "greedy") == 0)
        greedy(argv[2], batch);
    else if (strcmp(argv[1], "forced") == 0)
        forced(argv[2], batch);
    else
        fail("expected greedy or forced");
    if (fflush(stdout) != 0) fail("cannot write");
    return 0;
}
