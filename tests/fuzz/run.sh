#!/bin/sh
# run.sh ENGINE SECONDS TARGET: fuzzes one target, which `make fuzz` has built, with libfuzzer or afl.
#
# It begins with the seeds (corpus/TARGET here, and those from the program `seeds`) and with the corpus of
# earlier runs. Everything is in $FUZZ (default: build/fuzz): ENGINE-TARGET/corpus, the engine's output in
# `log`, and inputs that were handled wrongly in `crashes`. Prints a line; the status is 1 if there are
# such inputs.
set -eu
cd "$(dirname "$0")/../.."
engine=$1 seconds=$2 target=$3
programs=build/none-asan-$engine/tests/fuzz
work=${FUZZ:-build/fuzz}/$engine-$target
mkdir -p "$work/corpus" "$work/crashes" "$work/seeds"
memory=/dev/shm  # many targets write a file for every input
[ -w "$memory" ] || memory=${TMPDIR:-/tmp}
TMPDIR=$(mktemp -d "$memory/xattn-fuzz-XXXXXX")
export TMPDIR
trap 'rm -rf "$TMPDIR" "$work/seeds"' EXIT
trap 'exit 130' INT TERM

[ ! -d "tests/fuzz/corpus/$target" ] || cp "tests/fuzz/corpus/$target"/* "$work/seeds/"
mkdir "$TMPDIR/made"
ASAN_OPTIONS=detect_leaks=0 "$programs/seeds" "$TMPDIR/made"
[ ! -d "$TMPDIR/made/$target" ] || cp "$TMPDIR/made/$target"/* "$work/seeds/"

# The time of these must be linear in the text, so they get long ones from the start.
case $target in
    sentences | spans) lengths="-max_len=262144 -len_control=0" ;;
    *) lengths= ;;
esac

number() { sed -n "s/^$1 *: *//p" "$2" | tail -n 1; }
found=0
case $engine in
    libfuzzer)
        # shellcheck disable=SC2086 # words
        "$programs/fuzz_$target" -max_total_time="$seconds" $lengths -rss_limit_mb=2048 -timeout=20 -print_final_stats=1 \
            -artifact_prefix="$work/crashes/" "$work/corpus" "$work/seeds" >"$work/log" 2>&1 || found=1
        executions=$(number stat::number_of_executed_units "$work/log")
        inputs=$(find "$work/corpus" -type f | wc -l)
        ;;
    afl)
        AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_AFFINITY=1 AFL_AUTORESUME=1 \
            afl-fuzz -V "$seconds" -t 20000 -m none -i "$work/seeds" -o "$work/afl" -- \
            "$programs/fuzz_$target" >"$work/log" 2>&1 || found=1
        executions=$(number execs_done "$work/afl/default/fuzzer_stats")
        inputs=$(number corpus_count "$work/afl/default/fuzzer_stats")
        find "$work/afl/default/crashes" "$work/afl/default/hangs" -type f -name 'id*' \
            -exec cp {} "$work/crashes/" \;
        ;;
esac
crashes=$(find "$work/crashes" -type f | wc -l)
printf '%-14s %-9s %5s s %10s executions %6s inputs kept %3s handled wrongly\n' \
    "$target" "$engine" "$seconds" "${executions:-no}" "$inputs" "$crashes"
if [ "$found" -ne 0 ] || [ "$crashes" -ne 0 ]; then
    echo "$work/log:" >&2
    tail -n 40 "$work/log" >&2
    exit 1
fi
