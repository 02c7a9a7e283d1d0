#!/usr/bin/env python3
"""Tests of the training scripts: a few seconds, no corpus, no network.

usage: test_train.py
"""

import tempfile
import unittest
from pathlib import Path
from random import Random

import torch
import torch.nn.functional as F
from augment import Augmenter, Sample, before_name, capitals, connect, edit, no_mark, punctuation
from batches import group, make_batch, make_row
from evaluate import links_of, loops, word_shares
from export import export, load_trained
from grammar import FEMININE, MASCULINE, agree, compose, elide
from names import random_name
from prepare import clean_french, split, train_spm, widen, without_held_out, write_vocabulary
from score import references, translate_all
from warm_start import warm_start
from word_align import grow_diag

from model import Shape, TiedCrossEntropy, Translator, load_directory
from text import WORD, Pair, Pieces, typed_in_capitals

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample.tsv"
PAIRS = [tuple(line.split("\t")) for line in SAMPLE.read_text(encoding="utf-8").splitlines()]


def in_bounds(sample: Sample) -> bool:
    n, m = len(WORD.findall(sample.english)), len(WORD.findall(sample.french))
    return all(0 <= i < n and 0 <= j < m for i, j in sample.links)


class TextTest(unittest.TestCase):
    def test_french_typography(self):
        self.assertEqual(clean_french("«Où ?» dit-il : «Là!»"), "« Où ? » dit-il : « Là ! »")
        self.assertEqual(clean_french("Il est 8:30\u202f!"), "Il est 8:30 !")

    def test_split_keeps_translations_and_spellings_together(self):
        pairs = split({"x": [("Go.", "Va !"), ("Go.", "Allez !"), ("Go!", "Va !"), ("go", "va")]}, 128, 0)
        parts = {p.split for p in pairs}
        self.assertIn(parts, ({"test"}, {"train"}))

    def test_what_is_held_out_is_not_composed(self):
        whole = [Pair("test", "x", "Thank you!", "Merci !"), Pair("train", "x", "Go.", "Va !")]
        composed = [Pair("train", "grammar", e, f) for e, f in (("thank you", "merci"), ("go", "va"))]
        self.assertEqual(without_held_out(composed, whole), composed[1:])

    def test_capitals(self):
        for text in ("THE CAT SAT.", "I KNOW", "STOP!", "ÇA VA ?"):
            self.assertTrue(typed_in_capitals(text), text)
        for text in ("USA.", "I", "I. A. 4 B", "THE cAT", "12:30", ""):
            self.assertFalse(typed_in_capitals(text), text)

    def test_grow_diag(self):
        forward, reverse = [(0, 0), (1, 2), (3, 3)], [(0, 0), (1, 1), (3, 3), (2, 3), (9, 0)]
        self.assertEqual(grow_diag(forward, reverse), [(0, 0), (1, 1), (1, 2), (2, 3), (3, 3)])


class AugmentTest(unittest.TestCase):
    def test_longer_name_keeps_the_links(self):
        sample = Sample("Tom sleeps.", "Tom dort.", [(0, 0), (1, 1), (2, 2)])
        self.assertEqual(
            edit(sample, {"Tom": "Ana Oso"}),
            Sample("Ana Oso sleeps.", "Ana Oso dort.", [(0, 0), (1, 1), (2, 2), (3, 3)]),
        )

    def test_elision(self):
        self.assertEqual(before_name("le chien de ", "Anna"), "le chien d'")
        self.assertEqual(before_name("le chien d'", "Paul"), "le chien de ")
        self.assertEqual(before_name("parce qu'", "Ivo"), "parce qu'")

    def test_no_mark(self):
        sample = no_mark(Sample("Is it?", "C'est ?", [(0, 1), (2, 2)]), Random(1))
        self.assertEqual((sample.english, sample.french, sample.links), ("Is it", "C'est", [(0, 1)]))

    def test_links_stay_inside_whatever_is_drawn(self):
        samples = [Sample(e, f, [(0, 0), (len(WORD.findall(e)) - 1, len(WORD.findall(f)) - 1)]) for e, f in PAIRS]
        augmenter, random = Augmenter(samples), Random(7)
        drawn = [augmenter.draw(i % len(samples), random) for i in range(2000)]
        drawn += [vary(s, random) for s in samples for vary in (capitals, punctuation)]
        drawn += [connect(a, b, set(), random) for a, b in zip(samples, samples[1:], strict=False)]
        self.assertTrue(all(map(in_bounds, drawn)))

    def test_phrases_are_drawn_more_often(self):
        samples = [Sample(e, f, []) for e, f in [("Hello!", "Bonjour !"), *PAIRS]]
        augmenter, random = Augmenter(samples), Random(7)
        drawn = [augmenter.draw(i % len(samples), random).english for i in range(20 * len(samples))]
        self.assertGreater(sum("hello" in e.lower() for e in drawn), 40)

    def test_names_look_like_names(self):
        names = [random_name(Random(i)) for i in range(500)]
        self.assertTrue(all(2 < len(name) < 40 for name in names))
        self.assertGreater(len(set(names)), 450)


class GrammarTest(unittest.TestCase):
    def test_elision(self):
        self.assertEqual(
            elide("le homme de le *hibou que un ours de les amis"), "l'homme du hibou qu'un ours des amis"
        )

    def test_agreement(self):
        self.assertEqual(agree("est assis/e", False, FEMININE), "est assise")
        self.assertEqual(agree("sont assis/es", True, MASCULINE), "sont assis")
        self.assertEqual(agree("sont allongé/es", True, FEMININE), "sont allongées")

    def test_pairs_are_whole(self):
        for english, french in compose(500, 3):
            self.assertFalse(set("|/*[]") & set(english + french), (english, french))
            self.assertNotRegex(french, r"\b[ldLD]e [aeiouéèêœ]|\bde les?\b|\bà les?\b")


class ModelTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        torch.manual_seed(3)
        cls.folder = tempfile.TemporaryDirectory()
        cls.work = Path(cls.folder.name)
        texts = [text for pair in PAIRS for text in pair]
        write_vocabulary(cls.work, widen(train_spm(cls.work, texts, 500), texts, 40))
        cls.pieces = Pieces(cls.work)
        cls.model = Translator(Shape(len(cls.pieces), 32, 2, 48, 2, 2)).eval()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def rows(self, count: int) -> list:
        return [make_row(Sample(e, f, [(0, 0)]), self.pieces) for e, f in PAIRS[:count]]

    def test_pad_is_last_and_zero(self):
        self.assertEqual(self.pieces.pad, len(self.pieces) - 1)
        self.assertFalse(self.model.model.shared.weight[self.pieces.pad].any())

    def test_words_of_pieces(self):
        ids, words = self.pieces.encode_with_words("L’été, c'est “ça” !")
        self.assertEqual(ids, self.pieces.encode("L’été, c'est “ça” !"))
        self.assertEqual(
            sorted({w for w in words if w >= 0}), list(range(len(WORD.findall("L’été, c'est “ça” !"))))
        )

    def test_loss_equals_the_plain_formula(self):
        model, count = self.model, 300  # more rows than a chunk
        states = torch.randn(count, 32, requires_grad=True)
        target = torch.randint(model.pad, (count,))
        table, bias = model.model.shared.weight, model.final_logits_bias[0]
        logits = (states @ table.T + bias)[:, : model.pad]
        plain = F.cross_entropy(logits, target, label_smoothing=0.1, reduction="sum")
        expected = torch.autograd.grad(plain, (states, table, bias))
        loss = TiedCrossEntropy.apply(states, table, bias, target, 0.1)
        torch.testing.assert_close(loss, plain, rtol=1e-5, atol=1e-3)
        for got, want in zip(torch.autograd.grad(loss, (states, table, bias)), expected, strict=True):
            torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-4)

    def test_greedy_steps_equal_teacher_forcing(self):
        translation = translate_all(self.model, self.pieces, [PAIRS[0][0]], attention=True)[0]
        source, target = torch.tensor([translation.source]), torch.tensor([translation.target])
        with torch.no_grad():
            states, cross = self.model.decode(target, *self.model.encode(source))
        self.assertEqual(self.model.logits(states).argmax(-1)[0].tolist(), translation.target)
        torch.testing.assert_close(cross[-1][0], translation.attention[-1], rtol=1e-4, atol=1e-5)

    def test_batch_equals_single(self):
        rows = self.rows(9)
        batch = make_batch(rows, self.pieces.pad)
        with torch.no_grad():
            together, _ = self.model.decode(batch.target, *self.model.encode(batch.source))
            for b, row in enumerate(rows):
                alone, _ = self.model.decode(
                    torch.tensor([row.target]), *self.model.encode(torch.tensor([row.source]))
                )
                torch.testing.assert_close(together[b, : len(row.target)], alone[0], rtol=1e-4, atol=1e-5)

    def test_groups_hold_every_row_and_the_budget(self):
        rows = self.rows(100)
        groups = group(rows, 200)
        self.assertEqual(sum(map(len, groups)), len(rows))
        self.assertTrue(all(len(g) * max(max(len(r.source), len(r.target)) for r in g) <= 200 for g in groups))

    def test_guide_rows_are_distributions(self):
        batch = make_batch(self.rows(9), self.pieces.pad)
        sums = batch.guide.sum(-1)
        self.assertTrue(((sums > -1e-6) & (sums < 1 + 1e-5)).all())
        ends = (batch.target == self.pieces.eos).nonzero().tolist()
        self.assertTrue(all(batch.guide[b, t, len(self.rows(9)[b].source) - 1] == 1 for b, t in ends))

    def test_export_and_warm_start_compute_the_same(self):
        torch.save({"model": self.model.state_dict(), "shape": vars(self.model.shape)}, self.work / "annealed.pt")
        export(load_trained(self.work / "annealed.pt"), self.work, self.work / "out")
        source = torch.tensor([self.pieces.encode(PAIRS[3][0])])
        deeper = Translator(Shape(len(self.pieces), 32, 2, 48, 4, 2)).eval()
        warm_start(deeper, self.work / "out", self.pieces)
        old = load_directory(self.work / "out").eval()
        with torch.no_grad():
            torch.testing.assert_close(deeper.encode(source)[0], old.encode(source)[0], rtol=1e-3, atol=1e-3)
            torch.testing.assert_close(old.encode(source)[0], self.model.encode(source)[0], rtol=1e-2, atol=2e-2)


class ReportTest(unittest.TestCase):
    def test_loops(self):
        self.assertTrue(loops("le chat le chat le chat dort"))
        self.assertTrue(loops("très très très"))
        self.assertFalse(loops("nous nous lavons... et vous vous lavez"))

    def test_references_layout(self):
        pairs = [Pair("test", "x", "A.", "1"), Pair("test", "x", "B.", "2"), Pair("test", "x", "A.", "3")]
        self.assertEqual(references(pairs), (["A.", "B."], [["1", "2"], ["3", None]]))

    def test_words_from_pieces(self):
        probs = torch.tensor([[0.5, 0.3, 0.1, 0.1], [0.1, 0.1, 0.7, 0.1], [0.0, 0.1, 0.0, 0.9]])
        shares, rest = word_shares(probs, [0, 0, 1, -2], [0, 1, 2])
        torch.testing.assert_close(shares, torch.tensor([[0.8, 0.1], [0.2, 0.7], [0.1, 0.0]]))
        self.assertEqual(links_of(shares, rest), {(0, 0), (1, 1)})


if __name__ == "__main__":
    unittest.main()
