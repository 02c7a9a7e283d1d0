#!/bin/sh
# tokenize, detokenize and inspect.
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2317  # functions run by way of `check`
. tests/cli/tap.sh

in=$tmp/in
{
    sentences 35
    echo
    echo "   "
    echo "Café Ünïcödé œuvre — « guillemets » 12,345.67 € a@b.org C:\\x"
    echo "我爱你。 Привет, мир! שלום 🐈 👩🏽"
    echo "    four spaces, and two  here  "
} >"$in"
# What the normalizer makes of spaces: none at the ends, one between words.
awk '{ $1 = $1; print }' "$in" >"$tmp/normal"

round_trip() {
    "$xattn" tokenize "$@" -i "$in" >"$tmp/pieces" 2>"$err" &&
        "$xattn" detokenize "$@" -i "$tmp/pieces" >"$out" 2>>"$err" && silent &&
        cmp -s "$out" "$tmp/normal"
}
check "tokenize and detokenize" round_trip
check "with --target-side" round_trip --target-side
numbers() { ! grep -q "[^0-9 ]" "$tmp/pieces" && [ "$(lines "$tmp/pieces")" -eq 40 ]; }
check "with --ids" round_trip --ids
check "--ids are numbers, on as many lines" numbers
check "with --ids --target-side" round_trip --ids --target-side

ends() {
    status 0 "$xattn" tokenize "The cat." "" "  " && [ "$(lines "$out")" -eq 3 ] &&
        [ "$(grep -c ' </s>$' "$out")" -eq 1 ] && grep -q '^▁The ' "$out"
}
check "pieces show ▁ and end with </s>; an empty line has none" ends
special() { status 0 "$xattn" detokenize "▁The </s> ▁cat <pad> <unk> ." && [ "$(cat "$out")" = "The cat." ]; }
check "special pieces say nothing" special
spaces() { status 0 "$xattn" detokenize "  ▁The    ▁cat  " && [ "$(cat "$out")" = "The cat" ]; }
check "any number of spaces between pieces" spaces

bad_id() {
    status 1 "$xattn" detokenize --ids -i "$tmp/ids" && says "line 3 of $tmp/ids: $1: expected an id" &&
        [ "$(lines "$out")" -eq 2 ]
}
for id in 99999999 -1 x 1x 1.5 99999999999999999999; do
    printf '1 2\n\n2 %s 3\n4\n' "$id" >"$tmp/ids"
    check "detokenize --ids: $id" bad_id "$id"
done
unknown_pieces() { status 0 "$xattn" detokenize "▁qqqqqq zzzz" && prints "qqqqqqzzzz"; }
check "a piece that the model does not know stands for itself" unknown_pieces

inspect() {
    status 0 "$xattn" inspect "$model" && silent && prints "d_model" && prints "encoder" &&
        prints "model.encoder.layers.0.self_attn.q_proj.weight" && prints "every tensor accounted for, all checks passed"
}
check "inspect" inspect
tensors() {
    listed=$(sed -n '/^tensor /,/^total /p' "$out" | grep -vc '^tensor \|^total ')
    stored=$(LC_ALL=C tr -c '[:print:]' '\n' <"$model/model.safetensors" | tr '{' '\n' |
        grep -c '"data_offsets"')
    [ "$listed" -eq "$stored" ]
}
check "inspect lists every tensor" tensors
adds_up() {
    awk '/^tensor/ { listing = 1; next }
         /^total/  { found = 1; exit total != $NF }
         listing   { total += $NF }
         END       { if (!found) exit 1 }' "$out"
}
check "inspect: the bytes add up" adds_up
the_default() { "$xattn" inspect >"$tmp/default" && cmp -s "$out" "$tmp/default"; }
check "inspect without a folder inspects the default model" the_default

finish
