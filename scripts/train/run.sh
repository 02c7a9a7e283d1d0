#!/usr/bin/env bash
# Train the model that xattn ships, from the corpora to the report, with one command.
#
# usage: scripts/train/run.sh [--miniature] [WORK]
#
#   WORK         where texts, checkpoints and logs live (default ~/.cache/xattn/train); run again, it goes on
#   --miniature  all the steps in about two minutes, on data/sample.tsv with a tiny model: to see that they work
#
# Environment:
#   PYTHON   a Python that has requirements.txt    XATTN   the program (./xattn; `make` builds it)
#   CORPORA  a folder with more NAME.tsv.gz of corpora.tsv than data/ has; without it, data/ and Tatoeba
#   PARENT   none: start from random weights; default: the Firefox model that get_firefox_model.sh fetches
#   HOURS    of training proper, all runs together (15)            ANNEAL  minutes of the end phase (40)
#   PATIENCE validations without a lower dev loss that end it (8)  MODEL   where the model goes (WORK/model)
#   REPLICAS processes that train one model together (1)           REPORT  the report (docs/QUALITY.md)
#   THREADS  of each of them (its share of the cores)
# Training takes hours: run it under `nice -n 19` and in the background. A step that is interrupted ends the run
# with a status that is not 0, and nothing after it happens; the next run goes on there.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$here/../..
python=${PYTHON:-python3}
PATH=$(dirname "$(command -v "$python")"):$PATH # where eflomal's program is, if this is a virtual environment
export PATH OMP_WAIT_POLICY=passive PYTHONDONTWRITEBYTECODE=1

miniature=
case ${1:-} in
    --miniature) miniature=1 && shift ;;
    -*) sed -n 's/^# \{0,1\}//; 2,/^with a status/p' "$0" >&2 && exit 2 ;;
esac
work=${1:-$HOME/.cache/xattn/train}
xattn=${XATTN:-$root/xattn}
parent=${PARENT:-$work/parent}
prepare=() shape=() evaluate=()
minutes=$((${HOURS:-15} * 60))
anneal=${ANNEAL:-40}
report=${REPORT:-$root/docs/QUALITY.md}
if [ -n "$miniature" ]; then
    work=${1:-$(mktemp -d)}
    parent=none
    mkdir -p "$work/corpora" && cp "$root/data/sample.tsv" "$work/corpora/tatoeba.tsv"
    prepare=(--corpora "$work/corpora" --source-pieces 500 --target-pieces 500 --test-buckets 16 --dev-buckets 16)
    shape=(--width 64 --heads 2 --ffn 128 --encoder-layers 2 --tokens 500 --warmup 50 --validate-sentences 10)
    minutes=1
    anneal=0.3
    evaluate=(--limit 10)
    report=$work/QUALITY.md
else
    prepare=(--corpora "$root/data" ${CORPORA:+"$CORPORA"})
fi
if [ "$parent" != none ]; then
    [ -d "$parent" ] || "$root/scripts/get_firefox_model.sh" enpt "$parent"
    prepare+=(--parent "$parent")
    shape+=(--parent "$parent")
fi
model=${MODEL:-$work/model}

[ -e "$work/vocab.json" ] || "$python" "$here/prepare.py" "$work" "${prepare[@]}"
[ -e "$work/links.txt" ] || "$python" "$here/word_align.py" "$work"
[ -e "$work/lexicon.tsv" ] || "$python" "$here/lexicon.py" "$work"
[ "$parent" = none ] || [ -e "$work/pivot.tsv" ] ||
    "$python" "$here/pivot.py" "$work" --parent "$parent" --xattn "$xattn"
train=("$python")
[ -z "${REPLICAS:-}" ] || train+=(-m torch.distributed.run --standalone --nproc_per_node "$REPLICAS")
train+=("$here/train.py" "$work" "${shape[@]}" ${THREADS:+--threads "$THREADS"})
"${train[@]}" --minutes "$minutes" --patience "${PATIENCE:-8}"
"${train[@]}" --anneal "$anneal"
"$python" "$here/export.py" "$work" "$model"
"$python" "$here/evaluate.py" "$work" "$model" --xattn "$xattn" "${evaluate[@]}" --out "$report"
