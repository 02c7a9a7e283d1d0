#!/bin/sh
# run.sh [LINES [SHIPPED_LINES]]: the soak, see soak.py and lines.py; `make soak` runs it
#
# LINES (200,000) go through a tiny model with every stage, the first SHIPPED_LINES (10,000) of them through
# the shipped one. Draws docs/images/soak.svg with matplotlib, which goes into a virtual environment.
# Takes about four minutes of processor time; needs Linux's /proc.
set -eu
cd "$(dirname "$0")/../.."
here=tests/soak
venv=${XDG_CACHE_HOME:-$HOME/.cache}/xattn/venv-soak

if ! cmp -s $here/requirements.txt "$venv/requirements.txt"; then
    mkdir -p "$(dirname "$venv")"
    python3 -m venv --clear "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check -r $here/requirements.txt
    cp $here/requirements.txt "$venv/requirements.txt"
fi

rm -f build/soak/rss.csv
failed=0
python3 $here/soak.py "tiny model" tests/goldens/marian-odd "${1:-200000}" || failed=1
python3 $here/soak.py "shipped model" models/en-fr "${2:-10000}" || failed=1
"$venv/bin/python" $here/plot.py docs/images/soak.svg
exit $failed
