"""Gold files, in the formats that eval_alignment.py describes, and the scores of other links against them."""

import re
import sys
from pathlib import Path
from typing import NamedTuple

Links = set[tuple[int, int]]  # (source word, target word)
Words = list[list[str]]  # of each sentence


class Gold(NamedTuple):
    text: tuple[str, str]
    source: list[str]
    target: list[str]
    sure: Links
    possible: Links  # the sure ones included


def parse_link(text: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d+)[-p?](\d+)", text)
    if not match:
        raise ValueError(f"{text!r} is no link; expected 3-5, 3p5 or 3?5")
    return int(match[1]), int(match[2])


def parse_gold(line: str) -> Gold:
    columns = line.rstrip("\n").split("\t")
    if len(columns) != 5:
        raise ValueError(f"{len(columns)} columns; expected source, target, words of both, links")
    source, target = columns[2].split(" "), columns[3].split(" ")
    sure = {parse_link(link) for link in columns[4].split() if "-" in link}
    possible = {parse_link(link) for link in columns[4].split()}
    for i, j in possible:
        if i >= len(source) or j >= len(target):
            raise ValueError(f"link {i}-{j}, but there are {len(source)} and {len(target)} words")
    return Gold((columns[0], columns[1]), source, target, sure, possible)


def read_gold(path: Path) -> list[Gold]:
    gold = []
    try:
        lines = path.read_bytes().removesuffix(b"\n").split(b"\n")
    except OSError as error:
        sys.exit(f"{path}: {error.strerror}")
    for number, line in enumerate(lines, 1):
        try:
            gold.append(parse_gold(line.decode()))
        except UnicodeDecodeError as error:
            sys.exit(f"{path}:{number}: byte {error.start}: not UTF-8")
        except ValueError as error:
            sys.exit(f"{path}:{number}: {error}")
    return gold


def read_lines(path: Path) -> list[str]:
    try:
        return path.read_bytes().decode().removesuffix("\n").split("\n")
    except OSError as error:
        sys.exit(f"{path}: {error.strerror}")
    except UnicodeDecodeError as error:
        sys.exit(f"{path}: byte {error.start}: not UTF-8")


def parse_pair(line: str) -> tuple[str, str]:
    columns = line.split("\t") if "\t" in line else line.split("|||")
    if len(columns) != 2:
        raise ValueError(f"{len(columns)} columns; expected source TAB target, or source ||| target")
    return columns[0].strip(), columns[1].strip()


def parse_links(line: str) -> tuple[Links, Links]:
    """The sure links of a line, and all of them."""
    links = line.split()
    return {parse_link(k) for k in links if "-" in k}, {parse_link(k) for k in links}


def parse_numbered(line: str) -> tuple[int, tuple[int, int], bool]:
    """`SENTENCE SOURCE TARGET [S|P]`: the sentence, the link, and whether it is sure."""
    match = re.fullmatch(r"(\d+) (\d+) (\d+)(?: ([SP]))?", line.strip())
    if not match or match[1].strip("0") == "":
        raise ValueError(f"{line!r}; expected SENTENCE SOURCE TARGET and S or P, sentences from 1")
    return int(match[1]) - 1, (int(match[2]), int(match[3])), match[4] != "P"


def links_of_gold(path: Path, n_pairs: int) -> list[tuple[Links, Links]]:
    """The sure links and all links of every pair, as the file counts tokens."""
    lines = read_lines(path)
    found: list[tuple[Links, Links]] = [(set(), set()) for _ in range(n_pairs)]
    numbered = bool(lines[0]) and re.fullmatch(r"\d+ \d+ \d+( [SP])?", lines[0].strip())
    if not numbered and len(lines) != n_pairs:
        sys.exit(f"{path}: {len(lines)} lines for {n_pairs} pairs")
    for number, line in enumerate(lines, 1):
        try:
            if not numbered:
                found[number - 1] = parse_links(line)
                continue
            pair, link, sure = parse_numbered(line)
            if pair >= n_pairs:
                raise ValueError(f"sentence {pair + 1}, but there are {n_pairs} pairs")
            found[pair][1].add(link)
            if sure:
                found[pair][0].add(link)
        except ValueError as error:
            sys.exit(f"{path}:{number}: {error}")
    return found


def read_tokens(pairs: Path, path: Path, first: int) -> list[Gold]:
    """Gold links between the tokens of pairs; tokens are counted from `first`."""
    texts = []
    for number, line in enumerate(read_lines(pairs), 1):
        try:
            texts.append(parse_pair(line))
        except ValueError as error:
            sys.exit(f"{pairs}:{number}: {error}")
    gold = []
    for number, (text, links) in enumerate(zip(texts, links_of_gold(path, len(texts)), strict=True), 1):
        source, target = text[0].split(), text[1].split()
        sure, possible = ({(i - first, j - first) for i, j in side} for side in links)
        for i, j in possible:
            if not (0 <= i < len(source) and 0 <= j < len(target)):
                sys.exit(
                    f"{path}: pair {number}: link {i + first}-{j + first}, but its tokens are "
                    f"{first} to {len(source) - 1 + first} and {first} to {len(target) - 1 + first}"
                )
        gold.append(Gold((" ".join(source), " ".join(target)), source, target, sure, possible))
    return gold


class Score(NamedTuple):
    aer: float
    precision: float
    recall: float
    f1: float
    links: int


def score(gold: list[Gold], found: list[Links]) -> Score:
    pairs = list(zip(gold, found, strict=True))
    n_found = sum(len(links) for links in found)
    n_sure = sum(len(g.sure) for g in gold)
    in_sure = sum(len(links & g.sure) for g, links in pairs)
    in_possible = sum(len(links & g.possible) for g, links in pairs)
    precision = in_possible / n_found if n_found else 0.0
    recall = in_sure / n_sure if n_sure else 0.0
    f1 = 2 * precision * recall / (precision + recall) if in_sure else 0.0
    aer = 1 - (in_sure + in_possible) / (n_found + n_sure) if n_found + n_sure else 0.0
    return Score(aer, precision, recall, f1, n_found)
