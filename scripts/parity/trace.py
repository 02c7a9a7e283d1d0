#!/usr/bin/env python3
"""Compares every traced activation with scripts/reference.py, and with what transformers' modules see.

    trace.py XATTN MODEL --name NAME [--corpus FILE] [--sentences N]

XATTN is the program. Of N sentences each array that `xattn trace` writes is compared, with the translation that
the program made read by all three. Prints a row for each judge, with the kind of array that is furthest off, and
exits 1 if that is beyond LIMIT.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import torch
from judge import Judge
from sentences import ROOT, SAMPLE, choose
from table import Table

sys.path.insert(0, str(ROOT / "scripts"))
import reference

LIMIT = 1e-4  # of numbers above 1 relative to them: a float has 7 digits


def read_trace(program, model, text):
    """The arrays by name, source ids and target ids."""
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "trace", "-q", "-m", str(model), text, "-o", folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        index = json.loads((pathlib.Path(folder) / "index.json").read_text())
        arrays = {a["name"]: numpy.load(f"{folder}/{a['file']}") for a in index["arrays"]}
    return arrays, index["source_ids"], index["target_ids"]


def reference_trace(model, source, target):
    trace = reference.Trace()
    reference.greedy_search(model, source, target, trace)
    return dict(trace.arrays())


class Hooks:
    """The inputs and outputs of transformers' modules, under our names."""

    def __init__(self, model):
        self.seen, self.handles = {}, []
        for side, stack in (("encoder", model.model.encoder), ("decoder", model.model.decoder)):
            self.before(stack.layers[0], f"{side}.embedding")
            for i, layer in enumerate(stack.layers):
                name = f"{side}.layer{i}"
                self.attention(layer.self_attn, layer.self_attn_layer_norm, name + ".self")
                if side == "decoder":
                    self.attention(layer.encoder_attn, layer.encoder_attn_layer_norm, name + ".cross")
                self.before(layer.fc2, name + ".ffn.hidden")
                self.after(layer.fc2, name + ".ffn.output")
                self.after(layer.final_layer_norm, name + ".ffn.norm")

    def attention(self, attention, norm, name):
        for part, module in (("query", "q_proj"), ("key", "k_proj"), ("value", "v_proj"), ("output", "out_proj")):
            self.after(getattr(attention, module), f"{name}.{part}")
        self.before(attention.out_proj, name + ".context")
        self.after(norm, name + ".norm")

    def keep(self, name, x):
        self.seen[name] = x.detach().reshape(-1, x.shape[-1]).numpy()

    def before(self, module, name):
        self.handles.append(module.register_forward_pre_hook(
            lambda _, given, kw=None: self.keep(name, given[0]) if given else None))

    def after(self, module, name):
        self.handles.append(module.register_forward_hook(lambda _, given, made: self.keep(name, made)))


@torch.inference_mode()
def transformers_trace(judge, hooks, source, target):
    config = judge.model.config
    fed = torch.tensor([[config.decoder_start_token_id] + target[:-1]])
    out = judge.model(input_ids=torch.tensor([source]), decoder_input_ids=fed, output_attentions=True,
                      use_cache=False)
    arrays = {**hooks.seen, "encoder.memory": out.encoder_last_hidden_state[0].numpy(),
              "decoder.logits": out.logits[0].numpy()}
    for name, maps in (("encoder.layer{}.self", out.encoder_attentions),
                       ("decoder.layer{}.self", out.decoder_attentions),
                       ("decoder.layer{}.cross", out.cross_attentions)):
        arrays |= {name.format(i) + ".probabilities": m[0].numpy() for i, m in enumerate(maps)}
    return arrays


def distance(a, b):
    """The largest difference; infinite where shapes differ, or one has a number where the other has none."""
    if a.shape != b.shape or (numpy.isfinite(a) != numpy.isfinite(b)).any():
        return float("inf")
    there = numpy.isfinite(a)
    return float((numpy.abs(a[there] - b[there]) / numpy.maximum(1, numpy.abs(b[there]))).max())


def kind(name):
    return ".".join(part for part in name.split(".") if not part.startswith("layer"))


def compare(worst, who, ours, theirs, both_ways):
    for name in ours.keys() | theirs.keys() if both_ways else theirs.keys():
        key = (who, kind(name))
        found = distance(ours[name], theirs[name]) if name in ours and name in theirs else float("inf")
        worst[key] = max(worst.get(key, 0.0), found)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--name", required=True)
    parser.add_argument("--corpus", type=pathlib.Path, default=SAMPLE)
    parser.add_argument("--sentences", type=int, default=20)
    args = parser.parse_args()
    table, judge, numpy_model, worst = Table(args.name), Judge(args.model), reference.Model(args.model), {}
    hooks, texts = Hooks(judge.model), choose(args.corpus, args.sentences)
    for text in texts:
        ours, source, target = read_trace(args.program, args.model, text)
        compare(worst, "NumPy", ours, reference_trace(numpy_model, source, target), both_ways=True)
        compare(worst, "transformers", ours, transformers_trace(judge, hooks, source, target), both_ways=False)
    for judge_name in ("NumPy", "transformers"):
        found = {name: far for (who, name), far in worst.items() if who == judge_name}
        name = max(found, key=found.get)
        note = f"{len(found)} kinds, worst {name}"
        table.row(f"activations, {judge_name}", len(texts), found[name], LIMIT, note)
    return table.status()


if __name__ == "__main__":
    sys.exit(main())
