"""From pairs to padded batches of about equal cost, with the target of the guided attention head.

NumPy only: the processes that prepare text need no PyTorch.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy
from augment import SAMPLE_PIECES, Augmenter, Sample
from numpy import ndarray

from text import END, NO_WORD, Vocabularies

POOL = 20_000  # samples that are sorted by length together
MAX_PIECES = 120


@dataclass(slots=True)
class Row:
    """A sample in pieces; guide lists (target piece, source piece, weight), the attention the guided head
    learns."""

    source: list[int]
    target: list[int]
    guide: list[tuple[int, int, float]]


@dataclass(slots=True)
class PackedBatch:
    """A batch as it travels between processes: small arrays, the guide as its entries that are not zero."""

    source: ndarray  # [B][S] int32
    target: ndarray  # [B][T] int32
    places: ndarray  # [n][3] int32: sentence, target piece, source piece
    weights: ndarray  # [n] float32
    real: ndarray  # [B][T] bool: not padding

    @property
    def pieces(self) -> int:
        return int(self.real.sum())


def make_row(sample: Sample, vocabularies: Vocabularies, sample_pieces: bool = False) -> Row:
    source, source_words = vocabularies.source.encode_with_words(sample.english, sample_pieces)
    target, target_words = vocabularies.target.encode_with_words(sample.french)
    places: dict[int, list[int]] = {}
    for place, word in enumerate(source_words):
        places.setdefault(word, []).append(place)
    linked: dict[int, list[int]] = {END: [len(source) - 1]}
    for i, j in sample.links:
        linked.setdefault(j, []).extend(places.get(i, ()))
    guide = []
    for t, word in enumerate(target_words):
        if word == NO_WORD:
            continue
        columns = linked.get(word) or linked[END]  # a word without a source looks at </s>
        guide += [(t, s, 1.0 / len(columns)) for s in columns]
    return Row(source, target, guide)


def group(rows: list[Row], tokens: int) -> list[list[Row]]:
    """Rows of like length together, at most `tokens` source or target pieces a group with the padding."""
    rows = sorted(rows, key=lambda row: (len(row.target), len(row.source)))
    groups, longest = [[]], 0
    for row in rows:
        longest = max(longest, len(row.source), len(row.target))
        if groups[-1] and longest * (len(groups[-1]) + 1) > tokens:
            groups.append([])
            longest = max(len(row.source), len(row.target))
        groups[-1].append(row)
    return groups


def pad_rows(rows: list[list[int]], pad: int) -> ndarray:
    table = numpy.full((len(rows), max(map(len, rows))), pad, dtype=numpy.int32)
    for line, row in zip(table, rows, strict=True):
        line[: len(row)] = row
    return table


def pack(rows: list[Row], vocabularies: Vocabularies) -> PackedBatch:
    target = pad_rows([row.target for row in rows], vocabularies.target.pad)
    entries = [(b, *entry) for b, row in enumerate(rows) for entry in row.guide]
    return PackedBatch(
        pad_rows([row.source for row in rows], vocabularies.source.pad),
        target,
        numpy.array([entry[:3] for entry in entries], dtype=numpy.int32).reshape(-1, 3),
        numpy.array([entry[3] for entry in entries], dtype=numpy.float32),
        target != vocabularies.target.pad,
    )


def draw_pool(augmenter: Augmenter, vocabularies: Vocabularies, random: Random, size: int = POOL) -> list[Row]:
    """Rows of `size` samples, each a variant of its own."""
    rows = []
    while len(rows) < size:
        row = make_row(augmenter.draw(random), vocabularies, random.random() < SAMPLE_PIECES)
        if max(len(row.source), len(row.target)) <= MAX_PIECES:
            rows.append(row)
    return rows


def save_pool(pool: list[Row], path: Path) -> None:
    """Rows as a NumPy archive of small integers."""
    entries = [entry for row in pool for entry in row.guide]
    numpy.savez_compressed(
        path,
        source=numpy.array([i for row in pool for i in row.source], dtype=numpy.uint16),
        target=numpy.array([i for row in pool for i in row.target], dtype=numpy.uint16),
        lengths=numpy.array([[len(r.source), len(r.target), len(r.guide)] for r in pool], dtype=numpy.uint16),
        places=numpy.array([entry[:2] for entry in entries], dtype=numpy.uint8).reshape(-1, 2),
        weights=numpy.array([entry[2] for entry in entries], dtype=numpy.float32),
    )


def load_pool(path: Path) -> list[Row]:
    with numpy.load(path) as file:
        source, target = file["source"].tolist(), file["target"].tolist()
        lengths, places, weights = file["lengths"].tolist(), file["places"].tolist(), file["weights"].tolist()
    rows, s, t, g = [], 0, 0, 0
    for n, m, k in lengths:
        guide = [(i, j, weight) for (i, j), weight in zip(places[g : g + k], weights[g : g + k])]
        rows.append(Row(source[s : s + n], target[t : t + m], guide))
        s, t, g = s + n, t + m, g + k
    return rows


def batches_of(pool: list[Row], vocabularies: Vocabularies, tokens: int, random: Random) -> Iterator[PackedBatch]:
    groups = group(pool, tokens)
    random.shuffle(groups)
    for rows in groups:
        yield pack(rows, vocabularies)
