#!/usr/bin/env python3
"""Feed hostile lines to `xattn translate` and watch its memory.

usage: soak.py NAME MODEL N [OPTION ...]

Starts $XATTN (./xattn) with that model and options, writes N lines of lines.py to it through a pipe and
reads what comes out. It must end with status 0, as many lines as went in, all of them UTF-8 without control
characters, and memory that does not grow: the least memory in the last quarter is at most a tenth more than in the
second, whose lines it repeats. (The most depends on which long lines happen to arrive together. glibc must not
keep what these needed, so MALLOC_MMAP_THRESHOLD_ fixes the size from which it returns freed memory at once.)
Blanks stay as they are, so tabs, a CR before the end and what is in blank lines are no faults.
Appends NAME,SECONDS,LINES,RSS in MB, twice a second, to build/soak/rss.csv.
"""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

HERE = Path(__file__).parent
CSV = Path("build/soak/rss.csv")
GROWTH = 1.1
ALLOCATOR = {"MALLOC_MMAP_THRESHOLD_": "131072"}  # glibc's own initial value


class Reader(threading.Thread):
    """Counts the lines that come out, and those that no line may be like."""

    def __init__(self, stream) -> None:
        super().__init__()
        self.stream = stream
        self.lines = 0
        self.bad: list[str] = []

    def run(self) -> None:
        for line in self.stream:
            self.lines += 1
            try:
                text = line.decode()
                body = text.removesuffix("\n").removesuffix("\r").replace("\t", " ")
                controls = body.strip() and any(c < " " or "\x7f" <= c < "\xa0" for c in body)
                if not text.endswith("\n") or controls:
                    self.bad.append(f"line {self.lines}: {line[:80]!r}")
            except UnicodeDecodeError:
                self.bad.append(f"line {self.lines} is not UTF-8: {line[:80]!r}")


def resident(pid: int) -> float:
    """MB in memory now; 0 if the process is gone."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def watch(process: subprocess.Popen, reader: Reader) -> list[tuple[float, int, float]]:
    start, samples = time.monotonic(), []
    while process.poll() is None:
        if (rss := resident(process.pid)) > 0:
            samples.append((time.monotonic() - start, reader.lines, rss))
        time.sleep(0.5)
    reader.join()
    return samples


def judge(n: int, status: int, reader: Reader, samples: list[tuple[float, int, float]]) -> list[str]:
    wrong = reader.bad[:5]
    if status != 0:
        wrong.append(f"status {status}")
    if reader.lines != n:
        wrong.append(f"{reader.lines} lines came out")
    second = [rss for _, lines, rss in samples if n / 4 <= lines < n / 2]
    last = [rss for _, lines, rss in samples if 3 * n / 4 <= lines < n]
    if not second or not last:
        wrong.append("too short a run to say anything of its memory")
    elif min(last) > GROWTH * min(second):
        wrong.append(f"memory grew from {min(second):.1f} to {min(last):.1f} MB")
    return wrong


def main() -> int:
    name, model, n, *options = sys.argv[1:]
    xattn = os.environ.get("XATTN", "./xattn")
    lines = subprocess.Popen([sys.executable, HERE / "lines.py", n], stdout=subprocess.PIPE)
    command = [xattn, "translate", "--quiet", "--model", model, *options]
    process = subprocess.Popen(command, stdin=lines.stdout, stdout=subprocess.PIPE, env=os.environ | ALLOCATOR)
    reader = Reader(process.stdout)
    reader.start()
    samples = watch(process, reader)
    CSV.parent.mkdir(parents=True, exist_ok=True)
    with CSV.open("a") as out:
        out.writelines(f"{name},{seconds:.1f},{done},{rss:.2f}\n" for seconds, done, rss in samples)
    wrong = judge(int(n), process.returncode, reader, samples)
    most = max((rss for *_, rss in samples), default=0.0)
    seconds = samples[-1][0] if samples else 0.0
    verdict = "FAIL" if wrong else "pass"
    print(f"{verdict}  {name}: {n} lines in, {reader.lines} out, {seconds:.0f} s, at most {most:.1f} MB")
    for line in wrong:
        print(f"      {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
