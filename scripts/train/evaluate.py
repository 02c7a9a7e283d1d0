#!/usr/bin/env python3
"""Write docs/QUALITY.md: the measured quality of an exported model, put into the template report.md.

usage: evaluate.py WORK MODEL_DIR [--baseline MODEL_DIR] [--xattn ./xattn] [--out docs/QUALITY.md]

WORK is what prepare.py and word_align.py made: the held-out sentences and their word alignment are read from
it. The sets of the project's own writing come from data/. xattn translates, greedily, and hands out its
attention. --baseline adds the figures of other weights beside them.
"""

import argparse
import json
import struct
from pathlib import Path

from attention import THRESHOLD, head_scores, shown
from feeder import linked_pairs
from judges import Refs, bare, chrf, copied, exact, invented, loops, read_dictionary, scores
from prepare import bucket
from sacrebleu.metrics import BLEU, CHRF
from score import references
from systems import System

from text import Pair, parse_links

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "data"
LENGTHS = ((1, 4), (5, 8), (9, 14), (15, 999))
EVERYDAY, GENERAL = "tatoeba", ("written", "prose", "novels", "docs")
EXAMPLES, VARIANT_SENTENCES, ALIGNED_PAIRS, GENERAL_SENTENCES = 40, 400, 1000, 1000
SHOWN = [
    "The cat sat on the mat.",
    "The black cat sat on the mat.",
    "The black cat is sleeping on the red sofa.",
    "I don't know where my keys are.",
    "Tom gave Mary a book for her birthday.",
]


def table(heads: list[str], rows: list[list[object]]) -> list[str]:
    def line(cells: list[object]) -> str:
        return "| " + " | ".join(f"{c:.1f}" if isinstance(c, float) else str(c) for c in cells) + " |"

    return [line(heads), "|" + " --- |" * len(heads), *map(line, rows), ""]


def spread(items: list, count: int) -> list:
    """At most `count` of the items, evenly spaced."""
    return items if len(items) <= count else [items[i * len(items) // count] for i in range(count)]


class HeldOut:
    """Sentences of the test part, with all the references they have."""

    def __init__(self, pairs: list[Pair]):
        self.sources, self.refs = references(pairs)

    def part(self, indices: list[int]) -> Refs:
        return [[ref[i] for i in indices] for ref in self.refs]

    def of_length(self, low: int, high: int) -> list[int]:
        return [i for i, s in enumerate(self.sources) if low <= len(s.split()) <= high]


def held_out_section(test: HeldOut, outputs: dict[str, list[str]]) -> list[str]:
    groups = [("all", list(range(len(test.sources))))]
    for low, high in LENGTHS:
        name = f"{low}–{high} words" if high < 999 else f"{low} words and more"
        groups.append((name, test.of_length(low, high)))
    rows = []
    for name, indices in groups:
        row = [name, len(indices)]
        for output in outputs.values():
            row += scores([output[i] for i in indices], test.part(indices)) if indices else ["–", "–"]
        rows.append(row)
    loop_counts = (cell for output in outputs.values() for cell in (sum(map(loops, output)), ""))
    rows.append(["sentences that loop", len(test.sources), *loop_counts])
    heads = [f"{name}: {score}" for name in outputs for score in ("BLEU", "chrF")]
    return table(["held-out sentences", "number", *heads], rows)


def general_section(pairs: list[Pair], systems: list[System]) -> list[str]:
    """chrF by corpus on held-out general text, its loops, and the words that no dictionary has."""
    dictionary, rows = read_dictionary(), []
    chosen = spread([p for p in pairs if p.origin in GENERAL], GENERAL_SENTENCES)
    outputs = {s.name: s.translate([p.english for p in chosen]) for s in systems}

    def strange(texts: list[str], part: list[int]) -> int | str:
        """The number of texts with an invented word."""
        found = [invented(texts[i], chosen[i].english, dictionary or set()) for i in part]
        return sum(map(bool, found)) if dictionary else "–"

    for origin in (*GENERAL, "all"):
        part = [i for i, p in enumerate(chosen) if origin in (p.origin, "all")]
        row = [origin, len(part), strange([p.french for p in chosen], part)]
        for output in outputs.values():
            texts = [output[i] for i in part]
            row.append(chrf(texts, [[chosen[i].french for i in part]]) if part else "–")
            row += [sum(map(loops, texts)), strange(output, part)]
        rows.append(row)
    heads = [f"{s.name}: {what}" for s in systems for what in ("chrF", "loops", "with an invented word")]
    return table(["held-out general text", "number", "references with such a word", *heads], rows)


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
    chosen = spread(list(range(len(test.sources))), VARIANT_SENTENCES)
    sources = [test.sources[i] for i in chosen]
    refs = [[r and bare(r) for r in ref] for ref in test.part(chosen)]
    rows, whole = [], {}
    for name, inputs in variants(sources).items():
        row = [name]
        for system in systems:
            value = chrf([bare(t).lstrip("–-— ") for t in system.translate(inputs)], refs)
            whole.setdefault(system.name, value)
            row += [value, value - whole[system.name]]
        rows.append(row)
    heads = [head for s in systems for head in (f"{s.name}: chrF", "change")]
    return table([f"{len(chosen)} held-out sentences, typed as", *heads], rows)


def read_tsv(name: str) -> list[list[str]]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def own_set_section(name: str, systems: list[System], words: tuple[str, ...] = ()) -> list[str]:
    """By the kind in the first column of a file of data/, whose further columns are English and one or more
    references: chrF, the share of answers whose words are exactly a reference's, and loops. `words` are the kinds
    that are not sentences, and are left out of the sum of sentences."""
    lines = read_tsv(name)
    most = max(map(len, lines)) - 2
    refs = [[line[2 + k] if len(line) > 2 + k else None for line in lines] for k in range(most)]
    outputs = {s.name: s.translate([line[1] for line in lines]) for s in systems}
    kinds = list(dict.fromkeys(line[0] for line in lines))
    groups = {kind: [kind] for kind in kinds}
    if words:
        groups |= {"all words and phrases": list(words)}
        groups |= {"all sentences": [kind for kind in kinds if kind not in words]}
    else:
        groups["all"] = kinds
    rows = []
    for title, members in groups.items():
        chosen = [i for i, line in enumerate(lines) if line[0] in members]
        row = [title, len(chosen)]
        for output in outputs.values():
            texts = [output[i] for i in chosen]
            right = sum(exact(output[i], lines[i][2:]) for i in chosen)
            row += [chrf(texts, [[ref[i] for i in chosen] for ref in refs]), 100 * right / len(chosen)]
            row.append(sum(map(loops, texts)))
        rows.append(row)
    heads = [head for s in systems for head in (f"{s.name}: chrF", "exact, %", "loops")]
    return table([f"data/{name}", "number", *heads], rows)


def names_section(systems: list[System]) -> list[str]:
    lines = [(english, names.split(", ")) for english, names in read_tsv("names.tsv")]
    total = sum(len(names) for _, names in lines)
    rows, wrong = [], None
    for system in systems:
        output = system.translate([english for english, _ in lines])
        answers = [(english, names, text) for (english, names), text in zip(lines, output, strict=True)]
        counts = [copied(names, text) for _, names, text in answers]
        right = sum(n == len(names) for n, (_, names) in zip(counts, lines, strict=True))
        shares = [f"{right} of {len(lines)}", 100 * right / len(lines), f"{sum(counts)} of {total}"]
        rows.append([system.name, *shares, 100 * sum(counts) / total])
        if wrong is None:
            missed = [a for a, n in zip(answers, counts, strict=True) if n < len(a[1])]
            wrong = [f"- {english} → {text}" for english, _, text in missed[:8]]
    heads = ["data/names.tsv", "sentences with every name right", "%", "names right", "%"]
    return table(heads, rows) + ["The first that went wrong:", "", *(wrong or ["- none"]), ""]


def alignment_section(system: System, work: Path, test: list[Pair]) -> list[str]:
    wanted = {(p.english, p.french) for p in test}
    linked = [p for p in linked_pairs(work, "test") if (p.pair.english, p.pair.french) in wanted]
    linked = spread(linked, ALIGNED_PAIRS)
    pairs = [(p.pair.english, p.pair.french) for p in linked]
    table_of, counted = head_scores(system, pairs, [parse_links(p.links) for p in linked])
    rows = []
    for (layer, head), values in table_of.items():
        guided = " (guided)" if (layer, head) == (system.config["decoder_layers"] - 1, 0) else ""
        rows.append([f"layer {layer} head {head}{guided}", *(f"{value:.3f}" for value in values)])
    return table([f"{counted} held-out pairs", "precision", "recall", "F1"], rows)


def examples_section(test: HeldOut, output: list[str]) -> list[str]:
    chosen = spread(list(range(len(test.sources))), EXAMPLES)
    heads = ["English", "translation", "first reference"]
    return table(heads, [[test.sources[i], output[i], test.refs[0][i]] for i in chosen])


def signatures(test: HeldOut, output: list[str]) -> str:
    metrics = BLEU(), CHRF()
    for metric in metrics:
        metric.corpus_score(output, test.refs)
    return " and ".join(f"`{metric.get_signature()}`" for metric in metrics)


def parameters_in_millions(directory: Path) -> float:
    """Counted in the header of model.safetensors."""
    with open(directory / "model.safetensors", "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
    sizes = [tensor["shape"] for name, tensor in header.items() if name != "__metadata__"]
    total = 0
    for shape in sizes:
        count = 1
        for size in shape:
            count *= size
        total += count
    return total / 1e6


def report(systems: list[System], pairs: list[Pair], work: Path) -> str:
    """The template report.md with the figures of the first system, and of the others beside it."""
    everyday = [p for p in pairs if p.origin == EVERYDAY]
    test = HeldOut(everyday)
    outputs = {system.name: system.translate(test.sources) for system in systems}
    first = outputs[systems[0].name]
    sections = {
        "held_out": held_out_section(test, outputs),
        "general": general_section(pairs, systems),
        "typed": own_set_section("typed.tsv", systems, words=("word", "phrase")),
        "variants": variant_section(test, systems),
        "kinds": own_set_section("kinds.tsv", systems),
        "names": names_section(systems),
        "hard": own_set_section("hard.tsv", systems),
        "alignment": alignment_section(systems[0], work, everyday),
        "shown": shown(systems[0], SHOWN),
        "examples": examples_section(test, first),
    }
    figures = {
        "parameters": parameters_in_millions(systems[0].directory),
        "signatures": signatures(test, first),
        "sentences": len(test.sources),
        "threshold": THRESHOLD,
        "number": EXAMPLES,
    }
    template = (HERE / "report.md").read_text(encoding="utf-8")
    return template.format(**figures, **{name: "\n".join(lines).strip() for name, lines in sections.items()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("--baseline", type=Path, help="other weights to compare with")
    parser.add_argument("--xattn", type=Path, default=DATA.parent / "xattn", help="the program")
    parser.add_argument("--buckets", type=int, default=256, help="only the first N buckets of the test part")
    parser.add_argument("--limit", type=int, help="only so many held-out sentences a corpus, for a quick look")
    parser.add_argument("--out", type=Path, default=DATA.parent / "docs" / "QUALITY.md")
    args = parser.parse_args()

    program = args.xattn.resolve()  # "./xattn" would be looked for in PATH
    pairs = [p.pair for p in linked_pairs(args.work, "test") if bucket(p.pair.english) < args.buckets]
    if args.limit:
        origins = dict.fromkeys(p.origin for p in pairs)
        pairs = [p for origin in origins for p in spread([p for p in pairs if p.origin == origin], args.limit)]
    systems = [System("this model", args.model, program)]
    if args.baseline:
        systems.append(System("baseline", args.baseline, program))
    text = report(systems, pairs, args.work)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(text, encoding="utf-8")
    print(f"{args.out} written")


if __name__ == "__main__":
    main()
