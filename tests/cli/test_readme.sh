#!/bin/sh
# test_readme.sh: what the documents show is what the program prints
#
# Every "$ ./xattn …" or "$ printf …" in the code blocks of README.md and docs/ALIGNMENT.md is run, and what
# it prints is compared with the lines that stand below it, up to the next "$" or the end of the block. A
# picture that it writes to docs/images is compared too, but for shades, widths and percentages, where the
# last digit may be another on another machine.
#
#     UPDATE=1 tests/cli/test_readme.sh [DOCUMENT ...]    writes what is printed into the documents instead
#
# An update also runs "$ python3 …", which is no test: not everyone who builds this has Python.
set -u

program=${BUILD:-build/openblas}/xattn
export XATTN_MODEL=models/en-fr
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
n_tests=0
n_failed=0
commands='./xattn printf'
[ "${UPDATE:-}" ] && commands="$commands python3"
is_command="function is_command(word) { return index(\" $commands \", \" \" word \" \") }"
[ $# -gt 0 ] || set -- README.md docs/ALIGNMENT.md

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
    without_figures "docs/images/$1" >"$scratch/expected.svg"
    without_figures "$scratch/images/$1" >"$scratch/found.svg"
    diff "$scratch/expected.svg" "$scratch/found.svg"
}

result() { # STATUS NAME; what is wrong is in $scratch/diff
    n_tests=$((n_tests + 1))
    [ "$1" -eq 0 ] && printf 'ok %s - %s\n' "$n_tests" "$2" && return
    n_failed=$((n_failed + 1))
    printf 'not ok %s - %s\n' "$n_tests" "$2"
    head -n 40 "$scratch/diff" | cut -c 1-200 | sed 's/^/# /'
}

# Whether the command is about the model that people fetch, and it has not been fetched.
lacks_model() {
    case $1 in
        *models/enpt*) [ ! -d models/enpt ] ;;
        *) false ;;
    esac
}

for document in "$@"; do
    folder=$scratch/$(basename "$document" .md)
    rm -rf "$scratch/images"
    mkdir -p "$folder" "$scratch/images"
    extract "$document" "$folder"
    n=1
    while [ -f "$folder/$n.command" ]; do
        command=$(sed "s|\./xattn|$program|g; s|docs/images/|$scratch/images/|g; s|-o report|-o $scratch/report|" "$folder/$n.command")
        if lacks_model "$command"; then
            cp "$folder/$n.expected" "$folder/$n.found"
            n_tests=$((n_tests + 1))
            [ "${UPDATE:-}" ] || echo "ok $n_tests # SKIP models/enpt has not been fetched"
        else
            sh -c "$command" >"$folder/$n.found" 2>&1
            diff "$folder/$n.expected" "$folder/$n.found" >"$scratch/diff"
            same=$?
            [ "${UPDATE:-}" ] || result $same "$(cat "$folder/$n.command")"
        fi
        n=$((n + 1))
    done
    for picture in "$scratch"/images/*; do
        [ -f "$picture" ] || continue
        name=$(basename "$picture")
        if [ "${UPDATE:-}" ]; then
            mkdir -p docs/images && cp "$picture" docs/images/
        else
            same_picture "$name" >"$scratch/diff"
            result $? "docs/images/$name"
        fi
    done
    if [ "${UPDATE:-}" ]; then
        with_found "$document" "$folder" >"$scratch/new" && cat "$scratch/new" >"$document"
    fi
done
echo "1..$n_tests"
[ "$n_failed" -eq 0 ]
