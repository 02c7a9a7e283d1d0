/* NumPy's archives: headers that are read, and every other. */
#include "model/npz.h"

#include "../base/scratch.h"
#include "npz_save.h"

static const float numbers[6] = {1, 2, 3, 4, 5, 6};

/* Opens an archive with one array, `w`. */
static bool open_array(const char *header, size_t n, bool deflated, Tensors *tensors, Arena *arena,
                       Error *err) {
    ZipFile zip = {0};
    Buffer file = {0};
    npz_add(&zip, "w", header, numbers, n, deflated);
    zip_file_finish(&zip, &file);
    const char *path = scratch_write("model.npz", file.data, file.size);
    buffer_free(&file);
    return tensors_open(path, npz_read, tensors, arena, err);
}

static void expect_shape(const char *header, size_t n, DType dtype, size_t rank,
                         const size_t *shape) {
    for (int deflated = 0; deflated < 2; deflated++) {
        Tensors tensors;
        Arena arena = {0};
        Error err = {0};
        if (!open_array(header, n, deflated, &tensors, &arena, &err)) fail_msg("%s", err.text);
        const Tensor *w = tensors_find(&tensors, "w");
        assert_true(w && w->dtype == dtype && w->rank == rank && w->n_bytes == n);
        assert_memory_equal(w->shape, shape, rank * sizeof *shape);
        assert_memory_equal(w->data, numbers, n);
        tensors_close(&tensors);
        arena_free(&arena);
    }
}

static void refused_as(xattn_error_kind kind, const char *header, size_t n, const char *message) {
    Tensors tensors;
    Arena arena = {0};
    Error err = {0};
    if (open_array(header, n, false, &tensors, &arena, &err)) fail_msg("read: %s", header);
    assert_contains(err.text, "model.npz: tensor w: ");
    assert_contains(err.text, message);
    if (err.kind != kind) fail_msg("kind %d: %s", (int)err.kind, err.text);
    tensors_close(&tensors);
    arena_free(&arena);
}

static void refused(const char *header, size_t n, const char *message) {
    refused_as(XATTN_MALFORMED, header, n, message);
}

static void headers_are_read(void **state) {
    (void)state;
    const size_t shape[] = {2, 3};
    expect_shape("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 24, DTYPE_F32, 2,
                 shape);
    expect_shape("{'descr': '<f4', 'fortran_order': False, 'shape': (2,3), }", 24, DTYPE_F32, 2,
                 shape);
    expect_shape("{'shape': (2, 3), 'fortran_order': False, 'descr': '<f4'}", 24, DTYPE_F32, 2,
                 shape);
    expect_shape("{'descr':'<f2','fortran_order':False,'shape':(2,3,)}", 12, DTYPE_F16, 2, shape);
    expect_shape("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", 4, DTYPE_F32, 0, shape);
    expect_shape("{'descr': '|i1', 'fortran_order': False, 'shape': (3,), }", 3, DTYPE_INT8, 1,
                 shape + 1);
    expect_shape("{'descr': '<i1', 'fortran_order': True, 'shape': (3,), }", 3, DTYPE_INT8, 1,
                 shape + 1);
    expect_shape("{'descr': '<f4', 'fortran_order': True, 'shape': (1, 3), }", 12, DTYPE_F32, 2,
                 (size_t[]){1, 3});
}

#define WITH(descr, order, shape) \
    "{'descr': " descr ", 'fortran_order': " order ", 'shape': " shape ", }"

static void other_headers_are_refused(void **state) {
    (void)state;
    refused("", 24, "its header is not a dict");
    refused("{", 24, "its header is not a dict");
    refused("{'descr': '<f4'", 24, "its header is not a dict");
    refused("{'descr': '<f4' 'fortran_order': False}", 24, "its header is not a dict");
    refused("{'descr' '<f4'}", 24, "its header is not a dict");
    refused("{descr: '<f4'}", 24, "its header is not a dict");
    refused("{}", 24, "lacks descr, fortran_order or shape");
    refused("{'descr': '<f4', 'shape': (2, 3)}", 24, "lacks descr, fortran_order or shape");
    refused("{'descr': '<f4', 'descr': '<f4'}", 24, "must have exactly descr");
    refused("{'a': 1}", 24, "must have exactly descr");
    refused("{'a very long key of more than 31 bytes': 1}", 24, "its header is not a dict");
    refused_as(XATTN_UNSUPPORTED, WITH("'<f8'", "False", "(3,)"), 24,
               "type <f8 is not supported, expected <f4");
    refused_as(XATTN_UNSUPPORTED, WITH("'>f4'", "False", "(2, 3)"), 24,
               "type >f4 is not supported");
    refused_as(XATTN_UNSUPPORTED, WITH("'|O'", "False", "(3,)"), 24, "type |O is not supported");
    refused_as(XATTN_UNSUPPORTED, WITH("[('a', '<f4')]", "False", "(3,)"), 24,
               "its elements are structures");
    refused_as(XATTN_UNSUPPORTED, WITH("'<f4'", "True", "(2, 3)"), 24,
               "it is stored column by column");
    refused(WITH("'<f4'", "Maybe", "(2, 3)"), 24, "must be True or False");
    refused(WITH("'<f4'", "False", "2"), 24, "\"shape\" must be a tuple of whole numbers");
    refused(WITH("'<f4'", "False", "(2.0,)"), 24, "\"shape\" must be a tuple");
    refused(WITH("'<f4'", "False", "(-2,)"), 24, "\"shape\" must be a tuple");
    refused(WITH("'<f4'", "False", "(2 3)"), 24, "\"shape\" must be a tuple");
    refused(WITH("'<f4'", "False", "(2, 3"), 24, "\"shape\" must be a tuple");
    refused(WITH("'<f4'", "False", "(2, , 3)"), 24, "\"shape\" must be a tuple");
    refused(WITH("'<f4'", "False", "(99999999999999999999999,)"), 24, "\"shape\" must be a tuple");
    refused(WITH("'<f4'", "False", "(0, 3)"), 24, "dimension 0 is 0, expected at least 1");
    refused(WITH("'<f4'", "False", "(1, 1, 1, 1, 6)"), 24, "more than 4 dimensions");
    refused(WITH("'<f4'", "False", "(2147483647, 2147483647, 2147483647)"), 24,
            "too many elements");
    refused(WITH("'<f4'", "False", "(268435455,)"), 24, "but F32 of [268435455] needs 1073741820");
    refused(WITH("'<f4'", "False", "(2, 3)"), 20, "20 bytes of data, but F32 of [2, 3] needs 24");
    refused(WITH("'<f4'", "False", "(2, 2)"), 24, "24 bytes of data, but F32 of [2, 2] needs 16");
    refused(WITH("'<f4'", "False", "(2, 3)") " 1", 24, "data after its header's dict");
}

static void refused_bytes(const char *name, const void *bytes, size_t n, const char *message) {
    ZipFile zip = {0};
    Buffer file = {0};
    Tensors tensors;
    Arena arena = {0};
    Error err = {0};
    zip_file_add(&zip, name, bytes, n, false);
    zip_file_finish(&zip, &file);
    const char *path = scratch_write("model.npz", file.data, file.size);
    assert_false(tensors_open(path, npz_read, &tensors, &arena, &err));
    assert_contains(err.text, "model.npz: ");
    assert_contains(err.text, message);
    tensors_close(&tensors);
    arena_free(&arena);
    buffer_free(&file);
}

static void what_is_no_array_is_refused(void **state) {
    (void)state;
    refused_bytes("w.npy", "", 0, "not an array of NumPy's");
    refused_bytes("w.npy", "\x93NUMPY\1", 7, "not an array of NumPy's");
    refused_bytes("w.npy", "\x93NUMPX\1\0\0\0", 10, "not an array of NumPy's");
    refused_bytes("w.npy", "\x93NUMPY\4\0\0\0\0\0", 12, "not an array of NumPy's, version 1 to 3");
    refused_bytes("w.npy", "\x93NUMPY\1\0\1\0", 10, "its header goes past its end");
    refused_bytes("w.npy", "\x93NUMPY\2\0\xFF\xFF\xFF\xFF", 12, "its header goes past its end");
    refused_bytes("readme.txt", "hello", 5, "readme.txt is not an array, NAME.npy");
    refused_bytes(".npy", "hello", 5, ".npy is not an array, NAME.npy");
    Tensors tensors;
    Arena arena = {0};
    Error err = {0};
    const char *path = scratch_write_text("model.npz", "hello");
    assert_false(tensors_open(path, npz_read, &tensors, &arena, &err));
    assert_contains(err.text, "not a ZIP archive, as NumPy's .npz files are");
    tensors_close(&tensors);
    arena_free(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_read),
        cmocka_unit_test(other_headers_are_refused),
        cmocka_unit_test(what_is_no_array_is_refused),
    };
    return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
