"""Begin from a parent: the weights of a Firefox Translations model that translates from English into a relative
of French.

What carries over: the encoder, the English embeddings, and of the decoder the cross-attention (whose last layer's
head 0 is a trained alignment head), the feed-forward layers and all norms. A French piece starts from the
parent's pieces that say the same (WORK/pivot.tsv, see pivot.py), else from the piece of the same spelling, else
from the mean of the pieces that spell it. The parent's recurrent cell (SSRU) gives its place to self-attention,
which starts silent: its last projection is zero.

The parent's weights are int8 and are made floats again. Its sinusoids differ slightly from MarianMT's (a factor
of 128/127 in the exponent), which the encoder unlearns at once.
"""

import struct
from collections.abc import Iterable
from pathlib import Path

import numpy
import sentencepiece
import torch
from torch import Tensor

from model import Translator
from text import EOS, UNK, Vocabularies, read_lines

FLOAT32, INT8 = 0x0404, 0x4101  # Marian's types: size of an element, class of the type, intgemm's format
ATTENTION = {"q_proj": "q", "k_proj": "k", "v_proj": "v", "out_proj": "o"}
NOISE = 0.3  # of the deviation of the embeddings: pieces that start alike must be able to part


def read_marian(path: Path) -> dict[str, Tensor]:
    """The tensors of a Marian .bin file, int8 ones as floats. The file: version, number of tensors, a header of
    four 64-bit numbers for each, the names, the shapes, padding, the data."""
    data = path.read_bytes()
    version, count = struct.unpack_from("<QQ", data)
    if version != 1:
        raise SystemExit(f"{path}: version {version} of Marian's binary format, expected 1")
    headers = [struct.unpack_from("<4Q", data, 16 + 32 * i) for i in range(count)]
    at = 16 + 32 * count
    names, shapes, tensors = [], [], {}
    for length, _, _, _ in headers:
        names.append(data[at : at + length - 1].decode())
        at += length
    for _, _, rank, _ in headers:
        shapes.append(struct.unpack_from(f"<{rank}i", data, at))
        at += 4 * rank
    at += 8 + struct.unpack_from("<Q", data, at)[0]
    for name, shape, (_, kind, _, size) in zip(names, shapes, headers, strict=True):
        elements = int(numpy.prod(shape))
        if kind == FLOAT32:
            array = numpy.frombuffer(data, numpy.float32, elements, at).reshape(shape)
            tensors[name] = torch.from_numpy(array.copy())
        elif kind == INT8 and not name.endswith("QuantMultA"):
            (scale,) = struct.unpack_from("<f", data, at + elements)
            array = numpy.frombuffer(data, numpy.int8, elements, at).astype(numpy.float32) / scale
            # matrices are stored transposed, the embeddings are not
            array = array.reshape(shape) if name == "Wemb" else array.reshape(shape[::-1]).T
            tensors[name] = torch.from_numpy(array.copy())
        at += size
    return tensors


class Parent:
    def __init__(self, folder: Path):
        self.weights = read_marian(next(folder.glob("model.*.bin")))
        self.spm = sentencepiece.SentencePieceProcessor(model_file=str(next(folder.glob("vocab.*.spm"))))
        self.embeddings, self.bias = self.weights["Wemb"], self.weights["decoder_ff_logit_out_b"][0]

    def id(self, piece: str) -> int | None:
        number = self.spm.piece_to_id(piece)
        return number if number != self.spm.unk_id() or piece == UNK else None

    def spelling(self, piece: str) -> list[int]:
        """The parent's pieces that spell this one; none for a byte."""
        text = "" if piece.startswith("<0x") else piece.replace("▁", " ").strip()
        return [i for i in self.spm.encode(text) if i != self.spm.unk_id()]

    def attention(self, prefix: str, name: str) -> dict[str, Tensor]:
        own = self.weights
        tensors = {}
        for here, there in ATTENTION.items():
            tensors[f"{name}.{here}.weight"] = own[f"{prefix}_W{there}"].T
            tensors[f"{name}.{here}.bias"] = own[f"{prefix}_b{there}"][0]
        return tensors | self.norm(f"{prefix}_Wo", f"{name}_layer_norm")

    def feed_forward(self, prefix: str, name: str) -> dict[str, Tensor]:
        own = self.weights
        tensors = {}
        for n in (1, 2):
            tensors[f"{name}fc{n}.weight"] = own[f"{prefix}_W{n}"].T
            tensors[f"{name}fc{n}.bias"] = own[f"{prefix}_b{n}"][0]
        return tensors | self.norm(f"{prefix}_ffn", f"{name}final_layer_norm")

    def norm(self, prefix: str, name: str) -> dict[str, Tensor]:
        own = self.weights
        return {f"{name}.weight": own[f"{prefix}_ln_scale"][0], f"{name}.bias": own[f"{prefix}_ln_bias"][0]}


def source_embeddings(parent: Parent, pieces: list[str], start: Tensor) -> Tensor:
    """Every piece's own row; a piece the parent lacks (a byte, <pad>) keeps the row of `start`."""
    table = start.clone()
    for row, piece in enumerate(pieces[:-1]):
        number = parent.id(piece)
        if number is not None:
            table[row] = parent.embeddings[number]
    return table


def read_pivot(path: Path) -> dict[str, list[tuple[str, float]]]:
    """French piece: the parent's pieces that say the same, with shares."""
    table: dict[str, list[tuple[str, float]]] = {}
    for line in read_lines(path) if path.exists() else ():
        piece, other, share = line.split("\t")
        table.setdefault(piece, []).append((other, float(share)))
    return table


def mixed(rows: Tensor, shares: Iterable[float]) -> Tensor:
    """The weighted mean of rows, as long as they are."""
    weights = torch.tensor(list(shares))[:, None]
    mean = (weights * rows).sum(0) / weights.sum()
    return mean * (weights[:, 0] * rows.norm(dim=1)).sum() / weights.sum() / mean.norm().clamp_min(1e-6)


def target_embeddings(
    parent: Parent, pieces: list[str], pivot: dict[str, list[tuple[str, float]]], start: Tensor
) -> tuple[Tensor, Tensor]:
    """The table [V][d] and the bias [1][V] of the output."""
    table, bias, spread = (
        start.clone(),
        torch.full((1, len(pieces)), parent.bias.mean().item()),
        parent.embeddings.std(),
    )
    for row, piece in enumerate(pieces[:-1]):
        number, said = parent.id(piece), [(parent.id(other), share) for other, share in pivot.get(piece, ())]
        if piece in (EOS, UNK):
            table[row], bias[0, row] = parent.embeddings[number], parent.bias[number]
            continue
        if said:
            ids, shares = zip(*said, strict=True)
        else:
            ids = [number] if number is not None else parent.spelling(piece)
            shares = [1.0] * len(ids)
        if ids:
            table[row] = mixed(parent.embeddings[list(ids)], shares)
            bias[0, row] = parent.bias[list(ids)].mean()
        if number is None or said:
            table[row] += NOISE * spread * torch.randn(table.shape[1])
    return table, bias


@torch.no_grad()
def transfer(model: Translator, folder: Path, work: Path) -> None:
    """Give the model what the parent in `folder` knows; their shapes must agree."""
    parent, vocabularies, state = Parent(folder), Vocabularies(work), model.state_dict()
    encoder, decoder = model.model.encoder, model.model.decoder
    new: dict[str, Tensor] = {}
    for n in range(len(encoder.layers)):
        layer = f"model.encoder.layers.{n}."
        new |= parent.attention(f"encoder_l{n + 1}_self", layer + "self_attn")
        new |= parent.feed_forward(f"encoder_l{n + 1}_ffn", layer)
    for n in range(len(decoder.layers)):
        layer = f"model.decoder.layers.{n}."
        new |= parent.attention(f"decoder_l{n + 1}_context", layer + "encoder_attn")
        new |= parent.feed_forward(f"decoder_l{n + 1}_ffn", layer)
        new |= parent.norm(f"decoder_l{n + 1}_rnn_ffn", layer + "self_attn_layer_norm")
        for part in ("weight", "bias"):
            new[f"{layer}self_attn.out_proj.{part}"] = torch.zeros_like(state[f"{layer}self_attn.out_proj.{part}"])
    source, target = "model.encoder.embed_tokens.weight", "model.decoder.embed_tokens.weight"
    new[source] = source_embeddings(parent, vocabularies.source.pieces, state[source])
    pivot = read_pivot(work / "pivot.tsv")
    new[target], bias = target_embeddings(parent, vocabularies.target.pieces, pivot, state[target])
    new["final_logits_bias"] = bias
    for name, tensor in new.items():
        if tensor.shape != state[name].shape:
            raise SystemExit(f"{folder}: {name} is {list(tensor.shape)}, here {list(state[name].shape)}")
    model.load_state_dict(state | new)
