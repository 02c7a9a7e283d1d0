#!/bin/sh
# run.sh TARGET [SECONDS] [SEED ...]: fuzzes one parser, tests/fuzz/fuzz_TARGET.c, with clang's
# libFuzzer under AddressSanitizer and UndefinedBehaviorSanitizer; 60 seconds. SEEDs are files to begin
# with. Stops at the first input that is handled wrongly, and leaves it in build/fuzz.
set -eu
cd "$(dirname "$0")/../.."
target=$1 seconds=${2:-60}
shift
[ $# -eq 0 ] || shift

build=build/fuzz
mkdir -p "$build/$target"
for seed in "$@"; do cp "$seed" "$build/$target/"; done
flags=$(pkg-config --cflags --libs libcjson libutf8proc)
sources=$(find src -name '*.c' ! -path 'src/cli/*' ! -path 'src/align/*' ! -name main.c ! -name matrix_openblas.c)
# shellcheck disable=SC2086 # lists of words
clang -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -Isrc -O1 -g -fno-sanitize-recover=all \
    -fsanitize=fuzzer,address,undefined -o "$build/fuzz_$target" "tests/fuzz/fuzz_$target.c" $sources $flags -lm
"$build/fuzz_$target" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=10 -artifact_prefix="$build/" \
    -print_final_stats=1 "$build/$target"
