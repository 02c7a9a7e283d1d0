#include "nn/panels.h"

#include <stdint.h>
#include <string.h>

#include "nn/clones.h"
#include "nn/kernels/kernels.h"

/* A few cells of a row: 8 halves, or 4 cells of 4 bytes as pairs of halves. */
typedef uint16_t Cells __attribute__((vector_size(16)));

#ifdef __clang__
#define PICK(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define PICK(a, b, ...) __builtin_shuffle(a, b, (Cells){__VA_ARGS__})
#endif

/* A cell of a, a cell of b, and so on: of their first halves, and of their second halves. */
INLINE Cells zip_low(Cells a, Cells b, size_t cell) {
    return cell == 2 ? PICK(a, b, 0, 8, 1, 9, 2, 10, 3, 11) : PICK(a, b, 0, 1, 8, 9, 2, 3, 10, 11);
}

INLINE Cells zip_high(Cells a, Cells b, size_t cell) {
    return cell == 2 ? PICK(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
                     : PICK(a, b, 4, 5, 12, 13, 6, 7, 14, 15);
}

INLINE void shuffle(const Cells *from, Cells *to, size_t cell) {
    UNROLL
    for (size_t i = 0; i < PANEL_ROWS / 2; i++) {
        to[2 * i] = zip_low(from[i], from[i + PANEL_ROWS / 2], cell);
        to[2 * i + 1] = zip_high(from[i], from[i + PANEL_ROWS / 2], cell);
    }
}

/* The cells one by one. `n` and `cell` are constants in most calls. */
INLINE void interleave_few(const unsigned char *const *rows, size_t n, size_t stride,
                           size_t n_cells, size_t cell, unsigned char *out) {
    for (size_t i = 0; i < n_cells; i++, out += PANEL_ROWS * cell)
        for (size_t r = 0; r < n; r++) memcpy(out + r * cell, rows[r] + i * stride, cell);
}

enum { LINE = 64 };  // bytes that the cache fetches at once

/* Asks for a line of each row of the next panel, which usually follows this one in the file. 16 rows at
   a time are too many streams for the processor to see by itself where they lead. */
INLINE void ask_for_next(const unsigned char *const *rows, size_t row_size, size_t at) {
    UNROLL
    for (size_t r = 0; r < PANEL_ROWS; r++) {
        uintptr_t next = (uintptr_t)rows[r] + PANEL_ROWS * row_size + at;  // or nothing of ours
        __builtin_prefetch((const void *)next);  // NOLINT(performance-no-int-to-ptr)
    }
}

/* Whole panels of cells side by side. */
INLINE void interleave(const unsigned char *const *rows, size_t n_cells, size_t cell,
                       unsigned char *out) {
    const size_t some = sizeof(Cells) / cell;  // of a row at a time
    Cells a[PANEL_ROWS], b[PANEL_ROWS];
    size_t i = 0;
    for (; i + some <= n_cells; i += some, out += sizeof a) {
        if (i * cell % LINE == 0) ask_for_next(rows, n_cells * cell, i * cell);
        UNROLL
        for (size_t r = 0; r < PANEL_ROWS; r++) memcpy(&a[r], rows[r] + i * cell, sizeof a[r]);
        shuffle(a, b, cell);
        shuffle(b, a, cell);
        shuffle(a, b, cell);
        shuffle(b, a, cell);
        memcpy(out, a, sizeof a);
    }
    const unsigned char *rest[PANEL_ROWS];
    for (size_t r = 0; r < PANEL_ROWS; r++) rest[r] = rows[r] + i * cell;
    interleave_few(rest, PANEL_ROWS, cell, n_cells - i, cell, out);
}

FOR_EACH_PROCESSOR
static void interleave_2(const unsigned char *const *rows, size_t n_cells, unsigned char *out) {
    interleave(rows, n_cells, 2, out);
}

FOR_EACH_PROCESSOR
static void interleave_4(const unsigned char *const *rows, size_t n_cells, unsigned char *out) {
    interleave(rows, n_cells, 4, out);
}

void panels_interleave(const unsigned char *const *rows, size_t n, size_t stride, size_t n_cells,
                       size_t cell, unsigned char *out) {
    if (n == PANEL_ROWS && stride == cell)
        (cell == 2 ? interleave_2 : interleave_4)(rows, n_cells, out);
    else if (n == PANEL_ROWS && cell == 2)
        interleave_few(rows, PANEL_ROWS, stride, n_cells, 2, out);
    else if (n == PANEL_ROWS)
        interleave_few(rows, PANEL_ROWS, stride, n_cells, 4, out);
    else
        interleave_few(rows, n, stride, n_cells, cell, out);
}
