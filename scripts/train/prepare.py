#!/usr/bin/env python3
"""Make the training directory: read the corpora, split them by English sentence, build the vocabularies.

usage: prepare.py WORK --corpora FOLDER ... [--parent FOLDER] [--source-pieces N] [--target-pieces N]

Every corpus of corpora.tsv is looked for in the folders, as NAME.tsv.gz or NAME.tsv with the columns English and
French; those that are absent are left out, and a file whose SHA-256 is not the one listed is named. When no
folder has Tatoeba, it is fetched from manythings.org/anki.

Writes WORK/pairs.tsv, source.spm, target.spm, vocab.json and target_vocab.json (vocabulary.py).

The split. sha256("split" + english.lower()) puts every English sentence into one of 256 buckets: the first
ones (--test-buckets) are for the final figures, the last (--dev-buckets) for watching the training, the rest
for training. A training sentence that differs from a held-out one only in case or punctuation is dropped, and
so is every sentence of the test sets in data/ and every sentence with a name of data/names.tsv.
"""

import argparse
import hashlib
import io
import re
import shutil
import unicodedata
import urllib.request
import zipfile
from collections.abc import Iterable
from pathlib import Path

from corpora import GENERATED, Corpus, digest, find, read_lines, read_table
from vocabulary import build_vocabularies

from text import Pair, plain_words, write_pairs

URL = "https://www.manythings.org/anki/fra-eng.zip"
DATA = Path(__file__).parents[2] / "data"
TEST_SETS = {"kinds.tsv": 1, "names.tsv": 0, "hard.tsv": 1, "typed.tsv": 1, "gold-alignment.tsv": 0}
BUCKETS = 256
TEST_BUCKETS, DEV_BUCKETS = 5, 1
MAX_CHARACTERS = 400
MAX_RATIO = 3.0


def bucket(english: str) -> int:
    return hashlib.sha256(("split" + english.lower()).encode()).digest()[0]


def clean_english(text: str) -> str:
    text = unicodedata.normalize("NFC", text).replace("\u00ad", "").replace("\u200b", "")
    return " ".join(text.split())


def clean_french(text: str) -> str:
    """One typography for the French side: plain spaces and apostrophes, a space before high marks. Marks
    within a word (a URL, code) stay as they are."""
    text = clean_english(text).replace("’", "'")
    text = re.sub(r"(?<=[^\s?!;(])([?!;]+)(?=[\s»\"')]|$)", r" \1", text)
    text = re.sub(r"(?<=\w):(?=\s|$)", " :", text)
    text = re.sub(r"«(?=\S)", "« ", text)
    return re.sub(r"(?<=\S)»", " »", text)


def fetch(work: Path) -> Path:
    path = work / "fra-eng.zip"
    if not path.exists():
        request = urllib.request.Request(URL, headers={"User-Agent": "Mozilla/5.0 (xattn prepare.py)"})
        with urllib.request.urlopen(request) as answer, open(path, "wb") as file:
            shutil.copyfileobj(answer, file)
    return path


def unzip_lines(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        name = next(n for n in archive.namelist() if not n.startswith("_"))
        return io.TextIOWrapper(archive.open(name), encoding="utf-8").read().split("\n")


def clean_pairs(lines: Iterable[str], fewest_words: int = 1) -> list[tuple[str, str]]:
    """The cleaned pairs, without repetitions and without pairs that cannot be translations."""
    pairs = {}
    for line in lines:
        if line.startswith("#") or line.count("\t") < 1:
            continue
        english, french = line.split("\t")[:2]
        pair = clean_english(english), clean_french(french)
        short, long = sorted((len(pair[0]), len(pair[1])))
        if 0 < short and long <= MAX_CHARACTERS and long <= MAX_RATIO * short + 20:
            if len(pair[0].split()) >= fewest_words:
                pairs[pair] = None
    return list(pairs)


def read_corpora(table: dict[str, Corpus], folders: list[Path], work: Path) -> dict[str, list[tuple[str, str]]]:
    corpora, taken = {}, set()
    for name, corpus in table.items():
        if corpus.sha256 == GENERATED:
            continue
        path = find(name, folders)
        if path is None and name != "tatoeba":
            print(f"{name}: not found, goes without")
            continue
        known = path is not None and digest(path) == corpus.sha256
        lines = read_lines(path) if path else unzip_lines(fetch(work))
        pairs = [pair for pair in clean_pairs(lines, corpus.words) if pair not in taken]
        taken.update(pairs)
        corpora[name] = pairs
        print(f"{name}: {len(pairs)} pairs" + ("" if known else ", not the file that corpora.tsv knows"))
    return corpora


def test_sentences(folder: Path = DATA) -> set[str]:
    """The English of the project's own test sets, as plain_words() gives it."""
    held_out = set()
    for name, column in TEST_SETS.items():
        if (folder / name).exists():
            lines = read_lines(folder / name)
            held_out |= {plain_words(x.split("\t")[column]) for x in lines if x and not x.startswith("#")}
    return held_out


def test_names(folder: Path = DATA) -> set[str]:
    """The words of the names that the model must copy without having seen them."""
    lines = read_lines(folder / "names.tsv") if (folder / "names.tsv").exists() else []
    return {word for line in lines if line for name in line.split("\t")[1].split(", ") for word in name.split()}


def split(
    corpora: dict[str, list[tuple[str, str]]],
    test_buckets: int,
    dev_buckets: int,
    test_sets: set[str],
    names: set[str],
) -> list[Pair]:
    def part(english: str) -> str:
        number = bucket(english)
        return "test" if number < test_buckets else "dev" if number >= BUCKETS - dev_buckets else "train"

    pairs = [
        Pair(part(english), origin, english, french)
        for origin, corpus in corpora.items()
        for english, french in corpus
    ]
    held_out = {plain_words(p.english) for p in pairs if p.split != "train"} | test_sets
    return [
        p
        for p in pairs
        if p.split != "train"
        or (plain_words(p.english) not in held_out and names.isdisjoint(re.findall(r"[\w'-]+", p.english)))
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--corpora", type=Path, nargs="+", default=[DATA], help="folders with NAME.tsv.gz")
    parser.add_argument("--parent", type=Path, help="folder of the Firefox model whose English pieces to keep")
    parser.add_argument("--source-pieces", type=int, default=18000)
    parser.add_argument("--target-pieces", type=int, default=10000)
    parser.add_argument("--test-buckets", type=int, default=TEST_BUCKETS, help="of 256")
    parser.add_argument("--dev-buckets", type=int, default=DEV_BUCKETS, help="of 256")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)

    table = read_table()
    corpora = read_corpora(table, args.corpora, args.work)
    pairs = split(corpora, args.test_buckets, args.dev_buckets, test_sentences(), test_names())
    write_pairs(pairs, args.work)
    for name in ("train", "dev", "test"):
        part = [p for p in pairs if p.split == name]
        print(f"{name}: {len(part)} pairs, {len({p.english for p in part})} English sentences")

    weights = {name: corpus.weight for name, corpus in table.items()}
    train = [p for p in pairs if p.split == "train"]
    build_vocabularies(args.work, train, weights, args.parent, args.source_pieces, args.target_pieces)


if __name__ == "__main__":
    main()
