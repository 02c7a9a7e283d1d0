#!/usr/bin/env python3
"""Measures the tables of lesson 12: 33 trainings, about six minutes on two cores.

    make learn && python3 examples/learn/experiments.py

What each training printed stays in build/learn/experiments, and no training is repeated while its file is there.
"""

import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).parents[2]
LOGS = ROOT / "build/learn/experiments"
TASKS = ("numbers", "dates", "reverse")
FLAGS = ("", "--heads 1", "--no-scaling", "--no-positions", "--no-residual", "--mean-memory", "--guided")
LINE = re.compile(r"step +(\d+) +loss .* exact +([\d.]+) % +head \d+ aligned +([\d.]+) %")


def training(task, flag, seed=1):
    """Its lines, as (step, exact, aligned)."""
    log = LOGS / f"{task}{flag.replace(' ', '-')}-seed-{seed}.log"
    if not log.exists():
        LOGS.mkdir(parents=True, exist_ok=True)
        command = ["./learn", task, "--seed", str(seed), "-o", LOGS / "model", *flag.split()]
        printed = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
        log.write_text(printed)
    return [(int(step), float(exact), float(aligned)) for step, exact, aligned in LINE.findall(log.read_text())]


def table(title, tasks, flags, cell):
    print(f"\n{title}\n\n| | {' | '.join(tasks)} |\n{'|---' * (1 + len(tasks))}|")
    for flag in flags:
        cells = " | ".join(cell(task, flag) for task in tasks)
        print(f"| {flag or 'the network as it is'} | {cells} |", flush=True)


def outcome(task, flag):
    _, exact, aligned = training(task, flag)[-1]
    return f"{exact} %, {aligned} %"


def first_good(task, flag):
    return next((f"{step:,}" for step, exact, _ in training(task, flag) if exact >= 99), "never")


def aligned_by_seed(task, flag):
    return ", ".join(f"{training(task, flag, seed)[-1][2]} %" for seed in (1, 2, 3))


def main():
    table("Exact translations, and looks of the best head at the right piece", TASKS, FLAGS, outcome)
    slower = ("", "--no-scaling", "--heads 1", "--no-residual")
    table("The first line with 99 % of exact translations", TASKS, slower, first_good)
    seeds = ("", "--heads 1", "--no-residual")
    table("Looks of the best head at the right piece, with seeds 1, 2 and 3", TASKS[:2], seeds, aligned_by_seed)
    least = min(training(task, flag, seed)[-1][1] for task in TASKS[:2] for flag in seeds for seed in (1, 2, 3))
    print(f"\nIn each of these runs at least {least} % of the translations are exact.")


if __name__ == "__main__":
    main()
