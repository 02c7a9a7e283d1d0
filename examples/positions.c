/* positions.c: what the network knows about a token's place (docs/lessons/03-embeddings.md)

   Prints the vectors of the first positions, which embedding.c adds to the tokens' embeddings, for a
   model of width 8. Then it prints how similar the vectors of two positions are in a width of 256, that
   of the shipped model: their dot product, divided by that of a vector with itself. */
#include <stdio.h>

#include "nn/embedding.h"

enum { NARROW = 8, WIDE = 256, SHOWN = 5, N = 12 };

static void print_narrow(void) {
    float p[SHOWN * NARROW];
    embedding_positions(&(Embedding){.d = NARROW, .max_positions = SHOWN}, 0, SHOWN, p);
    for (size_t i = 0; i < SHOWN; i++) {
        printf("position %zu", i);
        for (size_t k = 0; k < NARROW; k++) printf(" %6.3f", (double)p[i * NARROW + k]);
        printf("\n");
    }
}

static double product(const float *a, const float *b) {
    double sum = 0.0;
    for (size_t k = 0; k < WIDE; k++) sum += (double)a[k] * (double)b[k];
    return sum;
}

static void print_likeness(size_t from) {
    static float p[N * WIDE];
    embedding_positions(&(Embedding){.d = WIDE, .max_positions = N}, 0, N, p);
    const float *here = p + from * WIDE;
    printf("position %zu is like 0 … %d:", from, N - 1);
    for (size_t i = 0; i < N; i++)
        printf(" %.2f", product(here, p + i * WIDE) / product(here, here));
    printf("\n");
}

int main(void) {
    print_narrow();
    print_likeness(0);
    print_likeness(4);
    return 0;
}
