#include "nn/kernels/kernels.h"

#include <stdatomic.h>

extern const DenseKernel dense_avx512, dense_avx2, dense_portable;
extern const Int8Kernel int8_avx512_vnni, int8_avx_vnni, int8_avx512, int8_avx2, int8_neon,
    int8_portable;

const DenseKernel *const dense_kernels[] = {
#if defined(__x86_64__)
    &dense_avx512, &dense_avx2,
#endif
    &dense_portable, NULL};

const Int8Kernel *const int8_kernels[] = {
#if defined(__x86_64__)
    &int8_avx512_vnni, &int8_avx_vnni,
    &int8_avx512,      &int8_avx2,
#elif defined(__aarch64__)
    &int8_neon,
#endif
    &int8_portable,    NULL};

/* Looked for once; two threads that come here first find the same. */
const DenseKernel *dense_kernel(void) {
    static const DenseKernel *_Atomic chosen;
    const DenseKernel *kernel = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (kernel) return kernel;
    kernel = &dense_portable;
    for (const DenseKernel *const *k = dense_kernels; *k && kernel == &dense_portable; k++)
        if ((*k)->is_supported()) kernel = *k;
    atomic_store_explicit(&chosen, kernel, memory_order_relaxed);
    return kernel;
}

const Int8Kernel *int8_kernel(void) {
    static const Int8Kernel *_Atomic chosen;
    const Int8Kernel *kernel = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (kernel) return kernel;
    kernel = &int8_portable;
    for (const Int8Kernel *const *k = int8_kernels; *k && kernel == &int8_portable; k++)
        if ((*k)->is_supported()) kernel = *k;
    atomic_store_explicit(&chosen, kernel, memory_order_relaxed);
    return kernel;
}
