/* cpu.h: what this processor can do, asked as the program runs

   Each answer includes that the system saves the registers. False on other architectures. */
#ifndef XATTN_CPU_H
#define XATTN_CPU_H

#include <stdbool.h>

bool cpu_has_avx2(void);    // and FMA and F16C, which came with it
bool cpu_has_avx512(void);  // F, BW, DQ and VL
bool cpu_has_avx512_vnni(void);
bool cpu_has_avx_vnni(void);
bool cpu_has_dotprod(void);  // NEON's sdot

#endif
