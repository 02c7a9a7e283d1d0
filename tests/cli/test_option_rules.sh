#!/bin/sh
# Options that need or exclude one another: what could do nothing is refused, by name, before a model
# is loaded.
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2317  # functions run by way of `check`
. tests/cli/tap.sh

# refuses TEXT ARGUMENTS...: wrong usage that says TEXT and where to look
refuses() {
    expected=$1
    shift
    status 2 "$xattn" "$@" </dev/null && [ ! -s "$out" ] && says "xattn $1: $expected" &&
        says "Try \`xattn $1 --help\`." && [ "$(lines "$err")" -eq 2 ]
}

# COMMAND AND OPTIONS | WHAT IS SAID
while IFS='|' read -r arguments expected; do
    # shellcheck disable=SC2086 # several words
    check "$arguments" refuses "$expected" $arguments
done <<'TABLE'
translate -i FILE TEXT|either texts or --input, not both
translate --int8 --f32 TEXT|either --int8 or --f32, not both
translate --length-penalty 1 --beam 1 TEXT|--length-penalty needs a --beam of at least 2
translate --nbest 5 --beam 4 TEXT|--nbest K needs a --beam of at least K
translate --nbest 2 --beam 4 --scores TEXT|--nbest prints scores already
translate --align TEXT|--align needs --json
translate --layer 0 TEXT|--layer and --head need --json --align
translate --json --head 0 TEXT|--layer and --head need --json --align
translate --scores --json TEXT|--scores is part of --json already
score TEXT|pairs come from standard input or --input
score --int8 --f32|either --int8 or --f32, not both
inspect DIR DIR|one model at a time
inspect --int8 --f32 DIR|either --int8 or --f32, not both
bench FILE FILE|one file at a time
bench --int8 --f32|either --int8 or --f32, not both
trace TEXT|--output DIR is needed
trace -o DIR|exactly one TEXT is needed
trace -o DIR --int8 --f32 TEXT|either --int8 or --f32, not both
trace -o DIR --target TEXT --max-length 9 TEXT|a given translation needs no --max-length
align --length-penalty 1 --beam 1 TEXT|--length-penalty needs a --beam of at least 2
align --target TEXT|--target needs exactly one TEXT
align --target TEXT TEXT TEXT|--target needs exactly one TEXT
align --target TEXT --pairs TEXT|either --target or --pairs, not both
align --pairs TEXT|--pairs needs lines, not arguments
align --target TEXT --beam 2 TEXT|a given translation needs no --beam
align --pairs --beam 2|a given translation needs no --beam
align --target TEXT --max-length 9 TEXT|a given translation needs no --max-length
align --pairs --max-length 9|a given translation needs no --max-length
align --target TEXT --no-shortlist TEXT|a given translation needs no --no-shortlist
align --pairs --no-shortlist|a given translation needs no --no-shortlist
align --words --pieces TEXT|either --words or --pieces, not both
align --ascii --format svg TEXT|--ascii needs --format terminal
align --ascii --format pharaoh TEXT|--ascii needs --format terminal
align --color always --format json TEXT|--color needs --format terminal
align --color never --format html TEXT|--color needs --format terminal
align --style lines TEXT|--style needs --format svg
align --style heat --format html TEXT|--style needs --format svg
align --threshold 0.5 TEXT|--threshold needs --format pharaoh
align --format pharaoh --threshold 0 TEXT|--threshold needs a number above 0
align --reverse DIR TEXT|--reverse needs --format pharaoh
align --symmetrize intersect TEXT|--symmetrize needs --reverse
align --format pharaoh --symmetrize intersect TEXT|--symmetrize needs --reverse
align --format pharaoh --pieces TEXT|--format pharaoh needs words, not --pieces
align --format pharaoh --layer all TEXT|--format pharaoh needs one map
align --format pharaoh --head all TEXT|--format pharaoh needs one map
align --format html --words TEXT|--format html shows words and pieces
align --format html --pieces TEXT|--format html shows words and pieces
align --format html --no-eos TEXT|--format html always shows </s>
align --tokens --pieces TEXT|either --tokens or --pieces, not both
align --tokens --words TEXT|either --tokens or --words, not both
align --link-words TEXT|--link-words needs --format pharaoh
align --format html --tokens TEXT|--format html shows words and pieces
TABLE

foreign() { refuses "--target is an option of align, trace, not of translate" translate --target TEXT TEXT; }
check "an option of another command is not an abbreviation of one of this" foreign
needs_argument() { refuses "--format is an option of align, not of score" score --format; }
check "an option of another command, without its argument" needs_argument
letters() {
    refuses "--model is an option of translate, align" inspect -m en-fr &&
        refuses "--input is an option of translate, align" trace -i FILE
}
check "an option of another command, by its letter" letters
outputs() { refuses "--output is an option of translate, align" bench --output x; }
check "an option that others have in two ways" outputs

# What depends on the model is known once it is loaded.
lacks() { status 1 "$xattn" translate "$@" "A cat." && [ ! -s "$out" ] && says "$model: $1"; }
check "--no-shortlist, with a model that has none" lacks --no-shortlist
check "--length-penalty, with a model that is searched greedily" lacks --length-penalty 1
check "--nbest, with a model that is searched greedily" lacks --nbest 2

# on_terminal ARGUMENTS...: with a terminal as standard output
on_terminal() { script -qec "'$xattn' $*" /dev/null >"$out" 2>&1 </dev/null; }
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
    npy() { ! on_terminal align --format npy Cat. && prints "--format npy is not for terminals"; }
    check "bytes are not for a terminal" npy
    npy_to_file() { on_terminal align --format npy -o "$tmp/map.npy" Cat. && [ -s "$tmp/map.npy" ]; }
    check "unless they go to a file" npy_to_file
    plain_file() { TERM=xterm on_terminal align -o "$tmp/map" Cat. && [ -s "$tmp/map" ] && ! grep -q "$(printf '\033')" "$tmp/map"; }
    check "a file gets no colours for the terminal beside it" plain_file
else
    skip "no script(1)"
fi

# What may look idle and is not.
ascii_to_file() { status 0 "$xattn" align --ascii -o "$tmp/map" "A cat." && LC_ALL=C grep -q '#' "$tmp/map"; }
check "--ascii reaches a file" ascii_to_file
color_to_file() { status 0 "$xattn" align --color always -o "$tmp/map" "A cat." && grep -q "$(printf '\033')" "$tmp/map"; }
check "--color always reaches a file" color_to_file

finish
