"""Vocabularies, and a child of a small parent."""

import collections
import struct
import tempfile
import unittest
from pathlib import Path

import numpy
import torch
from augment import LinkedPair
from pivot import meetings, write_table
from sentencepiece import SentencePieceProcessor
from testing import PAIRS, TINY, as_pairs
from transfer import mixed, read_marian, transfer
from vocabulary import ModelProto, Piece, build_vocabularies, prefer_shared, prune, spell_names, train_spm

from model import Shape, Translator
from text import WORD, Pair, Vocabularies


def write_marian(path: Path, tensors: dict[str, numpy.ndarray]) -> None:
    """A Marian .bin file: matrices as int8 with a scale of 100, transposed (the embeddings are not), vectors as
    floats."""
    heads, names, shapes, data = b"", b"", b"", b""
    for name, array in tensors.items():
        quantized = min(array.shape) > 1
        if quantized:
            turned = array if name == "Wemb" else array.T
            raw = numpy.rint(turned * 100).astype(numpy.int8).tobytes() + struct.pack("<f", 100)
        else:
            raw = array.astype(numpy.float32).tobytes()
        heads += struct.pack("<4Q", len(name) + 1, 0x4101 if quantized else 0x0404, array.ndim, len(raw))
        names += name.encode() + b"\0"
        shapes += struct.pack(f"<{array.ndim}i", *array.shape)
        data += raw
    path.write_bytes(
        struct.pack("<QQ", 1, len(tensors)) + heads + names + shapes + struct.pack("<Q", 3) + b"\0" * 3 + data
    )


def parent_tensors(vocab: int) -> dict[str, numpy.ndarray]:
    """A random parent of the tiny shape, whose values survive int8."""
    random, (d, _, ffn, encoder, decoder) = numpy.random.default_rng(3), TINY
    tensors = {"Wemb": (vocab, d), "decoder_ff_logit_out_b": (1, vocab)}

    def attention(prefix: str) -> None:
        tensors.update({f"{prefix}_W{x}": (d, d) for x in "qkvo"} | {f"{prefix}_b{x}": (1, d) for x in "qkvo"})
        tensors.update({f"{prefix}_Wo_ln_scale": (1, d), f"{prefix}_Wo_ln_bias": (1, d)})

    def layer(prefix: str, inner: str) -> None:
        attention(f"{prefix}_{inner}")
        tensors.update({f"{prefix}_ffn_W1": (d, ffn), f"{prefix}_ffn_b1": (1, ffn)})
        tensors.update({f"{prefix}_ffn_W2": (ffn, d), f"{prefix}_ffn_b2": (1, d)})
        tensors.update({f"{prefix}_ffn_ffn_ln_scale": (1, d), f"{prefix}_ffn_ffn_ln_bias": (1, d)})

    for n in range(encoder):
        layer(f"encoder_l{n + 1}", "self")
    for n in range(decoder):
        layer(f"decoder_l{n + 1}", "context")
        tensors.update({f"decoder_l{n + 1}_rnn_ffn_ln_{x}": (1, d) for x in ("scale", "bias")})
    return {n: (random.integers(-99, 99, shape) / 100).astype(numpy.float32) for n, shape in tensors.items()}


class VocabularyTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.work = Path(cls.folder.name)
        cls.parent = cls.work / "parent"
        cls.parent.mkdir()
        spm = train_spm(cls.parent / "spm", (text for pair in PAIRS for text in pair), 600)
        for piece in [p for p in spm.pieces if p.type == p.BYTE]:  # the Firefox models have none
            spm.pieces.remove(piece)
        spm.trainer_spec.byte_fallback = False
        (cls.parent / "vocab.xx.spm").write_bytes(spm.SerializeToString())
        cls.spm = spm
        cls.tensors = parent_tensors(len(spm.pieces))
        write_marian(cls.parent / "model.xx.bin", cls.tensors)
        build_vocabularies(cls.work, as_pairs(PAIRS), {}, cls.parent, 450, 400)
        cls.both = Vocabularies(cls.work)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_any_character_survives_both_vocabularies(self):
        text = "😀 東京 ł {x[0]} Привет"
        for pieces in (self.both.source, self.both.target):
            ids = pieces.encode(text)
            self.assertNotIn(pieces.unk, ids)
            self.assertEqual(pieces.decode(ids), text)

    def test_rare_pieces_of_names_are_spelled_with_shorter_ones(self):
        pieces = [
            Piece(piece=name, score=-9)
            for name in ("<unk>", "▁Wilhelm", "▁Monday", "▁Red", "▁red", "▁Paris", "ina", "wick", "ing", "a")
        ]
        pieces[0].type = Piece.UNKNOWN
        english, french = ModelProto(pieces=pieces), ModelProto(pieces=[Piece(piece="ina", score=-9)])
        texts = ["ing ing"] * 1000 + ["Paris"] * 1000
        pairs = as_pairs([("Wilhelm sings on Monday.", "Wilhelm chante lundi.")] * 3)
        kept = spell_names(english, french, texts, pairs)
        expected = ["<unk>", "▁Monday", "▁Red", "▁red", "▁Paris", "ina", "ing", "a"]
        self.assertEqual([p.piece for p in kept.pieces], expected)

    def test_names_fall_into_pieces_that_french_has(self):
        scores = {
            "▁Ham": -9,
            "▁Ha": -10,
            "mm": -9,
            "m": -10,
            "ond": -9,
            "▁ham": -9,
            "on": -10,
            "d": -10,
            "▁on": -9,
        }
        english = ModelProto(pieces=[Piece(piece=piece, score=score) for piece, score in scores.items()])
        french = ModelProto(pieces=[Piece(piece=piece, score=-9) for piece in ("▁Ha", "m", "on", "d")])
        changed = {
            piece.piece: piece.score - scores[piece.piece] for piece in prefer_shared(english, french).pieces
        }
        self.assertEqual({piece: by for piece, by in changed.items() if by}, {"▁Ham": -2})

    def test_pruning_keeps_the_segmentation(self):
        texts = [english for english, _ in PAIRS]
        pruned = prune(self.spm, ((text, 1) for text in texts), 450)
        self.assertLess(len(pruned.pieces), len(self.spm.pieces))
        before, after = (SentencePieceProcessor(model_proto=m.SerializeToString()) for m in (self.spm, pruned))
        for text in texts:
            self.assertEqual(after.encode(text, out_type=str), before.encode(text, out_type=str))

    def test_pad_is_last(self):
        for pieces in (self.both.source, self.both.target):
            self.assertEqual(pieces.pad, len(pieces) - 1)

    def test_words_of_pieces(self):
        text = "L’été, c'est “ça” !"
        ids, words = self.both.target.encode_with_words(text)
        self.assertEqual(ids, self.both.target.encode(text))
        self.assertEqual({w for w in words if w >= 0}, set(range(len(WORD.findall(text)))))

    def test_marian_file_reads_back(self):
        read = read_marian(self.parent / "model.xx.bin")
        for name, array in self.tensors.items():
            numpy.testing.assert_allclose(read[name].numpy(), array, atol=1e-6, err_msg=name)

    def test_transfer_puts_every_tensor_in_its_place(self):
        (self.work / "pivot.tsv").write_text("")
        model = Translator(Shape(len(self.both.source), len(self.both.target), *TINY))
        transfer(model, self.parent, self.work)
        state, own = model.state_dict(), {n: torch.tensor(a) for n, a in self.tensors.items()}
        for name, tensor in (
            ("model.encoder.layers.1.self_attn.q_proj.weight", own["encoder_l2_self_Wq"].T),
            ("model.encoder.layers.0.fc2.weight", own["encoder_l1_ffn_W2"].T),
            ("model.decoder.layers.1.encoder_attn.out_proj.bias", own["decoder_l2_context_bo"][0]),
            ("model.decoder.layers.0.self_attn_layer_norm.weight", own["decoder_l1_rnn_ffn_ln_scale"][0]),
        ):
            torch.testing.assert_close(state[name], tensor, rtol=0, atol=1e-6)
        self.assertFalse(state["model.decoder.layers.0.self_attn.out_proj.weight"].any())
        piece = self.both.source.ids["▁the"]
        there = [p.piece for p in self.spm.pieces].index("▁the")
        torch.testing.assert_close(state["model.encoder.embed_tokens.weight"][piece], own["Wemb"][there])
        self.assertFalse(state["model.decoder.embed_tokens.weight"][-1].any())

    def test_other_shape_is_refused(self):
        model = Translator(Shape(len(self.both.source), len(self.both.target), 32, 2, 64, 2, 2))
        with self.assertRaises(SystemExit):
            transfer(model, self.parent, self.work)

    def test_mixed_rows_keep_their_length(self):
        rows = torch.tensor([[3.0, 0.0], [0.0, 5.0]])
        self.assertAlmostEqual(mixed(rows, [1, 1]).norm().item(), 4.0, places=5)

    def test_pivot_meets_by_way_of_english(self):
        english, french = PAIRS[0]
        source = [self.both.source.pieces[i] for i in self.both.source.encode(english)]
        rows = [[0.0] * len(source) for _ in source]
        for i, row in enumerate(rows):
            row[i] = 1.0
        result = {"source": english, "source_pieces": source, "target_pieces": source, "maps": [{"rows": rows}]}
        pair = LinkedPair(Pair("train", "x", english, french), "0-0")
        meet = list(meetings(pair, result, self.both))
        self.assertEqual(meet[0][1], source[0])
        count = write_table(
            collections.Counter({("▁chat", "▁gato"): 9, ("▁chat", "▁cão"): 1}), self.work / "p.tsv"
        )
        self.assertEqual((count, (self.work / "p.tsv").read_text()), (1, "▁chat\t▁gato\t0.947\n"))


if __name__ == "__main__":
    unittest.main()
