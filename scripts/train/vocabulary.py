"""The two vocabularies: SentencePiece unigram models with byte fallback, English and French.

source.spm, vocab.json          English: pieces of the parent model, so that its embeddings fit, or new ones
target.spm, target_vocab.json   French, always new

In both, </s> has id 0, <unk> 1 and <pad> the last one. Byte fallback (Kudo & Richardson 2018) spells what no piece
covers, an emoji or a Chinese character, in UTF-8 bytes, so that it can be copied.
"""

import collections
import json
from collections.abc import Iterable
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2

from text import EOS, PAD, UNK, Pair, strip_accents

ModelProto = sentencepiece_model_pb2.ModelProto
PUNCTUATION = "“”‘’«»„–—…·°£¥€"
LETTERS = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿăąćčďđęěğıłńňőœŒřśşšťţțůűźżžŁŚŠŻŽČĐ"
CJK = "\u2e80"  # from here on, characters are many: bytes spell them
ASCII = "".join(map(chr, range(33, 127)))


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


def prune(model: ModelProto, texts: Iterable[tuple[str, float]], size: int) -> ModelProto:
    """The model with the `size` pieces that the weighted texts use most, and every letter and mark. Text that used
    none of the others is segmented as before."""
    spm = sentencepiece.SentencePieceProcessor(model_proto=model.SerializeToString())
    count = collections.Counter()
    for text, weight in texts:
        for piece in spm.encode(text):
            count[piece] += weight
    wanted = {piece for piece, _ in count.most_common(size)}
    kept = ModelProto()
    kept.CopyFrom(model)
    del kept.pieces[:]
    for number, piece in enumerate(model.pieces):
        letter = len(piece.piece.removeprefix("▁")) <= 1 and piece.piece[-1] < CJK
        if piece.type != piece.NORMAL or number in wanted or letter:
            kept.pieces.add().CopyFrom(piece)
    return kept


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
            model.pieces.add(piece=f"<0x{byte:02X}>", score=0, type=ModelProto.SentencePiece.BYTE)
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
    write_vocabulary(work, "target", widen(train_spm(work / "french", repeated(train, weights), target_pieces)))
    if parent:
        model = ModelProto.FromString(next(parent.glob("vocab.*.spm")).read_bytes())
        model = prune(model, ((p.english, weights.get(p.origin, 1)) for p in train), source_pieces)
    else:
        model = train_spm(work / "english", (p.english for p in train), source_pieces)
    write_vocabulary(work, "source", widen(model))
