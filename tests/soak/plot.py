#!/usr/bin/env python3
"""Draw build/soak/rss.csv, as soak.py wrote it: memory against time. usage: plot.py OUT.svg"""

import csv
import sys
from pathlib import Path

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "xattn"  # the same file for the same figures
from matplotlib import pyplot  # noqa: E402


def main() -> None:
    runs: dict[str, list[tuple[float, float]]] = {}
    for name, seconds, _, rss in csv.reader(Path("build/soak/rss.csv").open()):
        runs.setdefault(name, []).append((float(seconds), float(rss)))
    figure, axes = pyplot.subplots(figsize=(7, 3), layout="constrained")
    for name, points in runs.items():
        whole = points[-1][0]
        axes.plot([100 * seconds / whole for seconds, _ in points], [rss for _, rss in points], label=name)
    axes.set(xlabel="time, per cent of the run", ylabel="resident memory, MB", ylim=(0, None), xlim=(0, 100))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig(sys.argv[1], metadata={"Date": None})


if __name__ == "__main__":
    main()
