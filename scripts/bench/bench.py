#!/usr/bin/env python3
"""Times xattn and its peers, interleaved, and writes down what came out. run.sh prepares everything.

    bench.py --work FOLDER [--isa native|avx2|avx512] [--quick] [--list | --step NAME...] [--write]

Every engine runs in a process of its own that stays loaded (probe.c, peers.py). One repetition asks each engine
once, in turn; what is reported is the median of the repetitions and their range. With one thread that is processor
time, which other programs on the machine disturb less; with two, and of whole processes, it is time on the clock.

The measurement is cut into steps of at most a minute or so, which --list lists. --step runs some and keeps what
they found in FOLDER; --write makes docs/performance.json and docs/PERFORMANCE.md of what is kept. Without either,
all steps run, and the result is written.
"""

import argparse
import contextlib
import json
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from importlib import metadata

import report

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
HERE = ROOT / "scripts" / "bench"
SENTENCES = HERE / "sentences.txt"
TEXT = "The cat sat on the mat."
FIREFOX_MODEL = ROOT / "models" / "enpt"

PAIRS = {"float32": ["xattn", "CTranslate2 float32"], "int8": ["xattn --int8", "CTranslate2 int8"]}
FAST = [name for pair in PAIRS.values() for name in pair]
SLOW = ["xattn", "transformers", "ONNX Runtime"]
FIREFOX = ["xattn, Firefox model", "slimt", "fxtranslate"]
OURS = {"xattn": "stored", "xattn --int8": "int8", "xattn, Firefox model": "stored"}
PEERS = {
    "CTranslate2 float32": "ctranslate2-float32",
    "CTranslate2 int8": "ctranslate2-int8",
    "transformers": "transformers",
    "ONNX Runtime": "onnxruntime",
    "slimt": "slimt",
    "fxtranslate": "fxtranslate",
}

# What makes each program use no more than these instructions (SLIMT_ISA: peers.py). ONNX Runtime always takes the
# best that it finds, slimt too with AVX-512, and fxtranslate has nothing beyond AVX2.
FORCE = {
    "native": {},
    "avx2": {
        "XATTN_KERNELS": "avx2",
        "CT2_FORCE_CPU_ISA": "AVX2",
        "OPENBLAS_CORETYPE": "Haswell",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "MKL_ENABLE_INSTRUCTIONS": "AVX2",
        "ATEN_CPU_CAPABILITY": "avx2",
        "SLIMT_ISA": "avx2",
    },
    "avx512": {
        "XATTN_KERNELS": "avx512",
        "CT2_FORCE_CPU_ISA": "AVX512",
        "OPENBLAS_CORETYPE": "SkylakeX",
        "ONEDNN_MAX_CPU_ISA": "AVX512_CORE",
        "MKL_ENABLE_INSTRUCTIONS": "AVX512",
        "ATEN_CPU_CAPABILITY": "avx512",
    },
}


class Engine:
    """One program that stays loaded, behind a pipe."""

    def __init__(self, name, command, environment):
        self.name = name
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            cwd=ROOT,
            env=environment,
        )

    def run(self, texts, batch, beam=1, max_length=0):
        """Seconds, seconds of processor time, pieces, peak in kB, translations."""
        pipe = self.process.stdin, self.process.stdout
        pipe[0].write(f"{batch} {beam} {max_length} {len(texts)}\n" + "".join(t + "\n" for t in texts))
        pipe[0].flush()
        first = pipe[1].readline().split()
        if len(first) != 4:
            self.log.seek(0)
            raise RuntimeError(f"{self.name}: {self.log.read().decode()[-600:]}")
        return *map(float, first[:2]), *map(int, first[2:]), [pipe[1].readline().rstrip("\n") for _ in texts]

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()


class Bench:
    def __init__(self, args):
        self.work, self.quick, self.isa = args.work, args.quick, args.isa
        self.environment = {**os.environ, **FORCE[args.isa]}
        self.all_texts = SENTENCES.read_text(encoding="utf-8").splitlines()
        self.texts = self.all_texts[:: 25 if self.quick else 1]
        self.kept = args.work / f"results-{args.isa}.json"
        self.results, self.left_out = [], {}
        if self.kept.exists() and not self.quick:
            before = json.loads(self.kept.read_text())
            self.results, self.left_out = before["results"], before["left_out"]

    def keep(self):
        found = {**machine(), "isa": self.isa, "left_out": self.left_out, "results": self.results}
        if not self.quick:
            self.kept.write_text(json.dumps(found))
        return found

    def command(self, name, threads):
        if name in OURS:
            model = FIREFOX_MODEL if name in FIREFOX else "models/en-fr"
            return [self.work / "probe", model, OURS[name], str(threads)]
        folder = {"transformers": "models/en-fr", "ONNX Runtime": self.work / "onnx"}.get(
            name, FIREFOX_MODEL if name in FIREFOX else self.work / "ctranslate2"
        )
        return [sys.executable, HERE / "peers.py", PEERS[name], folder, str(threads)]

    @contextlib.contextmanager
    def engines(self, names, threads):
        """Those that start and translate a sentence."""
        running = []
        for name in names:
            engine = Engine(name, self.command(name, threads), self.environment)
            try:
                engine.run([TEXT], 1)
                running.append(engine)
            except (RuntimeError, OSError) as error:
                engine.process.kill()
                self.left_out[name] = str(error).strip().splitlines()[-1]
        yield running
        for engine in running:
            engine.close()

    def compare(self, experiment, names, texts, batch, threads=1, repeats=5, **options):
        """Asks every engine for the same, `repeats` times in turn. Batch 0: all at once, as a file comes."""
        if batch != 1:
            texts = sorted(texts, key=len, reverse=True)
        with self.engines(names, threads) as engines:
            runs = {engine: [] for engine in engines}
            for _ in range(1 if self.quick else repeats):
                for engine in engines:
                    runs[engine].append(engine.run(texts, batch, **options))
        if not runs:
            return
        first = next(iter(runs.values()))[0][4]
        for engine, all_runs in runs.items():
            self.add(
                experiment,
                engine.name,
                threads=threads,
                batch=batch,
                seconds=[run[1 if threads == 1 else 0] for run in all_runs],
                wall=[run[0] for run in all_runs],
                sentences=len(texts),
                pieces=all_runs[0][2],
                peak_kb=max(run[3] for run in all_runs),
                same=sum(a == b for a, b in zip(first, all_runs[0][4], strict=True)),
                **options,
            )

    def add(self, experiment, name, **figures):
        same = {"experiment": experiment, "engine": name, "threads": figures.get("threads", 1)}
        same["batch"] = figures.get("batch")
        self.results = [r for r in self.results if any(r.get(k) != v for k, v in same.items())]
        self.results.append({**same, **figures})
        per_sentence = 1e3 * statistics.median(figures["seconds"]) / figures["sentences"]
        print(f"{experiment:22} {name:22} {same['threads']} threads {per_sentence:9.3f} ms a sentence", flush=True)


# ---- what is measured ----


def lines_of(b, words, count):
    """Lines of so many words that no engine cuts into sentences: running text without stops."""
    running = " ".join(re.sub(r"[.!?]", "", t) for t in b.all_texts).lower().split()
    return [" ".join(running[i * words : (i + 1) * words]) for i in range(count)]


def uneven(b):
    """Mostly short lines, and here and there one that is twenty times as long: too long for the peers."""
    long = [" ".join(b.all_texts[i : i + 20]).lower() for i in range(0, 600, 40)]
    return [text for i, text in enumerate(long) for text in (text, *b.all_texts[40 * i : 40 * i + 39])]


def cold(command, environment):
    """Seconds and peak of a whole process, and what it printed."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT, env=environment
    )
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    return seconds, usage.ru_maxrss, out if process.returncode == 0 else None


def measure_cold(b, names, repeats):
    commands = {}
    for name in names:
        commands[name] = [*b.command(name, 1), TEXT]
        if name in OURS:
            model = ["-m", FIREFOX_MODEL] if name in FIREFOX else []
            weights = ["--int8"] if OURS[name] == "int8" else []
            commands[name] = ["./xattn", "translate", *model, *weights, TEXT]
    # Files into memory first; what fails here is left out.
    commands = {name: c for name, c in commands.items() if cold(c, b.environment)[2] is not None}
    runs = {name: [] for name in commands}
    for _ in range(1 if b.quick else repeats):
        for name, command in commands.items():
            runs[name].append(cold(command, b.environment))
    for name, found in runs.items():
        b.add(
            "cold process",
            name,
            seconds=[f[0] for f in found],
            sentences=1,
            peak_kb=max(f[1] for f in found),
            inner=[] if name in OURS else [float(out.split()[0]) for _, _, out in found],
        )


def measure_lines(b, n):
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.writelines(f"{b.texts[i % len(b.texts)]}\n" for i in range(n))
        file.flush()
        command = ["./xattn", "translate", "-q", "-i", file.name, "-o", "/dev/null"]
        seconds, peak, _ = cold(command, b.environment)
        b.add(f"{n} lines", "xattn", seconds=[seconds], sentences=n, peak_kb=peak, threads=os.cpu_count())


# Pieces, nearly: words, lines, lines of a batch. No engine takes more than 512 pieces.
LENGTHS = {10: (6, 64, 64), 50: (30, 16, 16), 200: (120, 8, 4), 500: (285, 4, 2)}


def steps(b):
    """Name to a function without arguments. What only tells something of the machine at its best is not forced."""
    t, found = b.texts, {}
    for kind, pair in PAIRS.items():

        def both(experiment, *what, pair=pair, **options):
            return lambda: b.compare(experiment, pair, *what, **options)

        found[f"batch 1, {kind}"] = both("batch 1", t[::4], 1)
        found[f"beam 4, {kind}"] = both("beam 4", t[::16], 1, beam=4)
        found[f"file, {kind}"] = both("file", t, 0, repeats=3)
        found[f"file, {kind}, two threads"] = both("file", t, 0, threads=2)
        found[f"uneven, {kind}"] = both("uneven file", uneven(b), 0, pair=pair[:1], repeats=3)
        found[f"uneven, {kind}, two threads"] = both(
            "uneven file", uneven(b), 0, pair=pair[:1], threads=2, repeats=3
        )
        for pieces, (words, count, batch) in LENGTHS.items():
            lines = lines_of(b, words, count)
            found[f"{pieces} pieces, {kind}"] = both(f"{pieces} pieces", lines, batch, max_length=8)
    found["Firefox, batch 1"] = lambda: b.compare("Firefox, batch 1", FIREFOX, t[::5], 1)
    found["Firefox, file"] = lambda: b.compare("Firefox, file", FIREFOX, t, 0, repeats=3)
    found["cold"] = lambda: measure_cold(b, [*FAST, *FIREFOX], 9)
    if b.isa != "native":
        return found
    found["slow, batch 1"] = lambda: b.compare("slow, batch 1", SLOW, t[::16], 1, repeats=5)
    found["slow, batch 64"] = lambda: b.compare("slow, batch 64", SLOW, t[::2], 64, repeats=4)
    found["slow, cold"] = lambda: measure_cold(b, SLOW[1:], 3)
    for batch in (1, 2, 4, 8, 16, 32, 64):
        found[f"batches of {batch}"] = lambda n=batch: b.compare("by batch", FAST, t[::10], n, repeats=3)
    for n in (1000, 2000, 5000, 10000, 20000):
        found[f"{n} lines"] = lambda n=n: measure_lines(b, n)
    return found


# ---- where ----


def processor():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    fields = {k.strip(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
    known = ("avx2", "avx512bw", "avx512_vnni", "avx_vnni")
    flags = [f for f in known if re.search(rf"\b{f}\b", fields.get("flags", ""))]
    return (
        f"{fields.get('model name', platform.machine())} (family {fields.get('cpu family')}, model "
        f"{fields.get('model')}), {os.cpu_count()} cores, {' '.join(flags)}"
    )


def versions():
    found = {}
    for name in ("ctranslate2", "transformers", "torch", "onnxruntime", "optimum-onnx", "slimt", "fxtranslate"):
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def machine():
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return {
        "machine": processor(),
        "system": platform.platform(),
        "commit": commit.stdout.strip(),
        "versions": versions(),
        "source": str(SENTENCES.relative_to(ROOT)),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--isa", choices=sorted(FORCE), default="native")
    parser.add_argument("--quick", action="store_true", help="one repetition of a few texts; nothing is written")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--step", nargs="+", default=[])
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    b = Bench(args)
    known = steps(b)
    if args.list:
        print("\n".join(known))
        return
    for name in args.step or ([] if args.write else known):
        if name.startswith("Firefox") and not FIREFOX_MODEL.is_dir():
            b.left_out.update({name: "no Firefox model" for name in FIREFOX[1:]})
            continue
        known[name]()
        b.keep()
    if args.quick:
        print(report.section(b.keep()))
    elif args.write or not args.step:
        report.write(b.keep())


if __name__ == "__main__":
    main()
