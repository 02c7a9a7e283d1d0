/* fuzz.h: what the fuzz targets share

   A target is one file, fuzz_NAME.c, with the function that libFuzzer and AFL++ call for every input.
   An input is handled wrongly if the sanitizers report something, if memory or time run away, or if
   something that the target requires does not hold:

       require(ids[i] < n);

   The same files, linked with replay.c, run the seeds and what was found before: test_replay.sh.
   Targets run in the repository's root. */
#ifndef XATTN_FUZZ_H
#define XATTN_FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <utf8proc.h>

#include "base/buffer.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* Ends the program as a crash does, and says why, unless the condition holds. */
#define require(condition)                                                                 \
    do {                                                                                   \
        if (!(condition)) {                                                                \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                       \
        }                                                                                  \
    } while (0)

/* Writes n bytes to a file of that name in a folder of this process's own. The path is good until the
   next call but one. */
static inline const char *fuzz_write(const char *name, const void *bytes, size_t n) {
    static char folder[512], paths[2][640];
    static size_t next;
    const char *parent = getenv("TMPDIR");
    if (!*folder) {
        snprintf(folder, sizeof folder, "%s/xattn-fuzz-XXXXXX", parent ? parent : "/tmp");
        require(mkdtemp(folder));
    }
    char *path = paths[next++ % 2];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    remove(path);  // a file that is cut and written again may go to the disk first
    FILE *file = fopen(path, "wb");
    require(file && fwrite(bytes, 1, n, file) == n && fclose(file) == 0);
    return path;
}

/* What is left of an input whose parts are taken one after the other. */
typedef struct {
    const uint8_t *bytes;  // [n]
    size_t n;
} FuzzInput;

/* The next byte; 0 at the end. */
static inline uint8_t fuzz_byte(FuzzInput *input) {
    if (!input->n) return 0;
    input->n--;
    return *input->bytes++;
}

/* Everything up to the next byte 0xFF, which no text has, or to the end. */
static inline FuzzInput fuzz_part(FuzzInput *input) {
    const uint8_t *stop = input->n ? memchr(input->bytes, 0xFF, input->n) : NULL;
    size_t n = stop ? (size_t)(stop - input->bytes) : input->n, skip = stop ? n + 1 : n;
    FuzzInput part = {input->bytes, n};
    input->bytes += skip;
    input->n -= skip;
    return part;
}

/* Bytes of the character at text, n > 0 of them left; 0 if it is not UTF-8. */
static inline size_t fuzz_character(const uint8_t *text, size_t n) {
    utf8proc_int32_t character;
    utf8proc_ssize_t size = utf8proc_iterate(text, n < 4 ? (utf8proc_ssize_t)n : 4, &character);
    return size > 0 ? (size_t)size : 0;
}

static inline bool fuzz_is_utf8(const void *text, size_t n) {
    const uint8_t *at = text, *end = at + n;
    for (size_t size; at < end; at += size)
        if (!(size = fuzz_character(at, (size_t)(end - at)))) return false;
    return true;
}

/* The bytes as a string, the caller's to free: what is not UTF-8, and NUL, becomes '?'. */
static inline char *fuzz_string(FuzzInput input) {
    Buffer text = {0};
    buffer_string(&text, "");
    for (size_t at = 0, size; at < input.n; at += size ? size : 1) {
        size = fuzz_character(input.bytes + at, input.n - at);
        bool good = size && input.bytes[at];
        buffer_append(&text, good ? (const char *)input.bytes + at : "?", good ? size : 1);
    }
    require(!text.failed);
    return text.data;
}

#endif
