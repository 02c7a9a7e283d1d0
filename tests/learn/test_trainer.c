/* Training: ten examples by heart, scores, threads that change nothing, files that the library reads, and
   the experiments' gradients. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "floats.h"
#include "learn/files.h"
#include "learn/trainer.h"
#include "nn/matrix.h"
#include "tiny_model.h"
#include "xattn.h"

enum { EXAMPLES = 10 };

typedef struct {
    const Task *task;
    Pieces pieces;
    Network net;
    Trainer trainer;
    Example examples[EXAMPLES];
    Arena arena;
} Fixture;

static void start(Fixture *f, size_t task, Experiment experiment, Recipe recipe) {
    Error err = {0};
    *f = (Fixture){.task = &tasks[task]};
    assert_true(matrix_prepare(&err));
    assert_true(task_pieces(f->task, &f->pieces, &f->arena, &err));
    NetworkShape shape = {f->pieces.n, 32, 2, 48, 1, 2, ACTIVATION_SWISH};
    assert_true(network_make(&f->net, shape, experiment, &f->arena, &err));
    network_initialise(&f->net, 3);
    assert_true(trainer_make(&f->trainer, &f->net, recipe, &f->arena, &err));
    Random random = random_start(5);
    for (size_t i = 0; i < EXAMPLES; i++)
        f->examples[i] = task_example(f->task, &f->pieces, &random, false);
}

static void stop(Fixture *f) {
    network_free(&f->net);
    arena_free(&f->arena);
}

static double learn(Fixture *f, size_t steps) {
    Error err = {0};
    double loss = NAN;
    for (size_t i = 0; i < steps; i++)
        assert_true(trainer_step(&f->trainer, f->examples, EXAMPLES, &loss, &err));
    return loss;
}

/* The text of a source, or of a target. */
static const char *text_of(const Fixture *f, const int *ids, size_t n, Buffer *text) {
    buffer_clear(text);
    for (size_t i = 0; i + 1 < n; i++) {
        const char *piece = f->pieces.items[ids[i]], *space = "▁";
        if (strncmp(piece, space, strlen(space)) == 0) {
            if (text->size) buffer_byte(text, ' ');
            piece += strlen(space);
        }
        buffer_string(text, piece);
    }
    return text->data;
}

/* The network as files, opened by the library; they are removed at once. */
static xattn_model *reopen(Fixture *f) {
    Error err = {0};
    xattn_error error;
    char *directory = strdup("/tmp/xattn-learn-XXXXXX");
    assert_non_null(mkdtemp(directory));
    assert_true(files_write_model(directory, f->task, &f->pieces, &f->net, (size_t[]){1, 0}, &err));
    xattn_model *model = xattn_open(directory, NULL, &error);
    if (!model) fail_msg("%s", error.text);
    tiny_model_remove(directory);
    return model;
}

static xattn_translation *translate(Fixture *f, xattn_model *model, const Example *e) {
    Buffer source = {0};
    xattn_error error;
    xattn_translation *t;
    const char *text = text_of(f, e->source, e->n_source, &source);
    xattn_options options = {XATTN_OPTIONS, .attention = true};
    if (!xattn_translate(model, &text, 1, &options, &t, &error)) fail_msg("%s", error.text);
    buffer_free(&source);
    return t;
}

/* The library, from the files: the same words, and the same looks. */
static void expect_same(Fixture *f, xattn_model *model, const Example *e) {
    Buffer target = {0};
    xattn_translation *t = translate(f, model, e);
    assert_string_equal(t->text, text_of(f, e->target, e->n_target, &target));
    assert_int_equal(t->source.n, e->n_source);
    assert_int_equal(t->target.n, e->n_target);
    const Pass *pass = trainer_look(&f->trainer, e);
    size_t size = f->net.shape.heads * e->n_target * e->n_source;
    for (size_t layer = 0; layer < f->net.shape.decoder_layers; layer++)
        assert_floats_near(pass_cross(pass, layer)->probs, t->attention + layer * size, size, 1e-4F,
                           "cross-attention");
    xattn_translation_free(t);
    buffer_free(&target);
}

static void ten_examples_are_learned_by_heart(void **state) {
    (void)state;
    for (size_t task = 0; task < N_TASKS; task++) {
        static Fixture f;
        Error err = {0};
        size_t found[4] = {0};
        Score score = {.found = found};
        start(&f, task, (Experiment){0}, (Recipe){5e-3F, 20, 400, 0.0F, 1.0F, 2});
        assert_true(learn(&f, 1) > 2.0);
        assert_true(learn(&f, 299) < 1e-3);
        assert_true(trainer_test(&f.trainer, f.examples, EXAMPLES, &score, &err));
        assert_true(score.n == EXAMPLES && score.exact == EXAMPLES);
        xattn_model *model = reopen(&f);
        for (size_t i = 0; i < EXAMPLES; i++) expect_same(&f, model, &f.examples[i]);
        xattn_close(model);
        stop(&f);
    }
}

/* Adds to found [decoder_layers][heads] the looks of an example that fall on the right place, and returns
   how many could. */
static size_t count_looks(Fixture *f, const Example *e, size_t *found) {
    const Pass *pass = trainer_look(&f->trainer, e);
    size_t known = 0, heads = f->net.shape.heads;
    for (size_t t = 0; t < e->n_target; t++) known += e->truth[t] >= 0;
    for (size_t k = 0; k < f->net.shape.decoder_layers * heads; k++)
        for (size_t t = 0; t < e->n_target; t++) {
            const float *row = pass_cross(pass, k / heads)->probs;
            row += (k % heads * e->n_target + t) * e->n_source;
            bool right = e->truth[t] >= 0;
            for (size_t s = 0; right && s < e->n_source; s++) right = row[s] <= row[e->truth[t]];
            found[k] += right;
        }
    return known;
}

/* In the middle of training: not all translations are right, and not all looks. */
static void a_score_is_what_greedy_search_and_the_maps_give(void **state) {
    (void)state;
    static Fixture f;
    Error err = {0};
    size_t found[4] = {0}, expected[4] = {0}, exact = 0, known = 0;
    Score score = {.found = found};
    start(&f, 2, (Experiment){0}, (Recipe){5e-3F, 20, 400, 0.0F, 1.0F, 2});
    learn(&f, 30);
    assert_true(trainer_test(&f.trainer, f.examples, EXAMPLES, &score, &err));
    xattn_model *model = reopen(&f);
    for (const Example *e = f.examples; e < f.examples + EXAMPLES; e++) {
        Buffer target = {0};
        xattn_translation *t = translate(&f, model, e);
        exact += strcmp(t->text, text_of(&f, e->target, e->n_target, &target)) == 0;
        known += count_looks(&f, e, expected);
        xattn_translation_free(t);
        buffer_free(&target);
    }
    assert_true(0 < exact && exact < EXAMPLES);
    assert_int_equal(score.exact, exact);
    assert_int_equal(score.known, known);
    assert_true(0 < expected[0] && expected[0] < known);
    assert_memory_equal(found, expected, sizeof found);
    xattn_close(model);
    stop(&f);
}

static void threads_change_nothing(void **state) {
    (void)state;
    static Fixture one, three;
    start(&one, 0, (Experiment){.guided = true}, (Recipe){5e-3F, 5, 50, 0.1F, 1.0F, 1});
    start(&three, 0, (Experiment){.guided = true}, (Recipe){5e-3F, 5, 50, 0.1F, 1.0F, 3});
    assert_true(learn(&one, 20) == learn(&three, 20));
    size_t n_bytes = one.net.n_weights * sizeof(float);
    assert_memory_equal(one.net.weights, three.net.weights, n_bytes);
    assert_true(learn(&one, 1) == learn(&three, 1));
    stop(&one);
    stop(&three);
}

/* A step along the gradient changes the loss by as much as its length says. */
static void expect_slope(Experiment experiment) {
    static Fixture f;
    Error err = {0};
    double loss, slope = 0.0, losses[2];
    start(&f, 1, experiment, (Recipe){0.0F, 1, 10, 0.1F, 1e9F, 1});
    learn(&f, 1);
    size_t n = f.net.n_weights;
    float *gradient = floats_filled(&f.arena, n, 0.0F), *weights = floats_filled(&f.arena, n, 0.0F);
    memcpy(gradient, f.trainer.shards[0].gradients.sums, n * sizeof *gradient);
    memcpy(weights, f.net.weights, n * sizeof *weights);
    for (size_t i = 0; i < n; i++) slope += (double)gradient[i] * (double)gradient[i];
    const float h = 0.002F / (float)sqrt(slope);
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < n; i++)
            f.net.weights[i] = weights[i] + (side ? -h : h) * gradient[i];
        assert_true(network_pack(&f.net, &err));
        assert_true(trainer_step(&f.trainer, f.examples, EXAMPLES, &loss, &err));
        losses[side] = loss;
    }
    float found = (float)((losses[0] - losses[1]) / (2.0 * (double)h)), expected = (float)slope;
    assert_floats_near(&found, &expected, 1, 0.005F * expected, "the slope");
    stop(&f);
}

static void experiments_have_gradients_of_their_own(void **state) {
    (void)state;
    expect_slope((Experiment){0});
    expect_slope((Experiment){.no_positions = true});
    expect_slope((Experiment){.no_residual = true});
    expect_slope((Experiment){.no_scaling = true});
    expect_slope((Experiment){.mean_memory = true});
}

static void experiments_change_the_network(void **state) {
    (void)state;
    static const Experiment experiments[] = {{0},
                                             {.no_positions = true},
                                             {.no_residual = true},
                                             {.no_scaling = true},
                                             {.mean_memory = true}};
    double losses[5];
    for (size_t i = 0; i < 5; i++) {
        static Fixture f;
        start(&f, 2, experiments[i], (Recipe){0.0F, 1, 10, 0.1F, 1.0F, 1});
        losses[i] = learn(&f, 1);
        for (size_t k = 0; k < i; k++) assert_true(fabs(losses[k] - losses[i]) > 1e-4);
        stop(&f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_examples_are_learned_by_heart),
        cmocka_unit_test(a_score_is_what_greedy_search_and_the_maps_give),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(experiments_have_gradients_of_their_own),
        cmocka_unit_test(experiments_change_the_network),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
