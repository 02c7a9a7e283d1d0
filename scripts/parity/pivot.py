#!/usr/bin/env python3
"""Two models in a row: the composed map against numpy's product of the two maps, taken apart.

    pivot.py XATTN FIRST SECOND --name NAME [--corpus FILE]

Each text goes through both at once, and through each alone: the translations must be equal, and each map of
the pair the product of SECOND's, the bridge between the pieces of the pivot text, and FIRST's. Here the bridge is
made letter by letter.
"""

import argparse
import json
import pathlib
import subprocess
import sys

import numpy
from sentences import SAMPLE, choose
from table import Table

ALL = ["--format", "json", "--pieces", "--layer", "all", "--head", "all"]


def align(xattn, models, texts, *options):
    command = [str(xattn.resolve()), "align", "--quiet", *[a for m in models for a in ("-m", str(m))], *options]
    done = subprocess.run([*command, "-i", "-"], input="".join(t + "\n" for t in texts), text=True,
                          capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def owners(pieces):
    """The number of the piece that each letter belongs to."""
    found, text = [], b""
    for i, piece in enumerate(pieces):
        letters = b"" if piece == "</s>" else piece.replace("▁", "").replace(" ", "").encode()
        found += [i] * len(letters)
        text += letters
    return numpy.array(found, int), text


def bridge(target_pieces, source_pieces):
    first, one = owners(target_pieces)
    second, other = owners(source_pieces)
    if one != other:
        return None
    counts = numpy.zeros((len(source_pieces), len(target_pieces)))
    numpy.add.at(counts, (second, first), 1)
    counts[counts.sum(1) == 0, -1] = 1
    return counts / counts.sum(1, keepdims=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("xattn", "first", "second"):
        parser.add_argument(name, type=pathlib.Path)
    parser.add_argument("--name", required=True)
    parser.add_argument("--corpus", type=pathlib.Path, default=SAMPLE)
    parser.add_argument("--sentences", type=int, default=100)
    args = parser.parse_args()
    table, texts = Table(args.name), choose(args.corpus, args.sentences)
    both = align(args.xattn, [args.first, args.second], texts, *ALL)
    first = align(args.xattn, [args.first], texts, "--format", "json", "--pieces")
    second = align(args.xattn, [args.second], [r["target"] for r in first], *ALL)
    wrong = compared = 0
    worst = mass = 0.0
    for pair, a, b in zip(both, first, second, strict=True):
        wrong += pair["target_ids"] != b["target_ids"] or pair["pivot"] != a["target"]
        between = bridge(a["target_pieces"], b["source_pieces"])
        if between is None:  # normalization changed the text
            continue
        compared += 1
        through = between @ numpy.array(a["maps"][0]["rows"])
        for ours, theirs in zip(pair["maps"], b["maps"], strict=True):
            rows = numpy.array(ours["rows"])
            worst = max(worst, float(numpy.abs(rows - numpy.array(theirs["rows"]) @ through).max()))
            mass = max(mass, float(numpy.abs(rows.sum(1) - 1).max()))
    table.row("pivot: ids and pivot text", len(texts), wrong, 0)
    table.row("pivot: maps against numpy", compared, worst, 1e-5)
    table.row("pivot: rows sum to one", compared, mass, 1e-5)
    return table.status()


if __name__ == "__main__":
    sys.exit(main())
