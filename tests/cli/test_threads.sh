#!/bin/sh
# Threads: the output is the same, byte for byte, with any number of them, for all lines, some of them, or one by one.
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2317  # functions run by way of `check`
. tests/cli/tap.sh

in=$tmp/in
# 600 lines, more than a window of one thread has; every fourth is a sentence or two, most others are short.
sentences 150 | awk '{ line[NR] = $0 }
    END { for (i = 1; i <= 600; i++) print i % 4 ? (i % 3 ? "No." : "") : line[i / 4] (i % 5 ? "" : " " line[i % 150 + 1]) }' >"$in"
json() { "$xattn" translate --json "$@"; }

json --threads 1 -i "$in" >"$tmp/one"
check "600 lines" [ "$(lines "$tmp/one")" -eq 600 ]
same_json() { json "$@" >"$out" && cmp -s "$out" "$tmp/one"; }
check "2 threads: same text, ids and scores as 1" same_json --threads 2 -i "$in"
same_int8() {
    json --int8 --threads 1 -i "$tmp/some" >"$tmp/expected" && json --int8 --threads 3 -i "$tmp/some" >"$out" &&
        cmp -s "$out" "$tmp/expected" && ! cmp -s "$out" "$tmp/f16"
}
check "3 threads: same text, ids and scores as 1" same_json --threads 3 -i "$in"
by_default() { json <"$in" >"$out" && cmp -s "$out" "$tmp/one"; }
check "as many as there are cores: same text, ids and scores as 1" by_default

head -n 120 "$in" >"$tmp/some"
head -n 120 "$tmp/one" >"$tmp/f16"
check "--int8: same text, ids and scores" same_int8
nbest() { "$xattn" translate --beam 3 --nbest 3 -i "$tmp/some" "$@"; }
same_nbest() { nbest --threads 1 >"$tmp/expected" && nbest --threads 3 >"$out" && cmp -s "$out" "$tmp/expected"; }
check "beam search: same n-best lists" same_nbest
check "beam search: there are some" [ "$(lines "$out")" -gt 120 ]
score() { "$xattn" score -i "$tmp/pairs" "$@"; }
same_score() {
    sed 's/.*"target":"\([^"]*\)".*/\1/' "$tmp/one" | paste "$in" - >"$tmp/pairs"
    score --threads 1 >"$tmp/expected" && score --threads 3 >"$out" && cmp -s "$out" "$tmp/expected"
}
check "score: same scores" same_score
check "score: all lines are there" [ "$(lines "$out")" -eq 600 ]

# Some of the lines, together and one by one
some_of() { awk 'NR * 7919 % 600 < 30' "$1"; }
some_of "$in" >"$tmp/some"
some_of "$tmp/one" >"$tmp/expected"
some_together() { json --threads 2 -i "$tmp/some" >"$out" && cmp -s "$out" "$tmp/expected"; }
check "some of the lines, on 2 threads" some_together
one_by_one() {
    while IFS= read -r line; do json --threads 2 "$line"; done <"$tmp/some" >"$out"
    [ "$(lines "$out")" -eq 30 ] && cmp -s "$out" "$tmp/expected"
}
check "some of the lines, one by one" one_by_one

# More text than a window holds, in few lines: spaces, which the tokenizer drops
awk 'BEGIN { for (i = 0; i < 150; i++) printf "%1000s %d\n", "cat", i }' >"$in"
long_lines() {
    json --threads 1 --max-length 2 -q -i "$in" >"$tmp/expected"
    json --threads 2 --max-length 2 -q -i "$in" >"$out"
    cmp -s "$out" "$tmp/expected" && [ "$(lines "$out")" -eq 150 ]
}
check "long lines" long_lines
finish
