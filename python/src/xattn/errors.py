"""What can go wrong: the library's error kinds as exceptions, each with the library's message."""

from __future__ import annotations

from . import _library as native


class Error(Exception):
    """Whatever libxattn reports. `index` is that of the text that it is about, None if it is about none."""

    index: int | None = None


class ModelNotFoundError(Error, FileNotFoundError):
    """There is no such file or folder."""


class ModelError(Error):
    """A model that is damaged, cannot be read, or is of a kind that xattn does not run."""


class UsageError(Error, ValueError):
    """An argument that cannot be, or a text that cannot be read."""


class OutOfMemoryError(Error, MemoryError):
    """Memory ran out."""


class Cancelled(Error):
    """The call was cancelled."""


_kinds: dict[int, type[Error]] = {
    native.NOT_FOUND: ModelNotFoundError,
    native.UNREADABLE: ModelError,
    native.MALFORMED: ModelError,
    native.UNSUPPORTED: ModelError,
    native.USAGE: UsageError,
    native.BAD_TEXT: UsageError,
    native.NO_MEMORY: OutOfMemoryError,
    native.CANCELLED: Cancelled,
}


def error_of(error: native.Error) -> Error:
    """The exception for an error that the library filled in."""
    exception = _kinds.get(error.kind, Error)(error.text.decode())
    if error.index >= 0:
        exception.index = error.index
    return exception
