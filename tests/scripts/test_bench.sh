#!/bin/sh
# test_bench.sh: no picture that `make bench` drew for docs/PERFORMANCE.md is empty: their legends name the engines
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2317  # check calls draws
. tests/cli/tap.sh

draws() { # PICTURE ENGINE…: the legend has the engines
    picture=$1
    shift
    for engine; do
        grep -q "<text.*>$engine</text>" "docs/images/$picture" || return 1
    done
}
check "throughput by batch has four engines" \
    draws speed-batch.svg xattn "xattn --int8" "CTranslate2 float32" "CTranslate2 int8"
check "time by length has four engines" \
    draws speed-length.svg xattn "xattn --int8" "CTranslate2 float32" "CTranslate2 int8"
check "time by lines has xattn" draws speed-lines.svg xattn
finish
