#!/usr/bin/env python3
"""Whether pandas and csv read `xattn align --format tsv`, with their usual quoting, as `--format json` says it.

usage: tsv.py [PROGRAM]        needs pandas
"""

import csv
import io
import json
import subprocess
import sys

import pandas

TEXTS = ['He said "no".', "The cat sat on the mat.", '"', 'a\\b "c" d', "I love you 😀", "No. Yes!"]


def align(program: str, text: str, form: str) -> str:
    command = [program, "align", "--words", "--format", form, text]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout


def main() -> None:
    program = sys.argv[1] if len(sys.argv) > 1 else "./xattn"
    for text in TEXTS:
        wanted = json.loads(align(program, text, "json"))
        source, target = wanted["source_labels"], wanted["target_labels"]
        rows = wanted["maps"][0]["rows"]
        table = align(program, text, "tsv")
        lines = [row for row in csv.reader(io.StringIO(table), delimiter="\t") if row]
        assert lines[0] == ["", *source], (lines[0], source)
        assert [row[0] for row in lines[1:]] == target, (lines, target)
        assert [[float(x) for x in row[1:]] for row in lines[1:]] == rows, text
        frame = pandas.read_csv(io.StringIO(table), sep="\t", index_col=0, keep_default_na=False)
        assert list(frame.index) == target and frame.shape == (len(target), len(source)), frame
        assert frame.to_numpy().tolist() == rows, text
    print(f"{len(TEXTS)} tables: csv and pandas read what JSON says")


if __name__ == "__main__":
    main()
