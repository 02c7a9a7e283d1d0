#!/bin/sh
# run.sh: the Python package, installed as its users install it. Speaks TAP; from the repository root:
#
#     tests/run.sh tests/python/run.sh           (after make)
#
# Virtual environments go into a folder that is removed; what pip downloads stays in its own cache.
# XATTN_WHEEL=1 also builds the wheel (make wheel) and tries it in an environment with numpy alone.
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2317  # functions run by way of `check`
. tests/cli/tap.sh

unset XATTN_MODEL
python=$(command -v python3) || { echo "1..1"; echo "ok 1 # SKIP no python3"; exit 0; }
pip() { "$1/bin/pip" install -q --disable-pip-version-check "$2" >"$out" 2>"$err"; }

"$python" -m venv "$tmp/venv" >"$out" 2>"$err" || { echo "1..1"; echo "ok 1 # SKIP python3 without venv or pip"; exit 0; }
check "pip install ./python" pip "$tmp/venv" "./python[test]"

# The package that was installed, not the folder of its source.
packaged() { (cd "$tmp" && XATTN_PROGRAM=$xattn "$tmp/venv/bin/python" -m pytest -p no:cacheprovider "$root/python/tests") >"$out" 2>"$err"; }
check "its tests" packaged
typed() { (cd python && "$tmp/venv/bin/python" -m mypy --cache-dir "$tmp/mypy") >"$out" 2>"$err"; }
check "mypy --strict finds nothing" typed
notebook() { "$tmp/venv/bin/python" tests/python/notebook.py docs/notebooks/*.ipynb >"$out" 2>"$err"; }
check "the notebook shows what it did" notebook

wheel() { make -s wheel >"$out" 2>"$err"; }
alone() {
    "$python" -m venv "$tmp/alone" && pip "$tmp/alone" build/wheel/xattn-*.whl && cd "$tmp" &&
        [ "$("$tmp/alone/bin/python" -c 'import xattn; print(xattn.Model().translate("The cat sat on the mat.").text)')" = \
            "$("$xattn" translate -m "$model" "The cat sat on the mat.")" ] && "$tmp/alone/bin/pip" list 2>/dev/null | tail -n +3 | sort >"$out" &&
        ! grep -v -E '^(numpy|pip|setuptools|xattn) ' "$out"
}
bare() { ! ldd "$tmp"/alone/lib/python3*/site-packages/xattn/library/*.so* | grep -E 'blas|cjson|utf8proc|libz'; }
if [ "${XATTN_WHEEL:-}" = 1 ]; then
    check "make wheel" wheel
    check "the wheel translates, with numpy alone" alone
    check "its library needs none of the system's" bare
fi
finish
