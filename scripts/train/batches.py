"""From pairs to padded batches of about equal cost, with the target of the guided attention head."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy
import torch
from augment import SAMPLE_PIECES, Augmenter, Sample
from numpy import ndarray
from torch import Tensor

from text import END, NO_WORD, Vocabularies

POOL = 20_000  # samples that are sorted by length together
MAX_PIECES = 120
UNLINKED = 0.5  # weight of "this word has no source": its attention goes to </s>


@dataclass(slots=True)
class Row:
    """A sample in pieces; guide lists (target piece, source piece, weight), the attention the guided head
    learns."""

    source: list[int]
    target: list[int]
    guide: list[tuple[int, int, float]]


@dataclass(slots=True)
class Batch:
    source: Tensor  # [B][S] ids
    target: Tensor  # [B][T] ids
    guide: Tensor  # [B][T][S]
    pieces: int  # target pieces that are not padding


@dataclass(slots=True)
class PackedBatch:
    """A batch as it travels between processes: small arrays, the guide as its entries that are not zero."""

    source: ndarray  # [B][S] int32
    target: ndarray  # [B][T] int32
    places: ndarray  # [n][3] int32: sentence, target piece, source piece
    weights: ndarray  # [n] float32
    pieces: int

    def unpack(self, device: torch.device) -> Batch:
        source, target = (torch.from_numpy(a).to(device).long() for a in (self.source, self.target))
        b, t, s = torch.from_numpy(self.places).to(device).long().unbind(1)
        guide = torch.zeros(*target.shape, source.shape[1], device=device)
        guide.index_put_((b, t, s), torch.from_numpy(self.weights).to(device), accumulate=True)
        return Batch(source, target, guide, self.pieces)


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
        columns = linked.get(word)
        if columns:
            guide += [(t, s, 1.0 / len(columns)) for s in columns]
        else:
            guide.append((t, len(source) - 1, UNLINKED))
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
    entries = [(b, *entry) for b, row in enumerate(rows) for entry in row.guide]
    return PackedBatch(
        pad_rows([row.source for row in rows], vocabularies.source.pad),
        pad_rows([row.target for row in rows], vocabularies.target.pad),
        numpy.array([entry[:3] for entry in entries], dtype=numpy.int32).reshape(-1, 3),
        numpy.array([entry[3] for entry in entries], dtype=numpy.float32),
        sum(len(row.target) for row in rows),
    )


def draw_pool(augmenter: Augmenter, vocabularies: Vocabularies, random: Random, size: int = POOL) -> list[Row]:
    """Rows of `size` samples, each a variant of its own."""
    rows = []
    while len(rows) < size:
        row = make_row(augmenter.draw(random), vocabularies, random.random() < SAMPLE_PIECES)
        if max(len(row.source), len(row.target)) <= MAX_PIECES:
            rows.append(row)
    return rows


def batches_of(pool: list[Row], vocabularies: Vocabularies, tokens: int, random: Random) -> Iterator[PackedBatch]:
    groups = group(pool, tokens)
    random.shuffle(groups)
    for rows in groups:
        yield pack(rows, vocabularies)
