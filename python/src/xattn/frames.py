"""Translating a column of a pandas frame: the unit of work of Spark, Dask, Ray and pandas itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Union

from .errors import UsageError
from .translation import Translation

if TYPE_CHECKING:
    import pandas  # type: ignore[import-untyped, unused-ignore]

    from .model import Model

Outcome = Union[Translation, UsageError, None]

_columns = {"translation": "string", "score": "float64", "truncated": "boolean", "error": "string"}


def _each(model: Model, texts: list[str], options: dict[str, Any]) -> list[Outcome]:
    """Each text's translation, or why it cannot be read. A call ends at such a text and names it, so what stands
    before it is translated once more."""
    done: list[Outcome] = []
    while texts:
        try:
            return done + model.translate(texts, **options)
        except UsageError as error:
            if error.index is None:
                raise
            done += [*_each(model, texts[: error.index], options), error]
            texts = texts[error.index + 1 :]
    return done


def _row(outcome: Outcome) -> tuple[Any, ...]:
    if isinstance(outcome, Translation):
        return outcome.text, outcome.score, outcome.truncated, None
    return None, None, None, None if outcome is None else str(outcome)


def translate_frame(model: Model, frame: pandas.DataFrame, column: str, options: dict[str, Any]) -> pandas.DataFrame:
    """See Model.translate_frame."""
    import pandas

    taken = [name for name in _columns if name in frame.columns]
    if taken:
        raise ValueError(f"the frame has a column {taken[0]!r} already, which the result needs")
    given = frame[column].notna().tolist()
    outcomes = iter(_each(model, frame.loc[given, column].tolist(), {"scores": True, **options}))
    rows = [_row(next(outcomes) if is_text else None) for is_text in given]
    results = {
        name: pandas.Series([row[i] for row in rows], frame.index, dtype)
        for i, (name, dtype) in enumerate(_columns.items())
    }
    return frame.assign(**results)
