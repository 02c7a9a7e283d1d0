/* clones.h: a function compiled once for each kind of processor

   Put FOR_EACH_PROCESSOR before a function with loops that the compiler vectorises. The compiler makes
   a copy for AVX-512, one for AVX2 and one for any x86 processor, and the loader chooses the best. All
   copies give the same bits, because the build never fuses a · b + c into one instruction (Makefile).
   This needs gcc 12 and glibc. It does not work with ThreadSanitizer, which starts after the loader's
   choice. Elsewhere the macro is empty. */
#ifndef XATTN_CLONES_H
#define XATTN_CLONES_H

#include <limits.h>  // __GLIBC__, even if gcc is told to use another C library

#if defined __x86_64__ && defined __GLIBC__ && !defined __clang__ && __GNUC__ >= 12 && \
    !defined __SANITIZE_THREAD__
#define FOR_EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

#endif
