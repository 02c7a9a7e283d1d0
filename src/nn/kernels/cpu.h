/* cpu.h: what this processor can do, found out at run time

   True only if the system saves the registers, too. False on other architectures. */
#ifndef XATTN_CPU_H
#define XATTN_CPU_H

#include <stdbool.h>

bool cpu_has_avx2(void);    // with FMA and F16C
bool cpu_has_avx512(void);  // F, BW, DQ and VL
bool cpu_has_avx512_vnni(void);
bool cpu_has_avx_vnni(void);
bool cpu_has_dotprod(void);  // NEON's sdot

#endif
