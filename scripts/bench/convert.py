#!/usr/bin/env python3
"""Converts a MarianMT directory for a peer.

    convert.py ctranslate2|onnx MODEL OUT

The converters of CTranslate2 and optimum expect one vocabulary. For a model with two, this names both; and
transformers 4, which makes both tables of embeddings as tall as the source's, is mended by importing this file.
"""

import inspect
import pathlib
import shutil
import sys

from transformers.models.marian import modeling_marian

make_decoder = modeling_marian.MarianDecoder.__init__


def with_its_own_table(self, config, embed_tokens=None):
    make_decoder(self, config, embed_tokens if config.share_encoder_decoder_embeddings else None)


if "embed_tokens" in inspect.signature(make_decoder).parameters:  # not in transformers 5
    modeling_marian.MarianDecoder.__init__ = with_its_own_table


def to_ctranslate2(model, out):
    from ctranslate2.converters import transformers as converter

    class TwoVocabularies(converter.MarianMTLoader):
        def get_vocabulary(self, model, tokenizer):
            # Without <pad>, the last of both, as for one vocabulary.
            tables = tokenizer.encoder, getattr(tokenizer, "target_encoder", tokenizer.encoder)
            return [[piece for piece in sorted(t, key=t.get) if piece != "<pad>"] for t in tables]

        def set_vocabulary(self, spec, tokens):
            spec.register_source_vocabulary(tokens[0])
            spec.register_target_vocabulary(tokens[1])

        def _remove_pad_weights(self, spec):
            for table in (spec.encoder.embeddings[0], spec.decoder.embeddings, spec.decoder.projection):
                table.weight = table.weight[:-1]
            if spec.decoder.projection.has_bias():
                spec.decoder.projection.bias = spec.decoder.projection.bias[:-1]

    converter._MODEL_LOADERS["MarianConfig"] = TwoVocabularies()
    converter.TransformersConverter(model).convert(out, force=True)
    for pieces in pathlib.Path(model).glob("*.spm"):
        shutil.copy(pieces, out)


def to_onnx(model, out):
    import transformers
    from optimum.exporters.onnx import onnx_export_from_model

    network = transformers.MarianMTModel.from_pretrained(model).eval()
    onnx_export_from_model(network, out, task="text2text-generation-with-past")
    transformers.MarianTokenizer.from_pretrained(model).save_pretrained(out)


if __name__ == "__main__":
    kind, model, out = sys.argv[1:]
    {"ctranslate2": to_ctranslate2, "onnx": to_onnx}[kind](model, out)
