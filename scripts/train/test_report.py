"""What is counted for the report."""

import unittest

import numpy
from attention import links_of, word_shares
from evaluate import spread
from judges import exact, invented, loops
from score import references

from text import Pair


class ReportTest(unittest.TestCase):
    def test_loops(self):
        self.assertTrue(loops("le chat le chat le chat dort"))
        self.assertTrue(loops("très très très"))
        self.assertFalse(loops("nous nous lavons... et vous vous lavez"))

    def test_exact_is_about_words(self):
        self.assertTrue(exact("le Chien.", ["Le chien", None]))
        self.assertFalse(exact("le chat", ["Le chien", None]))

    def test_invented_words(self):
        dictionary = {"le", "sommes", "chien", "oeuf", "aujourd'hui", "il", "mange", "pomme", "de", "terre"}
        self.assertEqual(invented("L'œuf de Quillmarsh, aujourd'hui.", "", dictionary), [])
        self.assertEqual(invented("Le chien trafecte.", "The dog.", dictionary), ["trafecte"])
        self.assertEqual(invented("Il mange foo_bar et zzz.", "He eats foo_bar and zzz.", dictionary | {"et"}), [])

    def test_spread(self):
        self.assertEqual(spread(list(range(10)), 5), [0, 2, 4, 6, 8])
        self.assertEqual(spread([1, 2], 5), [1, 2])

    def test_references_layout(self):
        pairs = [Pair("test", "x", "A.", "1"), Pair("test", "x", "B.", "2"), Pair("test", "x", "A.", "3")]
        self.assertEqual(references(pairs), (["A.", "B."], [["1", "2"], ["3", None]]))

    def test_words_from_pieces(self):
        probs = numpy.array([[0.5, 0.3, 0.1, 0.1], [0.1, 0.1, 0.7, 0.1], [0.0, 0.1, 0.0, 0.9]])
        shares, rest = word_shares(probs, [0, 0, 1, -2], [0, 1, 2])
        numpy.testing.assert_allclose(shares, [[0.8, 0.1], [0.2, 0.7], [0.1, 0.0]])
        self.assertEqual(links_of(shares, rest), {(0, 0), (1, 1)})
        self.assertEqual(links_of(numpy.array([[0.4, 0.1]]), numpy.array([0.5])), set())  # </s> has more


if __name__ == "__main__":
    unittest.main()
