"""fast_align in NumPy (Dyer, Chahuneau & Smith 2013): IBM model 2 with a prior along the diagonal

Target word j of n comes from source word i of m, or from none (i = 0), with probability

    p(i | j) = 0.08 if i = 0, else 0.92 exp(-tension |i/m - j/n|) / Z        times   t(target | source)

EM learns t, with a small Dirichlet prior so that rare words do not take everything, and the tension. A cell is one
(i, j) of one pair. All cells of the text lie in flat arrays, row (j) after row.
"""

import itertools

import numpy as np
from alignment.gold import Links, Words

P_NULL, ALPHA = 0.08, 0.01


def digamma(x):
    shift = sum(1 / (x + k) for k in range(7))
    y = x + 7
    return np.log(y) - 1 / (2 * y) - 1 / (12 * y**2) + 1 / (120 * y**4) - shift


class Cells:
    """Of each cell: its pair of words (the number of that type), its distance from the diagonal, its row."""

    def __init__(self, source: Words, target: Words):
        ids = []  # of the words of each side; 0 is the null word
        for side in source, target:
            words = dict.fromkeys(itertools.chain.from_iterable(side))
            ids.append({word: number for number, word in enumerate(words, 1)})
        pairs, distances, widths = [], [], []
        for s_words, t_words in zip(source, target, strict=True):
            s = np.array([0, *(ids[0][word] for word in s_words)], dtype=np.int64)
            t = np.array([ids[1][word] for word in t_words], dtype=np.int64)
            m, n = len(s_words), len(t_words)
            across = np.arange(m + 1, dtype=np.float32) / max(m, 1)
            down = np.arange(1, n + 1, dtype=np.float32) / max(n, 1)
            pairs.append((s[None, :] * (len(ids[1]) + 1) + t[:, None]).ravel())
            distances.append(np.abs(across[None, :] - down[:, None]).ravel())
            widths.append(np.full(n, m + 1))
        names, self.type = np.unique(np.concatenate(pairs), return_inverse=True)
        self.distance = np.concatenate(distances)
        width = np.concatenate(widths)
        self.start = np.cumsum(width) - width  # of each row; its first cell is the null word
        self.row = np.repeat(np.arange(len(width)), width)
        self.source_of_type = names // (len(ids[1]) + 1)

    def normalise(self, x):
        return x / np.add.reduceat(x, self.start)[self.row]

    def prior(self, tension: float):
        prior = np.exp(-tension * self.distance)
        prior[self.start] = 0
        prior[self.start] = np.add.reduceat(prior, self.start) * P_NULL / (1 - P_NULL)
        return self.normalise(prior)


def fast_align(source: Words, target: Words, last: int, iterations: int = 5) -> list[Links]:
    """Learns from all pairs; returns the links of the last `last` pairs."""
    cells = Cells(source, target)
    n_rows, n_types = len(cells.start), cells.source_of_type.size
    table, tension = np.ones(n_types), 4.0
    prior = cells.prior(tension)
    for _ in range(iterations):
        share = cells.normalise(prior * table[cells.type])
        count = np.bincount(cells.type, share, n_types) + ALPHA
        total = np.bincount(cells.source_of_type, count)
        table = np.exp(digamma(count) - digamma(total)[cells.source_of_type])
        share[cells.start] = 0
        observed = share @ cells.distance / n_rows
        for _ in range(8):
            prior[cells.start] = 0
            expected = prior @ cells.distance / (1 - P_NULL) / n_rows
            tension = min(max(tension + 20 * (expected - observed), 0.1), 14.0)
            prior = cells.prior(tension)
    shares, end, links = prior * table[cells.type], len(cells.row), []
    for s_words, t_words in zip(source[: -last - 1 : -1], target[: -last - 1 : -1], strict=True):
        first = end - (len(s_words) + 1) * len(t_words)
        best = shares[first:end].reshape(len(t_words), -1).argmax(axis=1)
        links.append({(int(i) - 1, j) for j, i in enumerate(best) if i})
        end = first
    return links[::-1]
