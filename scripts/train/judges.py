"""What is counted in translations: sacreBLEU's scores, exact answers, loops, copied names, invented words."""

import re
from collections.abc import Iterable
from pathlib import Path

from sacrebleu.metrics import BLEU, CHRF

from text import WORD

DICTIONARY = Path("/usr/share/dict/french")  # Debian's package wfrench
ELIDED = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu|quelqu|entr)'", re.IGNORECASE)
SENTENCE_STARTS_AFTER = '.!?«»"(:–-'
FRENCH_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*", re.UNICODE)

Refs = list[list[str | None]]  # sacreBLEU's layout: first references of all sentences, second ones, …


def scores(hypotheses: list[str], refs: Refs) -> tuple[float, float]:
    """BLEU and chrF."""
    return BLEU().corpus_score(hypotheses, refs).score, CHRF().corpus_score(hypotheses, refs).score


def chrf(hypotheses: list[str], refs: Refs) -> float:
    return CHRF().corpus_score(hypotheses, refs).score


def bare(text: str) -> str:
    """Without case, final mark and quotes: what is left is what was said."""
    return re.sub(r"[\"“”«»‘]", "", text.lower().replace("’", "'")).strip(" .!?…")


def exact(text: str, references: Iterable[str | None]) -> bool:
    """Whether the words are those of a reference."""
    return bare(text) in {bare(reference) for reference in references if reference}


def loops(text: str) -> bool:
    """Whether some run of one to eight words stands three times in a row."""
    words = WORD.findall(text.lower())
    return any(
        words[i : i + n] == words[i + n : i + 2 * n] == words[i + 2 * n : i + 3 * n]
        and any(map(str.isalnum, words[i : i + n]))
        for n in range(1, 9)
        for i in range(len(words) - 3 * n + 1)
    )


def copied(names: list[str], text: str) -> int:
    """How many of the names stand in the text letter by letter."""
    return sum(bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)) for name in names)


def read_dictionary(path: Path = DICTIONARY) -> set[str] | None:
    """The words of a list of French words, in small letters; None if it is not installed."""
    if not path.exists():
        return None
    return {line.strip().lower() for line in path.read_text(encoding="utf-8").splitlines()}


def invented(text: str, source: str, dictionary: set[str]) -> list[str]:
    """The words of a French text that stand in no dictionary: not names, for those are capitalised inside a
    sentence, and not copied from the source."""
    given = {word.lower() for word in FRENCH_WORD.findall(source)} | {w.lower() for w in WORD.findall(source)}
    strange = []
    for match in FRENCH_WORD.finditer(text):
        whole = match.group().replace("’", "'").lower()
        word = ELIDED.sub("", whole)
        before = text[: match.start()].rstrip()
        inside = before and before[-1] not in SENTENCE_STARTS_AFTER
        name = inside and ELIDED.sub("", match.group())[:1].isupper()
        if len(word) < 2 or name or word in given or {word, whole, word.replace("œ", "oe")} & dictionary:
            continue
        strange.append(word)
    return strange
