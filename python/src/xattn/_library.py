"""libxattn as ctypes sees it: the structs and functions of xattn.h that the package uses.

ctypes, because it comes with Python: one wheel serves every version, and numpy stays the only dependency. It
releases the interpreter's lock during every call. tests/test_header.py compares each struct with xattn.h.
"""

from __future__ import annotations

import ctypes as c
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

c_float_p = c.POINTER(c.c_float)
c_char_pp = c.POINTER(c.c_char_p)


class Error(c.Structure):
    _fields_ = [("kind", c.c_int), ("index", c.c_ssize_t), ("text", c.c_char * 1024)]


class Buffer(c.Structure):
    _fields_ = [("data", c.POINTER(c.c_char)), ("size", c.c_size_t), ("capacity", c.c_size_t), ("failed", c.c_bool)]


class OpenOptions(c.Structure):
    _fields_ = [("size", c.c_size_t), ("weights", c.c_int), ("copy", c.c_bool)]


class Info(c.Structure):
    _fields_ = [
        ("d_model", c.c_size_t),
        ("encoder_layers", c.c_size_t),
        ("decoder_layers", c.c_size_t),
        ("decoder_heads", c.c_size_t),
        ("source_vocabulary", c.c_size_t),
        ("target_vocabulary", c.c_size_t),
        ("source_limit", c.c_size_t),
        ("target_limit", c.c_size_t),
        ("parameters", c.c_size_t),
        ("has_alignment_head", c.c_bool),
        ("alignment_layer", c.c_size_t),
        ("alignment_head", c.c_size_t),
        ("beam", c.c_size_t),
        ("length_penalty", c.c_float),
        ("has_shortlist", c.c_bool),
    ]


class Tokens(c.Structure):
    _fields_ = [("n", c.c_size_t), ("pieces", c_char_pp), ("ids", c.POINTER(c.c_int))]


class RunnerUp(c.Structure):
    _fields_ = [("piece", c.c_char_p), ("id", c.c_int), ("logprob", c.c_float)]


class Translation(c.Structure):
    pass


Translation._fields_ = [
    ("source_text", c.c_char_p),
    ("text", c.c_char_p),
    ("pivot_text", c.c_char_p),
    ("source", Tokens),
    ("target", Tokens),
    ("n_sentences", c.c_size_t),
    ("source_cut", c.c_bool),
    ("target_cut", c.c_bool),
    ("repeats", c.c_bool),
    ("untagged", c.c_bool),
    ("unsplit", c.c_bool),
    ("logprobs", c_float_p),
    ("score", c.c_double),
    ("normalized_score", c.c_double),
    ("n_layers", c.c_size_t),
    ("n_heads", c.c_size_t),
    ("attention", c_float_p),
    ("map_layer", c.c_int),
    ("map_head", c.c_int),
    ("map_is_trained", c.c_bool),
    ("n_runners_up", c.c_size_t),
    ("runners_up", c.POINTER(RunnerUp)),
    ("n_alternatives", c.c_size_t),
    ("alternatives", c.POINTER(c.POINTER(Translation))),
]


class Ablation(c.Structure):
    _fields_ = [("layer", c.c_int), ("head", c.c_int)]


class Activation(c.Structure):
    _fields_ = [
        ("scope", c.c_char_p),
        ("name", c.c_char_p),
        ("head", c.c_int),
        ("n_rows", c.c_size_t),
        ("n_columns", c.c_size_t),
        ("values", c_float_p),
    ]


ResultFunction = c.CFUNCTYPE(None, c.c_void_p, c.c_size_t, c.POINTER(Translation))
StepFunction = c.CFUNCTYPE(c.c_bool, c.c_void_p, c.c_void_p)
ObserveFunction = c.CFUNCTYPE(None, c.c_void_p, c.POINTER(Activation))
CancelFunction = c.CFUNCTYPE(c.c_bool, c.c_void_p)


class Options(c.Structure):
    _fields_ = [
        ("size", c.c_size_t),
        ("beam", c.c_size_t),
        ("nbest", c.c_size_t),
        ("max_length", c.c_size_t),
        ("length_penalty", c.c_float),
        ("no_length_penalty", c.c_bool),
        ("target_language", c.c_char_p),
        ("no_split", c.c_bool),
        ("no_copy", c.c_bool),
        ("no_shortlist", c.c_bool),
        ("threads", c.c_size_t),
        ("scores", c.c_bool),
        ("attention", c.c_bool),
        ("runners_up", c.c_size_t),
        ("ablations", c.POINTER(Ablation)),
        ("n_ablations", c.c_size_t),
        ("prefix", c.POINTER(c.c_int)),
        ("n_prefix", c.c_size_t),
        ("context", c.c_void_p),
        ("result", ResultFunction),
        ("step", StepFunction),
        ("observe", ObserveFunction),
        ("cancel", CancelFunction),
    ]


class MapOptions(c.Structure):
    _fields_ = [
        ("size", c.c_size_t),
        ("has_layer", c.c_bool),
        ("has_head", c.c_bool),
        ("layer", c.c_int),
        ("head", c.c_int),
        ("words", c.c_bool),
        ("tokens", c.c_bool),
        ("no_eos", c.c_bool),
    ]


class Label(c.Structure):
    _fields_ = [("text", c.c_char_p), ("starts", c.c_bool), ("spaced", c.c_bool), ("eos", c.c_bool)]


class Map(c.Structure):
    _fields_ = [
        ("n_target", c.c_size_t),
        ("n_source", c.c_size_t),
        ("target", c.POINTER(Label)),
        ("source", c.POINTER(Label)),
        ("cells", c_float_p),
        ("layer", c.c_int),
        ("head", c.c_int),
        ("n_heads", c.c_size_t),
        ("words", c.c_bool),
        ("is_trained", c.c_bool),
    ]


class Maps(c.Structure):
    _fields_ = [("n", c.c_size_t), ("items", c.POINTER(c.POINTER(Map))), ("title", c.c_char_p)]


class Style(c.Structure):
    _fields_ = [
        ("size", c.c_size_t),
        ("color", c.c_bool),
        ("ascii", c.c_bool),
        ("width", c.c_size_t),
        ("lines", c.c_bool),
        ("threshold", c.c_float),
    ]


class Link(c.Structure):
    _fields_ = [("source", c.c_size_t), ("target", c.c_size_t)]


class Links(c.Structure):
    _fields_ = [("items", c.POINTER(Link)), ("n", c.c_size_t), ("capacity", c.c_size_t)]


# xattn_weights, xattn_side, xattn_error_kind, xattn_format and what stands for a layer or a head
AS_STORED, F32, INT8 = range(3)
SOURCE, TARGET = range(2)
OK, NOT_FOUND, UNREADABLE, MALFORMED, UNSUPPORTED, USAGE, BAD_TEXT, NO_MEMORY, CANCELLED = range(9)
TERMINAL, TSV, NPY, PHARAOH, SVG = range(5)
MEAN, ALL = -1, -2
UNIFORM = -1

_model = c.c_void_p
_texts = c.POINTER(c.c_char_p)
_results = c.POINTER(c.POINTER(Translation))
_error = c.POINTER(Error)
_buffer = c.POINTER(Buffer)
_maps_options = c.POINTER(MapOptions)

# name: (result, arguments)
_functions: dict[str, tuple[Any, list[Any]]] = {
    "xattn_version": (c.c_char_p, []),
    "xattn_buffer_free": (None, [_buffer]),
    "xattn_open": (_model, [c.c_char_p, c.POINTER(OpenOptions), _error]),
    "xattn_close": (None, [_model]),
    "xattn_describe": (c.POINTER(Info), [_model]),
    "xattn_tokenize": (c.POINTER(Tokens), [_model, c.c_int, c.c_char_p, _error]),
    "xattn_tokens_free": (None, [c.POINTER(Tokens)]),
    "xattn_detokenize": (c.c_bool, [_model, c.c_int, _texts, c.c_size_t, _buffer, _error]),
    "xattn_translate": (c.c_bool, [_model, _texts, c.c_size_t, c.POINTER(Options), _results, _error]),
    "xattn_score": (c.c_bool, [_model, _texts, _texts, c.c_size_t, c.POINTER(Options), _results, _error]),
    "xattn_translation_free": (None, [c.POINTER(Translation)]),
    "xattn_translation_json": (c.c_bool, [c.POINTER(Translation), _maps_options, _buffer, _error]),
    "xattn_maps_of": (c.POINTER(Maps), [c.POINTER(Translation), _maps_options, _error]),
    "xattn_maps_free": (None, [c.POINTER(Maps)]),
    "xattn_maps_draw": (c.c_bool, [c.POINTER(Maps), c.c_int, c.POINTER(Style), _buffer, _error]),
    "xattn_html_begin": (c.c_bool, [c.c_char_p, _buffer, _error]),
    "xattn_html_translation": (c.c_bool, [c.POINTER(Translation), _maps_options, _buffer, _error]),
    "xattn_html_end": (c.c_bool, [_buffer, _error]),
    "xattn_links_of": (c.c_bool, [c.POINTER(Map), c.c_float, c.POINTER(Links), _error]),
    "xattn_links_free": (None, [c.POINTER(Links)]),
}


def _load() -> c.CDLL:
    named = os.environ.get("XATTN_LIBRARY")
    pattern = "libxattn*.dylib" if sys.platform == "darwin" else "libxattn.so*"
    found = [Path(named)] if named else sorted((Path(__file__).parent / "library").glob(pattern))
    if not found:
        raise ImportError("xattn: the package has no library; install it with pip, or name one with $XATTN_LIBRARY")
    library = c.CDLL(str(found[0]))
    for name, (result, arguments) in _functions.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


lib = _load()

# A batch's memory should serve the next batch. glibc, however, gives freed memory at the end of its heap back to the
# system, up to a limit that follows the largest block that was ever freed: so free a large one, which nobody touched.
np.empty(16 << 20, np.uint8)
