"""Cross-attention maps: a table of what each target piece or word looked at."""

from __future__ import annotations

import ctypes as c
from typing import TYPE_CHECKING, Any, Literal, Union

import numpy as np
from numpy.typing import NDArray

from . import _library as native
from ._memory import Owner, appended, floats
from .errors import error_of

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped, unused-ignore]

Head = Union[int, Literal["mean"], None]


def map_options(layer: int | None, head: Head, words: bool, eos: bool) -> native.MapOptions:
    return native.MapOptions(
        size=c.sizeof(native.MapOptions),
        has_layer=layer is not None,
        has_head=head is not None,
        layer=layer or 0,
        head=native.MEAN if head == "mean" else head or 0,
        words=words,
        no_eos=not eos,
    )


class Map:
    """One layer and head of a translation's cross-attention.

    rows          float32 [target][source], read-only: row t is what was looked at to predict target t
    target_words  [target] labels of the rows: words, or the model's pieces
    source_words  [source] labels of the columns
    layer, head   from 0; head is "mean" for the mean over the layer's heads
    is_trained    whether it is the head that the model was trained to align words with
    """

    def __init__(self, translation: Owner, options: native.MapOptions) -> None:
        error = native.Error()
        pointer = native.lib.xattn_maps_of(translation.pointer, c.byref(options), c.byref(error))
        if not pointer:
            raise error_of(error)
        self._maps = Owner(pointer, native.lib.xattn_maps_free)
        self._map = self._maps.value.items[0]
        one = self._map.contents
        self.rows: NDArray[np.float32] = floats(one.cells, (one.n_target, one.n_source), self._maps)
        self.target_words = [one.target[i].text.decode() for i in range(one.n_target)]
        self.source_words = [one.source[i].text.decode() for i in range(one.n_source)]
        self.layer: int = one.layer
        self.head: int | Literal["mean"] = "mean" if one.head == native.MEAN else one.head
        self.is_trained: bool = one.is_trained

    def links(self, threshold: float = 0.0) -> list[tuple[int, int]]:
        """Pairs (source word, target word), from 0: each target word with the source word that it looked at
        most, or every pair above `threshold`. The end of the sentence is no word."""
        links, error = native.Links(), native.Error()
        try:
            if not native.lib.xattn_links_of(self._map, threshold, c.byref(links), c.byref(error)):
                raise error_of(error)
            return [(links.items[i].source, links.items[i].target) for i in range(links.n)]
        finally:
            native.lib.xattn_links_free(c.byref(links))

    def _draw(self, format_: int, **style: Any) -> str:
        how = native.Style(size=c.sizeof(native.Style), **style)
        draw = native.lib.xattn_maps_draw
        return appended(lambda out, error: draw(self._maps.pointer, format_, c.byref(how), out, error)).decode()

    def svg(self, *, lines: bool = False) -> str:
        """A picture: a heat map, or the two sentences joined by lines."""
        return self._draw(native.SVG, lines=lines)

    def tsv(self) -> str:
        """A table for spreadsheets, pandas and R."""
        return self._draw(native.TSV)

    def to_frame(self) -> pandas.DataFrame:
        """The table as a pandas DataFrame: target words down, source words across."""
        import pandas

        return pandas.DataFrame(self.rows, index=self.target_words, columns=self.source_words)

    def __str__(self) -> str:
        return self._draw(native.TERMINAL)

    def __repr__(self) -> str:
        n_target, n_source = self.rows.shape
        return f"<xattn.Map layer {self.layer}, head {self.head}: {n_target} target by {n_source} source>"

    def _repr_svg_(self) -> str:
        return self.svg()
