#!/bin/sh
# test_exercises.sh: the test of every exercise fails on its starter, as it should
#
# That it passes on the solution is a test of its own: $BUILD/exercises/*/solution.
# shellcheck source=tests/cli/tap.sh disable=SC1091
. tests/cli/tap.sh

export CMOCKA_MESSAGE_OUTPUT=TAP

# A starter runs to the end of its tests; some of them fail.
fails_as_it_should() { # PROGRAM
    "$1" >"$out" 2>&1 && return 1
    planned=$(sed -n 's/^1\.\.//p' "$out")
    ran=$(grep -Ec '^(not )?ok ' "$out")
    [ "$planned" = "$ran" ] && grep -q '^not ok' "$out"
}

for folder in exercises/*-*; do
    fails_as_it_should "$BUILD/$folder/starter"
    result $? "the starter of $folder fails"
done

finish
