"""A model of Firefox Translations in NumPy, float32, one sentence at a time, the whole vocabulary.

Written for reading beside docs/MODEL.md, not for speed. Weights that are stored as int8 are turned into
floats first, as xattn does; an engine that multiplies int8 rounds at other places and may choose another
word here and there.
"""

import struct

import numpy
import sentencepiece

F32, INT8, INTGEMM8 = 0x0404, 0x0101, 0x4101
SETTINGS = "special:model.yml"


def read_tensors(path):
    """Name to array; matrices as [in][out], embedding tables as [V][d], the settings as text."""
    data = path.read_bytes()
    position = 0

    def take(layout):
        nonlocal position
        values = struct.unpack_from("<" + layout, data, position)
        position += struct.calcsize("<" + layout)
        return values

    version, n = take("QQ")
    assert version == 1
    headers = [take("QQQQ") for _ in range(n)]  # length of the name, type, rank, bytes
    names = [take(f"{length}s")[0].rstrip(b"\0").decode() for length, _, _, _ in headers]
    shapes = [take(f"{rank}i") for _, _, rank, _ in headers]
    take(f"{take('Q')[0]}x")
    tensors = {}
    for name, shape, (_, kind, _, size) in zip(names, shapes, headers, strict=True):
        tensors[name] = array_of(name, shape, kind, take(f"{size}s")[0])
    assert position == len(data)
    return tensors


def array_of(name, shape, kind, raw):
    n = int(numpy.prod(shape))
    if kind == F32:
        return numpy.frombuffer(raw, numpy.float32, n).reshape(shape)
    quantised = numpy.frombuffer(raw, numpy.int8, n)
    if name == SETTINGS:
        return quantised.tobytes().rstrip(b"\0").decode()
    assert kind == INTGEMM8
    multiplier = numpy.frombuffer(raw, numpy.float32, 1, n)
    weights = quantised.astype(numpy.float32) / multiplier
    return weights.reshape(shape) if "Wemb" in name else weights.reshape(shape[::-1]).T


def softmax(x):
    e = numpy.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


class Marian:
    def __init__(self, model, vocabulary):
        self.w = read_tensors(model)
        self.pieces = sentencepiece.SentencePieceProcessor(model_file=str(vocabulary))
        lines = (line.split(": ", 1) for line in self.w[SETTINGS].splitlines() if ": " in line)
        settings = dict(lines)
        self.d, self.heads = int(settings["dim-emb"]), int(settings["transformer-heads"])
        self.n_encoder, self.n_decoder = int(settings["enc-depth"]), int(settings["dec-depth"])
        self.eos, self.unknown = self.pieces.eos_id(), self.pieces.unk_id()

    # ---- the parts ----

    def embed(self, ids):
        return self.w["Wemb"][ids] * numpy.float32(self.d ** 0.5)

    def positions(self, first, n):
        half = self.d // 2
        frequencies = 10000.0 ** (-numpy.arange(half) / (half - 1))
        angles = numpy.arange(first, first + n)[:, None] * frequencies
        return numpy.concatenate([numpy.sin(angles), numpy.cos(angles)], 1).astype(numpy.float32)

    def linear(self, x, layer, weight, bias):
        return x @ self.w[f"{layer}_{weight}"] + self.w[f"{layer}_{bias}"][0]

    def add_norm(self, x, sub, name):
        z = x + sub
        centred = z - z.mean(-1, keepdims=True)
        variance = (centred * centred).mean(-1, keepdims=True)
        scaled = centred / numpy.sqrt(variance + numpy.float32(1e-6))
        return scaled * self.w[f"{name}_ln_scale"][0] + self.w[f"{name}_ln_bias"][0]

    def attention(self, x, y, layer):
        """Add & norm included. Also the probabilities, [heads][rows of x][rows of y]."""
        def split(z):
            return z.reshape(len(z), self.heads, -1).swapaxes(0, 1)
        q, k, v = (split(self.linear(z, layer, f"W{c}", f"b{c}")) for z, c in ((x, "q"), (y, "k"), (y, "v")))
        probs = softmax(q @ k.swapaxes(1, 2) / numpy.float32(q.shape[-1] ** 0.5))
        context = (probs @ v).swapaxes(0, 1).reshape(x.shape)
        return self.add_norm(x, self.linear(context, layer, "Wo", "bo"), f"{layer}_Wo"), probs

    def feed_forward(self, x, layer):
        hidden = numpy.maximum(self.linear(x, layer, "W1", "b1"), 0)
        return self.add_norm(x, self.linear(hidden, layer, "W2", "b2"), f"{layer}_ffn")

    def ssru(self, x, cell, layer):
        forget = 1 / (1 + numpy.exp(-self.linear(x, layer, "Wf", "bf")))
        cell = forget * cell + (1 - forget) * (x @ self.w[f"{layer}_W"])
        return self.add_norm(x, numpy.maximum(cell, 0), f"{layer}_ffn"), cell

    # ---- the network ----

    def encode(self, text):
        return self.pieces.encode(text) + [self.eos]

    def memory(self, ids):
        x = self.embed(ids) + self.positions(0, len(ids))
        for i in range(1, self.n_encoder + 1):
            x, _ = self.attention(x, x, f"encoder_l{i}_self")
            x = self.feed_forward(x, f"encoder_l{i}_ffn")
        return x

    def step(self, previous, t, cells, memory):
        """The logits of target token t, and each layer's cross-attention; `previous` is None at first."""
        x = self.positions(t, 1)
        if previous is not None:
            x = x + self.embed([previous])
        maps = []
        for i in range(self.n_decoder):
            x, cells[i] = self.ssru(x, cells[i], f"decoder_l{i + 1}_rnn")
            x, probs = self.attention(x, memory, f"decoder_l{i + 1}_context")
            x = self.feed_forward(x, f"decoder_l{i + 1}_ffn")
            maps.append(probs[:, 0])
        logits = x @ self.w["Wemb"].T + self.w["decoder_ff_logit_out_b"]
        logits[0, self.unknown] = -numpy.inf
        return logits[0], numpy.array(maps)

    def greedy(self, source, limit):
        """Target ids, the distance of the two best logits at each, and maps [layers][heads][n_tgt][n_src]."""
        memory = self.memory(source)
        cells = [numpy.zeros((1, self.d), numpy.float32) for _ in range(self.n_decoder)]
        ids, gaps, maps, previous = [], [], [], None
        while len(ids) < limit and previous != self.eos:
            logits, rows = self.step(previous, len(ids), cells, memory)
            second, best = numpy.partition(logits, -2)[-2:]
            previous = int(logits.argmax())
            ids.append(previous)
            gaps.append(float(best - second))
            maps.append(rows)
        return ids, gaps, numpy.array(maps).transpose(1, 2, 0, 3)
