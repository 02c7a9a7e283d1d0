#!/usr/bin/env python3
"""Draws what `xattn trace` wrote: a picture for each kind of array, its layers and heads side by side.

    xattn trace "The cat sat on the mat." -o trace
    plot_trace.py trace [-o DIR]          needs numpy and matplotlib; writes trace-pictures/*.png

Rows are pieces: of the source in the encoder, of the target in the decoder, where a row is what predicted that
piece. Probabilities are drawn from white (0) to black (1), all else from blue (negative) to red.
"""

import argparse
import json
import pathlib

import matplotlib

matplotlib.use("Agg")
import numpy as np
from matplotlib import pyplot


def kind(name):
    return ".".join(part for part in name.split(".") if not part.startswith("layer"))


def panels(folder, arrays):
    """Each matrix [n][m] of a kind with its title: a layer's, or one of its heads'."""
    for array in arrays:
        values = np.load(folder / array["file"])
        layer = "".join(part for part in array["name"].split(".") if part.startswith("layer"))
        if values.ndim == 2:
            yield layer, values
        else:
            yield from ((f"{layer} head{h}", head) for h, head in enumerate(values))


def draw(folder, arrays, pieces, path):
    shown, dimensions = list(panels(folder, arrays)), arrays[0]["dimensions"]
    columns = min(4, len(shown))
    rows = -(-len(shown) // columns)
    figure, axes = pyplot.subplots(rows, columns, figsize=(4.5 * columns, 3.5 * rows), squeeze=False,
                                   layout="constrained")
    for axis in axes.flat[len(shown):]:
        axis.remove()
    for axis, (title, values) in zip(axes.flat, shown, strict=False):
        there = np.where(np.isfinite(values), values, np.nan)
        if arrays[0]["name"].endswith("probabilities"):
            axis.imshow(there, cmap="Greys", vmin=0, vmax=1, aspect="auto")
        else:
            most = np.nanpercentile(np.abs(there), 99) or 1
            axis.imshow(there, cmap="RdBu_r", vmin=-most, vmax=most, aspect="auto", interpolation="nearest")
        axis.set_title(title)
        axis.set_xlabel(dimensions[-1])
        for side, name in (("y", dimensions[-2]), ("x", dimensions[-1])):
            if name in pieces:
                getattr(axis, f"set_{side}ticks")(range(len(pieces[name])), pieces[name],
                                                  rotation=90 if side == "x" else 0, fontsize=7)
    figure.suptitle(f"{kind(arrays[0]['name'])}: {arrays[0]['equation']} ({arrays[0]['function']})")
    figure.savefig(path, dpi=100)
    pyplot.close(figure)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trace", type=pathlib.Path)
    parser.add_argument("-o", "--output", type=pathlib.Path, help="folder of the pictures")
    args = parser.parse_args()
    output = args.output or args.trace.with_name(args.trace.name + "-pictures")
    output.mkdir(parents=True, exist_ok=True)
    index = json.loads((args.trace / "index.json").read_text())
    pieces = {"n_src": index["source_pieces"], "n_tgt": index["target_pieces"]}
    kinds = {}
    for array in index["arrays"]:
        kinds.setdefault(kind(array["name"]), []).append(array)
    for name, arrays in kinds.items():
        draw(args.trace, arrays, pieces, output / f"{name}.png")
    print(f"{len(kinds)} pictures in {output}")


if __name__ == "__main__":
    main()
