/* The weights' container: what it may hold. The ways to get it wrong: tests/hostile/test_safetensors.c. */
#include "model/safetensors.h"

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

/* As safetensors.torch.save_model writes them: "ANOTHER NAME": "NAME". */
static void other_names_are_tensors_too(void **state) {
    (void)state;
    static const char header[] =
        "{\"__metadata__\":{\"format\":\"pt\",\"v\":\"w\",\"u\":\"w\",\"w\":\"w\",\"x\":\"y\"},"
        "\"w\":" ENTRY("F32", "[1]", "0", "4") "}";
    Arena arena = {0};
    Error err = {0};
    Tensors st;
    const char *path = write_file(AS_LONG_AS_IT_IS, header, sizeof header - 1, 4);
    if (!tensors_open(path, safetensors_read, &st, &arena, &err)) fail_msg("%s", err.text);
    assert_int_equal(st.n, 3);
    const Tensor *w = tensors_find(&st, "w"), *v = tensors_find(&st, "v");
    assert_true(w && v && tensors_find(&st, "u") && !tensors_find(&st, "x"));
    assert_true(v->data == w->data && v->rank == 1 && v->shape[0] == 1);
    tensors_close(&st);
    arena_free(&arena);
    static const char twice[] =
        "{\"__metadata__\":{\"v\":\"w\",\"v\":\"w\"},"
        "\"w\":" ENTRY("F32", "[1]", "0", "4") "}";
    refused(write_file(AS_LONG_AS_IT_IS, twice, sizeof twice - 1, 4), "tensor v occurs twice");
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
        cmocka_unit_test(other_names_are_tensors_too),
        cmocka_unit_test(what_is_no_file_is_refused),
        cmocka_unit_test(every_prefix_is_refused),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
