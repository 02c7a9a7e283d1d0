#!/usr/bin/env bash
# Train the model that xattn ships, from the corpus to the report, with one command.
#
# usage: scripts/train/run.sh [--miniature] [WORK]
#
#   WORK         where the corpus, checkpoints and logs live (default ~/.cache/xattn/train); run again, it goes on
#   --miniature  all the steps in about three minutes, on data/sample.tsv with a tiny model: to see that they work
#
# Environment:
#   PYTHON  a Python that has requirements.txt    CORPUS  the corpus file, instead of fetching it
#   INIT    a model directory to start from       CLEAN   how many test buckets INIT was not trained on (all)
#   HOURS   of training proper (6)                ANNEAL  minutes of the end phase (40)
#   MODEL   where the model goes (WORK/model)     REPORT  where the report goes (docs/QUALITY.md)
# Training takes all cores for hours: run it under `nice -n 19` and in the background.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
PATH=$(dirname "$(command -v "$python")"):$PATH  # where eflomal's program is, if this is a virtual environment
export PATH OMP_WAIT_POLICY=passive PYTHONDONTWRITEBYTECODE=1

miniature=
case ${1:-} in
    --miniature) miniature=1 && shift ;;
    -*) sed -n 's/^# \{0,1\}//; 2,/^Training/p' "$0" >&2 && exit 2 ;;
esac
work=${1:-$HOME/.cache/xattn/train}
prepare=() shape=() evaluate=()
minutes=$((${HOURS:-6} * 60))
anneal=${ANNEAL:-40}
report=${REPORT:-$here/../../docs/QUALITY.md}
if [ -n "$miniature" ]; then
    work=${1:-$(mktemp -d)}
    prepare=(--corpus "$here/../../data/sample.tsv" --composed 200 --vocab 500 --twins 50 --test-buckets 16 --dev-buckets 16)
    shape=(--width 64 --heads 2 --ffn 128 --encoder-layers 2 --tokens 500 --warmup 50 --validate-sentences 10)
    minutes=1
    anneal=0.3
    evaluate=(--limit 10)
    report=$work/QUALITY.md
elif [ -n "${CORPUS:-}" ]; then
    prepare=(--corpus "$CORPUS")
fi
if [ -n "${INIT:-}" ]; then
    prepare+=(--init "$INIT")
    shape+=(--init "$INIT")
    evaluate+=(--baseline "$INIT" --clean-buckets "${CLEAN:-256}")
fi
model=${MODEL:-$work/model}

[ -e "$work/vocab.json" ] || "$python" "$here/prepare.py" "$work" "${prepare[@]}"
[ -e "$work/links.txt" ] || "$python" "$here/word_align.py" "$work"
"$python" "$here/train.py" "$work" --minutes "$minutes" "${shape[@]}"
"$python" "$here/train.py" "$work" --anneal "$anneal" "${shape[@]}"
"$python" "$here/export.py" "$work" "$model"
"$python" "$here/evaluate.py" "$work" "$model" "${evaluate[@]}" --out "$report"
