/* The weights' container: what it may hold. The ways to get it wrong: tests/hostile/test_safetensors.c. */
#include "model/safetensors.h"

#include <math.h>

#include "../base/scratch.h"
#include "base/buffer.h"
#include "model/shape.h"

enum { AS_LONG_AS_IT_IS = -1 };

/* A file with this header and n_data bytes 0, 1, 2 … of data. `claimed` is the length that it gives
   its header. */
static const char *write_file(long long claimed, const char *header, size_t n_header,
                              size_t n_data) {
    Buffer file = {0};
    uint64_t length = claimed == AS_LONG_AS_IT_IS ? n_header : (uint64_t)claimed;
    buffer_append(&file, &length, sizeof length);
    buffer_append(&file, header, n_header);
    for (size_t i = 0; i < n_data; i++) buffer_byte(&file, (char)i);
    assert_false(file.failed);
    const char *path = scratch_write("model.safetensors", file.data, file.size);
    buffer_free(&file);
    return path;
}

/* Fails unless the file is refused with a message that names it and holds `message`. */
static void refused(const char *path, const char *message) {
    Arena arena = {0};
    Error err = {0};
    Tensors st;
    assert_false(tensors_open(path, safetensors_read, &st, &arena, &err));
    assert_contains(err.text, path);
    assert_contains(err.text, message);
    tensors_close(&st);
    arena_free(&arena);
}

#define ENTRY(dtype, shape, begin, end) \
    "{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":[" begin "," end "]}"
#define TWO(a, b) "{\"w\":" a ",\"v\":" b "}"

static void a_file_is_read(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    Tensors st;
    // Neither sorted by name nor by place; two spaces behind, as writers put them to align the data.
    static const char header[] = "{\"__metadata__\":{\"format\":\"pt\"},\"w\":" ENTRY(
        "F32", "[2,3]", "4", "28") ",\"b\":"  //
        ENTRY("F16", "[2]", "0", "4") ",\"scalar\":" ENTRY("BF16", "[]", "28", "30") "}  ";
    const char *path = write_file(AS_LONG_AS_IT_IS, header, strlen(header), 30);
    if (!tensors_open(path, safetensors_read, &st, &arena, &err)) fail_msg("%s", err.text);
    assert_int_equal(st.n, 3);

    const Tensor *w = tensors_find(&st, "w"), *b = tensors_find(&st, "b"),
                 *scalar = tensors_find(&st, "scalar");
    assert_true(w && b && scalar);
    assert_true(w->dtype == DTYPE_F32 && w->rank == 2 && w->shape[0] == 2 && w->shape[1] == 3);
    assert_true(w->n_elements == 6 && w->data[0] == 4);
    assert_true(b->dtype == DTYPE_F16 && b->rank == 1 && b->n_elements == 2 && b->data[0] == 0);
    assert_true(scalar->rank == 0 && scalar->n_elements == 1 && scalar->data[0] == 28);
    assert_null(tensors_find(&st, "W"));
    assert_null(tensors_find(&st, ""));
    assert_null(tensors_find(&st, "__metadata__"));

    char shape[96];
    assert_string_equal(shape_text(w->rank, w->shape, shape), "[2, 3]");
    assert_string_equal(shape_text(scalar->rank, scalar->shape, shape), "[]");
    tensors_close(&st);
    arena_free(&arena);
}

static void a_file_may_hold_nothing(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    Tensors st;
    assert_true(tensors_open(write_file(AS_LONG_AS_IT_IS, "{}", 2, 0), safetensors_read, &st,
                             &arena, &err));
    assert_int_equal(st.n, 0);
    assert_null(tensors_find(&st, "w"));
    tensors_close(&st);
    arena_free(&arena);
}

/* The floats of a tensor of n 16-bit numbers. */
static void expect_floats(const char *dtype, const uint16_t *bits, const float *expected,
                          size_t n) {
    Arena arena = {0};
    Error err = {0};
    Tensors st;
    Buffer file = {0};
    char header[128];
    uint64_t length = (uint64_t)snprintf(
        header, sizeof header,
        "{\"w\":{\"dtype\":\"%s\",\"shape\":[%zu],\"data_offsets\":[0,%zu]}}", dtype, n, 2 * n);
    buffer_append(&file, &length, sizeof length);
    buffer_append(&file, header, (size_t)length);
    buffer_append(&file, bits, 2 * n);
    const char *path = scratch_write("model.safetensors", file.data, file.size);
    buffer_free(&file);
    if (!tensors_open(path, safetensors_read, &st, &arena, &err)) fail_msg("%s", err.text);
    const float *got = tensor_floats(tensors_find(&st, "w"), &arena, &err);
    assert_non_null(got);
    assert_memory_equal(got, expected, n * sizeof *got);
    tensors_close(&st);
    arena_free(&arena);
}

static void half_precision_is_widened_exactly(void **state) {
    (void)state;
    static const uint16_t bits[] = {0x0000, 0x8000, 0x3C00, 0xC000, 0x3555, 0x7BFF,
                                    0x0400, 0x03FF, 0x0001, 0x8001, 0x7C00, 0xFC00};
    static const float expected[] = {0.0F,        -0.0F,     1.0F,     -2.0F,
                                     0x1.554p-2F, 65504.0F,  0x1p-14F, 0x1.FF8p-15F,
                                     0x1p-24F,    -0x1p-24F, INFINITY, -INFINITY};
    expect_floats("F16", bits, expected, sizeof bits / sizeof bits[0]);
}

static void brain_floats_are_widened_exactly(void **state) {
    (void)state;
    static const uint16_t bits[] = {0x0000, 0x8000, 0x3F80, 0xC049, 0x7F80, 0x0001, 0x7F7F};
    static const float expected[] = {0.0F,     -0.0F,     1.0F,       -3.140625F,
                                     INFINITY, 0x1p-133F, 0x1.FEp127F};
    expect_floats("BF16", bits, expected, sizeof bits / sizeof bits[0]);
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

static void what_is_no_file_is_refused(void **state) {
    (void)state;
    refused(scratch_path("missing"), "No such file");
    refused(scratch_folder, "a directory");
    refused("/dev/zero", "not a regular file");
    const char *fifo = scratch_path("fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    alarm(20);
    refused(fifo, "not a regular file");
    alarm(0);
}

/* Every prefix of a good file is refused. */
static void every_prefix_is_refused(void **state) {
    (void)state;
    static const char header[] =
        TWO(ENTRY("F32", "[2,1]", "0", "8"), ENTRY("F16", "[3]", "8", "14"));
    char whole[256];
    const size_t n = 8 + sizeof header - 1 + 14;
    FILE *file = fopen(write_file(AS_LONG_AS_IT_IS, header, sizeof header - 1, 14), "rb");
    assert_non_null(file);
    assert_int_equal(fread(whole, 1, sizeof whole, file), n);
    fclose(file);
    for (size_t size = 0; size < n; size++)
        refused(scratch_write("model.safetensors", whole, size), "model.safetensors");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read),
        cmocka_unit_test(a_file_may_hold_nothing),
        cmocka_unit_test(half_precision_is_widened_exactly),
        cmocka_unit_test(brain_floats_are_widened_exactly),
        cmocka_unit_test(every_half_is_right),
        cmocka_unit_test(floats_are_used_where_they_lie_if_aligned),
        cmocka_unit_test(what_is_no_file_is_refused),
        cmocka_unit_test(every_prefix_is_refused),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
