/* int8_portable.c: plain C; the one that the others are checked against */
#include "nn/kernels/int8_layer.h"

/* parts [PANEL_ROWS][PANEL_COLS] = x times a panel, both of n columns. Every number of a step has a sum
   of its own, and a product fits 16 bits, so that compilers make vectors of the loop. */
static void multiply_panel(const int8_t *x, const int8_t *weight, size_t n, int32_t *parts) {
    int8_t four[PANEL_STEP];
    memset(parts, 0, PANEL_STEP * sizeof *parts);
    for (size_t k = 0; k < n; k += PANEL_COLS, weight += PANEL_STEP) {
        for (size_t o = 0; o < PANEL_ROWS; o++) memcpy(four + o * PANEL_COLS, x + k, PANEL_COLS);
        for (size_t i = 0; i < PANEL_STEP; i++) parts[i] += (int16_t)(four[i] * weight[i]);
    }
}

static void band_multiply(const Int8Product *p, const Band *b) {
    int32_t parts[PANEL_STEP];
    for (size_t o = 0; o < p->n_out; o += PANEL_ROWS)
        for (size_t r = 0; r < b->n; r++) {
            multiply_panel(b->x + r * b->stride, p->weight + o * b->stride, b->stride, parts);
            outputs_write(p, b, r, o, least(PANEL_ROWS, p->n_out - o), parts, PANEL_COLS, 0);
        }
}

static bool always(void) { return true; }

extern const Int8Kernel int8_portable;
const Int8Kernel int8_portable = {"portable", always, multiply, int8_round};
