/* probe.c: libxattn behind a pipe, for scripts/bench/bench.py

       probe MODEL stored|f32|int8 THREADS

   Reads a line "BATCH BEAM MAX_LENGTH N" and N lines of text, translates BATCH texts a call, and answers
   with a line "SECONDS PROCESSOR_SECONDS PIECES PEAK_KB" and N lines of translations; again and again
   until the input ends. BATCH 0 is all of them in one call, in batches as xattn makes them; MAX_LENGTH
   0 is the model's own. What is timed is text to text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

static double seconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* VmHWM, the largest resident size so far. */
static long peak_kb(void) {
    char line[256];
    long kb = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status))
        if (sscanf(line, "VmHWM: %ld", &kb) == 1) break;
    if (status) fclose(status);
    return kb;
}

static void answer(const xattn_model *model, const char *const *texts, size_t n, size_t batch,
                   const xattn_options *options) {
    xattn_translation **translations = array(n, sizeof *translations);
    xattn_error error;
    size_t pieces = 0;
    double start = seconds(CLOCK_MONOTONIC), used = seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (size_t done = 0, size; done < n; done += size) {
        size = n - done < batch ? n - done : batch;
        if (!xattn_translate(model, texts + done, size, options, translations + done, &error))
            fail(error.text);
    }
    double taken = seconds(CLOCK_MONOTONIC) - start;
    used = seconds(CLOCK_PROCESS_CPUTIME_ID) - used;
    for (size_t i = 0; i < n; i++) pieces += translations[i]->target.n;
    printf("%.9f %.9f %zu %ld\n", taken, used, pieces, peak_kb());
    for (size_t i = 0; i < n; i++) {
        puts(translations[i]->text);
        xattn_translation_free(translations[i]);
    }
    fflush(stdout);
    free(translations);
}

static char *read_line(void) {
    char *line = NULL;
    size_t room = 0;
    ssize_t length = getline(&line, &room, stdin);
    if (length < 0) fail("the input ends in the middle");
    if (length && line[length - 1] == '\n') line[length - 1] = '\0';
    return line;
}

int main(int argc, char **argv) {
    xattn_error error;
    if (argc != 4) fail("usage: probe MODEL stored|f32|int8 THREADS");
    xattn_weights weights = strcmp(argv[2], "int8") == 0  ? XATTN_INT8
                            : strcmp(argv[2], "f32") == 0 ? XATTN_F32
                                                          : XATTN_AS_STORED;
    xattn_model *model =
        xattn_open(argv[1], &(xattn_open_options){XATTN_OPEN_OPTIONS, .weights = weights}, &error);
    if (!model) fail(error.text);
    xattn_options options = {XATTN_OPTIONS, .threads = (size_t)atoi(argv[3])};
    size_t batch, n;
    while (scanf("%zu %zu %zu %zu\n", &batch, &options.beam, &options.max_length, &n) == 4) {
        char **texts = array(n, sizeof *texts);
        for (size_t i = 0; i < n; i++) texts[i] = read_line();
        answer(model, (const char *const *)texts, n, batch ? batch : n, &options);
        for (size_t i = 0; i < n; i++) free(texts[i]);
        free(texts);
    }
    xattn_close(model);
    return 0;
}
