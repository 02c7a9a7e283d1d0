/* marian_file.h: building binary Marian models for tests, tensor by tensor

       MarianFile file = {0};
       marian_file_floats(&file, "decoder_l1_rnn_bf", 1, 8, values);
       marian_file_text(&file, "special:model.yml", "dim-emb: 8\n");
       Buffer bytes = {0};
       marian_file_finish(&file, &bytes);

   A failure here fails the running test. */
#ifndef XATTN_MARIAN_FILE_H
#define XATTN_MARIAN_FILE_H

#include <stdint.h>

#include "base/buffer.h"

typedef struct {
    uint64_t n;
    Buffer headers, names, shapes, data;
} MarianFile;

/* Adds a tensor of any type: its header and its n bytes, as given. */
void marian_file_add(MarianFile *file, const char *name, uint64_t type, uint64_t rank,
                     const int32_t *shape, const void *bytes, size_t n);

/* [rows][cols] f32. */
void marian_file_floats(MarianFile *file, const char *name, int32_t rows, int32_t cols,
                        const float *values);

/* Adds an intgemm8 tensor with this multiplier: the elements as they are stored, padded. */
void marian_file_int8(MarianFile *file, const char *name, int32_t rows, int32_t cols,
                      const int8_t *values, float multiplier);

void marian_file_text(MarianFile *file, const char *name, const char *text);

/* Appends the whole file to `bytes`, with padding that aligns the data to 256 bytes, and frees the
   parts. */
void marian_file_finish(MarianFile *file, Buffer *bytes);

/* A whole file for tests to change: `m` [2, 3] of f32, `q` [2, 3] of intgemm8 with the multiplier 4,
   and a text, special:model.yml. The caller frees it. */
Buffer marian_file_sample(void);

/* The places of its parts (see marian_bin.h), and of the numbers in a header. */
enum {
    SAMPLE_VERSION = 0,
    SAMPLE_COUNT = 8,
    SAMPLE_HEADER_M = 16,
    SAMPLE_HEADER_Q = SAMPLE_HEADER_M + 32,
    SAMPLE_NAMES = SAMPLE_HEADER_M + 3 * 32,
    SAMPLE_SHAPES = SAMPLE_NAMES + 2 + 2 + 18,
    SAMPLE_PADDING = SAMPLE_SHAPES + 4 * (2 + 2 + 1),
    SAMPLE_DATA = 256
};
enum { SAMPLE_NAME_LENGTH = 0, SAMPLE_TYPE = 8, SAMPLE_RANK = 16, SAMPLE_N_BYTES = 24 };

#endif
