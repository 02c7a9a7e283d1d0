#!/usr/bin/env python3
"""Single words and their usual translation, found in the word alignment of the training sentences.

usage: lexicon.py WORK

Writes WORK/lexicon.tsv, in the form of pairs.tsv: a pair for every English word that is linked to one French word
three times or more and most of the time, and that is a common translation of this French word in turn. People type
single words, and the corpora have most words in sentences only. A word that is a held-out line is left out.
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from corpora import read_table
from feeder import LinkedPair, linked_pairs
from prepare import test_sentences

from text import WORD, Pair, plain_words, read_pairs, write_pairs

ORIGIN = "lexicon"
FEWEST_LINKS, FEWEST_LETTERS = 3, 3
SHARE = 0.4  # of the word's occurrences that are linked one to one, and of those links
SHARE_BACK = 0.1  # of the French word's links
SHARE_SMALL = 0.7  # of the word's occurrences in small letters: other words are names


def one_to_one(linked: LinkedPair) -> Iterable[tuple[str, str]]:
    """The English and French words of the links that share neither side with another link."""
    sample = linked.sample()
    english, french = WORD.findall(sample.english), WORD.findall(sample.french)
    rows, columns = Counter(i for i, _ in sample.links), Counter(j for _, j in sample.links)
    return [(english[i].lower(), french[j].lower()) for i, j in sample.links if rows[i] == columns[j] == 1]


def lexicon(train: Iterable[LinkedPair], weights: Mapping[str, float], held_out: set[str]) -> list[Pair]:
    """In alphabetical order. A corpus counts as much as it weighs in training."""
    number, links, seen, small = Counter(), Counter(), Counter(), Counter()
    for linked in train:
        weight = weights.get(linked.pair.origin, 1.0)
        for word in WORD.findall(linked.pair.english):
            seen[word.lower()] += weight
            small[word] += weight
        for both in one_to_one(linked):
            links[both] += weight
            number[both] += 1
    from_english, from_french = Counter(), Counter()
    for (english, french), count in links.items():
        from_english[english] += count
        from_french[french] += count
    entries = {}
    for (english, french), count in sorted(links.items(), key=lambda item: item[1]):
        if (
            english.isalpha()
            and french.isalpha()
            and english not in held_out
            and len(english) >= FEWEST_LETTERS
            and number[english, french] >= FEWEST_LINKS
            and count >= SHARE * from_english[english] >= SHARE**2 * seen[english]
            and count >= SHARE_BACK * from_french[french]
            and small[english] >= SHARE_SMALL * seen[english]
        ):
            entries[english] = french  # the most frequent one comes last
    return [Pair("train", ORIGIN, english, french) for english, french in sorted(entries.items())]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("work", type=Path)
    work = parser.parse_args().work

    held_out = test_sentences() | {plain_words(p.english) for p in read_pairs(work) if p.split != "train"}
    weights = {name: corpus.weight for name, corpus in read_table().items()}
    entries = lexicon(linked_pairs(work, "train"), weights, held_out)
    write_pairs(entries, work, "lexicon.tsv")
    print(f"{len(entries)} words")


if __name__ == "__main__":
    main()
