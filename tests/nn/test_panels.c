/* Panels against the drawing in weights.h, cell by cell. */
#include "nn/panels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "nn/weights.h"

enum { MOST_CELLS = 37, MOST_STRIDE = 4 * PANEL_ROWS, ROW_BYTES = MOST_CELLS * MOST_STRIDE };

static unsigned char bytes[1 + PANEL_ROWS * ROW_BYTES];

/* Interleaves n rows, which begin at odd addresses, and compares every byte of the panel. */
static void check(size_t n, size_t stride, size_t n_cells, size_t cell) {
    unsigned char out[MOST_CELLS * PANEL_ROWS * 4 + 1];
    const unsigned char *rows[PANEL_ROWS];
    size_t size = n_cells * PANEL_ROWS * cell;
    for (size_t r = 0; r < n; r++) rows[r] = bytes + 1 + (n - 1 - r) * ROW_BYTES;
    memset(out, 0xEE, sizeof out);
    panels_interleave(rows, n, stride, n_cells, cell, out);
    for (size_t i = 0; i < size; i++) {
        size_t column = i / (PANEL_ROWS * cell), r = i / cell % PANEL_ROWS, byte = i % cell;
        unsigned char expected = r < n ? rows[r][column * stride + byte] : 0xEE;
        if (out[i] != expected)
            fail_msg("%zu rows of %zu cells of %zu bytes, %zu apart: byte %zu is %d, expected %d",
                     n, n_cells, cell, stride, i, out[i], expected);
    }
    assert_int_equal(out[size], 0xEE);
}

static void cells_go_where_the_drawing_has_them(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (unsigned char)(i * 2654435761U >> 13);
    for (size_t cell = 2; cell <= 4; cell += 2)
        for (size_t n_cells = 0; n_cells <= MOST_CELLS; n_cells++)
            for (size_t n = 1; n <= PANEL_ROWS; n += n == 1 ? 6 : 9) {
                check(n, cell, n_cells, cell);               // from a file
                check(n, PANEL_ROWS * cell, n_cells, cell);  // from other panels
            }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(cells_go_where_the_drawing_has_them)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
