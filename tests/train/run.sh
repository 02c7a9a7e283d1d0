#!/bin/sh
# run.sh: scripts/train in miniature: from data/sample.tsv to a model that xattn runs, and the report.
# Speaks TAP; from the repository root, about two minutes:
#
#     tests/run.sh tests/train/run.sh            (after make)
#
# PyTorch is Debian's, which is small and needs no GPU (root installs it); what else
# scripts/train/requirements.txt names goes into a virtual environment in a cache folder. The newer
# PyTorch of that list, with which the shipped model was trained, runs the same way.
. tests/cli/tap.sh

cache=${XDG_CACHE_HOME:-$HOME/.cache}/xattn/train-miniature
here=scripts/train

with_torch() {
    for p in python3 /usr/bin/python3; do
        "$p" -c 'import torch' 2>/dev/null && echo "$p" && return
    done
}
base=$(with_torch)
if [ -z "$base" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        gcc libc6-dev python3-torch python3-venv; } >&2
    base=$(with_torch)
fi
if [ -z "$base" ]; then
    echo "1..1"
    echo "ok 1 # SKIP no Python with PyTorch (Debian: python3-torch)"
    exit 0
fi

grep -v -E '^(torch|numpy)==' $here/requirements.txt >"$tmp/requirements.txt"
cmp -s "$tmp/requirements.txt" "$cache/requirements.txt" || {
    rm -rf "$cache"
    "$base" -m venv --system-site-packages "$cache" >&2 &&
        "$cache/bin/pip" install -q --disable-pip-version-check -r "$tmp/requirements.txt" >&2 &&
        cp "$tmp/requirements.txt" "$cache/" || exit 1
}
PYTHON=$cache/bin/python
export PYTHON PYTHONDONTWRITEBYTECODE=1

(cd $here && "$PYTHON" -m unittest discover -p "test_*.py") >"$out" 2>"$err"
result $? "the trainer's own tests"

check "every step of run.sh" status 0 $here/run.sh --miniature "$tmp/work"
grep -E '^step [0-9]+ loss' "$out" | awk '{ print $4 }' >"$tmp/losses"
check "the loss falls" awk "BEGIN { exit !($(tail -n 1 "$tmp/losses") < 0.8 * $(head -n 1 "$tmp/losses")) }"
check "the report has its figures" grep -q "^| all | 10 | [0-9.]* | [0-9.]* |$" "$tmp/work/QUALITY.md"

check "the exported model is sound" status 0 "$xattn" inspect "$tmp/work/model"
cut -f 1 data/sample.tsv | head -n 50 >"$tmp/english"
check "xattn translates with it" status 0 "$xattn" translate --quiet -m "$tmp/work/model" -i "$tmp/english"
check "line by line" test "$(wc -l <"$out")" -eq 50
finish
