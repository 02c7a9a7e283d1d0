"""Activations as they are computed, stacked to arrays."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from . import _library as native

_hidden = {"scores": -np.inf, "probabilities": 0.0}  # of the future, which a step's row does not have


class Trace:
    """Rows come all at once from the encoder, and a step at a time from the decoder."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[int, list[NDArray[np.float32]]]] = defaultdict(lambda: defaultdict(list))

    def observe(self, activation: native.Activation) -> None:
        shape = activation.n_rows, activation.n_columns
        values = np.ctypeslib.as_array(activation.values, shape).copy()
        name = f"{activation.scope.decode()}.{activation.name.decode()}"
        self._rows[name][activation.head].append(values)

    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """By name: [rows, columns], or [heads, rows, columns]."""
        return {name: _stack(name, heads) for name, heads in self._rows.items()}


def _stack(name: str, heads: dict[int, list[NDArray[np.float32]]]) -> NDArray[np.float32]:
    blank = _hidden.get(name.rpartition(".")[2], 0.0)
    stacked = [_below(parts, blank) for _, parts in sorted(heads.items())]
    return stacked[0] if list(heads) == [-1] else np.stack(stacked)


def _below(parts: list[NDArray[np.float32]], blank: float) -> NDArray[np.float32]:
    """Blocks of rows below each other, shorter rows filled up: each step of self-attention sees one more piece."""
    width = max(part.shape[1] for part in parts)
    padded = [np.pad(part, ((0, 0), (0, width - part.shape[1])), constant_values=blank) for part in parts]
    return np.concatenate(padded)
