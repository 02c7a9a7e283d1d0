#!/usr/bin/env python3
"""Make the training directory: clean the corpus, split it by English sentence, build the vocabulary.

usage: prepare.py WORK [--corpus PATH ...] [--init MODEL_DIR] [--vocab 8000] [--twins 1000]

Without --corpus the pairs are fetched from manythings.org/anki (fra-eng.zip). A PATH may be such a zip file,
or a TSV file (plain or .gz) whose first two columns are English and French. A file whose SHA-256 is listed in
KNOWN is named; any other is used with a warning, since the figures of docs/QUALITY.md belong to the known
ones.

--composed adds pairs made by grammar.py, long sentences with words the corpus lacks, for training only.

Writes WORK/pairs.tsv, source.spm, target.spm and vocab.json.

The split. sha256("split" + english.lower()) puts every English sentence into one of 256 buckets: the first
ones (--test-buckets) are for the final figures, the last (--dev-buckets) for watching the training, the rest
for training. A training sentence that differs from a held-out one only in case or punctuation is dropped.

The vocabulary. A unigram SentencePiece model (or the one of --init) is widened with pieces that a corpus of
everyday sentences does not suggest but people type: typographic quotes and dashes, the letters of European
names, and a capital twin ("▁THE") for the most frequent pieces, so that shouting costs no more pieces than
talking.
"""

import argparse
import collections
import gzip
import hashlib
import io
import json
import re
import shutil
import unicodedata
import urllib.request
import zipfile
from collections.abc import Iterable
from pathlib import Path

import sentencepiece
from grammar import compose
from sentencepiece import sentencepiece_model_pb2

from text import EOS, PAD, UNK, Pair, plain_words, strip_accents

URL = "https://www.manythings.org/anki/fra-eng.zip"
KNOWN = {
    "64e443c0eb1a9a4deb9741deb833a0d9c36ed123f512c484a95c16e42e561947": "editions of 2017 and 2019 merged",
}
BUCKETS = 256
MAX_CHARACTERS = 400
MAX_RATIO = 3.0
PUNCTUATION = "“”‘’«»„–—…·°£¥"
LETTERS = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿăąćčďđęěğıłńňőœŒřśşšťţțůűźżžŁŚŠŻŽČĐ"


def bucket(english: str) -> int:
    return hashlib.sha256(("split" + english.lower()).encode()).digest()[0]


def clean_english(text: str) -> str:
    text = unicodedata.normalize("NFC", text).replace("\u00ad", "").replace("\u200b", "")
    return " ".join(text.split())


def clean_french(text: str) -> str:
    """One typography for the French side: plain spaces and apostrophes, a space before high marks."""
    text = clean_english(text).replace("’", "'")
    text = re.sub(r"(?<=[^\s?!;])([?!;])", r" \1", text)
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


def check(path: Path) -> None:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    print(f"corpus {path.name}: sha256 {digest}: {KNOWN.get(digest, 'not a file that data/README.md knows')}")


def lines_of(path: Path) -> Iterable[str]:
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            name = next(n for n in archive.namelist() if not n.startswith("_"))
            return io.TextIOWrapper(archive.open(name), encoding="utf-8").readlines()
    return (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8").readlines()


def read_corpus(path: Path) -> list[tuple[str, str]]:
    """The cleaned pairs, without repetitions and without pairs that cannot be translations."""
    pairs = {}
    for line in lines_of(path):
        if line.startswith("#") or line.count("\t") < 1:
            continue
        english, french = line.rstrip("\n").split("\t")[:2]
        pair = clean_english(english), clean_french(french)
        short, long = sorted((len(pair[0]), len(pair[1])))
        if 0 < short and long <= MAX_CHARACTERS and long <= MAX_RATIO * short + 20:
            pairs[pair] = None
    return list(pairs)


def split(corpora: dict[str, list[tuple[str, str]]], test_buckets: int, dev_buckets: int) -> list[Pair]:
    def part(english: str) -> str:
        number = bucket(english)
        return "test" if number < test_buckets else "dev" if number >= BUCKETS - dev_buckets else "train"

    pairs = [
        Pair(part(english), origin, english, french)
        for origin, corpus in corpora.items()
        for english, french in corpus
    ]
    return without_held_out(pairs, pairs)


def without_held_out(pairs: list[Pair], whole: list[Pair]) -> list[Pair]:
    """Without the training pairs whose English is held out in the whole, in whatever spelling."""
    held_out = {plain_words(p.english) for p in whole if p.split != "train"}
    return [p for p in pairs if p.split != "train" or plain_words(p.english) not in held_out]


def train_spm(work: Path, texts: Iterable[str], size: int) -> Path:
    """A unigram model with byte fallback, its ids </s>, <unk>, then the rest."""
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_prefix=str(work / "base"),
        vocab_size=size,
        model_type="unigram",
        character_coverage=1.0,
        byte_fallback=True,
        eos_id=0,
        unk_id=1,
        bos_id=-1,
        pad_id=2,
        num_threads=2,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    return work / "base.model"


def widen(base: Path, texts: Iterable[str], twins: int) -> sentencepiece_model_pb2.ModelProto:
    """The base model with more pieces at its end: punctuation, letters, capital twins of the commonest
    pieces."""
    model = sentencepiece_model_pb2.ModelProto.FromString(base.read_bytes())
    score = {piece.piece: piece.score for piece in model.pieces}
    rare = min(piece.score for piece in model.pieces if piece.type == piece.NORMAL)

    def add(piece: str, value: float) -> None:
        if piece not in score:
            score[piece] = value
            model.pieces.add(piece=piece, score=value)

    for character in PUNCTUATION + LETTERS:
        add(character, score.get(strip_accents(character), rare))
    spm = sentencepiece.SentencePieceProcessor(model_file=str(base))
    count = collections.Counter(piece for text in texts for piece in spm.encode(text, out_type=str))
    wanted = len(model.pieces) + twins
    for piece, _ in count.most_common():
        if len(model.pieces) >= wanted:
            break
        if piece.upper() != piece and not piece.startswith("<0x"):
            add(piece.upper(), score[piece])
    model.trainer_spec.vocab_size = len(model.pieces)
    return model


def write_vocabulary(work: Path, model: sentencepiece_model_pb2.ModelProto) -> None:
    for name in ("source.spm", "target.spm"):
        (work / name).write_bytes(model.SerializeToString())
    pieces = [piece.piece for piece in model.pieces if piece.piece not in (EOS, UNK, PAD)]
    ids = {piece: i for i, piece in enumerate([EOS, UNK, *pieces, PAD])}
    (work / "vocab.json").write_text(json.dumps(ids, ensure_ascii=False), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--corpus", type=Path, nargs="+", help="fra-eng.zip or TSV files; fetched when absent")
    parser.add_argument("--composed", type=int, default=12000, help="pairs of grammar.py to add")
    parser.add_argument("--init", type=Path, help="take the SentencePiece model of this MarianMT directory")
    parser.add_argument("--vocab", type=int, default=8000, help="size of a new SentencePiece model")
    parser.add_argument("--twins", type=int, default=1000, help="capital twins to add")
    parser.add_argument("--test-buckets", type=int, default=5, help="of 256")
    parser.add_argument("--dev-buckets", type=int, default=1, help="of 256")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)

    corpora = {}
    for path in args.corpus or [fetch(args.work)]:
        check(path)
        corpora[path.name.split(".")[0]] = read_corpus(path)
    pairs = split(corpora, args.test_buckets, args.dev_buckets)
    texts = [text for p in pairs if p.split == "train" for text in (p.english, p.french)]
    composed = [Pair("train", "grammar", english, french) for english, french in compose(args.composed)]
    pairs += without_held_out(composed, pairs)
    with open(args.work / "pairs.tsv", "w", encoding="utf-8") as file:
        file.writelines(f"{p.split}\t{p.origin}\t{p.english}\t{p.french}\n" for p in pairs)
    for name in ("train", "dev", "test"):
        part = [p for p in pairs if p.split == name]
        print(f"{name}: {len(part)} pairs, {len({p.english for p in part})} English sentences")

    base = args.init / "source.spm" if args.init else train_spm(args.work, texts, args.vocab)
    model = widen(base, texts, args.twins)
    write_vocabulary(args.work, model)
    print(f"vocabulary: {len(model.pieces)} pieces")


if __name__ == "__main__":
    main()
