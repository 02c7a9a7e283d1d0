#!/bin/sh
# XATTN_KERNELS forces the kernels that it names. All that this processor has translate alike, and their int8
# scores are the same to the last digit.
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2317  # functions run by way of `check`
. tests/cli/tap.sh

sentences 20 >"$tmp/in"
unset XATTN_KERNELS

refused() {
    status 1 env XATTN_KERNELS=no-such-thing "$xattn" translate hello && says "XATTN_KERNELS=no-such-thing" &&
        says portable
}
named() { status 0 env XATTN_KERNELS="$1" "$xattn" inspect && prints "multiplied by the $1 kernels"; }
alike() {
    XATTN_KERNELS=$1 "$xattn" translate -i "$tmp/in" >"$out" 2>"$err" && diff "$tmp/best" "$out" >"$tmp/diff"
}
equal() {
    XATTN_KERNELS=$1 "$xattn" translate --int8 --scores -i "$tmp/in" >"$out" 2>"$err" && cmp -s "$tmp/int8" "$out"
}

check "a name that is none is refused, and says which there are" refused
"$xattn" translate -i "$tmp/in" >"$tmp/best" 2>"$err"
"$xattn" translate --int8 --scores -i "$tmp/in" >"$tmp/int8" 2>"$err"
XATTN_KERNELS=no-such-thing "$xattn" translate hello 2>&1 | sed 's/.*it has //; s/, /\n/g' >"$tmp/names"
check "the portable kernels are always there" grep -qx portable "$tmp/names"
while read -r name; do
    check "$name: it says so" named "$name"
    check "$name: the same translations" alike "$name"
    check "$name: the same int8 scores" equal "$name"
done <"$tmp/names"
XATTN_KERNELS=
export XATTN_KERNELS
check "an empty name is none" status 0 "$xattn" inspect

finish
