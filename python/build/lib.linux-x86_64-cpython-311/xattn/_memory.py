"""What the library allocated, held as long as Python needs it, and numpy's view of it."""

from __future__ import annotations

import ctypes as c
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import _library as native
from .errors import error_of


class Owner:
    """A pointer that the library returned, freed with the last reference to it."""

    def __init__(self, pointer: Any, free: Callable[[Any], None]) -> None:
        self.pointer, self._free = pointer, free

    @property
    def value(self) -> Any:
        return self.pointer.contents

    def __del__(self) -> None:
        self._free(self.pointer)


def floats(pointer: Any, shape: tuple[int, ...], owner: object) -> NDArray[np.float32]:
    """A read-only array over the library's memory, without a copy, that keeps its owner alive."""
    n = int(np.prod(shape))
    if n == 0:
        return np.zeros(shape, np.float32)
    memory: Any = (c.c_float * n).from_address(c.addressof(pointer.contents))
    memory._owner = owner
    array: NDArray[np.float32] = np.ndarray(shape, np.float32, memory)
    array.flags.writeable = False
    return array


def appended(*calls: Callable[[Any, Any], bool]) -> bytes:
    """What functions append to a buffer; each call gets the buffer and the error to fill in."""
    buffer, error = native.Buffer(), native.Error()
    try:
        for call in calls:
            if not call(c.byref(buffer), c.byref(error)):
                raise error_of(error)
        return c.string_at(buffer.data, buffer.size) if buffer.size else b""
    finally:
        native.lib.xattn_buffer_free(c.byref(buffer))
