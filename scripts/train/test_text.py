"""Corpora, split and the variants that are drawn from the pairs."""

import collections
import re
import tempfile
import unittest
from collections.abc import Sequence
from pathlib import Path
from random import Random

from augment import (
    Augmenter,
    LinkedPair,
    Sample,
    before_name,
    capitalised,
    capitals,
    connect,
    edit,
    no_mark,
    punctuation,
    sentence_case,
    with_copied,
)
from copied import random_copied
from corpora import GENERATED, Corpus, read_lines, read_table
from names import NameParts, random_name
from prepare import DEV_BUCKETS, TEST_BUCKETS, clean_french, clean_pairs, split, test_names, test_sentences
from testing import PAIRS, SAMPLE
from word_align import grow_diag

from text import WORD, Pair, plain_words


def linked(english: str, french: str, origin: str = "tatoeba") -> LinkedPair:
    """Linked at both ends."""
    ends = f"0-0 {len(WORD.findall(english)) - 1}-{len(WORD.findall(french)) - 1}"
    return LinkedPair(Pair("train", origin, english, french), ends)


def count_repeats(words: Sequence[str]) -> list[tuple[int, str]]:
    """["a", "b", "a"] is [(0, "a"), (0, "b"), (1, "a")]: each word with the number of times it stood before."""
    return [(words[:i].count(word), word) for i, word in enumerate(words)]


def in_bounds(sample: Sample) -> bool:
    n, m = len(WORD.findall(sample.english)), len(WORD.findall(sample.french))
    return all(0 <= i < n and 0 <= j < m for i, j in sample.links)


class TextTest(unittest.TestCase):
    def test_french_typography(self):
        self.assertEqual(clean_french("«Où ?» dit-il : «Là!»"), "« Où ? » dit-il : « Là ! »")
        self.assertEqual(clean_french("Il est 8:30\u202f!"), "Il est 8:30 !")
        self.assertEqual(clean_french("Voir http://x.org/?a=b;c"), "Voir http://x.org/?a=b;c")

    def test_split_keeps_translations_and_spellings_together(self):
        pairs = split(
            {"x": [("Go.", "Va !"), ("Go.", "Allez !"), ("Go!", "Va !"), ("go", "va")]}, 128, 0, set(), set()
        )
        self.assertIn({p.split for p in pairs}, ({"test"}, {"train"}))

    def test_test_sets_are_not_trained_on(self):
        corpora = {"x": [("Go!", "Va !"), ("Stay!", "Reste !"), ("Ask Elke!", "Demande à Elke !")]}
        self.assertEqual([p.english for p in split(corpora, 0, 0, {"go"}, {"Elke"})], ["Stay!"])

    def test_every_test_set_is_read(self):
        held_out = test_sentences()
        self.assertIn("Gudmundsson", test_names())
        for name, column in (("kinds.tsv", 1), ("hard.tsv", 1), ("names.tsv", 0), ("gold-alignment.tsv", 0)):
            lines = (SAMPLE.parent / name).read_text(encoding="utf-8").splitlines()
            english = next(line for line in lines if not line.startswith("#")).split("\t")[column]
            self.assertIn(plain_words(english), held_out, name)

    def test_typed_lines_have_no_twin_in_training(self):
        """A line of three words or more shares fewer than four words in five with any line that trains."""
        written = {"written": clean_pairs(read_lines(SAMPLE.parent / "written.tsv.gz"))}
        pairs = split(written, TEST_BUCKETS, DEV_BUCKETS, test_sentences(), test_names())
        train = list({tuple(plain_words(p.english).split()) for p in pairs if p.split == "train"})
        lines_with = collections.defaultdict(list)
        for number, words in enumerate(train):
            for nth, word in count_repeats(words):
                lines_with[nth, word].append(number)
        for line in read_lines(SAMPLE.parent / "typed.tsv"):
            words = plain_words(line.partition("\t")[2].partition("\t")[0]).split()
            shared = collections.Counter(n for key in count_repeats(words) for n in lines_with[key])
            twins = [train[n] for n, common in shared.items() if 2 * common >= 0.8 * (len(words) + len(train[n]))]
            self.assertEqual(twins if len(words) > 2 else [], [], line)

    def test_short_lines_and_strange_lengths_are_left_out(self):
        lines = ["Open\tOuvrir", "Open the file\tOuvrir le fichier", "No\t" + "non " * 30, "no tab"]
        self.assertEqual(clean_pairs(lines, fewest_words=3), [("Open the file", "Ouvrir le fichier")])

    def test_table_of_corpora(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "corpora.tsv"
            path.write_text("# name\twritten\nx\t8\t0.5\t3\tabc\n")
            self.assertEqual(read_table(path), {"x": Corpus("x", 8.0, 0.5, 3, "abc")})
        table = read_table()
        self.assertGreater(table["written"].weight, table["laws"].weight)
        sums = {corpus.sha256 for corpus in table.values()} - {GENERATED}
        self.assertTrue(all(re.fullmatch("[0-9a-f]{64}", digest) for digest in sums))

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
        pairs = [linked(e, f) for e, f in [*PAIRS, ("…", "…"), ("?", "?")]]
        augmenter, random = Augmenter(pairs, {}), Random(7)
        samples = [pair.sample() for pair in pairs]
        drawn = [augmenter.draw(random) for _ in range(2000)]
        drawn += [vary(s, random) for s in samples for vary in (capitals, capitalised, punctuation, with_copied)]
        drawn += [connect(a, b, set(), random) for a, b in zip(samples, samples[1:], strict=False)]
        self.assertTrue(all(map(in_bounds, drawn)))

    def test_a_corpus_is_drawn_as_often_as_it_weighs(self):
        pairs = [linked("One.", "Un.", "often"), linked("Two.", "Deux.", "rare"), linked("No.", "Non.", "never")]
        augmenter, random = Augmenter(pairs, {"often": 4, "rare": 0.5, "never": 0}), Random(5)
        count = collections.Counter(augmenter.next_index(random) for _ in range(4500))
        self.assertEqual(count[2], 0)
        self.assertTrue(7 < count[0] / count[1] < 9, count)

    def test_what_is_copied_is_the_same_on_both_sides(self):
        drawn = [random_copied(Random(i)) for i in range(500)]
        for english, french in drawn:
            if english != french:  # a price
                self.assertEqual(sorted(english.replace(".", ",")), sorted(french.replace(" ", "")), english)
        self.assertTrue(any("://" in english for english, _ in drawn))
        self.assertTrue(any(ord(max(english)) > 0x1F000 for english, _ in drawn))

    def test_names_look_like_names(self):
        names = [random_name(Random(i)) for i in range(500)]
        self.assertTrue(all(2 < len(name) < 40 for name in names))
        self.assertGreater(len(set(names)), 450)

    def test_capitals_inside_a_sentence_change_the_english_only(self):
        plain = Sample("The dog can't sleep.", "Le chien ne dort pas.", [(0, 0), (1, 1)])
        drawn = {capitalised(plain, Random(i)).english for i in range(40)}
        self.assertLessEqual({"The Dog Can't Sleep.", "The Dog can't sleep."}, drawn)
        self.assertEqual(capitalised(plain, Random(1)).french, plain.french)

    def test_a_word_becomes_a_sentence(self):
        drawn = [sentence_case(Sample("dog", "chien", [(0, 0)]), Random(i)) for i in range(20)]
        self.assertTrue(all(map(in_bounds, drawn)))
        self.assertEqual({(s.english, s.french) for s in drawn}, {("Dog", "Chien"), ("Dog.", "Chien.")})
        asked = sentence_case(Sample("really?", "vraiment ?", [(0, 0), (1, 1)]), Random(1))
        self.assertEqual((asked.english, asked.french), ("Really?", "Vraiment ?"))

    def test_every_piece_is_spelled_in_some_name(self):
        parts = NameParts(["▁Wilhelm", "▁red", "▁on", "▁EU", "▁3", "wick", "ina", "SA", "▁", "'s"])
        names = " ".join(random_name(Random(i), parts) for i in range(2000))
        self.assertEqual((parts.starts, parts.inner), (["On", "Red", "Wilhelm"], ["ina", "wick"]))
        for name in ("Wilhelmina", "Redwick", "Onina"):
            self.assertIn(name, names)

    def test_a_list_of_names_says_the_same_in_both_languages(self):
        augmenter = Augmenter([], {})
        for i in range(100):
            drawn = augmenter.name_list(Sample("", "", []), Random(i))
            english, french = WORD.findall(drawn.english), WORD.findall(drawn.french)
            self.assertEqual([{"and": "et"}.get(word, word) for word in english], french)
            self.assertEqual(drawn.links, [(k, k) for k in range(len(french))])


if __name__ == "__main__":
    unittest.main()
