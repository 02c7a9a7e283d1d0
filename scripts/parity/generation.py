#!/usr/bin/env python3
"""Every generation setting, by this program and by transformers' generate(): target ids and scores.

    generation.py XATTN MODEL --name NAME [--corpus FILE] [--texts N]    compares, and prints rows of the table
    generation.py --goldens MODEL FILE                                   writes what transformers makes of them

The model is MODEL with another generation_config.json: its own, and one CASE's settings. A row of FILE,
for tests/decode/test_generation.c, is SETTINGS <tab> TEXT <tab> TARGET IDS <tab> SCORE. Sentences that
tiny changes of the logits would translate otherwise are left out: another machine rounds otherwise.

A score is that of `sequences_scores` in beam search. In greedy search it is the sum of the log-probabilities
that tokens had before any was forbidden, but after repetition_penalty; 0 for a forced token.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import torch
import transformers
from judge import Judge
from sentences import SAMPLE, choose
from table import Table

TIE = 1e-3  # how far logits are shaken
LIMIT = 1e-4
TEXTS = ["The black cat sat on the mat.", "I don't know.", "He is a very, very, very good friend of mine.",
         "The first man and the second man saw the third man.", "Where is the station?",
         "Yesterday the president of the republic met the ministers in the capital of the country."]


def cases(own, said):
    """Settings to try. own: the model's; said: ids that its translations say, in their order."""
    common, said = max(set(said), key=said.count), list(dict.fromkeys(said))
    pad, words = own["bad_words_ids"], [[said[0], said[1]], [said[3]], [own["pad_token_id"], said[4]]]
    plain = [
        {}, {"renormalize_logits": True}, {"forced_bos_token_id": said[2]}, {"forced_eos_token_id": None},
        {"min_length": 16}, {"min_new_tokens": 16, "min_length": 3}, {"max_length": 7}, {"max_new_tokens": 5},
        {"no_repeat_ngram_size": 1}, {"no_repeat_ngram_size": 2}, {"no_repeat_ngram_size": 3},
        {"repetition_penalty": 1.5}, {"repetition_penalty": 0.8}, {"bad_words_ids": pad + words},
        {"suppress_tokens": [common, said[0]]}, {"begin_suppress_tokens": [said[0], said[4]]},
        {"begin_suppress_tokens": said[:6], "forced_bos_token_id": said[2]},
        {"repetition_penalty": 1.2, "no_repeat_ngram_size": 2, "renormalize_logits": True, "min_length": 12,
         "forced_bos_token_id": said[1], "suppress_tokens": [said[0]], "max_length": 20}]
    beams = [{"num_beams": 4, "early_stopping": stop, "length_penalty": alpha}
             for stop in (True, False, "never") for alpha in (1.0, 0.4, 2.0, 0.0, -1.0)]
    return plain + [{"num_beams": 3, **case} for case in plain] + beams


class Generator(Judge):
    def generate(self, source, settings):
        """Target ids and score."""
        own = self.model.generation_config
        self.model.generation_config = config = transformers.GenerationConfig(**{**own.to_dict(), **settings})
        made = self.model.generate(input_ids=torch.tensor([source]), return_dict_in_generate=True,
                                   output_scores=True, output_logits=True)
        self.model.generation_config = own
        ids = made.sequences[0, 1:].tolist()
        ids = ids[:ids.index(config.eos_token_id) + 1] if config.eos_token_id in ids else ids
        if config.num_beams > 1:
            return ids, made.sequences_scores[0].item()
        return ids, self.greedy_score(made, ids, config)

    def greedy_score(self, made, ids, config):
        score = 0.0
        penalty = transformers.RepetitionPenaltyLogitsProcessor(float(config.repetition_penalty or 1.0))
        for t, i in enumerate(ids):
            processed = made.scores[t][0]
            raw = penalty(made.sequences[:1, :t + 1], made.logits[t][:1].clone())[0]
            if config.renormalize_logits:
                score += processed[i].item()
            elif torch.isfinite(processed).sum() > 1:
                score += torch.log_softmax(raw, -1)[i].item()
        return score

    @torch.inference_mode()
    def robust(self, source, settings, times=3):
        """The same, or None where shaken logits give other ids."""
        found = self.generate(source, settings)
        bias = self.model.final_logits_bias
        still = bias.clone()
        torch.manual_seed(0)
        for _ in range(times):
            bias.copy_(still + TIE * (2 * torch.rand_like(still) - 1))
            same = self.generate(source, settings)[0] == found[0]
            bias.copy_(still)
            if not same:
                return None
        return found


def model_with(settings, model, folder):
    """The model's files, linked, and its generation_config.json with other settings."""
    own = json.loads((model / "generation_config.json").read_text())
    for file in model.resolve().iterdir():
        link = folder / file.name
        if file.name != "generation_config.json" and not link.exists():
            link.symlink_to(file)
    (folder / "generation_config.json").write_text(json.dumps({**own, **settings}))
    return str(folder)


def said_by(judge, texts):
    return [i for source in judge.encode(texts) for i in judge.generate(source, {"num_beams": 1})[0][:-1]]


def translate(xattn, model, texts):
    done = subprocess.run([str(xattn.resolve()), "translate", "--quiet", "--json", "--no-split", "--no-copy",
                           "-m", model, *texts],
                          capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    rows = [json.loads(line) for line in done.stdout.decode().splitlines()]
    return [(row["target_ids"], row.get("normalized_score", row["score"])) for row in rows]


def compare(xattn, model, name, corpus, n_texts):
    table, judge = Table(name), Generator(model)
    texts = (TEXTS + choose(corpus, 4))[:n_texts]
    sources = judge.encode(texts)
    own = json.loads((model / "generation_config.json").read_text())
    n = wrong = ties = 0
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for settings in cases(own, said_by(judge, TEXTS)):
            ours = translate(xattn, model_with(settings, model, pathlib.Path(folder)), texts)
            for text, source, (ids, score) in zip(texts, sources, ours, strict=True):
                theirs = judge.generate(source, settings)
                n += 1
                if ids == theirs[0]:
                    worst = max(worst, abs(score - theirs[1]) / max(1.0, abs(theirs[1])))
                elif judge.robust(source, settings) is None:
                    ties += 1
                else:
                    wrong += 1
                    print(f"  DIFFERENT with {settings}: {text[:80]}")
    table.row("generation settings: ids", n, wrong, 0, f"{ties} near ties")
    table.row("generation settings: scores", n, worst, LIMIT)
    return table.status()


def write_goldens(model, path):
    judge = Generator(model)
    own = json.loads((model / "generation_config.json").read_text())
    lines = []
    for settings in cases(own, said_by(judge, TEXTS)):
        for text, source in zip(TEXTS, judge.encode(TEXTS), strict=True):
            found = judge.robust(source, settings)
            if found:
                ids = " ".join(map(str, found[0]))
                lines.append("\t".join([json.dumps({**own, **settings}), text, ids, f"{found[1]:.6f}"]))
    path.write_text("\n".join(lines) + "\n")
    print(f"{path}: {len(lines)} translations")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--goldens", action="store_true")
    parser.add_argument("first", type=pathlib.Path, metavar="XATTN")
    parser.add_argument("second", type=pathlib.Path, metavar="MODEL")
    parser.add_argument("--name", default="shipped")
    parser.add_argument("--corpus", type=pathlib.Path, default=SAMPLE)
    parser.add_argument("--texts", type=int, default=10, help="how many texts")
    args = parser.parse_args()
    if args.goldens:
        write_goldens(args.first, args.second)
        return 0
    return compare(args.first, args.second, args.name, args.corpus, args.texts)


if __name__ == "__main__":
    sys.exit(main())
