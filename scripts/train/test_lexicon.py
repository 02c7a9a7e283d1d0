"""Single words from the word alignment."""

import tempfile
import unittest
from pathlib import Path

from augment import LinkedPair
from feeder import training_pairs
from lexicon import lexicon

from text import Pair


def linked(english: str, french: str, links: str, origin: str = "tatoeba") -> LinkedPair:
    return LinkedPair(Pair("train", origin, english, french), links)


DOG = linked("The dog sleeps.", "Le chien dort.", "0-0 1-1 2-2 3-3")


class LexiconTest(unittest.TestCase):
    def entries(self, train: list[LinkedPair], held_out: frozenset[str] = frozenset()) -> dict[str, str]:
        return {p.english: p.french for p in lexicon(train, {"strings": 0.5}, held_out)}

    def test_a_word_needs_three_links(self):
        self.assertEqual(self.entries([DOG] * 2), {})
        self.assertEqual(self.entries([DOG] * 3), {"dog": "chien", "sleeps": "dort"})

    def test_held_out_words_and_names_are_left_out(self):
        self.assertNotIn("dog", self.entries([DOG] * 3, frozenset(["dog"])))
        name = linked("Here is Mark.", "Voici Mark.", "0-0 1-0 2-1 3-2")
        self.assertEqual(self.entries([name] * 9), {}, "a name, and a word that shares its link with another")

    def test_most_of_the_links_agree(self):
        others = [linked("dog", word, "0-0") for word in ("clebs", "toutou", "cabot", "klebs", "roquet")]
        self.assertNotIn("dog", self.entries([DOG] * 3 + others))
        self.assertIn("dog", self.entries([DOG] * 4 + others))

    def test_the_french_word_is_not_mostly_another_word_of_english(self):
        stockings = [linked("stockings", "bas", "0-0")] * 3
        self.assertIn("stockings", self.entries(stockings + [linked("low", "bas", "0-0")] * 27))
        self.assertNotIn("stockings", self.entries(stockings + [linked("low", "bas", "0-0")] * 28))

    def test_a_corpus_counts_as_it_weighs(self):
        everyday = [linked("match", "allumette", "0-0")] * 4
        menu = [linked("match", "correspondance", "0-0", "strings")] * 7
        self.assertEqual(self.entries(everyday + menu)["match"], "allumette")

    def test_the_words_are_training_pairs(self):
        with tempfile.TemporaryDirectory() as name:
            work = Path(name)
            (work / "pairs.tsv").write_text("train\ttatoeba\tA dog.\tUn chien.\ndev\ttatoeba\tNo.\tNon.\n")
            (work / "links.txt").write_text("0-0 1-1\n0-0\n")
            self.assertEqual([p.pair.english for p in training_pairs(work)], ["A dog."])
            (work / "lexicon.tsv").write_text("train\tlexicon\tdog\tchien\n")
            self.assertEqual(training_pairs(work)[1].sample().links, [(0, 0)])


if __name__ == "__main__":
    unittest.main()
