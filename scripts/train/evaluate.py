#!/usr/bin/env python3
"""Write docs/QUALITY.md: the measured quality of an exported model, put into the template report.md.

usage: evaluate.py WORK MODEL_DIR [--baseline MODEL_DIR] [--program ./xattn] [--out docs/QUALITY.md]

WORK is what prepare.py and word_align.py made: the held-out sentences and their word alignment are read from
it. The sets of the project's own writing come from data/. Translations are greedy, made by the PyTorch model,
or, with --program, by `PROGRAM translate -m MODEL_DIR`, which is what ships. --baseline adds the figures of
older weights.
"""

import argparse
import collections
import json
import re
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from augment import Sample
from batches import Row, group, make_batch, make_row
from prepare import BUCKETS, bucket
from sacrebleu.metrics import BLEU, CHRF
from score import references, translate_all
from torch import Tensor

from model import Translator, load_directory, parameters_in_millions
from text import WORD, Links, Pair, Pieces, read_links, read_pairs, typed_in_capitals

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "data"
LENGTHS = ((1, 4), (5, 8), (9, 14), (15, 999))
EXAMPLES, VARIANT_SENTENCES, ALIGNED_PAIRS = 40, 400, 1000
THRESHOLD = 0.3  # below it, a source word's share of the attention is no link
SHOWN = (
    "The cat sat on the mat.",
    "The black cat sat on the mat.",
    "The black cat is sleeping on the red sofa.",
    "I don't know where my keys are.",
    "Tom gave Mary a book for her birthday.",
)

Refs = list[list[str | None]]


@dataclass
class System:
    """A model directory and what translates with it."""

    name: str
    directory: Path
    program: Path | None = None

    @cached_property
    def model(self) -> Translator:
        return load_directory(self.directory).eval()

    @cached_property
    def lowercase_capitals(self) -> bool:
        return json.loads((self.directory / "config.json").read_bytes()).get("lowercase_capitals", False)

    @cached_property
    def pieces(self) -> Pieces:
        return Pieces(self.directory)

    def translate(self, sentences: list[str]) -> list[str]:
        if not self.program:
            shouted = [self.lowercase_capitals and typed_in_capitals(s) for s in sentences]
            read = [s.lower() if loud else s for s, loud in zip(sentences, shouted, strict=True)]
            said = [t.text for t in translate_all(self.model, self.pieces, read)]
            return [s.upper() if loud else s for s, loud in zip(said, shouted, strict=True)]
        command = [self.program, "translate", "-m", self.directory]
        result = subprocess.run(
            command, input="\n".join(sentences) + "\n", capture_output=True, text=True, check=True
        )
        lines = result.stdout.split("\n")[:-1]
        if len(lines) != len(sentences):
            raise SystemExit(f"{self.program}: {len(sentences)} lines in, {len(lines)} out")
        return lines


def table(heads: list[str], rows: list[list[object]]) -> list[str]:
    def line(cells: list[object]) -> str:
        return "| " + " | ".join(f"{c:.1f}" if isinstance(c, float) else str(c) for c in cells) + " |"

    return [line(heads), "|" + " --- |" * len(heads), *map(line, rows), ""]


def scores(hypotheses: list[str], refs: Refs) -> tuple[float, float]:
    return BLEU().corpus_score(hypotheses, refs).score, CHRF().corpus_score(hypotheses, refs).score


def loops(text: str) -> bool:
    """Whether some run of one to eight words stands three times in a row."""
    words = WORD.findall(text.lower())
    return any(
        words[i : i + n] == words[i + n : i + 2 * n] == words[i + 2 * n : i + 3 * n]
        and any(map(str.isalnum, words[i : i + n]))
        for n in range(1, 9)
        for i in range(len(words) - 3 * n + 1)
    )


class HeldOut:
    """The test part: sentences, references, and which of them the weights started from had not seen
    either."""

    def __init__(self, pairs: list[Pair], clean_buckets: int):
        self.sources, self.refs = references(pairs)
        self.clean = [i for i, s in enumerate(self.sources) if bucket(s) < clean_buckets]

    def part(self, indices: list[int]) -> Refs:
        return [[ref[i] for i in indices] for ref in self.refs]

    def of_length(self, low: int, high: int) -> list[int]:
        return [i for i, s in enumerate(self.sources) if low <= len(s.split()) <= high]


def held_out_section(test: HeldOut, outputs: dict[str, list[str]]) -> list[str]:
    every, clean = list(range(len(test.sources))), set(test.clean)
    groups = [("all", every)]
    for low, high in LENGTHS:
        name = f"{low}–{high} words" if high < 999 else f"{low} words and more"
        groups.append((name, test.of_length(low, high)))
    if len(clean) < len(every):
        groups += [(f"{name}, never seen", [i for i in part if i in clean]) for name, part in groups]
    rows = []
    for name, indices in groups:
        row = [name, len(indices)]
        for output in outputs.values():
            row += scores([output[i] for i in indices], test.part(indices)) if indices else ["–", "–"]
        rows.append(row)
    rows.append(
        [
            "sentences that loop",
            len(every),
            *(x for out in outputs.values() for x in (sum(map(loops, out)), "")),
        ]
    )
    heads = ["held-out sentences", "number"] + [
        f"{name}: {score}" for name in outputs for score in ("BLEU", "chrF")
    ]
    return table(heads, rows)


def bare(text: str) -> str:
    """Without case, final mark and quotes: what is left is what was said."""
    return re.sub(r"[\"“”«»‘]", "", text.lower().replace("’", "'")).strip(" .!?…")


def variants(sources: list[str]) -> dict[str, list[str]]:
    return {
        "as in the corpus": sources,
        "lower case": [s.lower() for s in sources],
        "all capitals": [s.upper() for s in sources],
        "no final mark": [s.rstrip(".!? ") for s in sources],
        "lower case, no final mark": [s.rstrip(".!? ").lower() for s in sources],
        "typographic quotes around, and apostrophes": ["“" + s.replace("'", "’") + "”" for s in sources],
        "a dash in front": ["– " + s for s in sources],
    }


def variant_section(test: HeldOut, systems: list[System]) -> list[str]:
    step = max(1, len(test.sources) // VARIANT_SENTENCES)
    chosen = list(range(0, len(test.sources), step))
    sources = [test.sources[i] for i in chosen]
    refs = [[r and bare(r) for r in ref] for ref in test.part(chosen)]
    rows, whole = [], {}
    for name, inputs in variants(sources).items():
        row = [name]
        for system in systems:
            value = CHRF().corpus_score([bare(t).lstrip("–-— ") for t in system.translate(inputs)], refs).score
            whole.setdefault(system.name, value)
            row += [value, value - whole[system.name]]
        rows.append(row)
    both = [f"{a} {b}" for a, b in zip(sources[::2], sources[1::2], strict=False)]
    joined = [[f"{a} {b}" for a, b in zip(test.part(chosen)[0][::2], test.part(chosen)[0][1::2], strict=False)]]
    row = ["two sentences in a line (one reference)"]
    for system in systems:
        row += [CHRF().corpus_score(system.translate(both), joined).score, "–"]
    heads = [f"{len(chosen)} held-out sentences, typed as"] + [
        h for s in systems for h in (f"{s.name}: chrF", "change")
    ]
    return table(heads, rows + [row])


def read_tsv(name: str) -> list[list[str]]:
    return [line.split("\t") for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def own_set_section(name: str, systems: list[System]) -> list[str]:
    """chrF, and loops, by the kind in the first column of a file of data/."""
    lines = read_tsv(name)
    outputs = {s.name: s.translate([english for _, english, _ in lines]) for s in systems}
    rows = []
    for kind in [*dict.fromkeys(kind for kind, _, _ in lines), "all"]:
        chosen = [i for i, line in enumerate(lines) if kind in (line[0], "all")]
        row = [kind, len(chosen)]
        for output in outputs.values():
            texts = [output[i] for i in chosen]
            row += [scores(texts, [[lines[i][2] for i in chosen]])[1], sum(map(loops, texts))]
        rows.append(row)
    heads = [f"data/{name}", "number"] + [h for s in systems for h in (f"{s.name}: chrF", "loops")]
    return table(heads, rows)


def copied(names: list[str], text: str) -> int:
    return sum(bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)) for name in names)


def names_section(systems: list[System]) -> list[str]:
    lines = [(english, names.split(", ")) for english, names in read_tsv("names.tsv")]
    total = sum(len(names) for _, names in lines)
    rows, wrong = [], []
    for system in systems:
        output = system.translate([english for english, _ in lines])
        counts = [copied(names, text) for (_, names), text in zip(lines, output, strict=True)]
        right = sum(n == len(names) for n, (_, names) in zip(counts, lines, strict=True))
        rows.append(
            [
                system.name,
                f"{right} of {len(lines)}",
                100 * right / len(lines),
                f"{sum(counts)} of {total}",
                100 * sum(counts) / total,
            ]
        )
        if not wrong:
            wrong = [
                f"- {english} → {text}"
                for (english, names), n, text in zip(lines, counts, output, strict=True)
                if n < len(names)
            ][:8]
    heads = ["data/names.tsv", "sentences with every name right", "%", "names right", "%"]
    return table(heads, rows) + ["The first that went wrong:", "", *(wrong or ["- none"]), ""]


def word_shares(probs: Tensor, source_words: list[int], target_words: list[int]) -> tuple[Tensor, Tensor]:
    """Attention [T][S] of one head between pieces as [target words][source words], and what </s> gets.

    A source word has the sum of its pieces, a target word the mean of its own.
    """
    rows, columns = max(target_words) + 1, max(source_words) + 1
    merge_source = torch.zeros(len(source_words), columns + 1)
    for s, word in enumerate(source_words):
        merge_source[s, word if word >= 0 else columns] = 1
    merge_target = torch.zeros(rows, len(target_words))
    for t, word in enumerate(target_words):
        if word >= 0:
            merge_target[word, t] = 1
    merge_target /= merge_target.sum(1, keepdim=True).clamp_min(1)
    shares = merge_target @ probs @ merge_source
    return shares[:, :columns], shares[:, columns]


def links_of(shares: Tensor, rest: Tensor) -> set[tuple[int, int]]:
    """Each target word's largest source word, and every other one above the threshold; none where </s> has
    more."""
    links = set()
    for j, row in enumerate(shares):
        best = int(row.argmax())
        if row[best] >= max(THRESHOLD, float(rest[j])):
            links |= {(i, j) for i in range(len(row)) if i == best or row[i] >= THRESHOLD}
    return links


@dataclass
class AlignedRow(Row):
    """A pair in pieces, the word every piece belongs to, and eflomal's links between the words."""

    source_words: list[int]
    target_words: list[int]
    links: set[tuple[int, int]]

    @classmethod
    def make(cls, pair: Pair, links: Links, pieces: Pieces) -> "AlignedRow":
        row = make_row(Sample(pair.english, pair.french, links), pieces)
        words = (pieces.encode_with_words(text)[1] for text in (pair.english, pair.french))
        return cls(row.source, row.target, row.guide, *words, set(links))


def alignment_counts(
    system: System, pairs: list[tuple[Pair, Links]]
) -> dict[tuple[int, int], collections.Counter]:
    """For every layer and head: links of the head, links of eflomal, and links of both, on the reference
    text."""
    counts = collections.defaultdict(collections.Counter)
    for chosen in group([AlignedRow.make(pair, links, system.pieces) for pair, links in pairs], 2000):
        batch = make_batch(chosen, system.pieces.pad)
        with torch.no_grad():
            _, cross = system.model.decode(batch.target, *system.model.encode(batch.source))
        for b, row in enumerate(chosen):
            for layer, probs in enumerate(cross):
                for head, matrix in enumerate(probs[b, :, : len(row.target), : len(row.source)]):
                    found = links_of(*word_shares(matrix, row.source_words, row.target_words))
                    counts[layer, head].update(found=len(found), gold=len(row.links), both=len(found & row.links))
    return counts


def alignment_section(system: System, pairs: list[tuple[Pair, Links]]) -> list[str]:
    step = max(1, len(pairs) // ALIGNED_PAIRS)
    rows = []
    for (layer, head), n in sorted(alignment_counts(system, pairs[::step]).items()):
        precision, recall = n["both"] / max(1, n["found"]), n["both"] / max(1, n["gold"])
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        guided = " (guided)" if (layer, head) == (system.model.shape.decoder_layers - 1, 0) else ""
        rows.append([f"layer {layer} head {head}{guided}", f"{precision:.3f}", f"{recall:.3f}", f"{f1:.3f}"])
    return table([f"{len(pairs[::step])} held-out pairs", "precision", "recall", "F1"], rows)


def shown_section(system: System) -> list[str]:
    lines = []
    for sentence in SHOWN:
        translation = translate_all(system.model, system.pieces, [sentence], attention=True)[0]
        source_words = system.pieces.encode_with_words(sentence)[1]
        ids, target_words = system.pieces.encode_with_words(translation.text)
        lines += [f"**{sentence}** → **{translation.text}**"]
        if ids == translation.target:  # the text read back gives the same pieces, so the rows are its words
            links = links_of(*word_shares(translation.attention[-1][0], source_words, target_words))
            english, french = WORD.findall(sentence), WORD.findall(translation.text)
            lines += [
                "",
                "  ".join(f"{french[j]}↔{english[i]}" for i, j in sorted(links, key=lambda link: link[::-1])),
            ]
        lines.append("")
    return lines


def examples_section(test: HeldOut, output: list[str]) -> list[str]:
    step = len(test.sources) / EXAMPLES
    chosen = [int(i * step) for i in range(EXAMPLES)]
    return table(
        ["English", "translation", "first reference"],
        [[test.sources[i], output[i], test.refs[0][i]] for i in chosen],
    )


def signatures(test: HeldOut, output: list[str]) -> list[str]:
    lines = []
    for metric in (BLEU(), CHRF()):
        metric.corpus_score(output, test.refs)
        lines.append(f"`{metric.get_signature()}`")
    return lines


def split_note(test: HeldOut) -> str:
    note = f"{len(test.sources)} English sentences that this training never showed, in any case or punctuation."
    if len(test.clean) < len(test.sources):
        note += (
            f" The weights it started from had been trained on all but {len(test.clean)} of them: the rows"
            " *never seen* are the ones to trust, and the only ones in which the two models can be compared."
        )
    return note


def report(systems: list[System], test: HeldOut, aligned: list[tuple[Pair, Links]]) -> str:
    """The template report.md with the figures of the first system, and of the others beside it."""
    outputs = {system.name: system.translate(test.sources) for system in systems}
    system = systems[0]
    program = (
        f"`{system.program.name} translate`" if system.program else "the PyTorch model of the training scripts"
    )
    sections = {
        "held_out": held_out_section(test, outputs),
        "variants": variant_section(test, systems),
        "kinds": own_set_section("kinds.tsv", systems),
        "names": names_section(systems),
        "hard": own_set_section("hard.tsv", systems),
        "alignment": alignment_section(system, aligned),
        "shown": shown_section(system),
        "examples": examples_section(test, outputs[system.name]),
    }
    return (
        (HERE / "report.md")
        .read_text(encoding="utf-8")
        .format(
            parameters=parameters_in_millions(system.model),
            program=program,
            signatures=" and ".join(signatures(test, outputs[system.name])),
            note=split_note(test),
            threshold=THRESHOLD,
            number=EXAMPLES,
            **{name: "\n".join(lines).strip() for name, lines in sections.items()},
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("--baseline", type=Path, help="older weights to compare with")
    parser.add_argument(
        "--clean-buckets", type=int, default=BUCKETS, help="so many test buckets no weights have seen"
    )
    parser.add_argument("--program", type=Path, help="translate with this xattn instead of PyTorch")
    parser.add_argument("--limit", type=int, help="only so many held-out sentences, for a quick look")
    parser.add_argument("--out", type=Path, default=DATA.parent / "docs" / "QUALITY.md")
    args = parser.parse_args()

    pairs, links = read_pairs(args.work), read_links(args.work / "links.txt")
    aligned = [(p, link) for p, link in zip(pairs, links, strict=True) if p.split == "test"]
    if args.limit:
        english = set(list(dict.fromkeys(p.english for p, _ in aligned))[:: max(1, len(aligned) // args.limit)])
        aligned = [(p, link) for p, link in aligned if p.english in english]
    test = HeldOut([p for p, _ in aligned], args.clean_buckets)
    systems = [System("this model", args.model, args.program)]
    if args.baseline:
        systems.append(System("first weights", args.baseline, args.program))
    text = report(systems, test, aligned)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(text, encoding="utf-8")
    print(f"{args.out} written")


if __name__ == "__main__":
    main()
