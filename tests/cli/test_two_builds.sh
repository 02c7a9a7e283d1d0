#!/bin/sh
# The program built on OpenBLAS and the one with portable loops translate alike.
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2317  # functions run by way of `check`
. tests/cli/tap.sh

other=$root/build/none/xattn
if [ "$xattn" = "$other" ]; then other=$root/build/openblas/xattn; fi

sentences 50 >"$tmp/in"
alike() {
    "$xattn" translate -i "$tmp/in" >"$tmp/one" 2>"$err" &&
        "$other" translate -i "$tmp/in" >"$tmp/two" 2>"$err" && [ "$(lines "$tmp/one")" -eq 50 ] &&
        diff "$tmp/one" "$tmp/two" >"$out"
}
if [ -x "$other" ]; then
    check "50 sentences, the same translations" alike
else
    skip "there is no $other"
fi

finish
