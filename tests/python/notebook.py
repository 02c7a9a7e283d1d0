"""Runs the notebooks and compares their outputs with the committed ones: notebook.py [--update] NOTEBOOK...

Numbers may differ by two hundredths, because processors round differently; words may not. Of pictures and pages
only the kind is compared. --update writes the new outputs.
"""

import argparse
import math
import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)")


def outputs(cell):
    """What a cell shows: [(kind, text)]"""
    shown = []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            shown.append((output.name, output.text))
        elif output.output_type == "error":
            shown.append(("error", f"{output.ename}: {output.evalue}"))
        else:
            shown += sorted((kind, text if kind == "text/plain" else "") for kind, text in output.data.items())
    return shown


def same_text(found, expected):
    """Texts are the same, except for numbers that are nearly so, and for the blanks that a wider number needs."""
    ours, theirs = NUMBER.split(found), NUMBER.split(expected)
    if len(ours) != len(theirs):
        return False
    words = all(a.split() == b.split() for a, b in zip(ours[::2], theirs[::2]))
    numbers = zip(ours[1::2], theirs[1::2])
    return words and all(math.isclose(float(a), float(b), abs_tol=0.021) for a, b in numbers)


def differences(cell, expected):
    found, wanted = outputs(cell), outputs(expected)
    if [kind for kind, _ in found] != [kind for kind, _ in wanted]:
        return [f"shows {[kind for kind, _ in found]}, expected {[kind for kind, _ in wanted]}"]
    pairs = zip(found, wanted)
    return [f"shows\n{a}\nexpected\n{b}" for (_, a), (_, b) in pairs if not same_text(a, b)]


def run(path):
    """The notebook with what it shows now."""
    book = nbformat.read(path, as_version=4)
    NotebookClient(book, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
    for cell in book.cells:
        cell.metadata.pop("execution", None)  # times, which differ in every run
    book.metadata.language_info = {"name": "python"}
    return book


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", action="store_true")
    parser.add_argument("notebooks", nargs="+", type=Path)
    options = parser.parse_args()
    failed = False
    for path in options.notebooks:
        book = run(path)
        if options.update:
            nbformat.write(book, path)
            continue
        for number, (cell, expected) in enumerate(zip(book.cells, nbformat.read(path, as_version=4).cells)):
            for difference in differences(cell, expected):
                failed = True
                print(f"{path}, cell {number}: {difference}")
    return 1 if failed else 0


sys.exit(main())
