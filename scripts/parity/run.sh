#!/bin/sh
# run.sh [CORPUS]: compares this program with transformers, sentencepiece and CTranslate2
# run.sh --goldens [--new-model]: writes tests/goldens again, see goldens.py and tokenizer.py
#
# `make parity` runs this. CORPUS, or $XATTN_CORPUS, is a text of ENGLISH<tab>FRENCH lines, perhaps
# gzipped; data/sample.tsv if there is none, which has fewer than the 2,000 sentences to compare on.
# The other programs go into a virtual environment under ${XDG_CACHE_HOME:-~/.cache}/xattn, about 6 GB
# with PyTorch's GPU libraries; without them, where it is reachable:
#
#     PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu make parity
#
# Prints one row a comparison, the table of all rows at the end, and fails if one of them does.
set -eu

cd "$(dirname "$0")/../.."
here=scripts/parity
venv=${XDG_CACHE_HOME:-$HOME/.cache}/xattn/venv-parity

if ! cmp -s $here/requirements.txt "$venv/requirements.txt"; then
    echo "installing $(tr '\n' ' ' <$here/requirements.txt)into $venv"
    rm -rf "$venv"
    mkdir -p "$(dirname "$venv")"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r $here/requirements.txt
    cp $here/requirements.txt "$venv/requirements.txt"
fi

if [ "${1:-}" = --goldens ]; then
    shift
    "$venv/bin/python" $here/goldens.py "$@"
    exec "$venv/bin/python" $here/tokenizer.py --goldens tests/goldens/text
fi
corpus=${1:-${XATTN_CORPUS:-data/sample.tsv}}
[ -r "$corpus" ] || { echo "$corpus: cannot be read" >&2 && exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

make --no-print-directory xattn build/openblas/internal.a >/dev/null
libraries=$(pkg-config --libs libcjson libutf8proc zlib openblas 2>/dev/null || echo -lopenblas -lcjson -lutf8proc -lz)
for probe in probe tokenizer_probe; do
    # shellcheck disable=SC2086  # a list of options
    ${CC:-cc} -std=c11 -D_POSIX_C_SOURCE=200809L -D_DARWIN_C_SOURCE -Isrc -O2 -Wall -Wextra -o "$work/$probe" \
        $here/$probe.c build/openblas/internal.a $libraries -lm
done

failed=0

# run SCRIPT.py ARGUMENT...: its rows and remarks, on the terminal and in the log
run() {
    script=$here/$1
    shift
    { "$venv/bin/python" "$script" "$@" 2>&1 && echo 0 >"$work/status" || echo 1 >"$work/status"; } | tee -a "$work/log"
    read -r status <"$work/status"
    [ "$status" = 0 ] || failed=1
}

# tokenizer.py prints a table of its own: MODEL CASES TOKENS DIFFERENT
tokenizer() {
    run tokenizer.py "$work/tokenizer_probe" --corpus "$corpus" >"$work/tokenizer"
    awk 'NF == 4 && $2 $3 $4 ~ /^[0-9]+$/ {
             printf "%s  %-12s %-38s %7d %9d %9d  %d tokens\n", $4 ? "FAIL" : "pass", "tokenizer",
                    "ids, pieces and text, " $1, $2, $4, 0, $3
             next
         }
         /^ /' "$work/tokenizer" | tee -a "$work/log"
}

opus=$work/opus
"$venv/bin/python" $here/random_models.py opus "$opus" --corpus "$corpus" >"$work/made" 2>&1 ||
    { cat "$work/made" && exit 1; }
small=$work/small
"$venv/bin/python" $here/random_models.py small "$small" >"$work/made" 2>&1 || { cat "$work/made" && exit 1; }
tokenizer
run network.py "$work/probe" models/en-fr --name shipped --corpus "$corpus"
run ctranslate.py "$work/probe" models/en-fr --name shipped --corpus "$corpus"
run network.py "$work/probe" tests/goldens/marian-odd --name odd --corpus "$corpus"
run network.py "$work/probe" "$opus" --name opus-shape --corpus "$corpus" --floats 200 --alone 100
run trace.py ./xattn models/en-fr --name shipped --corpus "$corpus"
run trace.py ./xattn tests/goldens/marian-odd --name odd --corpus "$corpus"
run trace.py ./xattn "$opus" --name opus-shape --corpus "$corpus" --sentences 3
run beam.py ./xattn models/en-fr --name shipped --corpus "$corpus"
run beam.py ./xattn tests/goldens/marian-odd --name odd --corpus "$corpus"
run pivot.py ./xattn models/en-fr models/en-fr --name twice --corpus "$corpus"
run pivot.py ./xattn models/en-fr tests/goldens/marian-odd --name to-odd --corpus "$corpus"
run added_tokens.py ./xattn "$small" --name small
run generation.py ./xattn models/en-fr --name shipped --corpus "$corpus"
run generation.py ./xattn tests/goldens/marian-odd --name odd --corpus "$corpus"
run generation.py ./xattn "$opus" --name opus-shape --corpus "$corpus" --texts 2
run generation_keys.py ./xattn models/en-fr --name shipped
run formats.py ./xattn models/en-fr "$work/formats" --name shipped --corpus "$corpus"
run formats.py ./xattn "$opus" "$work/opus-formats" --name opus-shape --corpus "$corpus" --sentences 40 --max-length 24
run gradients.py
run tsv.py ./xattn --name shipped

echo
echo "      model        comparison                               cases     found     limit"
grep -E '^(pass|FAIL) ' "$work/log"
! grep -q '^FAIL ' "$work/log" || failed=1
exit $failed
