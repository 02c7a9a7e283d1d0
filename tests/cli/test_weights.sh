#!/bin/sh
# --int8 and --f32: the type of the weights, and that a line's numbers do not depend on its batch.
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2317  # functions run by way of `check`
. tests/cli/tap.sh

in=$tmp/in
sentences 20 >"$in"

# Scores are printed with four digits: what is compared bit by bit is in tests/nn/test_kernels.c.
alone_and_together() { # OPTIONS
    "$xattn" translate --scores "$@" -i "$in" >"$tmp/together" &&
        while IFS= read -r line; do "$xattn" translate --scores "$@" "$line"; done <"$in" >"$tmp/alone" &&
        cmp -s "$tmp/together" "$tmp/alone" && [ "$(lines "$tmp/alone")" -eq 20 ]
}
check "stored weights: a line alone and among others" alone_and_together
cp "$tmp/together" "$tmp/stored"
check "--f32: a line alone and among others" alone_and_together --f32
same_words() { cut -f 2 "$tmp/together" >"$tmp/words" && cut -f 2 "$tmp/stored" | cmp -s - "$tmp/words"; }
check "--f32: the words are those of F16" same_words
check "--int8: a line alone and among others" alone_and_together --int8
other_numbers() { ! cmp -s "$tmp/together" "$tmp/stored"; }
check "--int8: the scores are others" other_numbers
near_words() { # at most 2 of 20 translations differ
    cut -f 2 "$tmp/together" >"$tmp/words"
    cut -f 2 "$tmp/stored" | paste "$tmp/words" - | awk -F '\t' '$1 != $2 { n++ } END { exit n > 2 }'
}
check "--int8: the words are nearly all the same" near_words
says_type() {
    "$xattn" inspect | grep -q '^weights in memory   F16,' &&
        "$xattn" inspect --int8 | grep -q '^weights in memory   int8,' &&
        "$xattn" inspect --f32 | grep -q '^weights in memory   F32,'
}
check "inspect names the type in memory" says_type

finish
