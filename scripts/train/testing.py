"""What the tests share: the sample corpus and a tiny shape."""

from pathlib import Path

from text import Pair

HERE = Path(__file__).resolve().parent
SAMPLE = HERE.parents[1] / "data" / "sample.tsv"
PAIRS = [tuple(line.split("\t")) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
TINY = (32, 2, 48, 2, 2)  # width, heads, feed-forward, layers


def as_pairs(pairs: list[tuple[str, str]], origin: str = "tatoeba") -> list[Pair]:
    return [Pair("train", origin, english, french) for english, french in pairs]
