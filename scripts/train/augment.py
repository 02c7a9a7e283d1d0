"""Variants of the training pairs, drawn afresh each time: what people type that the corpus does not hold.

Each variation keeps the word alignment in step with the words. Both sides change together: shouting is
answered by shouting, a sentence without a full stop by one without, so that the French always looks like the
English.
"""

import collections
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random

from copied import random_copied
from names import NameParts, random_name

from text import WORD, Links, Pair, parse_links

# How often. The first group excludes one another; names and numbers are swapped besides. MORE_NAMES of the
# pairs give their place to one with a name in it, and some to a list of names (NAME_LIST): copying letter by
# letter is learned from nothing else.
JOIN, CAPITALS, LOWER, NO_MARK, NO_CAPITAL_NO_MARK, PUNCTUATION = 0.12, 0.01, 0.05, 0.05, 0.06, 0.06
CAPITALISED, SENTENCE_CASE = 0.1, 0.5  # the latter of the lines that begin without a capital, before all else
COPY, NAME_LIST = 0.05, 0.15
SWAP_NAME, NAME_SUBJECT, SWAP_NUMBER, SAMPLE_PIECES = 0.75, 0.35, 0.5, 0.1
MORE_NAMES = 0.25
NAMES_FROM = "tatoeba"  # the corpus full of names: elsewhere what both sides write alike is as often a brand
JOINED_CHARACTERS = 250  # a line that is longer already is not joined to another
SUBJECTS = ((["He"], ["Il"]), (["She"], ["Elle"]))

CONNECTORS = (
    (", and ", ", et "),
    (" and ", " et "),
    (", but ", ", mais "),
    ("; ", " ; "),
    (" - ", " - "),
    (", ", ", "),
)
OPENINGS = (
    ("“", "”", "« ", " »"),
    ('"', '"', '"', '"'),
    ("'", "'", '"', '"'),
    ("(", ")", "(", ")"),
    ("‘", "’", "« ", " »"),
    ("«", "»", "« ", " »"),
)
ENDINGS = ((".", "."), ("...", "..."), ("…", "…"), ("!", " !"), ("?!", " ?!"), ("!!", " !!"), (" .", "."))
ELIDED = re.compile(r"\b([dDlLjJmMtTsScCnN]|[qQ]u|[jJ]usqu|[lL]orsqu|[pP]uisqu)['’]$")
ELIDABLE = re.compile(r"\b([dD]e|[qQ]ue|[jJ]usque|[lL]orsque|[pP]uisque) $")
VOWELS = "aeiouyàâäéèêëîïôöùûüAEIOUÀÂÄÉÈÊËÎÏÔÖÙÛÜÓÍÁÚŒ"


@dataclass(slots=True)
class Sample:
    english: str
    french: str
    links: Links


def edit(sample: Sample, new: dict[str, str]) -> Sample:
    """Replace words on both sides; the words of a longer replacement are linked in order."""
    sides, moved = [], []
    for text, french in ((sample.english, False), (sample.french, True)):
        output, position, places, count = "", 0, [], 0
        for match in WORD.finditer(text):
            output += text[position : match.start()]
            word = new.get(match.group())
            if word is None:
                word = match.group()
            elif french:
                output = before_name(output, word)
            output += word
            position = match.end()
            width = len(WORD.findall(word))
            places.append(range(count, count + width))
            count += width
        sides.append(output + text[position:])
        moved.append(places)
    links = []
    for i, j in sample.links:
        rows, columns = moved[0][i], moved[1][j]
        if len(rows) == len(columns):
            links += zip(rows, columns, strict=True)
        else:
            links += [(row, column) for row in rows for column in columns]
    return Sample(*sides, links)


def before_name(before: str, name: str) -> str:
    """French text before a name, as the name's first letter asks for: d'Anna, de Paul. The word count
    stays."""
    if name[0] in VOWELS:
        return ELIDABLE.sub(lambda m: m.group(1)[:-1] + "'", before)
    return ELIDED.sub(
        lambda m: m.group(1) + "e " if m.group(1).lower() in ("d", "qu", "jusqu") else m.group(), before
    )


@dataclass(frozen=True, slots=True)
class LinkedPair:
    """A pair and its line of links.txt, which is parsed when it is drawn: a million lists would fill memory."""

    pair: Pair
    links: str

    def sample(self) -> Sample:
        return Sample(self.pair.english, self.pair.french, parse_links(self.links))


class Augmenter:
    """Draws training samples from pairs, each as often as its corpus weighs; what is random comes from the
    generator that every method is given. Names are made from `pieces` too, if they are given."""

    def __init__(self, pairs: list[LinkedPair], weights: Mapping[str, float], pieces: Iterable[str] = ()):
        self.pairs = pairs
        self.weights = [weights.get(linked.pair.origin, 1.0) for linked in pairs]
        self.order: list[int] = []
        self.parts = NameParts(pieces) if pieces else None
        self.names = find_names(p.pair for p in pairs if p.pair.origin == NAMES_FROM)
        self.named = [
            i
            for i, linked in enumerate(pairs)
            if self.weights[i] > 0 and not self.names.isdisjoint(WORD.findall(linked.pair.english))
        ]

    def next_index(self, random: Random) -> int:
        """Every pass visits the pairs in a new order, a pair of weight 2.5 two or three times."""
        if not self.order:
            self.order = [i for i, w in enumerate(self.weights) for _ in range(int(w + random.random()))]
            random.shuffle(self.order)
        return self.order.pop()

    def next_sample(self, random: Random) -> Sample:
        return self.swap(self.pairs[self.next_index(random)].sample(), random)

    def draw(self, random: Random) -> Sample:
        if self.named and random.random() < MORE_NAMES:
            sample = self.swap(self.pairs[random.choice(self.named)].sample(), random)
        else:
            sample = self.next_sample(random)
        if sample.english[:1].islower() and random.random() < SENTENCE_CASE:
            sample = sentence_case(sample, random)
        kinds = (
            (self.join, JOIN),
            (capitals, CAPITALS),
            (lower, LOWER),
            (capitalised, CAPITALISED),
            (no_mark, NO_MARK),
            (no_capital_no_mark, NO_CAPITAL_NO_MARK),
            (punctuation, PUNCTUATION),
            (with_copied, COPY),
            (self.name_list, NAME_LIST),
        )
        draw = random.random()
        for vary, share in kinds:
            draw -= share
            if draw < 0:
                return vary(sample, random)
        return sample

    def swap(self, sample: Sample, random: Random) -> Sample:
        """Other names and other numbers, the same on both sides; names for some of those who are he or
        she."""
        english, french = WORD.findall(sample.english), WORD.findall(sample.french)
        new = {}
        if (english[:1], french[:1]) in SUBJECTS and random.random() < NAME_SUBJECT:
            new[english[0]] = new[french[0]] = random_name(random, self.parts)
        for word in sorted(set(english) & set(french)):
            if word in self.names and random.random() < SWAP_NAME:
                new[word] = random_name(random, self.parts)
            elif word.isdecimal() and len(word) > 1 and random.random() < SWAP_NUMBER:
                new[word] = str(random.randint(10 ** (len(word) - 1), 10 ** len(word) - 1))
        return edit(sample, new) if new else sample

    def join(self, sample: Sample, random: Random) -> Sample:
        """Two to four sentences in a line, or two to three made one by a connector; now and then all in
        capitals."""
        parts = random.choice((2, 2, 2, 3, 3, 4))
        connected = random.random() < 0.4
        for _ in range(parts - 1):
            if len(sample.english) > JOINED_CHARACTERS:
                break
            other = self.next_sample(random)
            sample = connect(sample, other, self.names, random) if connected else glue(sample, other, " ", " ")
        return capitals(sample, random) if random.random() < 0.05 else sample

    def name_list(self, _: Sample, random: Random) -> Sample:
        """Two to eight names and nothing else: Quillmarsh, Farrowby and Odalys. A word alone is rarely a name."""
        names = [random_name(random, self.parts) for _ in range(random.randint(2, 8))]
        english, french = (", ".join(names[:-1]) + join + names[-1] for join in (" and ", " et "))
        return Sample(english, french, [(i, i) for i in range(len(WORD.findall(english)))])


def find_names(pairs: Iterable[Pair]) -> set[str]:
    """Capitalised words that stand inside a sentence on both sides, several times: Tom, Mary, Boston."""
    count = collections.Counter()
    for pair in pairs:
        inside = set(WORD.findall(pair.english)[1:]) & set(WORD.findall(pair.french)[1:])
        count.update(word for word in inside if word.istitle() and word.isalpha() and len(word) > 2)
    return {word for word, n in count.items() if n >= 2}


def glue(first: Sample, second: Sample, english: str, french: str) -> Sample:
    texts = first.english + english + second.english, first.french + french + second.french
    i, j = len(WORD.findall(first.english + english)), len(WORD.findall(first.french + french))
    return Sample(*texts, first.links + [(a + i, b + j) for a, b in second.links])


def connect(first: Sample, second: Sample, names: set[str], random: Random) -> Sample:
    """One sentence of two: the first loses its mark, the second its capital, a connector stands between."""
    first = no_mark(first, random)
    english, french = random.choice(CONNECTORS)
    n, m = len(WORD.findall(first.english)), len(WORD.findall(first.french))
    joined = glue(first, uncapitalise(second, names), english, french)
    between = len(WORD.findall(english))
    return Sample(joined.english, joined.french, joined.links + [(n + k, m + k) for k in range(between)])


def uncapitalise(sample: Sample, names: set[str]) -> Sample:
    english, french = sample.english, sample.french
    if not set(WORD.findall(english)[:1]) & names and not re.match(r"I\b", english):
        english = english[0].lower() + english[1:]
    if not set(WORD.findall(french)[:1]) & names:
        french = french[0].lower() + french[1:]
    return Sample(english, french, sample.links)


def capitals(sample: Sample, random: Random) -> Sample:
    french = sample.french.upper()
    return Sample(sample.english.upper().replace("’", "'"), french, sample.links)


def lower(sample: Sample, random: Random) -> Sample:
    return Sample(sample.english.lower(), sample.french.lower(), sample.links)


def capitalised(sample: Sample, random: Random) -> Sample:
    """Some English words with a capital, in French as before: "The Beer is cheap" is no name to be copied. Few
    words begin a sentence often enough to be learned there."""
    share = random.choice((0.3, 1.0))
    english = WORD.sub(
        lambda m: m.group()[0].upper() + m.group()[1:] if random.random() < share else m.group(), sample.english
    )
    return Sample(english, sample.french, sample.links)


def sentence_case(sample: Sample, random: Random) -> Sample:
    """A word or a phrase as a sentence: "Dog" or "Dog." of "dog", and in French "Chien" or "Chien."."""
    sides = sample.english, sample.french
    mark = "." if random.random() < 0.5 and all(side[-1:].isalnum() for side in sides) else ""
    english, french = (side[:1].upper() + side[1:] + mark for side in sides)
    ends = [tuple(len(WORD.findall(side)) for side in sides)] if mark else []
    return Sample(english, french, sample.links + ends)


def no_mark(sample: Sample, random: Random) -> Sample:
    english, french = sample.english.rstrip(" .!?…"), sample.french.rstrip(" .!?…")
    if not english or not french:
        return sample
    n, m = len(WORD.findall(english)), len(WORD.findall(french))
    return Sample(english, french, [(i, j) for i, j in sample.links if i < n and j < m])


def no_capital_no_mark(sample: Sample, random: Random) -> Sample:
    sample = no_mark(sample, random)
    return lower(sample, random) if random.random() < 0.5 else uncapitalise(sample, set())


def punctuation(sample: Sample, random: Random) -> Sample:
    """Typographic apostrophes, other final marks, quotes around everything, long dashes, double spaces."""
    draw = random.random()
    if draw < 0.35:
        return Sample(sample.english.replace("'", "’"), sample.french, sample.links)
    if draw < 0.6:
        bare = no_mark(sample, random)
        english, french = random.choice(ENDINGS)
        return Sample(bare.english + english, bare.french + french, bare.links)
    if draw < 0.9:
        left, right, gauche, droite = random.choice(OPENINGS)
        links = [(i + 1, j + 1) for i, j in sample.links]
        ends = (len(WORD.findall(left + sample.english)), len(WORD.findall(gauche + sample.french)))
        return Sample(left + sample.english + right, gauche + sample.french + droite, [(0, 0), *links, ends])
    dash = random.choice(("– ", "— ", "- ", "-"))
    return Sample(
        dash + sample.english, "– " + sample.french, [(0, 0), *((i + 1, j + 1) for i, j in sample.links)]
    )


def with_copied(sample: Sample, random: Random) -> Sample:
    """Something to copy (copied.py) before or after the sentence, or in place of it."""
    english, french = random_copied(random)
    words = min(len(WORD.findall(english)), len(WORD.findall(french)))
    copied = Sample(english, french, [(i, i) for i in range(words)])
    draw = random.random()
    if draw < 0.1:
        return copied
    if draw < 0.3:
        return glue(copied, sample, " ", " ")
    if draw < 0.6:
        return glue(no_mark(sample, random), copied, *random.choice(((" ", " "), (": ", " : "), (" (", " ("))))
    return glue(sample, copied, " ", " ")
