#!/bin/sh
# Two models in a row: -m twice, or a pair that has none. The numbers: tests/api/test_pivot.c.
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2317  # functions run by way of `check`
. tests/cli/tap.sh

cat="The black cat sat on the mat."
twice() { "$xattn" "$@" -m "$model" -m "$model" "$cat"; }

one_after_the_other() {
    "$xattn" translate "$cat" >"$tmp/pivot"
    "$xattn" translate -i "$tmp/pivot" >"$tmp/expected"
    status 0 "$xattn" translate -m "$model" -m "$model" "$cat" && cmp -s "$out" "$tmp/expected"
}
check "what the first makes is translated by the second" one_after_the_other
says_pivot() { twice translate --json >"$out" && grep -q "\"pivot\":\"$(cat "$tmp/pivot")\"" "$out"; }
check "JSON has the pivot text" says_pivot
for format in terminal json tsv npy pharaoh svg html; do
    draws() { status 0 "$xattn" align -m "$model" -m "$model" --format "$format" -o "$tmp/map" "$cat" && [ -s "$tmp/map" ]; }
    check "align --format $format" draws
done
columns() { twice align --format tsv --pieces >"$out" && head -n 1 "$out" | grep -q "▁black"; }
check "a map's columns are the text's own pieces" columns
lines_stay() {
    printf 'A cat.\n\n   \nA dog.\n' >"$tmp/in"
    status 0 "$xattn" translate -m "$model" -m "$model" -i "$tmp/in" && [ "$(lines "$out")" -eq 4 ] &&
        [ "$(grep -c "[a-z]" "$out")" -eq 2 ] && [ "$(sed -n 3p "$out")" = "   " ]
}
check "empty lines stay" lines_stay

# A pair without a model goes through English; a pair that has one does not.
mkdir -p "$tmp/cache/xattn/models"
ln -s "$model" "$tmp/cache/xattn/models/xx-en"
ln -s "$model" "$tmp/cache/xattn/models/en-yy"
through_english() {
    XDG_CACHE_HOME=$tmp/cache "$xattn" translate --json -m xx-yy "$cat" >"$out" && grep -q '"pivot"' "$out" &&
        XDG_CACHE_HOME=$tmp/cache "$xattn" translate --json -m xx-en "$cat" >"$out" && ! grep -q '"pivot"' "$out"
}
check "a pair without a model goes through English" through_english
one_is_missing() {
    XDG_CACHE_HOME=$tmp/cache
    export XDG_CACHE_HOME
    refuses_saying "no model xx-zz" "$xattn" translate -m xx-zz "$cat"
}
refuses_saying() {
    said=$1
    shift
    "$@" >"$out" 2>"$err" && return 1
    [ ! -s "$out" ] && grep -qF -e "$said" "$err"
}
check "unless one of the two is missing" one_is_missing
# wrong_usage TEXT COMMAND...: the text is all that is said, but for where to look
wrong_usage() {
    said=$1
    shift
    status 2 "$@" </dev/null && [ ! -s "$out" ] && says "$said" && [ "$(lines "$err")" -eq 2 ]
}
# What needs one model says so of a pair that has two, whatever the command.
needs_one() {
    XDG_CACHE_HOME=$tmp/cache status 1 "$xattn" "$@" </dev/null && [ ! -s "$out" ] && [ "$(lines "$err")" -eq 1 ] &&
        says "no model xx-yy: a translation goes through xx-en and en-yy, but this needs one model"
}
for command in score tokenize detokenize bench "align --pairs"; do
    # shellcheck disable=SC2086 # several words
    check "$command of a pair with two models" needs_one $command -m xx-yy
done
check "trace of a pair with two models" needs_one trace -m xx-yy -o "$tmp/trace" "$cat"
check "inspect of a pair with two models" needs_one inspect xx-yy
check "--target of a pair with two models" needs_one align -m xx-yy --target "Un chat." "$cat"
check "--reverse of a pair with two models" needs_one align -m xx-yy --format pharaoh --reverse xx-en "$cat"
check "--ablate-head of a pair with two models" needs_one translate -m xx-yy --ablate-head 1.0 "$cat"
named_by_environment() { XATTN_MODEL=xx-yy XDG_CACHE_HOME=$tmp/cache "$xattn" translate --json "$cat" >"$out" && grep -q '"pivot"' "$out"; }
check "a pair that \$XATTN_MODEL names goes through English" named_by_environment

check "three models" refuses_saying "expected two models at most" "$xattn" translate -m a -m b -m c "$cat"
for command in score tokenize detokenize bench; do
    check "$command takes one model" wrong_usage "only translate and align take two models" "$xattn" $command -m a -m b
done
check "trace takes one model" wrong_usage "only translate and align take two models" twice trace -o "$tmp/trace"
check "a second model that is not there" refuses_saying "$tmp/none: No such file" "$xattn" translate -m "$model" -m "$tmp/none" "$cat"
check "--target" wrong_usage "a given translation needs one model" twice align --target "Un chat."
check "--pairs" wrong_usage "a given translation needs one model" "$xattn" align -m a -m b --pairs
check "--reverse" wrong_usage "--reverse needs one model" twice align --format pharaoh --reverse c
for command in translate align; do
    check "$command --ablate-head" wrong_usage "--ablate-head needs one model" twice $command --ablate-head 1.0
    check "$command --uniform-attention" wrong_usage "--uniform-attention needs one model" twice $command --uniform-attention 1
done
check "--nbest without a beam" refuses_saying "needs a --beam of at least 2" twice translate --nbest 2
nbest() { twice translate --beam 3 --nbest 3 >"$out" && [ "$(lines "$out")" -eq 3 ]; }
check "--nbest" nbest
finish
