#!/usr/bin/env python3
"""The same model in NumPy, to be read beside src/nn: the same functions in the same order, one sentence at a time.

    reference.py MODEL TEXT [-o DIR]            a MarianMT directory; TEXT needs the sentencepiece package
    reference.py MODEL --ids "328 1169 0"       source ids instead
    reference.py MODEL TEXT --target-ids "…"    reads these as the translation instead of searching

Prints the translation's ids. With -o it writes every activation as a .npy file, under the names that
`xattn trace` has. Nothing is fast here, and nothing is left out but Firefox's models, beams and --int8.
"""

import argparse
import json
import pathlib

import numpy as np


# ---- the model's files: model/safetensors.c, model/hf_marian.c
def safetensors_open(path):
    """Every tensor as float32: u64 length of the header, the header as JSON, the data."""
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    tensors = {}
    header = json.loads(data[8:start])
    for name in header.keys() - {"__metadata__"}:
        info = header[name]
        begin, end = (start + offset for offset in info["data_offsets"])
        if info["dtype"] == "BF16":  # the upper half of a float32
            values = (np.frombuffer(data[begin:end], "<u2").astype("<u4") << 16).view("<f4")
        else:
            values = np.frombuffer(data[begin:end], {"F32": "<f4", "F16": "<f2"}[info["dtype"]]).astype(np.float32)
        tensors[name] = values.reshape(info["shape"])
    return tensors

class Model:
    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.config = json.loads((self.directory / "config.json").read_text())
        generation = self.directory / "generation_config.json"
        if generation.exists():
            self.config |= json.loads(generation.read_text())
        self.tensors = safetensors_open(self.directory / "model.safetensors")
        shared = self.config.get("share_encoder_decoder_embeddings", True)
        names = ["shared"] * 2 if shared else ["encoder.embed_tokens", "decoder.embed_tokens"]
        self.tokens = [self.tensors[f"model.{name}.weight"] for name in names]
        tied = self.config.get("tie_word_embeddings", True)
        self.output = self.tokens[1] if tied else self.tensors["lm_head.weight"]

class Trace:
    """trace.h: stacks what the forward pass names."""

    def __init__(self):
        self.rows, self.where = {}, ""

    def matrix(self, name, x):
        self.rows.setdefault(f"{self.where}.{name}", []).append(np.array(x))
        return x

    def arrays(self):
        """Rows of different lengths are filled up: -inf in scores, 0 in probabilities."""
        for name, parts in self.rows.items():
            fill = -np.inf if name.endswith("scores") else 0
            m = max(p.shape[-1] for p in parts)
            gaps = [np.full((*p.shape[:-1], m - p.shape[-1]), fill, np.float32) for p in parts]
            wide = [np.append(*pair, axis=-1) for pair in zip(parts, gaps, strict=True)]
            yield name, np.concatenate(wide, axis=-2)
# ---- ops.c
def linear_forward(model, name, x):
    return x @ model.tensors[name + ".weight"].T + model.tensors[name + ".bias"]

def layer_norm_residual(model, name, x, sub, trace):
    gain, bias = model.tensors[name + ".weight"], model.tensors[name + ".bias"]
    z = x + sub
    mean, variance = z.mean(-1, keepdims=True), z.var(-1, keepdims=True)
    return trace.matrix("norm", gain * (z - mean) / np.sqrt(variance + np.float32(1e-5)) + bias)

def softmax_rows(x):
    x = np.exp(x - x.max(-1, keepdims=True))
    return x / x.sum(-1, keepdims=True)

def feed_forward(model, layer, x, trace):
    hidden = linear_forward(model, layer + ".fc1", x)
    swish = model.config["activation_function"] in ("swish", "silu")
    hidden = hidden / (1 + np.exp(-hidden)) if swish else np.maximum(hidden, 0)
    return trace.matrix("output", linear_forward(model, layer + ".fc2", trace.matrix("hidden", hidden)))
# ---- embedding.c
def embedding_positions(model, side, first, n):
    stored = model.tensors.get(f"model.{side}.embed_positions.weight")
    if stored is not None:
        return stored[first:first + n]
    half = model.config["d_model"] // 2
    angles = np.outer(np.arange(first, first + n), 10000.0 ** (-np.arange(half) / half))
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(np.float32)

def embedding_token(model, side, ids, positions):
    scale = model.config["d_model"] ** 0.5 if model.config["scale_embedding"] else 1
    return model.tokens[side == "decoder"][ids] * np.float32(scale) + positions
# ---- attention.c
def attention_project(model, att, y, trace):
    keys = trace.matrix("key", linear_forward(model, att + ".k_proj", y))
    return keys, trace.matrix("value", linear_forward(model, att + ".v_proj", y))

def attend(q, k, v, trace):
    """All heads at once: q [h][n][dh], k and v [h][m][dh]."""
    scores = trace.matrix("scores", q @ k.transpose(0, 2, 1) / np.float32(q.shape[-1] ** 0.5))
    return trace.matrix("probabilities", softmax_rows(scores)) @ v

def attention_forward(model, att, heads, x, keys, values, trace):
    query = trace.matrix("query", linear_forward(model, att + ".q_proj", x))
    q, k, v = (y.reshape(len(y), heads, -1).transpose(1, 0, 2) for y in (query, keys, values))
    context = attend(q, k, v, trace).transpose(1, 0, 2).reshape(x.shape)
    trace.matrix("context", context)
    return trace.matrix("output", linear_forward(model, att + ".out_proj", context))
# ---- encoder.c
def encoder_forward(model, ids, trace):
    trace.where = "encoder"
    positions = trace.matrix("positions", embedding_positions(model, "encoder", 0, len(ids)))
    x = trace.matrix("embedding", embedding_token(model, "encoder", ids, positions))
    heads = model.config["encoder_attention_heads"]
    for i in range(model.config["encoder_layers"]):
        layer = f"model.encoder.layers.{i}"
        trace.where = f"encoder.layer{i}.self"
        keys, values = attention_project(model, layer + ".self_attn", x, trace)
        sub = attention_forward(model, layer + ".self_attn", heads, x, keys, values, trace)
        x = layer_norm_residual(model, layer + ".self_attn_layer_norm", x, sub, trace)
        trace.where = f"encoder.layer{i}.ffn"
        x = layer_norm_residual(model, layer + ".final_layer_norm", x, feed_forward(model, layer, x, trace), trace)
    trace.where = "encoder"
    return trace.matrix("memory", x)
# ---- decoder.c
class DecoderState:
    """decoder_start: cross-attention's keys and values, once; and of the target so far, nothing yet."""

    def __init__(self, model, memory, trace):
        self.model, self.n_steps, self.memory = model, 0, []
        empty = np.empty((0, memory.shape[1]), np.float32)
        self.past = [(empty, empty)] * model.config["decoder_layers"]
        for i in range(model.config["decoder_layers"]):
            trace.where = f"decoder.layer{i}.cross"
            self.memory.append(attention_project(model, f"model.decoder.layers.{i}.encoder_attn", memory, trace))

def decoder_step(state, token, trace):
    """logits [1][V] of what follows the token."""
    model, heads = state.model, state.model.config["decoder_attention_heads"]
    trace.where = "decoder"
    position = trace.matrix("positions", embedding_positions(model, "decoder", state.n_steps, 1))
    x = trace.matrix("embedding", embedding_token(model, "decoder", [token], position))
    for i in range(model.config["decoder_layers"]):
        layer = f"model.decoder.layers.{i}"
        trace.where = f"decoder.layer{i}.self"
        newest = attention_project(model, layer + ".self_attn", x, trace)
        state.past[i] = tuple(np.concatenate(pair) for pair in zip(state.past[i], newest, strict=True))
        sub = attention_forward(model, layer + ".self_attn", heads, x, *state.past[i], trace)
        x = layer_norm_residual(model, layer + ".self_attn_layer_norm", x, sub, trace)
        trace.where = f"decoder.layer{i}.cross"
        sub = attention_forward(model, layer + ".encoder_attn", heads, x, *state.memory[i], trace)
        x = layer_norm_residual(model, layer + ".encoder_attn_layer_norm", x, sub, trace)
        trace.where = f"decoder.layer{i}.ffn"
        x = layer_norm_residual(model, layer + ".final_layer_norm", x, feed_forward(model, layer, x, trace), trace)
    state.n_steps += 1
    trace.where = "decoder"
    return trace.matrix("logits", x @ model.output.T + model.tensors["final_logits_bias"])
# ---- decode/greedy.c
def greedy_search(model, source, target, trace):
    """The most probable token at every step, or, of a given target, just its tokens."""
    c, ids = model.config, []
    state = DecoderState(model, encoder_forward(model, source, trace), trace)
    limit = len(target) if target else c["max_length"] - 1
    while len(ids) < limit and (target or not ids or ids[-1] != c["eos_token_id"]):
        logits = decoder_step(state, ids[-1] if ids else c["decoder_start_token_id"], trace)[0]
        logits[[word[0] for word in c.get("bad_words_ids") or []]] = -np.inf
        forced = c.get("forced_eos_token_id") if len(ids) + 1 == limit else None
        ids.append(target[len(ids)] if target else int(logits.argmax()) if forced is None else forced)
    return ids

def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Model)
    parser.add_argument("text", nargs="?")
    parser.add_argument("--ids", default="")
    parser.add_argument("--target-ids", default="")
    parser.add_argument("-o", "--output", type=pathlib.Path)
    args = parser.parse_args()
    source, target = ([int(i) for i in text.split()] for text in (args.ids, args.target_ids))
    if not source:
        from sentencepiece import SentencePieceProcessor
        vocab = json.loads((args.model.directory / "vocab.json").read_text())
        spm = SentencePieceProcessor(model_file=str(args.model.directory / "source.spm"))
        source = [vocab.get(piece, vocab["<unk>"]) for piece in [*spm.encode(args.text, out_type=str), "</s>"]]
    trace = Trace()
    print(*greedy_search(args.model, source, target, trace))
    if args.output:
        args.output.mkdir(parents=True, exist_ok=True)
        for name, values in trace.arrays():
            np.save(args.output / f"{name}.npy", values)

if __name__ == "__main__":
    main()
