#!/bin/sh
# The layers of src: a folder includes only itself and folders below it. Reads the #include lines.
#
#     main > cli > align > xattn > decode > model > nn, text > base
#
# xattn is the library; nn and text lie side by side and know nothing of each
# other.
set -u

# FILES...: prints every arrow that points up or sideways; false if there is one.
check_layers() {
    awk '
        BEGIN {
            level["base"] = 1; level["text"] = level["nn"] = 2; level["model"] = 3
            level["decode"] = 4; level["xattn"] = 5; level["align"] = 6; level["cli"] = 7
            level["main"] = 8
        }
        # src/nn/ops.h and nn/ops.h are of layer nn; src/xattn/job.c and xattn.h of layer xattn
        function layer(path) {
            sub(/^.*src\//, "", path)
            sub(/[\/.].*$/, "", path)
            return path
        }
        FNR == 1 && !level[layer(FILENAME)] { print "# " FILENAME ": of no layer"; wrong = 1 }
        /^[ \t]*#[ \t]*include[ \t]*"/ {
            split($0, part, "\"")
            from = layer(FILENAME); to = layer(part[2]); n++
            if (from != to && !(level[to] && level[to] < level[from])) {
                print "# " FILENAME ":" FNR ": " from " includes " part[2]; wrong = 1
            }
        }
        END { exit wrong || !n }' "$@"
}

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/src/nn" "$tmp/src/new"

# shellcheck disable=SC2046  # no spaces in our names
if check_layers $(find src -name '*.[ch]' | sort); then
    echo "ok 1 - src includes downwards only"
else
    echo "not ok 1 - src includes downwards only"
fi

# refuses NUMBER FILE INCLUDED: the check itself sees a wrong arrow
refuses() {
    echo "#include \"$3\"" >"$tmp/src/$2"
    if check_layers "$tmp/src/$2" >/dev/null; then
        echo "not ok $1 - $2 may not include $3"
    else
        echo "ok $1 - $2 may not include $3"
    fi
}
refuses 2 nn/ops.c model/model.h
refuses 3 nn/ops.c text/vocab.h
refuses 4 nn/ops.c ../text/vocab.h
refuses 5 new/new.c base/error.h
refuses 6 main.c nowhere/nothing.h
echo 1..6
