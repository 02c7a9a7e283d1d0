#!/bin/sh
# lint.sh: formatting and static analysis, silent when all is well
#
# ruff comes from a virtual environment in the user's cache folder where it is not installed.
set -eu
cd "$(dirname "$0")/.."

cache=${XDG_CACHE_HOME:-$HOME/.cache}/xattn/venv-lint
if command -v ruff >/dev/null 2>&1; then
    ruff=ruff
else
    ruff=$cache/bin/ruff
    [ -x "$ruff" ] || { python3 -m venv "$cache" && "$cache/bin/pip" install -q --require-hashes -r scripts/lint-requirements.txt; }
fi

failed=0
check() { # NAME COMMAND...
    echo "lint: $1" >&2
    shift
    "$@" || failed=1
}

sources=$(git ls-files '*.c' '*.h')
# Not the kernels for ARM, whose headers are not at hand, and not the starters, which are unfinished.
programs=$(git ls-files '*.c' ':!*_neon*.c' ':!*_wasm*.c' ':!web/*.c' ':!exercises/*/starter.c')
for_browsers=$(git ls-files '*_wasm*.c' 'web/*.c')
shells=$(git ls-files '*.sh' .ci/run)

# shellcheck disable=SC2086 # lists of words
{
    check clang-format clang-format --dry-run -Werror $sources
    # compile_flags.txt has the flags, with those of all x86 kernels. Two files at a time: the analysis takes a second or two each.
    check clang-tidy sh -c 'printf "%s\n" "$@" | xargs -P 2 -I FILE clang-tidy --quiet FILE 2>/dev/null' tidy $programs
    if command -v em-config >/dev/null 2>&1; then
        check "clang-tidy for browsers" clang-tidy --quiet $for_browsers -- -std=c11 -Isrc --target=wasm32-unknown-emscripten -msimd128 \
            -isystem "$(em-config CACHE)/sysroot/include" 2>/dev/null
    else
        echo "lint: clang-tidy for browsers: skipped, it needs emscripten" >&2
    fi
    check shellcheck shellcheck $shells
    check ruff "$ruff" check --quiet .
}
exit $failed
