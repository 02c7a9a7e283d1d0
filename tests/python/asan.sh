#!/bin/sh
# asan.sh PYTHON: the Python package's tests with the library under AddressSanitizer and UndefinedBehaviorSanitizer
#
# PYTHON is an interpreter that has pytest, numpy, pandas and cffi. The interpreter itself is not instrumented, so the
# sanitizers are loaded in front of it. Leaks are not looked for, because an interpreter leaves much behind:
# test_memory_is_flat does that, without the sanitizers, which keep freed memory for a while.
set -eu
cd "$(dirname "$0")/../.."

version=$(sed -n 's/^#define XATTN_VERSION "\(.*\)"/\1/p' src/xattn.h)
library=build/openblas-asan/libxattn.so.$version
program=build/openblas-asan/xattn # the same build: another rounds the last bit in another way here and there
make -s -j2 SANITIZE=asan "$library" "$program"
LD_PRELOAD="$(${CC:-cc} -print-file-name=libasan.so) $(${CC:-cc} -print-file-name=libubsan.so)" \
    ASAN_OPTIONS=detect_leaks=0:halt_on_error=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
    XATTN_LIBRARY="$PWD/$library" XATTN_PROGRAM="$PWD/$program" XATTN_MODEL="$PWD/models/en-fr" \
    PYTHONPATH=python/src PYTHONMALLOC=malloc \
    "$1" -m pytest -q -p no:cacheprovider python/tests -k "not memory_is_flat"
