#!/usr/bin/env python3
"""Compares the network and greedy search with transformers.

    network.py PROBE MODEL --name NAME [--corpus FILE] [--sentences N] [--floats N] [--alone N]

Ids and translations of --sentences sentences, of --alone of them also one by one; and, on --floats
of them, the encoder's output, all logits and all cross-attention maps. Prints a row for each and exits
1 if one is beyond its limit. Ids may differ where the two best logits are closer than TIE, and these
places are listed.
"""

import argparse
import pathlib
import sys

import numpy
from engine import Engine
from judge import Judge
from sentences import SAMPLE, choose, spread
from table import Table

TIE = 1e-4
# Random weights of OPUS-MT's size: maps of both programs differ by up to 1e-5 from those in float64.
LIMITS = {"encoder output": 1e-4, "logits": 1e-3, "cross-attention maps": 2e-5}
MANY = 1000  # lines given to the program at once, which makes batches of them


def first_difference(a, b):
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def compare_ids(judge, sources, ours, theirs, texts):
    """The numbers of near ties and of differences that are not; both are printed."""
    ties = wrong = 0
    for source, a, b, text in zip(sources, ours, theirs, texts, strict=True):
        if a == b:
            continue
        at = first_difference(a, b)
        gap = judge.gap(judge.forced(source, b[:at + 1])[1][at]) if at < len(b) else float("inf")
        tie = gap < TIE
        ties, wrong = ties + tie, wrong + (not tie)
        print(f"  {'near tie' if tie else 'DIFFERENT'}: token {at}, {a[at:at + 1]} against {b[at:at + 1]}, "
              f"gap {gap:.2e}: {text[:100]}")
    return ties, wrong


def compare_greedy(table, judge, engine, texts, n_alone):
    sources = judge.encode(texts)
    ours = list(engine.greedy(texts, MANY))
    table.row("source ids", len(texts), sum(s != o[0] for s, o in zip(sources, ours, strict=True)), 0)
    targets = [o[1] for o in ours]
    theirs = judge.greedy(sources)
    ties, wrong = compare_ids(judge, sources, targets, theirs, texts)
    cut = sum(t[-1] != judge.model.config.eos_token_id for t in targets)
    table.row("greedy ids, batched", len(texts), wrong, 0,
              f"{ties} near ties, {sum(map(len, targets))} tokens, {cut} cut")
    wrong = sum(o[2] != judge.decode(o[1], text) for o, text in zip(ours, texts, strict=True))
    table.row("decoded text", len(texts), wrong, 0)
    some = spread(list(zip(sources, targets, texts, strict=True)), n_alone)
    sources_alone, targets_alone, texts_alone = map(list, zip(*some, strict=True))
    alone = [o[1] for o in engine.greedy(texts_alone, 1)]
    ties, wrong = compare_ids(judge, sources_alone, alone, targets_alone, texts_alone)
    table.row("greedy ids, one by one", len(some), wrong, 0, f"{ties} near ties, against batched")
    return list(zip(sources, targets, strict=True))


def compare_floats(table, judge, engine, pairs, batch, how):
    worst = dict.fromkeys(LIMITS, 0.0)
    for (source, target), ours in zip(pairs, engine.forced(pairs, batch), strict=True):
        for name, a, b in zip(LIMITS, ours, judge.forced(source, target), strict=True):
            worst[name] = max(worst[name], float(numpy.abs(a - b).max()))
            if not numpy.isfinite(a).all():
                worst[name] = float("inf")
    for name, limit in LIMITS.items():
        table.row(f"{name}, {how}", len(pairs), worst[name], limit)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("probe")
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--name", required=True)
    parser.add_argument("--corpus", type=pathlib.Path, default=SAMPLE)
    parser.add_argument("--sentences", type=int, default=2000)
    parser.add_argument("--floats", type=int, default=2000)
    parser.add_argument("--alone", type=int, default=2000)
    args = parser.parse_args()
    table, judge, engine = Table(args.name), Judge(args.model), Engine(args.probe, args.model)
    texts = choose(args.corpus, args.sentences)
    pairs = compare_greedy(table, judge, engine, texts, args.alone)
    pairs = pairs[:20] + spread(pairs[20:], args.floats - 20)  # the longest sentences come first
    compare_floats(table, judge, engine, pairs, 16, "batches of 16")
    compare_floats(table, judge, engine, spread(pairs, 100), 1, "one by one")
    return table.status()


if __name__ == "__main__":
    sys.exit(main())
