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
programs=$(git ls-files '*.c' ':!*_neon*.c' ':!web/*.c' ':!exercises/*/starter.c')  # headers of ARM and emscripten are not at hand; starters are unfinished
shells=$(git ls-files '*.sh' .ci/run)

# shellcheck disable=SC2086 # lists of words
{
    check clang-format clang-format --dry-run -Werror $sources
    # compile_flags.txt has the flags, with those of all x86 kernels. Two files at a time: the analysis takes a second or two each.
    check clang-tidy sh -c 'printf "%s\n" "$@" | xargs -P 2 -I FILE clang-tidy --quiet FILE 2>/dev/null' tidy $programs
    check shellcheck shellcheck $shells
    check ruff "$ruff" check --quiet .
}
exit $failed
