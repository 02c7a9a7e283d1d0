#!/bin/sh
# run.sh: the explorer of web/ in a real browser, beside the native program. Speaks TAP; from the
# repository root:
#
#     tests/run.sh tests/web/run.sh          (after make web)
#
# Needs chromium, node, npm and python3; playwright-core goes to a cache folder, as for tests/browser.
# SCREENSHOTS=DIR keeps pictures of the page at the widths of a desktop and of a phone.
set -eu

cache=${XDG_CACHE_HOME:-$HOME/.cache}/xattn/browser
missing=
for tool in chromium node npm python3; do
    command -v $tool >/dev/null 2>&1 || missing="$missing $tool"
done
[ -e build/web/xattn.wasm ] || missing="$missing build/web(make web)"
if [ -n "$missing" ]; then
    echo "1..1"
    echo "ok 1 # SKIP missing:$missing"
    exit 0
fi

mkdir -p "$cache"
cmp -s tests/browser/package-lock.json "$cache/package-lock.json" || {
    cp tests/browser/package.json tests/browser/package-lock.json "$cache/"
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --silent --no-audit --no-fund --prefix "$cache" >&2
}

tmp=$(mktemp -d)
server=
trap 'rm -rf "$tmp"; [ -z "$server" ] || kill "$server"' EXIT
trap 'exit 130' INT TERM

# What the program says, with the same weights and the same products of matrices, which OpenBLAS rounds in another order.
make -s BLAS=none build/none/xattn >&2
program=build/none/xattn
XATTN_KERNELS=portable $program align -m models/en-fr --int8 --format json --layer all --head all --pieces \
    "The cat sat on the mat." >"$tmp/native.json"

XATTN_KERNELS=portable $program translate -m models/en-fr --int8 --json "The cat sat on the mat." >"$tmp/scores.json"

XATTN_KERNELS=portable $program translate -m models/en-fr --int8 --json "Good morning." >"$tmp/morning.json"
XATTN_KERNELS=portable $program translate -m models/en-fr --int8 --no-copy --json "I love it 😀 see https://example.org/a!" >"$tmp/uncopied.json"
printf 'The cat sat on the mat.\tLe %s était assis sur le tapis.\n' chat chien |
    XATTN_KERNELS=portable $program score -m models/en-fr --int8 --json | sed '1s/^/[/; $!s/$/,/; $s/$/]/' >"$tmp/scored.json"

# What scripts/get_firefox_model.sh fetches, or else a tiny one.
if [ -d models/enpt ]; then
    cp -r models/enpt/ "$tmp/firefox"
else
    make -s BLAS=none build/none/tests/web/write_firefox >&2
    mv "$(build/none/tests/web/write_firefox)" "$tmp/firefox"
fi
XATTN_KERNELS=portable $program translate -m "$tmp/firefox" --quiet --no-copy --json "The cat sat on the mat." >"$tmp/firefox.json"

# The lessons have the explorer in them.
scripts/site/build.sh >&2

# Port 0 is any that is free; the server says which.
touch "$tmp/server.log"
python3 -u -m http.server --bind 127.0.0.1 --directory build 0 >"$tmp/server.log" 2>&1 &
server=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    port=$(sed -n 's/^Serving HTTP on .* port \([0-9]*\) .*/\1/p' "$tmp/server.log")
    [ -z "$port" ] || break
    sleep 1
done
NODE_PATH=$cache/node_modules CHROMIUM=$(command -v chromium) node tests/web/check_web.js "http://127.0.0.1:$port/" "$tmp"
