"""Text as the trainer sees it: words, pieces, the split, and the two files every later step reads.

WORK/pairs.tsv   one pair a line: split TAB origin TAB english TAB french; split is train, dev or test.
WORK/links.txt   the word alignment of the same line of pairs.tsv: "i-j" says English word i and French word j
belong together.

WORK/lexicon.tsv has more pairs for training, of one word each (lexicon.py).

A *word* is what WORD matches, counted from 0; a *piece* is a unit of the SentencePiece vocabulary.
"""

import bisect
import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import sentencepiece

WORD = re.compile(r"\w+['’]?|[^\w\s]")
PAD, EOS, UNK = "<pad>", "</s>", "<unk>"
NO_WORD, END = (
    -1,
    -2,
)  # what a piece that touches no word, and the closing </s>, say instead of a word's index

Links = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Pair:
    split: str
    origin: str
    english: str
    french: str


def read_pairs(work: Path, name: str = "pairs.tsv") -> list[Pair]:
    with open(work / name, encoding="utf-8") as file:
        return [Pair(*line.rstrip("\n").split("\t")) for line in file]


def write_pairs(pairs: list[Pair], work: Path, name: str = "pairs.tsv") -> None:
    with open(work / name, "w", encoding="utf-8") as file:
        file.writelines(f"{p.split}\t{p.origin}\t{p.english}\t{p.french}\n" for p in pairs)


def read_lines(path: Path) -> list[str]:
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


def parse_links(line: str) -> Links:
    """ "0-0 2-1" as [(0, 0), (2, 1)]."""
    return [(int(i), int(j)) for i, j in (link.split("-") for link in line.split())]


def read_links(path: Path) -> list[Links]:
    with open(path, encoding="utf-8") as file:
        return [parse_links(line) for line in file]


def plain_words(english: str) -> str:
    """A sentence without case and punctuation: two that share it are the same sentence to a reader."""
    return " ".join(re.findall(r"\w+", english.lower().replace("’", "'")))


def strip_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def typed_in_capitals(text: str) -> bool:
    """What xattn reads in small letters and answers in capitals (src/text/capitals.h)."""
    case = [unicodedata.category(c) for c in text]
    words = [len(word) for word in "".join("A" if c == "Lu" else " " for c in case).split()] or [0]
    return "Ll" not in case and (max(words) > 3 or (max(words) > 1 and len(words) > 1))


class Pieces:
    """One side's tokenizer, "source" or "target": the .spm file splits, the JSON file numbers. <pad> has the last
    id."""

    FILES = {"source": ("source.spm", "vocab.json"), "target": ("target.spm", "target_vocab.json")}

    def __init__(self, directory: Path, side: str):
        spm, ids = self.FILES[side]
        if not (directory / ids).exists():  # a MarianMT directory with one vocabulary
            ids = "vocab.json"
        self.spm = sentencepiece.SentencePieceProcessor(model_file=str(directory / spm))
        self.ids: dict[str, int] = json.loads((directory / ids).read_text(encoding="utf-8"))
        self.pieces = sorted(self.ids, key=self.ids.get)
        self.pad, self.eos, self.unk = self.ids[PAD], self.ids[EOS], self.ids[UNK]
        self._from_spm = [
            self.ids.get(self.spm.id_to_piece(i), self.unk) for i in range(self.spm.get_piece_size())
        ]

    def __len__(self) -> int:
        return len(self.pieces)

    def encode(self, text: str) -> list[int]:
        """Ids of the text's pieces, and </s>."""
        return [self._from_spm[i] for i in self.spm.encode(text)] + [self.eos]

    def encode_with_words(self, text: str, sample: bool = False) -> tuple[list[int], list[int]]:
        """Ids as encode() gives them, and for every piece the index of the word it overlaps.

        With sample, a segmentation is drawn instead of the best one (subword regularisation, Kudo 2018).
        """
        options = {"enable_sampling": True, "alpha": 0.3, "nbest_size": -1} if sample else {}
        proto = self.spm.encode(text, return_type="proto", **options)
        offset = byte_offsets(text)
        starts = [offset[m.start()] for m in WORD.finditer(text)]
        ends = [offset[m.end()] for m in WORD.finditer(text)]
        ids, words = [], []
        for piece in proto.pieces:
            ids.append(self._from_spm[piece.id])
            begin = piece.begin + (piece.piece.startswith("▁") and piece.begin > 0)  # ▁ stands for one space
            word = bisect.bisect_right(ends, begin)
            inside = word < len(starts) and starts[word] < max(piece.end, begin + 1)
            words.append(word if inside else NO_WORD)
        return ids + [self.eos], words + [END]

    def decode(self, ids: list[int]) -> str:
        return self.spm.decode_pieces([self.pieces[i] for i in ids if i not in (self.eos, self.pad)])


class Vocabularies:
    """Both sides of a MarianMT directory."""

    def __init__(self, directory: Path):
        self.source, self.target = Pieces(directory, "source"), Pieces(directory, "target")


def byte_offsets(text: str) -> list[int] | range:
    """For every character index of the text, and its end, the offset in UTF-8 bytes."""
    if text.isascii():
        return range(len(text) + 1)
    offsets = [0]
    for character in text:
        offsets.append(offsets[-1] + len(character.encode()))
    return offsets
