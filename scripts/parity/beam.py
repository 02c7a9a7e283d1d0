#!/usr/bin/env python3
"""Compares beam search and the scores of given translations with transformers, through the program.

    beam.py XATTN MODEL --name NAME [--corpus FILE] [--sentences N] [--pairs N]

For every kind of beam: the n-best lists and their scores; then the log-probabilities and cross-attention maps
of the best against what transformers makes of its ids, given as labels. The same for given translations.
Lists may differ where a decision of the search was closer than TIE: a search that is repeated here step by
step, in float64, says how close the closest was, and these places are listed. Prints a row for each and
exits 1 if one is beyond its limit.
"""

import argparse
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import torch
from judge import Judge
from sentences import SAMPLE, choose, read_pairs, spread
from table import Table

TIE = 1e-4
KINDS = [(4, 1.0), (4, 0.6), (6, 1.0), (6, 0.6)]  # num_beams, length_penalty
AS_IT_IS = ["--no-split", "--no-copy"]  # the model reads what transformers' does
ALL_MAPS = ["--format", "json", "--pieces", "--layer", "all", "--head", "all"]
LIMITS = {"score": 1e-4, "token logprobs": 1e-4, "maps": 1e-5}


class Program:
    def __init__(self, path, model):
        self.path, self.model = str(path.resolve()), str(model)  # a bare "xattn" would be looked for in PATH

    def run(self, command, lines, *options):
        """One JSON object a line."""
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".txt") as file:
            file.write("".join(line + "\n" for line in lines))
            file.flush()
            command = [self.path, command, "--quiet", "-m", self.model, "-i", file.name, *AS_IT_IS, *options]
            done = subprocess.run(command, capture_output=True, check=False)
        rows = [json.loads(line) for line in done.stdout.decode().split("\n")[:-1]]
        if done.returncode or len(rows) != len(lines):
            raise RuntimeError(f"{' '.join(command)}: status {done.returncode}, {done.stderr.decode()}")
        return rows


class Beams(Judge):
    @torch.inference_mode()
    def beam(self, sources, n, penalty, batch=16):
        """The n-best list of each source from generate(): pairs of ids, up to </s>, and score."""
        found = [None] * len(sources)
        order = sorted(range(len(sources)), key=lambda i: -len(sources[i]))
        pad = self.tokenizer.pad_token_id
        for at in range(0, len(order), batch):
            rows = order[at:at + batch]
            width = len(sources[rows[0]])
            ids = torch.tensor([sources[r] + [pad] * (width - len(sources[r])) for r in rows])
            mask = torch.tensor([[int(i < len(sources[r])) for i in range(width)] for r in rows])
            made = self.model.generate(
                input_ids=ids, attention_mask=mask, num_beams=n, num_return_sequences=n, do_sample=False,
                length_penalty=penalty, return_dict_in_generate=True, output_scores=True)
            ids = map(self.until_eos, made.sequences[:, 1:].tolist())
            lists = list(zip(ids, made.sequences_scores.tolist(), strict=True))
            for i, r in enumerate(rows):
                found[r] = lists[i * n:(i + 1) * n]
        return found

    def until_eos(self, ids):
        eos = self.model.config.eos_token_id
        return ids[:ids.index(eos) + 1] if eos in ids else ids


class Closest:
    """How close the closest decision of a search was: transformers' rules on float64 numbers."""

    def __init__(self, judge):
        self.judge, self.double = judge, None

    @torch.inference_mode()
    def step(self, memory, living):
        """log p of every token after each of the living."""
        config = self.judge.model.config
        ids = torch.tensor([[config.decoder_start_token_id] + h for _, h in living])
        states = memory.expand(len(living), -1, -1)
        out = self.double(encoder_outputs=(states,), decoder_input_ids=ids, use_cache=False)
        logprobs = torch.log_softmax(out.logits[:, -1], -1)
        logprobs[:, self.judge.banned] = -torch.inf
        return logprobs.numpy()

    def margin(self, source, n, penalty):
        if self.double is None:
            self.double = self.judge.model.to(torch.float64)
        with torch.inference_mode():
            memory = self.double.get_encoder()(torch.tensor([source])).last_hidden_state
        closest = self.search(memory, n, penalty)
        self.judge.model.to(torch.float32)
        self.double = None
        return closest

    def search(self, memory, n, penalty):
        eos = self.judge.model.config.eos_token_id
        most = self.judge.model.generation_config.max_length - 1
        living, finished, closest = [(0.0, [])], [], numpy.inf
        for length in range(1, most + 1):
            if length == most:
                ending = [s / length**penalty for s, _ in living]
                return min(closest, margin_at(sorted(finished + ending, reverse=True), n, all_of_them=True))
            logprobs = self.step(memory, living) + numpy.array([[s] for s, _ in living])
            order = numpy.argsort(-logprobs, axis=None)[:2 * n + 1]
            scores = logprobs.reshape(-1)[order]
            rows, ids = numpy.divmod(order, logprobs.shape[1])
            ends = [i for i in range(len(order)) if ids[i] == eos]
            closest = min([closest] + [self.around(scores, i, n) for i in ends])
            finished += [scores[i] / length**penalty for i in ends if i < n]
            finished.sort(reverse=True)
            closest = min(closest, margin_at(finished, n, all_of_them=True))
            finished = finished[:n]
            others = [i for i in range(len(order)) if ids[i] != eos]
            closest = min(closest, margin_at([scores[i] for i in others], n))
            living = [(scores[i], living[rows[i]][1] + [int(ids[i])]) for i in others[:n]]
            if len(finished) == n:
                hope = living[0][0] / length**penalty
                closest = min(closest, abs(hope - finished[-1]))
                if hope <= finished[-1]:
                    return closest
        return closest

    @staticmethod
    def around(scores, i, n):
        """How far candidate i is from the border between the first n and the others."""
        other = n if i < n else n - 1
        return abs(scores[i] - scores[other]) if other < len(scores) else numpy.inf


def margin_at(scores, n, all_of_them=False):
    """How close the n-th and the next of sorted scores are; or the closest neighbours up to there."""
    gaps = [a - b for a, b in itertools.pairwise(scores)][:n]
    return min(gaps if all_of_them else gaps[n - 1:], default=numpy.inf)


def hypotheses(row):
    """Ids, normalized score, log-probabilities of each, best first."""
    for h in [row, *row.get("alternatives", [])]:
        yield h["target_ids"], h.get("normalized_score", h["score"]), h["token_logprobs"]


def compare_lists(table, judge, kind, sources, rows, texts):
    n, penalty = kind
    ties = wrong = first = n_lists = 0
    worst = 0.0
    for source, row, theirs, text in zip(sources, rows, judge.beam(sources, n, penalty), texts, strict=True):
        ours = list(hypotheses(row))
        n_lists += len(ours)
        first += ours[0][0] == theirs[0][0]
        same = [ids for ids, _, _ in ours] == [ids for ids, _ in theirs]
        scores = dict((tuple(ids), score) for ids, score in theirs)
        for ids, score, _ in ours:
            worst = max(worst, abs(score - scores.get(tuple(ids), score)))
        if same:
            continue
        margin = Closest(judge).margin(source, n, penalty)
        tie = margin < TIE
        ties, wrong = ties + tie, wrong + (not tie)
        place = next(i for i, (a, b) in enumerate(zip(ours, theirs, strict=True)) if a[0] != b[0])
        print(f"  {'near tie' if tie else 'DIFFERENT'}: place {place} of {n}, closest decision {margin:.2e}: "
              f"{text[:100]}")
    name = f"beam {n}, penalty {penalty}"
    table.row(f"{name}: n-best ids", len(texts), wrong, 0, f"{ties} near ties, {first} first ones equal")
    table.row(f"{name}: scores", n_lists, worst, LIMITS["score"])


def read(judge, row, maps):
    """How far off the log-probabilities and maps of a translation are from those of a reader of it."""
    _, logits, theirs = judge.forced(row["source_ids"], row["target_ids"])
    loss = torch.nn.functional.cross_entropy(
        torch.tensor(logits), torch.tensor(row["target_ids"]), reduction="none").numpy()
    ours = numpy.array([m["rows"] for m in maps["maps"]]).reshape(theirs.shape)
    logprobs = numpy.array(row["token_logprobs"])
    if row["token_logprobs"][-1] == 0:  # a forced </s> is certain
        loss, logprobs = loss[:-1], logprobs[:-1]
    return float(numpy.abs(logprobs + loss).max(initial=0.0)), float(numpy.abs(ours - theirs).max())


def compare_reading(table, judge, name, rows, maps):
    found = [read(judge, row, m) for row, m in zip(rows, maps, strict=True)]
    n_tokens = sum(len(row["target_ids"]) for row in rows)
    logprobs, cells = (max(column) for column in zip(*found, strict=True))
    table.row(f"{name}: token logprobs", len(rows), logprobs, LIMITS["token logprobs"], f"{n_tokens} tokens")
    table.row(f"{name}: maps", len(rows), cells, LIMITS["maps"])


def compare_beam(table, judge, program, kind, sources, texts):
    n, penalty = kind
    options = ["--beam", str(n), "--length-penalty", str(penalty)]
    rows = program.run("translate", texts, "--json", "--nbest", str(n), *options)
    compare_lists(table, judge, kind, sources, rows, texts)
    maps = program.run("align", texts, *options, *ALL_MAPS)
    compare_reading(table, judge, f"beam {n}, penalty {penalty}", rows, maps)


def compare_score(table, judge, program, pairs):
    """Given translations: ids, loss and maps."""
    lines = [f"{source}\t{target}" for source, target in pairs]
    rows = program.run("score", lines, "--json")
    most = judge.model.generation_config.max_length - 1
    ids = [judge.tokenizer(text_target=target, truncation=True, max_length=most)["input_ids"]
           for _, target in pairs]
    wrong = sum(row["target_ids"] != i for row, i in zip(rows, ids, strict=True))
    table.row("score: target ids", len(pairs), wrong, 0)
    compare_reading(table, judge, "score", rows, program.run("align", lines, "--pairs", *ALL_MAPS))


def compare_own(table, program, rows):
    """What translate says of its translations and what score says of the same tokens."""
    lines = [f"{row['source']}\t{row['target']}" for row in rows]
    both = zip(rows, program.run("score", lines, "--json"), strict=True)
    same = [numpy.subtract(row["token_logprobs"], again["token_logprobs"]) for row, again in both
            if row["target_ids"] == again["target_ids"]]
    worst = max((float(numpy.abs(difference).max()) for difference in same), default=0.0)
    table.row("translate --scores equals score", len(same), worst, LIMITS["token logprobs"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("xattn", type=pathlib.Path)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--name", required=True)
    parser.add_argument("--corpus", type=pathlib.Path, default=SAMPLE)
    parser.add_argument("--sentences", type=int, default=500)
    parser.add_argument("--pairs", type=int, default=200)
    args = parser.parse_args()
    table, judge, program = Table(args.name), Beams(args.model), Program(args.xattn, args.model)
    texts = choose(args.corpus, args.sentences)
    sources = judge.encode(texts)
    for kind in KINDS:
        compare_beam(table, judge, program, kind, sources, texts)
    greedy = program.run("translate", texts, "--json")
    compare_own(table, program, [row for row in greedy if not (row["source_cut"] or row["target_cut"])])
    compare_score(table, judge, program, spread(read_pairs(args.corpus), args.pairs))
    return table.status()


if __name__ == "__main__":
    sys.exit(main())
