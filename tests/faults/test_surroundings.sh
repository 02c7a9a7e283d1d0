#!/bin/sh
# What the system does to a program: disks that fill up, readers that leave, files that shrink, signals.
# Whatever happens ends with status 1 and one message, or with the signal; what is on stdout is whole
# lines of the right answer, and no temporary file stays. See also tests/cli/test_output.sh and
# tests/cli/test_interaction.c.
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2317  # functions run by way of `check`
. tests/cli/tap.sh

folder=$tmp/folder
mkdir "$folder"
sentences 3000 >"$tmp/many"

# One line on stderr, with that text.
one_message() { [ "$(lines "$err")" -eq 1 ] && says "$1"; }
# ---- Disks

# A file system with room for 64 kB: -o needs more than that, and so does standard output.
small=$tmp/small
mkdir "$small"
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=64k none "$small" 2>/dev/null; then
    trap 'umount "$small"; rm -rf "$tmp"' EXIT
    disk_full() {
        status 1 "$xattn" tokenize -i "$tmp/many" -o "$small/out" && one_message "$small/out: No space left" &&
            [ -z "$(ls "$small")" ]
    }
    check "a disk that fills up: -o leaves nothing" disk_full
    stdout_full() {
        "$xattn" tokenize -i "$tmp/many" >"$small/out" 2>"$err"
        [ $? -eq 1 ] && one_message "standard output: No space left"
    }
    check "a disk that fills up: standard output" stdout_full
else
    skip "a disk that fills up: only root can make one"
    skip "a disk that fills up: only root can make one"
fi

# `ulimit -f` counts blocks of 512 bytes; without care the limit is a signal and ends the program.
file_limit() {
    (ulimit -f 8 && "$xattn" tokenize -i "$tmp/many" -o "$folder/out" 2>"$err")
    [ $? -eq 1 ] && one_message "$folder/out: File too large" && [ -z "$(ls "$folder")" ]
}
check "a limit on the size of files: -o leaves nothing" file_limit

failing_input() { status 1 "$xattn" tokenize -i /proc/self/mem && one_message "/proc/self/mem: Input/output error"; }
if [ -r /proc/self/mem ]; then
    check "an input that cannot be read" failing_input
else
    skip "no file here that cannot be read"
fi

# ---- Pipes

# A reader that leaves in the middle. The status comes out through a file: the pipe's is the reader's.
reader_leaves() {
    { "$xattn" tokenize -i "$tmp/many" 2>"$err"; echo $? >"$tmp/status"; } | head -n 1 >"$out"
    [ "$(cat "$tmp/status")" -eq 1 ] && one_message "standard output: Broken pipe" && [ "$(lines "$out")" -eq 1 ]
}
check "a reader that leaves: one message" reader_leaves

# ---- A model that changes under the program

mkfifo "$tmp/in"

# As a package manager would: the new file takes the old one's name.
replaced() {
    mkdir "$tmp/copy" && cp "$model"/* "$tmp/copy/" && : >"$out"
    "$xattn" translate -m "$tmp/copy" <"$tmp/in" >>"$out" 2>"$err" &
    exec 3>"$tmp/in"
    echo "A cat." >&3
    within 60 [ -s "$out" ] && echo "new" >"$tmp/new" && mv "$tmp/new" "$tmp/copy/model.safetensors"
    echo "A cat." >&3
    exec 3>&-
    wait $! && [ "$(lines "$out")" -eq 2 ] && [ "$(sort -u "$out" | wc -l)" -eq 1 ] && silent
}
check "a model that is replaced by another: the run keeps the old one" replaced

# ---- Signals in a long run

# terminated SIGNAL: in the midst of lines without end.
terminated() {
    yes "A cat." >"$tmp/in" &
    : >"$out"
    "$xattn" tokenize <"$tmp/in" >>"$out" 2>"$err" &
    process=$!
    within 60 [ -s "$out" ]
    kill -s "$1" "$process"
    wait "$process" 2>/dev/null
    [ $? -gt 128 ] && silent && [ -z "$(tail -c 1 "$out")" ] && [ "$(sort -u "$out" | wc -l)" -eq 1 ]
}
check "SIGTERM: whole lines" terminated TERM
check "SIGHUP: whole lines" terminated HUP

finish
