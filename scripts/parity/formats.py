#!/usr/bin/env python3
"""Compares models in every format that people have them in.

    formats.py XATTN MODEL WORK --name NAME [--corpus FILE] [--sentences N] [--max-length N]

Saves a MarianMT model with torch, safetensors and NumPy: PyTorch's files of both kinds, several files with an
index, tied weights under one name or another, archives as Marian trains and OPUS-MT publishes them. transformers
reads the same directory; of Marian's own format, what Hugging Face's converter makes of it, with Marian's
sinusoids and epsilon. For each: greedy ids, log-probabilities and cross-attention maps of all layers and heads.
Prints a row for each and exits 1 if one is beyond its limit.
"""

import argparse
import collections
import json
import pathlib
import shutil
import sys
import zipfile

import numpy
import torch
from beam import ALL_MAPS, Program, read
from judge import Judge
from network import compare_ids
from safetensors.torch import load_file, save_file, save_model
from sentences import SAMPLE, choose
from table import Table
from transformers import MarianMTModel

LIMITS = {"token logprobs": 1e-4, "maps": 2e-5}  # random weights of OPUS-MT's size differ by 1.1e-5 in any format
SHARED, HEAD = "model.shared.weight", "lm_head.weight"
ENCODER, DECODER = "model.encoder.embed_tokens.weight", "model.decoder.embed_tokens.weight"

# ---- Hugging Face's formats: each writes weights into a directory that has all else ----


def target_table(state):
    """The name of the table that is the output layer, too: with two vocabularies, the target's."""
    return SHARED if SHARED in state else DECODER


def whole(state):
    """What state_dict() of the model has: the table under all of its names."""
    table = target_table(state)
    names = [HEAD, ENCODER, DECODER] if table == SHARED else [HEAD]
    return collections.OrderedDict(state, **{name: state[table] for name in names})


def torch_zip(state, directory, **options):
    torch.save(whole(state), directory / "pytorch_model.bin", **options)


def torch_stream(state, directory):
    torch_zip(state, directory, _use_new_zipfile_serialization=False)


def torch_parameters(state, directory):
    parameters = {name: torch.nn.Parameter(tensor) for name, tensor in whole(state).items()}
    torch.save(parameters, directory / "pytorch_model.bin")


def torch_deflated(state, directory):
    torch_zip(state, directory)
    path = directory / "pytorch_model.bin"
    with zipfile.ZipFile(path) as archive:
        entries = [(entry, archive.read(entry)) for entry in archive.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, data in entries:
            archive.writestr(entry.filename, data)


def torch_transposed(state, directory):
    torch_zip({n: t.t().contiguous().t() if t.ndim == 2 else t for n, t in state.items()}, directory)


def torch_dtype(dtype):
    return lambda state, directory: torch_zip({n: t.to(dtype) for n, t in state.items()}, directory)


def shards(state, directory, name, save):
    parts = [dict(list(state.items())[i::3]) for i in range(3)]
    places = {}
    for i, part in enumerate(parts):
        file = name.replace(".", f"-{i + 1:05}-of-00003.")
        save(part, directory / file)
        places |= dict.fromkeys(part, file)
    index = {"metadata": {"total_size": 0}, "weight_map": places}
    (directory / f"{name}.index.json").write_text(json.dumps(index))


def torch_shards(state, directory):
    shards(whole(state), directory, "pytorch_model.bin", torch.save)


def safetensors_shards(state, directory):
    shards(state, directory, "model.safetensors", lambda part, path: save_file(part, path, {"format": "pt"}))


def safetensors_aliases(_, directory):
    model = MarianMTModel.from_pretrained(directory.parent / "source")
    save_model(model, str(directory / "model.safetensors"), metadata={"format": "pt"})


def safetensors_under(name):
    def save(state, directory):
        table = target_table(state)
        renamed = {name if key == table else key: tensor for key, tensor in state.items()}
        save_file(renamed, directory / "model.safetensors", metadata={"format": "pt"})
    return save


FORMATS = {
    "bin": torch_zip,
    "bin, before 1.6": torch_stream,
    "bin, deflated": torch_deflated,
    "bin of parameters": torch_parameters,
    "bin, transposed": torch_transposed,
    "bin, F16": torch_dtype(torch.float16),
    "bin, BF16": torch_dtype(torch.bfloat16),
    "bin in 3 files": torch_shards,
    "safetensors in 3 files": safetensors_shards,
    "save_model": safetensors_aliases,
    "lm_head alone": safetensors_under(HEAD),
    "decoder's table alone": safetensors_under(DECODER),
}

UNREADABLE = {"bin, deflated"}  # for transformers, which maps the file: it reads the same weights elsewhere

# ---- Marian's own format ----

PARTS = {"self_attn.q_proj": "self_{}q", "self_attn.k_proj": "self_{}k", "self_attn.v_proj": "self_{}v",
         "self_attn.out_proj": "self_{}o", "encoder_attn.q_proj": "context_{}q",
         "encoder_attn.k_proj": "context_{}k", "encoder_attn.v_proj": "context_{}v",
         "encoder_attn.out_proj": "context_{}o", "fc1": "ffn_{}1", "fc2": "ffn_{}2"}
NORMS = {"self_attn_layer_norm": "self_Wo_ln", "encoder_attn_layer_norm": "context_Wo_ln",
         "final_layer_norm": "ffn_ffn_ln"}


def marian_name(name):
    """model.encoder.layers.0.fc1.weight -> encoder_l1_ffn_W1, and whether the matrix is turned."""
    _, stack, _, number, *part, kind = name.split(".")
    layer, part = f"{stack}_l{int(number) + 1}", ".".join(part)
    if part in NORMS:
        return f"{layer}_{NORMS[part]}_{'scale' if kind == 'weight' else 'bias'}"
    return f"{layer}_{PARTS[part].format('W' if kind == 'weight' else 'b')}"


def marian_tensors(state, config, trained):
    """The arrays of a .npz: no row for <pad>, matrices as [in][out], vectors as [1][n]."""
    shared = SHARED in state
    tables = {"Wemb": SHARED} if shared else {"encoder_Wemb": ENCODER, "decoder_Wemb": DECODER}
    arrays = {name: state[table].float().numpy()[:-1] for name, table in tables.items()}
    sizes = [len(table) for table in arrays.values()] * (2 if shared else 1)
    arrays["decoder_ff_logit_out_b"] = state["final_logits_bias"].float().numpy()[:, :-1]
    for name, tensor in state.items():
        if ".layers." in name:
            array = tensor.float().numpy()
            arrays[marian_name(name)] = array.T.copy() if array.ndim == 2 else array[None]
    if trained is not None:
        arrays["Wpos"] = trained
    settings = {
        "dec-cell": "gru", "dec-depth": config["decoder_layers"], "dim-emb": config["d_model"],
        "enc-depth": config["encoder_layers"], "tied-embeddings-all" if shared else "tied-embeddings": "true",
        "transformer-decoder-autoreg": "self-attention", "transformer-dim-ffn": config["encoder_ffn_dim"],
        "transformer-ffn-activation": config["activation_function"].replace("silu", "swish"),
        "transformer-heads": config["encoder_attention_heads"], "transformer-postprocess": "dan",
        "transformer-preprocess": '""',
        "type": "transformer", "version": "v1.10.0 6f6d484 2021-02-06 15:35:16 -0800"}
    text = "dim-vocabs:\n" + "".join([f"  - {n}\n" for n in sizes] + [f"{k}: {v}\n" for k, v in settings.items()])
    arrays["special:model.yml"] = numpy.frombuffer(text.encode() + b"\0", numpy.int8)
    return arrays


def yaml_line(piece, number):
    return f"{json.dumps(piece, ensure_ascii=number % 2 == 0)}: {number}\n"


def write_marian(source, directory, state, trained, compressed):
    config = json.loads((source / "config.json").read_text())
    directory.mkdir()
    arrays = marian_tensors(state, config, trained)
    save = numpy.savez_compressed if compressed else numpy.savez
    save(directory / "opus.transformer-align.model1.npz.best-perplexity.npz", **arrays)
    vocabs = {name: "opus." + name.replace("json", "yml") for name in ("vocab.json", "target_vocab.json")
              if (source / name).exists()}
    for name, yml in vocabs.items():
        vocab = json.loads((source / name).read_text())
        lines = [yaml_line(piece, number) for piece, number in vocab.items() if number != len(vocab) - 1]
        (directory / yml).write_text("".join(lines))
    for side in ("source", "target"):
        shutil.copy(source / f"{side}.spm", directory)
    (directory / "decoder.yml").write_text(
        "relative-paths: true\nmodels:\n  - opus.transformer-align.model1.npz.best-perplexity.npz\n"
        "vocabs:\n" + "".join(f"  - {yml}\n" for yml in ([*vocabs.values()] * 2)[:2]) +
        "beam-size: 6\nnormalize: 1\nword-penalty: 0\nmax-length-factor: 1000\n")


class MarianJudge(Judge):
    """The MarianMT model of the converter, with what it leaves out: Marian's sinusoids and epsilon. The row that
    it adds for <pad> is zero, and so is what Marian's decoder starts from; Marian has no logit for it."""

    def __init__(self, source, trained):
        super().__init__(source)
        pad = self.model.config.pad_token_id
        self.banned = [pad, self.tokenizer.unk_token_id]
        generation = self.model.generation_config
        generation.bad_words_ids = [[i] for i in self.banned]
        generation.forced_eos_token_id = None
        with torch.no_grad():
            self.model.get_decoder().embed_tokens.weight[pad] = 0
            self.model.final_logits_bias[0, pad] = -torch.inf
        for stack in (self.model.model.encoder, self.model.model.decoder):
            d = self.model.config.d_model
            if trained is None:
                frequencies = 10000.0 ** (-numpy.arange(d // 2) / (d // 2 - 1))
                angles = numpy.arange(self.most)[:, None] * frequencies
                table = numpy.concatenate([numpy.sin(angles), numpy.cos(angles)], 1)
            else:
                table, stack.embed_scale = trained, 1.0
            stack.embed_positions.weight.data = torch.tensor(table, dtype=torch.float32)
        for module in self.model.modules():
            if isinstance(module, torch.nn.LayerNorm):
                module.eps = 1e-6


# ---- comparisons ----


def compare(table, what, judge, program, texts, max_length):
    judge.model.generation_config.max_length = max_length + 1
    rows = program.run("translate", texts, "--json", "--max-length", str(max_length), "--beam", "1")
    sources = judge.encode(texts)
    wrong = sum(row["source_ids"] != ids for row, ids in zip(rows, sources, strict=True))
    ours, theirs = [row["target_ids"] for row in rows], judge.greedy(sources)
    ties, different = compare_ids(judge, sources, ours, theirs, texts)
    table.row(f"{what}: ids", len(texts), wrong + different, 0, f"{ties} near ties, {sum(map(len, ours))} tokens")
    maps = program.run("align", texts, "--max-length", str(max_length), "--beam", "1", *ALL_MAPS)
    found = [read(judge, row, m) for row, m in zip(rows, maps, strict=True)]
    logprobs, cells = (max(column) for column in zip(*found, strict=True))
    table.row(f"{what}: token logprobs", len(rows), logprobs, LIMITS["token logprobs"])
    table.row(f"{what}: maps", len(rows), cells, LIMITS["maps"])


def copy_rest(source, directory):
    directory.mkdir()
    for path in source.iterdir():
        if path.suffix in (".json", ".spm"):
            shutil.copy(path, directory)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("xattn", type=pathlib.Path)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("--name", required=True)
    parser.add_argument("--corpus", type=pathlib.Path, default=SAMPLE)
    parser.add_argument("--sentences", type=int, default=100)
    parser.add_argument("--max-length", type=int, default=40)
    args = parser.parse_args()
    table, texts = Table(args.name), choose(args.corpus, args.sentences)
    args.work.mkdir(parents=True, exist_ok=True)
    copy_rest(args.model, args.work / "source")
    shutil.copy(args.model / "model.safetensors", args.work / "source")
    state = load_file(args.model / "model.safetensors")
    for what, save in FORMATS.items():
        directory = args.work / "model"
        copy_rest(args.model, directory)
        save(state, directory)
        judge = Judge(args.work / "source" if what in UNREADABLE else directory)
        compare(table, what, judge, Program(args.xattn, directory), texts, args.max_length)
        shutil.rmtree(directory)
    config = json.loads((args.model / "config.json").read_text())
    shape = config["max_position_embeddings"], config["d_model"]
    trained = numpy.random.default_rng(1).standard_normal(shape, numpy.float32) * 0.1
    kinds = {"npz": (None, False), "npz, compressed": (None, True), "npz, trained positions": (trained, False)}
    for what, (positions, compressed) in kinds.items():
        directory = args.work / "marian"
        write_marian(args.model, directory, state, positions, compressed)
        judge = MarianJudge(args.model, positions)
        compare(table, what, judge, Program(args.xattn, directory), texts, args.max_length)
        shutil.rmtree(directory)
    return table.status()


if __name__ == "__main__":
    sys.exit(main())
