"""Attention judged as word alignment: pieces merged into words, links taken, precision, recall and F1."""

import collections

import numpy
from numpy import ndarray
from systems import System

from text import WORD, Links

THRESHOLD = 0.3  # below it, a source word's share of the attention is no link


def word_shares(probs: ndarray, source_words: list[int], target_words: list[int]) -> tuple[ndarray, ndarray]:
    """Attention [T][S] of one head between pieces as [target words][source words], and what </s> gets.

    A source word has the sum of its pieces, a target word the mean of its own.
    """
    rows, columns = max(target_words) + 1, max(source_words) + 1
    merge_source = numpy.zeros((len(source_words), columns + 1))
    for s, word in enumerate(source_words):
        merge_source[s, word if word >= 0 else columns] = 1
    merge_target = numpy.zeros((rows, len(target_words)))
    for t, word in enumerate(target_words):
        if word >= 0:
            merge_target[word, t] = 1
    merge_target /= merge_target.sum(1, keepdims=True).clip(1)
    shares = merge_target @ probs @ merge_source
    return shares[:, :columns], shares[:, columns]


def links_of(shares: ndarray, rest: ndarray) -> set[tuple[int, int]]:
    """Each target word's largest source word, and every other one above the threshold; none where </s> has
    more."""
    links = set()
    for j, row in enumerate(shares):
        best = int(row.argmax())
        if row[best] >= max(THRESHOLD, float(rest[j])):
            links |= {(i, j) for i in range(len(row)) if i == best or row[i] >= THRESHOLD}
    return links


def head_links(system: System, result: dict) -> dict[tuple[int, int], set[tuple[int, int]]]:
    """For every layer and head, the links between the words of one answer of System.maps(). Nothing, if the
    trainer's pieces are not the program's: then the words of its pieces are not known."""
    both = system.vocabularies
    source_words = both.source.encode_with_words(result["source"])[1]
    target_words = both.target.encode_with_words(result["target"])[1]
    if (len(source_words), len(target_words)) != (len(result["source_pieces"]), len(result["target_pieces"])):
        return {}
    return {
        (m["layer"], m["head"]): links_of(*word_shares(numpy.array(m["rows"]), source_words, target_words))
        for m in result["maps"]
    }


def head_scores(
    system: System, pairs: list[tuple[str, str]], gold: list[Links]
) -> tuple[dict[tuple[int, int], tuple[float, float, float]], int]:
    """For every layer and head precision, recall and F1 of its links against the gold ones, and how many pairs
    were counted."""
    counts, counted = collections.defaultdict(collections.Counter), 0
    for result, right in zip(system.maps(pairs), gold, strict=True):
        heads = head_links(system, result)
        counted += bool(heads)
        for head, found in heads.items():
            counts[head].update(found=len(found), gold=len(right), both=len(found & set(right)))
    table = {}
    for head, n in sorted(counts.items()):
        precision, recall = n["both"] / max(1, n["found"]), n["both"] / max(1, n["gold"])
        table[head] = precision, recall, 2 * precision * recall / max(1e-9, precision + recall)
    return table, counted


def shown(system: System, sentences: list[str]) -> list[str]:
    """Translations and the links of the guided head, in Markdown."""
    lines, translations = [], system.translate(sentences)
    guided = (system.config["decoder_layers"] - 1, 0)
    pairs = list(zip(sentences, translations, strict=True))
    for (sentence, translation), result in zip(pairs, system.maps(pairs), strict=True):
        english, french = WORD.findall(sentence), WORD.findall(translation)
        links = sorted(head_links(system, result).get(guided, ()), key=lambda link: link[::-1])
        lines += [f"**{sentence}** → **{translation}**", ""]
        lines += ["  ".join(f"{french[j]}↔{english[i]}" for i, j in links), ""]
    return lines
