#!/bin/sh
# align on its way to a file or a pipe: what it draws with, and what it counts.
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2317  # functions run by way of `check`
. tests/cli/tap.sh

escape=$(printf '\033')
text="The black cat sat on the mat."

plain() { status 0 "$xattn" align "$text" && ! prints "$escape" && prints "█"; }
check "no colours where there is no terminal" plain
always() { status 0 "$xattn" align --color always "$text" && prints "${escape}["; }
check "--color always" always
check "--color=always" status 0 "$xattn" align --color=always "$text"
never() { status 0 "$xattn" align --color never "$text" && ! prints "$escape"; }
check "--color never" never
asked_for() { (NO_COLOR=1 && export NO_COLOR && always); }
check "--color always wins over NO_COLOR" asked_for
ascii() {
    status 0 "$xattn" align --ascii --max-length 12 "The cat is black." &&
        [ "$(tail -n +2 "$out" | LC_ALL=C tr -d '\000-\177' | wc -c)" -eq 0 ]
}
check "--ascii draws with ASCII" ascii

first_line() {
    "$xattn" translate "$text" >"$tmp/translation"
    status 0 "$xattn" align "$text" && grep -qF "$(cat "$tmp/translation")" "$out"
}
check "the translation is that of translate" first_line

json_lines() {
    printf 'A cat.\n\n   \nA dog.\n' >"$tmp/in"
    status 0 "$xattn" align --format json -i "$tmp/in" && [ "$(lines "$out")" -eq 4 ]
}
check "--format json: one line a line" json_lines

one_map() { grep -o '"layer"' "$out" | wc -l; }
default_map() { status 0 "$xattn" align --format json "$text" && [ "$(one_map)" -eq 1 ]; }
check "one map" default_map
all_maps() {
    layers=$("$xattn" inspect | sed -n 's/^decoder *\([0-9]*\) layers, \([0-9]*\) heads.*/\1 \2/p')
    status 0 "$xattn" align --format json --layer all --head all "$text" &&
        [ "$(one_map)" -eq $((${layers% *} * ${layers#* })) ]
}
check "--layer all --head all: every map" all_maps
mean() { status 0 "$xattn" align --format json --layer 0 --head mean "$text" && prints '"head":"mean"'; }
check "--head mean" mean

labels() { grep -o '"[a-z]*_labels":\[[^]]*\]' "$out"; }
pieces_and_words() {
    "$xattn" align --format json "$text" >"$tmp/pieces"
    status 0 "$xattn" align --format json --words "$text" && prints '"cat"' && ! labels | grep -q "▁" &&
        grep -q "▁cat" "$tmp/pieces"
}
check "--words" pieces_and_words
no_eos() {
    status 0 "$xattn" align --format json "$text" && labels | grep -q "</s>" &&
        status 0 "$xattn" align --format json --no-eos "$text" && [ "$(labels | wc -l)" -eq 2 ] &&
        ! labels | grep -q "</s>"
}
check "--no-eos" no_eos

# ---- pairs of tokens

printf "I love New York 's parks , said Tom .\tJ' aime les parcs de New York , dit Tom .\n" >"$tmp/tokens"
sed 's/\t/ ||| /' "$tmp/tokens" >"$tmp/bars"
tokens() { status 0 "$xattn" align --pairs --tokens --no-eos --format json -i "$tmp/tokens" &&
    prints '"source_labels":["I","love","New","York","'"'s"'","parks",",","said","Tom","."]' &&
    prints '"target_labels":["J'"'"'","aime","les","parcs","de","New","York",",","dit","Tom","."]'; }
check "--tokens: labels are what stands between spaces" tokens
bars() {
    "$xattn" align --pairs --tokens --no-eos --format pharaoh -i "$tmp/tokens" >"$tmp/expected" &&
        status 0 "$xattn" align --pairs --tokens --no-eos --format pharaoh -i "$tmp/bars" && cmp -s "$out" "$tmp/expected" &&
        grep -q ' 9-10' "$out"
}
check "--pairs: ||| for a tab" bars
link_words() {
    status 0 "$xattn" align --pairs --tokens --link-words --format pharaoh -i "$tmp/bars" &&
        [ "$(cut -f 2- "$out")" = "$(cat "$tmp/tokens")" ]
}
check "--link-words: the words behind the links" link_words
# Words of the usual kind would be Yes , Tom ( he left ).
glued() {
    printf 'Yes,Tom (he left).\tOui,Tom (il est parti).\n' >"$tmp/glued"
    status 0 "$xattn" align --pairs --tokens --link-words --format pharaoh -i "$tmp/glued" &&
        [ "$(cut -f 2- "$out")" = "$(cat "$tmp/glued")" ] && in_range &&
        status 0 "$xattn" align --pairs --tokens --format pharaoh --reverse "$model" -i "$tmp/glued" && in_range
}
in_range() { grep -q 0-0 "$out" && ! grep -q '[3-9]-\|-[4-9]' "$out"; }
check "--tokens: signs belong to the word that they touch" glued
# Ten tokens and </s> on one side, eleven and </s> on the other.
formats() {
    formatted() { status 0 "$xattn" align --pairs --tokens --format "$1" -i "$tmp/tokens"; }
    formatted tsv && [ "$(head -n 1 "$out")" = "$(printf '\t%s' I love New York "'s" parks , said Tom . '</s>')" ] &&
        [ "$(sed '1d;/^$/d' "$out" | cut -f 1 | tr '\n' ' ')" = "J' aime les parcs de New York , dit Tom . </s> " ] &&
        formatted npy && prints "(1, 1, 12, 11)" &&
        formatted terminal && prints parks && prints parcs &&
        formatted svg && prints '>parks<' && prints '>parcs<'
}
check "--tokens: every format of a map" formats
no_pieces() { status 2 "$xattn" align --tokens --pieces "A cat." && status 2 "$xattn" align --link-words "A cat."; }
check "--tokens excludes --pieces, --link-words needs --format pharaoh" no_pieces

quoted() { status 0 "$xattn" align --words --format tsv 'He said "no".' && [ "$(head -n 1 "$out" | tr -dc '"' | wc -c)" -eq 8 ]; }
check "tsv: quotes are doubled between quotes" quoted

finish
