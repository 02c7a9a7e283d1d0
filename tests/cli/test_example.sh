#!/bin/sh
# shellcheck disable=SC1091,SC2317
# test_example.sh: the page of C in examples/, built against the library, says what the program says
. tests/cli/tap.sh

example=$BUILD/examples/translate

same_translation() {
    status 0 "$example" "$model" "The cat sat on the mat." &&
        [ "$(head -n 1 "$out")" = "$("$xattn" translate -m "$model" "The cat sat on the mat.")" ]
}
check "the first line is the translation" same_translation

row_a_piece() {
    status 0 "$example" "$model" "The cat sat on the mat." && grep -q "chat.*cat" "$out" &&
        tail -n 1 "$out" | grep -q "</s>.*</s>"
}
check "a line a piece: chat looked at cat, and </s> at </s>" row_a_piece

no_model() { status 1 "$example" no/such/model "A cat." && grep -q "no/such/model" "$err"; }
check "a missing model is named" no_model

finish
