/* floats.h: arrays of numbers for tests. A failure here fails the running test. */
#ifndef XATTN_FLOATS_H
#define XATTN_FLOATS_H

#include "base/arena.h"

/* n pseudo-random numbers between -reach and reach, the same on every machine. */
float *floats_random(Arena *arena, size_t n, float reach, unsigned seed);

/* n times the same number. */
float *floats_filled(Arena *arena, size_t n, float value);

/* Checks that every a[i] is a finite number within `tolerance` of b[i]. A failure names `what` and the
   worst place. */
void assert_floats_near(const float *a, const float *b, size_t n, float tolerance,
                        const char *what);

#endif
