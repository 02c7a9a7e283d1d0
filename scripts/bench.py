#!/usr/bin/env python3
"""What one cold process costs, and how fast a file is translated, on this machine.

usage: bench.py [FILE]      FILE: a sentence a line; else the English side of data/sample.tsv

Prints medians and the range of several runs. An absolute time alone says little: it belongs to the machine
it names, and to how busy that was.
"""

import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = str(ROOT / "xattn")


def seconds(runs: int, *command: str) -> list[float]:
    """Wall-clock seconds of each run, after one that is not counted."""
    taken = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - start)
    return taken[1:]


def summary(taken: list[float]) -> str:
    return f"{1e3 * statistics.median(taken):8.1f} ms   ({1e3 * min(taken):.1f} to {1e3 * max(taken):.1f})"


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def main() -> None:
    if len(sys.argv) > 1:
        texts = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    else:
        pairs = (ROOT / "data" / "sample.tsv").read_text(encoding="utf-8").splitlines()
        texts = [pair.split("\t")[0] for pair in pairs]
    with tempfile.TemporaryDirectory() as folder:
        file, output = Path(folder) / "lines", Path(folder) / "translations"
        file.write_text("".join(text + "\n" for text in texts), encoding="utf-8")
        cold = seconds(21, PROGRAM, "translate", "The cat sat on the mat.")
        whole = seconds(5, PROGRAM, "translate", "-i", str(file), "-o", str(output))
        count = [PROGRAM, "tokenize", "--target-side", "-i", str(output)]
        pieces = len(subprocess.run(count, check=True, capture_output=True).stdout.split())
    middle = statistics.median(whole)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    peak /= 1 << 20 if sys.platform == "darwin" else 1 << 10
    print(f"{processor()}, {os.cpu_count()} cores; one thread")
    print(f"one sentence, cold process {summary(cold)}")
    print(f"{len(texts)} lines                  {summary(whole)}")
    print(f"                           {len(texts) / middle:8.0f} lines/s, {pieces / middle:.0f} pieces/s")
    print(f"peak memory                {peak:8.1f} MiB")


if __name__ == "__main__":
    main()
