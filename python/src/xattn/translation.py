"""Translations and how they came about."""

from __future__ import annotations

import ctypes as c
import html
import json
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from . import _library as native
from ._memory import Owner, appended, floats
from .maps import Head, Map, map_options

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped, unused-ignore]


class Tokens(NamedTuple):
    """A text as the model sees it. Each sentence ends with </s>."""

    pieces: list[str]
    ids: list[int]


class RunnerUp(NamedTuple):
    """A piece that might have come in this step, or the one that did."""

    piece: str
    id: int
    logprob: float


def tokens_of(tokens: native.Tokens) -> Tokens:
    n = tokens.n
    return Tokens([piece.decode() for piece in tokens.pieces[:n]] if n else [], list(tokens.ids[:n]) if n else [])


class Translation:
    """One translation. It stays valid when its model is closed, and so do its arrays.

    text             the translation
    source_text      what was translated
    source, target   Tokens: pieces and ids
    n_sentences      how many sentences were translated one by one
    source_truncated the source was longer than the model can read, and lost its end
    target_truncated the length limit came before the model's own end of the sentence
    truncated        one of these two
    repeats          it ends by repeating itself
    alternatives     the rest of an n-best list, best first
    """

    def __init__(self, memory: Owner, pointer: Any = None) -> None:
        self._memory = memory
        self._pointer = pointer if pointer is not None else memory.pointer
        t = self._value = self._pointer.contents
        self.text: str = t.text.decode()
        self.source_text: str = t.source_text.decode()
        self.n_sentences: int = t.n_sentences
        self.source_truncated: bool = t.source_cut
        self.target_truncated: bool = t.target_cut
        self.repeats: bool = t.repeats

    @property
    def truncated(self) -> bool:
        return self.source_truncated or self.target_truncated

    @property
    def source(self) -> Tokens:
        return tokens_of(self._value.source)

    @property
    def target(self) -> Tokens:
        return tokens_of(self._value.target)

    @property
    def alternatives(self) -> list[Translation]:
        t = self._value
        return [Translation(self._memory, t.alternatives[i]) for i in range(t.n_alternatives)]

    @property
    def token_logprobs(self) -> NDArray[np.float32]:
        """float32 [target]: the natural logarithm of each target piece's probability."""
        if not self._value.logprobs and self._value.target.n:
            raise AttributeError("scores were not kept: translate with scores=True")
        return floats(self._value.logprobs, (self._value.target.n,), self._memory)

    @property
    def score(self) -> float:
        """The log-probability of the translation: the sum of token_logprobs."""
        if not self._value.logprobs and self._value.target.n:
            raise AttributeError("scores were not kept: translate with scores=True")
        return float(self._value.score)

    @property
    def normalized_score(self) -> float:
        """What beam search ranks by: score / length^length_penalty."""
        return float(self._value.normalized_score)

    @property
    def attention(self) -> NDArray[np.float32]:
        """float32 [layers, heads, target, source], read-only, without a copy: row t of a head is what it looked at
        to predict target piece t, and sums to 1."""
        t = self._value
        if not t.attention and t.target.n:
            raise AttributeError("attention was not kept: translate with attention=True")
        return floats(t.attention, (t.n_layers, t.n_heads, t.target.n, t.source.n), self._memory)

    @property
    def runners_up(self) -> list[list[RunnerUp]]:
        """[target][n] the most probable pieces of each step, best first; empty unless asked for."""
        t, n = self._value, self._value.n_runners_up
        if not n:
            return []
        flat = [RunnerUp(r.piece.decode(), r.id, r.logprob) for r in t.runners_up[: t.target.n * n]]
        return [flat[i : i + n] for i in range(0, len(flat), n)]

    def map(self, *, words: bool = True, layer: int | None = None, head: Head = None, eos: bool = True) -> Map:
        """The map to look at first (the model's alignment head, if it has one), or that of a layer and head."""
        memory = self._memory if self._pointer is self._memory.pointer else _Part(self)
        return Map(memory, map_options(layer, head, words, eos))

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that `xattn translate --json` prints."""
        draw = native.lib.xattn_translation_json
        parsed: dict[str, Any] = json.loads(appended(lambda out, error: draw(self._pointer, None, out, error)))
        return parsed

    def to_frame(self) -> pandas.DataFrame:
        """A row for each target piece: its id, log-probability, and the source piece it looked at most."""
        import pandas

        columns: dict[str, Any] = {"piece": self.target.pieces, "id": self.target.ids}
        if self._value.logprobs:
            columns["logprob"] = self.token_logprobs
        if self._value.attention:
            best = self.map(words=False).rows.argmax(axis=1)
            columns["source"] = [self.source.pieces[i] for i in best]
        return pandas.DataFrame(columns)

    def html(self) -> str:
        """A page to explore in a browser, in one file that loads nothing."""
        lib = native.lib
        return appended(
            lambda out, error: lib.xattn_html_begin(self.text.encode(), out, error),
            lambda out, error: lib.xattn_html_translation(self._pointer, None, out, error),
            lambda out, error: lib.xattn_html_end(out, error),
        ).decode()

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<xattn.Translation {self.text!r}>"

    def _repr_svg_(self) -> str | None:
        return self.map().svg() if self._value.attention else None

    def _repr_html_(self) -> str:
        if not self._value.attention:
            return html.escape(self.text)
        page = html.escape(self.html(), quote=True)
        return f'<iframe sandbox="allow-scripts" srcdoc="{page}" style="width:100%;height:30em;border:0"></iframe>'


class _Part(Owner):
    """An alternative: its memory is its translation's."""

    def __init__(self, translation: Translation) -> None:
        self._whole = translation._memory
        super().__init__(translation._pointer, lambda pointer: None)


def take(results: Any, n: int) -> list[Translation]:
    """Translations of the array that xattn_translate filled."""
    free = native.lib.xattn_translation_free
    return [Translation(Owner(c.cast(results[i], c.POINTER(native.Translation)), free)) for i in range(n)]
