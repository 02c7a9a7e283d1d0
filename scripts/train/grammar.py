#!/usr/bin/env python3
"""English–French pairs that the corpus lacks, composed from lexicon.txt: captions, news, encyclopedia; words.

usage: grammar.py COUNT > pairs.tsv

A synchronous grammar: every rule makes its English and its French together, with determiners, agreement and
elision, so that a small lexicon gives any number of correct (if not always sensible) sentences of 5 to 30
words, many of which the flashcard corpus hardly knows. Names and years are random, to be copied. One pair in
five is a greeting or a bare word or two.
"""

import argparse
import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

from names import one_word

LEXICON = Path(__file__).resolve().parent / "lexicon.txt"
MASCULINE, FEMININE = range(2)
VOWEL = "aeiouyhàâäéèêëîïôöùûüœAEIOUYÀÂÄÉÈÊËÎÏÔÖÙÛÜŒ"
NUMBERS = (
    ("two", "deux"),
    ("three", "trois"),
    ("four", "quatre"),
    ("five", "cinq"),
    ("several", "plusieurs"),
)
CENTURIES = (("twelfth", "XIIe"), ("thirteenth", "XIIIe"), ("fourteenth", "XIVe"), ("fifteenth", "XVe"))
CENTURIES += (
    ("sixteenth", "XVIe"),
    ("seventeenth", "XVIIe"),
    ("eighteenth", "XVIIIe"),
    ("nineteenth", "XIXe"),
)
QUIET = 15  # the first so many entries of [acting] can be said of animals
BEFORE = {  # which adjectives suit what, among those that French puts before the noun
    "people": ("little", "old", "young", "tall", "beautiful"),
    "animals": ("small", "little", "big", "large", "old", "young", "beautiful"),
    "things": ("small", "big", "large", "old", "new", "beautiful"),
    "clothes": ("small", "long", "large", "old", "new", "beautiful"),
    "buildings": ("small", "large", "old", "new", "beautiful", "tall"),
}


class Phrase(NamedTuple):
    english: str
    french: str
    plural: bool = False
    gender: int = MASCULINE


def read_lexicon(path: Path) -> dict[str, list[list[str]]]:
    lexicon: dict[str, list[list[str]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            entries = lexicon.setdefault(line[1 : line.index("]")], [])
        elif line.strip() and not line.startswith("#"):
            entries += [entry.strip().split("|") for entry in line.split(";")]
    return lexicon


def agree(text: str, plural: bool, gender: int) -> str:
    """Resolve the endings that lexicon.txt leaves open: assis/e, allongé/es."""

    def ending(match: re.Match) -> str:
        stem = match.group(1)
        mark = "e" if gender == FEMININE else ""
        return stem + mark + ("s" if plural and not (stem.endswith("s") and not mark) else "")

    return re.sub(r"(\w+)/es?\b", ending, text)


def elide(text: str) -> str:
    """French as it is written: l'homme, du lac, qu'un; a * shields an aspirated h."""
    text = re.sub(rf"\b([lL])[ea] (?=[{VOWEL}])", r"\1'", text)
    text = re.sub(rf"\b([dDsS]|[qQ]u)e (?=[{VOWEL}])", r"\1'", text)
    for whole, short in (("de le ", "du "), ("de les ", "des "), ("à le ", "au "), ("à les ", "aux ")):
        text = re.sub(rf"\b{whole}", short, text)
    return text.replace("*", "")


def indefinite(word: str) -> str:
    return ("an " if word[0].lower() in "aeiou" and not word.startswith("uni") else "a ") + word


class Grammar:
    def __init__(self, random: Random):
        self.random = random
        self.lexicon = read_lexicon(LEXICON)

    def pick(self, section: str) -> list[str]:
        return self.random.choice(self.lexicon[section])

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    # --- noun phrases -----------------------------------------------------------------------------------

    def described(self, section: str, plural: bool, adjectives: float = 0.6) -> tuple[str, str, int, bool]:
        """A noun with its adjectives; its gender, and whether its French begins with an adjective."""
        noun = self.pick(section)
        gender = FEMININE if noun[4] == "f" else MASCULINE
        english, french = noun[plural], noun[2 + plural]
        form = 1 + gender + 2 * plural
        if self.chance(adjectives * 0.7):
            adjective = self.pick("human" if section in ("people", "animals") else "after")
            if section == "animals":
                adjective = self.random.choice(self.lexicon["after"][:8])
            english, french = f"{adjective[0]} {english}", f"{french} {adjective[form]}"
        front = self.chance(adjectives * 0.6)
        if front:
            wanted = self.random.choice(BEFORE[section])
            adjective = next(a for a in self.lexicon["before"] if a[0] == wanted)
            word = adjective[form]
            if form == 1 and french[0] in VOWEL:
                word = {"beau": "bel", "nouveau": "nouvel", "vieux": "vieil"}.get(word, word)
            english, french = f"{adjective[0]} {english}", f"{word} {french}"
        return english, french, gender, front

    def noun(self, section: str, plural: bool | None = None, adjectives: float = 0.6) -> Phrase:
        """With an article or a number: a small red ball, two balls, the ball."""
        if plural is None:
            plural = self.chance(0.3)
        english, french, gender, front = self.described(section, plural, adjectives)
        if plural:
            if self.chance(0.25):
                return Phrase(f"some {english}", f"{'de' if front else 'des'} {french}", True, gender)
            if self.chance(0.15):
                return Phrase(f"many {english}", f"beaucoup de {french}", True, gender)
            number = self.random.choice(NUMBERS)
            return Phrase(f"{number[0]} {english}", f"{number[1]} {french}", True, gender)
        if self.chance(0.15):
            return Phrase(f"the {english}", f"{('le', 'la')[gender]} {french}", False, gender)
        return Phrase(indefinite(english), f"{('un', 'une')[gender]} {french}", False, gender)

    def person(self) -> Phrase:
        """Somebody, with what they wear or carry."""
        who = self.noun("people")
        if self.chance(0.5):
            return who
        if self.chance(0.3):
            what = self.noun("things", False)
            return who._replace(
                english=f"{who.english} with {what.english}", french=f"{who.french} avec {what.french}"
            )
        clothes, adjective = self.pick("clothes"), self.random.choice(self.lexicon["after"][:14])
        form = 1 + (clothes[4] == "f")
        if who.plural:
            return who._replace(
                english=f"{who.english} wearing {adjective[0]} {clothes[1]}",
                french=f"{who.french} portant des {clothes[3]} {adjective[form + 2]}",
            )
        dressed = indefinite(f"{adjective[0]} {clothes[0]}")
        worn = f"{clothes[2]} {adjective[form]}"
        if self.chance(0.5):
            return who._replace(english=f"{who.english} in {dressed}", french=f"{who.french} en {worn}")
        article = "une" if clothes[4] == "f" else "un"
        return who._replace(
            english=f"{who.english} wearing {dressed}", french=f"{who.french} portant {article} {worn}"
        )

    # --- captions ---------------------------------------------------------------------------------------

    def clause(self) -> Phrase:
        """Somebody is doing something."""
        draw = self.random.random()
        if draw < 0.25:
            who = self.noun("animals")
            act = self.random.choice(self.lexicon["acting"][:QUIET])
            return self.doing(who, act[0], act[1 + who.plural])
        who = self.person()
        if draw < 0.55:
            act = self.pick("acting")
            return self.doing(who, act[0], act[1 + who.plural])
        if draw < 0.8:
            act, what = self.pick("doing"), self.noun("things")
        else:
            act, what = self.pick("meeting"), self.noun(self.random.choice(("people", "animals")))
        return self.doing(who, f"{act[0]} {what.english}", f"{act[2 + who.plural]} {what.french}")

    def doing(self, who: Phrase, english: str, french: str) -> Phrase:
        be = "are" if who.plural else "is"
        return Phrase(f"{who.english} {be} {english}", f"{who.french} {agree(french, who.plural, who.gender)}")

    def caption(self) -> tuple[str, str]:
        first, place = self.clause(), self.pick("places")
        english, french = f"{first.english} {place[0]}", f"{first.french} {place[1]}"
        draw = self.random.random()
        if draw < 0.25:
            second = self.clause()
            english, french = f"{english} while {second.english}", f"{french} pendant que {second.french}"
        elif draw < 0.4:
            second = self.clause()
            english, french = f"{english}, and {second.english}", f"{french}, et {second.french}"
        elif draw < 0.6:
            scene = self.pick("scenes")
            english, french = f"{english} {scene[0]}", f"{french} {scene[1]}"
        elif draw < 0.7:
            what = self.noun(self.random.choice(("things", "animals", "people")))
            be = "are" if what.plural else "is"
            english, french = f"there {be} {what.english} {place[0]}", f"il y a {what.french} {place[1]}"
        return english, french

    # --- news -------------------------------------------------------------------------------------------

    def news(self) -> tuple[str, str]:
        source, when, event = self.pick("sources"), self.pick("when"), self.pick("events")
        many = source[1].startswith(("les ", "plusieurs "))
        draw = self.random.random()
        if draw < 0.3:
            said = self.pick("said")
            verb = said[1].replace("a ", "ont ", 1) if many else said[1]
            return (
                f"{source[0]} {said[0]} {when[0]} that {event[0]}",
                f"{source[1]} {verb} {when[1]} que {event[1]}",
            )
        if draw < 0.45:
            return f"according to {source[0]}, {event[0]}", f"selon {source[1]}, {event[1]}"
        if draw < 0.7:
            return self.plan(source, many)
        if draw < 0.8:
            return self.price(when)
        if draw < 0.9:
            return self.arrest(when)
        building = self.noun("buildings", False, 0.4)
        fate = agree(self.pick_fate(), False, building.gender)
        english, french = fate.split("|")
        return f"{building.english} was {english} {when[0]}", f"{building.french} a été {french} {when[1]}"

    def pick_fate(self) -> str:
        return "|".join(self.pick("fates"))

    def plan(self, source: list[str], many: bool) -> tuple[str, str]:
        plan, other = self.pick("plans"), self.pick("plans")
        english, one, more = self.random.choice(
            (
                ("wants to" if not many else "want to", "veut", "veulent"),
                ("plans to" if not many else "plan to", "prévoit de", "prévoient de"),
                ("has decided to" if not many else "have decided to", "a décidé de", "ont décidé de"),
                ("promised to", "a promis de", "ont promis de"),
                ("refused to", "a refusé de", "ont refusé de"),
            )
        )
        french = more if many else one
        link = "de " if french.endswith(" de") else ""
        if self.chance(0.5):
            both = f"{link}{plan[1]} et {link}{other[1]}"
            return (
                f"{source[0]} {english} {plan[0]} and {other[0]}",
                f"{source[1]} {french.removesuffix(' de')} {both}",
            )
        return f"{source[0]} {english} {plan[0]}", f"{source[1]} {french} {plan[1]}"

    def price(self, when: list[str]) -> tuple[str, str]:
        what, share = self.pick("prices"), self.random.randint(2, 60)
        english, french = self.random.choice(
            (("rose", "a augmenté"), ("fell", "a baissé"), ("increased", "a augmenté"))
        )
        event = self.pick("events")
        text = (
            f"{what[0]} {english} by {share} percent {when[0]}",
            f"{what[1]} {french} de {share} pour cent {when[1]}",
        )
        if self.chance(0.4):
            return f"{text[0]}, and {event[0]}", f"{text[1]}, et {event[1]}"
        return text

    def arrest(self, when: list[str]) -> tuple[str, str]:
        noun, age, town = self.pick("people"), self.random.randint(18, 85), one_word(self.random)
        article, e = ("une", "e") if noun[4] == "f" else ("un", "")
        number = f"{age}-year-old {noun[0]}"
        number = ("an " if age in (18, 80, 81, 82, 83, 84, 85) else "a ") + number
        english, french = self.random.choice(
            (
                ("arrested", f"arrêté{e}"),
                ("killed", f"tué{e}"),
                ("injured", f"blessé{e}"),
                ("rescued", f"secouru{e}"),
            )
        )
        place = self.pick("places")
        return (
            f"{number} from {town} was {english} {place[0]} {when[0]}",
            f"{article} {noun[2]} de {age} ans, originaire de {town}, a été {french} {place[1]} {when[1]}",
        )

    # --- encyclopedia -----------------------------------------------------------------------------------

    def encyclopedia(self) -> tuple[str, str]:
        rules = (self.life, self.life, self.animal, self.town, self.building)
        return self.random.choice(rules)()

    def life(self) -> tuple[str, str]:
        name = f"{one_word(self.random)} {one_word(self.random)}"
        land, profession = self.pick("lands"), self.pick("professions")
        first, second = self.random.sample(self.lexicon["deeds"], 2)
        year = self.random.randint(1400, 1980)
        if self.chance(0.3):
            town, end = one_word(self.random), year + self.random.randint(20, 90)
            return (
                f"{name} was born in {year} in {town} and died in {end}",
                f"{name} naquit en {year} à {town} et mourut en {end}",
            )
        if self.chance(0.5):
            return (
                f"{name} was {indefinite(land[2])} {profession[0]} who {first[0]}",
                f"{name} était un {profession[1]} {land[3]} qui {first[1]}",
            )
        return (
            f"in {year}, the {land[2]} {profession[0]} {name} {first[0]} and {second[0]}",
            f"en {year}, le {profession[1]} {land[3]} {name} {first[1]} et {second[1]}",
        )

    def animal(self) -> tuple[str, str]:
        noun, habitat, food = self.pick("animals"), self.pick("habitats"), self.pick("foods")
        adjective = self.random.choice((("large", "grand"), ("small", "petit"), ("beautiful", "bel")))
        article = "la" if noun[4] == "f" else "le"
        animal = f"{article} {noun[2]} est un {adjective[1]} animal"
        return (
            f"the {noun[0]} is a {adjective[0]} animal that lives {habitat[0]} and feeds on {food[0]}",
            f"{animal} qui vit {habitat[1]} et se nourrit de {food[1]}",
        )

    def town(self) -> tuple[str, str]:
        name, land, thousands = one_word(self.random), self.pick("lands"), self.random.randint(2, 900)
        kind = self.random.choice((("town", "une ville"), ("village", "un village"), ("city", "une ville")))
        side = self.random.choice(
            (("north", "le nord"), ("south", "le sud"), ("east", "l'est"), ("west", "l'ouest"))
        )
        return (
            f"{name} is a {kind[0]} in the {side[0]} of {land[0]} with about {thousands},000 inhabitants",
            f"{name} est {kind[1]} dans {side[1]} {land[1]} qui compte environ {thousands} 000 habitants",
        )

    def building(self) -> tuple[str, str]:
        noun, name, century = self.pick("buildings"), one_word(self.random), self.random.choice(CENTURIES)
        gender = FEMININE if noun[4] == "f" else MASCULINE
        article, year = ("le", "la")[gender], self.random.randint(1500, 1990)
        english, french = agree(self.pick_fate(), False, gender).split("|")
        built = agree("construit/e", False, gender)
        if self.chance(0.5):
            return (
                f"the {noun[0]} of {name} was built in the {century[0]} century and {english} in {year}",
                f"{article} {noun[2]} de {name} fut {built} au {century[1]} siècle et {french} en {year}",
            )
        return (
            f"the {noun[0]}, which dates from the {century[0]} century, was {english} in {year}",
            f"{article} {noun[2]}, qui date du {century[1]} siècle, fut {french} en {year}",
        )

    # --- what people type first -------------------------------------------------------------------------

    def short(self) -> tuple[str, str]:
        """A greeting, a word or two, with or without a capital and a mark."""
        section = self.random.choice(("people", "animals", "things", "clothes", "buildings"))
        draw = self.random.random()
        if draw < 0.4:
            english, french = self.pick("phrases")
        elif draw < 0.7:
            noun, plural = self.pick(section), self.chance(0.2)
            english, french = noun[plural], noun[2 + plural]
        else:
            english, french = self.noun(section)[:2]
        french = elide(french)
        if self.chance(0.6):
            english, french = english[0].upper() + english[1:], french[0].upper() + french[1:]
        mark, marque = self.random.choice((("", ""), (".", "."), ("!", " !")))
        return english + mark, french + marque

    def sentence(self) -> tuple[str, str]:
        if self.chance(0.2):
            return self.short()
        rule: Callable[[], tuple[str, str]] = self.random.choice(
            (self.caption, self.caption, self.news, self.encyclopedia)
        )
        english, french = rule()
        return english[0].upper() + english[1:] + ".", elide(french[0].upper() + french[1:]) + "."


def phrases() -> list[str]:
    """The English of all greetings and the like."""
    return [english for english, _ in read_lexicon(LEXICON)["phrases"]]


def compose(count: int, seed: int = 1) -> list[tuple[str, str]]:
    grammar = Grammar(Random(seed))
    return [grammar.sentence() for _ in range(count)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    for pair in compose(args.count, args.seed):
        print("\t".join(pair))


if __name__ == "__main__":
    main()
