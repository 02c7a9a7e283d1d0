/* trainer.h: gradients to better weights

   A step of training is: examples through the network and back, the gradient's length bounded
   (clipping), and every weight moved a little against its gradient, by Adam (Kingma & Ba 2015):

       m ← β₁ m + (1 − β₁) g      v ← β₂ v + (1 − β₂) g²      w ← w − rate · m̂ / (√v̂ + ε)

   m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ). The rate grows from 0 for `warmup` steps, while m and v
   know little yet, and falls back to 0 until the last.

   The batch is cut into SHARDS parts, however many threads there are to work on them, and their gradients
   are added in order. So the same seed gives the same weights on any number of threads. */
#ifndef LEARN_TRAINER_H
#define LEARN_TRAINER_H

#include "pass.h"
#include "tasks.h"

enum { SHARDS = 4, MOST_EXAMPLES = 64 };  // MOST_EXAMPLES: of a part

typedef struct {
    float rate;            // at its peak
    size_t warmup, steps;  // until the peak, and in all
    float smoothing, clip;
    size_t threads;
} Recipe;

/* One part of a batch on its way through the network. */
typedef struct {
    Pass pass;
    Gradients gradients;
    Batch batch;
    size_t source_at[MOST_EXAMPLES + 1], target_at[MOST_EXAMPLES + 1];
    int *source, *fed, *wanted, *truth;
    double loss;
} Shard;

typedef struct {
    Network *net;
    Recipe recipe;
    size_t step;
    float *m, *v;  // [n_weights] of Adam
    Shard shards[SHARDS];
    const Example *examples;  // the current ones
    size_t n_examples, n_tokens;
} Trainer;

/* How good the network is at examples. */
typedef struct {
    size_t n, exact;  // exact: translated without a mistake
    size_t known;     // target pieces whose place in the source is known
    size_t *found;    // [decoder_layers][heads] of those, how many the head looks at most
} Score;

/* Trains what the weights are now. False if out of memory; all of it lies in the arena. */
bool trainer_make(Trainer *trainer, Network *net, Recipe recipe, Arena *arena, Error *err);

/* Learns from up to SHARDS · MOST_EXAMPLES examples. *loss: a target token's, on average, before that. */
bool trainer_step(Trainer *trainer, const Example *examples, size_t n, double *loss, Error *err);

/* Measures on any number of examples; score->found is given, zeroed or with counts to be added to. */
bool trainer_test(Trainer *trainer, const Example *examples, size_t n, Score *score, Error *err);

/* Runs one example; the pass is good until the next call. */
const Pass *trainer_look(Trainer *trainer, const Example *example);

#endif
