"""The two vocabularies: SentencePiece unigram models with byte fallback, English and French.

source.spm, vocab.json          English: pieces of the parent model, so that its embeddings fit, or new ones
target.spm, target_vocab.json   French, always new

In both, </s> has id 0, <unk> 1 and <pad> the last one. Byte fallback (Kudo & Richardson 2018) spells what no piece
covers, an emoji or a Chinese character, in UTF-8 bytes, so that it can be copied.
"""

import collections
import json
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2

from text import EOS, PAD, UNK, Pair, strip_accents

ModelProto = sentencepiece_model_pb2.ModelProto
Piece = ModelProto.SentencePiece
PUNCTUATION = "“”‘’«»„–—…·°£¥€"
LETTERS = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿăąćčďđęěğıłńňőœŒřśşšťţțůűźżžŁŚŠŻŽČĐ"
CJK = "\u2e80"  # from here on, characters are many: bytes spell them
ASCII = "".join(map(chr, range(33, 127)))
RARE_INSIDE, RARE_NAME = 300, 100  # how often a piece must stand in the text to be worth a row of its own
CAPITAL_COST = 2  # nats off the score of a beginning with a capital that French lacks
SELDOM = 0.5  # corpora of less weight do not count there


def train_spm(stem: Path, texts: Iterable[str], size: int) -> ModelProto:
    """A unigram model with byte fallback, its ids </s>, <unk>, then the rest."""
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_prefix=str(stem),
        vocab_size=size,
        model_type="unigram",
        character_coverage=0.9999,
        byte_fallback=True,
        eos_id=0,
        unk_id=1,
        bos_id=-1,
        pad_id=-1,
        num_threads=2,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    return ModelProto.FromString(stem.with_suffix(".model").read_bytes())


def keep_pieces(model: ModelProto, keep: Callable[[int, Piece], bool]) -> ModelProto:
    """The model with the pieces for which keep(number, piece) holds."""
    kept = ModelProto()
    kept.CopyFrom(model)
    del kept.pieces[:]
    kept.pieces.extend(piece for number, piece in enumerate(model.pieces) if keep(number, piece))
    kept.trainer_spec.vocab_size = len(kept.pieces)
    return kept


def prune(model: ModelProto, texts: Iterable[tuple[str, float]], size: int) -> ModelProto:
    """The model with the `size` pieces that the weighted texts use most, and every letter and mark. Text that used
    none of the others is segmented as before."""
    spm = sentencepiece.SentencePieceProcessor(model_proto=model.SerializeToString())
    count = collections.Counter()
    for text, weight in texts:
        for piece in spm.encode(text):
            count[piece] += weight
    wanted = {piece for piece, _ in count.most_common(size)}

    def keep(number: int, piece: Piece) -> bool:
        letter = len(piece.piece.removeprefix("▁")) <= 1 and piece.piece[-1] < CJK
        return piece.type != piece.NORMAL or number in wanted or letter

    return keep_pieces(model, keep)


def translated(words: set[str], pairs: Iterable[Pair]) -> set[str]:
    """The words that the French seldom has letter by letter: Wednesday and Russian, not Wilhelm."""
    seen, copied = collections.Counter(), collections.Counter()
    for pair in pairs:
        found = words.intersection(re.findall(r"\w+", pair.english))
        seen.update(found)
        copied.update(found and found.intersection(re.findall(r"\w+", pair.french)))
    return {word for word in words if seen[word] >= 3 and 2 * copied[word] < seen[word]}


def spell_names(model: ModelProto, french: ModelProto, texts: Iterable[str], pairs: Iterable[Pair]) -> ModelProto:
    """Without the pieces that hardly anything but names is made of: rare in the texts, unknown to French, and
    either inside a word, or never in small letters and not `translated` in the pairs (Wilhelm|ina). Shorter
    pieces, nearly all of them French as well, then spell names, and the model learns to copy them. How a rare
    piece is spelled it would not learn."""
    spm = sentencepiece.SentencePieceProcessor(model_proto=model.SerializeToString())
    count = collections.Counter(piece for text in texts for piece in spm.encode(text))
    shared, own = {piece.piece for piece in french.pieces}, {piece.piece for piece in model.pieces}

    def of_names(number: int, piece: str) -> bool:
        letters = piece.removeprefix("▁")
        if piece in shared or len(letters) < 2 or not letters.isalpha():
            return False
        if letters == piece:
            return count[number] < RARE_INSIDE
        return letters.istitle() and count[number] < RARE_NAME and piece.lower() not in own

    names = {p.piece[1:] for i, p in enumerate(model.pieces) if p.piece[:1] == "▁" and of_names(i, p.piece)}
    kept = {f"▁{word}" for word in translated(names, pairs)}
    return keep_pieces(model, lambda i, p: p.type != p.NORMAL or p.piece in kept or not of_names(i, p.piece))


def prefer_shared(model: ModelProto, french: ModelProto) -> ModelProto:
    """With lower scores (log-probabilities) for beginnings with a capital that French lacks. A name that can be
    cut in two ways then falls into pieces that are French, too, and is easier to copy."""
    shared = {piece.piece for piece in french.pieces}
    for piece in model.pieces:
        letters = piece.piece.removeprefix("▁")
        if piece.piece not in shared and letters != piece.piece and len(letters) > 1 and letters.istitle():
            piece.score -= CAPITAL_COST
    return model


def widen(model: ModelProto) -> ModelProto:
    """With the bytes, if they are missing, and the characters people type that the text may lack."""
    score = {piece.piece: piece.score for piece in model.pieces}
    rare = min(piece.score for piece in model.pieces if piece.type == piece.NORMAL)
    for character in ASCII + PUNCTUATION + LETTERS:
        if character not in score:
            model.pieces.add(piece=character, score=score.get(strip_accents(character), rare))
    if not model.trainer_spec.byte_fallback:
        model.trainer_spec.byte_fallback = True
        for byte in range(256):
            model.pieces.add(piece=f"<0x{byte:02X}>", score=0, type=Piece.BYTE)
    model.trainer_spec.vocab_size = len(model.pieces)
    return model


def write_vocabulary(work: Path, side: str, model: ModelProto) -> None:
    """WORK/{side}.spm and the ids of its pieces; side is "source" or "target"."""
    (work / f"{side}.spm").write_bytes(model.SerializeToString())
    pieces = [piece.piece for piece in model.pieces if piece.piece not in (EOS, UNK, PAD)]
    ids = {piece: i for i, piece in enumerate([EOS, UNK, *pieces, PAD])}
    name = "vocab.json" if side == "source" else "target_vocab.json"
    (work / name).write_text(json.dumps(ids, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    print(f"{side} vocabulary: {len(ids)} pieces")


def repeated(pairs: Iterable[Pair], weights: dict[str, float]) -> Iterable[str]:
    """French sentences as often as their corpus is drawn, at least once: laws do not crowd out what is said."""
    for pair in pairs:
        for _ in range(max(1, round(weights.get(pair.origin, 1)))):
            yield pair.french


def build_vocabularies(
    work: Path,
    train: list[Pair],
    weights: dict[str, float],
    parent: Path | None,
    source_pieces: int,
    target_pieces: int,
) -> None:
    french = widen(train_spm(work / "french", repeated(train, weights), target_pieces))
    write_vocabulary(work, "target", french)
    if parent:
        model = ModelProto.FromString(next(parent.glob("vocab.*.spm")).read_bytes())
        model = prune(model, ((p.english, weights.get(p.origin, 1)) for p in train), source_pieces)
        often = (p.english for p in train if weights.get(p.origin, 1) >= SELDOM)
        model = prefer_shared(spell_names(model, french, often, train), french)
    else:
        model = train_spm(work / "english", (p.english for p in train), source_pieces)
    write_vocabulary(work, "source", widen(model))
