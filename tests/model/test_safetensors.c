/* The weights' container: what it may hold, and every way we know to get it wrong. */
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
    Safetensors st;
    assert_false(safetensors_open(path, &st, &arena, &err));
    assert_contains(err.text, path);
    assert_contains(err.text, message);
    safetensors_close(&st);
    arena_free(&arena);
}

static void refused_header(const char *header, size_t n_data, const char *message) {
    refused(write_file(AS_LONG_AS_IT_IS, header, strlen(header), n_data), message);
}

#define ENTRY(dtype, shape, begin, end) \
    "{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":[" begin "," end "]}"
#define ONE(dtype, shape, begin, end) "{\"w\":" ENTRY(dtype, shape, begin, end) "}"
#define TWO(a, b) "{\"w\":" a ",\"v\":" b "}"

static void a_file_is_read(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    Safetensors st;
    // Neither sorted by name nor by place; two spaces behind, as writers put them to align the data.
    static const char header[] = "{\"__metadata__\":{\"format\":\"pt\"},\"w\":" ENTRY(
        "F32", "[2,3]", "4", "28") ",\"b\":"  //
        ENTRY("F16", "[2]", "0", "4") ",\"scalar\":" ENTRY("BF16", "[]", "28", "30") "}  ";
    const char *path = write_file(AS_LONG_AS_IT_IS, header, strlen(header), 30);
    if (!safetensors_open(path, &st, &arena, &err)) fail_msg("%s", err.text);
    assert_int_equal(st.n, 3);

    const Tensor *w = safetensors_find(&st, "w"), *b = safetensors_find(&st, "b"),
                 *scalar = safetensors_find(&st, "scalar");
    assert_true(w && b && scalar);
    assert_true(w->dtype == DTYPE_F32 && w->rank == 2 && w->shape[0] == 2 && w->shape[1] == 3);
    assert_true(w->n_elements == 6 && w->data[0] == 4);
    assert_true(b->dtype == DTYPE_F16 && b->rank == 1 && b->n_elements == 2 && b->data[0] == 0);
    assert_true(scalar->rank == 0 && scalar->n_elements == 1 && scalar->data[0] == 28);
    assert_null(safetensors_find(&st, "W"));
    assert_null(safetensors_find(&st, ""));
    assert_null(safetensors_find(&st, "__metadata__"));

    char shape[96];
    assert_string_equal(shape_text(w->rank, w->shape, shape), "[2, 3]");
    assert_string_equal(shape_text(scalar->rank, scalar->shape, shape), "[]");
    safetensors_close(&st);
    arena_free(&arena);
}

static void a_file_may_hold_nothing(void **state) {
    (void)state;
    Arena arena = {0};
    Error err = {0};
    Safetensors st;
    assert_true(safetensors_open(write_file(AS_LONG_AS_IT_IS, "{}", 2, 0), &st, &arena, &err));
    assert_int_equal(st.n, 0);
    assert_null(safetensors_find(&st, "w"));
    safetensors_close(&st);
    arena_free(&arena);
}

/* The floats of a tensor of n 16-bit numbers. */
static void expect_floats(const char *dtype, const uint16_t *bits, const float *expected,
                          size_t n) {
    Arena arena = {0};
    Error err = {0};
    Safetensors st;
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
    if (!safetensors_open(path, &st, &arena, &err)) fail_msg("%s", err.text);
    const float *got = tensor_floats(safetensors_find(&st, "w"), &arena, &err);
    assert_non_null(got);
    assert_memory_equal(got, expected, n * sizeof *got);
    safetensors_close(&st);
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

static void short_files_are_refused(void **state) {
    (void)state;
    refused(scratch_write("model.safetensors", "", 0),
            "0 bytes, a safetensors file has at least 8");
    refused(scratch_write("model.safetensors", "\2\0\0\0\0\0\0", 7), "7 bytes");
    refused(scratch_write("model.safetensors", "\0\0\0\0\0\0\0\0", 8), "header of 0 bytes");
    refused(scratch_write("model.safetensors", "\2\0\0\0\0\0\0\0", 8), "header of 2 bytes");
}

static void wrong_header_lengths_are_refused(void **state) {
    (void)state;
    static const char header[] = ONE("F32", "[1]", "0", "4");
    const size_t n = sizeof header - 1;
    static const struct {
        long long claimed;
        const char *message;
    } cases[] = {
        {0, "header of 0 bytes, expected 2 to"},
        {1, "header of 1 bytes"},
        {7, "not JSON"},  // ends inside the header
        {1000, "header of 1000 bytes, expected 2 to"},
        {200 * 1000 * 1000, "header of 200000000 bytes"},
        {INT64_MAX, "header of 9223372036854775807 bytes"},
        {INT64_MIN, "header of 9223372036854775808 bytes"},  // 2^63
        {-2, "header of 18446744073709551614 bytes"},        // + 8 would wrap around
        {-8, "header of 18446744073709551608 bytes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        refused(write_file(cases[i].claimed, header, n, 4), cases[i].message);
}

static void headers_that_are_no_object_are_refused(void **state) {
    (void)state;
    refused_header("[]", 0, "expected a JSON object");
    refused_header("12", 0, "expected a JSON object");
    refused_header("{\"w\":", 0, "not JSON");
    refused_header("    ", 0, "not JSON");
    refused_header("{}{}", 0, "text behind the end of the JSON");
    refused_header("{\"\xFF\":1}", 0, "byte 2 (line 1) is not UTF-8");
    refused_header("{\"a\\u0000\":1}", 0, "holds a NUL");
    refused(write_file(AS_LONG_AS_IT_IS, "{}\0\0", 4, 0), "holds a NUL");
    enum { DEPTH = 10000 };
    static char deep[6 * DEPTH];
    for (size_t i = 0; i < DEPTH; i++) memcpy(deep + 5 * i, "{\"a\":", 5);
    memset(deep + 5 * DEPTH, '}', DEPTH);
    refused(write_file(AS_LONG_AS_IT_IS, deep, sizeof deep, 0), "nested too deep");
}

static void malformed_entries_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *header;
        size_t n_data;
        const char *message;
    } cases[] = {
        // the entry
        {"{\"w\":1}", 0, "tensor w: expected dtype, shape and data_offsets"},
        {"{\"w\":[]}", 0, "tensor w: expected dtype"},
        {"{\"w\":{}}", 0, "tensor w: expected dtype"},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "tensor w: expected dtype"},
        {"{\"w\":{\"dtype\":\"F32\",\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4,
         "tensor w: expected dtype"},
        {"{\"w\":{\"Dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "no \"dtype\""},
        {TWO(ENTRY("F32", "[1]", "0", "4"), ENTRY("F32", "[1]", "4", "8") ",\"w\":"  //
             ENTRY("F32", "[1]", "8", "12")),
         12, "\"w\" occurs twice"},
        {"{\"__metadata__\":{},\"__metadata__\":{}}", 0, "\"__metadata__\" occurs twice"},
        {"{\"__metadata__\":[]}", 0, "\"__metadata__\" is not an object"},
        {"{\"__metadata__\":{\"a\":1}}", 0, "something else than strings"},
        // dtype
        {ONE("I64", "[1]", "0", "8"), 8, "tensor w: dtype I64 is not supported, expected F32"},
        {ONE("F64", "[1]", "0", "8"), 8, "dtype F64"},
        {ONE("f32", "[1]", "0", "4"), 4, "dtype f32"},
        {ONE("", "[1]", "0", "4"), 4, "is not supported"},
        {"{\"w\":{\"dtype\":4,\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "no \"dtype\""},
        // shape
        {ONE("F32", "1", "0", "4"), 4, "\"shape\" must be a list of at most 4 numbers"},
        {ONE("F32", "{}", "0", "4"), 4, "\"shape\" must be a list"},
        {ONE("F32", "null", "0", "4"), 4, "\"shape\" must be a list"},
        {ONE("F32", "[1,1,1,1,1]", "0", "4"), 4, "at most 4 numbers"},
        {ONE("F32", "[0]", "0", "0"), 0, "w: \"shape\" is 0, expected an integer from 1"},
        {ONE("F32", "[2,0]", "0", "0"), 0, "w: \"shape\" is 0"},
        {ONE("F32", "[-1]", "0", "4"), 4, "w: \"shape\" is -1"},
        {ONE("F32", "[-0]", "0", "0"), 0, "w: \"shape\" is -0"},
        {ONE("F32", "[1.5]", "0", "6"), 6, "w: \"shape\" is 1.5"},
        {ONE("F32", "[1e300]", "0", "4"), 4, "w: \"shape\" is 1.0000000000000001e+300"},
        {ONE("F32", "[2147483648]", "0", "4"), 4, "w: \"shape\" is 2147483648"},
        {ONE("F32", "[\"1\"]", "0", "4"), 4, "w: \"shape\" is not a number"},
        {ONE("F32", "[[1]]", "0", "4"), 4, "w: \"shape\" is not a number"},
        // 2^62 elements of 4 bytes are 0 bytes modulo 2^64
        {ONE("F32", "[2147483647,2147483647]", "0", "4"), 4, "tensor w: too many elements"},
        {ONE("F32", "[1073741824,1073741824,4]", "0", "0"), 0, "tensor w: too many elements"},
        // data_offsets
        {ONE("F32", "[1]", "\"0\"", "4"), 4, "w: \"data_offsets\" is not a number"},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":4}}", 4, "must be two numbers"},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[]}}", 4, "must be two numbers"},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4, "must be two"},
        {"{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 4, "must be two"},
        {ONE("F32", "[1]", "-4", "0"), 4, "w: \"data_offsets\" is -4, expected an integer from 0"},
        {ONE("F32", "[1]", "0.5", "4.5"), 8, "w: \"data_offsets\" is 0.5"},
        {ONE("F32", "[1]", "0", "1e300"), 4, "w: \"data_offsets\" is 1.0000000000000001e+300"},
        {ONE("F32", "[1]", "4", "0"), 4, "w: \"data_offsets\" is 0, expected an integer from 4"},
        {ONE("F32", "[1]", "4", "8"), 4,
         "w: \"data_offsets\" is 8, expected an integer from 4 to 4"},
        {ONE("F32", "[1]", "8", "12"), 4,
         "w: \"data_offsets\" is 8, expected an integer from 0 to 4"},
        {ONE("F32", "[2]", "0", "4"), 4, "tensor w: 4 bytes of data, but F32 of [2] needs 8"},
        {ONE("F16", "[2, 3]", "0", "24"), 24, "24 bytes of data, but F16 of [2, 3] needs 12"},
        {ONE("F32", "[]", "0", "0"), 0, "0 bytes of data, but F32 of [] needs 4"},
        // how they lie
        {TWO(ENTRY("F32", "[2]", "0", "8"), ENTRY("F32", "[1]", "4", "8")), 8,
         "tensor v begins at byte 4 of the data, expected 8: it overlaps another"},
        {TWO(ENTRY("F32", "[1]", "0", "4"), ENTRY("F32", "[1]", "0", "4")), 4, "overlaps another"},
        {TWO(ENTRY("F32", "[1]", "0", "4"), ENTRY("F32", "[1]", "8", "12")), 12,
         "tensor v begins at byte 8 of the data, expected 4: there is a gap"},
        {ONE("F32", "[1]", "4", "8"), 8, "tensor w begins at byte 4 of the data, expected 0"},
        {ONE("F32", "[1]", "0", "4"), 7, "3 bytes behind the last tensor"},
        {"{}", 5, "5 bytes behind the last tensor"},
        {"{\"__metadata__\":{}}", 1, "1 bytes behind the last tensor"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        refused_header(cases[i].header, cases[i].n_data, cases[i].message);
}

/* A rank that would overflow a table, names that would overflow a message. */
static void huge_entries_are_refused(void **state) {
    (void)state;
    Buffer header = {0};
    buffer_string(&header, "{\"w\":{\"dtype\":\"F32\",\"data_offsets\":[0,4],\"shape\":[1");
    for (size_t i = 0; i < 100000; i++) buffer_string(&header, ",1");
    buffer_string(&header, "]}}");
    refused_header(header.data, 4, "at most 4 numbers");
    buffer_clear(&header);
    buffer_string(&header, "{\"");
    for (size_t i = 0; i < 100000; i++) buffer_string(&header, "\xC3\xA9");
    buffer_string(&header, "\":1}");
    refused_header(header.data, 4, "tensor \xC3\xA9\xC3\xA9");
    buffer_free(&header);
    refused_header("{\"\\u001b[31m\":1}", 0, "tensor ?[31m: expected");
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
        cmocka_unit_test(short_files_are_refused),
        cmocka_unit_test(wrong_header_lengths_are_refused),
        cmocka_unit_test(headers_that_are_no_object_are_refused),
        cmocka_unit_test(malformed_entries_are_refused),
        cmocka_unit_test(huge_entries_are_refused),
        cmocka_unit_test(every_prefix_is_refused),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
