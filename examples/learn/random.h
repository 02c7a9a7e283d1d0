/* random.h: pseudo-random numbers that are the same on every machine (Marsaglia 2003, xorshift) */
#ifndef LEARN_RANDOM_H
#define LEARN_RANDOM_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t state;
} Random;

static inline Random random_start(uint64_t seed) {
    return (Random){seed * 2685821657736338717U + 1};
}

static inline uint64_t random_next(Random *r) {
    r->state ^= r->state << 13;
    r->state ^= r->state >> 7;
    r->state ^= r->state << 17;
    return r->state >> 11;
}

/* 0 … n - 1 */
static inline size_t random_below(Random *r, size_t n) { return (size_t)(random_next(r) % n); }

/* Uniform between -bound and bound. */
static inline float random_float(Random *r, float bound) {
    return bound * ((float)(random_next(r) >> 29) / 8388608.0F - 1.0F);
}

#endif
