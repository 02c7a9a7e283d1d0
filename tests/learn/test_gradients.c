/* The whole network's gradients, and fifty steps of training, against PyTorch's of transformers' model:
   tests/goldens/learn, which scripts/parity/gradients.py wrote. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "floats.h"
#include "learn/trainer.h"
#include "model/safetensors.h"
#include "nn/matrix.h"

static const char folder[] = "tests/goldens/learn";
enum { EXAMPLES = 24, EXAMPLES_OF_A_STEP = 6, STEPS = 50 };

typedef struct {
    Network net;
    Trainer trainer;
    Example examples[EXAMPLES];
    Tensors weights, gradients;
    Arena arena;
} Fixture;

/* "3 1 0" to numbers; returns how many. */
static size_t numbers(char *text, int *out) {
    size_t n = 0;
    for (char *number = strtok(text, " \n"); number; number = strtok(NULL, " \n"))
        out[n++] = atoi(number);
    return n;
}

static void read_examples(Fixture *f) {
    char line[256], path[64];
    snprintf(path, sizeof path, "%s/examples.tsv", folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    for (Example *e = f->examples; e < f->examples + EXAMPLES; e++) {
        assert_non_null(fgets(line, sizeof line, file));
        char *target = strchr(line, '\t'), *truth = strchr(target + 1, '\t');
        *target++ = *truth++ = '\0';
        e->n_source = numbers(line, e->source);
        e->n_target = numbers(target, e->target);
        assert_int_equal(numbers(truth, e->truth), e->n_target);
    }
    fclose(file);
}

static void open_tensors(Fixture *f, const char *name, Tensors *tensors) {
    Error err = {0};
    const char *path = file_path(folder, name, &f->arena, &err);
    if (!tensors_open(path, safetensors_read, tensors, &f->arena, &err)) fail_msg("%s", err.text);
}

static const float *golden(Fixture *f, const Tensors *tensors, const char *prefix, const char *name,
                           size_t n) {
    char full[128];
    Error err = {0};
    snprintf(full, sizeof full, "%s%s", prefix, name);
    const Tensor *tensor = tensors_find(tensors, full);
    if (!tensor) fail_msg("no %s", full);
    assert_int_equal(tensor->n_elements, n);
    return tensor_floats(tensor, &f->arena, &err);
}

static Fixture *start(float rate, float clip, bool guided) {
    static Fixture f;
    Error err = {0};
    NetworkShape shape = {13, 16, 2, 24, 2, 2, ACTIVATION_SWISH};
    Recipe recipe = {rate, 10, STEPS, 0.1F, clip, 2};
    f = (Fixture){0};
    assert_true(matrix_prepare(&err));
    open_tensors(&f, "model.safetensors", &f.weights);
    open_tensors(&f, "gradients.safetensors", &f.gradients);
    read_examples(&f);
    assert_true(network_make(&f.net, shape, (Experiment){.guided = guided}, &f.arena, &err));
    assert_int_equal(f.net.n_parameters, f.weights.n);
    for (Parameter *p = f.net.parameters; p < f.net.parameters + f.net.n_parameters; p++)
        memcpy(p->values, golden(&f, &f.weights, "", p->name, p->size), p->size * sizeof(float));
    assert_true(trainer_make(&f.trainer, &f.net, recipe, &f.arena, &err));
    return &f;
}

static void stop(Fixture *f) {
    tensors_close(&f->weights);
    tensors_close(&f->gradients);
    network_free(&f->net);
    arena_free(&f->arena);
}

/* The gradient of the first examples, in the shards' sum: nothing is clipped, and no weight moves. */
static void compare(const char *kind, bool guided) {
    Fixture *f = start(0.0F, 1e9F, guided);
    Error err = {0};
    double loss;
    assert_true(trainer_step(&f->trainer, f->examples, EXAMPLES_OF_A_STEP, &loss, &err));
    for (Parameter *p = f->net.parameters; p < f->net.parameters + f->net.n_parameters; p++) {
        const float *expected = golden(f, &f->gradients, kind, p->name, p->size);
        float most = 1e-3F;  // a bias of keys changes nothing: its gradient is rounding
        for (size_t i = 0; i < p->size; i++) most = fmaxf(most, fabsf(expected[i]));
        const float *sums = gradient_of(&f->trainer.shards[0].gradients, p->values);
        assert_floats_near(sums, expected, p->size, 1e-4F * most, p->name);
    }
    stop(f);
}

static void gradients_are_pytorchs(void **state) {
    (void)state;
    compare("plain.", false);
}

static void gradients_of_guided_attention_too(void **state) {
    (void)state;
    compare("guided.", true);
}

static void training_goes_as_pytorchs_does(void **state) {
    (void)state;
    Fixture *f = start(3e-3F, 1.0F, false);
    Error err = {0};
    float losses[STEPS];
    for (size_t step = 0; step < STEPS; step++) {
        const Example *examples = f->examples + step * EXAMPLES_OF_A_STEP % EXAMPLES;
        double loss;
        assert_true(trainer_step(&f->trainer, examples, EXAMPLES_OF_A_STEP, &loss, &err));
        losses[step] = (float)loss;
    }
    const float *expected = golden(f, &f->gradients, "", "losses", STEPS);
    assert_true(expected[STEPS - 1] < expected[0] - 0.5F);  // there is something to learn
    assert_floats_near(losses, expected, STEPS, 1e-3F, "losses");
    stop(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_are_pytorchs),
        cmocka_unit_test(gradients_of_guided_attention_too),
        cmocka_unit_test(training_goes_as_pytorchs_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
