#!/usr/bin/env python3
"""Models that were trained further: tokens added to the vocabulary, embeddings resized beyond it.

    added_tokens.py XATTN MODEL --name NAME    compares ids and translations with transformers'
    added_tokens.py --goldens MODEL FOLDER     writes what transformers makes of TEXTS

MODEL has one vocabulary for both languages, as random_models.py small makes it. A row of
FOLDER/added_tokens.tsv, for tests/text/test_added_tokens.c, is TEXT <tab> IDS; beside it are the model's pieces,
and its tokenizer_config.json.
"""

import argparse
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

import torch
import transformers
from judge import Judge
from table import Table

TEXTS = ["Hello <ent> world.", "<ent>", "a<ent>b", "I live in Zürich now.", "zürich Zürichs Zürich", " x {x} y",
         "The foo is here.", "foo", "foo food (foo) foo.", "foo, and foo", "Say <keep> that <keep>.",
         "<keep><ent>", "<ent><ent><ent> <ent>", "<entity> and <enter>", "an <ent", "", " ", "<ent> ",
         "ab abc abcd abcde ab"]
ADDED = ["<ent>", "<entity>", "Zürich", transformers.AddedToken("{x}", lstrip=True, rstrip=True), "abc", "abcd",
         transformers.AddedToken("foo", single_word=True)]
SIZE = 128  # embeddings are padded to a multiple of it


@torch.inference_mode()
def build(model, folder):
    """The model with more tokens, saved as transformers saves it."""
    tokenizer = transformers.MarianTokenizer.from_pretrained(model)
    network = transformers.MarianMTModel.from_pretrained(model, dtype=torch.float32)
    tokenizer.add_tokens(ADDED)
    tokenizer.add_special_tokens({"extra_special_tokens": ["<keep>"]})
    before, size = network.config.vocab_size, -(-len(tokenizer) // SIZE) * SIZE
    shared = network.model.shared.weight[:before]
    more = torch.cat([shared, shared[:size - before].flip(0) * 0.9])
    bias = torch.nn.functional.pad(network.final_logits_bias, (0, size - before), value=-4.0)
    network.resize_token_embeddings(size)
    network.model.shared.weight.copy_(more)
    network.final_logits_bias = bias
    network.generation_config.bad_words_ids = [[network.config.pad_token_id]]
    network.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def run(xattn, *arguments):
    done = subprocess.run([str(xattn.resolve()), *arguments], capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return done.stdout.decode()


def compare(xattn, model, name):
    table = Table(name)
    with tempfile.TemporaryDirectory() as folder:
        build(model, folder)
        judge = Judge(folder)
        texts = [text for text in TEXTS if text.strip()]
        sources = judge.encode(texts)
        targets = judge.greedy(sources)
        rows = [json.loads(line) for line in
                run(xattn, "translate", "--quiet", "--json", "--no-split", "--no-copy", "-m", folder,
                    *texts).splitlines()]
        table.row("added tokens: source ids", len(texts),
                  sum(r["source_ids"] != s for r, s in zip(rows, sources, strict=True)), 0)
        table.row("added tokens: target ids", len(texts),
                  sum(r["target_ids"] != t for r, t in zip(rows, targets, strict=True)), 0)
        said = [judge.decode([i for i in t if i < len(judge.tokenizer)], "") for t in targets]
        table.row("added tokens: text", len(texts),
                  sum(r["target"].strip() != s for r, s in zip(rows, said, strict=True)), 0)
    return table.status()


def write_goldens(model, folder):
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        build(model, made)
        tokenizer = transformers.MarianTokenizer.from_pretrained(made)
        shutil.copy(f"{made}/tokenizer_config.json", folder)
        for name in ("source.spm", "target.spm", "vocab.json"):
            shutil.copy(model / name, folder)
        lines = [f"{text}\t{' '.join(map(str, tokenizer(text)['input_ids']))}\n" for text in TEXTS]
    (folder / "added_tokens.tsv").write_text("".join(lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--goldens", action="store_true")
    parser.add_argument("first", type=pathlib.Path, metavar="XATTN")
    parser.add_argument("second", type=pathlib.Path, metavar="MODEL")
    parser.add_argument("--name", default="shipped")
    parser.add_argument("--corpus")
    args = parser.parse_args()
    if args.goldens:
        write_goldens(args.first, args.second)
        return 0
    return compare(args.first, args.second, args.name)


if __name__ == "__main__":
    sys.exit(main())
