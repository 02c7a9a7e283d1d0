"""English sentences to compare on, from a text of ENGLISH<tab>FRENCH lines, perhaps gzipped."""

import gzip
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "data/sample.tsv"


def read_pairs(path):
    """The pairs, each English sentence once."""
    opener = gzip.open if str(path).endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8") as file:
        rows = (line.rstrip("\n").split("\t") for line in file if not line.startswith("#"))
        pairs = {row[0]: row[1] for row in rows if len(row) > 1 and row[0].strip()}
    return list(pairs.items())


def spread(items, n):
    """n items, evenly spread."""
    n = min(n, len(items))
    return [items[i * len(items) // n] for i in range(n)]


def choose(path, n):
    """n English sentences: the longest ones, a fiftieth of n, and others spread over the rest."""
    sentences = [english for english, _ in read_pairs(path)]
    longest = sorted(sentences, key=len, reverse=True)[: n // 50]
    rest = set(longest)
    return longest + spread([s for s in sentences if s not in rest], n - len(longest))
