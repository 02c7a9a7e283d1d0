#!/bin/sh
# get_sources.sh DIR [PACKAGE...]: the sources of cJSON, utf8proc and zlib, or of other libraries, from Debian's
# source packages
#
# Some targets have no packages of these libraries: WebAssembly, musl. They are compiled for them from
# DIR/cjson, DIR/utf8proc and DIR/zlib. apt-get checks signatures and applies Debian's patches; the
# system's own lists stay as they are. What is there already is kept.
set -eu

[ $# -ge 1 ] || { echo "usage: get_sources.sh DIR [PACKAGE...]" >&2; exit 2; }
for tool in apt-get dpkg-source; do
    command -v $tool >/dev/null 2>&1 || { echo "get_sources.sh: no $tool (Debian: apt-get install dpkg-dev)" >&2; exit 1; }
done
mkdir -p "$1/apt/parts" "$1/apt/lists/partial"
cd "$1"
shift
[ $# -gt 0 ] || set -- cjson utf8proc zlib

apt() {
    apt-get -q -o Dir::Etc::sourceparts="$PWD/apt/parts" -o Dir::Etc::sourcelist=/dev/null \
        -o Dir::State::lists="$PWD/apt/lists" -o APT::Sandbox::User="$(id -un)" "$@" >apt/log 2>&1 || { cat apt/log >&2; exit 1; }
}

for package in "$@"; do
    [ ! -d "$package" ] || continue
    if [ ! -e apt/parts/debian.sources ]; then
        printf '%s\n' 'Types: deb-src' 'URIs: http://deb.debian.org/debian' 'Suites: bookworm' 'Components: main' \
            'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg' >apt/parts/debian.sources
        apt update
    fi
    apt source "$package"
    mv "$package"-*/ "$package"
done
