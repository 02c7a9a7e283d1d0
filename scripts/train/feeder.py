"""Batches without waiting: processes of their own draw samples and cut them into pieces while the model trains.

Each worker reads the training directory and sends packed batches through one queue, a pool ahead of the trainer.
A worker ends when its trainer does, however that ends.
"""

import multiprocessing
import os
import queue
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random

from augment import Augmenter, LinkedPair
from batches import PackedBatch, Row, batches_of, draw_pool, load_pool

from text import Vocabularies, read_lines, read_pairs

AHEAD = 400  # batches that wait in the queue
PATIENCE = 5  # seconds between two looks whether the other side still lives


def linked_pairs(work: Path, part: str) -> list[LinkedPair]:
    """The pairs of "train", "dev" or "test", with their word alignment."""
    pairs = zip(read_pairs(work), read_lines(work / "links.txt"), strict=True)
    return [LinkedPair(pair, links) for pair, links in pairs if pair.split == part]


def training_pairs(work: Path) -> list[LinkedPair]:
    """Those of "train", and the words of lexicon.tsv."""
    lexicon = read_pairs(work, "lexicon.tsv") if (work / "lexicon.tsv").exists() else []
    return linked_pairs(work, "train") + [LinkedPair(pair, "0-0") for pair in lexicon]


def drawn_pools(work: Path, weights: Mapping[str, float], random: Random) -> Iterator[list[Row]]:
    """Pools of fresh variants, without end."""
    vocabularies = Vocabularies(work)
    pieces = {*vocabularies.source.pieces, *vocabularies.target.pieces}
    augmenter = Augmenter(training_pairs(work), weights, pieces)
    while True:
        yield draw_pool(augmenter, vocabularies, random)


def stored_pools(shards: list[Path], random: Random) -> Iterator[list[Row]]:
    """The pools that shards.py wrote, again and again in a new order."""
    while True:
        for path in random.sample(shards, len(shards)):
            yield load_pool(path)


def training_batches(
    work: Path, shards: str, weights: Mapping[str, float], tokens: int, seed: str
) -> Iterator[PackedBatch]:
    """Without end; from the pools in the folder WORK/`shards`, if it has any."""
    random, vocabularies = Random(seed), Vocabularies(work)
    stored = sorted((work / shards).glob("*.npz"))
    pools = stored_pools(stored, random) if stored else drawn_pools(work, weights, random)
    for pool in pools:
        yield from batches_of(pool, vocabularies, tokens, random)


def feed(output: multiprocessing.Queue, trainer: int, *what: object) -> None:
    """The work of one process: batches into the queue, until the trainer stops it or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the trainer's to handle
    for batch in training_batches(*what):
        while True:
            try:
                output.put(batch, timeout=PATIENCE)
                break
            except queue.Full:
                if os.getppid() != trainer:
                    output.cancel_join_thread()
                    return


class Feeder:
    """An endless iterator of packed batches that `workers` processes prepare."""

    def __init__(
        self, work: Path, shards: str, weights: Mapping[str, float], tokens: int, seed: str, workers: int = 1
    ):
        context = multiprocessing.get_context("spawn")
        self.queue = context.Queue(AHEAD)
        self.workers = []
        for number in range(workers):
            what = (self.queue, os.getpid(), work, shards, dict(weights), tokens, f"{seed} {number}")
            self.workers.append(context.Process(target=feed, args=what, daemon=True))
            self.workers[-1].start()

    def __next__(self) -> PackedBatch:
        while True:
            try:
                return self.queue.get(timeout=PATIENCE)
            except queue.Empty:
                dead = [worker.exitcode for worker in self.workers if not worker.is_alive()]
                if dead:
                    raise SystemExit(f"a process that prepares text ended with status {dead[0]}") from None

    def close(self) -> None:
        for worker in self.workers:
            worker.terminate()
            worker.join()
