#!/bin/sh
# run.sh PROGRAM... SCRIPT.sh...: runs tests, JOBS at a time (default 2), and counts their results.
#
# Every test prints TAP: a plan `1..N`, and N lines `ok I - NAME`, `not ok I - NAME` or
# `ok I # SKIP NAME`; remarks begin with #. cmocka can print TAP, and tests/cli/tap.sh helps scripts.
# The other output of a test is shown if something in it fails. It also counts as a failure if a test
# dies, or runs another number of checks than it planned. EMULATOR, if set, runs programs for another
# processor.
#
# The last line is `N passed, N failed`, and `, N skipped` if there were any. The status is 0 only if
# something passed and nothing failed.
set -u

: "${BUILD:=build/openblas}" "${EMULATOR:=}" "${JOBS:=2}"
export BUILD EMULATOR CMOCKA_MESSAGE_OUTPUT=TAP

# The worker: one test, its output into NUMBER.log of the folder and its status into NUMBER.status.
if [ "${1:-}" = --one ]; then
    log=$2/$3
    # So that a hanging test does not stop the others. Not every system has `timeout`.
    limit=
    if command -v timeout >/dev/null 2>&1; then limit='timeout --foreground 600'; fi  # so that Ctrl-C reaches it
    run=$EMULATOR
    case $4 in
        *.sh) run="sh" ;;
    esac
    # shellcheck disable=SC2086 # words
    $limit $run "$4" >"$log.log" 2>&1 </dev/null
    echo $? >"$log.status"
    exit 0
fi

logs=$(mktemp -d) || exit 1
trap 'rm -rf "$logs"' EXIT
trap 'exit 130' INT TERM

n=0
for test in "$@"; do
    n=$((n + 1))
    printf '%s\n%s\n' "$n" "$test"
done | xargs -n 2 -P "$JOBS" sh "$0" --one "$logs"

passed=0 failed=0 skipped=0 n=0
for test in "$@"; do
    n=$((n + 1))
    log=$logs/$n.log
    status=$(cat "$logs/$n.status" 2>/dev/null || echo missing)

    read -r p f s plans planned <<COUNTS
$(awk '
    /^(not )?ok .*# *SKIP/ { s++; next }
    /^ok /                 { p++ }
    /^not ok /             { f++ }
    /^1\.\.[0-9]+/         { plans++; planned += substr($1, 4) }
    END                    { print p + 0, f + 0, s + 0, plans + 0, planned + 0 }' "$log")
COUNTS
    ran=$((p + f + s))

    broken=
    if [ "$plans" -eq 0 ]; then
        broken="no plan, status $status"
    elif [ "$ran" -ne "$planned" ]; then
        broken="$planned tests planned, $ran ran, status $status"
    elif [ "$status" != 0 ] && [ "$f" -eq 0 ]; then
        broken="status $status, though no test failed"
    fi

    if [ -n "$broken" ]; then f=$((f + 1)); fi
    if [ "$f" -gt 0 ]; then
        echo "FAILED: $test${broken:+ ($broken)}"
        awk '!/^ok / && !/^1\.\./ { print "    " $0 }' "$log"
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done

if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
