/* clones.h: a function compiled once for each kind of processor

   FOR_EACH_PROCESSOR before a function whose loops the compiler makes vectors of: there is a copy for
   AVX-512, one for AVX2 and one for any x86 processor, and the loader takes the best. All give the
   same bits, for the build makes no a · b + c one instruction (Makefile). It takes gcc 12 and glibc, and
   ThreadSanitizer is not ready yet when the loader asks; else it is one function as ever. */
#ifndef XATTN_CLONES_H
#define XATTN_CLONES_H

#include <limits.h>  // __GLIBC__, also where gcc is told to use another C library

#if defined __x86_64__ && defined __GLIBC__ && !defined __clang__ && __GNUC__ >= 12 && \
    !defined __SANITIZE_THREAD__
#define FOR_EACH_PROCESSOR __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

#endif
