"""What the tests share: the sample corpus and a tiny shape."""

from pathlib import Path

from vocabulary import build_vocabularies

from text import Pair

HERE = Path(__file__).resolve().parent
SAMPLE = HERE.parents[1] / "data" / "sample.tsv"
PAIRS = [tuple(line.split("\t")) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]
TINY = (32, 2, 48, 2, 2)  # width, heads, feed-forward, layers


def as_pairs(pairs: list[tuple[str, str]], origin: str = "tatoeba") -> list[Pair]:
    return [Pair("train", origin, english, french) for english, french in pairs]


def prepare_tiny(work: Path) -> None:
    """A training directory as prepare.py and word_align.py leave it."""
    build_vocabularies(work, as_pairs(PAIRS), {}, None, 450, 400)
    lines = [f"{'dev' if i % 10 == 0 else 'train'}\ttatoeba\t{e}\t{f}\n" for i, (e, f) in enumerate(PAIRS)]
    (work / "pairs.tsv").write_text("".join(lines), encoding="utf-8")
    (work / "links.txt").write_text("0-0\n" * len(PAIRS))


def tiny_options() -> list[str]:
    """Of train.py."""
    options = "--width 32 --heads 2 --ffn 48 --encoder-layers 1 --decoder-layers 1 --tokens 300"
    options += " --precision float32 --threads 1"  # more threads wait for each other on a busy machine
    return options.split()
