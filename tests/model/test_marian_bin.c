/* The container of Marian's models: what it holds. The ways to get it wrong: tests/hostile/test_firefox.c. */
#include "model/marian_bin.h"

#include "../base/scratch.h"
#include "layers.h"
#include "marian_file.h"
#include "model/shape.h"

static bool open_bytes(const void *bytes, size_t n, Tensors *bin, Arena *arena, Error *err) {
    return tensors_open(scratch_write("model.bin", bytes, n), marian_bin_read, bin, arena, err);
}

/* Fails unless the bytes are refused with a message that names the file and holds `message`. */
static void refused(const void *bytes, size_t n, const char *message) {
    Arena arena = {0};
    Error err = {0};
    Tensors bin;
    assert_false(open_bytes(bytes, n, &bin, &arena, &err));
    assert_contains(err.text, scratch_path("model.bin"));
    assert_contains(err.text, message);
    tensors_close(&bin);
    arena_free(&arena);
}

static void a_file_is_read(void **state) {
    (void)state;
    Buffer bytes = marian_file_sample();
    Arena arena = {0};
    Error err = {0};
    Tensors bin;
    if (!open_bytes(bytes.data, bytes.size, &bin, &arena, &err)) fail_msg("%s", err.text);
    assert_int_equal(bin.n, 3);
    const Tensor *m = tensors_find(&bin, "m"), *q = tensors_find(&bin, "q");
    const Tensor *text = tensors_find(&bin, "special:model.yml");
    assert_true(m && q && text && !tensors_find(&bin, "Q") && !tensors_find(&bin, ""));
    assert_true(m->dtype == DTYPE_F32 && q->dtype == DTYPE_INTGEMM8 && text->dtype == DTYPE_INT8);
    assert_true(q->rank == 2 && q->shape[0] == 2 && q->shape[1] == 3 && q->n_elements == 6);
    assert_string_equal((const char *)text->data, "a: b\n");
    char shape[96];
    assert_string_equal(shape_text(q->rank, q->shape, shape), "[2, 3]");
    tensors_close(&bin);
    arena_free(&arena);
    buffer_free(&bytes);
}

static void expect(const float *got, const float *expected, size_t n) {
    assert_non_null(got);
    for (size_t i = 0; i < n; i++) assert_true(got[i] == expected[i]);
}

static void weights_become_floats(void **state) {
    (void)state;
    Buffer bytes = marian_file_sample();
    Arena arena = {0};
    Error err = {0};
    Tensors bin;
    assert_true(open_bytes(bytes.data, bytes.size, &bin, &arena, &err));
    const Tensor *m = tensors_find(&bin, "m"), *q = tensors_find(&bin, "q");
    static const float as_is[] = {0.5F, -1.0F, 2.0F, 0.25F, 8.0F, -4.0F};
    static const float turned[] = {0.5F, 0.25F, -1.0F, 8.0F, 2.0F, -4.0F};
    static const float divided[] = {31.75F, -31.75F, 0.0F, 0.25F, -0.5F, 16.0F};
    expect(tensor_floats(m, &arena, &err), as_is, 6);
    Weights w;
    assert_true(tensor_weights(m, 3, 2, true, XATTN_AS_STORED, &w, &arena, &err) &&
                w.type == WEIGHTS_F32);
    expect(floats_of(&arena, &w, 3, 2), turned, 6);
    assert_true(tensor_weights(m, 2, 3, false, XATTN_AS_STORED, &w, &arena, &err));
    expect(floats_of(&arena, &w, 2, 3), as_is, 6);
    expect(tensor_floats(q, &arena, &err), divided, 6);
    assert_true(tensor_weights(q, 3, 2, true, XATTN_AS_STORED, &w, &arena, &err) &&
                w.type == WEIGHTS_INT8);
    expect(floats_of(&arena, &w, 3, 2), divided, 6);  // it lies turned already
    assert_true(tensor_weights(q, 3, 2, true, XATTN_F32, &w, &arena, &err));
    assert_true(w.type == WEIGHTS_F32);
    expect(floats_of(&arena, &w, 3, 2), divided, 6);
    assert_ptr_equal(tensor_floats(m, &arena, &err), m->data);  // aligned: not copied
    Tensor crooked = *m;
    unsigned char moved[sizeof as_is + 1];
    memcpy(moved + 1, m->data, sizeof as_is);
    crooked.data = moved + 1;
    expect(tensor_floats(&crooked, &arena, &err), as_is, 6);
    assert_true(tensor_weights(&crooked, 3, 2, true, XATTN_AS_STORED, &w, &arena, &err));
    expect(floats_of(&arena, &w, 3, 2), turned, 6);
    tensors_close(&bin);
    arena_free(&arena);
    buffer_free(&bytes);
}

static void every_short_file_is_refused(void **state) {
    (void)state;
    Buffer bytes = marian_file_sample();
    for (size_t n = 0; n < bytes.size; n++) refused(bytes.data, n, "");
    buffer_free(&bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read),
        cmocka_unit_test(weights_become_floats),
        cmocka_unit_test(every_short_file_is_refused),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
