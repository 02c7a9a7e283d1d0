"""What Python does while the library works: a progress bar, Ctrl-C, and what watches activations."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

from . import _library as native

LONG = 200  # texts, from which on a bar is worth it


def _visible() -> bool:
    return sys.stderr.isatty() or "ipykernel" in sys.modules


def _bar(n: int, wanted: bool | None) -> Any:
    if wanted is False or (wanted is None and not (n >= LONG and _visible())):
        return None
    try:
        from tqdm.auto import tqdm  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        return None
    return tqdm(total=n, unit=" texts")


class Progress:
    """The functions that a call of the library calls back. ctypes would print an exception raised in one of them
    and go on; here it is kept, the call is cancelled, and `reraise` raises it. So is Ctrl-C, as a context in the main
    thread: Python handles it when the library next asks whether to go on."""

    def __init__(self, n: int, wanted: bool | None) -> None:
        self._bar = _bar(n, wanted)
        self._raised: BaseException | None = None
        self.result = native.ResultFunction(self._result) if self._bar is not None else native.ResultFunction()
        self.cancel = native.CancelFunction(self._cancel)
        self._observer = native.ObserveFunction()

    def __enter__(self) -> Progress:
        main = threading.current_thread() is threading.main_thread()
        self._guards = main and signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if self._guards:
            signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(self, *exception: object) -> None:
        if self._guards:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        if self._bar is not None:
            self._bar.close()

    def _interrupt(self, number: int, frame: object) -> None:
        self._raised = KeyboardInterrupt()

    def _result(self, context: object, index: int, translation: object) -> None:
        try:
            self._bar.update()
        except BaseException as exception:
            self._raised = exception

    def _cancel(self, context: object) -> bool:
        return self._raised is not None

    def observer(self, observe: Callable[[native.Activation], None] | None) -> Any:
        if observe is not None:
            watch = observe

            def guarded(context: object, activation: Any) -> None:
                try:
                    watch(activation.contents)
                except BaseException as exception:
                    self._raised = exception

            self._observer = native.ObserveFunction(guarded)
        return self._observer

    def reraise(self) -> None:
        if self._raised is not None:
            raise self._raised
