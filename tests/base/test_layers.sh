#!/bin/sh
# The layers of src: a folder includes only itself and folders below it. Reads the #include lines.
#
#     main > cli > xattn > decode > model > nn, text > base > xattn.h
#                        > align          > text
#
# xattn.h is the public interface: types that every layer speaks, and nothing below it. Folders side by
# side know nothing of each other. The commands are a program that embeds the library: they see xattn.h,
# the renderings and base, and no more, except two that are about the inside of models.
set -u

# FILES...: prints every arrow that points up or sideways; false if there is one.
check_layers() {
    awk '
        BEGIN {
            level["public"] = 1; level["base"] = 2; level["text"] = level["nn"] = 3
            level["model"] = level["align"] = 4; level["decode"] = 5; level["xattn"] = 6
            level["cli"] = 7; level["main"] = 8
            split("public base align cli", list)
            for (i in list) seen_by_cli[list[i]] = 1
            inside["bench"] = inside["inspect"] = 1
        }
        # src/nn/ops.h and nn/ops.h are of layer nn, xattn.h of the layer public
        function layer(path) {
            sub(/^.*src\//, "", path)
            if (path == "xattn.h") return "public"
            sub(/[\/.].*$/, "", path)
            return path
        }
        function stem(path) {
            gsub(/^.*\/|\.[ch]$/, "", path)
            return path
        }
        function allowed(from, to) {
            if (from == to) return 1
            if (from == "cli" && !inside[stem(FILENAME)]) return seen_by_cli[to]
            if (from == "align" && to == "nn") return 0
            if (from == "main") return to == "cli" || to == "base"
            return level[to] && level[to] < level[from]
        }
        FNR == 1 && !level[layer(FILENAME)] { print "# " FILENAME ": of no layer"; wrong = 1 }
        /^[ \t]*#[ \t]*include[ \t]*"/ {
            split($0, part, "\"")
            from = layer(FILENAME); to = layer(part[2]); n++
            if (!allowed(from, to)) {
                print "# " FILENAME ":" FNR ": " from " includes " part[2]; wrong = 1
            }
        }
        END { exit wrong || (!n && FILENAME !~ /xattn\.h$/) }' "$@"
}

tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/src/nn" "$tmp/src/new" "$tmp/src/cli" "$tmp/src/align" "$tmp/src/base"

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
refuses 7 main.c model/model.h
refuses 8 cli/translate.c model/model.h
refuses 9 cli/translate.c xattn/split.h
refuses 10 align/map.c model/model.h
refuses 11 align/map.c nn/ops.h
refuses 12 base/error.h text/vocab.h
refuses 13 xattn.h base/error.h
echo 1..13
