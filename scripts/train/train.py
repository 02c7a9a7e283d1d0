#!/usr/bin/env python3
"""Train the translator on WORK (see prepare.py and word_align.py); go on from where it was when run again.

usage: train.py WORK [--init MODEL_DIR] [--minutes M] [shape and recipe options]
       train.py WORK --anneal MINUTES

The training proper has no planned end: the learning rate warms up, holds, then falls with the inverse square
root of the step, and a running average of the weights is kept. WORK/checkpoint.pt is written every few
minutes and when the program is told to stop (SIGTERM, SIGINT); a later run resumes from it. --anneal takes
the checkpoint, lets the rate fall to nothing within the minutes given and writes WORK/annealed.pt, leaving
the checkpoint for more training.

Every --validate minutes a line goes to WORK/log.csv: loss on the dev part, and BLEU and chrF of greedy
translations of part of it, all with the averaged weights. --patience N ends the training after N validations
without a lower loss.
"""

import argparse
import contextlib
import csv
import math
import os
import signal
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from random import Random

import torch
from augment import Augmenter, Sample
from batches import Batch, group, make_batch, make_row, training_batches
from score import bleu, chrf, references, translate_all
from torch import Tensor
from warm_start import warm_start

from model import Shape, TiedCrossEntropy, Translator, copy_into, parameters_in_millions
from text import Pair, Pieces, read_links, read_pairs

SMOOTHING = 0.1
AVERAGE_EVERY, AVERAGE_WEIGHT = 5, 0.005
REPORT_EVERY = 100
CLIP = 1.0
COLUMNS = ("minutes", "step", "pieces", "rate", "train_loss", "dev_loss", "dev_bleu", "dev_chrf")


def loss_of(model: Translator, batch: Batch, precision: torch.dtype, smoothing: float) -> tuple[Tensor, Tensor]:
    """Σ cross-entropy over the target pieces, and Σ cross-entropy of the guided head with the word
    alignment."""
    device = batch.source.device.type
    with torch.autocast(device, torch.bfloat16, enabled=precision is torch.bfloat16):
        memory, mask = model.encode(batch.source)
        states, cross = model.decode(batch.target, memory, mask)
    real = batch.target != model.pad
    words = TiedCrossEntropy.apply(
        states[real].to(precision),
        model.model.shared.weight,
        model.final_logits_bias[0],
        batch.target[real],
        smoothing,
    )
    return words, -(batch.guide * (cross[-1][:, 0] + 1e-6).log()).sum()


class Trainer:
    def __init__(self, args: argparse.Namespace):
        self.args, self.work = args, args.work
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.pieces = Pieces(self.work)
        self.step, self.trained, self.seconds, self.best, self.stale = 0, 0, 0.0, math.inf, 0
        self.checkpoint = self.work / "checkpoint.pt"
        saved = torch.load(self.checkpoint) if self.checkpoint.exists() else None
        shape = (
            Shape(**saved["shape"])
            if saved
            else Shape(
                len(self.pieces), args.width, args.heads, args.ffn, args.encoder_layers, args.decoder_layers
            )
        )
        self.model = Translator(shape, args.dropout)
        if args.init and not saved:
            warm_start(self.model, args.init, self.pieces)
        self.model.to(self.device).train()
        self.average = [p.detach().clone() for p in self.model.parameters()]
        self.optimizer = torch.optim.Adam(self.model.parameters(), betas=(0.9, 0.98), eps=1e-9, foreach=True)
        if saved:
            self.resume(saved)
        self.read_data()
        self.precision = self.choose_precision() if args.precision == "auto" else getattr(torch, args.precision)
        print(
            f"{parameters_in_millions(self.model):.2f} M parameters, {len(self.augmenter.pairs)} pairs, "
            f"{self.precision}, {self.device}, from step {self.step}",
            flush=True,
        )

    def read_data(self) -> None:
        pairs, links = read_pairs(self.work), read_links(self.work / "links.txt")
        samples = {"train": [], "dev": []}
        for pair, link in zip(pairs, links, strict=True):
            samples.setdefault(pair.split, []).append(Sample(pair.english, pair.french, link))
        self.augmenter = Augmenter(samples["train"], self.pieces.pieces)
        rows = [make_row(sample, self.pieces) for sample in samples["dev"]]
        self.dev = [make_batch(g, self.pieces.pad) for g in group(rows, self.args.tokens)]
        self.dev_pairs: list[Pair] = [pair for pair in pairs if pair.split == "dev"]
        self.batches = training_batches(
            self.augmenter, self.pieces, self.args.tokens, Random(f"{self.args.seed} {self.step}")
        )
        torch.manual_seed(self.args.seed + self.step)

    def choose_precision(self) -> torch.dtype:
        """The faster of f32 and bf16 for a training step on this machine."""
        batch, seconds = next(self.batches).to(self.device), {}
        for precision in (torch.float32, torch.bfloat16):
            for _ in range(3):  # the last counts
                start = time.perf_counter()
                sum(loss_of(self.model, batch, precision, SMOOTHING)).backward()
                seconds[precision] = time.perf_counter() - start
        self.model.zero_grad(set_to_none=True)
        print("seconds a step:", {str(k): round(v, 2) for k, v in seconds.items()})
        return min(seconds, key=seconds.get)

    def resume(self, saved: dict) -> None:
        self.model.load_state_dict(saved["model"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.average = [tensor.to(self.device) for tensor in saved["average"]]
        for name in ("step", "trained", "seconds", "best", "stale"):
            setattr(self, name, saved[name])

    def save(self) -> None:
        state = {name: getattr(self, name) for name in ("step", "trained", "seconds", "best", "stale", "average")}
        state |= {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict()}
        write(state | {"shape": asdict(self.model.shape)}, self.checkpoint)

    def rate(self) -> float:
        warm = min(1.0, (self.step + 1) / self.args.warmup)
        return self.args.rate * warm * min(1.0, self.args.hold / (self.step + 1)) ** 0.5

    def train_step(self, batch: Batch, rate: float) -> float:
        words, guide = loss_of(self.model, batch, self.precision, SMOOTHING)
        self.optimizer.zero_grad(set_to_none=True)
        ((words + self.args.guide * guide) / batch.pieces).backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), CLIP)
        for parameters in self.optimizer.param_groups:
            parameters["lr"] = rate
        self.optimizer.step()
        self.step += 1
        self.trained += batch.pieces
        if self.step % AVERAGE_EVERY == 0:
            for average, parameter in zip(self.average, self.model.parameters(), strict=True):
                average.lerp_(parameter.detach(), AVERAGE_WEIGHT)
        return words.item() / batch.pieces

    @contextlib.contextmanager
    def averaged(self) -> Iterable[None]:
        """The model with its averaged weights, not in training."""
        own = [p.detach().clone() for p in self.model.parameters()]
        with torch.no_grad():
            copy_into(self.model, self.average)
            self.model.eval()
            yield
            self.model.train()
            copy_into(self.model, own)

    def validate(self, train_loss: float, rate: float) -> None:
        with self.averaged():
            losses = [
                loss_of(self.model, batch.to(self.device), torch.float32, 0.0)[0].item() for batch in self.dev
            ]
            sources, refs = references(self.dev_pairs, limit=self.args.validate_sentences)
            hypotheses = [t.text for t in translate_all(self.model, self.pieces, sources)]
        loss = sum(losses) / sum(batch.pieces for batch in self.dev)
        self.best, self.stale = (loss, 0) if loss < self.best else (self.best, self.stale + 1)
        values = (
            round(self.seconds / 60, 1),
            self.step,
            self.trained,
            f"{rate:.2e}",
            f"{train_loss:.4f}",
            f"{loss:.4f}",
            f"{bleu(hypotheses, refs).score:.2f}",
            f"{chrf(hypotheses, refs).score:.2f}",
        )
        print("validation:", dict(zip(COLUMNS, values, strict=True)), flush=True)
        new = not (self.work / "log.csv").exists()
        with open(self.work / "log.csv", "a", newline="") as file:
            csv.writer(file).writerows(([COLUMNS] if new else []) + [values])

    def run(self) -> None:
        """Until the minutes are over, the loss has stopped falling, or a signal comes."""
        anneal = self.args.anneal
        stop = StopRequest()
        start = last_save = last_validation = last_report = time.monotonic()
        losses, pieces_then, seconds_then = [], self.trained, self.seconds
        minutes = anneal or self.args.minutes
        while not stop.requested and self.stale < self.args.patience:
            now = time.monotonic()
            left = 1 - (now - start) / (60 * minutes)
            if left <= 0:
                break
            rate = self.rate() * (left if anneal else 1)
            losses.append(self.train_step(next(self.batches).to(self.device), rate))
            self.seconds = seconds_then + time.monotonic() - start
            if self.step % REPORT_EVERY == 0:
                speed = (self.trained - pieces_then) / (time.monotonic() - last_report)
                pieces_then, last_report = self.trained, time.monotonic()
                print(
                    f"step {self.step} loss {sum(losses[-100:]) / len(losses[-100:]):.3f} rate {rate:.2e} "
                    f"{speed:.0f} target pieces/s {self.seconds / 60:.1f} min",
                    flush=True,
                )
            if not anneal and now - last_save > 60 * self.args.save:
                self.save()
                last_save = now
            if now - last_validation > 60 * self.args.validate:
                self.validate(sum(losses[-500:]) / len(losses[-500:]), rate)
                last_validation = time.monotonic()
        self.save_annealed() if anneal else self.save()
        if not stop.requested:
            self.validate(sum(losses[-500:]) / max(1, len(losses[-500:])), self.rate())

    def save_annealed(self) -> None:
        with self.averaged():
            write(
                {"model": self.model.state_dict(), "shape": asdict(self.model.shape), "step": self.step},
                self.work / "annealed.pt",
            )


class StopRequest:
    """Set by the first SIGTERM or SIGINT; the step at hand is finished and the state saved."""

    def __init__(self) -> None:
        self.requested = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.request)

    def request(self, number: int, _frame: object) -> None:
        self.requested = True
        signal.signal(number, signal.SIG_DFL)


def write(state: dict, path: Path) -> None:
    """All or nothing: a reader never finds half a file."""
    torch.save(state, path.with_suffix(".new"))
    os.replace(path.with_suffix(".new"), path)


def options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--init", type=Path, help="start from this MarianMT directory (first run only)")
    parser.add_argument("--minutes", type=float, default=math.inf)
    parser.add_argument("--anneal", type=float, metavar="MINUTES", help="end phase from the checkpoint at hand")
    shape = parser.add_argument_group("shape (first run only)")
    shape.add_argument("--width", type=int, default=256)
    shape.add_argument("--heads", type=int, default=4)
    shape.add_argument("--ffn", type=int, default=1024)
    shape.add_argument("--encoder-layers", type=int, default=6)
    shape.add_argument("--decoder-layers", type=int, default=2)
    recipe = parser.add_argument_group("recipe")
    recipe.add_argument("--tokens", type=int, default=4000, help="pieces a batch, with padding")
    recipe.add_argument("--rate", type=float, default=1e-3, help="peak learning rate")
    recipe.add_argument("--warmup", type=int, default=600, help="steps of rising rate")
    recipe.add_argument("--hold", type=int, default=5000, help="steps before the rate begins to fall")
    recipe.add_argument("--dropout", type=float, default=0.1)
    recipe.add_argument("--guide", type=float, default=0.15, help="weight of the guided head's loss")
    recipe.add_argument("--precision", choices=("auto", "float32", "bfloat16"), default="auto")
    recipe.add_argument("--seed", type=int, default=1)
    upkeep = parser.add_argument_group("upkeep")
    upkeep.add_argument("--save", type=float, default=5, metavar="MINUTES")
    upkeep.add_argument("--validate", type=float, default=15, metavar="MINUTES")
    upkeep.add_argument("--validate-sentences", type=int, default=300)
    upkeep.add_argument("--patience", type=float, default=math.inf, help="validations without a lower dev loss")
    upkeep.add_argument("--threads", type=int, default=os.cpu_count())
    return parser.parse_args(arguments)


def main() -> None:
    args = options(sys.argv[1:])
    torch.set_num_threads(args.threads)
    Trainer(args).run()


if __name__ == "__main__":
    main()
