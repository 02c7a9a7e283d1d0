# shellcheck shell=sh disable=SC2034  # most of it is for the scripts that read this one
# tap.sh: what the test scripts share. `. tests/cli/tap.sh` at the top, `finish` at the end.
#
#     check "NAME" COMMAND...       one test: passes if COMMAND succeeds
#     result $? "NAME"              the same for what has run already, with what is wrong in $out
#     status 2 xattn translate -x   runs a command, its output going to $out and $err; true if it
#                                   ended with that status
#
# The tests run from the repository root; $xattn is the program under test with its whole path, and
# $tmp a folder that is removed at the end.
set -u

: "${BUILD:=build/openblas}"
root=$(pwd)
xattn=$root/$BUILD/xattn
model=$root/models/en-fr
export XATTN_MODEL="$model"
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM
out=$tmp/out err=$tmp/err
unset NO_COLOR

n_tests=0
n_failed=0

pass() {
    n_tests=$((n_tests + 1))
    printf 'ok %s - %s\n' "$n_tests" "$1"
}

# A failure, with what the last command said.
fail() {
    n_tests=$((n_tests + 1)) n_failed=$((n_failed + 1))
    printf 'not ok %s - %s\n' "$n_tests" "$1"
    [ -s "$out" ] && head -c 4000 "$out" | awk '{ print "#   stdout: " $0 }'
    [ -s "$err" ] && head -c 600 "$err" | awk '{ print "#   stderr: " $0 }'
    return 0
}

skip() {
    n_tests=$((n_tests + 1))
    echo "ok $n_tests # SKIP $1"
}

check() {
    test_name=$1
    shift
    if "$@"; then pass "$test_name"; else fail "$test_name"; fi
}

result() {
    if [ "$1" -eq 0 ]; then pass "$2"; else fail "$2"; fi
}

# The command's stdin is the caller's.
status() {
    wanted=$1
    shift
    "$@" >"$out" 2>"$err"
    got=$?
    [ "$got" -eq "$wanted" ] || {
        echo "# status $got, expected $wanted: $*" | cut -c 1-300
        return 1
    }
}

silent() { [ ! -s "$err" ]; }
# says TEXT: stderr holds it. prints TEXT: stdout does.
says() { grep -qF -e "$1" "$err"; }
prints() { grep -qF -e "$1" "$out"; }
# Lines of a file; the last one counts also without \n.
lines() { awk 'END { print NR }' "$1"; }
bytes() { wc -c <"$1" | tr -d ' '; }

# within SECONDS COMMAND...: true as soon as COMMAND succeeds, which is tried ten times a second.
within() {
    tries=$(($1 * 10))
    shift
    until "$@"; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.1
    done
}

# sentences N: different English sentences, one a line.
sentences() {
    awk -v n="$1" 'BEGIN {
        split("The cat|My brother|A young woman|Nobody|Our teacher|The old man|She", who, "|")
        split("has seen|did not find|will buy|wants to sell|forgot", does, "|")
        split("the book.|two black dogs.|a house by the sea!|her keys?|it, but why?", what, "|")
        for (i = 0; i < n; i++) {
            print who[i % 7 + 1] " " does[i % 5 + 1] " " what[int(i / 5) % 5 + 1]
        }
    }'
}

finish() {
    echo "1..$n_tests"
    [ "$n_failed" -eq 0 ]
    exit
}
