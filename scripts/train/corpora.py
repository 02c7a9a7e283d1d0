"""The groups of training text, as corpora.tsv lists them: how often each is drawn, and its file's checksum."""

import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

GENERATED = "generated"  # stands for the checksum of pairs that another step makes (lexicon.py)
TABLE = Path(__file__).with_name("corpora.tsv")


@dataclass(frozen=True, slots=True)
class Corpus:
    name: str
    weight: float  # how often a pair of it is drawn, against the other corpora
    end_weight: float  # the same in the end phase
    words: int  # the fewest English words of a line
    sha256: str


def read_table(path: Path = TABLE) -> dict[str, Corpus]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    corpora = {}
    for line in lines:
        name, weight, end, words, sha256 = line.split("\t")
        corpora[name] = Corpus(name, float(weight), float(end), int(words), sha256)
    return corpora


def find(name: str, folders: Iterable[Path]) -> Path | None:
    """NAME.tsv.gz or NAME.tsv in the first of the folders that has it."""
    candidates = (folder / (name + suffix) for folder in folders for suffix in (".tsv.gz", ".tsv"))
    return next((path for path in candidates if path.exists()), None)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_lines(path: Path) -> list[str]:
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as file:
        return file.read().split("\n")
