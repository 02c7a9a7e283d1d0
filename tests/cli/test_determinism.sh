#!/bin/sh
# The same input gives the same bytes: run after run, and however the lines come together in batches.
# (That the int8 kernels of all processors agree is shown in tests/nn/test_kernels.c.)
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2317  # functions run by way of `check`
. tests/cli/tap.sh

in=$tmp/in
tiny=$root/tests/goldens/marian-odd
{
    sentences 20
    echo
    echo "Two sentences. On one line, of which the second is a good deal longer than the first!"
    awk 'BEGIN { for (i = 0; i < 90; i++) printf "the cat "; print "" }'
    printf 'NO.\n\303\251\360\237\220\261 \342\202\254\n'
} >"$in"

# Runs of one command: as a whole twice, from a pipe that brings line after line, and one by one.
whole() { "$xattn" "$@" <"$in" >"$tmp/whole" 2>/dev/null && [ "$(lines "$tmp/whole")" -ge 25 ]; }
again() { status 0 "$xattn" "$@" <"$in" && cmp -s "$out" "$tmp/whole"; }
# Line after line: the program meets few lines at a time, and never the same number twice.
dripping() {
    awk '{ print; fflush(); if (NR % 7 == 0) system("sleep 0.05") }' "$in" | "$xattn" "$@" >"$out" 2>"$err"
    cmp -s "$out" "$tmp/whole"
}
one_by_one() {
    while IFS= read -r line; do printf '%s\n' "$line" | "$xattn" "$@" 2>/dev/null; done <"$in" >"$out"
    cmp -s "$out" "$tmp/whole"
}
# Lines in another order are other batches.
backwards() {
    awk '{ line[NR] = $0 } END { for (i = NR; i > 0; i--) print line[i] }' "$in" | "$xattn" "$@" 2>"$err" |
        awk '{ line[NR] = $0 } END { for (i = NR; i > 0; i--) print line[i] }' >"$out"
    cmp -s "$out" "$tmp/whole"
}

all() {
    name=$1
    shift
    check "$name" whole "$@"
    check "$name: again" again "$@"
    check "$name: line after line" dripping "$@"
    check "$name: one by one" one_by_one "$@"
    check "$name: backwards" backwards "$@"
}
all "greedy" translate --max-length 20
all "a beam of 3" translate --max-length 12 --beam 3
all "scores and maps to the last digit" translate --json --align --max-length 12
all "int8" translate --int8 --json --max-length 12
all "a tiny model" translate -m "$tiny" --max-length 40
all "pieces" tokenize --ids

# Every map: too much for one by one.
twice() {
    "$xattn" "$@" -i "$in" >"$tmp/whole" 2>/dev/null && status 0 "$xattn" "$@" -i "$in" && cmp -s "$out" "$tmp/whole"
}
check "every map: again" twice align --format json --layer all --head all --max-length 8

finish
