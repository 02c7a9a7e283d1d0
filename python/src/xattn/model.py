"""Models, and what can be asked of them."""

from __future__ import annotations

import ctypes as c
import os
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from . import _library as native
from ._memory import Owner, appended
from .errors import error_of
from .frames import translate_frame
from .maps import Head, Map
from .progress import Progress
from .trace import Trace
from .translation import Tokens, Translation, take, tokens_of

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped, unused-ignore]

Weights = Literal["stored", "f32", "int8"]
Side = Literal["source", "target"]
_weights = {"stored": native.AS_STORED, "f32": native.F32, "int8": native.INT8}
_sides = {"source": native.SOURCE, "target": native.TARGET}


class Ablation(NamedTuple):
    """A head that cross-attention does without, or, without a head, a layer that looks at all pieces alike."""

    layer: int
    head: int | None = None


class Info(NamedTuple):
    """What a model declares about itself. The limits are the most pieces of a sentence, </s> included."""

    d_model: int
    encoder_layers: int
    decoder_layers: int
    decoder_heads: int
    source_vocabulary: int
    target_vocabulary: int
    source_limit: int
    target_limit: int
    parameters: int
    alignment_head: tuple[int, int] | None
    beam: int
    length_penalty: float


def _info(info: native.Info) -> Info:
    values: dict[str, Any] = {name: getattr(info, name) for name in Info._fields}
    values["alignment_head"] = (info.alignment_layer, info.alignment_head) if info.has_alignment_head else None
    return Info(**values)


def _shipped() -> Path:
    """The model that comes with the package."""
    return Path(__file__).parent / "models" / "en-fr"


def _encode(texts: Iterable[str]) -> Any:
    """A char *[n]. A text ends at a NUL character, which C cannot hold."""
    encoded = []
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"a text must be a str, not {type(text).__name__}")
        encoded.append(text.replace("\0", "\ufffd").encode("utf-8", "replace"))
    return (c.c_char_p * len(encoded))(*encoded)


class Model:
    """An open model, which any number of threads may share.

    path     a Hugging Face MarianMT directory, a Firefox Translations model, or what else `xattn -m` takes, except a
             language pair; None: $XATTN_MODEL, or the English to French model that comes with the package
    weights  "stored": as in its files; "f32": floats; "int8": rounded to 8 bits, smaller and faster
    copy     read the files into memory instead of mapping them, so that they may change afterwards
    """

    _shared: ClassVar[dict[tuple[str | None, Weights], Model]] = {}
    _sharing: ClassVar[threading.Lock] = threading.Lock()

    def __init__(
        self, path: str | os.PathLike[str] | None = None, *, weights: Weights = "stored", copy: bool = False
    ) -> None:
        self.path = os.fspath(path if path is not None else os.environ.get("XATTN_MODEL") or _shipped())
        if weights not in _weights:
            raise ValueError(f'weights {weights!r}: expected "stored", "f32" or "int8"')
        options = native.OpenOptions(size=c.sizeof(native.OpenOptions), weights=_weights[weights], copy=copy)
        error = native.Error()
        pointer = native.lib.xattn_open(os.fsencode(self.path), c.byref(options), c.byref(error))
        if not pointer:
            raise error_of(error)
        self._model: Owner | None = Owner(pointer, native.lib.xattn_close)
        self.info = _info(native.lib.xattn_describe(pointer).contents)

    @classmethod
    def shared(cls, path: str | None = None, *, weights: Weights = "stored") -> Model:
        """This process's only model with these arguments, opened by the first call: for the workers of Spark, Dask
        and others, which do many small tasks in a process. Do not close it."""
        with cls._sharing:
            if (path, weights) not in cls._shared:
                cls._shared[path, weights] = cls(path, weights=weights)
            return cls._shared[path, weights]

    @property
    def _handle(self) -> Owner:
        if self._model is None:
            raise ValueError("the model is closed")
        return self._model

    def close(self) -> None:
        """Lets go of the model's memory, as soon as no call uses it any more."""
        self._model = None

    def __enter__(self) -> Model:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<xattn.Model {self.path!r}{' closed' if self._model is None else ''}>"

    @overload
    def translate(self, texts: str, **options: Any) -> Translation: ...
    @overload
    def translate(self, texts: Iterable[str], **options: Any) -> list[Translation]: ...
    def translate(self, texts: str | Iterable[str], **options: Any) -> Translation | list[Translation]:
        """Translates a text, or a list of them, in order.

        beam            hypotheses of beam search; 1 is greedy search; None: as the model's files ask
        nbest           translations wanted a text, at most `beam`: the others are `alternatives`
        max_length      most pieces of a sentence's translation; None: as the model's files say
        length_penalty  exponent of score / length^a, by which beam search ranks; None: as the model's files say
        target_lang     "fra", of a model with several target languages: texts without a tag get its tag
        split           translate a text sentence by sentence; False: take it as one
        copy            what cannot be translated (URLs, emoji, file names …) comes through as it is; False: the
                        model reads it like other text
        shortlist       a Firefox model's: consider only the words that its shortlist offers
        threads         that share a list of texts; None: one for each processor
        scores          keep log-probabilities; None: of a single text, not of a list
        attention       keep the cross-attention of all heads; None: likewise
        runners_up      most probable pieces of each step to keep
        ablations       Ablation(layer, head) or (layer, head) pairs: what cross-attention does without
        prefix          ids of target pieces that the translation of a single text begins with
        progress        show a bar; None: of long lists, on a terminal or in a notebook, if tqdm is installed
        """
        if isinstance(texts, str):
            return self._run([texts], None, True, **options)[0]
        return self._run(list(texts), None, False, **options)

    def translate_frame(self, frame: pandas.DataFrame, column: str, **options: Any) -> pandas.DataFrame:
        """A pandas frame with four more columns, made from the texts in `column`; options as in translate.

        translation  str; missing where the text is missing or could not be read
        score        float, its log-probability
        truncated    bool, whether some of it was cut
        error        str, why the text could not be read (a tag that the model does not know); else missing

        Rows and their index stay as they are. Texts are sorted by length into batches inside.
        """
        return translate_frame(self, frame, column, options)

    @overload
    def score(self, sources: str, targets: str, **options: Any) -> Translation: ...
    @overload
    def score(self, sources: Iterable[str], targets: Iterable[str], **options: Any) -> list[Translation]: ...
    def score(
        self, sources: str | Iterable[str], targets: str | Iterable[str], **options: Any
    ) -> Translation | list[Translation]:
        """Reads targets as the translations of sources: what the model makes of them. Options as in translate."""
        wanted = {"scores": True, **options}
        if isinstance(sources, str) and isinstance(targets, str):
            return self._run([sources], [targets], True, **wanted)[0]
        if isinstance(sources, str) or isinstance(targets, str):
            raise TypeError("sources and targets must be two texts or two lists of texts")
        left, right = list(sources), list(targets)
        if len(left) != len(right):
            raise ValueError(f"{len(left)} sources and {len(right)} targets: expected as many")
        return self._run(left, right, False, **wanted)

    @overload
    def align(self, sources: str, targets: str | None = None, **options: Any) -> Map: ...
    @overload
    def align(self, sources: Iterable[str], targets: Iterable[str] | None = None, **options: Any) -> list[Map]: ...
    def align(
        self,
        sources: str | Iterable[str],
        targets: str | Iterable[str] | None = None,
        *,
        words: bool = True,
        layer: int | None = None,
        head: Head = None,
        eos: bool = True,
        **options: Any,
    ) -> Map | list[Map]:
        """Maps of given translations, or of the model's own."""
        wanted = {"attention": True, **options}
        either: Any = sources
        done = self.translate(either, **wanted) if targets is None else self.score(either, targets, **wanted)
        if isinstance(done, Translation):
            return done.map(words=words, layer=layer, head=head, eos=eos)
        return [t.map(words=words, layer=layer, head=head, eos=eos) for t in done]

    def tokenize(self, text: str, *, side: Side = "source") -> Tokens:
        """The pieces that the model reads, and their ids."""
        model, error = self._handle, native.Error()
        pointer = native.lib.xattn_tokenize(model.pointer, _sides[side], _encode([text])[0], c.byref(error))
        if not pointer:
            raise error_of(error)
        tokens = Owner(pointer, native.lib.xattn_tokens_free)
        return tokens_of(tokens.value)

    def detokenize(self, pieces: Sequence[str], *, side: Side = "target") -> str:
        """The text that pieces spell."""
        model, texts, join = self._handle, _encode(pieces), native.lib.xattn_detokenize
        return appended(
            lambda out, error: join(model.pointer, _sides[side], texts, len(pieces), out, error)
        ).decode()

    def trace(self, text: str, target: str | None = None) -> dict[str, NDArray[np.float32]]:
        """Every activation of a translation, of one sentence, by name: "decoder.layer1.cross.probabilities" is
        float32 [heads, target, source]. Names, shapes and equations: docs/MODEL.md and `xattn trace`."""
        trace = Trace()
        self._run([text], None if target is None else [target], True, beam=1, observe=trace.observe)
        return trace.arrays()

    def bertviz(self, text: str, target: str | None = None) -> dict[str, Any]:
        """The arguments of BertViz's model_view and head_view: `head_view(**model.bertviz(text))`. Attentions are
        torch tensors [1, heads, rows, columns], one a layer; needs torch."""
        import torch  # type: ignore[import-not-found, unused-ignore]

        trace = Trace()
        t = self._run([text], None if target is None else [target], True, beam=1, observe=trace.observe)[0]
        arrays = trace.arrays()

        def layers(kind: str, part: str, n: int) -> list[Any]:
            return [torch.from_numpy(arrays[f"{kind}.layer{i}.{part}.probabilities"][None]) for i in range(n)]

        fed = ["<start>", *t.target.pieces[:-1]]
        return {
            "encoder_attention": layers("encoder", "self", self.info.encoder_layers),
            "decoder_attention": layers("decoder", "self", self.info.decoder_layers),
            "cross_attention": layers("decoder", "cross", self.info.decoder_layers),
            "encoder_tokens": t.source.pieces,
            "decoder_tokens": fed,
        }

    def _run(
        self,
        sources: list[str],
        targets: list[str] | None,
        single: bool,
        *,
        beam: int | None = None,
        nbest: int = 1,
        max_length: int | None = None,
        length_penalty: float | None = None,
        target_lang: str | None = None,
        split: bool = True,
        copy: bool = True,
        shortlist: bool = True,
        threads: int | None = None,
        scores: bool | None = None,
        attention: bool | None = None,
        runners_up: int = 0,
        ablations: Iterable[Ablation | tuple[int, int | None]] = (),
        prefix: Sequence[int] = (),
        progress: bool | None = None,
        observe: Callable[[native.Activation], None] | None = None,
    ) -> list[Translation]:
        model, n = self._handle, len(sources)
        away = [native.Ablation(layer, native.UNIFORM if head is None else head) for layer, head in ablations]
        with Progress(n, progress) as watch:
            options = native.Options(
                size=c.sizeof(native.Options),
                beam=beam or 0,
                nbest=nbest,
                max_length=max_length or 0,
                length_penalty=length_penalty or 0.0,
                no_length_penalty=length_penalty == 0,
                target_language=target_lang.encode() if target_lang else None,
                no_split=not split,
                no_copy=not copy,
                no_shortlist=not shortlist,
                threads=threads or (1 if single else _processors()),
                scores=single if scores is None else scores,
                attention=single if attention is None else attention,
                runners_up=runners_up,
                ablations=(native.Ablation * len(away))(*away),
                n_ablations=len(away),
                prefix=(c.c_int * len(prefix))(*prefix),
                n_prefix=len(prefix),
                result=watch.result,
                cancel=watch.cancel,
                observe=watch.observer(observe),
            )
            results, error = (c.POINTER(native.Translation) * n)(), native.Error()
            texts = _encode(sources)
            if targets is None:
                ok = native.lib.xattn_translate(model.pointer, texts, n, c.byref(options), results, c.byref(error))
            else:
                given = _encode(targets)
                ok = native.lib.xattn_score(model.pointer, texts, given, n, c.byref(options), results, c.byref(error))
            translations = take(results, n) if ok else []
            watch.reraise()
        if not ok:
            raise error_of(error)
        return translations


def _processors() -> int:
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
