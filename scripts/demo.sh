#!/bin/sh
# demo.sh: the first thing to see: a translation, and what it looked at
set -eu
run() {
    printf '$ ./xattn'
    printf ' %s' "$1"
    shift
    printf ' "%s"\n' "$@"
}
sentence='The cat sat on the mat.'
run translate "$sentence"
./xattn translate "$sentence"
echo
run align "$sentence"
./xattn align "$sentence"
