#!/bin/sh
# -o and standard output: whole or not at all, and a failure to write is a failure.
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2317,SC3045  # functions run by way of `check`
. tests/cli/tap.sh

folder=$tmp/folder
file=$folder/out.txt
mkdir "$folder"
"$xattn" translate "A cat." >"$tmp/cat"
"$xattn" translate "A dog." >"$tmp/dog"

# shellcheck disable=SC2012  # find has no portable way to show a mode
mode() { ls -l "$file" | cut -c 1-10; }

# The file holds the translation of a cat, nothing was printed, and nothing lies beside it.
written() {
    [ ! -s "$out" ] && cmp -s "$file" "$tmp/cat" && [ "$(ls "$folder")" = "${1-out.txt}" ]
}

new_file() { status 0 "$xattn" translate -o "$file" "A cat." && written; }
check "-o makes a file" new_file

usual_mode() {
    rm -f "$file"
    (umask 027 && "$xattn" translate -o "$file" "A cat.") &&
        [ "$(mode)" = "-rw-r-----" ]
}
check "-o: a new file has the mode that > would give it" usual_mode

old_file() {
    echo "old" >"$file"
    chmod 600 "$file"
    status 0 "$xattn" translate -o "$file" "A cat." && written &&
        [ "$(mode)" = "-rw-------" ]
}
check "-o replaces a file and keeps its mode" old_file

a_link() {
    echo "old" >"$file"
    ln -s out.txt "$folder/link"
    status 0 "$xattn" translate -o "$folder/link" "A cat." && written "$(printf 'link\nout.txt')" &&
        [ -L "$folder/link" ]
}
check "-o: a link stays one" a_link
rm -f "$folder/link"

over_itself() {
    echo "A cat." >"$file"
    status 0 "$xattn" translate -i "$file" -o "$file" && written
}
check "-o over the input" over_itself

# What fails leaves the old file and nothing else.
keeps_old() {
    cp "$tmp/dog" "$file"
    status 1 "$xattn" "$@" -o "$file" && cmp -s "$file" "$tmp/dog" &&
        [ "$(ls "$folder")" = out.txt ]
}
printf 'A cat.\nA \377.\n' >"$tmp/bad"
check "a failure in the middle leaves the old file" keeps_old translate --strict -i "$tmp/bad"
check "the same for tokenize" keeps_old tokenize --strict -i "$tmp/bad"
check "a missing model leaves the old file" keeps_old translate -m "$tmp/none" "A cat."
check "a missing input leaves the old file" keeps_old translate -i "$tmp/none"

cut_is_written() {
    status 1 "$xattn" translate --strict --max-length 1 -o "$file" "A cat." && [ -f "$file" ] &&
        ! cmp -s "$file" "$tmp/dog"
}
check "--strict and a cut sentence: the file is written" cut_is_written

inspect_too() { status 0 "$xattn" inspect -o "$file" && grep -q "d_model" "$file"; }
check "inspect -o" inspect_too
align_too() { status 0 "$xattn" align -o "$file" "A cat." && grep -q "layer" "$file"; }
check "align -o" align_too

no_folder() {
    status 1 "$xattn" translate -o "$tmp/none/out.txt" "A cat." && says "$tmp/none/out.txt: cannot write"
}
check "-o into a folder that is not there" no_folder
a_folder() { status 1 "$xattn" translate -o "$folder" "A cat." && says "$folder: cannot write"; }
check "-o onto a folder" a_folder

locked() {
    mkdir "$tmp/locked" && chmod 500 "$tmp/locked"
    status 1 "$xattn" translate -o "$tmp/locked/out.txt" "A cat." && says "cannot write"
}
if [ "$(id -u)" -ne 0 ]; then
    check "-o into a folder that may not be written" locked
else
    skip "-o into a folder that may not be written: root may"
fi

# What is open already is written on, whatever it is; it is not replaced.
dash() { status 0 "$xattn" translate -o - "A cat." && cmp -s "$out" "$tmp/cat" && [ ! -e ./- ]; }
check "-o - is standard output" dash
for name in /dev/stdout /dev/fd/1 /proc/self/fd/1; do
    if [ ! -e "$name" ]; then
        skip "no $name"
        continue
    fi
    to_open() {
        echo "first" >"$file"
        chmod 640 "$file"
        "$xattn" translate -o "$name" "A cat." >>"$file" 2>"$err" && [ "$(mode)" = "-rw-r-----" ] &&
            [ "$(head -n 1 "$file")" = first ] && sed 1d "$file" | cmp -s - "$tmp/cat" && [ -L /dev/stdout ]
    }
    check "-o $name adds to the open file" to_open
    to_pipe() { "$xattn" translate -o "$name" "A cat." | cmp -s - "$tmp/cat"; }
    check "-o $name into a pipe" to_pipe
done
to_stderr() { status 0 "$xattn" translate -o /dev/stderr "A cat." && cmp -s "$err" "$tmp/cat" && [ ! -s "$out" ]; }
check "-o /dev/stderr" to_stderr
not_open() { status 1 "$xattn" translate -o /dev/fd/77 "A cat." && says "/dev/fd/77: cannot write"; }
check "-o to a descriptor that is not open" not_open

to_null() { status 0 "$xattn" translate -o /dev/null "A cat." && silent && [ ! -f /dev/null ]; }
check "-o /dev/null" to_null
if [ -e /dev/full ]; then
    to_full() { status 1 "$xattn" translate -o /dev/full "A cat." && says "/dev/full: No space left"; }
    check "-o /dev/full" to_full
    stdout_full() {
        for command in translate align tokenize detokenize; do
            "$xattn" "$command" "A cat." >/dev/full 2>"$err"
            [ $? -eq 1 ] && says "standard output: No space left" || return 1
        done
        "$xattn" inspect >/dev/full 2>"$err"
        [ $? -eq 1 ] && says "standard output: No space left"
    }
    check "standard output is full" stdout_full
else
    skip "no /dev/full"
    skip "no /dev/full"
fi

to_fifo() {
    mkfifo "$tmp/fifo"
    cat "$tmp/fifo" >"$tmp/from_fifo" &
    reader=$!
    status 0 "$xattn" translate -o "$tmp/fifo" "A cat." || {
        kill "$reader"
        return 1
    }
    wait "$reader"
    [ -p "$tmp/fifo" ] && cmp -s "$tmp/from_fifo" "$tmp/cat"
}
check "-o onto a FIFO" to_fifo

# Closed descriptors. A file opened as 2 would get the warnings.
stdout_closed() {
    "$xattn" translate "A cat." >&- 2>"$err"
    [ $? -eq 1 ] && says "standard output: Bad file descriptor"
}
check "standard output is closed" stdout_closed
stdin_closed() {
    "$xattn" translate <&- >"$out" 2>"$err"
    [ $? -eq 1 ] && says "standard input: Bad file descriptor"
}
check "standard input is closed" stdin_closed
stderr_closed() {
    "$xattn" translate -o "$file" "$(printf 'A \377.')" 2>&- &&
        [ "$(lines "$file")" -eq 1 ] && ! grep -q UTF-8 "$file"
}
check "standard error is closed: the output stays clean" stderr_closed

# Little memory: an error, neither a crash nor a wrong translation, and no hang.
# limited KILOBYTES: ends with the status of a translation; 99 if it does not end.
limited() {
    (
        ulimit -v "$1"
        exec "$xattn" translate "A cat." >"$out" 2>"$err"
    ) &
    process=$!
    ended() { ! kill -0 "$process" 2>/dev/null; }
    within 20 ended || {
        kill -9 "$process"
        return 99
    }
    wait "$process"
}
little_memory() {
    refused=0
    for kilobytes in 5000 10000 40000 60000 80000 100000 130000 160000 200000; do
        limited "$kilobytes"
        case $? in
            0) cmp -s "$out" "$tmp/cat" || return 1 ;;
            1 | 127) # 127: the loader's
                if [ -s "$out" ] || [ ! -s "$err" ]; then return 1; fi
                refused=$((refused + 1))
                ;;
            *) return 1 ;;
        esac
    done
    [ "$refused" -gt 0 ]
}
if [ -n "${BUILD##*-[at]san*}" ] && (ulimit -v 200000) 2>/dev/null; then
    check "little memory" little_memory
else
    skip "no limit on memory here"
fi

finish
