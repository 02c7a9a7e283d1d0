"""Word aligners that learn from a text of sentence pairs and know no neural network, for comparison."""

import gzip
import itertools
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from alignment.gold import Gold, Links, Words, parse_link
from alignment.maps import Xattn
from alignment.symmetrize import both_ways, flip

try:
    from alignment.fast_align import fast_align
except ImportError:  # it needs NumPy
    fast_align = None


def eflomal(program: str, source: Words, target: Words, last: int) -> tuple[list[Links], list[Links]]:
    with tempfile.TemporaryDirectory() as folder:
        files = {letter: Path(folder) / letter for letter in "stfr"}
        for letter, side in ("s", source), ("t", target):
            files[letter].write_text("".join(" ".join(words) + "\n" for words in side), encoding="utf-8")
        options = itertools.chain.from_iterable((f"-{letter}", file) for letter, file in files.items())
        subprocess.run([program, "-m", "3", *options], check=True, stderr=subprocess.DEVNULL)
        lines = [files[letter].read_text().splitlines()[-last:] for letter in "fr"]
    forward, reverse = ([{parse_link(link) for link in line.split()} for line in side] for side in lines)
    return forward, reverse


def baseline_rows(xattn: Xattn, gold: list[Gold], bitext: Path) -> dict[str, list[Links]]:
    with (gzip.open if bitext.suffix == ".gz" else open)(bitext, "rt", encoding="utf-8") as file:
        rows = (line.rstrip("\n").split("\t") for line in file)
        texts = [(row[0], row[1]) for row in rows if len(row) > 1]
    pairs = [(s, t) for s, t in xattn.words(texts) if s and t]
    pairs += [(g.source, g.target) for g in gold]
    source = [[word.lower() for word in s] for s, _ in pairs]
    target = [[word.lower() for word in t] for _, t in pairs]
    rows = {}
    program = shutil.which("eflomal-align") or shutil.which("eflomal-align", path=str(Path(sys.executable).parent))
    if program:
        rows |= both_ways("eflomal", *eflomal(program, source, target, len(gold)))
    else:
        print("eflomal is not installed; left out", file=sys.stderr)
    if fast_align:
        forward = fast_align(source, target, len(gold))
        reverse = [flip(links) for links in fast_align(target, source, len(gold))]
        rows |= both_ways("fast_align-style", forward, reverse)
    else:
        print("NumPy is not installed; the fast_align-style aligner is left out", file=sys.stderr)
    return rows
