#!/usr/bin/env python3
"""Gradients and training, by PyTorch, of transformers' MarianMTModel: what examples/learn is compared with.

    gradients.py             computes them again and compares with tests/goldens/learn; prints rows
    gradients.py --write     writes tests/goldens/learn, for tests/learn/test_gradients.c

The model is tiny and random. examples.tsv has SOURCE IDS <tab> TARGET IDS <tab> TRUTH a line, where TRUTH
says for each target token which source token it comes from, -1: none; model.safetensors has the weights;
gradients.safetensors

    plain.TENSOR     of the label-smoothed cross-entropy of the first BATCH examples
    guided.TENSOR    with the guided attention of head 0 of the last layer added to it
    losses           [STEPS] of training on BATCH examples at a time, round and round
"""

import argparse
import pathlib
import sys

import numpy
import torch
import transformers
from safetensors.numpy import load_file, save_file
from sentences import ROOT
from table import Table

GOLDENS = ROOT / "tests/goldens/learn"
VOCAB, D, HEADS, FFN, LAYERS = 13, 16, 2, 24, 2
EXAMPLES, BATCH, STEPS, WARMUP, RATE, CLIP, SMOOTHING = 24, 6, 50, 10, 3e-3, 1.0, 0.1
PAD = VOCAB - 1


def make_model():
    torch.manual_seed(1)
    config = transformers.MarianConfig(
        vocab_size=VOCAB, d_model=D, encoder_layers=LAYERS, decoder_layers=LAYERS, encoder_attention_heads=HEADS,
        decoder_attention_heads=HEADS, encoder_ffn_dim=FFN, decoder_ffn_dim=FFN, activation_function="swish",
        max_position_embeddings=64, scale_embedding=True, pad_token_id=PAD, eos_token_id=0, dropout=0.0,
        decoder_start_token_id=PAD, attn_implementation="eager")
    model = transformers.MarianMTModel(config)
    for name, weight in model.named_parameters():
        if "embed_positions" not in name:
            spread = 0.1 if weight.dim() == 1 else 1.5 * weight.shape[1] ** -0.5
            weight.data = torch.randn(weight.shape) * spread + (1.0 if "norm.weight" in name else 0.0)
    # The bias is trained too. And <pad> is the start symbol, whose embedding must be trained like any other.
    del model.final_logits_bias
    model.register_parameter("final_logits_bias", torch.nn.Parameter(torch.randn(1, VOCAB) * 0.1))
    for module in model.modules():
        if isinstance(module, torch.nn.Embedding):
            module.padding_idx = None
    return model.train()


def trained(model):
    return {name: w for name, w in model.named_parameters() if "embed_positions" not in name}


def make_examples():
    """Ragged: no two sides as long as each other, by and large."""
    random = numpy.random.default_rng(1)
    examples = []
    for _ in range(EXAMPLES):
        source, target = (random.integers(2, PAD, random.integers(1, 9)).tolist() + [0] for _ in range(2))
        examples.append((source, target, random.integers(-1, len(source), len(target)).tolist()))
    return examples


def padded(rows, filling):
    width = max(map(len, rows))
    return torch.tensor([row + [filling] * (width - len(row)) for row in rows])


def loss_of(model, examples, guided):
    sources, targets, truths = zip(*examples, strict=True)
    fed = padded([[PAD] + t[:-1] for t in targets], PAD)
    out = model(input_ids=padded(sources, PAD), attention_mask=padded([[1] * len(s) for s in sources], 0),
                decoder_input_ids=fed, output_attentions=True, use_cache=False)
    wanted = padded(targets, -100)
    loss = torch.nn.functional.cross_entropy(out.logits.flatten(0, 1), wanted.flatten(), ignore_index=-100,
                                             label_smoothing=SMOOTHING)
    if guided:
        truth = padded(truths, -1)
        looks = out.cross_attentions[-1][:, 0].gather(2, truth.clamp(min=0).unsqueeze(2)).squeeze(2)
        loss = loss - looks.log()[truth >= 0].sum() / (wanted != -100).sum()
    return loss


def gradients(model, examples, guided):
    model.zero_grad()
    loss_of(model, examples, guided).backward()
    return {name: w.grad.numpy().copy() for name, w in trained(model).items()}


def rate(step):
    """The part of RATE at step 1, 2, …"""
    return min(step / WARMUP, (STEPS - step) / (STEPS - WARMUP))


def train(model, examples):
    weights, losses = list(trained(model).values()), []
    adam = torch.optim.Adam(weights, lr=RATE, betas=(0.9, 0.98), eps=1e-9)
    schedule = torch.optim.lr_scheduler.LambdaLR(adam, lambda step: rate(step + 1))
    for step in range(STEPS):
        first = step * BATCH % EXAMPLES
        adam.zero_grad()
        loss = loss_of(model, examples[first:first + BATCH], guided=False)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, CLIP)
        adam.step()
        schedule.step()
        losses.append(loss.item())
    return numpy.array(losses, numpy.float32)


def compute():
    model, examples = make_model(), make_examples()
    weights = {name: w.detach().numpy().copy() for name, w in trained(model).items()}
    found = {}
    for kind in ("plain", "guided"):
        grads = gradients(model, examples[:BATCH], kind == "guided")
        found |= {f"{kind}.{name}": g for name, g in grads.items()}
    found["losses"] = train(model, examples)
    return examples, weights, found


def write(folder, examples, weights, found):
    folder.mkdir(parents=True, exist_ok=True)
    lines = ("\t".join(" ".join(map(str, ids)) for ids in example) for example in examples)
    (folder / "examples.tsv").write_text("\n".join(lines) + "\n")
    for name, arrays in (("model", weights), ("gradients", found)):
        save_file(arrays, folder / f"{name}.safetensors")
        (folder / f"{name}.safetensors").chmod(0o644)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--write", action="store_true", help="write the goldens")
    args = parser.parse_args()
    examples, weights, found = compute()
    if args.write:
        write(pathlib.Path(GOLDENS), examples, weights, found)
        return 0
    table = Table("learn")
    golden = load_file(GOLDENS / "model.safetensors") | load_file(GOLDENS / "gradients.safetensors")
    again = weights | found
    table.row("golden tensors, by name", len(again), len(set(golden) ^ set(again)), 0)
    grads = [name for name in again if "." in name and name not in weights]
    # A bias of keys changes nothing, so its gradient is rounding; hence the least of what to compare with.
    worst = max(float(numpy.abs(again[n] - golden[n]).max() / max(numpy.abs(again[n]).max(), 1e-3)) for n in grads)
    table.row("golden gradients, relative", len(grads), worst, 1e-4)
    worst = float(numpy.abs(again["losses"] - golden["losses"]).max())
    table.row("golden losses of training", STEPS, worst, 1e-4)
    return table.status()


if __name__ == "__main__":
    sys.exit(main())
