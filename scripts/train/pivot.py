#!/usr/bin/env python3
"""Find, for every French piece, the parent's pieces that say the same, by way of English.

usage: pivot.py WORK --parent FOLDER --xattn PROGRAM [--sentences 40000]

xattn translates training sentences with the parent and shows what each piece looked at; links.txt has the French
words that belong to each English one. A French piece and a piece of the parent meet when they belong to the same
English word, at the same place in their words. WORK/pivot.tsv keeps the pairs that meet most often (Dice
coefficient): French piece TAB parent's piece TAB share. transfer.py starts the French embeddings there.
"""

import argparse
import collections
import json
import os
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

from augment import LinkedPair
from corpora import read_table
from feeder import linked_pairs

from text import NO_WORD, Pieces, Vocabularies, parse_links

KEPT, FEWEST, DICE = 3, 4, 0.15  # pieces kept, times they met at least, least coefficient
LONGEST = 200  # characters of a sentence


def choose(pairs: list[LinkedPair], weights: dict[str, float], count: int, random: Random) -> list[LinkedPair]:
    short = [p for p in pairs if len(p.pair.english) <= LONGEST]
    chances = [weights[p.pair.origin] / len(p.pair.english) ** 0.5 for p in short]
    return list({p.pair.english: p for p in random.choices(short, chances, k=count)}.values())


def by_word(words: Iterable[int], pieces: list[str]) -> dict[int, list[str]]:
    table: dict[int, list[str]] = {}
    for word, piece in zip(words, pieces, strict=True):
        if word != NO_WORD:
            table.setdefault(word, []).append(piece)
    return table


def parent_words(result: dict, english: Pieces) -> dict[int, list[str]]:
    """For every English word, the parent's pieces whose attention is largest on it."""
    source = result["source_pieces"]
    words = english.encode_with_words(result["source"])[1]
    if len(words) != len(source):  # read in parts, or with a piece the pruned vocabulary lacks
        return {}
    rows = result["maps"][0]["rows"]
    looked_at = [words[max(range(len(row)), key=row.__getitem__)] for row in rows]
    return by_word(looked_at, result["target_pieces"])


def meetings(linked: LinkedPair, result: dict, vocabularies: Vocabularies) -> Iterator[tuple[str, str]]:
    """French pieces with the parent's pieces at the same place of the same word."""
    target = vocabularies.target
    ids, words = target.encode_with_words(linked.pair.french)
    french = by_word(words, [target.pieces[i] for i in ids])
    other = parent_words(result, vocabularies.source)
    for i, j in parse_links(linked.links):
        here, there = french.get(j, []), other.get(i, [])
        if here and there:
            for place, piece in enumerate(here):
                yield piece, there[round(place * (len(there) - 1) / max(1, len(here) - 1))]


def translate(xattn: Path, parent: Path, sentences: list[str], work: Path) -> Iterator[dict]:
    path = work / "pivot.en"
    path.write_text("".join(s + "\n" for s in sentences), encoding="utf-8")
    command = [xattn, "align", "-m", parent, "--format", "json", "--pieces", "-q", "--int8", "-i", path]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        for line in process.stdout:
            yield json.loads(line)
    if process.returncode != 0:
        raise SystemExit(f"{xattn} align ended with status {process.returncode}")


def write_table(meet: collections.Counter, path: Path) -> int:
    of_french, of_parent = collections.Counter(), collections.Counter()
    for (piece, other), count in meet.items():
        of_french[piece] += count
        of_parent[other] += count
    best: dict[str, list[tuple[float, str]]] = {}
    for (piece, other), count in meet.items():
        dice = 2 * count / (of_french[piece] + of_parent[other])
        if count >= FEWEST and dice >= DICE:
            best.setdefault(piece, []).append((dice, other))
    new = path.with_suffix(".new")
    with open(new, "w", encoding="utf-8") as file:
        for piece, found in best.items():
            file.writelines(
                f"{piece}\t{other}\t{dice:.3f}\n" for dice, other in sorted(found, reverse=True)[:KEPT]
            )
    os.replace(new, path)
    return len(best)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--parent", type=Path, required=True)
    parser.add_argument("--xattn", type=Path, required=True)
    parser.add_argument("--sentences", type=int, default=40_000)
    args = parser.parse_args()

    vocabularies = Vocabularies(args.work)
    weights = {name: corpus.weight for name, corpus in read_table().items()}
    chosen = choose(linked_pairs(args.work, "train"), weights, args.sentences, Random(1))
    results = translate(args.xattn, args.parent, [p.pair.english for p in chosen], args.work)
    meet = collections.Counter()
    for linked, result in zip(chosen, results, strict=True):
        meet.update(meetings(linked, result, vocabularies))
    count = write_table(meet, args.work / "pivot.tsv")
    print(f"{count} of {len(vocabularies.target)} French pieces have a piece of the parent's that says the same")


if __name__ == "__main__":
    main()
