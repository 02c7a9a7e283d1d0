#!/bin/sh
# deps.sh installs nothing behind a user's back. apt-get, sudo, brew, id and the compiler are stand-ins
# that log how they are called; the compiler finds no library.
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2016,SC2317  # stand-ins expand later
. tests/cli/tap.sh

tools=$tmp/tools
mkdir "$tools"
for tool in sh env cat printf; do ln -s "$(command -v "$tool")" "$tools/$tool"; done
# stand_in NAME LINE: a program that runs the line
stand_in() { printf '#!/bin/sh\n%s\n' "$2" >"$tools/$1" && chmod 755 "$tools/$1"; }
stand_in cc 'exit 1'
stand_in pkg-config 'exit 1'
stand_in apt-get 'echo "apt-get $*" >>"$LOG"'
stand_in sudo 'echo "sudo $*" >>"$LOG"; "$@"'
user() { stand_in id 'echo 1000'; }
root_user() { stand_in id 'echo 0'; }

export LOG="$tmp/log"
# deps: as the user that `id` names, without a terminal
deps() {
    : >"$LOG"
    status "$1" env PATH="$tools" CC=cc sh scripts/deps.sh build openblas </dev/null
}

root_installs() {
    root_user && deps 0 && grep -q "^apt-get install .*libcjson-dev.*libopenblas-dev" "$LOG" && ! grep -q sudo "$LOG"
}
check "root gets the packages" root_installs
user_is_told() {
    user && deps 1 && says "please run:  sudo apt-get install libcjson-dev" && [ ! -s "$LOG" ]
}
check "a user without a terminal is told, and nothing runs" user_is_told

# answers TEXT STATUS: a user on a terminal types TEXT
answers() {
    : >"$LOG"
    printf '%s\n' "$1" | status "$2" script -qec "env PATH='$tools' CC=cc sh scripts/deps.sh build openblas" /dev/null &&
        prints "install them with sudo apt-get? [y/N]"
}
agreed() { user && answers y 0 && grep -q "^sudo apt-get update" "$LOG" && grep -q "^apt-get install .*libutf8proc-dev" "$LOG"; }
declined() { user && answers n 1 && [ ! -s "$LOG" ] && prints "please run:  sudo apt-get install"; }
by_default() { user && answers '' 1 && [ ! -s "$LOG" ]; }
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
    check "a user on a terminal is asked; y installs" agreed
    check "n does not" declined
    check "nor does an empty answer" by_default
else
    skip "no script(1) with -c to make a terminal"
fi

rm "$tools/apt-get" && stand_in brew 'echo "brew $*" >>"$LOG"'
brew_is_named() { user && deps 1 && says "please run:  brew install cjson utf8proc zlib openblas" && [ ! -s "$LOG" ]; }
check "with Homebrew the command is named" brew_is_named
rm "$tools/brew"
check "elsewhere the packages are named" deps 1
check "elsewhere: by Debian's names" says "their names on Debian: libcjson-dev"

finish
