#!/bin/sh
# The program as it was linked: the protections that the Makefile asks for are really in it.
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2317  # functions run by way of `check`
. tests/cli/tap.sh

if ! readelf -h "$xattn" >/dev/null 2>&1; then
    skip "no readelf, or no ELF program"
    finish
fi

# elf OPTION TEXT: readelf prints it.
elf() { readelf -W "$1" "$xattn" >"$out" 2>&1 && grep -q -e "$2" "$out"; }

check "at another address in every run (PIE)" eval "elf -h 'DYN' && elf -d 'FLAGS_1.*PIE'"
check "all functions are bound at the start" elf -d 'FLAGS.*NOW'
check "and their table is read-only then (RELRO)" elf -l 'GNU_RELRO'
executable_stack() { elf -l 'GNU_STACK.*RWE'; }
check "the stack is not executable" eval '! executable_stack'
writable_code() { elf -l '^ *LOAD.* RWE '; }
check "no code is writable" eval '! writable_code'
check "overruns on the stack are noticed" elf --dyn-syms '__stack_chk_fail'
case $BUILD in
    *-asan | *-tsan) skip "_FORTIFY_SOURCE: the sanitizers check more" ;;
    *) check "sizes are checked when memory is written (_FORTIFY_SOURCE)" elf --dyn-syms '__vsnprintf_chk' ;;
esac
finish
