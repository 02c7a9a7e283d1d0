/* A decoder of random weights. Rows that were reordered must say what a row says that has been fed
   the same tokens from the start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "floats.h"
#include "model/model.h"
#include "tiny_model.h"

enum { MOST_ROWS = 4, MOST_STEPS = 40 };

static char *directory;
static Model *model;
static Arena arena;
static float *memory;
static const int source[] = {7, 31, 12, 55, 0};
static const size_t offsets[] = {0, 5};

static int load(void **state) {
    (void)state;
    TinyModel options = tiny_model_default();
    Error err = {0};
    directory = tiny_model_write(&options);
    if (!model_load(directory, XATTN_AS_STORED, &model, &err)) fail_msg("%s", err.text);
    memory = encoder_forward(&model->encoder, source, offsets, 1, NULL, &arena, &err);
    assert_non_null(memory);
    return 0;
}

static int unload(void **state) {
    (void)state;
    arena_free(&arena);
    model_free(model);
    tiny_model_remove(directory);
    return 0;
}

/* What a search would hold: a decoder, and what every row has been fed. */
typedef struct {
    DecoderState *state;
    size_t n_rows, n_steps;
    int fed[MOST_ROWS][MOST_STEPS];
    float *logits;  // [n_rows][V]
} Beam;

static size_t V(void) { return model->config.target_vocab; }

static Beam start(void) {
    Error err = {0};
    Beam beam = {.n_rows = 1, .logits = floats_filled(&arena, MOST_ROWS * V(), 0.0F)};
    beam.state = decoder_start(&model->decoder, memory, offsets, 1, MOST_ROWS, NULL, &err);
    if (!beam.state) fail_msg("%s", err.text);
    return beam;
}

static void step(Beam *beam, const int *ids) {
    Error err = {0};
    for (size_t r = 0; r < beam->n_rows; r++) beam->fed[r][beam->n_steps] = ids[r];
    beam->n_steps++;
    if (!decoder_step(beam->state, ids, beam->logits, NULL, NULL, &err)) fail_msg("%s", err.text);
}

static void reorder(Beam *beam, const size_t *parent, size_t n_rows) {
    Error err = {0};
    int before[MOST_ROWS][MOST_STEPS];
    memcpy(before, beam->fed, sizeof before);
    for (size_t r = 0; r < n_rows; r++) memcpy(beam->fed[r], before[parent[r]], sizeof before[0]);
    beam->n_rows = n_rows;
    if (!decoder_reorder(beam->state, parent, n_rows, &err)) fail_msg("%s", err.text);
}

/* Every row's logits are those of a decoder that was fed this row's tokens and nothing else. */
static void expect_rows_know_their_past(const Beam *beam) {
    for (size_t r = 0; r < beam->n_rows; r++) {
        Beam alone = start();
        for (size_t t = 0; t < beam->n_steps; t++) step(&alone, &beam->fed[r][t]);
        assert_floats_near(beam->logits + r * V(), alone.logits, V(), 2e-5F, "a row's logits");
        decoder_free(alone.state);
    }
}

static Beam three_rows(void) {
    Beam beam = start();
    step(&beam, (int[]){60});
    reorder(&beam, (size_t[]){0, 0, 0}, 3);
    step(&beam, (int[]){5, 17, 23});
    return beam;
}

static void one_row_becomes_three(void **state) {
    (void)state;
    Beam beam = three_rows();
    expect_rows_know_their_past(&beam);
    decoder_free(beam.state);
}

static void rows_change_places(void **state) {
    (void)state;
    Beam beam = three_rows();
    reorder(&beam, (size_t[]){2, 0, 1}, 3);
    step(&beam, (int[]){9, 9, 9});
    expect_rows_know_their_past(&beam);
    decoder_free(beam.state);
}

static void rows_die(void **state) {
    (void)state;
    Beam beam = three_rows();
    reorder(&beam, (size_t[]){2}, 1);
    step(&beam, (int[]){9});
    expect_rows_know_their_past(&beam);
    decoder_free(beam.state);
}

/* Row 1 has two children. What one of them is fed must not show in the other. */
static void children_do_not_share_a_past(void **state) {
    (void)state;
    Beam beam = three_rows();
    reorder(&beam, (size_t[]){1, 0, 1, 1}, 4);
    step(&beam, (int[]){11, 12, 13, 14});
    step(&beam, (int[]){21, 22, 23, 24});
    expect_rows_know_their_past(&beam);
    decoder_free(beam.state);
}

static void many_steps(void **state) {
    (void)state;
    Beam beam = three_rows();
    while (beam.n_steps < MOST_STEPS) {
        size_t t = beam.n_steps;
        reorder(&beam, (size_t[]){t % 3, (t / 2) % 3, (t * t + 1) % 3}, 3);
        step(&beam, (int[]){(int)(t % 50 + 2), (int)(t * 7 % 50 + 2), (int)(t * 3 % 50 + 2)});
    }
    expect_rows_know_their_past(&beam);
    decoder_free(beam.state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_row_becomes_three),
        cmocka_unit_test(rows_change_places),
        cmocka_unit_test(rows_die),
        cmocka_unit_test(children_do_not_share_a_past),
        cmocka_unit_test(many_steps),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
