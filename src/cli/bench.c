/* bench.c: the speed of translation on this machine, and the time of each stage

   It runs greedy search over 128 sentences in memory. Then it times the stages of the decode by
   repeating them: the encoder with the same batches, and the decoder's steps with the pieces that the
   search found. So the forward pass contains no clocks. "search" is the rest of the total: choosing
   pieces and keeping hypotheses. As a difference of two times it may be slightly negative.

   Every figure is the median of REPEATS. scripts/bench compares xattn with other programs. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/threads.h"
#include "cli/bench_texts.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/run.h"
#include "decode/search.h"
#include "model/model.h"

enum { REPEATS = 3 };

typedef enum { ENCODER, MEMORY, STEPS, WHOLE, N_STAGES } Stage;

typedef struct {
    const Options *options;
    Model *model;
    SearchOptions search;
    size_t n;                // sentences
    const char **texts;      // [n]
    Tokens *sources;         // [n] longest first
    Hypothesis *hypotheses;  // [n] found by the search
    size_t n_source_pieces, n_target_pieces;
    double load, tokenize, detokenize;  // seconds
    Arena arena;
    Buffer out;
} Bench;

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double times[REPEATS]) {
    qsort(times, REPEATS, sizeof *times, by_value);
    return times[REPEATS / 2];
}

static int longest_first(const void *a, const void *b) {
    size_t x = ((const Tokens *)a)->n, y = ((const Tokens *)b)->n;
    return (x < y) - (x > y);
}

/* ---- load, tokenize, detokenize ---- */

static bool load(Bench *b, Error *err) {
    const char *path;
    double times[REPEATS];
    if (!run_model_path(b->options, &path, err)) return false;
    for (size_t i = 0; i < REPEATS; i++) {
        model_free(b->model);
        double start = seconds();
        if (!model_load(path, b->options->weights, &b->model, err)) return false;
        times[i] = seconds() - start;
    }
    b->load = median(times);
    b->search = (SearchOptions){
        .max_length = model_target_limit(b->model), .beam = 1, .nbest = 1, .no_shortlist = false};
    return true;
}

static bool tokenize(Bench *b, Error *err) {
    double times[REPEATS];
    bool cut;
    b->sources = arena_array(&b->arena, b->n, sizeof *b->sources, "the pieces", err);
    if (!b->sources) return false;
    for (size_t i = 0; i < REPEATS; i++) {
        double start = seconds();
        for (size_t s = 0; s < b->n; s++)
            if (!tokenizer_encode(&b->model->tokenizer, XATTN_SOURCE, b->texts[s],
                                  strlen(b->texts[s]), model_source_limit(b->model), &b->sources[s],
                                  &cut, &b->arena, err))
                return false;
        times[i] = seconds() - start;
    }
    b->tokenize = median(times);
    qsort(b->sources, b->n, sizeof *b->sources, longest_first);
    while (b->n && b->sources[b->n - 1].n == 1) b->n--;  // only </s>: skip blank lines
    for (size_t s = 0; s < b->n; s++) b->n_source_pieces += b->sources[s].n;
    return b->n || error_set(err, "%s: no text", b->options->texts[0]);
}

static bool join(const Bench *b, const Hypothesis *h, Buffer *text, Error *err) {
    const char **pieces = malloc(h->n * sizeof *pieces);
    if (!pieces) return error_memory(err, h->n * sizeof *pieces, "pieces");
    for (size_t t = 0; t < h->n; t++)
        pieces[t] = tokenizer_piece(&b->model->tokenizer, XATTN_TARGET, h->ids[t]);
    bool ok = tokenizer_join(&b->model->tokenizer, XATTN_TARGET, pieces, h->n, text, err);
    free((void *)pieces);
    return ok;
}

static bool detokenize(Bench *b, Error *err) {
    double times[REPEATS];
    Buffer text = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < REPEATS; i++) {
        double start = seconds();
        for (size_t s = 0; ok && s < b->n; s++) {
            buffer_clear(&text);
            ok = join(b, &b->hypotheses[s], &text, err);
        }
        times[i] = seconds() - start;
    }
    buffer_free(&text);
    b->detokenize = median(times);
    return ok;
}

/* ---- a decode, stage by stage ---- */

/* Feeds the decoder the hypotheses for sources first … first + n - 1, step by step. A row leaves at the
   end of its hypothesis. */
static bool run_steps(const Bench *b, size_t first, size_t n, DecoderState *state, Error *err) {
    size_t rows[LINEAR_MOST_ROWS], parents[LINEAR_MOST_ROWS], n_rows = n;
    int ids[LINEAR_MOST_ROWS];
    Best best[LINEAR_MOST_ROWS];
    for (size_t r = 0; r < n; r++) {
        rows[r] = first + r;
        ids[r] = b->model->config.start;
    }
    for (size_t t = 0; n_rows; t++) {
        if (!decoder_step(state, ids, NULL, NULL, NULL, err)) return false;
        decoder_best(state, best);
        size_t kept = 0;
        for (size_t r = 0; r < n_rows; r++) {
            const Hypothesis *h = &b->hypotheses[rows[r]];
            if (t + 1 == h->n) continue;
            rows[kept] = rows[r];
            parents[kept] = r;
            ids[kept++] = h->ids[t];
        }
        n_rows = kept;
        if (!decoder_reorder(state, parents, n_rows, err)) return false;
    }
    return true;
}

/* Runs a batch and adds the time of each stage to `times`. */
static bool run_stages(const Bench *b, size_t first, size_t n, double times[N_STAGES], Arena *work,
                       Error *err) {
    size_t offsets[LINEAR_MOST_ROWS + 1] = {0};
    const Model *model = b->model;
    for (size_t s = 0; s < n; s++) offsets[s + 1] = offsets[s] + b->sources[first + s].n;
    int *ids = arena_array(work, offsets[n], sizeof *ids, "a batch", err);
    if (!ids) return false;
    for (size_t s = 0; s < n; s++)
        memcpy(ids + offsets[s], b->sources[first + s].ids, b->sources[first + s].n * sizeof *ids);

    double start = seconds();
    float *memory = encoder_forward(&model->encoder, ids, offsets, n, NULL, work, err);
    double encoded = seconds();
    DecoderState *state =
        memory ? decoder_start(&model->decoder, memory, offsets, n, 1, NULL, err) : NULL;
    bool ok = state && model_apply_shortlist(model, ids, offsets, n, state, err);
    double started = seconds();
    ok = ok && run_steps(b, first, n, state, err);
    times[ENCODER] += encoded - start;
    times[MEMORY] += started - encoded;
    times[STEPS] += seconds() - started;
    decoder_free(state);
    return ok;
}

/* Runs all sentences in batches of n: the search, then its stages. */
static bool run_once(Bench *b, size_t n, double times[N_STAGES], Error *err) {
    Arena work = {0};
    bool ok = true;
    memset(times, 0, N_STAGES * sizeof *times);
    for (size_t first = 0; ok && first < b->n; first += n) {
        size_t size = b->n - first < n ? b->n - first : n;
        for (size_t s = first; s < first + size; s++) hypothesis_free(&b->hypotheses[s]);
        double start = seconds();
        ok = search_translate(b->model, b->sources + first, NULL, size, &b->search,
                              b->hypotheses + first, err);
        times[WHOLE] += seconds() - start;
        ok = ok && run_stages(b, first, size, times, &work, err);
        arena_free(&work);
    }
    return ok;
}

static bool time_batches(Bench *b, size_t n, double medians[N_STAGES], Error *err) {
    double all[N_STAGES][REPEATS], times[N_STAGES];
    for (size_t i = 0; i < REPEATS; i++) {
        if (!run_once(b, n, times, err)) return false;
        for (size_t stage = 0; stage < N_STAGES; stage++) all[stage][i] = times[stage];
    }
    for (size_t stage = 0; stage < N_STAGES; stage++) medians[stage] = median(all[stage]);
    return true;
}

/* Runs all sentences in one call, like a file. */
static bool time_threads(Bench *b, size_t n_threads, double *time, Error *err) {
    double times[REPEATS];
    SearchOptions search = b->search;
    search.threads = n_threads;
    for (size_t i = 0; i < REPEATS; i++) {
        for (size_t s = 0; s < b->n; s++) hypothesis_free(&b->hypotheses[s]);
        double start = seconds();
        if (!search_translate(b->model, b->sources, NULL, b->n, &search, b->hypotheses, err))
            return false;
        times[i] = seconds() - start;
    }
    *time = median(times);
    return true;
}

/* ---- the report ---- */

static void print_rate(Bench *b, const char *label, size_t n, double time) {
    double sentences = (double)b->n, pieces = (double)b->n_target_pieces;
    buffer_format(&b->out, "%s %-4zu %16.2f %14.1f %12.0f\n", label, n, 1e3 * time / sentences,
                  sentences / time, pieces / time);
}

static void print_stage(Bench *b, const char *name, double single, double batched) {
    double n = (double)b->n;
    buffer_format(&b->out, "%-28s %10.3f %12.3f\n", name, 1e3 * single / n, 1e3 * batched / n);
}

static void print_stages(Bench *b, double one[N_STAGES], double many[N_STAGES], size_t n_many) {
    buffer_format(&b->out, "\n%-28s %10s %9s %2zu\n", "ms a sentence", "batch 1", "batch", n_many);
    print_stage(b, "tokenize", b->tokenize, b->tokenize);
    print_stage(b, "encoder", one[ENCODER], many[ENCODER]);
    print_stage(b, "cross-attention's keys", one[MEMORY], many[MEMORY]);
    print_stage(b, "decoder steps", one[STEPS], many[STEPS]);
    print_stage(b, "search", one[WHOLE] - one[ENCODER] - one[MEMORY] - one[STEPS],
                many[WHOLE] - many[ENCODER] - many[MEMORY] - many[STEPS]);
    print_stage(b, "detokenize", b->detokenize, b->detokenize);
    print_stage(b, "whole", b->tokenize + one[WHOLE] + b->detokenize,
                b->tokenize + many[WHOLE] + b->detokenize);
}

static void print_head(Bench *b, const char *path) {
    buffer_format(&b->out, "%s: %zu parameters, loaded in %.1f ms\n", path, b->model->n_parameters,
                  1e3 * b->load);
    buffer_format(&b->out,
                  "%zu sentences of %.1f source pieces, %.1f target pieces; medians of %d\n", b->n,
                  (double)b->n_source_pieces / (double)b->n,
                  (double)b->n_target_pieces / (double)b->n, REPEATS);
}

static void print_memory(Bench *b) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
#ifdef __APPLE__
    double mib = (double)usage.ru_maxrss / (1 << 20);
#else
    double mib = (double)usage.ru_maxrss / (1 << 10);
#endif
    buffer_format(&b->out, "\npeak memory %.1f MiB\n", mib);
}

static bool measure(Bench *b, Error *err) {
    double stages[LINEAR_MOST_ROWS + 1][N_STAGES] = {{0}}, time;
    size_t largest = search_rows(b->model);
    const char *path;
    b->hypotheses = arena_array(&b->arena, b->n, sizeof *b->hypotheses, "hypotheses", err);
    if (!b->hypotheses || !run_model_path(b->options, &path, err)) return false;
    for (size_t n = 1; n <= largest; n *= 2)
        if (!time_batches(b, n, stages[n], err)) return false;
    for (size_t s = 0; s < b->n; s++) b->n_target_pieces += b->hypotheses[s].n;
    if (!detokenize(b, err)) return false;
    print_head(b, path);
    print_stages(b, stages[1], stages[largest], largest);
    buffer_format(&b->out, "\n%-12s %15s %14s %12s\n", "", "ms a sentence", "sentences/s",
                  "pieces/s");
    for (size_t n = 1; n <= largest; n *= 2) print_rate(b, "batch  ", n, stages[n][WHOLE]);
    for (size_t n = 1; n <= (size_t)b->options->threads; n++) {
        if (!time_threads(b, n, &time, err)) return false;
        print_rate(b, "threads", n, time);
    }
    print_memory(b);
    return true;
}

int command_bench(const Options *options) {
    Bench b = {.options = options};
    Output output = {.fd = -1};
    Error err = {0};
    bool ok =
        load(&b, &err) &&
        bench_texts(options->n_texts ? options->texts[0] : NULL, &b.texts, &b.n, &b.arena, &err) &&
        tokenize(&b, &err) && measure(&b, &err) && output_open(NULL, &output, &err) &&
        output_write(&output, &b.out, &err);
    for (size_t s = 0; b.hypotheses && s < b.n; s++) hypothesis_free(&b.hypotheses[s]);
    buffer_free(&b.out);
    arena_free(&b.arena);
    model_free(b.model);
    return ok ? EXIT_DONE : run_failed(&err);
}
