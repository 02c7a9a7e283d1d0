"""The maps of `xattn align`: their links, and where each head looks."""

import itertools
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from alignment.gold import Gold, Links, parse_link
from alignment.symmetrize import flip

Texts = list[tuple[str, str]]  # (source, target)
Rows = list[list[float]]  # [target word][source word]


class Xattn:
    def __init__(self, program: str, model: Path, words: str = "--words"):
        self.program, self.model, self.kind = program, model, words

    def align(self, texts: Iterable[tuple[str, str]], *options: str) -> Iterator[str]:
        """The lines that `xattn align --pairs` prints: in most formats one for each pair."""
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".tsv") as file:
            file.writelines(f"{source}\t{target}\n" for source, target in texts)
            file.flush()
            command = [self.program, "align", "-q", "-m", self.model, "--pairs", self.kind, "-i", file.name]
            with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, encoding="utf-8") as process:
                yield from process.stdout
        if process.returncode:
            sys.exit(f"{self.program} align failed")

    def links(self, texts: Texts, *options: str) -> list[Links]:
        lines = self.align(texts, "--format", "pharaoh", *options)
        return [{parse_link(link) for link in line.split()} for line in lines]

    def words(self, texts: Iterable[tuple[str, str]]) -> Iterator[tuple[list[str], list[str]]]:
        for line in self.align(texts, "--no-eos", "--format", "json"):
            pair = json.loads(line)
            yield pair["source_labels"], pair["target_labels"]


def check_words(gold: list[Gold], xattn: Xattn) -> None:
    """Ends the script unless the program finds the words of the gold file, because links are counted in words."""
    for g, (source, target) in zip(gold, xattn.words([g.text for g in gold]), strict=True):
        if (g.source, g.target) != (source, target):
            sys.exit(f"{g.text}: with this model the words are {source} {target}")


def strongest(rows: Rows) -> Links:
    """The largest cell of each row. The last row and the last column are </s>, which is not a word."""
    best = [(row.index(max(row)), j) for j, row in enumerate(rows[:-1])]
    return {(i, j) for i, j in best if i < len(rows[j]) - 1}


def read_maps(xattn: Xattn, texts: Texts) -> dict[str, list[Rows]]:
    """The maps of every layer and head, and of every layer's mean, by name."""
    found: dict[str, list[Rows]] = {}
    usual = json.loads("".join(xattn.align(texts[:1], "--format", "json")))["maps"][0]
    for line in xattn.align(texts, "--layer", "all", "--head", "all", "--format", "json"):
        for layer, group in itertools.groupby(json.loads(line)["maps"], key=lambda m: m["layer"]):
            maps = list(group)
            rows = zip(*(m["rows"] for m in maps), strict=True)
            mean = [[sum(cells) / len(maps) for cells in zip(*row, strict=True)] for row in rows]
            for m in [*maps, {"layer": layer, "head": "mean", "rows": mean}]:
                name = f"layer {layer}, " + ("mean of heads" if m["head"] == "mean" else f"head {m['head']}")
                if (layer, m["head"]) == (usual["layer"], usual["head"]):
                    name += " (what `align` shows)"
                found.setdefault(name, []).append(m["rows"])
    return found


def is_word(text: str) -> bool:
    return any(character.isalnum() for character in text)


def habits(gold: list[Gold], maps: list[Rows]) -> list[float]:
    """Where a head's attention goes, on average over the target words that are not punctuation: to the
    words that the gold file links them to, to words that are linked only to the word before or only to the word
    after, to punctuation, to </s>. The rest goes to other words."""
    sums, n = [0.0] * 5, 0
    for g, rows in zip(gold, maps, strict=True):
        linked = [{i for i, k in g.possible if k == j} for j in range(-1, len(g.target) + 1)]
        marks = {i for i, word in enumerate(g.source) if not is_word(word)}
        for j, row in enumerate(rows[:-1]):
            if not is_word(g.target[j]):
                continue
            before, own, after = linked[j : j + 3]
            for k, columns in enumerate((own, before - own, after - own, marks, {len(row) - 1})):
                sums[k] += sum(row[i] for i in columns)
            n += 1
    return [total / max(n, 1) for total in sums]


def reverse_rows(xattn: Xattn, reverse: Path, texts: Texts) -> dict[str, list[Links]]:
    """Links of a model that translates back, and of both directions made one."""
    back = Xattn(xattn.program, reverse, xattn.kind).links([(target, source) for source, target in texts])
    return {
        "the reverse model": [flip(links) for links in back],
        "both, intersect": xattn.links(texts, "--reverse", str(reverse), "--symmetrize", "intersect"),
        "both, grow-diag-final": xattn.links(texts, "--reverse", str(reverse)),
    }
