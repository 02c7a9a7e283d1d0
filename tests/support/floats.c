#include "floats.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

float *floats_filled(Arena *arena, size_t n, float value) {
    Error err = {0};
    float *floats = arena_floats(arena, n, "a fixture", &err);
    assert_non_null(floats);
    for (size_t i = 0; i < n; i++) floats[i] = value;
    return floats;
}

float *floats_random(Arena *arena, size_t n, float reach, unsigned seed) {
    uint32_t random = 2463534242U + 7919U * seed;
    float *floats = floats_filled(arena, n, 0.0F);
    for (size_t i = 0; i < n; i++) {  // xorshift
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        floats[i] = reach * ((float)(random >> 8) / 8388608.0F - 1.0F);
    }
    return floats;
}

void assert_floats_near(const float *a, const float *b, size_t n, float tolerance,
                        const char *what) {
    size_t at = 0;
    float worst = 0.0F;
    for (size_t i = 0; i < n; i++) {
        float distance = fabsf(a[i] - b[i]);
        if (distance <= worst) continue;  // false for NaN too
        worst = isnan(distance) ? INFINITY : distance;
        at = i;
    }
    if (!(worst <= tolerance))
        fail_msg("%s: [%zu] is %.9g, expected %.9g within %g", what, at, (double)a[at],
                 (double)b[at], (double)tolerance);
}
