#!/usr/bin/env python3
"""Draws docs/performance.json: plots.py JSON FOLDER"""

import json
import pathlib
import statistics
import sys

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot  # noqa: E402  # after the choice of what draws

COLORS = {
    "xattn": "#0072b2",
    "xattn --int8": "#56b4e9",
    "CTranslate2 float32": "#d55e00",
    "CTranslate2 int8": "#e69f00",
}


def median(result):
    return statistics.median(result["seconds"])


def curve(results, engine, x, y):
    points = sorted((x(r), y(r)) for r in results if r["engine"] == engine)
    if points:
        pyplot.plot(*zip(*points, strict=True), marker="o", label=engine, color=COLORS.get(engine))


def save(folder, name, xlabel, ylabel, bottom=0):
    if not pyplot.gca().lines:
        raise SystemExit(f"{folder / name} would be empty: docs/performance.json lacks its experiment")
    pyplot.xlabel(xlabel)
    pyplot.ylabel(ylabel)
    pyplot.ylim(bottom=bottom)
    pyplot.grid(color="#dddddd")
    pyplot.legend(frameon=False)
    pyplot.savefig(folder / name, metadata={"Date": None}, bbox_inches="tight")
    pyplot.close()


def engines(results):
    return list(dict.fromkeys(r["engine"] for r in results))


def main():
    data, folder = json.loads(pathlib.Path(sys.argv[1]).read_text()), pathlib.Path(sys.argv[2])
    pyplot.rcParams.update(
        {"svg.hashsalt": "xattn", "svg.fonttype": "none", "figure.figsize": (6, 3.6), "font.size": 10}
    )
    results = data["sections"]["native"]["results"]
    batches = [r for r in results if r["experiment"] == "by batch"]
    for engine in engines(batches):
        curve(batches, engine, lambda r: r["batch"], lambda r: r["sentences"] / median(r))
    pyplot.xscale("log", base=2)
    pyplot.xticks([1, 2, 4, 8, 16, 32, 64], ["1", "2", "4", "8", "16", "32", "64"])
    save(folder, "speed-batch.svg", "sentences in a batch, one thread", "sentences/s")
    lengths = [r for r in results if r["experiment"].endswith(" pieces")]
    for engine in engines(lengths):
        curve(
            lengths,
            engine,
            lambda r: int(r["experiment"].split()[0]),
            lambda r: 1e3 * median(r) / r["sentences"],
        )
    pyplot.xscale("log")
    pyplot.xticks([10, 50, 200, 500], ["10", "50", "200", "500"])
    pyplot.minorticks_off()
    pyplot.yscale("log")
    save(folder, "speed-length.svg", "pieces of the sentence, one thread", "ms a sentence", bottom=None)
    lines = [r for r in results if r["experiment"].endswith(" lines")]
    curve(lines, "xattn", lambda r: r["sentences"], median)
    save(folder, "speed-lines.svg", "lines of a file, all cores", "seconds")


main()
