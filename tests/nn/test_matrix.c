/* The two products against the loop that defines them. `make test` runs this file on OpenBLAS and on
   the portable loops. */
#define _GNU_SOURCE  // RTLD_DEFAULT
#include <dlfcn.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "floats.h"
#include "nn/matrix.h"

/* Odd sizes on purpose, around the widths of vector registers and of OpenBLAS's kernels. */
static const size_t sizes[][3] = {{1, 1, 1},    {1, 7, 5},    {1, 64, 40},   {1, 131, 67},
                                  {1, 17, 255}, {2, 3, 5},    {3, 1, 17},    {7, 13, 11},
                                  {16, 16, 16}, {5, 129, 33}, {33, 41, 129}, {65, 31, 8}};
enum { N_SIZES = sizeof sizes / sizeof sizes[0] };

/* The product in double precision. If `transposed` is true, b is [cols][inner]. */
static void plain(const size_t size[3], float scale, const float *a, size_t lda, const float *b,
                  size_t ldb, int transposed, float *c, size_t ldc) {
    for (size_t i = 0; i < size[0]; i++)
        for (size_t j = 0; j < size[1]; j++) {
            double sum = 0.0;
            for (size_t k = 0; k < size[2]; k++)
                sum += (double)a[i * lda + k] * (double)b[transposed ? j * ldb + k : k * ldb + j];
            c[i * ldc + j] = (float)((double)scale * sum);
        }
}

/* Rows are `gap` floats further apart than they are long. What lies between them must stay; what c
   held must not matter, and memory fresh from malloc may hold NaN. */
static void check(const size_t size[3], size_t gap, float scale, int transposed) {
    Arena arena = {0};
    Error err = {0};
    size_t rows = size[0], cols = size[1], inner = size[2];
    size_t lda = inner + gap, ldb = (transposed ? inner : cols) + gap, ldc = cols + gap;
    const float *a = floats_random(&arena, rows * lda, 1.0F, 1);
    const float *b = floats_random(&arena, (transposed ? cols : inner) * ldb, 1.0F, 2);
    float *c = floats_filled(&arena, rows * ldc, NAN);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = cols; j < ldc; j++) c[i * ldc + j] = 77.0F;
    float *expected = arena_floats(&arena, rows * ldc, "a fixture", &err);
    memcpy(expected, c, rows * ldc * sizeof *c);

    plain(size, scale, a, lda, b, ldb, transposed, expected, ldc);
    if (transposed)
        matrix_multiply_nt(rows, cols, inner, scale, a, lda, b, ldb, c, ldc);
    else
        matrix_multiply_nn(rows, cols, inner, a, lda, b, ldb, c, ldc);

    char what[96];
    snprintf(what, sizeof what, "%s %zu x %zu x %zu, gap %zu", transposed ? "nt" : "nn", rows, cols,
             inner, gap);
    assert_floats_near(c, expected, rows * ldc, 2e-5F, what);
    arena_free(&arena);
}

static void products_with_transposed_equal_the_plain_loop(void **state) {
    (void)state;
    for (size_t i = 0; i < N_SIZES; i++)
        for (size_t gap = 0; gap < 6; gap += 5) {
            check(sizes[i], gap, 1.0F, 1);
            check(sizes[i], gap, -0.3F, 1);
        }
}

static void products_equal_the_plain_loop(void **state) {
    (void)state;
    for (size_t i = 0; i < N_SIZES; i++)
        for (size_t gap = 0; gap < 6; gap += 5) check(sizes[i], gap, 1.0F, 0);
}

static int prepare(void **state) {
    (void)state;
    Error err = {0};
    bool first = matrix_prepare(&err), again = matrix_prepare(&err);
    if (!first || !again) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    return 0;
}

/* OpenBLAS's own functions; NULL where it is not in the program. */
static int (*get_threads)(void);
static void (*set_threads)(int);

static bool find_openblas(void) {
    void *get = dlsym(RTLD_DEFAULT, "openblas_get_num_threads"),
         *set = dlsym(RTLD_DEFAULT, "openblas_set_num_threads");
    memcpy(&get_threads, &get, sizeof get_threads);
    memcpy(&set_threads, &set, sizeof set_threads);
    return get && set;
}

/* The program's setting is 1 as long as anybody is inside, and then what it was. */
static void the_setting_of_the_program_is_put_back(void **state) {
    (void)state;
    if (!find_openblas()) skip();
    int before = get_threads();
    set_threads(2);
    matrix_enter();
    assert_int_equal(get_threads(), 1);
    matrix_enter();
    matrix_leave();
    assert_int_equal(get_threads(), 1);
    matrix_leave();
    assert_int_equal(get_threads(), 2);
    matrix_enter();
    set_threads(2);  // the program means it
    matrix_leave();
    assert_int_equal(get_threads(), 2);
    set_threads(before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products_with_transposed_equal_the_plain_loop),
        cmocka_unit_test(products_equal_the_plain_loop),
        cmocka_unit_test(the_setting_of_the_program_is_put_back),
    };
    return cmocka_run_group_tests(tests, prepare, NULL);
}
