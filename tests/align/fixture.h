/* A translation without symmetry: 3 + 1 source words in 5 pieces, 3 + 1 target words in 6 pieces,
   2 layers, 3 heads. Every cell of every table is another number. */
#ifndef XATTN_TESTS_ALIGN_FIXTURE_H
#define XATTN_TESTS_ALIGN_FIXTURE_H

#include "xattn.h"

enum { FIXTURE_LAYERS = 2, FIXTURE_HEADS = 3, FIXTURE_TARGET = 6, FIXTURE_SOURCE = 5 };

static char fixture_pieces[][8] = {"▁I", "▁c",  "at", ".", "</s>", "▁J",
                                   "'",  "▁ch", "at", ".", "</s>"};
static char fixture_text[] = "J'chat.";
static const char *fixture_source[] = {fixture_pieces[0], fixture_pieces[1], fixture_pieces[2],
                                       fixture_pieces[3], fixture_pieces[4]};
static const char *fixture_target[] = {fixture_pieces[5], fixture_pieces[6], fixture_pieces[7],
                                       fixture_pieces[8], fixture_pieces[9], fixture_pieces[10]};
static int fixture_source_ids[] = {31, 7, 12, 5, 0};
static int fixture_target_ids[] = {44, 6, 19, 12, 5, 0};
static float fixture_logprobs[] = {-0.1f, -0.25f, -1.5f, -0.0625f, -0.001f, -0.0000123f};
static float fixture_cells[FIXTURE_LAYERS * FIXTURE_HEADS * FIXTURE_TARGET * FIXTURE_SOURCE];

/* The cell before its row is scaled to sum to 1. */
static inline float fixture_weight(int layer, int head, int i, int j) {
    static const int strongest[FIXTURE_TARGET] = {0, 0, 1, 2, 3, 4};
    int noise = (layer * 53 + head * 29 + i * 17 + j * 7) % 11;
    return (float)noise + (j == strongest[i] ? 40.0f : 0.0f);
}

static inline xattn_translation fixture_translation(void) {
    for (int t = 0; t < FIXTURE_LAYERS * FIXTURE_HEADS; t++)
        for (int i = 0; i < FIXTURE_TARGET; i++) {
            float *row = fixture_cells + (t * FIXTURE_TARGET + i) * FIXTURE_SOURCE, sum = 0;
            for (int j = 0; j < FIXTURE_SOURCE; j++)
                sum += fixture_weight(t / FIXTURE_HEADS, t % FIXTURE_HEADS, i, j);
            for (int j = 0; j < FIXTURE_SOURCE; j++)
                row[j] = fixture_weight(t / FIXTURE_HEADS, t % FIXTURE_HEADS, i, j) / sum;
        }
    return (xattn_translation){.source_text = "I cat.",
                               .text = fixture_text,
                               .n_sentences = 1,
                               .source = {FIXTURE_SOURCE, fixture_source, fixture_source_ids},
                               .target = {FIXTURE_TARGET, fixture_target, fixture_target_ids},
                               .logprobs = fixture_logprobs,
                               .score = -1.9135123,
                               .normalized_score = -1.9135123,
                               .map_layer = FIXTURE_LAYERS - 1,
                               .map_head = XATTN_MEAN,
                               .n_layers = FIXTURE_LAYERS,
                               .n_heads = FIXTURE_HEADS,
                               .attention = fixture_cells};
}

/* The cell that the fixture's table has there. */
static inline float fixture_cell(int layer, int head, int i, int j) {
    return fixture_cells[((layer * FIXTURE_HEADS + head) * FIXTURE_TARGET + i) * FIXTURE_SOURCE +
                         j];
}

#endif
