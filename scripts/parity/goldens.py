#!/usr/bin/env python3
"""Writes what transformers computes, for tests/decode/test_parity.c to compare with on any machine.

After the shipped model was replaced, one command writes its goldens again:

    scripts/parity/run.sh --goldens

It runs this script, which writes to tests/goldens/

    en-fr/         of the model in models/en-fr
    marian-odd/    of the tiny model there; with --new-model that model too, by random_models.py

       greedy.tsv                TEXT <tab> SOURCE IDS <tab> TARGET IDS <tab> TRANSLATION
       activations.safetensors   of the first lines of greedy.tsv; line i has
           i.memory [n_src][d]     the encoder's output
           i.maps [layers][heads][n_tgt][n_src]
           i.top_logits, i.top_ids [n_tgt][20]   the largest logits, ids as floats
           i.logits [n_tgt][V]     all of them: only marian-odd's first line

       generation.tsv            en-fr alone: see generation.py

       trace.safetensors         every array of `xattn trace` for TRACED and its translation, by
                                 scripts/reference.py, with source_ids and target_ids as floats; of
                                 each row the first COLUMNS numbers. --trace writes these alone.

Sentences are those of data/sample.tsv. Where two best logits are closer than MARGIN another machine's
rounding might choose the other one, so such sentences are left out.
"""

import argparse
import pathlib
import shutil
import sys

import generation
import numpy
import random_models
from judge import Judge
from safetensors.numpy import save_file
from sentences import ROOT, SAMPLE, read_pairs, spread

sys.path.insert(0, str(ROOT / "scripts"))
import reference

GOLDENS = ROOT / "tests/goldens"
MARGIN = 1e-3
TOP = 20
COLUMNS = 16
TRACED = 1  # of FIRST
FIRST = ["The black cat sat on the mat.", "I don't know.",
         "If you had told me the truth yesterday, we would not have to run to the station in the rain now!"]
CAPITALS = ["WHERE IS THE KEY TO THE GARAGE?", "THANK YOU!"]


def measure(judge, text):
    """Ids and activations of a text; None where a near tie decides."""
    source = judge.encode([text])[0]
    target = judge.greedy([source])[0]
    memory, logits, maps = judge.forced(source, target)
    if min(judge.gap(row) for row in logits) < MARGIN:
        return None
    return source, target, memory, logits, maps


def tensors(i, memory, logits, maps):
    ids = numpy.argsort(-logits, axis=1)[:, :TOP]
    found = {f"{i}.memory": memory, f"{i}.maps": maps, f"{i}.top_ids": ids.astype(numpy.float32),
             f"{i}.top_logits": numpy.take_along_axis(logits, ids, 1)}
    return {**found, f"{i}.logits": logits} if i == 0 and logits.shape[1] <= 1000 else found


def write(model, folder, n):
    judge = Judge(model)
    folder.mkdir(parents=True, exist_ok=True)
    texts = FIRST + [t for t in spread([e for e, _ in read_pairs(SAMPLE)], n) if t not in FIRST] + CAPITALS
    lines, floats, near = [], {}, 0
    for i, text in enumerate(texts):
        found = measure(judge, text)
        if found is None:
            near += 1
            if i < len(FIRST):
                sys.exit(f"{model}: near tie in {text!r}: choose another sentence")
            continue
        source, target, *activations = found
        ids = [" ".join(map(str, side)) for side in (source, target)]
        lines.append("\t".join([text, *ids, judge.decode(target, text)]))
        if i < len(FIRST):
            floats.update(tensors(i, *activations))
    (folder / "greedy.tsv").write_text("\n".join(lines) + "\n")
    activations_file = folder / "activations.safetensors"
    save_file({k: numpy.ascontiguousarray(v) for k, v in floats.items()}, activations_file)
    activations_file.chmod(0o644)
    print(f"{folder.relative_to(ROOT)}: {len(lines)} sentences, {near} left out")


def write_trace(model, folder):
    """scripts/parity/trace.py has shown that the reference is right."""
    line = (folder / "greedy.tsv").read_text().split("\n")[TRACED].split("\t")
    source, target = ([int(i) for i in ids.split()] for ids in line[1:3])
    trace = reference.Trace()
    reference.greedy_search(reference.Model(model), source, target, trace)
    arrays = {name: numpy.ascontiguousarray(values[..., :COLUMNS]) for name, values in trace.arrays()}
    arrays |= {"source_ids": numpy.array(source, numpy.float32), "target_ids": numpy.array(target, numpy.float32)}
    save_file(arrays, folder / "trace.safetensors")
    (folder / "trace.safetensors").chmod(0o644)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--new-model", action="store_true", help="write marian-odd's model too")
    parser.add_argument("--trace", action="store_true", help="write trace.safetensors alone")
    args = parser.parse_args()
    odd = GOLDENS / "marian-odd"
    if args.trace:
        write_trace(ROOT / "models/en-fr", GOLDENS / "en-fr")
        write_trace(odd, odd)
        return
    if args.new_model:
        shutil.rmtree(odd, ignore_errors=True)
        odd.mkdir(parents=True)
        random_models.odd(odd, read_pairs(SAMPLE))
        (odd / "model.safetensors").chmod(0o644)
    write(pathlib.Path(ROOT / "models/en-fr"), GOLDENS / "en-fr", 200)
    generation.write_goldens(ROOT / "models/en-fr", GOLDENS / "en-fr/generation.tsv")
    write(odd, odd, 60)
    write_trace(ROOT / "models/en-fr", GOLDENS / "en-fr")
    write_trace(odd, odd)


if __name__ == "__main__":
    main()
