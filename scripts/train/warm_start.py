"""Begin from an older model of the same width, with no more pieces and no more encoder layers than the new.

The new model computes what the old one did. Embeddings carry over by piece; a new piece takes those of its
nearest old spelling (its lower case, its letters without accents). A new encoder layer starts as the
identity: its sublayers' last projections are zero, and it takes over the scale and shift of the layer norm
below it.
"""

from pathlib import Path

import torch

from model import Translator, load_directory
from text import Pieces, strip_accents

LIKE = {"“": '"', "”": '"', "«": '"', "»": '"', "„": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "."}


def nearest(piece: str, known: dict[str, int]) -> int | None:
    for spelling in (
        piece,
        LIKE.get(piece, piece),
        piece.lower(),
        strip_accents(piece),
        strip_accents(piece).lower(),
    ):
        if spelling in known:
            return known[spelling]
    return None


@torch.no_grad()
def carry_embeddings(model: Translator, old: Translator, pieces: Pieces, known: dict[str, int]) -> None:
    table, bias = model.model.shared.weight, model.final_logits_bias
    new_piece_bias = old.final_logits_bias.min()
    for piece, row in pieces.ids.items():
        twin = nearest(piece, known)
        if piece == pieces.pieces[pieces.pad] or twin is None:
            continue
        table[row] = old.model.shared.weight[twin]
        bias[0, row] = old.final_logits_bias[0, twin] if piece in known else new_piece_bias
        if piece not in known:
            table[row] += 0.3 * table[row].std() * torch.randn_like(table[row])


@torch.no_grad()
def add_identity_layers(model: Translator, below: int) -> None:
    layers = model.model.encoder.layers
    for number in range(below, len(layers)):
        norm, layer = layers[number - 1].final_layer_norm, layers[number]
        for projection in (layer.self_attn.out_proj, layer.fc2):
            projection.weight.zero_()
            projection.bias.zero_()
        layer.final_layer_norm.load_state_dict(norm.state_dict())
        norm.weight.fill_(1)
        norm.bias.zero_()


def warm_start(model: Translator, directory: Path, pieces: Pieces) -> None:
    old, known = load_directory(directory), Pieces(directory).ids
    carry_embeddings(model, old, pieces, known)
    inner = {name: tensor for name, tensor in old.state_dict().items() if ".layers." in name}
    rest = model.load_state_dict(inner, strict=False)
    if rest.unexpected_keys:
        raise SystemExit(f"--init {directory} has what the new shape lacks: {rest.unexpected_keys[0]} …")
    add_identity_layers(model, old.shape.encoder_layers)
