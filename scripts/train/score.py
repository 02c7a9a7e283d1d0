"""Greedy translation of many sentences, and the scores sacreBLEU gives them."""

from dataclasses import dataclass

import sacrebleu
import torch
from batches import pad_rows
from sacrebleu.metrics.base import Score

from model import Translator
from text import Pair, Vocabularies

BATCH = 64
LIMIT = 250  # pieces of a translation


@dataclass(slots=True)
class Translation:
    source: list[int]  # ids, with </s>
    target: list[int]  # ids, with </s> if it came
    text: str


def translate_all(model: Translator, vocabularies: Vocabularies, sentences: list[str]) -> list[Translation]:
    """Greedy translations in the order of the sentences; sentences of like length are decoded together."""
    pieces, device = vocabularies.target, model.final_logits_bias.device
    encoded = [vocabularies.source.encode(sentence) for sentence in sentences]
    order = sorted(range(len(sentences)), key=lambda i: len(encoded[i]))
    results: list[Translation | None] = [None] * len(sentences)
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        rows = pad_rows([encoded[i] for i in chosen], vocabularies.source.pad)
        source = torch.from_numpy(rows).to(device).long()
        answers = model.greedy(source, min(LIMIT, 3 * source.shape[1] + 20)).tolist()
        for i, target in zip(chosen, answers, strict=True):
            if pieces.eos in target:
                target = target[: target.index(pieces.eos) + 1]
            results[i] = Translation(encoded[i], target, pieces.decode(target))
    return results


def references(pairs: list[Pair], limit: int | None = None) -> tuple[list[str], list[list[str | None]]]:
    """The English sentences, every k-th to keep to the limit, and all their translations in sacreBLEU's
    layout."""
    by_english: dict[str, list[str]] = {}
    for pair in pairs:
        by_english.setdefault(pair.english, []).append(pair.french)
    sources = list(by_english)
    if limit and limit < len(sources):
        sources = [sources[i * len(sources) // limit] for i in range(limit)]
    most = max(len(by_english[source]) for source in sources)
    table = [[by_english[s][k] if k < len(by_english[s]) else None for s in sources] for k in range(most)]
    return sources, table


def bleu(hypotheses: list[str], refs: list[list[str | None]]) -> Score:
    return sacrebleu.corpus_bleu(hypotheses, refs)


def chrf(hypotheses: list[str], refs: list[list[str | None]]) -> Score:
    return sacrebleu.corpus_chrf(hypotheses, refs)
