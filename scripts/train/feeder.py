"""Batches without waiting: processes of their own draw samples and cut them into pieces while the model trains.

Each worker reads the training directory and sends packed batches through its pipe, a pool ahead of the trainer.
A worker ends when its trainer does, however that ends.
"""

import contextlib
import multiprocessing
import queue
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from multiprocessing.connection import Connection, wait
from pathlib import Path
from random import Random

from augment import Augmenter, LinkedPair
from batches import PackedBatch, Row, batches_of, draw_pool, load_pool

from text import Vocabularies, read_lines, read_pairs

AHEAD = 400  # batches that wait in all workers


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


def draw(ahead: queue.Queue, what: tuple) -> None:
    """Batches into the queue; None after an error, which ends the thread."""
    try:
        for batch in training_batches(*what):
            ahead.put(batch)
    finally:
        ahead.put(None)


def feed(output: Connection, n_ahead: int, *what: object) -> None:
    """The work of one process: batches to the trainer, until it stops the process or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the trainer's to handle
    ahead = queue.Queue(n_ahead)
    threading.Thread(target=draw, args=(ahead, what), daemon=True).start()
    with contextlib.suppress(BrokenPipeError):
        while batch := ahead.get():
            output.send(batch)
        sys.exit(1)


class Feeder:
    """An endless iterator of packed batches that `workers` processes prepare.

    Each has a pipe of its own, which ends with it: a process that dies within a batch ends the training, too.
    """

    def __init__(
        self, work: Path, shards: str, weights: Mapping[str, float], tokens: int, seed: str, workers: int = 1
    ):
        context = multiprocessing.get_context("spawn")
        self.workers: dict[Connection, multiprocessing.Process] = {}
        self.ready: list[Connection] = []
        for number in range(workers):
            mine, theirs = context.Pipe(duplex=False)
            what = (theirs, max(1, AHEAD // workers), work, shards, dict(weights), tokens, f"{seed} {number}")
            self.workers[mine] = context.Process(target=feed, args=what, daemon=True)
            self.workers[mine].start()
            theirs.close()

    def __next__(self) -> PackedBatch:
        self.ready = self.ready or wait(self.workers)
        connection = self.ready.pop()
        try:
            return connection.recv()
        except (EOFError, OSError):
            self.workers[connection].join()
            status = self.workers[connection].exitcode
            raise SystemExit(f"a process that prepares text ended with status {status}") from None

    def close(self) -> None:
        for worker in self.workers.values():
            worker.terminate()
            worker.join()
