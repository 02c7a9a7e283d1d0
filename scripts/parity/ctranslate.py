#!/usr/bin/env python3
"""Compares translations of three programs: ours, transformers and CTranslate2, on a model directory as
it is.

    ctranslate.py PROBE MODEL --name NAME [--corpus FILE] [--sentences N]

CTranslate2 runs what its converter makes of the directory, in float32; by way of scripts/bench/convert.py,
as the converter alone expects one vocabulary. Prints rows and exits 1 on a difference that is not a near tie
(see network.py).
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import ctranslate2
from engine import Engine
from judge import Judge
from network import MANY, compare_ids
from sentences import ROOT, SAMPLE, choose
from table import Table


def convert(model, folder):
    command = [sys.executable, ROOT / "scripts/bench/convert.py", "ctranslate2", model, folder]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        print(done.stderr[-2000:])
    return done.returncode == 0


def translate(folder, judge, sources):
    """The target ids that CTranslate2 finds. It takes and gives pieces, </s> at the end."""
    translator = ctranslate2.Translator(str(folder), device="cpu", compute_type="float32", inter_threads=1)
    tokenizer = judge.tokenizer
    piece_of = {i: piece for piece, i in tokenizer.encoder.items()}
    pieces = [[piece_of[i] for i in source] for source in sources]
    results = translator.translate_batch(pieces, beam_size=1, max_batch_size=32, return_end_token=True)
    ids = getattr(tokenizer, "target_encoder", tokenizer.encoder)
    return [[ids[p] for p in r.hypotheses[0]] for r in results]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("probe")
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--name", required=True)
    parser.add_argument("--corpus", type=pathlib.Path, default=SAMPLE)
    parser.add_argument("--sentences", type=int, default=1000)
    args = parser.parse_args()
    table, judge = Table(args.name), Judge(args.model)
    bad = sum(map(len, judge.loading.values()))
    table.row("loads in transformers", 1, bad, 0, "missing or unexpected tensors" if bad else "")
    texts = choose(args.corpus, args.sentences)
    sources = judge.encode(texts)
    ours = [o[1] for o in Engine(args.probe, args.model).greedy(texts, MANY)]
    theirs = judge.greedy(sources)
    with tempfile.TemporaryDirectory() as folder:
        converted = pathlib.Path(folder) / "model"
        ok = convert(args.model, converted)
        table.row("converts for CTranslate2", 1, int(not ok), 0)
        if ok:
            third = translate(converted, judge, sources)
            for name, ids in (("xattn's", ours), ("transformers'", theirs)):
                ties, wrong = compare_ids(judge, sources, ids, third, texts)
                table.row(f"CTranslate2 ids equal {name}", len(texts), wrong, 0, f"{ties} near ties")
    ties, wrong = compare_ids(judge, sources, ours, theirs, texts)
    table.row("xattn's ids equal transformers'", len(texts), wrong, 0, f"{ties} near ties")
    return table.status()


if __name__ == "__main__":
    sys.exit(main())
