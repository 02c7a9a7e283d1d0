#include "trainer.h"

#include <math.h>
#include <string.h>

#include "base/threads.h"

bool trainer_make(Trainer *trainer, Network *net, Recipe recipe, Arena *arena, Error *err) {
    static const char what[] = "training";
    size_t rows = MOST_EXAMPLES * MOST_PIECES;
    *trainer = (Trainer){.net = net, .recipe = recipe};
    trainer->m = arena_floats(arena, net->n_weights, what, err);
    trainer->v = arena_floats(arena, net->n_weights, what, err);
    if (!trainer->m || !trainer->v || !network_pack(net, err)) return false;
    for (Shard *s = trainer->shards; s < trainer->shards + SHARDS; s++) {
        int *ids = arena_array(arena, 4 * rows, sizeof *ids, what, err);
        float *sums = arena_floats(arena, net->n_weights, what, err);
        if (!ids || !sums || !pass_make(&s->pass, net, rows, MOST_PIECES, arena, err)) return false;
        s->source = ids, s->fed = ids + rows, s->wanted = ids + 2 * rows, s->truth = ids + 3 * rows;
        s->gradients = (Gradients){net->weights, sums};
        s->batch = (Batch){0, s->source_at, s->target_at, s->source, s->fed, s->wanted, s->truth};
    }
    return true;
}

/* Teacher forcing: the decoder is fed the start symbol, <pad>, and then the wanted tokens. */
static void fill(Shard *s, const Example *examples, size_t n) {
    s->batch.n = n;
    for (size_t i = 0; i < n; i++, examples++) {
        size_t source = s->source_at[i], target = s->target_at[i];
        s->source_at[i + 1] = source + examples->n_source;
        s->target_at[i + 1] = target + examples->n_target;
        memcpy(s->source + source, examples->source, examples->n_source * sizeof *s->source);
        memcpy(s->wanted + target, examples->target, examples->n_target * sizeof *s->wanted);
        memcpy(s->truth + target, examples->truth, examples->n_target * sizeof *s->truth);
        s->fed[target] = (int)s->pass.net->shape.vocab - 1;
        memcpy(s->fed + target + 1, examples->target, (examples->n_target - 1) * sizeof *s->fed);
    }
}

/* Runs shard i's part of the current examples through its network. */
static Shard *run_shard(Trainer *trainer, size_t i) {
    Shard *s = &trainer->shards[i];
    size_t n = trainer->n_examples, first = n * i / SHARDS;
    fill(s, trainer->examples + first, n * (i + 1) / SHARDS - first);
    pass_forward(&s->pass, &s->batch);
    return s;
}

static bool learn_shard(void *context, size_t i, Error *err) {
    (void)err;
    Trainer *trainer = context;
    Shard *s = run_shard(trainer, i);
    memset(s->gradients.sums, 0, trainer->net->n_weights * sizeof(float));
    s->loss = pass_backward(&s->pass, trainer->recipe.smoothing, trainer->n_tokens, &s->gradients);
    return true;
}

static bool test_shard(void *context, size_t i, Error *err) {
    (void)err;
    run_shard(context, i);
    return true;
}

/* Adds up the shards' gradients in the first one's, and makes the sum no longer than `clip`. */
static float *total_gradient(Trainer *trainer) {
    float *sum = trainer->shards[0].gradients.sums;
    double square = 0.0;
    for (size_t i = 0; i < trainer->net->n_weights; i++) {
        for (size_t s = 1; s < SHARDS; s++) sum[i] += trainer->shards[s].gradients.sums[i];
        square += (double)sum[i] * (double)sum[i];
    }
    float factor = trainer->recipe.clip / ((float)sqrt(square) + 1e-6F);
    for (size_t i = 0; factor < 1.0F && i < trainer->net->n_weights; i++) sum[i] *= factor;
    return sum;
}

/* A step of all weights: trainer.h has the equations. */
static void adam(Trainer *trainer, const float *gradient) {
    const float beta1 = 0.9F, beta2 = 0.98F, epsilon = 1e-9F;
    float t = (float)++trainer->step, warmup = (float)trainer->recipe.warmup;
    float steps = (float)trainer->recipe.steps;
    float rate = trainer->recipe.rate * fminf(t / warmup, (steps - t) / (steps - warmup));
    float unbias1 = 1.0F / (1.0F - powf(beta1, t)), unbias2 = 1.0F / (1.0F - powf(beta2, t));
    size_t i = 0;
    for (const Parameter *p = trainer->net->parameters; i < trainer->net->n_weights; p++)
        for (size_t k = 0; k < p->size; k++, i++) {
            float g = gradient[i], *m = trainer->m + i, *v = trainer->v + i;
            *m = beta1 * *m + (1.0F - beta1) * g;
            *v = beta2 * *v + (1.0F - beta2) * g * g;
            p->values[k] -= rate * p->scale * (*m * unbias1) / (sqrtf(*v * unbias2) + epsilon);
        }
}

bool trainer_step(Trainer *trainer, const Example *examples, size_t n, double *loss, Error *err) {
    trainer->examples = examples;
    trainer->n_examples = n;
    trainer->n_tokens = 0;
    for (size_t i = 0; i < n; i++) trainer->n_tokens += examples[i].n_target;
    if (!threads_run(trainer->recipe.threads, SHARDS, learn_shard, trainer, err)) return false;
    *loss = 0.0;
    for (size_t s = 0; s < SHARDS; s++) *loss += trainer->shards[s].loss;
    adam(trainer, total_gradient(trainer));
    return network_pack(trainer->net, err);
}

static size_t largest(const float *x, size_t n) {
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (x[i] > x[best]) best = i;
    return best;
}

/* Whether each right piece is the most probable one after the right pieces before it: exactly then
   greedy search writes them all. <pad>, the last id, never occurs. */
static bool is_exact(const Shard *s, size_t sentence) {
    size_t vocab = s->pass.net->shape.vocab;
    for (size_t row = s->target_at[sentence]; row < s->target_at[sentence + 1]; row++)
        if ((int)largest(s->pass.logits + row * vocab, vocab - 1) != s->wanted[row]) return false;
    return true;
}

static void score_shard(const Shard *s, Score *score) {
    const NetworkShape *shape = &s->pass.net->shape;
    score->n += s->batch.n;
    for (size_t i = 0; i < s->batch.n; i++) {
        score->exact += is_exact(s, i);
        for (size_t row = s->target_at[i]; row < s->target_at[i + 1]; row++) {
            if (s->truth[row] == NOWHERE) continue;
            score->known++;
            for (size_t k = 0; k < shape->decoder_layers * shape->heads; k++) {
                const Span *span = &pass_cross(&s->pass, k / shape->heads)->spans[i];
                size_t look = k % shape->heads * span->n + row - span->first;
                score->found[k] += largest(span->probs + look * span->seen.n, span->seen.n) ==
                                   (size_t)s->truth[row];
            }
        }
    }
}

bool trainer_test(Trainer *trainer, const Example *examples, size_t n, Score *score, Error *err) {
    const size_t most = SHARDS * MOST_EXAMPLES;
    for (size_t first = 0; first < n; first += most) {
        trainer->examples = examples + first;
        trainer->n_examples = n - first < most ? n - first : most;
        if (!threads_run(trainer->recipe.threads, SHARDS, test_shard, trainer, err)) return false;
        for (size_t s = 0; s < SHARDS; s++) score_shard(&trainer->shards[s], score);
    }
    return true;
}

const Pass *trainer_look(Trainer *trainer, const Example *example) {
    Shard *s = &trainer->shards[0];
    fill(s, example, 1);
    pass_forward(&s->pass, &s->batch);
    return &s->pass;
}
