"""A model directory and the xattn that translates with it: what is measured is what ships."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from text import Vocabularies


@dataclass
class System:
    name: str
    directory: Path
    xattn: Path

    @cached_property
    def vocabularies(self) -> Vocabularies:
        return Vocabularies(self.directory)

    @cached_property
    def config(self) -> dict:
        return json.loads((self.directory / "config.json").read_bytes())

    def lines(self, command: str, lines: list[str], *options: str) -> Iterator[str]:
        """What `xattn COMMAND` answers, a line for each line."""
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as file:
            file.writelines(line + "\n" for line in lines)
            file.flush()
            arguments = [self.xattn, command, "-q", "-m", self.directory, "-i", file.name, *options]
            with subprocess.Popen(arguments, stdout=subprocess.PIPE, encoding="utf-8") as process:
                yield from (line.rstrip("\n") for line in process.stdout)
            if process.returncode != 0:
                raise SystemExit(f"{self.xattn} {command} -m {self.directory}: status {process.returncode}")

    def translate(self, sentences: list[str]) -> list[str]:
        """Greedy translations."""
        answers = list(self.lines("translate", sentences))
        if len(answers) != len(sentences):
            raise SystemExit(f"{self.xattn}: {len(sentences)} lines in, {len(answers)} out")
        return answers

    def maps(self, pairs: list[tuple[str, str]]) -> Iterator[dict]:
        """For pairs of a sentence and its translation, the attention of every head, as `align --format json`."""
        lines = [f"{english}\t{french}" for english, french in pairs]
        options = ("--pairs", "--layer", "all", "--head", "all", "--format", "json", "--pieces")
        return map(json.loads, self.lines("align", lines, *options))
