#!/bin/sh
# test_readme.sh: what the README shows is what the program prints
#
# Every "$ ./xattn …" or "$ printf …" of the README's code blocks is run, and what it prints is compared
# with the lines that stand below it, up to the next "$" or the end of the block.
set -u

program=${BUILD:-build/openblas}/xattn
export XATTN_MODEL=models/en-fr
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# One pair of files a command: N.command and N.expected.
awk -v folder="$scratch" '
    /^```/ { inside = !inside; file = ""; next }
    inside && /^\$ / {
        file = ""
        if ($2 == "./xattn" || $2 == "printf") {
            n++
            file = folder "/" n ".expected"
            print substr($0, 3) >(folder "/" n ".command")
            printf "" >file
        }
        next
    }
    inside && file { print >file }
' README.md

n=0
while [ -f "$scratch/$((n + 1)).command" ]; do
    n=$((n + 1))
    command=$(sed "s|\./xattn|$program|g" "$scratch/$n.command")
    sh -c "$command" >"$scratch/found" 2>&1
    if diff "$scratch/$n.expected" "$scratch/found" >"$scratch/diff"; then
        echo "ok $n - $(cat "$scratch/$n.command")"
    else
        echo "not ok $n - $(cat "$scratch/$n.command")"
        sed 's/^/# /' "$scratch/diff"
    fi
done
echo "1..$n"
