#!/bin/sh
# web.sh: times the explorer (make web) in chromium beside the native program and onnxruntime-web; prints a table
#
# The same weights and the first 60 lines of sentences.txt, one by one, one thread, greedy search. onnxruntime-web runs
# the export to ONNX that `make bench` has made, as it is and rounded to 8 bits; it is given ids and returns ids. Needs
# chromium, node, npm, python3, and what `make bench` installs. PREPARE=1 only puts everything in place.
set -eu
cd "$(dirname "$0")/../.."

cache=${XDG_CACHE_HOME:-$HOME/.cache}/xattn
venv=${VENV:-$cache/venv-bench} onnx=${ONNX:-$cache/bench/onnx}
work=$cache/bench-web
[ -e build/web/xattn.wasm ] || { echo "web.sh: no build/web (make web)" >&2; exit 1; }
[ -e "$onnx/encoder_model.onnx" ] || { echo "web.sh: no $onnx (make bench)" >&2; exit 1; }

if ! cmp -s "$onnx/encoder_model.onnx" "$work/float32/encoder_model.onnx"; then # none yet, or of other weights
    rm -rf "$work/float32" "$work/int8"
    mkdir -p "$work/float32" "$work/int8"
    cp "$onnx/encoder_model.onnx" "$onnx/decoder_model.onnx" "$onnx/decoder_with_past_model.onnx" "$work/float32/"
    "$venv/bin/python" - "$work" 2>/dev/null <<'PYTHON'
import pathlib
import sys

from onnxruntime.quantization import QuantType, quantize_dynamic

work = pathlib.Path(sys.argv[1])
for model in (work / "float32").iterdir():
    quantize_dynamic(model, work / "int8" / model.name, weight_type=QuantType.QInt8)
PYTHON
fi
[ -e "$work/node_modules/playwright-core" ] ||
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install --silent --no-audit --no-fund --prefix "$work" onnxruntime-web@1.30.0 \
        "playwright-core@$(sed -n 's/.*"playwright-core": "\(.*\)".*/\1/p' tests/browser/package.json)" >&2

# The lines, their ids, and the program's own translation of them.
make -s BLAS=none build/none/xattn build/none/libxattn.a >&2
head -n 60 scripts/bench/sentences.txt >"$work/lines"
build/none/xattn translate -m models/en-fr --no-copy --json -i "$work/lines" >"$work/stored.jsonl"
build/none/xattn translate -m models/en-fr --int8 --no-copy --json -i "$work/lines" >"$work/int8.jsonl"
# shellcheck disable=SC2046  # a list of options
${CC:-cc} -std=c11 -D_POSIX_C_SOURCE=200809L -Isrc -O2 -o "$work/probe" scripts/bench/probe.c build/none/libxattn.a \
    $(pkg-config --libs libcjson libutf8proc zlib) -lm -lpthread
[ -z "${PREPARE:-}" ] || exit 0

# ms a sentence of the native program: the median of 5 passes.
native() { # KERNELS
    for _ in 1 2 3 4 5; do
        echo "1 1 0 60"
        cat "$work/lines"
    done | XATTN_KERNELS=$1 "$work/probe" models/en-fr int8 1 | awk 'NF == 4 && $1 ~ /^[0-9.]+$/ { print $1 / 60 * 1000 }' |
        sort -n | sed -n 3p
}
echo "native, int8, ms a sentence: $(native portable) with portable kernels, $(native '') with this processor's"

ln -sfn "$PWD/build/web" "$work/web"
cp scripts/bench/onnx.js "$work/"
port=8437
python3 -m http.server --bind 127.0.0.1 --directory "$work" $port >/dev/null 2>&1 &
server=$!
trap 'kill $server' EXIT
until python3 -c "import urllib.request as r; r.urlopen('http://127.0.0.1:$port/lines')" 2>/dev/null; do sleep 0.2; done
NODE_PATH=$work/node_modules node scripts/bench/web.js "http://127.0.0.1:$port/" "$work"
