#!/bin/sh
# build.sh: the documents as a website that can be read from disk, build/site/index.html
#
# MkDocs comes from PyPI, pinned, into a virtual environment in the user's cache folder.
set -eu
cd "$(dirname "$0")/../.."

venv=${XDG_CACHE_HOME:-$HOME/.cache}/xattn/venv-site
if ! cmp -s scripts/site/requirements.txt "$venv/requirements.txt"; then
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install -q --disable-pip-version-check -r scripts/site/requirements.txt
    cp scripts/site/requirements.txt "$venv/"
fi
"$venv/bin/python" -m mkdocs build --quiet --strict --clean --config-file scripts/site/mkdocs.yml
echo "build/site/index.html"
