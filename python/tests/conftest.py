"""What the tests share: the shipped model, and the program to compare with ($XATTN_PROGRAM, else ./xattn)."""

import json
import os
import subprocess
from pathlib import Path

import pytest

import xattn

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def model():
    return xattn.Model()


@pytest.fixture(scope="session")
def program():
    """Runs the program on lines with the same model: its JSON objects."""
    path = Path(os.environ.get("XATTN_PROGRAM", ROOT / "xattn"))
    if not path.exists():
        pytest.skip(f"no {path}: run make first")

    def run(lines, *options, model=None):
        directory = model or xattn.Model().path
        command = [path, "translate", "-m", directory, "--json", *options]
        done = subprocess.run(command, input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run


@pytest.fixture(scope="session")
def sentences():
    """500 different English sentences."""
    lines = (ROOT / "data/sample.tsv").read_text().splitlines() + (ROOT / "data/kinds.tsv").read_text().splitlines()
    texts = [field for line in lines for field in line.split("\t") if field.strip()]
    return list(dict.fromkeys(texts))[:500]
