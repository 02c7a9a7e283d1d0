/* The container of Marian's models: what it holds, and every way we know to get it wrong. */
#include "model/marian_bin.h"

#include <math.h>

#include "../base/scratch.h"
#include "marian_file.h"
#include "model/shape.h"

/* Two tensors and a text: `m` [2, 3] of f32, `q` [2, 3] of intgemm8, and the settings. */
static Buffer sample(void) {
    static const float floats[] = {0.5F, -1.0F, 2.0F, 0.25F, 8.0F, -4.0F};
    static const int8_t bytes[] = {127, -127, 0, 1, -2, 64};
    MarianFile file = {0};
    Buffer out = {0};
    marian_file_floats(&file, "m", 2, 3, floats);
    marian_file_int8(&file, "q", 2, 3, bytes, 4.0F);
    marian_file_text(&file, "special:model.yml", "a: b\n");
    marian_file_finish(&file, &out);
    return out;
}

/* Where the sample's parts begin: see marian_bin.h. */
enum { VERSION = 0, COUNT = 8, HEADER = 16, HEADER_SIZE = 32, NAMES = HEADER + 3 * HEADER_SIZE };
enum { NAME_LENGTH = 0, TYPE = 8, RANK = 16, N_BYTES = 24 };  // in a header
enum { SHAPES = NAMES + 2 + 2 + 18, PADDING = SHAPES + 4 * (2 + 2 + 1), DATA = 256 };

static bool open_bytes(const void *bytes, size_t n, MarianBin *bin, Arena *arena, Error *err) {
    return marian_bin_open(scratch_write("model.bin", bytes, n), bin, arena, err);
}

/* Fails unless the bytes are refused with a message that names the file and holds `message`. */
static void refused(const void *bytes, size_t n, const char *message) {
    Arena arena = {0};
    Error err = {0};
    MarianBin bin;
    assert_false(open_bytes(bytes, n, &bin, &arena, &err));
    assert_contains(err.text, scratch_path("model.bin"));
    assert_contains(err.text, message);
    marian_bin_close(&bin);
    arena_free(&arena);
}

static void a_file_is_read(void **state) {
    (void)state;
    Buffer bytes = sample();
    Arena arena = {0};
    Error err = {0};
    MarianBin bin;
    if (!open_bytes(bytes.data, bytes.size, &bin, &arena, &err)) fail_msg("%s", err.text);
    assert_int_equal(bin.n, 3);
    const MarianTensor *m = marian_bin_find(&bin, "m"), *q = marian_bin_find(&bin, "q");
    const MarianTensor *text = marian_bin_find(&bin, "special:model.yml");
    assert_true(m && q && text && !marian_bin_find(&bin, "Q") && !marian_bin_find(&bin, ""));
    assert_true(m->type == MARIAN_F32 && q->type == MARIAN_INTGEMM8 && text->type == MARIAN_INT8);
    assert_true(q->rank == 2 && q->shape[0] == 2 && q->shape[1] == 3 && q->n_elements == 6);
    assert_string_equal((const char *)text->data, "a: b\n");
    char shape[96];
    assert_string_equal(shape_text(q->rank, q->shape, shape), "[2, 3]");
    marian_bin_close(&bin);
    arena_free(&arena);
    buffer_free(&bytes);
}

static void expect(const float *got, const float *expected, size_t n) {
    assert_non_null(got);
    for (size_t i = 0; i < n; i++) assert_true(got[i] == expected[i]);
}

static void weights_become_floats(void **state) {
    (void)state;
    Buffer bytes = sample();
    Arena arena = {0};
    Error err = {0};
    MarianBin bin;
    assert_true(open_bytes(bytes.data, bytes.size, &bin, &arena, &err));
    const MarianTensor *m = marian_bin_find(&bin, "m"), *q = marian_bin_find(&bin, "q");
    static const float as_is[] = {0.5F, -1.0F, 2.0F, 0.25F, 8.0F, -4.0F};
    static const float turned[] = {0.5F, 0.25F, -1.0F, 8.0F, 2.0F, -4.0F};
    static const float divided[] = {31.75F, -31.75F, 0.0F, 0.25F, -0.5F, 16.0F};
    expect(marian_tensor_floats(m, &arena, &err), as_is, 6);
    Weights w;
    assert_true(marian_tensor_weights(m, 3, 2, true, &w, &arena, &err) && w.type == WEIGHTS_F32);
    expect(w.data, turned, 6);
    assert_true(marian_tensor_weights(m, 2, 3, false, &w, &arena, &err));
    assert_ptr_equal(w.data, m->data);
    expect(marian_tensor_floats(q, &arena, &err), divided, 6);
    assert_true(marian_tensor_weights(q, 3, 2, true, &w, &arena, &err) && w.type == WEIGHTS_INT8);
    assert_ptr_equal(w.data, q->data);  // it lies turned already
    for (int i = 0; i < 3; i++) assert_true(w.scales[i] == 0.25F);
    assert_ptr_equal(marian_tensor_floats(m, &arena, &err), m->data);  // aligned: not copied
    MarianTensor crooked = *m;
    unsigned char moved[sizeof as_is + 1];
    memcpy(moved + 1, m->data, sizeof as_is);
    crooked.data = moved + 1;
    expect(marian_tensor_floats(&crooked, &arena, &err), as_is, 6);
    assert_true(marian_tensor_weights(&crooked, 3, 2, true, &w, &arena, &err));
    expect(w.data, turned, 6);
    marian_bin_close(&bin);
    arena_free(&arena);
    buffer_free(&bytes);
}

static void every_short_file_is_refused(void **state) {
    (void)state;
    Buffer bytes = sample();
    for (size_t n = 0; n < bytes.size; n++) refused(bytes.data, n, "");
    refused(bytes.data, 0, "the version: 8 bytes at byte 0, but only 0 are left");
    refused(bytes.data, 20, "3 tensors, but the file has room for the headers of 0");
    buffer_byte(&bytes, 'x');
    refused(bytes.data, bytes.size, "1 bytes behind the last tensor");
    buffer_free(&bytes);
}

/* One number of the sample replaced by another. */
static void wrong_numbers_are_refused(void **state) {
    (void)state;
    enum { M = HEADER, Q = HEADER + HEADER_SIZE };
    static const struct {
        size_t at, size;
        uint64_t value;
        const char *message;
    } cases[] = {
        {VERSION, 8, 2, "not a binary Marian model: version 2, expected 1"},
        {COUNT, 8, 4, "the name of tensor 0"},  // behind a header that is none
        {COUNT, 8, UINT64_MAX, "18446744073709551615 tensors, but the file has room"},
        {COUNT, 8, UINT64_C(1) << 59, "576460752303423488 tensors"},
        {M + NAME_LENGTH, 8, 0, "the name of tensor 0: 0 bytes, expected text and one NUL"},
        {M + NAME_LENGTH, 8, 1, "the name of tensor 0: 1 bytes, expected text and one NUL"},
        {M + NAME_LENGTH, 8, 4, "the name of tensor 0: 4 bytes, expected text and one NUL"},
        {M + NAME_LENGTH, 8, UINT64_MAX, "the name of tensor 0: 18446744073709551615 bytes"},
        {Q + NAME_LENGTH, 8, 100000, "the name of tensor 1: 100000 bytes at byte 114"},
        {NAMES + 1, 1, 'x', "the name of tensor 0"},
        {NAMES + 2, 1, 'm', "tensor m occurs twice"},
        {M + TYPE, 8, 0x0402, "tensor m: type 0x0402 is not supported"},
        {M + TYPE, 8, UINT64_MAX, "tensor m: type 0xffffffffffffffff is not supported"},
        {Q + TYPE, 8, 0x14101, "tensor q: type 0x14101 is not supported"},
        {M + RANK, 8, 0, "tensor m: 0 dimensions, expected 1 to 4"},
        {M + RANK, 8, 5, "tensor m: 5 dimensions, expected 1 to 4"},
        {M + RANK, 8, UINT64_C(1) << 62, "tensor m: 4611686018427387904 dimensions"},
        {SHAPES, 4, 0, "tensor m: dimension 0 is 0, expected at least 1"},
        {SHAPES + 4, 4, (uint32_t)-3, "tensor m: dimension 1 is -3, expected at least 1"},
        {SHAPES, 4, INT32_MAX, "256 bytes of data, but f32 of [2147483647, 3] needs"},
        {SHAPES, 4, 100, "tensor m: 256 bytes of data, but f32 of [100, 3] needs 1200"},
        {M + N_BYTES, 8, 20, "tensor m: 20 bytes of data, but f32 of [2, 3] needs 24"},
        {Q + N_BYTES, 8, 9, "tensor q: 9 bytes of data, but intgemm8 of [2, 3] needs 10"},
        {Q + N_BYTES, 8, UINT64_MAX, "tensor q: 18446744073709551615 bytes of data"},
        {PADDING, 8, UINT64_MAX, "the padding: 18446744073709551615 bytes"},
        {PADDING, 8, 0, "tensor q: multiplier"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        Buffer bytes = sample();
        memcpy(bytes.data + cases[i].at, &cases[i].value, cases[i].size);
        refused(bytes.data, bytes.size, cases[i].message);
        buffer_free(&bytes);
    }
}

static void dimensions_may_not_overflow(void **state) {
    (void)state;
    static const int32_t huge[] = {INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX};
    MarianFile file = {0};
    Buffer bytes = {0};
    marian_file_add(&file, "w", MARIAN_F32, 4, huge, "", 0);
    marian_file_finish(&file, &bytes);
    refused(bytes.data, bytes.size, "tensor w: too many elements");
    buffer_free(&bytes);
}

static void multipliers_must_be_numbers_above_zero(void **state) {
    (void)state;
    static const float wrong[] = {0.0F, -1.0F, NAN, INFINITY};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        Buffer bytes = sample();
        memcpy(bytes.data + DATA + 256 + 6, &wrong[i], sizeof wrong[i]);
        refused(bytes.data, bytes.size, "tensor q: multiplier ");
        buffer_free(&bytes);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read),
        cmocka_unit_test(weights_become_floats),
        cmocka_unit_test(every_short_file_is_refused),
        cmocka_unit_test(wrong_numbers_are_refused),
        cmocka_unit_test(dimensions_may_not_overflow),
        cmocka_unit_test(multipliers_must_be_numbers_above_zero),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
