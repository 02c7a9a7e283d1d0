#!/usr/bin/env python3
"""Compares models of Firefox Translations with NumPy (marian.py) and with two engines, slimt and fxtranslate.

    firefox.py ENPT PTEN [--corpus FILE] [--sentences N] [--texts N]

ENPT and PTEN are directories as scripts/get_firefox_model.sh leaves them. N sentences are compared with
NumPy token by token, and all layers' and heads' rows; then N texts with the engines by chrF; both in both
directions. The Portuguese texts are our translations of the English ones. Needs the packages of
requirements-firefox.txt and CPython 3.11, for which slimt is built.
"""

import argparse
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import subprocess
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # more cost more than they give on small matrices

import numpy
from marian import Marian
from sacrebleu import corpus_chrf
from sentences import ROOT, SAMPLE, choose
from table import Table

TIE = 1e-3  # logits closer than this may change places between two orders of adding floats
LENGTH_FACTOR = 2.5  # as the models' config.yml says
LONG = ("the quick brown fox jumps over the lazy dog and then runs away into the deep dark forest where "
        "nobody can find it")


def only(directory, pattern):
    (path,) = directory.glob(pattern)
    return path


def xattn(command, model, texts, *options):
    lines = "".join(text + "\n" for text in texts)
    done = subprocess.run([ROOT / "xattn", command, "-m", model, "-q", *options], input=lines, check=True,
                          capture_output=True, text=True)
    rows = done.stdout.split("\n")[:-1]
    assert len(rows) == len(texts)
    return rows


# ---- NumPy ----


def compare_numpy(table, directory, texts):
    reference = Marian(only(directory, "model*.bin"), only(directory, "vocab*.spm"))
    alone = ["--no-split", "--no-copy", "--no-shortlist", "--f32"]  # NumPy does not round activations
    translations = [json.loads(row) for row in xattn("translate", directory, texts, "--json", *alone)]
    alignments = [json.loads(row) for row in xattn(
        "align", directory, texts, "--format", "json", "--layer", "all", "--head", "all", *alone)]
    sources = ties = wrong = cells = 0
    worst = dict.fromkeys(("head", "all"), 0.0)
    for text, ours, maps in zip(texts, translations, alignments, strict=True):
        source = reference.encode(text)
        sources += source != ours["source_ids"]
        limit = int(numpy.ceil(LENGTH_FACTOR * len(source)))
        ids, gaps, rows = reference.greedy(source, limit)
        n = first_difference(ids, ours["target_ids"])
        if ids != ours["target_ids"]:
            tie = n < len(gaps) and gaps[n] < TIE
            ties, wrong = ties + tie, wrong + (not tie)
            gap = gaps[n] if n < len(gaps) else float("nan")
            print(f"  {'near tie' if tie else 'DIFFERENT'}: token {n}, gap {gap:.2e}: {text}")
        shape = rows.shape[0], rows.shape[1], -1, rows.shape[3]
        got = numpy.array([m["rows"] for m in maps["maps"]], numpy.float32).reshape(shape)
        # Row n is still that of the same tokens before it; what follows is another translation.
        n = min(n + 1, rows.shape[2], got.shape[2])
        difference = numpy.abs(got[:, :, :n] - rows[:, :, :n])
        worst["head"] = max(worst["head"], float(difference[-1, 0].max()))
        worst["all"] = max(worst["all"], float(difference.max()))
        cells += difference.size
    table.row("source ids", len(texts), sources, 0)
    table.row("greedy ids, against NumPy", len(texts), wrong, 0, f"{ties} near ties")
    table.row("alignment head's rows", len(texts), worst["head"], 1e-4)
    table.row("all layers' and heads' rows", len(texts), worst["all"], 1e-4, f"{cells} cells")


def first_difference(a, b):
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


# ---- engines ----


def load_slimt():
    """Its engine alone: the package around it asks a server for lists of models when it is imported."""
    package = pathlib.Path(importlib.util.find_spec("slimt").submodule_search_locations[0])
    path = str(only(package, "_slimt*.so"))
    loader = importlib.machinery.ExtensionFileLoader("_slimt", path)
    spec = importlib.util.spec_from_file_location("_slimt", path, loader=loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def translate_slimt(directory, texts):
    """Version 0.1.0 cuts a translation off at about the length of the longest source in the batch, so
    each text gets a longer one for company. Long texts it still cuts, or says parts of them again."""
    slimt = load_slimt()
    model, vocabulary, shortlist = (str(only(directory, p)) for p in ("model*.bin", "vocab*.spm", "lex*.bin"))
    package = slimt.Package(model=model, vocabulary=vocabulary, shortlist=shortlist)
    loaded, service = slimt.Model(slimt.Config(), package), slimt.Service(workers=1)
    pairs = [[text, LONG if len(text) < len(LONG) else f"{text} {text}"] for text in texts]
    return [service.translate(loaded, pair, html=False)[0].target.text for pair in pairs]


def translate_fxtranslate(directory, texts):
    import fxtranslate

    vocabulary = only(directory, "vocab*.spm").read_bytes()
    engine = fxtranslate.Translator(model=only(directory, "model*.bin").read_bytes(), src_vocab=vocabulary,
                                    trg_vocab=vocabulary, shortlist=only(directory, "lex*.bin").read_bytes())
    return [engine.translate_long(text) for text in texts]


def chrf(a, b):
    """Neither is the reference of the other: the mean of both ways."""
    return (corpus_chrf(a, [b]).score + corpus_chrf(b, [a]).score) / 2


def compare_engines(table, directory, texts):
    """Returns our translations."""
    ours = xattn("translate", directory, texts)
    others = {"slimt": translate_slimt(directory, texts),
              "fxtranslate": translate_fxtranslate(directory, texts)}
    between = chrf(*others.values())
    for name, theirs in others.items():
        score = chrf(ours, theirs)
        same = sum(a == b for a, b in zip(ours, theirs, strict=True))
        limit = 3.0 if name == "fxtranslate" else 100.0  # slimt is far from both: see translate_slimt
        table.row(f"100 - chrF, against {name}", len(texts), 100 - score, limit,
                  f"chrF {score:.2f}, {same} equal")
        table.row(f"not further from {name} than the other", len(texts), max(0.0, between - score), 0.0,
                  f"{between:.2f} between the two")
    return ours


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("enpt", type=pathlib.Path)
    parser.add_argument("pten", type=pathlib.Path)
    parser.add_argument("--corpus", type=pathlib.Path, default=SAMPLE)
    parser.add_argument("--sentences", type=int, default=500)
    parser.add_argument("--texts", type=int, default=1000)
    args = parser.parse_args()
    table, back = Table("en-pt"), Table("pt-en")
    texts = choose(args.corpus, args.texts)
    compare_numpy(table, args.enpt, choose(args.corpus, args.sentences))
    portuguese = compare_engines(table, args.enpt, texts)
    compare_numpy(back, args.pten, portuguese[: args.sentences])
    compare_engines(back, args.pten, portuguese)
    return table.status() or back.status()


if __name__ == "__main__":
    sys.exit(main())
