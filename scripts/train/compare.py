#!/usr/bin/env python3
"""Compare the recipe's choices: short trainings that differ from it in one thing, and their losses on dev.

usage: compare.py WORK PARENT [--steps N] [--threads N] [CHOICE...]

WORK has what prepare.py, word_align.py and pivot.py write, PARENT is the Firefox model that run.sh fetches. Each
choice trains in a folder of its own, WORK/compare/CHOICE. Its log stays there, and a choice that has one is not
trained again. Standard output is a Markdown table: BLEU and chrF of everyday sentences, and nats a piece for each
corpus of dev.
"""

import argparse
import ast
import os
import re
import subprocess
import sys
from pathlib import Path

from corpora import TABLE

HERE = Path(__file__).parent
RECIPE, RANDOM_WEIGHTS, NO_PIVOT = "recipe", "random weights", "no pivot.tsv"
OPTIONS = {"no frozen encoder": ["--freeze", "0"], "no guided attention": ["--guide", "0"]}  # of train.py
LEFT_OUT = {  # corpora that are not drawn
    "no written": ("written",),
    "no tatoeba": ("tatoeba",),
    "no strings": ("strings",),
    "no prose": ("prose",),
    "no novels": ("novels",),
    "no docs, no words": ("docs", "words"),
    "no laws, no bible": ("laws", "bible"),
}
CHOICES = (RECIPE, RANDOM_WEIGHTS, NO_PIVOT, *OPTIONS, *LEFT_OUT)
FILES = ("pairs.tsv", "links.txt", "source.spm", "target.spm", "vocab.json", "target_vocab.json", "pivot.tsv")


def link_files(work: Path, folder: Path, choice: str) -> None:
    """What the trainer reads: WORK's files, and corpora.tsv with weight 0 for what is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        if choice != NO_PIVOT or name != "pivot.tsv":
            (folder / name).unlink(missing_ok=True)
            (folder / name).symlink_to((work / name).resolve())
    table = TABLE.read_text(encoding="utf-8")
    for corpus in LEFT_OUT.get(choice, ()):
        table = re.sub(rf"^{corpus}\t[^\t]+", f"{corpus}\t0", table, flags=re.MULTILINE)
    (folder / "corpora.tsv").write_text(table, encoding="utf-8")


def train(choice: str, args: argparse.Namespace) -> str:
    """The log of the choice's training."""
    folder = args.work / "compare" / choice.replace(",", "").replace(" ", "-")
    log = folder / "train.log"
    if not log.exists():
        link_files(args.work, folder, choice)
        command = [sys.executable, HERE / "train.py", folder, "--steps", str(args.steps)]
        command += ["--table", folder / "corpora.tsv", "--save", "inf", "--validate", "inf"]
        command += ["--threads", str(args.threads), *OPTIONS.get(choice, ())]
        command += ["--parent", args.parent] if choice != RANDOM_WEIGHTS else []
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        for part in folder.glob("checkpoint.*"):
            part.unlink()
        log.write_text(done.stdout, encoding="utf-8")
    return log.read_text(encoding="utf-8")


def row_of(log: str) -> dict[str, str]:
    """BLEU and chrF of the last validation in a log, and its loss for each corpus."""
    losses, scores = re.findall(r"^dev (.*); weighted: .*\nvalidation: (.*)$", log, flags=re.MULTILINE)[-1]
    scores = ast.literal_eval(scores)
    row = {"BLEU": f"{float(scores['dev_bleu']):.1f}", "chrF": f"{float(scores['dev_chrf']):.1f}"}
    for part in losses.split("; "):
        corpus, loss = part.removeprefix("dev ").split(": ")
        row[corpus] = f"{float(loss):.2f}"
    return row


def print_table(rows: dict[str, dict[str, str]], steps: int) -> None:
    columns = list(next(iter(rows.values())))
    print(f"| after {steps} steps | {' | '.join(columns)} |\n| --- |{' --: |' * len(columns)}")
    for choice, row in rows.items():
        print(f"| {choice} | {' | '.join(row[column] for column in columns)} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("parent", type=Path)
    parser.add_argument("choices", nargs="*", metavar="CHOICE", help=", ".join(CHOICES))
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    args = parser.parse_intermixed_args()
    if unknown := set(args.choices).difference(CHOICES):
        parser.error(f"{', '.join(unknown)}: expected {', '.join(CHOICES)}")
    print_table({choice: row_of(train(choice, args)) for choice in args.choices or CHOICES}, args.steps)


if __name__ == "__main__":
    main()
