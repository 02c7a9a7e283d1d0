#!/usr/bin/env python3
"""Writes MarianMT directories with random weights, for comparisons that no training could flatter.

    random_models.py opus DIRECTORY [--corpus FILE]    the shape of OPUS-MT's models
    random_models.py odd DIRECTORY [--corpus FILE]     odd sizes, and every variant that one file can hold
    random_models.py small DIRECTORY [--corpus FILE]   one vocabulary, and little of everything

The spread of the weights is such that attention looks somewhere and logits differ: transformers' own
initialization gives flat maps and translations of one word repeated.
"""

import argparse
import json
import math
import pathlib
import sys

import sentencepiece
import torch
from safetensors.torch import save_file
from sentences import SAMPLE, read_pairs
from transformers import GenerationConfig, MarianConfig, MarianMTModel


def train_pieces(path, sentences, n, rule):
    """A unigram model of about n pieces. Returns those that are text."""
    with open(path, "wb") as file:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(sentences), model_writer=file, model_type="unigram", vocab_size=n,
            hard_vocab_limit=False, normalization_rule_name=rule, num_threads=1, minloglevel=2)
    sp = sentencepiece.SentencePieceProcessor(model_file=str(path))
    return [sp.id_to_piece(i) for i in range(len(sp)) if not sp.is_control(i) and not sp.is_unknown(i)]


def write_vocab(path, pieces, size):
    """</s>, <unk>, the pieces, entries that nothing is made of, and <pad> as the last of `size`."""
    names = ["</s>", "<unk>"] + pieces
    names += [f"<unused{i}>" for i in range(size - len(names) - 1)] + ["<pad>"]
    if len(names) != size:
        sys.exit(f"{path}: {len(pieces)} pieces do not fit into {size}")
    ids = {name: i for i, name in enumerate(names)}
    path.write_text(json.dumps(ids, ensure_ascii=False, indent=0) + "\n")


@torch.no_grad()
def randomize(model, seed, query_gain, logit_gain, ffn_gain, eos):
    """query_gain is the standard deviation of q·k/√dh, logit_gain about that of the logits; ffn_gain is how
    much a feed-forward layer adds to the stream: a lot of it keeps the decoder from repeating itself."""
    generator = torch.Generator().manual_seed(seed)
    d = model.config.d_model
    for name, weight in model.named_parameters():
        if "embed_positions" in name:
            continue
        noise = torch.randn(weight.shape, generator=generator)
        if "layer_norm" in name:
            noise = noise * 0.1 + (1 if name.endswith("weight") else 0)
        elif name.endswith("bias"):
            noise *= 0.1
        elif "shared" in name or "embed_tokens" in name:
            noise *= logit_gain / math.sqrt(d)
        else:
            gains = {"q_proj": query_gain, "out_proj": 0.5, "fc1": 2, "fc2": ffn_gain}
            noise *= gains.get(name.split(".")[-2], 1) / math.sqrt(weight.shape[1])
        weight.copy_(noise)
    bias = torch.randn(model.final_logits_bias.shape, generator=generator) * 0.3
    bias[0, 0] = eos
    model.final_logits_bias.copy_(bias)
    return generator


def write_configs(directory, model, max_length):
    config = model.config
    pad, eos = config.pad_token_id, config.eos_token_id
    config.save_pretrained(directory)
    generation = GenerationConfig(
        max_length=max_length, num_beams=1, bad_words_ids=[[pad]], forced_eos_token_id=eos,
        eos_token_id=eos, pad_token_id=pad, decoder_start_token_id=pad)
    generation.save_pretrained(directory)


def save_swish(directory, size, layers, width, heads, ffn, positions, max_length, **random):
    """A model with swish and one vocabulary, as save_pretrained writes it, in F32; its start symbol is zero."""
    config = MarianConfig(
        vocab_size=size, d_model=width, encoder_layers=layers, decoder_layers=layers,
        encoder_attention_heads=heads, decoder_attention_heads=heads, encoder_ffn_dim=ffn, decoder_ffn_dim=ffn,
        activation_function="swish", max_position_embeddings=positions, scale_embedding=True,
        pad_token_id=size - 1, eos_token_id=0, decoder_start_token_id=size - 1)
    model = MarianMTModel(config)
    randomize(model, query_gain=3.0, **random)
    with torch.no_grad():
        model.model.shared.weight[size - 1] = 0
    model.save_pretrained(directory)
    write_configs(directory, model, max_length)


def opus(directory, pairs):
    """OPUS-MT's shape."""
    size = 58101
    pieces = train_pieces(directory / "source.spm", [e for e, _ in pairs[:20000]], 3000, "nmt_nfkc")
    more = train_pieces(directory / "target.spm", [f for _, f in pairs[:20000]], 3000, "nmt_nfkc")
    write_vocab(directory / "vocab.json", list(dict.fromkeys(pieces + more)), size)
    save_swish(directory, size, layers=6, width=512, heads=8, ffn=2048, positions=512, max_length=32,
               seed=1, logit_gain=1.0, ffn_gain=3.0, eos=2.0)


def small(directory, pairs):
    """4 heads of 8, 1 + 1 layers, one vocabulary of both languages' pieces."""
    size = 512
    english, french = ([p[i] for p in pairs[::len(pairs) // 200][:200]] for i in (0, 1))
    source = train_pieces(directory / "source.spm", english, 220, "identity")
    target = train_pieces(directory / "target.spm", french, 220, "identity")
    write_vocab(directory / "vocab.json", list(dict.fromkeys(source + target)), size)
    save_swish(directory, size, layers=1, width=32, heads=4, ffn=48, positions=130, max_length=60,
               seed=3, logit_gain=0.8, ffn_gain=4.0, eos=0.2)


def odd(directory, pairs):
    """relu, 5 heads of 8, 3 + 1 layers, two vocabularies, position tables stored, BF16."""
    english, french = ([p[i] for p in pairs[::len(pairs) // 200][:200]] for i in (0, 1))
    source = train_pieces(directory / "source.spm", english, 331, "identity")
    target = train_pieces(directory / "target.spm", french, 277, "identity")
    n_source, n_target = len(source) + 3, len(target) + 3
    write_vocab(directory / "vocab.json", source, n_source)
    write_vocab(directory / "target_vocab.json", target, n_target)
    (directory / "tokenizer_config.json").write_text(json.dumps({"separate_vocabs": True}) + "\n")
    config = MarianConfig(
        vocab_size=n_source, decoder_vocab_size=n_target, d_model=40, encoder_layers=3, decoder_layers=1,
        encoder_attention_heads=5, decoder_attention_heads=5, encoder_ffn_dim=56, decoder_ffn_dim=56,
        activation_function="relu", max_position_embeddings=130, scale_embedding=True,
        pad_token_id=n_target - 1, eos_token_id=0, decoder_start_token_id=n_target - 1,
        share_encoder_decoder_embeddings=False, dtype="bfloat16")
    model = MarianMTModel(config)
    generator = randomize(model, 2, query_gain=3.0, logit_gain=0.8, ffn_gain=4.0, eos=0.2)
    weights = {k: v for k, v in model.state_dict().items() if k != "lm_head.weight"}
    for name, weight in weights.items():
        if "embed_positions" in name:  # not the sinusoids: what is stored must be what is used
            weights[name] = weight + 0.1 * torch.randn(weight.shape, generator=generator)
    save_file({k: v.to(torch.bfloat16).contiguous() for k, v in weights.items()},
              directory / "model.safetensors", metadata={"format": "pt"})
    write_configs(directory, model, 60)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("kind", choices=["opus", "odd", "small"])
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--corpus", type=pathlib.Path, default=SAMPLE)
    args = parser.parse_args()
    args.directory.mkdir(parents=True, exist_ok=True)
    {"opus": opus, "odd": odd, "small": small}[args.kind](args.directory, read_pairs(args.corpus))


if __name__ == "__main__":
    main()
