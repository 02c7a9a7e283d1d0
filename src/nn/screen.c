#include "nn/screen.h"

#include <float.h>
#include <math.h>

#include "nn/clones.h"

enum { ROWS = 16, BLOCK = 64, MOST = 32 };

const Screen *screen_make(const Linear *linear, const StoredWeights *stored, Arena *arena,
                          Error *err) {
    static const char what[] = "a screen of the output layer";
    size_t V = linear->n_out;
    Arena work = {0};
    Screen *screen = arena_array(arena, 1, sizeof *screen, what, err);
    float *norms = arena_floats(&work, V, what, err);
    bool ok = screen && norms &&
              weights_round(stored, V, linear->n_in, &screen->rounded, norms, arena, err);
    for (size_t o = 0; ok && o < V; o++) {
        screen->step = fmaxf(screen->step, screen->rounded.scales[o]);
        screen->norm = fmaxf(screen->norm, norms[o]);
        screen->bias = fmaxf(screen->bias, fabsf(linear->bias[o]));
    }
    arena_free(&work);
    return ok ? screen : NULL;
}

/* A row's outputs that may be the largest, in rising order. */
typedef struct {
    float largest, margin;  // the largest y' so far, 2 ε
    size_t n;
    size_t outputs[MOST];
    float values[MOST];
    float missed;  // the largest y' for which there was no room
    bool is_over;  // all floats must decide
} Race;

/* 2 ε, with a thousandth more than needed for each rounding in the formulas above. */
static Race race_start(const Screen *screen, const float *x, size_t n) {
    float largest = 0.0F, sum = 0.0F;
    for (size_t i = 0; i < n; i++) {
        largest = fmaxf(largest, fabsf(x[i]));
        sum += fabsf(x[i]);
    }
    float hx = 0.501F * largest / 127.0F, hw = 0.501F * screen->step + 1e-30F;
    float rounding = hx * screen->norm + hw * sum + (float)n * hx * hw;
    float floats = (float)(n + 8) * 0x1p-23F * (largest * screen->norm + screen->bias);
    return (Race){.largest = -INFINITY,
                  .missed = -INFINITY,
                  .margin = 2.002F * (rounding + floats),
                  .is_over = largest < 1e-30F};  // which is not rounded, but 0
}

/* Takes outputs first … first + n - 1 into account, of which one may be the largest. */
static void race_block(Race *race, const float *y, size_t first, size_t n) {
    for (size_t i = 0; i < n; i++) race->largest = fmaxf(race->largest, y[i]);
    float least = race->largest - race->margin;
    size_t kept = 0;
    for (size_t i = 0; i < race->n; i++) {
        if (race->values[i] < least) continue;
        race->outputs[kept] = race->outputs[i];
        race->values[kept++] = race->values[i];
    }
    race->n = kept;
    for (size_t i = 0; i < n; i++) {
        if (y[i] < least) continue;
        if (race->n == MOST) race->missed = fmaxf(race->missed, y[i]);
        if (race->n == MOST) continue;
        race->outputs[race->n] = first + i;
        race->values[race->n++] = y[i];
    }
}

/* Whether a number is not below `least`: one that is not a number, for example. */
INLINE bool any_reaches(const float *y, size_t n, float least) {
    int any = 0;
    for (size_t i = 0; i < n; i++) any |= !(y[i] < least);
    return any;
}

FOR_EACH_PROCESSOR
static void race_row(Race *race, const float *y, size_t first, size_t n_out) {
    int is_finite = 1;
    for (size_t i = 0; i < n_out; i++) is_finite &= fabsf(y[i]) <= FLT_MAX;
    if (!is_finite) race->is_over = true;
    for (size_t at = 0; at < n_out; at += BLOCK) {
        float least = race->largest - race->margin;
        bool is_whole = at + BLOCK <= n_out;
        if (!is_whole)
            race_block(race, y + at, first + at, n_out - at);
        else if (any_reaches(y + at, BLOCK, least))
            race_block(race, y + at, first + at, BLOCK);
    }
}

/* Decides between those that are left by their floats. */
static Best race_end(const Race *race, const Linear *linear, const float *x) {
    Best best = {race->outputs[0], true};
    bool is_open = race->is_over || race->missed >= race->largest - race->margin;
    if (is_open) linear_best(linear, x, 1, &best);
    if (is_open || race->n == 1) return best;
    float y[PANEL_ROWS], most = -INFINITY;
    for (size_t i = 0; i < race->n; i++) {
        size_t first = race->outputs[i] / PANEL_ROWS * PANEL_ROWS, left = linear->n_out - first;
        if (i == 0 || race->outputs[i - 1] < first) {
            Linear panel = {linear->n_in, left < PANEL_ROWS ? left : PANEL_ROWS,
                            weights_from(&linear->weight, first, linear->n_in),
                            linear->bias + first};
            linear_forward(&panel, x, 1, y);
        }
        float value = y[race->outputs[i] - first];
        if (value > most) best.output = race->outputs[i];
        if (value > most) most = value;
    }
    return best;
}

/* At most ROWS rows. */
static void few_rows(const Screen *screen, const Linear *linear, const float *x, size_t n,
                     float *scratch, Best *best) {
    size_t d = linear->n_in, V = linear->n_out, most = SCREEN_SCRATCH / n / BLOCK * BLOCK;
    Race races[ROWS];
    for (size_t r = 0; r < n; r++) races[r] = race_start(screen, x + r * d, d);
    for (size_t first = 0; first < V; first += most) {
        Linear part = {d, V - first < most ? V - first : most,
                       weights_from(&screen->rounded, first, d), linear->bias + first};
        linear_forward(&part, x, n, scratch);
        for (size_t r = 0; r < n; r++)
            race_row(&races[r], scratch + r * part.n_out, first, part.n_out);
    }
    for (size_t r = 0; r < n; r++) best[r] = race_end(&races[r], linear, x + r * d);
}

void screen_best(const Screen *screen, const Linear *linear, const float *x, size_t n,
                 float *scratch, Best *best) {
    for (size_t first = 0, some; first < n; first += some) {
        some = n - first < ROWS ? n - first : ROWS;
        few_rows(screen, linear, x + first * linear->n_in, some, scratch, best + first);
    }
}
