#!/usr/bin/env python3
"""The Python package beside the program and beside other translators from Python; prints Markdown tables.

    python.py CTRANSLATE2_MODEL [--program FILE] [--repeats N] [--only ENGINE...] [--task one|list|threads]

For an interpreter that has xattn; ctranslate2 and sentencepiece, torch and transformers 4 if you like (5 has
no pipeline for translation). CTRANSLATE2_MODEL is the folder that scripts/bench/run.sh makes. All engines run the
shipped model with one thread, from text to text, greedily: 100 sentences one by one, and a list of 2,000. Each is
timed in processor time in a process of its own, loading not counted; the program's includes loading, some 15 ms.
`threads` is one list after the other against two Python threads with a list each, on the clock.
"""

import argparse
import importlib.util
import json
import os
import resource
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "models/en-fr"
TASKS = {"one": "one by one", "list": "a list of 2,000"}


def sentences(n):
    texts = (ROOT / "scripts/bench/sentences.txt").read_text().splitlines()
    return (texts * (n // len(texts) + 1))[:n]


class Xattn:
    def __init__(self, weights):
        import xattn

        self.model = xattn.Model(MODEL, weights=weights)

    def one(self, text):
        return self.model.translate(text, scores=False, attention=False).text

    def list(self, texts):
        return [t.text for t in self.model.translate(texts, threads=1)]


class CTranslate2:
    def __init__(self, compute_type):
        import ctranslate2
        import sentencepiece

        folder = os.environ["CTRANSLATE2_MODEL"]
        self.source = sentencepiece.SentencePieceProcessor(model_file=str(MODEL / "source.spm"))
        self.target = sentencepiece.SentencePieceProcessor(model_file=str(MODEL / "target.spm"))
        self.translator = ctranslate2.Translator(folder, compute_type=compute_type, intra_threads=1)

    def one(self, text):
        return self.list([text])[0]

    def list(self, texts):
        pieces = [[*self.source.encode(text, out_type=str), "</s>"] for text in texts]
        results = self.translator.translate_batch(pieces, beam_size=1, max_batch_size=64)
        return [self.target.decode(result.hypotheses[0]) for result in results]


class Pipeline:
    def __init__(self):
        import torch
        import transformers

        importlib.import_module("convert")  # mends transformers
        transformers.logging.set_verbosity_error()
        torch.set_num_threads(1)
        self.pipe = transformers.pipeline("translation", str(MODEL), device="cpu", num_beams=1, max_length=256)

    def one(self, text):
        return self.pipe(text)[0]["translation_text"]

    def list(self, texts):
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))  # it does not sort
        results = self.pipe([texts[i] for i in order], batch_size=64)
        found = [""] * len(texts)
        for i, result in zip(order, results):
            found[i] = result["translation_text"]
        return found


class Program:
    def __init__(self, *options):
        self.options = options

    def list(self, texts):
        command = [os.environ["PROGRAM"], "translate", "-m", MODEL, "--threads", "1", *self.options]
        done = subprocess.run(command, input="\n".join(texts) + "\n", capture_output=True, text=True, check=True)
        return done.stdout.splitlines()


ENGINES = {
    "the program": lambda: Program(),
    "xattn": lambda: Xattn("stored"),
    "CTranslate2 float32": lambda: CTranslate2("float32"),
    "transformers pipeline": Pipeline,
    "the program, --int8": lambda: Program("--int8"),
    "xattn int8": lambda: Xattn("int8"),
    "CTranslate2 int8": lambda: CTranslate2("int8"),
}
NEEDS = {"CTranslate2": "ctranslate2", "transformers": "transformers", "xattn": "xattn"}


def processor_seconds():
    both = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in both)


def measure(name, task):
    """In a process of its own: {"seconds": a sentence, "texts": the translations}"""
    engine = ENGINES[name]()
    texts = sentences(100 if task == "one" else 2000)
    if hasattr(engine, "one"):
        engine.one(texts[0])
    start = processor_seconds()
    found = [engine.one(text) for text in texts] if task == "one" else engine.list(texts)
    print(json.dumps({"seconds": (processor_seconds() - start) / len(texts), "texts": found}))


def child(name, task):
    command = [sys.executable, __file__, "--child", name, "--task", task]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{name}: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout.splitlines()[-1])


def compare(names, task, repeats):
    names = [name for name in names if task == "list" or not name.startswith("the program")]
    runs = {name: [] for name in names}
    for _ in range(repeats):  # the engines in turn
        for name in names:
            runs[name].append(child(name, task))
    print(f"\n| {TASKS[task]} | ms a sentence (range) | sentences/s | same text as the first |\n|---|---|---|---|")
    first = runs[names[0]][0]["texts"]
    for name, results in runs.items():
        ms = [1e3 * result["seconds"] for result in results]
        middle = statistics.median(ms)
        same = sum(a.split() == b.split() for a, b in zip(first, results[0]["texts"]))
        times = f"{middle:.2f} ({min(ms):.2f}–{max(ms):.2f}) | {1e3 / middle:.0f}"
        print(f"| {name} | {times} | {same} of {len(first)} |", flush=True)


def compare_threads(repeats):
    for weights in ("stored", "int8"):
        engine, texts = Xattn(weights), sentences(1000)
        ratios = []
        for _ in range(repeats):
            start = time.perf_counter()
            engine.list(texts)
            alone = time.perf_counter() - start
            pair = [threading.Thread(target=engine.list, args=(texts,)) for _ in range(2)]
            start = time.perf_counter()
            for thread in pair:
                thread.start()
            for thread in pair:
                thread.join()
            ratios.append(2 * alone / (time.perf_counter() - start))
        middle, shown = statistics.median(ratios), " ".join(f"{ratio:.2f}" for ratio in ratios)
        print(f"{weights}: two Python threads translate {middle:.2f} times as much as one ({shown})")


def main():
    parser = argparse.ArgumentParser(description="The Python package beside others.")
    parser.add_argument("ctranslate2_model", nargs="?", default="")
    parser.add_argument("--program", default=str(ROOT / "xattn"))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=list(ENGINES), metavar="ENGINE", default=list(ENGINES))
    parser.add_argument("--task", choices=[*TASKS, "threads"])
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return measure(options.child, options.task)
    os.environ |= {"OMP_NUM_THREADS": "1", "PROGRAM": options.program}
    os.environ["CTRANSLATE2_MODEL"] = options.ctranslate2_model
    missing = {name for name, module in NEEDS.items() if not importlib.util.find_spec(module)}
    if not options.ctranslate2_model:
        missing.add("CTranslate2")
    names = [name for name in options.only if not name.startswith(tuple(missing))]
    for task in TASKS:
        if options.task in (None, task):
            compare(names, task, options.repeats)
    if options.task in (None, "threads"):
        compare_threads(options.repeats)


if __name__ == "__main__":
    main()
