#!/bin/sh
# Ablations: what cross-attention does without, in translate, align, score and trace, and what is
# said of it. Without any nothing changes; with all heads gone the translation is another one.
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2317  # functions run by way of `check`
. tests/cli/tap.sh

cat="The cat sat on the mat."
in=$tmp/in
sentences 20 >"$in"
width=$("$xattn" inspect | awk '$1 == "d_model" { print $2 }')
heads=$("$xattn" inspect | sed -n 's/^decoder *2 layers, \([0-9]*\) heads.*/\1/p')
all=$(for layer in 0 1; do seq -f "--ablate-head $layer.%g" 0 $((heads - 1)); done)
whole=$("$xattn" translate "$cat")

# shellcheck disable=SC2086  # $all is a list of options
no_heads() { status 0 "$xattn" translate $all "$cat" && [ -s "$out" ] && [ "$(cat "$out")" != "$whole" ]; }
check "without any head the translation is another one" no_heads
rows() { [ "$(grep -cE '^  (whole  |ablated) +-[0-9]+\.[0-9]{4}  ' "$err")" -eq "$1" ]; }
effect() {
    rows 3 && grep -q "^  whole .*  $whole\$" "$err" && grep -q "^  ablated .*  $whole\$" "$err" &&
        grep -q "^  ablated .*  $(cat "$out")\$" "$err" && says "head 0.0 off, head 0.1 off"
}
check "the effect: three log-probabilities and what they are of" effect
scores_of_effect() {
    printf '%s\t%s\n' "$cat" "$whole" >"$tmp/pair"
    # shellcheck disable=SC2086
    {
        "$xattn" score <"$tmp/pair"
        "$xattn" score --quiet $all <"$tmp/pair"
    } | cut -f 1 >"$tmp/expected"
    awk '/^  (whole|ablated) / { print $2 }' "$err" | head -n 2 | cmp -s - "$tmp/expected" &&
        awk 'NR == 1 { whole = $1 } NR == 2 { exit !($1 < whole - 1) }' "$tmp/expected"
}
check "the effect: they are those of score, and the whole model's is higher" scores_of_effect
same_translation() {
    status 0 "$xattn" translate --ablate-head 0.0 "$cat" && [ "$(cat "$out")" = "$whole" ] && rows 2
}
check "the effect: a translation that stays is not repeated" same_translation
# shellcheck disable=SC2086
quiet() { status 0 "$xattn" translate --quiet $all "$cat" && silent; }
check "--quiet says nothing of it" quiet
blank() { status 0 "$xattn" translate --ablate-head 0.0 "" && silent; }
check "an empty text has no effect" blank
given() {
    printf 'A cat.\tUn chat.\nA dog.\tUn chien.\n' >"$tmp/pairs"
    status 0 "$xattn" score --ablate-head 1.0 -i "$tmp/pairs" && rows 4 &&
        [ "$(awk '/^  ablated/ { print $2 }' "$err")" = "$(cut -f 1 "$out")" ] && says "line 2 of $tmp/pairs"
}
check "score: the effect on each pair" given

# ---- maps

# uniform FILE: every row of a JSON map holds one number, one over the number of columns
uniform() {
    tr -d '\n' <"$1" | grep -o '"rows":\[\[.*\]\]' | sed 's|[][]|\
|g' | grep '^[0-9]' | awk -F , '
        { for (i = 1; i <= NF; i++) if ($i * NF < 0.99999 || $i * NF > 1.00001) wrong = 1 }
        END { exit wrong || !NR }'
}
uniform_layer() {
    status 0 "$xattn" align --quiet --uniform-attention 1 --layer 1 --head all --format json "$cat" && uniform "$out" &&
        status 0 "$xattn" align --quiet --uniform-attention 1 --layer 0 --head all --format json "$cat" && ! uniform "$out"
}
check "align: the map of a uniform layer is uniform, that of the other layer is not" uniform_layer
traced() {
    status 0 "$xattn" trace --uniform-attention 0 --ablate-head 1.2 "$cat" -o "$tmp/trace" || return 1
    tail -c 40 "$tmp/trace/decoder.layer0.cross.probabilities.npy" | od -A n -t f4 -v -w4 | sort -u >"$tmp/values"
    [ "$(lines "$tmp/values")" -eq 1 ] || return 1
    # Of the last row, numbers of 4 bytes: head 2, and the heads behind it.
    size=$((4 * width / heads)) from_2=$((4 * width - 2 * 4 * width / heads))
    tail -c "$from_2" "$tmp/trace/decoder.layer1.cross.context.npy" >"$tmp/context"
    head -c "$size" "$tmp/context" | od -A n -t f4 -v -w4 | sort -u >"$tmp/zeros"
    tail -c $((from_2 - size)) "$tmp/context" | od -A n -t f4 -v -w4 | sort -u >"$tmp/others"
    [ "$(tr -d ' ' <"$tmp/zeros")" = 0 ] && [ "$(lines "$tmp/others")" -gt $(((from_2 - size) / 5)) ]
}
check "trace: uniform probabilities, and the context of an ablated head is 0" traced

# ---- batches and beams

# alone OPTION...: one by one is the same as all at once
alone() {
    status 0 "$xattn" translate --quiet --ablate-head 1.0 --uniform-attention 0 "$@" -i "$in" && cp "$out" "$tmp/together"
    while IFS= read -r line; do
        "$xattn" translate --quiet --ablate-head 1.0 --uniform-attention 0 "$@" "$line"
    done <"$in" >"$tmp/alone"
    cmp -s "$tmp/together" "$tmp/alone" && ! "$xattn" translate "$@" -i "$in" | cmp -s - "$tmp/alone"
}
check "one by one is the same as all at once" alone
check "and in beam search" alone --beam 3

# ---- the table's numbers are those of the translation, also of several sentences

whole_score() {
    text="The cat sat on the mat. My sister has sold the house."
    status 0 "$xattn" translate --ablate-head 1.0 "$text" || return 1
    whole=$(sed -n 's/^  whole *\(-[0-9.]*\)  .*/\1/p' "$err")
    "$xattn" translate --scores "$text" | cut -f 1 | awk -v w="$whole" '{ exit !(w < 0 && $1 - w < 2e-4 && w - $1 < 2e-4) }'
}
check "the whole model's score is that of its own translation" whole_score

# ---- wrong usage

refuses() {
    status 2 "$xattn" translate "$1" "$2" "$cat" </dev/null && [ ! -s "$out" ] && says "$1"
}
for value in "" x 1 1. .1 1.x 1.0.0 -1.0 1.-1 " 1.0" 99999.0 all; do
    check "--ablate-head '$value'" refuses --ablate-head "$value"
done
for value in "" x -1 1.0 all; do
    check "--uniform-attention '$value'" refuses --uniform-attention "$value"
done
lacks() {
    option=$1 value=$2 text=$3
    for command in translate align; do
        status 1 "$xattn" "$command" "$option" "$value" "$cat" && [ ! -s "$out" ] && says "$text" || return 1
    done
    status 1 "$xattn" trace "$option" "$value" "$cat" -o "$tmp/none" && says "$text" && [ ! -e "$tmp/none" ]
}
check "a layer that the model lacks" lacks --ablate-head 2.0 "the decoder's layers are 0 to 1"
check "a head that the model lacks" lacks --ablate-head "0.$heads" "the heads are 0 to $((heads - 1))"
check "a uniform layer that the model lacks" lacks --uniform-attention 2 "the decoder's layers are 0 to 1"

finish
