"""_library.py against xattn.h: every struct has the header's fields, at the header's places."""

import ctypes
import re
import subprocess
from pathlib import Path

import pytest
from cffi import FFI

from xattn import _library as native

HEADER = Path(__file__).resolve().parents[2] / "src/xattn.h"
STRUCTS = {
    "error": native.Error,
    "buffer": native.Buffer,
    "open_options": native.OpenOptions,
    "info": native.Info,
    "tokens": native.Tokens,
    "runner_up": native.RunnerUp,
    "translation": native.Translation,
    "ablation": native.Ablation,
    "activation": native.Activation,
    "options": native.Options,
    "map_options": native.MapOptions,
    "label": native.Label,
    "map": native.Map,
    "maps": native.Maps,
    "style": native.Style,
    "link": native.Link,
    "links": native.Links,
}
CONSTANTS = [
    *("AS_STORED", "F32", "INT8", "SOURCE", "TARGET", "OK", "NOT_FOUND", "UNREADABLE", "MALFORMED", "UNSUPPORTED"),
    *("USAGE", "BAD_TEXT", "NO_MEMORY", "CANCELLED", "TERMINAL", "TSV", "NPY", "PHARAOH", "SVG"),
    *("MEAN", "ALL", "UNIFORM"),
]


@pytest.fixture(scope="module")
def header():
    text = re.sub(r"^#include.*$", "", HEADER.read_text(), flags=re.M)
    done = subprocess.run(["cc", "-E", "-P", "-U__GNUC__", "-x", "c", "-"], input=text, capture_output=True, text=True)
    ffi = FFI()
    ffi.cdef(done.stdout.replace("#pragma", "//"))
    return ffi


@pytest.mark.parametrize("name", STRUCTS)
def test_struct(header, name):
    struct, c_type = STRUCTS[name], header.typeof(f"xattn_{name}")
    fields = {field: (info.offset, header.sizeof(info.type)) for field, info in c_type.fields}
    ours = {field: (getattr(struct, field).offset, getattr(struct, field).size) for field, _ in struct._fields_}
    assert ours == fields
    assert ctypes.sizeof(struct) == header.sizeof(c_type)


def test_constants(header):
    library = header.dlopen(None)
    assert {name: getattr(native, name) for name in CONSTANTS} == {
        name: getattr(library, f"XATTN_{name}") for name in CONSTANTS
    }


def test_functions_have_the_headers_arguments(header):
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", HEADER.read_text(), flags=re.S)
    for name, (_, arguments) in native._functions.items():
        declared = re.search(rf"\b{name}\(([^;]*)\);", text)
        assert declared, name
        listed = [a for a in declared.group(1).split(",") if a.strip() != "void"]
        assert len(listed) == len(arguments), name
