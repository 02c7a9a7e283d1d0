#!/usr/bin/env python3
"""Tables for pandas and csv, with their usual quoting.

    tsv.py XATTN --name NAME    what `align --format tsv` prints is read by both as `--format json` has it
    tsv.py --golden FILE        writes what pandas makes of the table in tests/align/test_tsv.c
"""

import argparse
import csv
import io
import json
import pathlib
import subprocess
import sys

import numpy
import pandas
from sentences import ROOT
from table import Table

TEXTS = ['He said "no".', "The cat sat on the mat.", '"', 'a\\b "c" d', "I love you 😀", "No. Yes!",
         "a\tb\nc", "NA", "null and 1e5", "# a 'b' , c;d"]
SOURCE = ["▁x", '"y', "</s>", "a\nb", "😀", " ", "#1", "'q'", "a,b", "\\"]
TARGET = ["▁a\tb", "c\\\n\r", '"', "NA", "plain"]


def align(xattn, text, form):
    command = [str(xattn.resolve()), "align", "-m", str(ROOT / "models/en-fr"), "--words", "--format", form, text]
    return subprocess.run(command, check=True, capture_output=True).stdout.decode()


def differs(xattn, text):
    """What is wrong with the table of a text; nothing if all is well."""
    wanted = json.loads(align(xattn, text, "json"))
    source, target, rows = wanted["source_labels"], wanted["target_labels"], wanted["maps"][0]["rows"]
    table = align(xattn, text, "tsv")
    lines = [row for row in csv.reader(io.StringIO(table, newline=""), delimiter="\t") if row]
    numbers = [[float(x) for x in row[1:]] for row in lines[1:]]
    if lines[0] != ["", *source] or [row[0] for row in lines[1:]] != target or numbers != rows:
        return f"csv reads {lines}"
    frame = pandas.read_csv(io.StringIO(table, newline=""), sep="\t", index_col=0, keep_default_na=False)
    if list(frame.index) != target or frame.to_numpy().tolist() != rows:
        return f"pandas reads {frame}"
    return ""


def compare(xattn, name):
    table, wrong = Table(name), 0
    for text in TEXTS:
        found = differs(xattn, text)
        wrong += bool(found)
        if found:
            print(f"  DIFFERENT: {text!r}: {found}")
    table.row("maps as csv and pandas read them", len(TEXTS), wrong, 0)
    return table.status()


def write_golden(path):
    cells = (1 / numpy.arange(1, len(TARGET) * len(SOURCE) + 1)).astype("f4").reshape(len(TARGET), -1)
    text = pandas.DataFrame(cells, TARGET, SOURCE).to_csv(sep="\t", float_format="%.7g", lineterminator="\n")
    path.write_bytes(text.encode())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--golden", action="store_true")
    parser.add_argument("file", type=pathlib.Path, metavar="XATTN")
    parser.add_argument("--name", default="shipped")
    args = parser.parse_args()
    if args.golden:
        write_golden(args.file)
        return 0
    return compare(args.file, args.name)


if __name__ == "__main__":
    sys.exit(main())
