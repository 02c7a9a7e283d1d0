#!/usr/bin/env python3
"""Every key of the installed transformers' GenerationConfig, each alone in generation_config.json.

    generation_keys.py XATTN MODEL --name NAME

This program knows each key: it refuses it by name, or translates as transformers does with it, whether the key
has an effect or not. A key without a value in VALUES is new in transformers: it fails until somebody decides.
Prints two rows of the table.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import transformers
from generation import TEXTS, Generator, model_with, translate
from table import Table

# Values that show an effect where there is one.
VALUES = {
    "_commit_hash": "a", "_from_model_config": True, "assistant_confidence_threshold": 0.9,
    "assistant_early_exit": 1, "assistant_ensemble_weight": 0.5, "assistant_lookbehind": 3,
    "bad_words_ids": [[3], [5, 6]], "begin_suppress_tokens": [3, 4, 5], "bos_token_id": 7,
    "cache_config": {"nbits": 4}, "cache_implementation": "static", "compile_config": {"dynamic": True},
    "constraints": [[3]], "continuous_batching_config": {"block_size": 8}, "decoder_start_token_id": 9,
    "disable_compile": True, "diversity_penalty": 0.5, "do_sample": True, "dola_layers": "high",
    "early_stopping": "never", "encoder_no_repeat_ngram_size": 2, "encoder_repetition_penalty": 1.5,
    "epsilon_cutoff": 0.1, "eta_cutoff": 0.1, "exponential_decay_length_penalty": [2, 1.5],
    "force_words_ids": [[3]], "forced_bos_token_id": 11, "forced_eos_token_id": 0, "guidance_scale": 1.5,
    "is_assistant": True, "length_penalty": 2.0, "low_memory": True, "max_cache_len": 40,
    "max_length": 6, "max_matching_ngram_size": 1, "max_new_tokens": 4, "max_time": 0.5, "min_length": 20,
    "min_new_tokens": 20, "min_p": 0.5, "no_repeat_ngram_size": 2, "num_assistant_tokens": 3,
    "num_assistant_tokens_schedule": "heuristic", "num_beam_groups": 2, "num_beams": 3,
    "num_return_sequences": 2, "output_attentions": True, "output_hidden_states": True, "output_logits": True,
    "output_scores": True, "penalty_alpha": 0.6, "prefill_chunk_size": 2, "prompt_lookup_num_tokens": 2,
    "remove_invalid_values": True, "renormalize_logits": True, "repetition_penalty": 1.5,
    "return_dict_in_generate": True, "return_legacy_cache": True, "sequence_bias": [[[3], -5.0]],
    "speculation_type": "dflash", "stop_strings": ["e"], "suppress_tokens": [3, 4, 5],
    "target_lookbehind": 3, "temperature": 0.2, "token_healing": True, "top_h": 0.5, "top_k": 2, "top_p": 0.2,
    "transformers_version": "4.0.0", "typical_p": 0.2, "use_cache": False, "use_mtp": True,
    "watermarking_config": {"bias": 2.5},
}
IDS = ("eos_token_id", "pad_token_id")  # the model's own

# What MarianMT of transformers cannot do, or not from a file: it raises, or compiles for minutes.
UNABLE = {"assistant_early_exit", "cache_implementation", "compile_config", "continuous_batching_config",
          "prompt_lookup_num_tokens", "speculation_type", "use_mtp"}


def inspect(xattn, model):
    """Whether the model is taken, and all that inspect says of it."""
    done = subprocess.run([str(xattn.resolve()), "inspect", model], capture_output=True, text=True, check=False)
    return done.returncode == 0, done.stdout + done.stderr


def sort_keys(xattn, values, model, folder):
    """The keys that are accepted, refused by name, unknown."""
    kinds = {"accepted": [], "refused": [], "unknown": []}
    for key in vars(transformers.GenerationConfig()):
        accepted, said = inspect(xattn, model_with({key: values.get(key, 1)}, model, folder))
        known = key in values and "unknown settings" not in said and (accepted or f'"{key}"' in said)
        kinds["unknown" if not known else "accepted" if accepted else "refused"].append(key)
    return kinds.values()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("xattn", type=pathlib.Path)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--name", required=True)
    args = parser.parse_args()
    table, judge, different = Table(args.name), Generator(args.model), 0
    sources = judge.encode(TEXTS)
    own = json.loads((args.model / "generation_config.json").read_text())
    values = VALUES | {key: own[key] for key in IDS}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        said = inspect(args.xattn, model_with({"no_key": 1}, args.model, folder))[1]
        if "unknown settings    no_key (ignored)\n" not in said:
            raise RuntimeError("inspect does not list an unknown setting")
        accepted, refused, unknown = sort_keys(args.xattn, values, args.model, folder)
        judged = [key for key in accepted if key not in UNABLE]
        for key in judged:
            ours = translate(args.xattn, model_with({key: values[key]}, args.model, folder), TEXTS)
            theirs = [judge.generate(source, {key: values[key]}) for source in sources]
            if [ids for ids, _ in ours] != [ids for ids, _ in theirs]:
                different += 1
                print(f"  DIFFERENT with {key}: {values[key]}")
    for key in unknown:
        print(f"  UNKNOWN: {key}")
    n = len(accepted) + len(refused) + len(unknown)
    table.row("keys of GenerationConfig: known", n, len(unknown), 0, f"{len(refused)} refused by name")
    table.row("keys of GenerationConfig: ids", len(judged), different, 0)
    return table.status()


if __name__ == "__main__":
    sys.exit(main())
