#!/bin/sh
# run.sh: maps as other programs see them, a browser first of all, and the documents' website. Speaks
# TAP; from the repository root:
#
#     tests/run.sh tests/browser/run.sh          (after make, for libxattn.a)
#
# Needs a C compiler, chromium, node and npm, rsvg-convert, python3 with venv; root installs those of
# them that are missing on Debian. playwright-core and the Python packages go to a cache folder.
set -eu

: "${BUILD:=build/openblas}" "${CC:=cc}"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/xattn/browser
here=tests/browser
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM

missing=
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need chromium chromium
need node nodejs
need npm npm
need rsvg-convert librsvg2-bin
python3 -c 'import ensurepip' 2>/dev/null || missing="$missing python3-venv"
[ -e /usr/share/fonts/truetype/noto ] || missing="$missing fonts-noto-core"
if [ -n "$missing" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -q >&2
    # shellcheck disable=SC2086  # a list of packages
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >&2
elif [ -n "$missing" ]; then
    echo "1..1"
    echo "ok 1 # SKIP missing:$missing"
    exit 0
fi

mkdir -p "$cache"
cmp -s $here/package-lock.json "$cache/package-lock.json" || {
    cp $here/package.json "$cache/"
    cp $here/package-lock.json "$cache/"
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --silent --no-audit --no-fund --prefix "$cache" >&2 || {
        rm "$cache/package-lock.json"
        exit 1
    }
}
python=$cache/venv/bin/python
[ -x "$python" ] || python3 -m venv "$cache/venv"
"$python" -c 'import jsonschema, numpy, PIL' 2>/dev/null ||
    "$python" -m pip install -q jsonschema==4.26.0 numpy==2.4.6 pillow==13.0.0 >&2

# shellcheck disable=SC2046  # flags
$CC -std=c11 -Isrc $(pkg-config --cflags libcjson libutf8proc zlib openblas) -o "$tmp/make_files" $here/make_files.c \
    "$BUILD/libxattn.a" $(pkg-config --libs libcjson libutf8proc zlib openblas) -lm -lpthread
"$tmp/make_files" "$tmp"

"$python" $here/check_files.py "$tmp" || status=1
NODE_PATH=$cache/node_modules CHROMIUM=$(command -v chromium) node $here/check_report.js "$tmp" || status=1
make -s "$BUILD/examples/learn/learn" >&2
"$BUILD/examples/learn/learn" dates --steps 150 -o "$tmp/learn" >/dev/null
NODE_PATH=$cache/node_modules CHROMIUM=$(command -v chromium) node $here/check_learn.js "$tmp" || status=1
scripts/site/build.sh >&2
NODE_PATH=$cache/node_modules CHROMIUM=$(command -v chromium) node $here/check_site.js build/site || status=1
exit "${status:-0}"
