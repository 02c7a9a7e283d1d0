/* by_hand: the gradients of lesson 4's attention, computed and by nudging

       build/openblas/examples/learn/by_hand

   Two queries, three keys, width 4: small enough for a pencil. The loss is half the squared distance
   between the output and the wanted output, so its gradient is output − wanted. */
#include <math.h>
#include <stdio.h>

#include "backward.h"

enum { N = 2, M = 3, D = 4 };

static const char *const targets[N] = {"chat", "noir"}, *const sources[M] = {"the", "black", "cat"};
static const float query[N * D] = {0, 0, 3, 1, 0, 3, 0, 1};
static const float key[M * D] = {2, 0, 0, 0, 0, 2, 0, 1, 0, 0, 2, 1};
static const float value[M * D] = {1, 1, 0, 0, 0, 2, 0, 0, 0, 0, 4, 0};
static const float wanted[N * D] = {0, 0, 4, 0, 0, 0, 4, 0};  // for both, the value of cat

/* out = softmax(Q Kᵀ / √d) V, its probabilities, and the loss. */
static double forward(const float *k, float *probs, float *out) {
    double loss = 0.0;
    for (size_t i = 0; i < N; i++) {
        float *p = probs + i * M;
        for (size_t j = 0; j < M; j++) {
            p[j] = 0.0F;
            for (size_t c = 0; c < D; c++) p[j] += query[i * D + c] * k[j * D + c] / sqrtf(D);
        }
        softmax_rows(p, 1, M);
        for (size_t c = 0; c < D; c++) {
            float *o = out + i * D + c;
            *o = 0.0F;
            for (size_t j = 0; j < M; j++) *o += p[j] * value[j * D + c];
            loss += 0.5 * pow((double)(*o - wanted[i * D + c]), 2.0);
        }
    }
    return loss;
}

static void print(const char *title, const char *const *names, const float *x, size_t n, size_t m) {
    puts(title);
    for (size_t i = 0; i < n; i++) {
        printf("  %-6s", names[i]);
        for (size_t j = 0; j < m; j++) printf("%8.3f", (double)x[i * m + j] + 0.0);
        puts("");
    }
}

int main(void) {
    float probs[N * M], out[N * D], d_out[N * D], d_scores[N * M];
    float dq[N * D] = {0}, dk[M * D] = {0}, dv[M * D] = {0}, nudged[M * D];
    printf("loss %.3f\n", forward(key, probs, out));
    for (size_t i = 0; i < N * D; i++) d_out[i] = out[i] - wanted[i];
    attend_backward(&(Head){.n = N,
                            .m = M,
                            .dh = D,
                            .d = D,
                            .scale = 1.0F / sqrtf(D),
                            .q = query,
                            .k = key,
                            .v = value,
                            .probs = probs,
                            .d_context = d_out,
                            .d_scores = d_scores,
                            .dq = dq,
                            .dk = dk,
                            .dv = dv});
    print("probabilities", targets, probs, N, M);
    print("gradient of the output, dO", targets, d_out, N, D);
    print("of the scores, dS", targets, d_scores, N, M);
    print("of the queries, dQ", targets, dq, N, D);
    print("of the keys, dK", sources, dk, M, D);
    print("of the values, dV", sources, dv, M, D);
    for (size_t i = 0; i < M * D; i++) {
        const float h = 0.01F;
        float moved[M * D], up[N * D], down[N * D], p[N * M];
        for (size_t k = 0; k < M * D; k++) moved[k] = key[k];
        moved[i] = key[i] + h;
        double above = forward(moved, p, up);
        moved[i] = key[i] - h;
        nudged[i] = (float)((above - forward(moved, p, down)) / (2.0 * (double)h));
    }
    print("of the keys, by nudging each", sources, nudged, M, D);
    return 0;
}
