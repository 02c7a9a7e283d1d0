#!/usr/bin/env python3
"""Write trained weights as a MarianMT directory: what `xattn -m DIR` and transformers 5 read, and what
scripts/bench/convert.py converts for CTranslate2 and ONNX Runtime.

usage: export.py WORK OUT [--weights annealed]

Weights are stored as F16, each once: the output's matrix is the table of the target's embeddings. <pad> has the
last id and a zero embedding. generation_config.json bans <pad> from the output and names the guided head of the
last decoder layer as alignment head. The English vocabulary loses the pieces that are marked as unused or
hold one of SIGNS. With a checkpoint instead of annealed weights, the running average is exported.
"""

import argparse
import json
import shutil
from dataclasses import replace
from pathlib import Path

import checkpoint
import safetensors.torch
from vocabulary import ModelProto, keep_pieces, write_vocabulary

from model import MAX_POSITIONS, Shape, Translator, copy_into
from text import Pieces, Vocabularies

MAX_LENGTH = 256
SOURCE = "model.encoder.embed_tokens.weight"
SPLIT_LENGTH = 48  # pieces; longer sentences lose words
SIGNS = "#*+<=>@[\\]^_`{|}~"  # the weights often lose one; xattn copies what the vocabulary cannot spell


def load_trained(name: Path) -> Translator:
    """The model of WORK/annealed, or of WORK/checkpoint with its averaged weights."""
    saved = checkpoint.load(name)
    if saved is None:
        raise SystemExit(f"{name}.json: there is none; train.py writes it")
    model = Translator(Shape(**saved["shape"]))
    model.load_state_dict(saved["model"])
    if "average" in saved:
        copy_into(model, saved["average"])
    return model.eval()


def config_of(shape: Shape, vocabularies: Vocabularies) -> dict:
    pieces = vocabularies.target
    return {
        "model_type": "marian",
        "architectures": ["MarianMTModel"],
        "vocab_size": shape.source_vocab,
        "decoder_vocab_size": shape.target_vocab,
        "d_model": shape.width,
        "encoder_layers": shape.encoder_layers,
        "decoder_layers": shape.decoder_layers,
        "encoder_attention_heads": shape.heads,
        "decoder_attention_heads": shape.heads,
        "encoder_ffn_dim": shape.ffn,
        "decoder_ffn_dim": shape.ffn,
        "activation_function": "relu",
        "max_position_embeddings": MAX_POSITIONS,
        "scale_embedding": True,
        "static_position_embeddings": True,
        "normalize_before": False,
        "normalize_embedding": False,
        "add_final_layer_norm": False,
        "add_bias_logits": False,
        "eos_token_id": pieces.eos,
        "pad_token_id": pieces.pad,
        "unk_token_id": pieces.unk,
        "decoder_start_token_id": pieces.pad,
        "tie_word_embeddings": True,
        "share_encoder_decoder_embeddings": False,
        "is_encoder_decoder": True,
        "lowercase_capitals": True,  # xattn's own: it reads text in capitals as if it were in small letters
        "split_length": SPLIT_LENGTH,  # xattn's own: it cuts longer sentences at clauses
    }


def generation_config_of(shape: Shape, pieces: Pieces) -> dict:
    return {
        "num_beams": 1,
        "max_length": MAX_LENGTH,
        "bad_words_ids": [[pieces.pad]],
        "eos_token_id": pieces.eos,
        "forced_eos_token_id": pieces.eos,
        "pad_token_id": pieces.pad,
        "decoder_start_token_id": pieces.pad,
        "alignment_heads": [[shape.decoder_layers - 1, 0]],
    }


def without_signs(model: ModelProto) -> ModelProto:
    """The SentencePiece model without unused pieces and those that hold one of SIGNS."""
    signs = set(SIGNS)
    return keep_pieces(
        model, lambda _, p: p.type != p.UNUSED and (p.type != p.NORMAL or signs.isdisjoint(p.piece))
    )


def export(model: Translator, work: Path, out: Path) -> None:
    vocabularies = Vocabularies(work)
    out.mkdir(parents=True, exist_ok=True)
    for name in Pieces.FILES["target"]:
        shutil.copyfile(work / name, out / name)
    write_vocabulary(out, "source", without_signs(ModelProto.FromString((work / "source.spm").read_bytes())))
    exported = Vocabularies(out)
    tensors = {name: tensor.half().contiguous() for name, tensor in model.state_dict().items()}
    rows = [vocabularies.source.ids[piece] for piece in exported.source.pieces]
    tensors[SOURCE] = tensors[SOURCE][rows]
    shape = replace(model.shape, source_vocab=len(rows))
    for side, pieces in (("encoder", exported.source), ("decoder", exported.target)):
        if tensors[f"model.{side}.embed_tokens.weight"][pieces.pad].any():
            raise SystemExit(f"the {side}'s embedding of <pad> is not zero")
    (out / "model.safetensors").write_bytes(safetensors.torch.save(tensors, metadata={"format": "pt"}))
    for name, content in (
        ("config.json", config_of(shape, exported)),
        ("generation_config.json", generation_config_of(shape, exported.target)),
        ("tokenizer_config.json", {"separate_vocabs": True}),
    ):
        (out / name).write_text(json.dumps(content, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--weights", default="annealed", help="annealed or checkpoint")
    args = parser.parse_args()
    export(load_trained(args.work / args.weights), args.work, args.out)
    size = sum(file.stat().st_size for file in args.out.iterdir())
    print(f"{args.out}: {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
