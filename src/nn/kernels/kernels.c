#include "nn/kernels/kernels.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "nn/kernels/cpu.h"

static bool always(void) { return true; }

#define KERNELS(...) \
    &(const Kernels) { __VA_ARGS__ }

const Kernels *const all_kernels[] = {
#if defined(__x86_64__)
    KERNELS("avx512-vnni", cpu_has_avx512_vnni, dense_avx512, &int8_avx512_vnni),
    KERNELS("avx512", cpu_has_avx512, dense_avx512, &int8_avx512),
    KERNELS("avx-vnni", cpu_has_avx_vnni, dense_avx2, &int8_avx_vnni),
    KERNELS("avx2", cpu_has_avx2, dense_avx2, &int8_avx2),
#elif defined(__aarch64__)
    KERNELS("neon-dotprod", cpu_has_dotprod, dense_neon, &int8_neon_dotprod),
    KERNELS("neon", always, dense_neon, &int8_portable),
#elif defined(__wasm_simd128__)
    KERNELS("wasm", always, dense_wasm, &int8_wasm),
#endif
    KERNELS("portable", always, dense_portable, &int8_portable),
    NULL,
};

/* The kernels with this name, or the best ones if `name` is NULL. NULL if there are none. */
static const Kernels *find(const char *name) {
    for (const Kernels *const *k = all_kernels; *k; k++)
        if ((name ? strcmp((*k)->name, name) == 0 : true) && (*k)->is_supported()) return *k;
    return NULL;
}

static const char *wanted(void) {
    const char *name = getenv("XATTN_KERNELS");
    return name && *name ? name : NULL;
}

/* Found once. If two threads come first at the same time, both find the same. */
const Kernels *kernels(void) {
    static const Kernels *_Atomic chosen;
    const Kernels *found = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (found) return found;
    found = find(wanted());
    if (!found) found = find(NULL);
    atomic_store_explicit(&chosen, found, memory_order_relaxed);
    return found;
}

bool kernels_check(Error *err) {
    char names[128] = "";
    const char *name = wanted();
    if (!name || find(name)) return true;
    for (const Kernels *const *k = all_kernels; *k; k++) {
        if (!(*k)->is_supported()) continue;
        if (*names) strncat(names, ", ", sizeof names - strlen(names) - 1);
        strncat(names, (*k)->name, sizeof names - strlen(names) - 1);
    }
    return error_kind(err, XATTN_USAGE,
                      "XATTN_KERNELS=%s: no such kernels for this processor; it has %s", name,
                      names);
}
