"""Builds the shared library in the checkout that this folder is part of, and puts it into the package.

pip install ./python          the library as `make` builds it, with the system's OpenBLAS, cJSON, utf8proc and zlib
make wheel                    without them, for machines that have none: XATTN_MAKE says how
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.build_py import build_py

try:
    from setuptools.command.bdist_wheel import bdist_wheel
except ImportError:  # before setuptools 70
    from wheel.bdist_wheel import bdist_wheel

here = Path(__file__).resolve().parent
root = here.parent
version = re.search(r'#define XATTN_VERSION "(.*)"', (root / "src/xattn.h").read_text()).group(1)
library = f"libxattn.{version}.dylib" if sys.platform == "darwin" else f"libxattn.so.{version}"


class BuildWithLibrary(build_py):
    def run(self):
        super().run()
        package = Path(self.build_lib) / "xattn"
        options = shlex.split(os.environ.get("XATTN_MAKE", "BUILD=build/python"))
        build = dict(option.split("=", 1) for option in options)["BUILD"]
        subprocess.run(["make", "-s", "-j2", *options, f"{build}/{library}"], cwd=root, check=True)
        self._put(root / build / library, package / "library" / library)
        for file in (root / "models/en-fr").iterdir():
            self._put(file, package / "models/en-fr" / file.name)

    @staticmethod
    def _put(source, target):
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


class AnyPython(bdist_wheel):
    """The library is loaded by ctypes: one wheel serves every Python of a platform."""

    def get_tag(self):
        return "py3", "none", super().get_tag()[2]


class WithBinary(Distribution):
    def has_ext_modules(self):
        return True


setup(version=version, distclass=WithBinary, cmdclass={"build_py": BuildWithLibrary, "bdist_wheel": AnyPython})
