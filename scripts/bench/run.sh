#!/bin/sh
# run.sh [--isa native|avx2|avx512] [--quick] [--list] [--step NAME...] [--write]: xattn beside CTranslate2,
# transformers, ONNX Runtime, slimt and fxtranslate
#
# `make bench` runs this: same weights, same text (sentences.txt), same number of threads, one after the other and again.
# Prints a table, and writes docs/performance.json, pictures into docs/images and the generated part of
# docs/PERFORMANCE.md; with --quick, one repetition of a few sentences, and nothing is written. `make bench ISA=avx2`
# forces xattn and those of the others that can be forced to use AVX2 and no more. bench.py says what the rest does.
#
# The other programs go into a virtual environment under ${XDG_CACHE_HOME:-~/.cache}/xattn, about 7 GB with
# PyTorch's GPU libraries; without them, where it is reachable:
#
#     PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu make bench
#
# What cannot be installed or converted is left out, and said.
set -eu

cd "$(dirname "$0")/../.."
here=scripts/bench
cache=${XDG_CACHE_HOME:-$HOME/.cache}/xattn
venv=$cache/venv-bench
work=$cache/bench

if ! cmp -s $here/requirements.txt "$venv/requirements.txt"; then
    echo "installing $(tr '\n' ' ' <$here/requirements.txt)into $venv"
    rm -rf "$venv"
    mkdir -p "$cache"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r $here/requirements.txt
    cp $here/requirements.txt "$venv/requirements.txt"
fi

# The model as each engine wants it, made anew when the weights are others.
weights=$(sha256sum models/en-fr/model.safetensors)
if [ "$(cat "$work/weights" 2>/dev/null)" != "$weights" ]; then
    rm -rf "$work"
    mkdir -p "$work"
    "$venv/bin/python" $here/convert.py ctranslate2 models/en-fr "$work/ctranslate2" >"$work/log" 2>&1 ||
        { cat "$work/log" && exit 1; }
    "$venv/bin/python" $here/convert.py onnx models/en-fr "$work/onnx" >"$work/log" 2>&1 || { echo "no ONNX Runtime: $(tail -n 1 "$work/log")" && rm -rf "$work/onnx"; }
    echo "$weights" >"$work/weights"
fi
[ -d models/enpt ] || scripts/get_firefox_model.sh enpt models/enpt || echo "no Firefox model, so neither slimt nor fxtranslate"

make --no-print-directory xattn libxattn.a >/dev/null
libraries=$(pkg-config --libs libcjson libutf8proc zlib openblas 2>/dev/null || echo -lopenblas -lcjson -lutf8proc -lz)
# shellcheck disable=SC2086  # a list of options
${CC:-cc} -std=c11 -D_POSIX_C_SOURCE=200809L -D_DARWIN_C_SOURCE -Isrc -O2 -Wall -Wextra -o "$work/probe" \
    $here/probe.c libxattn.a $libraries -lm -lpthread

exec "$venv/bin/python" $here/bench.py --work "$work" "$@"
