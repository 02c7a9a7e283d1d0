#!/bin/sh
# parallel.sh INPUT OUTPUT [XATTN OPTIONS...]: translates a file on all cores, or on several machines,
# with GNU parallel
#
#     examples/parallel.sh english.txt french.txt --int8
#     PARALLEL='--sshloginfile hosts.txt' examples/parallel.sh english.txt french.txt -m /models/en-fr
#
# parallel cuts the input into blocks at line ends ($BLOCK bytes), runs a program for each, and puts the
# outputs together in order. A program that dies is run again with its block; if that does not help, the
# run ends, and OUTPUT is not written. So it is if lines are missing: they are counted at the end.
#
# Warnings count lines from the start of their block. A program has one thread. On one machine `xattn translate
# -i english.txt` does the same with threads, which share a model; this is for more machines, and for input of
# which a crash must not cost more than a block.
set -eu

[ $# -ge 2 ] || { echo "usage: parallel.sh INPUT OUTPUT [XATTN OPTIONS...]" >&2; exit 2; }
input=$1 output=$2
shift 2
: "${XATTN:=xattn}" "${BLOCK:=256k}"

parallel --pipe --keep-order --block "$BLOCK" --retries 3 --halt now,fail=1 --quote \
    "$XATTN" translate --threads 1 "$@" <"$input" >"$output.part"

lines() { awk 'END { print NR }' "$1"; } # unlike wc, with a last line that has no end
n_in=$(lines "$input") n_out=$(lines "$output.part")
echo "parallel.sh: $n_in lines in, $n_out lines out" >&2
[ "$n_in" -eq "$n_out" ] || { echo "parallel.sh: $output.part is not complete" >&2; exit 1; }
mv "$output.part" "$output"
