/* matrix_openblas.c: matrix.h on OpenBLAS

   Products with one row go to vector.h, because most of them are small. Sizes fit an int, because the
   model's are checked when it is loaded and a batch limits the rows. */
#include <cblas.h>
#include <pthread.h>
#include <sys/resource.h>

#include "nn/matrix.h"
#include "nn/vector.h"

void matrix_multiply_nt(size_t rows, size_t cols, size_t inner, float scale, const float *a,
                        size_t lda, const float *b, size_t ldb, float *c, size_t ldc) {
    if (rows == 1)
        vector_multiply_nt(cols, inner, scale, a, b, ldb, c);
    else
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)rows, (int)cols, (int)inner,
                    scale, a, (int)lda, b, (int)ldb, 0.0F, c, (int)ldc);
}

void matrix_multiply_nn(size_t rows, size_t cols, size_t inner, const float *a, size_t lda,
                        const float *b, size_t ldb, float *c, size_t ldc) {
    if (rows == 1)
        vector_multiply_nn(cols, inner, a, b, ldb, c);
    else
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)rows, (int)cols, (int)inner,
                    1.0F, a, (int)lda, b, (int)ldb, 0.0F, c, (int)ldc);
}

/* The number of threads with which OpenBLAS started. Each has a buffer. */
static int started_with;

static void find_threads(void) { started_with = openblas_get_num_threads(); }

/* OpenBLAS allocates a buffer for each thread, and tries for ever if there is no room. So this checks
   for a limit on the address space (ulimit -v) that is too low. */
bool matrix_prepare(Error *err) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    const unsigned long long buffer = 128ULL << 20, rest = 64ULL << 20;
    pthread_once(&once, find_threads);
    struct rlimit limit;
    unsigned long long needed = (unsigned long long)(started_with + 1) * buffer + rest;
    if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
        limit.rlim_cur >= needed)
        return true;
    return error_kind(err, XATTN_NO_MEMORY,
                      "out of memory: the address space is limited to %llu bytes, and OpenBLAS "
                      "with %d threads needs %llu (set OPENBLAS_NUM_THREADS=1, or use `make "
                      "BLAS=none`)",
                      (unsigned long long)limit.rlim_cur, started_with, needed);
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;  // guards the variables below
static int n_inside, found;

void matrix_enter(void) {
    pthread_mutex_lock(&mutex);
    if (!n_inside++) {
        found = openblas_get_num_threads();
        if (found != 1) openblas_set_num_threads(1);
    }
    pthread_mutex_unlock(&mutex);
}

/* If the number is no longer 1, another part of the process has changed it, and it stays. */
void matrix_leave(void) {
    pthread_mutex_lock(&mutex);
    if (!--n_inside && found != 1 && openblas_get_num_threads() == 1)
        openblas_set_num_threads(found);
    pthread_mutex_unlock(&mutex);
}
