#!/bin/sh
# The fuzz targets on their seeds and on every input that was once handled wrongly.
# shellcheck source=tests/cli/tap.sh disable=SC1091
. tests/cli/tap.sh

TMPDIR=$tmp
export TMPDIR
mkdir "$tmp/seeds"
check "seeds are made" status 0 "$BUILD/tests/fuzz/seeds" "$tmp/seeds"
for source in tests/fuzz/fuzz_*.c; do
    target=${source#tests/fuzz/fuzz_}
    target=${target%.c}
    check "fuzz_$target on its seeds" status 0 \
        "$BUILD/tests/fuzz/fuzz_$target" "tests/fuzz/corpus/$target" "$tmp/seeds/$target"
done

finish
