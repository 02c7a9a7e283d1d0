#!/usr/bin/env python3
"""Word-align WORK/pairs.tsv with eflomal: the guided head learns from it, all heads are judged by it.

usage: word_align.py WORK

Writes WORK/forward.txt and reverse.txt (eflomal's two directions) and links.txt, their symmetrisation by
grow-diag (Koehn, Och & Marcu 2003): the links both directions agree on, then, again and again, links of
either direction that touch one already taken and give a so far unlinked word its first link.
"""

import argparse
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from text import WORD, Pair, read_links, read_pairs

NEIGHBOURS = [(di, dj) for di in (-1, 0, 1) for dj in (-1, 0, 1) if (di, dj) != (0, 0)]


def grow_diag(forward: Iterable[tuple[int, int]], reverse: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    links, union = set(forward) & set(reverse), set(forward) | set(reverse)
    grown = True
    while grown:
        grown = False
        rows, columns = {i for i, _ in links}, {j for _, j in links}
        for i, j in sorted(union - links):
            if (i not in rows or j not in columns) and any((i + di, j + dj) in links for di, dj in NEIGHBOURS):
                links.add((i, j))
                rows.add(i)
                columns.add(j)
                grown = True
    return sorted(links)


def write_words(pairs: list[Pair], work: Path) -> None:
    for name, texts in (("words.en", (p.english for p in pairs)), ("words.fr", (p.french for p in pairs))):
        with open(work / name, "w", encoding="utf-8") as file:
            file.writelines(" ".join(word.lower() for word in WORD.findall(text)) + "\n" for text in texts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("work", type=Path)
    work = parser.parse_args().work

    write_words(read_pairs(work), work)
    subprocess.run(
        [
            "eflomal-align",
            "--overwrite",
            "-m",
            "3",
            "-s",
            work / "words.en",
            "-t",
            work / "words.fr",
            "-f",
            work / "forward.txt",
            "-r",
            work / "reverse.txt",
        ],
        check=True,
    )
    forward, reverse = read_links(work / "forward.txt"), read_links(work / "reverse.txt")
    new = work / "links.new"
    with open(new, "w", encoding="utf-8") as file:
        for f, r in zip(forward, reverse, strict=True):
            file.write(" ".join(f"{i}-{j}" for i, j in grow_diag(f, r)) + "\n")
    os.replace(new, work / "links.txt")  # run.sh takes a file that is there for a finished one


if __name__ == "__main__":
    main()
