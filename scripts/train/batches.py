"""From pairs to padded batches of about equal cost, with the target of the guided attention head."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy
import torch
from augment import SAMPLE_PIECES, Augmenter, Sample
from torch import Tensor

from text import END, NO_WORD, Pieces

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

    def to(self, device: torch.device) -> "Batch":
        return Batch(self.source.to(device), self.target.to(device), self.guide.to(device), self.pieces)


def make_row(sample: Sample, pieces: Pieces, sample_pieces: bool = False) -> Row:
    source, source_words = pieces.encode_with_words(sample.english, sample_pieces)
    target, target_words = pieces.encode_with_words(sample.french)
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


def pad_rows(rows: list[list[int]], pad: int) -> Tensor:
    table = numpy.full((len(rows), max(map(len, rows))), pad, dtype=numpy.int64)
    for line, row in zip(table, rows, strict=True):
        line[: len(row)] = row
    return torch.from_numpy(table)


def make_batch(rows: list[Row], pad: int) -> Batch:
    source, target = pad_rows([row.source for row in rows], pad), pad_rows([row.target for row in rows], pad)
    guide = numpy.zeros((len(rows), target.shape[1], source.shape[1]), dtype=numpy.float32)
    for table, row in zip(guide, rows, strict=True):
        for t, s, weight in row.guide:
            table[t, s] += weight
    return Batch(source, target, torch.from_numpy(guide), sum(len(row.target) for row in rows))


def training_batches(augmenter: Augmenter, pieces: Pieces, tokens: int, random: Random) -> Iterator[Batch]:
    """Without end: every pass visits all pairs in a new order, each in a variant of its own."""
    order: list[int] = []
    while True:
        rows = []
        while len(rows) < min(POOL, len(augmenter.pairs)):
            if not order:
                order = random.sample(range(len(augmenter.pairs)), len(augmenter.pairs))
            sample = augmenter.draw(order.pop(), random)
            row = make_row(sample, pieces, random.random() < SAMPLE_PIECES)
            if max(len(row.source), len(row.target)) <= MAX_PIECES:
                rows.append(row)
        groups = group(rows, tokens)
        random.shuffle(groups)
        for rows in groups:
            yield make_batch(rows, pieces.pad)
