#!/bin/sh
# xattn bench: every stage and every rate is there, and the figures fit each other.
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2154,SC2317  # functions run by way of `check`
. tests/cli/tap.sh

printf 'A cat.\n\nThe black cat sat on the mat.\n   \nNo.' >"$tmp/in"
check "a file" status 0 "$xattn" bench --threads 2 "$tmp/in"
check "a file: nothing on stderr" silent
check "a file: empty lines do not count" prints "3 sentences of"
has_stages() {
    for stage in tokenize encoder "cross-attention's keys" "decoder steps" search detokenize whole; do
        grep -qE "^$stage +-?[0-9.]+ +-?[0-9.]+$" "$out" || return 1
    done
}
check "all stages" has_stages
has_batches() { [ "$(awk '$1 == "batch" { printf "%s ", $2 }' "$out")" = "1 2 4 8 16 " ]; }
check "all sizes of a batch" has_batches
has_threads() { [ "$(awk '$1 == "threads" { printf "%s ", $2 }' "$out")" = "1 2 " ]; }
check "1 and 2 threads" has_threads
# ms a sentence times sentences a second is 1000
fits() {
    awk '$1 == "batch" || $1 == "threads" { n++; if ($3 * $4 < 960 || $3 * $4 > 1040) wrong = 1 }
         END { exit n != 7 || wrong }' "$out"
}
check "the figures fit each other" fits

missing() { status 1 "$xattn" bench "$tmp/missing" && says "$tmp/missing: No such file" && [ ! -s "$out" ]; }
check "no such file" missing
printf '\n  \n' >"$tmp/empty"
nothing() { status 1 "$xattn" bench "$tmp/empty" && says "$tmp/empty: no text"; }
check "a file without text" nothing
finish
