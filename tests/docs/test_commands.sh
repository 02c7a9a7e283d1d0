#!/bin/sh
# test_commands.sh: the documents show the program's real output
#
# This runs every "$ ./xattn …", "$ printf …" and "$ build/openblas/…" in the code blocks of README.md,
# docs/ALIGNMENT.md, docs/MODEL.md and the lessons, and compares the output with the lines below the command, up to the
# next "$" or the end of the block (same_output.awk has the rules). It also compares pictures that a
# command writes to docs/images, except for shades, widths and percentages.
#
#     UPDATE=1 tests/docs/test_commands.sh [DOCUMENT ...]    writes the output into the documents instead
#
# An update also runs "$ python3 …". The test does not, because not everyone has Python.
# shellcheck source=tests/cli/tap.sh disable=SC1091
. tests/cli/tap.sh

build=$BUILD
program=$build/xattn
XATTN_MODEL=models/en-fr  # as a reader has it
commands='\\./xattn|printf|build/openblas/.*'
[ "${UPDATE:-}" ] && commands="$commands|python3"
is_command="function is_command(word) { return word ~ \"^($commands)\$\" }"
[ $# -gt 0 ] || set -- README.md docs/ALIGNMENT.md docs/MODEL.md docs/lessons/*.md

# One pair of files a command: N.command and N.expected.
extract() { # DOCUMENT FOLDER
    awk -v folder="$2" "$is_command"'
        /^```/ { inside = !inside; file = ""; next }
        inside && /^\$ / {
            file = ""
            if (is_command($2)) {
                n++
                file = folder "/" n ".expected"
                print substr($0, 3) >(folder "/" n ".command")
                printf "" >file
            }
            next
        }
        inside && file { print >file }
    ' "$1"
}

# The document with N.found below each command.
with_found() { # DOCUMENT FOLDER
    awk -v folder="$2" "$is_command"'
        /^```/ { inside = !inside; skipping = 0 }
        inside && /^\$ / { skipping = 0 }
        !skipping { print }
        inside && /^\$ / && is_command($2) {
            n++
            file = folder "/" n ".found"
            while ((getline line <file) > 0) print line
            skipping = 1
        }
    ' "$1"
}

without_figures() { sed -E 's/(fill|stroke|stroke-width|stroke-opacity|opacity)="[^"]*"//g; s/[0-9.]+%//g; s/>[0-9]+</></g' "$1"; }

same_picture() { # NAME
    [ -f "docs/images/$1" ] || { echo "docs/images/$1 is not there" && return 1; }
    without_figures "docs/images/$1" >"$tmp/expected.svg"
    without_figures "$tmp/images/$1" >"$tmp/found.svg"
    diff "$tmp/expected.svg" "$tmp/found.svg"
}

# Whether the command is about the model that people fetch, and it has not been fetched.
lacks_model() {
    case $1 in
        *models/enpt*) [ ! -d models/enpt ] ;;
        *) false ;;
    esac
}

for document in "$@"; do
    folder=$tmp/commands
    rm -rf "$tmp/images" "$folder"
    mkdir -p "$folder" "$tmp/images"
    extract "$document" "$folder"
    n=1
    while [ -f "$folder/$n.command" ]; do
        command=$(sed "s|\./xattn|$program|g; s|build/openblas/|$build/|g; s|docs/images/|$tmp/images/|g
            s|-o report|-o $tmp/report|; s|-o trace|-o $tmp/trace|" "$folder/$n.command")
        if lacks_model "$command"; then
            cp "$folder/$n.expected" "$folder/$n.found"
            [ "${UPDATE:-}" ] || skip "models/enpt has not been fetched"
        else
            sh -c "$command" >"$folder/$n.found" 2>&1
            awk -f tests/docs/same_output.awk "$folder/$n.expected" "$folder/$n.found" >"$out"
            same=$?
            [ "${UPDATE:-}" ] || result $same "$(cat "$folder/$n.command")"
        fi
        n=$((n + 1))
    done
    for picture in "$tmp"/images/*; do
        [ -f "$picture" ] || continue
        name=$(basename "$picture")
        if [ "${UPDATE:-}" ]; then
            mkdir -p docs/images && cp "$picture" docs/images/
        else
            same_picture "$name" >"$out"
            result $? "docs/images/$name"
        fi
    done
    if [ "${UPDATE:-}" ]; then
        with_found "$document" "$folder" >"$tmp/new" && cat "$tmp/new" >"$document"
    fi
done
[ "${UPDATE:-}" ] && exit

# Last digits may differ, and nothing else; a lesson that lies fails; no command of a lesson goes unrun.
alike() { # EXPECTED FOUND
    echo "$1" >"$tmp/a.txt"
    echo "$2" >"$tmp/b.txt"
    awk -f tests/docs/same_output.awk "$tmp/a.txt" "$tmp/b.txt" >"$out"
}
differ() { ! alike "$1" "$2"; }
page_says() { printf '%s\n' '```' "\$ ./xattn tokenize mat" "$1" '```'; }
if [ "${SELF:-}" != no ]; then
    alike "log p -0.3956" "log p -0.3957" && alike "█98█ ░░" "█99█ ░░" && alike "1.2e-05" "1.3e-05"
    result $? "last digits may differ"
    differ "log p -0.3956" "log p -0.4056" && differ "█98█" "█90█" && differ "1.2e-05" "1.2e-04" &&
        differ "id 12" "id 13" && differ "a" "a
b" && differ "a
b" "a"
    result $? "other digits and lines may not"
    page_says "$("$program" tokenize mat)" >"$tmp/honest.md"
    page_says "▁a ▁lie </s>" >"$tmp/lie.md"
    SELF=no sh "$0" "$tmp/honest.md" >"$out"
    result $? "an honest lesson passes"
    ! SELF=no sh "$0" "$tmp/lie.md" >"$out"
    result $? "a lesson that lies fails"
    awk "$is_command"'
        FNR == 1 { inside = 0 }
        /^```/ { inside = !inside }
        inside && /^\$ / && !is_command($2) { print FILENAME ":" FNR ": " $0; wrong = 1 }
        END { exit wrong }' docs/lessons/*.md >"$out"
    result $? "every command of the lessons is run"
fi
finish
