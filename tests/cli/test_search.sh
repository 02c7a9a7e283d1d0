#!/bin/sh
# What search is asked for on the command line: beams, n-best lists, scores, given translations.
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2317  # functions run by way of `check`
. tests/cli/tap.sh

in=$tmp/in
cat="The black cat sat on the mat."
tab=$(printf '\t')
sentences 30 >"$in"

# near A B: numbers that are the same but for how they were rounded
near() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a - b < 2e-4 && b - a < 2e-4) }'; }
# arrays NAME: every array of that name in the output's JSON, one a line
arrays() { grep -o "\"$1\":\[[^]]*\]" "$out"; }
numbers() { grep -o "\"$1\":[-0-9.e]*" "$out" | cut -d : -f 2; }

# ---- beam

beam_one() {
    "$xattn" translate --scores -i "$in" >"$tmp/greedy"
    status 0 "$xattn" translate --scores --beam 1 -i "$in" && cmp -s "$out" "$tmp/greedy"
}
check "--beam 1 is greedy search" beam_one
"$xattn" translate --beam 4 -i "$in" >"$tmp/beam"
short_option() { status 0 "$xattn" translate -b 4 -i "$in" && cmp -s "$out" "$tmp/beam"; }
check "-b is --beam" short_option
one_by_one() {
    head -n 12 "$in" | while IFS= read -r line; do "$xattn" translate -b 4 "$line"; done >"$out"
    head -n 12 "$tmp/beam" | cmp -s - "$out"
}
check "--beam: one by one is the same as all at once" one_by_one
beam_lines() {
    printf '\nA cat.\n   \n\nA dog.\n' >"$tmp/gaps"
    status 0 "$xattn" translate --beam 3 -i "$tmp/gaps" && [ "$(lines "$out")" -eq 5 ] &&
        [ "$(grep -c '[^ ]' "$out")" -eq 2 ]
}
check "--beam: empty lines stay" beam_lines
beam_cut() {
    status 0 "$xattn" translate --beam 4 --max-length 3 "$cat" && silent_but "was cut after 3 pieces" &&
        status 1 "$xattn" translate --strict --beam 4 --max-length 3 "$cat"
}
silent_but() { [ "$(lines "$err")" -eq 1 ] && says "$1"; }
check "--beam: --max-length cuts, and says so" beam_cut
beam_map() {
    status 0 "$xattn" translate --beam 4 --json --align "$cat" && [ "$(numbers layer | lines -)" -eq 1 ] &&
        status 0 "$xattn" align --beam 4 "$cat" && grep -qF "$("$xattn" translate --beam 4 "$cat")" "$out"
}
check "--beam: maps are of what the beam found" beam_map

# ---- n-best lists

nbest() { status 0 "$xattn" translate --beam 4 --nbest 3 -i "$in"; }
check "--nbest" nbest
well_formed() { [ "$(grep -cE '^[0-9]+ \|\|\| .* \|\|\| -[0-9]+\.[0-9]{4}$' "$out")" -eq 90 ]; }
check "--nbest: LINE ||| TRANSLATION ||| SCORE" well_formed
ordered() {
    awk -F ' [|][|][|] ' '
        $1 != int((NR - 1) / 3)                        { exit 1 }
        NR % 3 != 1 && $3 > before                     { exit 1 }
        { before = $3 }' "$out"
}
check "--nbest: lines from 0, best first" ordered
first_ones() {
    awk -F ' [|][|][|] ' 'NR % 3 == 1 { print $2 }' "$out" | cmp -s - "$tmp/beam"
}
check "--nbest: the first is the translation" first_ones
nbest_score() {
    printed=$("$xattn" translate --beam 4 --nbest 2 "$cat" | sed -n '2s/.* //p')
    status 0 "$xattn" translate --beam 4 --nbest 2 --json "$cat" && near "$printed" "$(numbers normalized_score | tail -n 1)"
}
check "--nbest: scores are normalized" nbest_score
nbest_blank() {
    printf '\nA cat.\n' >"$tmp/gaps"
    status 0 "$xattn" translate -b 2 --nbest 2 -i "$tmp/gaps" && [ "$(head -n 1 "$out")" = "0 |||  ||| 0.0000" ] &&
        [ "$(grep -c '^1 ||| ' "$out")" -eq 2 ]
}
check "--nbest: an empty line has one translation, and line numbers go on" nbest_blank
nbest_greedy() {
    status 0 "$xattn" translate --nbest 1 "$cat" && [ "$(lines "$out")" -eq 1 ] && grep -q '^0 ||| ' "$out"
}
check "--nbest 1 needs no beam" nbest_greedy
windows() {
    sentences 300 >"$tmp/many"
    status 0 "$xattn" translate --beam 2 --nbest 2 --max-length 4 --quiet -i "$tmp/many" &&
        [ "$(lines "$out")" -eq 600 ] && [ "$(tail -n 1 "$out" | cut -d ' ' -f 1)" -eq 299 ]
}
check "--nbest: line numbers beyond what is translated together" windows

nbest_json() { status 0 "$xattn" translate --beam 4 --nbest 4 --json "$cat" && prints '"alternatives":['; }
check "--nbest --json" nbest_json
four() {
    for name in target score normalized_score target_cut repeats; do
        [ "$(grep -o "\"$name\":" "$out" | lines -)" -eq 4 ] || return 1
    done
    for name in target_pieces target_ids token_logprobs; do
        [ "$(arrays "$name" | lines -)" -eq 4 ] || return 1
    done
    [ "$(arrays source_ids | lines -)" -eq 1 ]
}
check "--nbest --json: every hypothesis has its fields, and the best is not there twice" four
distinct() { [ "$(arrays target_ids | sort -u | lines -)" -eq 4 ]; }
check "--nbest --json: the hypotheses are different" distinct
sorted() { numbers normalized_score | awk 'NR > 1 && $1 > before { exit 1 } { before = $1 }'; }
check "--nbest --json: the hypotheses are sorted" sorted
nbest_maps() {
    status 0 "$xattn" translate --beam 3 --nbest 3 --json --align "$cat" &&
        [ "$(grep -o '"maps":' "$out" | lines -)" -eq 3 ]
}
check "--nbest --json --align: every hypothesis has its map" nbest_maps
no_alternatives() { status 0 "$xattn" translate --beam 4 --json "$cat" && ! prints '"alternatives"'; }
check "--json without --nbest has no alternatives" no_alternatives

# ---- length penalty

# normalized PENALTY: whether scores are Σ log p / length^PENALTY
normalized() {
    status 0 "$xattn" translate --beam 4 --length-penalty "$1" --json "$cat" || return 1
    pieces=$(arrays token_logprobs | tr ',' '\n' | lines -)
    found=$(numbers normalized_score)
    wanted=$(awk -v s="$(numbers score)" -v n="$pieces" -v a="$1" 'BEGIN { print s / n ^ a }')
    near "${found:-$(numbers score)}" "$wanted"
}
for penalty in 1 0.6 0 2 -0.5; do
    check "--length-penalty $penalty" normalized "$penalty"
done
default_penalty() {
    "$xattn" translate --beam 4 --nbest 4 --length-penalty 1 "$cat" >"$tmp/one"
    status 0 "$xattn" translate --beam 4 --nbest 4 "$cat" && cmp -s "$out" "$tmp/one"
}
if grep -q length_penalty "$model/config.json" "$model/generation_config.json"; then
    skip "--length-penalty is 1 if the model's files say nothing"
else
    check "--length-penalty is 1 if the model's files say nothing" default_penalty
fi

# ---- scores

scores() {
    "$xattn" translate -i "$in" >"$tmp/greedy"
    status 0 "$xattn" translate --scores -i "$in" && cut -f 2- "$out" | cmp -s - "$tmp/greedy" &&
        [ "$(grep -cE "^-[0-9]+\.[0-9]{4}$tab" "$out")" -eq 30 ]
}
check "--scores: log-probability, a tab, the translation" scores
# The same pieces may come from other ones: then there is another score.
score_of_translations() {
    cut -f 1 "$out" >"$tmp/scores"
    paste "$in" "$tmp/greedy" >"$tmp/pairs"
    status 0 "$xattn" score -i "$tmp/pairs" &&
        paste "$tmp/scores" "$out" | awk '$1 - $2 < 2e-4 && $2 - $1 < 2e-4 { n++ } END { exit !(n >= 27) }'
}
check "score of a translation is what --scores said" score_of_translations
columns() {
    awk -F '\t' 'NF != 3 || $1 >= 0 || $2 < 1 || $2 != int($2) { exit 1 }
                 { off = exp(-$1 / $2) / $3; if (off < 0.999 || off > 1.001) exit 1 }' "$out"
}
check "score: log-probability, pieces, perplexity" columns
score_stdin() { cp "$out" "$tmp/score" && status 0 "$xattn" score <"$tmp/pairs" && cmp -s "$out" "$tmp/score"; }
check "score reads standard input" score_stdin
score_alone() {
    sed -n 7p "$tmp/pairs" | "$xattn" score >"$tmp/seventh"
    near "$(cut -f 1 "$tmp/seventh")" "$(sed -n 7p "$tmp/score" | cut -f 1)"
}
check "score: a pair alone is scored as among others" score_alone
sums() {
    status 0 "$xattn" score --json -i "$tmp/pairs" && [ "$(lines "$out")" -eq 30 ] || return 1
    head -n 1 "$out" >"$tmp/first" && cp "$tmp/first" "$out"
    near "$(numbers score)" "$(arrays token_logprobs | tr -d '"a-z_:[]' | tr ',' '\n' | awk '{ s += $1 } END { print s }')"
}
check "score --json: the score is the sum of its pieces" sums
gaps() {
    printf '\nA cat.\tUn chat.\n\nA cat.\t\n \tUn chat.\n' >"$tmp/gaps"
    status 0 "$xattn" score -i "$tmp/gaps" && [ "$(lines "$out")" -eq 5 ] &&
        [ "$(awk 'NF { printf "%d ", NR }' "$out")" = "2 4 " ] && [ "$(sed -n 4p "$out" | cut -f 2)" -eq 1 ]
}
check "score: empty lines stay, an empty translation is </s>" gaps
empty_sides() {
    printf 'A cat.\t\n\tUn chat.\n\n' >"$tmp/empty"
    status 0 "$xattn" score -i "$tmp/empty" && [ "$(lines "$out")" -eq 3 ] && [ "$(lines "$err")" -eq 2 ] &&
        says "line 1 of $tmp/empty: the translation is empty" && says "line 2 of $tmp/empty: the source is empty"
}
check "score: an empty side is said" empty_sides
given_text() {
    printf 'I love you 😀\t  Je t\047aime  田中 😀\n' >"$tmp/given"
    status 0 "$xattn" score --json -i "$tmp/given" && prints '"target":"  Je t'"'"'aime  田中 😀"' && ! prints inf && ! prints null
}
check "score --json: the translation as it was given, and a finite score" given_text
better() {
    printf '%s\tLe chat noir.\n%s\tUne maison verte.\n' "The black cat." "The black cat." >"$tmp/two"
    status 0 "$xattn" score -i "$tmp/two" && awk 'NR == 1 { good = $1 } NR == 2 { exit !(good > $1) }' "$out"
}
check "score: a translation is more probable than something else" better
no_tab() {
    printf 'A cat.\tUn chat.\n\nA dog.\n' >"$tmp/bad"
    status 1 "$xattn" "$@" -i "$tmp/bad" && says "line 3 of $tmp/bad: no tab"
}
check "score: a line without a tab is named" no_tab score
check "align --pairs: a line without a tab is named" no_tab align --pairs
no_tab_later() {
    awk 'BEGIN { for (i = 0; i < 300; i++) print "A cat.\tUn chat."; print "A dog." }' >"$tmp/bad"
    status 1 "$xattn" score -i "$tmp/bad" && says "line 301 of $tmp/bad: no tab"
}
check "score: a line without a tab far down is named" no_tab_later

# ---- maps of given translations

given() { status 0 "$xattn" align --target "Un chat." --format json "A cat." && prints '"target":"Un chat."'; }
check "align --target" given
own_target() {
    head -n 5 "$in" | while IFS= read -r line; do
        "$xattn" align --format json --layer all --head all "$line" >"$tmp/own"
        "$xattn" align --format json --layer all --head all --target "$("$xattn" translate "$line")" "$line" \
            >"$out" 2>"$err"
        if [ "$(grep -o '"target_pieces":[^]]*' "$out")" = "$(grep -o '"target_pieces":[^]]*' "$tmp/own")" ]; then
            cmp -s "$out" "$tmp/own" || echo different
            echo same
        fi
    done >"$tmp/verdict"
    grep -q same "$tmp/verdict" && ! grep -q different "$tmp/verdict"
}
check "align --target with the model's own translation is align" own_target
pairs() {
    "$xattn" align --target "Un chat." "A cat." >"$tmp/both"
    "$xattn" align --target "Un chien noir." "A dog." >>"$tmp/both"
    printf 'A cat.\tUn chat.\nA dog.\tUn chien noir.\n' >"$tmp/two"
    status 0 "$xattn" align --pairs -i "$tmp/two" && grep . "$out" >"$tmp/found" &&
        grep . "$tmp/both" | cmp -s - "$tmp/found" &&
        status 0 "$xattn" align --pairs <"$tmp/two" && grep . "$out" | cmp -s - "$tmp/found"
}
check "align --pairs: the same, line by line" pairs
pairs_gaps() {
    status 0 "$xattn" align --pairs --format pharaoh -i "$tmp/gaps" && [ "$(lines "$out")" -eq 5 ] &&
        [ -z "$(sed -n 1p "$out")" ] && [ -n "$(sed -n 2p "$out")" ]
}
check "align --pairs: empty lines stay" pairs_gaps
second_tab() {
    printf 'A cat.\tUn chat.\tx\n' >"$tmp/tabs"
    status 0 "$xattn" align --pairs --format json -i "$tmp/tabs" && prints '"source":"A cat."' && prints 'chat.\tx"'
}
check "align --pairs: only the first tab separates" second_tab

# ---- wrong usage

# refuses TEXT COMMAND...: wrong usage, and stderr says why
refuses() {
    text=$1
    shift
    status 2 "$xattn" "$@" </dev/null && [ ! -s "$out" ] && says "$text"
}
for value in 0 -1 65 x 2.5 ""; do
    check "--beam '$value'" refuses "--beam" translate --beam "$value" "A cat."
done
for value in 0 -1 x ""; do
    check "--nbest '$value'" refuses "--nbest" translate --beam 4 --nbest "$value" "A cat."
done
for value in x nan inf 101 -101 "" 1x; do
    check "--length-penalty '$value'" refuses "--length-penalty" translate --beam 4 --length-penalty "$value" "A cat."
done
check "--nbest with a smaller beam" refuses "--beam of at least" translate --beam 1 --nbest 2 "A cat."
check "--nbest above the beam" refuses "--beam of at least" translate --beam 4 --nbest 5 "A cat."
check "--nbest and --scores" refuses "--nbest" translate --beam 2 --nbest 2 --scores "A cat."
check "--scores and --json" refuses "--json" translate --scores --json "A cat."
check "score with arguments" refuses "standard input or --input" score "A cat."
check "score with a beam" refuses "beam" score --beam 4
check "align with --nbest" refuses "nbest" align --nbest 2 "A cat."
check "align --target without a text" refuses "exactly one TEXT" align --target "Un chat."
check "align --target with two texts" refuses "exactly one TEXT" align --target "Un chat." "A cat." "A dog."
check "align --target and --input" refuses "exactly one TEXT" align --target "Un chat." -i "$in"
check "align --target and --pairs" refuses "not both" align --target "Un chat." --pairs "A cat."
check "align --target and --beam" refuses "no --beam" align --target "Un chat." --beam 4 "A cat."
check "align --pairs and --beam" refuses "no --beam" align --pairs --beam 4 -i "$in"
check "align --pairs with an argument" refuses "not arguments" align --pairs "A cat."
check "translate with --target" refuses "target" translate --target "Un chat." "A cat."

finish
