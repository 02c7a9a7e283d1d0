"""check_files.py FOLDER: the files that make_files wrote there, read by the programs they are for.

numpy reads the .npy; librsvg (rsvg-convert) draws the pictures, whose colours are compared with the
map; the JSON objects are checked against docs/alignment.schema.json. Speaks TAP.
"""

import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import jsonschema
import numpy
from PIL import Image

FOLDER = Path(sys.argv[1])
SCHEMA = json.loads(Path("docs/alignment.schema.json").read_text(encoding="utf-8"))
SVG = "{http://www.w3.org/2000/svg}"


def load(name):
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def draw(name):
    """The picture as [y][x][red green blue], at twice its size, and its elements."""
    png = FOLDER / (name + ".png")
    subprocess.run(["rsvg-convert", "--zoom=2", "-o", png, FOLDER / name], check=True)
    return numpy.asarray(Image.open(png).convert("RGB")).astype(int), ElementTree.parse(FOLDER / name)


def conform(value):
    jsonschema.Draft202012Validator(SCHEMA).validate(value)


def numpy_reads_every_map():
    array = numpy.load(FOLDER / "maps.npy")
    maps = load("pieces.json")["maps"]
    assert array.dtype == numpy.float32 and array.flags.c_contiguous
    assert array.shape == (2, 3, 13, 10), array.shape
    assert [(m["layer"], m["head"]) for m in maps] == [(i, j) for i in range(2) for j in range(3)]
    expected = numpy.array([m["rows"] for m in maps], numpy.float32).reshape(array.shape)
    assert numpy.allclose(array, expected, rtol=1e-6, atol=0)
    assert numpy.allclose(array.sum(axis=3), 1, atol=1e-6)


def json_conforms_to_its_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    for name in ("pieces.json", "words.json", "translation.json"):
        conform(load(name))


def the_schema_refuses_what_is_wrong():
    no_such_head = {"layer": 0, "head": "most", "rows": []}
    for change in ({"maps": 1}, {"source": None}, {"source_pieces": [""]}, {"maps": [no_such_head]}):
        try:
            conform({**load("words.json"), **change})
        except jsonschema.ValidationError:
            continue
        raise AssertionError(f"{change} was accepted")


def the_heat_map_has_the_map_s_colours():
    pixels, tree = draw("heat.svg")
    cells = [r for r in tree.iter(SVG + "rect") if r.find(SVG + "title") is not None]
    rows = numpy.array(load("words.json")["maps"][4]["rows"])
    assert len(cells) == rows.size
    lightness = []
    for cell in cells:  # row by row, as in the map; the corner is free of digits
        x, y = int(cell.get("x")), int(cell.get("y")) + int(cell.get("height"))
        color = pixels[2 * (y - 5), 2 * (x + 5)]
        named = [int(cell.get("fill")[i : i + 2], 16) for i in (1, 3, 5)]
        assert abs(color - named).max() <= 1, (color, named)
        lightness.append(color @ [0.2126, 0.7152, 0.0722])
    order = numpy.argsort(rows.ravel(), kind="stable")
    assert numpy.all(numpy.diff(numpy.array(lightness)[order]) <= 1), "more is not darker"
    spots = numpy.array(lightness).reshape(rows.shape)
    assert (spots.argmin(axis=1) == rows.argmax(axis=1)).all()


def the_heat_map_lies_where_its_labels_are():
    _, tree = draw("heat.svg")
    cells = [r for r in tree.iter(SVG + "rect") if r.find(SVG + "title") is not None]
    words = load("words.json")
    titles = [cell.find(SVG + "title").text.rsplit(":", 1)[0] for cell in cells]
    assert titles == [f"{t} ← {s}" for t in words["target_labels"] for s in words["source_labels"]]
    lefts = sorted({int(cell.get("x")) for cell in cells})
    assert len(lefts) == len(words["source_labels"])
    assert len({int(cell.get("y")) for cell in cells}) == len(words["target_labels"])


def nothing_is_cut_off_at_the_edges():
    for name in ("heat.svg", "lines.svg"):
        pixels, _ = draw(name)
        for edge in (pixels[:4], pixels[-4:], pixels[:, :4], pixels[:, -4:]):
            assert (edge == 255).all(), name


def lines_join_the_words():
    pixels, tree = draw("lines.svg")
    rows = numpy.array(load("words.json")["maps"][4]["rows"])
    lines = list(tree.iter(SVG + "path"))
    assert len(lines) == (rows >= 0.05).sum()
    for line in lines:  # a line starts where its path says
        x, y = (int(n) for n in line.get("d")[1:].split("C")[0].split())
        assert (pixels[2 * (y + 2), 2 * x] != 255).any()


TESTS = [
    numpy_reads_every_map,
    json_conforms_to_its_schema,
    the_schema_refuses_what_is_wrong,
    the_heat_map_has_the_map_s_colours,
    the_heat_map_lies_where_its_labels_are,
    nothing_is_cut_off_at_the_edges,
    lines_join_the_words,
]


def main():
    failed = 0
    print(f"1..{len(TESTS)}")
    for number, test in enumerate(TESTS, 1):
        name = test.__name__.replace("_", " ")
        try:
            test()
            print(f"ok {number} - {name}")
        except Exception as error:
            failed += 1
            print(f"not ok {number} - {name}\n# {type(error).__name__}: {str(error).splitlines()[:1]}")
    return 1 if failed else 0


sys.exit(main())
