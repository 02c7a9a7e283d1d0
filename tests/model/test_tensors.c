/* The table of tensors that all formats fill, and what becomes of their elements. */
#include "model/tensors.h"

#include <math.h>

#include "../base/scratch.h"

static void tensors_are_found_by_name(void **state) {
    (void)state;
    enum { N = 300 };
    const TensorFile file = {.path = "x"};
    Tensors tensors = {.path = "x"};
    Arena arena = {0};
    Error err = {0};
    char name[16];
    assert_null(tensors_find(&tensors, "t1"));
    assert_true(tensors_sort(&tensors, &err));
    for (int i = 0; i < N; i++) {  // more than the table first has room for, in some order
        snprintf(name, sizeof name, "t%d", i * 7 % N);
        Tensor *tensor = tensors_add(&tensors, &file, name, &arena, &err);
        assert_true(tensor && tensor->rank == 0 && tensor->n_elements == 1);
        assert_true(tensor_add_dimension(tensor, i * 7 % N + 1, &err));
    }
    assert_true(tensors_sort(&tensors, &err));
    assert_int_equal(tensors.n, N);
    for (size_t i = 0; i < N; i++) {
        snprintf(name, sizeof name, "t%zu", i);
        const Tensor *tensor = tensors_find(&tensors, name);
        assert_true(tensor && tensor->shape[0] == i + 1 && tensor->n_elements == i + 1);
    }
    assert_null(tensors_find(&tensors, "t"));
    assert_non_null(tensors_add(&tensors, &file, "t7", &arena, &err));
    assert_false(tensors_sort(&tensors, &err));
    assert_string_equal(err.text, "x: tensor t7 occurs twice");
    arena_free(&arena);
}

static void expect_dimension(Tensor *tensor, long long size, const char *message) {
    Error err = {0};
    assert_false(tensor_add_dimension(tensor, size, &err));
    assert_string_equal(err.text, message);
}

static void dimensions_are_checked(void **state) {
    (void)state;
    Error err = {0};
    const TensorFile file = {.path = "x"};
    Tensor tensor = {.name = "w", .file = &file, .n_elements = 1};
    expect_dimension(&tensor, 0, "x: tensor w: dimension 0 is 0, expected at least 1");
    expect_dimension(&tensor, -1, "x: tensor w: dimension 0 is -1, expected at least 1");
    expect_dimension(&tensor, (1LL << 53) + 1, "x: tensor w: too many elements");
    const int bits = sizeof(size_t) > 4 ? 53 : 28;  // of the largest power of two
    assert_true(tensor_add_dimension(&tensor, 1LL << 20, &err));
    assert_true(tensor_add_dimension(&tensor, 1LL << (bits - 20), &err));
    expect_dimension(&tensor, 2, "x: tensor w: too many elements");
    assert_true(tensor_add_dimension(&tensor, 1, &err));
    assert_true(tensor_add_dimension(&tensor, 1, &err));
    expect_dimension(&tensor, 1, "x: tensor w: more than 4 dimensions");
    assert_true(tensor.n_elements == (size_t)1 << bits);
}

/* The floats of a tensor of n 16-bit numbers. */
static void expect_floats(DType dtype, const uint16_t *bits, const float *expected, size_t n) {
    Arena arena = {0};
    Error err = {0};
    const Tensor tensor = {
        .name = "w", .dtype = dtype, .n_elements = n, .data = (const unsigned char *)bits};
    const float *got = tensor_floats(&tensor, &arena, &err);
    assert_non_null(got);
    assert_memory_equal(got, expected, n * sizeof *got);
    arena_free(&arena);
}

static void half_precision_is_widened_exactly(void **state) {
    (void)state;
    static const uint16_t bits[] = {0x0000, 0x8000, 0x3C00, 0xC000, 0x3555, 0x7BFF,
                                    0x0400, 0x03FF, 0x0001, 0x8001, 0x7C00, 0xFC00};
    static const float expected[] = {0.0F,        -0.0F,     1.0F,     -2.0F,
                                     0x1.554p-2F, 65504.0F,  0x1p-14F, 0x1.FF8p-15F,
                                     0x1p-24F,    -0x1p-24F, INFINITY, -INFINITY};
    expect_floats(DTYPE_F16, bits, expected, sizeof bits / sizeof bits[0]);
}

static void brain_floats_are_widened_exactly(void **state) {
    (void)state;
    static const uint16_t bits[] = {0x0000, 0x8000, 0x3F80, 0xC049, 0x7F80, 0x0001, 0x7F7F};
    static const float expected[] = {0.0F,     -0.0F,     1.0F,       -3.140625F,
                                     INFINITY, 0x1p-133F, 0x1.FEp127F};
    expect_floats(DTYPE_BF16, bits, expected, sizeof bits / sizeof bits[0]);
}

/* Every F16 pattern, against the definition of the format. NaN is only asked to stay one. */
static void every_half_is_right(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    enum { N = 65536 };
    static uint16_t bits[N];
    for (size_t i = 0; i < N; i++) bits[i] = (uint16_t)i;
    const Tensor tensor = {
        .name = "w", .dtype = DTYPE_F16, .n_elements = N, .data = (const unsigned char *)bits};
    const float *got = tensor_floats(&tensor, &arena, &err);
    assert_non_null(got);
    for (int i = 0; i < N; i++) {
        int exponent = i >> 10 & 31, fraction = i & 1023;
        double value = exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);
        if (exponent == 31 && fraction) {
            assert_true(isnan(got[i]));
            continue;
        }
        if (exponent == 31) value = (double)INFINITY;
        assert_true((double)got[i] == (i < 0x8000 ? value : -value));
        assert_int_equal(signbit(got[i]) != 0, i >= 0x8000);
    }
    arena_free(&arena);
}

static void floats_are_used_where_they_lie_if_aligned(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    static const float values[] = {1.5F, -2.0F, 0.25F};
    _Alignas(float) unsigned char bytes[sizeof values + 1];
    memcpy(bytes + 1, values, sizeof values);
    Tensor tensor = {.name = "w", .dtype = DTYPE_F32, .n_elements = 3};
    tensor.data = (const unsigned char *)values;
    assert_ptr_equal(tensor_floats(&tensor, &arena, &err), values);
    tensor.data = bytes + 1;
    const float *copy = tensor_floats(&tensor, &arena, &err);
    assert_memory_equal(copy, values, sizeof values);
    assert_int_equal((uintptr_t)copy % sizeof *copy, 0);
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tensors_are_found_by_name),
        cmocka_unit_test(dimensions_are_checked),
        cmocka_unit_test(half_precision_is_widened_exactly),
        cmocka_unit_test(brain_floats_are_widened_exactly),
        cmocka_unit_test(every_half_is_right),
        cmocka_unit_test(floats_are_used_where_they_lie_if_aligned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
