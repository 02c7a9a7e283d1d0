#!/bin/sh
# What trace writes: one file an array, each in the index, each as large as its shape says, and of
# the attention just what align shows; and what it does with folders.
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2317  # functions run by way of `check`
. tests/cli/tap.sh

cat="The cat sat on the mat."
dir=$tmp/trace
heads=$("$xattn" inspect | sed -n 's/^decoder .* layers, \([0-9]*\) heads.*/\1/p')
ffn=$("$xattn" inspect | sed -n 's/^decoder .*, ffn \([0-9]*\)$/\1/p')
n_src=$("$xattn" tokenize "$cat" | wc -w | tr -d " ")
n_tgt=$("$xattn" translate --json "$cat" | grep -o '"target_ids":\[[^]]*' | tr ',' '\n' | lines -)

# values FILE: the bytes behind the header of a .npy file
values() { tail -c "+$(($(header_size "$1") + 1))" "$1"; }
header_size() { od -A n -t u1 -j 8 -N 2 "$1" | awk '{ print 10 + $1 + 256 * $2 }'; }
# field NAME: that field of every array in the index, one a line
field() { sed -n "s/^[[:space:]]*\"$1\":[[:space:]]*\"\{0,1\}\(.*[^,\"]\)\"\{0,1\},\{0,1\}\$/\1/p" "$dir/index.json"; }

traces() { status 0 "$xattn" trace "$cat" -o "$dir" && silent; }
check "trace makes a folder" traces
check "it prints the translation" prints "$("$xattn" translate "$cat")"
check "it prints what was written, layers together" prints "decoder.layer0…1.cross.probabilities [h $heads]"
check "it prints how many" prints " arrays, "

in_index() {
    field file | sort >"$tmp/named"
    (cd "$dir" && find . -name '*.npy' | sed 's|^\./||' | sort) >"$tmp/there"
    [ "$(lines "$tmp/named")" -gt 50 ] && cmp -s "$tmp/named" "$tmp/there"
}
check "every array is in the index, and none else" in_index
sizes() {
    field shape | tr -d '[] ' >"$tmp/shapes"
    field file >"$tmp/files"
    paste -d ' ' "$tmp/files" "$tmp/shapes" | while read -r file shape; do
        expected=$(echo "$shape" | awk -F , '{ n = 4; for (i = 1; i <= NF; i++) n *= $i; print n }')
        found=$(($(bytes "$dir/$file") - $(header_size "$dir/$file")))
        in_header=$(head -c "$(header_size "$dir/$file")" "$dir/$file" | tail -c +11 |
            sed "s/.*'shape': (\([0-9, ]*\)).*/\1/;s/ //g")
        [ "$found" -eq "$expected" ] && [ "$in_header" = "$shape" ] || echo "# $file: $found bytes, $in_header, index $shape"
    done >"$tmp/wrong"
    head "$tmp/wrong"
    [ -s "$tmp/shapes" ] && [ ! -s "$tmp/wrong" ]
}
check "every file is as large as the index and its own header say" sizes
dimensions() {
    field dimensions >"$tmp/dimensions"
    paste "$tmp/dimensions" "$tmp/shapes" | awk -F '\t' -v n_src="$n_src" -v h="$heads" -v f="$ffn" '{
        n = split($1, name, ","); split($2, size, ",")
        for (i = 1; i <= n; i++) {
            gsub(/[^a-zA-Z_]/, "", name[i])
            if (size[i] == "" || (known[name[i]] && known[name[i]] != size[i])) wrong = 1
            known[name[i]] = size[i]
        }
        if (size[n + 1] != "") wrong = 1
    }
    END { exit wrong || !(known["n_src"] == n_src && known["d"] == 256 && known["h"] == h && known["f"] == f) }'
}
check "dimensions have one size each" dimensions
functions() {
    field function >"$tmp/functions"
    field code >"$tmp/code"
    paste -d ' ' "$tmp/functions" "$tmp/code" | sort -u | while read -r function file; do
        grep -qE "^[a-z].*[ *]$function\(" "$file" || echo "# no $function() in $file"
    done >"$tmp/wrong"
    cat "$tmp/wrong"
    [ "$(sort -u "$tmp/functions" | lines -)" -ge 8 ] && [ ! -s "$tmp/wrong" ]
}
check "every function that the index names is in the file that it names" functions

maps() {
    for layer in 0 1; do
        "$xattn" align --format npy --layer "$layer" --head all "$cat" >"$tmp/map.npy"
        values "$tmp/map.npy" >"$tmp/map"
        values "$dir/decoder.layer$layer.cross.probabilities.npy" | cmp -s - "$tmp/map" || return 1
    done
    [ "$(bytes "$tmp/map")" -eq $((4 * heads * n_tgt * n_src)) ]
}
check "cross-attention's probabilities are the maps of align" maps
same_memory() {
    values "$dir/encoder.memory.npy" >"$tmp/memory"
    values "$dir/encoder.layer5.ffn.norm.npy" | cmp -s - "$tmp/memory"
}
check "the memory is what the last layer made" same_memory
# The first query of decoder self-attention sees one key: 1, then zeros; its scores, then -inf.
triangle() {
    row=$((4 * n_tgt))
    values "$dir/decoder.layer0.self.probabilities.npy" | od -A n -t f4 -v -w"$row" -N "$row" | awk -v n="$n_tgt" '{
        if ($1 != 1) exit 1; for (i = 2; i <= n; i++) if ($i != 0) exit 1 }' &&
        values "$dir/decoder.layer0.self.scores.npy" | od -A n -t f4 -v -w"$row" | awk -v n="$n_tgt" -v h="$heads" '{
        for (i = 1; i <= n; i++) if (($i == "-inf") != (i > (NR - 1) % n + 1)) exit 1 }
        END { exit NR != h * n }'
}
check "what is not there yet is -inf in scores and 0 in probabilities" triangle

# ---- a given translation, another model

given() {
    status 0 "$xattn" trace "A cat." --target "Un chien." -o "$dir" && prints "Un chien." &&
        [ "$(field target)" = "Un chien." ]
}
check "--target traces that translation" given
earlier() { [ ! -e "$dir/encoder.layer9.self.query.npy" ] && in_index && sizes; }
check "an earlier trace is replaced" earlier
other_model() {
    status 0 "$xattn" trace -m tests/goldens/marian-odd "$cat" -o "$dir" && in_index && sizes &&
        [ ! -e "$dir/decoder.layer1.self.query.npy" ] && [ -e "$dir/encoder.layer2.self.query.npy" ]
}
check "arrays of layers that a smaller model lacks go" other_model
check "--max-length is reported" status 0 "$xattn" trace --max-length 3 "$cat" -o "$dir"
check "--max-length: the cut" says "was cut after 3 pieces"
quoted() {
    status 0 "$xattn" trace 'A "cat" \ dog' -o "$dir" && grep -qF '"A \"cat\" \\ dog"' "$dir/index.json"
}
check "quotes in the text" quoted

# ---- folders

empty_folder() { mkdir "$tmp/empty" && status 0 "$xattn" trace "A cat." -o "$tmp/empty" && [ -e "$tmp/empty/index.json" ]; }
check "an empty folder is filled" empty_folder
# refused FOLDER TEXT: an error that names it, and the folder stays as it was
refused() {
    contents "$1" >"$tmp/before"
    status 1 "$xattn" trace "A cat." -o "$1" && says "$2" && [ ! -s "$out" ] &&
        contents "$1" | cmp -s - "$tmp/before"
}
contents() { find "$1" -type f -exec cksum {} + 2>/dev/null; }
mkdir "$tmp/notes" "$tmp/arrays" && echo mine >"$tmp/notes/todo.txt" && cp "$tmp/notes/todo.txt" "$tmp/arrays/mine.npy"
check "a folder with something else is left alone" refused "$tmp/notes" "holds todo.txt"
check "a folder with arrays that are no trace is left alone" refused "$tmp/arrays" "without the index.json"
# strangers NAME INDEX: a folder with an array of somebody's and an index.json that says INDEX
strangers() {
    mkdir "$tmp/$1" && echo mine >"$tmp/$1/mine.npy" && printf '%s' "$2" >"$tmp/$1/index.json"
}
strangers other '{"arrays": [{"file": "mine.npy"}]}'
check "another program's index.json is none of a trace" refused "$tmp/other" "index.json: not the index of a trace"
strangers newer '{"format": "xattn trace 2", "arrays": [{"file": "mine.npy"}]}'
check "the index of another format is none either" refused "$tmp/newer" "index.json: not the index of a trace"
strangers broken '{"format": "xattn trace 1", "arrays"'
check "nor is one that breaks off" refused "$tmp/broken" "not the index of a trace: $tmp/broken/index.json"
strangers list '[]'
check "nor is a list" refused "$tmp/list" "not the index of a trace"
strangers empty_list '{"format": "xattn trace 1", "arrays": "mine.npy"}'
check "a trace whose index does not list the array" refused "$tmp/empty_list" "holds mine.npy, which its index.json does not list"
among_ours() {
    status 0 "$xattn" trace "A cat." -o "$tmp/mixed" && echo mine >"$tmp/mixed/mine.npy" &&
        refused "$tmp/mixed" "holds mine.npy, which its index.json does not list"
}
check "an array of somebody's among those of a trace" among_ours
echo file >"$tmp/file"
check "a file is no folder" refused "$tmp/file" "$tmp/file: Not a directory"
check "a folder in a folder that is missing" refused "$tmp/no/such" "$tmp/no/such: No such file or directory"
nothing() { status 1 "$xattn" trace " " -o "$tmp/blank" && says "empty" && [ ! -e "$tmp/blank" ]; }
check "a blank text has no trace" nothing
no_model() { status 1 "$xattn" trace -m "$tmp/none" "A cat." -o "$tmp/blank" && [ ! -e "$tmp/blank" ]; }
check "no folder is made for a model that is not there" no_model
full_folder() {
    mkdir "$tmp/locked" && chmod 555 "$tmp/locked"
    status 1 "$xattn" trace "A cat." -o "$tmp/locked" && says "cannot write" && [ -z "$(ls "$tmp/locked")" ]
}
if [ "$(id -u)" -ne 0 ]; then
    check "a folder that may not be written" full_folder
else
    skip "root may write anywhere"
fi
too_large() (
    ulimit -f 20 # blocks of 512 bytes
    trap '' XFSZ
    status 1 "$xattn" trace "$cat" -o "$tmp/large" && says "File too large" && [ ! -e "$tmp/large" ]
)
check "a disk that is too small: nothing is left behind" too_large

finish
