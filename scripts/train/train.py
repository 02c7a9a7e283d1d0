#!/usr/bin/env python3
"""Train the translator on WORK (see prepare.py and word_align.py); go on from where it was when run again.

usage: train.py WORK [--parent FOLDER] [--minutes M] [--steps N] [shape and recipe options]
       train.py WORK --anneal MINUTES

The training proper has no planned end: the learning rate warms up, holds, then falls with the inverse square
root of the step, and a running average of the weights is kept. WORK/checkpoint.json and its parts are written
every few minutes and when the program is told to stop (SIGTERM, SIGINT), which ends it with status 1; a later run
resumes from it, until --minutes or --steps of training are done in all. --anneal takes the checkpoint, lets the
rate fall to nothing within the minutes given, on the best of the text (corpora.tsv), and writes WORK/annealed.json
(the checkpoint stays for more training); an end phase that is interrupted writes nothing.

Every --validate minutes a line goes to WORK/log.csv: loss on the dev part, and BLEU and chrF of greedy
translations of some of its everyday sentences, all with the averaged weights. --patience N ends the training
after N validations without a lower loss.
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

import checkpoint
import torch
from batches import PackedBatch, group, make_row, pack
from corpora import TABLE, read_table
from feeder import Feeder, linked_pairs
from replicas import Replicas
from score import bleu, chrf, references, translate_all
from tensors import Batch, unpack
from torch import Tensor
from transfer import transfer

from model import Shape, TiedCrossEntropy, Translator, copy_into, parameters_in_millions
from text import Pair, Vocabularies

SMOOTHING = 0.1
AVERAGE_EVERY, AVERAGE_WEIGHT = 5, 0.005
REPORT_EVERY = 100
CLIP = 1.0
EVERYDAY = "tatoeba"  # the corpus whose sentences have several references
TOKENS = {"cpu": 4000, "cuda": 25_000}  # pieces a batch
COLUMNS = ("minutes", "step", "pieces", "rate", "train_loss", "dev_loss", "dev_bleu", "dev_chrf")
STATE = ("step", "trained", "seconds", "best", "stale")


def loss_of(model: Translator, batch: Batch, precision: torch.dtype, smoothing: float) -> tuple[Tensor, Tensor]:
    """Σ cross-entropy over the target pieces, and Σ cross-entropy of the guided head with the word
    alignment."""
    device = batch.source.device.type
    with torch.autocast(device, torch.bfloat16, enabled=precision is torch.bfloat16):
        memory, mask = model.encode(batch.source)
        states, cross = model.decode(batch.target, memory, mask)
    words = TiedCrossEntropy.apply(
        states.flatten(0, 1).index_select(0, batch.real).to(precision),
        model.model.decoder.embed_tokens.weight,
        model.final_logits_bias[0],
        batch.target.flatten()[batch.real],
        smoothing,
    )
    return words, -(batch.guide * (cross[-1][:, 0] + 1e-6).log()).sum()


def average_weight(step: int) -> float:
    """Of the newest weights in the running average: it reaches back 1,000 steps, at first a tenth of all."""
    return min(1.0, max(AVERAGE_WEIGHT, 10 * AVERAGE_EVERY / step))


class Trainer:
    def __init__(self, args: argparse.Namespace):
        self.args, self.work, self.replicas = args, args.work, Replicas()
        torch.set_num_threads(args.threads or max(1, os.cpu_count() // self.replicas.count))
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        args.tokens = args.tokens or TOKENS[self.device.type]
        self.vocabularies = Vocabularies(self.work)
        self.step, self.trained, self.seconds, self.best, self.stale = 0, 0, 0.0, math.inf, 0
        saved = checkpoint.load(self.work / "checkpoint", self.device)
        self.model = Translator(Shape(**saved["shape"]) if saved else self.new_shape(), args.dropout)
        if args.parent and not saved:
            transfer(self.model, args.parent, self.work)
        self.model.to(self.device).train()
        self.replicas.share_weights(self.model)
        self.average = [p.detach().clone() for p in self.model.parameters()]
        self.optimizer = torch.optim.Adam(self.model.parameters(), betas=(0.9, 0.98), eps=1e-9, foreach=True)
        if saved:
            self.resume(saved)
        self.read_data()
        self.precision = self.choose_precision() if args.precision == "auto" else getattr(torch, args.precision)
        if self.replicas.first:
            print(
                f"{parameters_in_millions(self.model):.2f} M parameters, {self.precision}, {self.device}, "
                f"from step {self.step}",
                flush=True,
            )

    def new_shape(self) -> Shape:
        args, both = self.args, self.vocabularies
        layers = args.encoder_layers, args.decoder_layers
        return Shape(len(both.source), len(both.target), args.width, args.heads, args.ffn, *layers)

    def read_data(self) -> None:
        dev, table = linked_pairs(self.work, "dev"), read_table(self.args.table)
        self.weights = {name: corpus.weight for name, corpus in table.items()}
        self.dev: dict[str, list[PackedBatch]] = {}
        for origin in sorted({linked.pair.origin for linked in dev}):
            rows = [make_row(p.sample(), self.vocabularies) for p in dev if p.pair.origin == origin]
            self.dev[origin] = [pack(g, self.vocabularies) for g in group(rows, self.args.tokens)]
        self.dev_pairs: list[Pair] = [linked.pair for linked in dev if linked.pair.origin == EVERYDAY]
        anneal = self.args.anneal is not None
        weights = {name: corpus.end_weight for name, corpus in table.items()} if anneal else self.weights
        seed = f"{self.args.seed} {self.step} {self.replicas.number}"
        shards = "shards-end" if anneal else "shards"
        self.feeder = Feeder(self.work, shards, weights, self.args.tokens, seed, self.args.workers)
        torch.manual_seed(hash((self.args.seed, self.step, self.replicas.number)))

    def next_batch(self) -> Batch:
        return unpack(next(self.feeder), self.device)

    def choose_precision(self) -> torch.dtype:
        """bf16 on a GPU; on a CPU, the faster of f32 and bf16 for a training step."""
        if self.device.type == "cuda":
            return torch.bfloat16
        batch, seconds = self.next_batch(), {}
        for precision in (torch.float32, torch.bfloat16):
            for _ in range(3):  # the last counts
                start = time.perf_counter()
                sum(loss_of(self.model, batch, precision, SMOOTHING)).backward()
                seconds[precision] = time.perf_counter() - start
        self.model.zero_grad(set_to_none=True)
        seconds = dict(zip(seconds, self.replicas.sums(*seconds.values()), strict=True))
        print("seconds a step:", {str(k): round(v, 2) for k, v in seconds.items()})
        return min(seconds, key=seconds.get)

    def resume(self, saved: dict) -> None:
        self.model.load_state_dict(saved["model"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.average = saved["average"]
        for name in STATE:
            setattr(self, name, saved[name])

    def save(self) -> None:
        state = {name: getattr(self, name) for name in (*STATE, "average")}
        state |= {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict()}
        checkpoint.save(state | {"shape": asdict(self.model.shape)}, self.work / "checkpoint")

    def rate(self) -> float:
        warm = min(1.0, (self.step + 1) / self.args.warmup)
        peak = self.args.rate * self.replicas.count**0.5  # Malladi et al. 2022: Adam with larger batches
        return peak * warm * min(1.0, self.args.hold / (self.step + 1)) ** 0.5

    def train_step(self, batch: Batch, rate: float, pieces: float) -> Tensor:
        """One step of Adam, with the `pieces` of all replicas; the loss a piece of this batch, which is still on
        the device."""
        if self.args.parent:
            for parameter in self.model.model.encoder.parameters():
                parameter.requires_grad_(self.step >= self.args.freeze)
        words, guide = loss_of(self.model, batch, self.precision, SMOOTHING)
        self.optimizer.zero_grad(set_to_none=True)
        ((words + self.args.guide * guide) / pieces).backward()
        self.replicas.add_gradients(self.model)
        torch.nn.utils.clip_grad_norm_((p for p in self.model.parameters() if p.grad is not None), CLIP)
        for parameters in self.optimizer.param_groups:
            parameters["lr"] = rate
        self.optimizer.step()
        self.step += 1
        self.trained += int(pieces)
        if self.step % AVERAGE_EVERY == 0:
            weight = average_weight(self.step)
            for average, parameter in zip(self.average, self.model.parameters(), strict=True):
                average.lerp_(parameter.detach(), weight)
        return words.detach() / batch.pieces

    @contextlib.contextmanager
    def averaged(self) -> Iterable[None]:
        """The model with its averaged weights."""
        own = [p.detach().clone() for p in self.model.parameters()]
        copy_into(self.model, self.average)
        yield
        copy_into(self.model, own)

    @torch.no_grad()
    def dev_loss(self) -> float:
        """Nats a piece on dev, its corpora weighted as in training."""
        self.model.eval()
        total = pieces = 0.0
        for origin, packed in self.dev.items():
            batches = (unpack(p, self.device) for p in packed)
            loss = sum(loss_of(self.model, batch, self.precision, 0.0)[0].item() for batch in batches)
            count = sum(p.pieces for p in packed)
            print(f"dev {origin}: {loss / count:.3f}", end="; ")
            total += self.weights.get(origin, 1.0) * loss
            pieces += self.weights.get(origin, 1.0) * count
        self.model.train()
        print(f"weighted: {total / pieces:.4f}", flush=True)
        return total / pieces

    def dev_scores(self) -> tuple[float, float]:
        """BLEU and chrF on part of the everyday sentences of dev."""
        self.model.eval()
        sources, refs = references(self.dev_pairs, limit=self.args.validate_sentences)
        hypotheses = [t.text for t in translate_all(self.model, self.vocabularies, sources)]
        self.model.train()
        return bleu(hypotheses, refs).score, chrf(hypotheses, refs).score

    def validate(self, train_loss: float, rate: float) -> None:
        with self.averaged():
            loss, scores = self.dev_loss(), self.dev_scores()
        self.best, self.stale = (loss, 0) if loss < self.best else (self.best, self.stale + 1)
        values = (
            round(self.seconds / 60, 1),
            self.step,
            self.trained,
            f"{rate:.2e}",
            f"{train_loss:.4f}",
            f"{loss:.4f}",
            *(f"{score:.2f}" for score in scores),
        )
        print("validation:", dict(zip(COLUMNS, values, strict=True)), flush=True)
        new = not (self.work / "log.csv").exists()
        with open(self.work / "log.csv", "a", newline="") as file:
            csv.writer(file).writerows(([COLUMNS] if new else []) + [values])

    def report(self, losses: list[Tensor], rate: float, speed: float) -> None:
        if self.replicas.first:
            print(
                f"step {self.step} loss {mean(losses[-REPORT_EVERY:]):.3f} rate {rate:.2e} "
                f"{speed:.0f} target pieces/s {self.seconds / 60:.1f} min",
                flush=True,
            )

    def run(self) -> None:
        """Until the minutes are over, the loss has stopped falling, or a signal comes."""
        anneal, stop = self.args.anneal, StopRequest()
        start = last_save = last_validation = last_report = time.monotonic()
        losses, pieces_then, seconds_then = [], self.trained, self.seconds
        budget = 60 * anneal if anneal else 60 * self.args.minutes - self.seconds
        while True:
            now, batch = time.monotonic(), self.next_batch()
            rate = self.rate() * (1 - (now - start) / budget if anneal else 1)
            over = now - start >= budget or (not anneal and self.is_over())
            mine = (rate, over) if self.replicas.first else (0.0, 0.0)
            rate, over, interrupted, pieces = self.replicas.sums(*mine, stop.requested, batch.pieces)
            if over or interrupted:
                break
            losses.append(self.train_step(batch, rate, pieces))
            self.seconds = seconds_then + time.monotonic() - start
            if self.step % REPORT_EVERY == 0:
                self.report(losses, rate, (self.trained - pieces_then) / (time.monotonic() - last_report))
                pieces_then, last_report, losses = self.trained, time.monotonic(), losses[-500:]
            if not self.replicas.first:
                continue
            if not anneal and now - last_save > 60 * self.args.save:
                self.save()
                last_save = now
            if now - last_validation > 60 * self.args.validate:
                self.validate(mean(losses), rate)
                last_validation = time.monotonic()
        self.feeder.close()
        self.replicas.close()
        if self.replicas.first:
            self.finish(bool(interrupted), mean(losses))

    def is_over(self) -> bool:
        return self.step >= self.args.steps or self.stale >= self.args.patience

    def finish(self, interrupted: bool, train_loss: float) -> None:
        anneal = self.args.anneal
        if not anneal:
            self.save()
        if interrupted:
            what = "nothing of the end phase is kept" if anneal else "the checkpoint is saved"
            raise SystemExit(f"interrupted at step {self.step}: {what}; run again to go on")
        if anneal:
            self.save_annealed()
        self.validate(train_loss, self.rate())

    def save_annealed(self) -> None:
        """The last weights or their average, whichever dev prefers; the average is then the same."""
        last = self.dev_loss()
        with self.averaged():
            average = self.dev_loss()
        print(f"dev loss of the last weights {last:.4f}, of their average {average:.4f}")
        if last < average:
            self.average = [p.detach().clone() for p in self.model.parameters()]
        with self.averaged():
            state = {"model": self.model.state_dict(), "shape": asdict(self.model.shape), "step": self.step}
            checkpoint.save(state, self.work / "annealed")


def mean(losses: list[Tensor]) -> float:
    return torch.stack(losses).mean().item() if losses else math.nan


class StopRequest:
    """Set by the first SIGTERM or SIGINT; the step at hand is finished and the state saved."""

    def __init__(self) -> None:
        self.requested = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.request)

    def request(self, number: int, _frame: object) -> None:
        self.requested = True
        signal.signal(number, signal.SIG_DFL)


def options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--parent", type=Path, help="start from the Firefox model in this folder (transfer.py)")
    parser.add_argument("--minutes", type=float, default=math.inf, help="of training, all runs together")
    parser.add_argument("--steps", type=int, default=sys.maxsize, help="of training, all runs together")
    parser.add_argument("--anneal", type=float, metavar="MINUTES", help="end phase from the checkpoint at hand")
    shape = parser.add_argument_group("shape (first run only)")
    shape.add_argument("--width", type=int, default=256)
    shape.add_argument("--heads", type=int, default=8)
    shape.add_argument("--ffn", type=int, default=1536)
    shape.add_argument("--encoder-layers", type=int, default=6)
    shape.add_argument("--decoder-layers", type=int, default=2)
    recipe = parser.add_argument_group("recipe")
    recipe.add_argument("--table", type=Path, default=TABLE, help="the corpora's weights (corpora.tsv)")
    recipe.add_argument("--freeze", type=int, default=150, help="steps before a parent's encoder is trained too")
    recipe.add_argument("--tokens", type=int, help="pieces a batch, with padding (4,000; on a GPU 25,000)")
    recipe.add_argument("--rate", type=float, default=1e-3, help="peak learning rate (× √replicas)")
    recipe.add_argument("--warmup", type=int, default=300, help="steps of rising rate")
    recipe.add_argument("--hold", type=int, default=5000, help="steps before the rate begins to fall")
    recipe.add_argument("--dropout", type=float, default=0.05)
    recipe.add_argument("--guide", type=float, default=0.25, help="weight of the guided head's loss")
    recipe.add_argument("--precision", choices=("auto", "float32", "bfloat16"), default="auto")
    recipe.add_argument("--seed", type=int, default=1)
    upkeep = parser.add_argument_group("upkeep")
    upkeep.add_argument("--save", type=float, default=5, metavar="MINUTES")
    upkeep.add_argument("--validate", type=float, default=15, metavar="MINUTES")
    upkeep.add_argument("--validate-sentences", type=int, default=300)
    upkeep.add_argument("--patience", type=float, default=math.inf, help="validations without a lower dev loss")
    upkeep.add_argument("--threads", type=int, help="of each process (its share of the processor)")
    upkeep.add_argument("--workers", type=int, default=1, help="processes that prepare text")
    return parser.parse_args(arguments)


def main() -> None:
    Trainer(options(sys.argv[1:])).run()


if __name__ == "__main__":
    main()
