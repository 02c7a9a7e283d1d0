#!/bin/sh
# deps.sh: makes sure that what a target needs is installed
#
# usage: deps.sh build|test|lint|libfuzzer|afl [openblas|none]
#
# Asks the compiler for each library, so whatever way it was installed counts. Root gets what is
# missing from apt-get, as in a container; a user on a terminal is asked before sudo does the same.
# Everyone else is told what to install, and the build stops.
set -eu

target=$1
blas=${2:-openblas}
CC=${CC:-cc}

# Whether a program that includes the header and links the library compiles.
has_library() { # HEADER LIBRARY MODULE
    # shellcheck disable=SC2046 # the flags are words
    printf '#include <stdarg.h>\n#include <stddef.h>\n#include <stdint.h>\n#include <setjmp.h>\n#include <%s>\nint main(void) { return 0; }\n' "$1" |
        "$CC" -x c - $(pkg-config --cflags --libs "$3" 2>/dev/null) -l"$2" -o /dev/null 2>/dev/null
}

has_program() { command -v "$1" >/dev/null 2>&1; }

apt='' brew=''
need() { apt="$apt $1" brew="$brew $2"; }

has_program "$CC" || need "gcc libc6-dev" gcc
if has_program "$CC"; then
    has_library cjson/cJSON.h cjson libcjson || need libcjson-dev cjson
    has_library utf8proc.h utf8proc libutf8proc || need libutf8proc-dev utf8proc
    has_library zlib.h z zlib || need zlib1g-dev zlib
    [ "$blas" = none ] || has_library cblas.h openblas openblas || need libopenblas-dev openblas
    [ "$target" = build ] || [ "$target" = lint ] || has_library cmocka.h cmocka cmocka || need libcmocka-dev cmocka
else
    need "libcjson-dev libutf8proc-dev zlib1g-dev libopenblas-dev libcmocka-dev" "cjson utf8proc zlib openblas cmocka"
fi
if [ "$target" = libfuzzer ]; then
    has_program clang || need "clang libclang-rt-dev" llvm
elif [ "$target" = afl ]; then
    has_program afl-clang-fast || need afl++ afl++
fi
if [ "$target" = lint ]; then
    for tool in clang-format clang-tidy shellcheck; do has_program "$tool" || need "$tool" "$tool"; done
    has_program ruff || [ -x "${XDG_CACHE_HOME:-$HOME/.cache}/xattn/venv-lint/bin/ruff" ] ||
        has_program python3 || need "python3 python3-venv" python3
fi
[ -n "$apt" ] || exit 0

install() { # [sudo]
    echo "installing:$apt" >&2
    # shellcheck disable=SC2086 # the packages are words
    { "$@" apt-get update -q && "$@" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $apt; } >&2
}

# Whether there is somebody to ask, and that is what they want.
agrees() {
    [ -t 0 ] && [ -t 2 ] || return 1
    printf 'missing packages:%s\ninstall them with sudo apt-get? [y/N] ' "$apt" >&2
    read -r answer && case $answer in y | Y | yes) true ;; *) false ;; esac
}

if has_program apt-get && [ "$(id -u)" -eq 0 ]; then
    install env
    exit 0
elif has_program apt-get; then
    if has_program sudo && agrees; then
        install sudo
        exit 0
    fi
    echo "missing packages; please run:  sudo apt-get install$apt" >&2
elif has_program brew; then
    echo "missing packages; please run:  brew install$brew pkg-config" >&2
else
    echo "missing packages; their names on Debian:$apt" >&2
fi
exit 1
