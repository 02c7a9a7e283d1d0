#include "nn/kernels/cpu.h"

#if defined(__x86_64__)
#include <cpuid.h>

/* A bit of CPUID's answer in a register (0 … 3: eax, ebx, ecx, edx). */
static bool cpuid_bit(unsigned leaf, unsigned subleaf, int reg, unsigned bit) {
    unsigned r[4];
    return __get_cpuid_count(leaf, subleaf, &r[0], &r[1], &r[2], &r[3]) && (r[reg] >> bit & 1);
}

/* The compiler's built-in check includes that the system saves the registers. */
bool cpu_has_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           cpuid_bit(1, 0, 2, 29);  // F16C
}

bool cpu_has_avx512(void) {
    return cpu_has_avx2() && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}

bool cpu_has_avx512_vnni(void) { return cpu_has_avx512() && cpuid_bit(7, 0, 2, 11); }

bool cpu_has_avx_vnni(void) { return cpu_has_avx2() && cpuid_bit(7, 1, 0, 4); }

#else

bool cpu_has_avx2(void) { return false; }
bool cpu_has_avx512(void) { return false; }
bool cpu_has_avx512_vnni(void) { return false; }
bool cpu_has_avx_vnni(void) { return false; }

#endif

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>

bool cpu_has_dotprod(void) {
    const unsigned long hwcap_asimddp = 1UL << 20;  // linux/arch/arm64/include/uapi/asm/hwcap.h
    return getauxval(AT_HWCAP) & hwcap_asimddp;
}

#else

bool cpu_has_dotprod(void) {
#if defined(__aarch64__) && defined(__APPLE__)
    return true;  // every Apple silicon Mac has it
#else
    return false;
#endif
}

#endif
