#!/bin/sh
# test_exercises.sh: the test of every exercise fails on its starter, as it should
#
# That it passes on the solution is a test of its own: $BUILD/exercises/*/solution.
set -u

: "${BUILD:=build/openblas}"
export CMOCKA_MESSAGE_OUTPUT=TAP
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
n_tests=0
n_failed=0

# A starter runs to the end of its tests; some of them fail.
fails_as_it_should() { # PROGRAM
    "$1" >"$scratch/out" 2>&1 && return 1
    planned=$(sed -n 's/^1\.\.//p' "$scratch/out")
    ran=$(grep -Ec '^(not )?ok ' "$scratch/out")
    [ "$planned" = "$ran" ] && grep -q '^not ok' "$scratch/out"
}

for folder in exercises/*-*; do
    n_tests=$((n_tests + 1))
    if fails_as_it_should "$BUILD/$folder/starter"; then
        echo "ok $n_tests - the starter of $folder fails"
    else
        echo "not ok $n_tests - the starter of $folder fails"
        sed 's/^/# /' "$scratch/out"
        n_failed=$((n_failed + 1))
    fi
done
echo "1..$n_tests"
[ "$n_failed" -eq 0 ]
