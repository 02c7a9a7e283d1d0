/* .npy files, to the byte; tests/browser reads them with numpy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "align/npy.h"
#include "fixture.h"

/* The file starts with this header, which ends at a multiple of 64 bytes; what follows it. */
static const unsigned char *expect_header(const Buffer *file, const char *dict, size_t n_values) {
    const unsigned char *bytes = (const unsigned char *)file->data;
    assert_memory_equal(bytes, "\x93NUMPY\x01\x00", 8);
    size_t length = bytes[8] + 256u * bytes[9], written = strlen(dict);
    assert_int_equal((10 + length) % 64, 0);
    assert_memory_equal(bytes + 10, dict, written);
    for (size_t i = written; i < length - 1; i++) assert_int_equal(bytes[10 + i], ' ');
    assert_int_equal(bytes[10 + length - 1], '\n');
    assert_int_equal(file->size, 10 + length + 4 * n_values);
    return bytes + 10 + length;
}

static void values_are_little_endian_floats(void **state) {
    (void)state;
    const float values[] = {1.0f, -2.5f, 0.0f};
    const size_t shape[] = {3};
    Error err;
    Buffer out = {0};
    assert_true(npy_write(values, shape, 1, &out, &err));
    const unsigned char *data =
        expect_header(&out, "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", 3);
    const unsigned char expected[] = {0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0, 0, 0, 0, 0};
    assert_memory_equal(data, expected, sizeof expected);
    buffer_free(&out);
}

static void maps_are_layers_by_heads(void **state) {
    (void)state;
    xattn_translation t = fixture_translation();
    xattn_maps *maps;
    Error err;
    Buffer out = {0};
    assert_non_null(maps = xattn_maps_of(
                        &t,
                        &(xattn_map_options){XATTN_MAP_OPTIONS, .has_layer = true, .has_head = true,
                                             .layer = XATTN_ALL, .head = XATTN_ALL},
                        &err));
    assert_true(npy_write_maps(maps, &out, &err));
    const unsigned char *data = expect_header(
        &out, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, 6, 5), }", 180);
    float cell;
    memcpy(&cell, data + 4 * (((1 * 3 + 2) * 6 + 4) * 5 + 3), sizeof cell);  // on these machines
    assert_true(cell == fixture_cell(1, 2, 4, 3));
    xattn_maps_free(maps);
    buffer_free(&out);
}

static void one_map_and_means_keep_four_dimensions(void **state) {
    (void)state;
    xattn_translation t = fixture_translation();
    xattn_maps *maps;
    Error err;
    Buffer out = {0};
    xattn_map_options choice = {XATTN_MAP_OPTIONS,  .has_layer = true,  .has_head = true,
                                .layer = XATTN_ALL, .head = XATTN_MEAN, .words = true,
                                .no_eos = true};
    assert_non_null(maps = xattn_maps_of(&t, &choice, &err));
    assert_true(npy_write_maps(maps, &out, &err));
    expect_header(&out, "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1, 3, 3), }", 18);
    xattn_maps_free(maps);
    buffer_clear(&out);
    assert_non_null(maps =
                        xattn_maps_of(&t,
                                      &(xattn_map_options){XATTN_MAP_OPTIONS, .has_layer = true,
                                                           .has_head = true, .layer = 1, .head = 1},
                                      &err));
    assert_true(npy_write_maps(maps, &out, &err));
    expect_header(&out, "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 6, 5), }", 30);
    xattn_maps_free(maps);
    buffer_clear(&out);
    assert_true(npy_write_maps(&(xattn_maps){0}, &out, &err));
    expect_header(&out, "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 0, 0, 0), }", 0);
    buffer_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_little_endian_floats),
        cmocka_unit_test(maps_are_layers_by_heads),
        cmocka_unit_test(one_map_and_means_keep_four_dimensions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
