#!/usr/bin/env python3
"""Compare the links of each cross-attention head with links drawn by hand, in a Markdown table.

usage: eval_alignment.py [--model DIR] [--reverse DIR] [--gold FILE] [--bitext FILE] [--program FILE]
       eval_alignment.py --pairs FILE --gold FILE [--from 0|1] [the same options]
       eval_alignment.py --self-test

The links of a head are those of `xattn align --format pharaoh`: each target word is linked to the source word
that it looked at most, or to none if that was </s>. The translation is the gold file's (forced decoding), not the
model's. Every layer and head has a row, and so has the mean of every layer. --reverse names a model that
translates back, and adds rows for its links and for those of both directions made one. A second table shows where
each head looks.

--bitext FILE (source TAB target, may be .gz) adds word aligners that learn from this text and know no neural
network: eflomal, if it is installed (`pip install eflomal`), and one in the manner of fast_align, which needs
NumPy. Both also see the sentences of the gold file, as is usual, but not its links. They get lower-cased words,
as xattn finds them; with 160,000 pairs, finding them takes some minutes.

A gold file has five columns with tabs between them: source, target, the words of each with spaces between them,
and links. A link is source-target, with words counted from 0: 3-5 is sure and 3p5 only possible, as in the tools
that came with Zenkel et al. (2019) and with SimAlign; 3?5 means the same as 3p5. With A the links under test, S
the sure links of the gold file and P all of its links (Och & Ney 2003; F1 as usual with possible links):

    precision = |A ∩ P| / |A|     recall = |A ∩ S| / |S|     AER = 1 - (|A ∩ S| + |A ∩ P|) / (|A| + |S|)

--pairs FILE is for corpora that come as tokens, with the links in a file of their own. FILE has a pair on each
line, source TAB target or source ||| target, with spaces between the tokens. The gold file then has only links
between tokens, in one of two forms: a line for each pair, with links as above; or a line for each link,
`SENTENCE SOURCE TARGET [S|P]`, with sentences counted from 1 (Och & Ney's format; a link without a letter is
sure). --from is the number of the first token: 0, or 1, which is usual in the second form.
"""

import argparse
from pathlib import Path

from alignment.aligners import baseline_rows
from alignment.gold import Gold, Links, read_gold, read_tokens, score
from alignment.maps import Rows, Xattn, check_words, habits, read_maps, reverse_rows, strongest
from alignment.self_test import self_test

ROOT = Path(__file__).resolve().parent.parent


def print_table(rows: list[list[str]]) -> None:
    """Markdown, its columns lined up; the first row is the head."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    for row in [rows[0], rule, *rows[1:]]:
        cells = [
            row[0].ljust(widths[0]),
            *(cell.rjust(w) for cell, w in zip(row[1:], widths[1:], strict=True)),
        ]
        print("| " + " | ".join(cells) + " |")


def print_scores(gold: list[Gold], found: dict[str, list[Links]]) -> None:
    n_sure, n_all = sum(len(g.sure) for g in gold), sum(len(g.possible) for g in gold)
    print(f"{len(gold)} sentence pairs, {n_sure} sure and {n_all - n_sure} possible links\n")
    rows = [["links of", "AER %", "precision %", "recall %", "F1 %", "links"]]
    for name, links in found.items():
        s = score(gold, links)
        rows.append([name, *(f"{100 * x:.1f}" for x in s[:4]), str(s.links)])
    print_table(rows)


def print_habits(gold: list[Gold], maps: dict[str, list[Rows]]) -> None:
    rows = [["attention % of", "own words", "the word before's", "the word after's", "punctuation", "</s>"]]
    rows += [[name, *(f"{100 * x:.0f}" for x in habits(gold, m))] for name, m in maps.items()]
    print()
    print_table(rows)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n\n")[0], epilog="The beginning of this file explains the table."
    )
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "en-fr")
    parser.add_argument("--reverse", type=Path, metavar="DIR", help="a model that translates back")
    parser.add_argument("--gold", type=Path, metavar="FILE", default=ROOT / "data" / "gold-alignment.tsv")
    parser.add_argument("--pairs", type=Path, metavar="FILE", help="tokenised pairs, to which --gold has links")
    parser.add_argument("--from", type=int, choices=(0, 1), default=0, dest="first", help="the first token")
    parser.add_argument("--bitext", type=Path, metavar="FILE", help="also align words without a network")
    parser.add_argument("--program", metavar="FILE", default=str(ROOT / "xattn"), help="default: ./xattn")
    parser.add_argument("--self-test", action="store_true", help="check this script")
    options = parser.parse_args()
    if options.self_test:
        return self_test(options.program, options.model)
    xattn = Xattn(options.program, options.model, "--tokens" if options.pairs else "--words")
    if options.pairs:
        gold = read_tokens(options.pairs, options.gold, options.first)
    else:
        gold = read_gold(options.gold)
    check_words(gold, xattn)
    texts = [g.text for g in gold]
    maps = read_maps(xattn, texts)
    rows = {name: [strongest(r) for r in m] for name, m in maps.items()}
    if options.reverse:
        rows |= reverse_rows(xattn, options.reverse, texts)
    if options.bitext:
        rows |= baseline_rows(xattn, gold, options.bitext)
    print_scores(gold, rows)
    print_habits(gold, maps)


if __name__ == "__main__":
    main()
