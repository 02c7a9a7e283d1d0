"""The comparison of choices, without the training."""

import tempfile
import unittest
from pathlib import Path

from compare import FILES, LEFT_OUT, NO_PIVOT, link_files, row_of
from corpora import read_table

LOG = """\
dev tatoeba: 9.000; dev words: 8.000; weighted: 8.5000
validation: {'minutes': 1.0, 'step': 1, 'dev_loss': '8.5000', 'dev_bleu': '0.10', 'dev_chrf': '1.00'}
step 100 loss 5.000 rate 1.00e-03 2500 target pieces/s 2.0 min
dev tatoeba: 1.234; dev words: 3.456; weighted: 2.3450
validation: {'minutes': 2.0, 'step': 100, 'dev_loss': '2.3450', 'dev_bleu': '41.98', 'dev_chrf': '63.61'}
"""


class CompareTest(unittest.TestCase):
    def test_the_last_validation_counts(self):
        self.assertEqual(row_of(LOG), {"BLEU": "42.0", "chrF": "63.6", "tatoeba": "1.23", "words": "3.46"})

    def test_one_thing_differs(self):
        with tempfile.TemporaryDirectory() as name:
            work = Path(name)
            for file in FILES:
                (work / file).write_text(file)
            for choice, weightless in (("recipe", ()), *LEFT_OUT.items()):
                link_files(work, work / choice, choice)
                table = read_table(work / choice / "corpora.tsv")
                self.assertEqual({corpus for corpus in table if table[corpus].weight == 0}, set(weightless))
                self.assertEqual((work / choice / "pivot.tsv").read_text(), "pivot.tsv")
            link_files(work, work / NO_PIVOT, NO_PIVOT)
            self.assertFalse((work / NO_PIVOT / "pivot.tsv").exists())
            self.assertTrue((work / NO_PIVOT / "pairs.tsv").exists())


if __name__ == "__main__":
    unittest.main()
