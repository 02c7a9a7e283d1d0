#!/usr/bin/env python3
"""Compares the C tokenizer with the sentencepiece package, line by line.

    tokenizer.py PROBE [--corpus FILE] [--model FILE]    compare, print a table, exit 1 on a difference
    tokenizer.py --goldens DIR --corpus FILE             write what tests/text/test_sentencepiece.c reads

PROBE is the built tokenizer_probe. The corpus is a text of tab-separated sentences, one pair a line,
perhaps gzipped; without one, sentences are made of the model's own pieces. The lines are the corpus
and generated text: every script Unicode names below, emoji, combining marks, full-width forms,
controls, spaces of all kinds, and bytes that are not UTF-8. Apart from the shipped model, the models
are trained here. Ids, pieces and decoded text must be equal, and so must the text of random
sequences of pieces.
"""

import argparse
import gzip
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

import sentencepiece

JUDGE = (0, 2, 3)  # the first release that sums in single precision, as our code does
ROOT = pathlib.Path(__file__).resolve().parents[2]
SPACE = "\u2581"

# ---- lines ----

SCRIPTS = {
    "Latin": (0x41, 0x24F), "IPA": (0x250, 0x2AF), "Greek": (0x370, 0x3FF),
    "Cyrillic": (0x400, 0x52F), "Armenian": (0x531, 0x58A), "Hebrew": (0x591, 0x5F4),
    "Arabic": (0x600, 0x6FF), "Syriac": (0x700, 0x74F), "Thaana": (0x780, 0x7B1),
    "Devanagari": (0x900, 0x97F), "Bengali": (0x980, 0x9FE), "Gurmukhi": (0xA01, 0xA76),
    "Gujarati": (0xA81, 0xAFF), "Tamil": (0xB82, 0xBFA), "Telugu": (0xC00, 0xC7F),
    "Kannada": (0xC80, 0xCF2), "Malayalam": (0xD00, 0xD7F), "Sinhala": (0xD81, 0xDF4),
    "Thai": (0xE01, 0xE5B), "Lao": (0xE81, 0xEDF), "Tibetan": (0xF00, 0xFDA),
    "Myanmar": (0x1000, 0x109F), "Georgian": (0x10A0, 0x10FF), "Hangul Jamo": (0x1100, 0x11FF),
    "Ethiopic": (0x1200, 0x137F), "Cherokee": (0x13A0, 0x13F5), "Khmer": (0x1780, 0x17F9),
    "Mongolian": (0x1800, 0x18AA), "Latin extended": (0x1E00, 0x1EFF),
    "Greek extended": (0x1F00, 0x1FFF), "Hiragana": (0x3041, 0x309F),
    "Katakana": (0x30A0, 0x30FF), "Han": (0x4E00, 0x9FFF), "Hangul": (0xAC00, 0xD7A3),
    "Han extension B": (0x20000, 0x2A6DF), "Gothic": (0x10330, 0x1034A),
    "Cuneiform": (0x12000, 0x12399), "Egyptian": (0x13000, 0x1342E), "Adlam": (0x1E900, 0x1E95F),
}
SYMBOLS = {
    "punctuation": (0x2000, 0x206F), "superscripts": (0x2070, 0x209C), "currency": (0x20A0, 0x20C0),
    "letterlike": (0x2100, 0x214F), "number forms": (0x2150, 0x218B), "arrows": (0x2190, 0x21FF),
    "mathematics": (0x2200, 0x22FF), "enclosed": (0x2460, 0x24FF), "shapes": (0x25A0, 0x25FF),
    "dingbats": (0x2700, 0x27BF), "CJK symbols": (0x3000, 0x303F), "enclosed CJK": (0x3200, 0x32FF),
    "CJK units": (0x3300, 0x33FF), "presentation forms": (0xFB00, 0xFDFF),
    "half and full width": (0xFF00, 0xFFEF), "mathematical letters": (0x1D400, 0x1D7FF),
    "enclosed letters": (0x1F100, 0x1F1FF), "emoji": (0x1F300, 0x1FAFF), "tags": (0xE0000, 0xE007F),
    "private use": (0xE000, 0xF8FF), "last plane": (0x10FF00, 0x10FFFF),
}
SPACES = [" ", "  ", "   ", "\t", "\n", "\r\n", "\u00a0", "\u2002", "\u2009", "\u200b", "\u3000",
          "\u2028", "\u202f", "\ufeff", SPACE, SPACE + SPACE, "\u1680", "\u0085"]
EMOJI = ["\U0001F468\u200d\U0001F469\u200d\U0001F467\u200d\U0001F466", "\U0001F3F4\u200d\u2620\ufe0f",
         "\U0001F44D\U0001F3FD", "\U0001F1EB\U0001F1F7", "\u2764\ufe0f\u200d\U0001F525", "1\ufe0f\u20e3",
         "\U0001F9D1\U0001F3FF\u200d\U0001F4BB", "\u00a9\ufe0f", "\U0001F600", "\U0001FAE0"]
SPECIAL = ["<unk>", "<s>", "</s>", "<pad>", "<0x41>", "<0xE2>", "<0x00>", ">>fra<<", "<mask>", "\0"]
BAD = [b"\x80", b"\xbf", b"\xc0\xaf", b"\xc1\xbf", b"\xc3", b"\xe2\x96", b"\xe2\x28\xa1", b"\xed\xa0\x80",
       b"\xed\xbf\xbf", b"\xe0\x80\x80", b"\xf0\x80\x80\x80", b"\xf0\x9f\x98", b"\xf4\x90\x80\x80",
       b"\xf5\x80\x80\x80", b"\xf8\x88\x80\x80\x80", b"\xfe", b"\xff", b"\xef\xbf\xbd", b"\xef\xbf\xbe"]


def character(rng, span):
    while True:
        code = rng.randint(*span)
        if not 0xD800 <= code <= 0xDFFF:
            return chr(code)


def word(rng, span, longest=9):
    return "".join(character(rng, span) for _ in range(rng.randint(1, longest)))


def marked(rng):
    """Letters under heaps of combining marks, some of them composed by the normalizer."""
    text = ""
    for _ in range(rng.randint(1, 8)):
        text += rng.choice("aeioucnAEOUyszкеиא")
        text += "".join(character(rng, (0x300, 0x36F)) for _ in range(rng.randint(0, 4)))
    return text


def generated_line(rng, sentences):
    kinds = list(SCRIPTS.values()) + list(SYMBOLS.values())

    def part():
        kind = rng.randrange(10)
        if kind < 3:
            return word(rng, rng.choice(list(SCRIPTS.values())))
        if kind == 3:
            return word(rng, rng.choice(list(SYMBOLS.values())), 4)
        if kind == 4:
            return "".join(rng.choice(EMOJI) for _ in range(rng.randint(1, 4)))
        if kind == 5:
            return marked(rng)
        if kind == 6:
            return word(rng, rng.choice([(0, 0x1F), (0x7F, 0x9F), (0x20, 0x7E)]), 4)
        if kind == 7:
            return rng.choice(SPECIAL)
        if kind == 8:
            return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in rng.choice(sentences))
        return rng.choice(sentences)

    text = "".join(part() + rng.choice(SPACES + [""] * 9) for _ in range(rng.randint(1, 5)))
    if rng.random() < 0.1:
        text = rng.choice(SPACES) * rng.randint(1, 40) + text
    if rng.random() < 0.1:
        text += " " * rng.randint(1, 40)
    if rng.random() < 0.05:
        text = word(rng, rng.choice(kinds), 60)
    line = text.encode("utf-8")
    if rng.random() < 0.25:
        at = rng.randint(0, len(line))
        line = line[:at] + rng.choice(BAD) + line[at + rng.randint(0, 1):]
    if rng.random() < 0.03:
        line = bytes(rng.randrange(256) for _ in range(rng.randint(1, 30)))
    return line


def edge_lines(sentences):
    text = " ".join(sentences).encode("utf-8")
    lines = [b"", b" ", b"  ", SPACE.encode(), (" " + SPACE + " ").encode(), b"a", b" a ", b"\0", b"a\0b", b"AB AAB ABA",
             b"\xef\xbb\xbfbom", b"\r", b"a\r", b"\n", b" " * 5000, b"a" * 5000, b"\xff" * 300,
             "\u0301".encode() * 300, "\u3000".encode() * 100, "\ufdfa".encode() * 50,
             text[:20000], text[:200000], text[1:100001].upper(), "\U0001F600".encode() * 30000]
    lines += [b"".join(BAD), b" ".join(BAD), b"x".join(BAD), " ".join(EMOJI).encode(), "".join(EMOJI).encode()]
    for spans in (SCRIPTS, SYMBOLS):  # every character of every range, in its order
        for first, last in spans.values():
            codes = [c for c in range(first, min(last, first + 4000) + 1) if not 0xD800 <= c <= 0xDFFF]
            for i in range(0, len(codes), 64):
                lines.append("".join(map(chr, codes[i:i + 64])).encode())
                lines.append(" ".join(map(chr, codes[i:i + 64])).encode())
    return lines


def read_corpus(path):
    with open(path, "rb") as file:
        data = file.read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    return [column.decode("utf-8") for line in data.split(b"\n") for column in line.split(b"\t") if column]


def invented_corpus(rng, model, n=110000):
    sp = sentencepiece.SentencePieceProcessor(model_file=str(model))
    ids = range(sp.get_piece_size())
    return [sp.decode([rng.choice(ids) for _ in range(rng.randint(3, 20))]) for _ in range(n)]


# ---- models ----

def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def piece(text, score, kind):
    return field(1, field(1, text.encode()) + b"\x15" + struct.pack("<f", score) + b"\x18" + varint(kind))


def train(path, sentences, unused=(), extra=b"", **options):
    """A protocol buffer goes on where it ended: `unused` pieces, if they are new, and `extra` join it."""
    settings = dict(model_type="unigram", num_threads=1, minloglevel=2, hard_vocab_limit=False,
                    input_sentence_size=len(sentences), shuffle_input_sentence=False)
    with open(path, "wb") as file:
        sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(sentences), model_writer=file,
                                                 **{**settings, **options})
    sp = sentencepiece.SentencePieceProcessor(model_file=str(path))
    with open(path, "ab") as file:
        file.write(b"".join(piece(u, -1.0, 5) for u in unused if sp.is_unknown(sp.piece_to_id(u))) + extra)


USER_DEFINED = ["<name>", "<name>s", "New York", "York City", "York", "é", "été", "日本", "本語", "aa", "aaa",
                " the", SPACE + "of", "a b", "...", "½", "\U0001F468\u200d", "Ａ", "tt", "ttt", "ou", "\u0301"]
UNUSED = ["qu", "ld", "hav", "▁som", "ç", "ent▁"]


def trained_models(folder, sentences):
    sample = sentences[:20000]
    train(folder / "plain.spm", sample, vocab_size=4000, character_coverage=0.999)
    train(folder / "cf.spm", sample, vocab_size=3000, normalization_rule_name="nmt_nfkc_cf",
          user_defined_symbols=USER_DEFINED, unk_surface="(?)", control_symbols=["<ctl>"])
    train(folder / "raw.spm", sample, vocab_size=2000, normalization_rule_name="identity", byte_fallback=True,
          add_dummy_prefix=False, remove_extra_whitespaces=False, user_defined_symbols=USER_DEFINED,
          unused=UNUSED, extra=field(3, b"\x28\x00"))  # escape_whitespaces off
    train(folder / "mixed.spm", sample, vocab_size=1500, normalization_rule_name="nfkc",
          remove_extra_whitespaces=False, split_by_whitespace=False, unused=UNUSED)
    return [folder / name for name in ("plain.spm", "cf.spm", "raw.spm", "mixed.spm")]


# ---- the comparison ----

class Probe:
    """The C tokenizer. Requests go out from a file, so that neither side waits for the other."""

    def __init__(self, program, model):
        self.command = [program, str(model)]

    def run(self, requests):
        with tempfile.TemporaryFile() as file:
            for request in requests:
                file.write(request)
            file.seek(0)
            self.data = subprocess.run(self.command, stdin=file, stdout=subprocess.PIPE, check=True).stdout
        self.at = 0

    def number(self):
        self.at += 4
        return struct.unpack_from("=I", self.data, self.at - 4)[0]

    def text(self):
        n = self.number()
        self.at += n
        return self.data[self.at - n:self.at]

    def encodings(self, lines):
        self.run(b"E" + struct.pack("=I", len(line)) + line for line in lines)
        for _ in lines:
            found = [(self.number(), self.text()) for _ in range(self.number())]
            yield [i for i, _ in found], [p for _, p in found], self.text()

    def decodings(self, rows):
        self.run(b"D" + struct.pack("=I", len(row)) + b"".join(struct.pack("=I", len(p)) + p for p in row)
                 for row in rows)
        for _ in rows:
            yield self.text()


def judge_encode(sp, lines):
    for i in range(0, len(lines), 10000):
        batch = lines[i:i + 10000]
        ids = sp.encode(batch, out_type=int, num_threads=1)
        pieces = sp.encode(batch, out_type=bytes, num_threads=1)
        texts = sp.decode(pieces, out_type=bytes, num_threads=1)
        yield from zip(batch, ids, pieces, texts)


def random_rows(rng, sp, n):
    known = [sp.id_to_piece(i).encode() for i in range(sp.get_piece_size())]
    odd = [SPACE.encode(), (SPACE * 2).encode(), b"", b"never seen", (SPACE + "never").encode(), b"<unk>",
           b"</s>", b"<pad>", b"<0x41>", b"<0xFF>", b"<0xE2>", b"<0x96>", b"<0x81>", b"<0xG0>", b"\xff"]
    bytes_ = [b"<0x%02X>" % b for b in "é☃\U0001F600".encode()]
    return [[rng.choice(rng.choice((known, odd, bytes_))) for _ in range(rng.randint(0, 12))]
            for _ in range(n)]


def report(name, line, ours, theirs):
    print(f"  {name}: {line[:200]!r}\n    ours   {str(ours)[:400]}\n    theirs {str(theirs)[:400]}")


def compare(program, model, lines, rng):
    """The numbers of lines, of tokens and of differences."""
    sp = sentencepiece.SentencePieceProcessor(model_file=str(model))
    probe, tokens, wrong = Probe(program, model), 0, 0
    for (line, *theirs), ours in zip(judge_encode(sp, lines), probe.encodings(lines)):
        tokens += len(theirs[0])
        if any(b"\0" in p for p in theirs[1]):  # a C string cannot ask for it to be decoded
            ours, theirs = ours[:2], theirs[:2]
        if list(ours) != list(theirs):
            wrong += 1
            if wrong <= 5:
                report(model.name, line, ours, theirs)
    rows = random_rows(rng, sp, 20000)
    for row, ours in zip(rows, probe.decodings(rows)):
        theirs = sp.decode(row, out_type=bytes) if row else b""
        if ours != theirs:
            wrong += 1
            if wrong <= 5:
                report(model.name, b" ".join(row), ours, theirs)
    return len(lines) + len(rows), tokens, wrong


# ---- goldens ----

GOLDEN_RULES = """\
41	61
41 42	58
E9	65 301
FF21	61
66 69	46
66 66 69	46 46
9	20
3000	20
BD	20 31 2F 32
200B	
AD	
AB	20 22 20
1F600	3A 29
"""


def golden_models(folder, sentences):
    rules = folder / "rules.tsv"
    rules.write_text(GOLDEN_RULES)
    sample = sentences[:3000]
    train(folder / "rules.spm", sample, vocab_size=400, normalization_rule_tsv=str(rules), unk_surface="(?)",
          user_defined_symbols=USER_DEFINED, character_coverage=0.995, unused=UNUSED)
    train(folder / "raw.spm", sample, vocab_size=500, normalization_rule_name="identity", byte_fallback=True,
          add_dummy_prefix=False, remove_extra_whitespaces=False, character_coverage=0.995)
    rules.unlink()
    return [folder / "rules.spm", folder / "raw.spm"]


def joined(items):
    return ",".join(items) or "-"


def write_goldens(folder, sentences, shipped, rng):
    """One case a line: `model PATH`, `encode TEXT ID,... DECODED` or `decode PIECE,... DECODED`, texts and
    pieces in hexadecimal, - where there is nothing. ID:PIECE says what an unknown piece stands for."""
    out = ["# written by scripts/parity/tokenizer.py --goldens with sentencepiece " + sentencepiece.__version__]
    short = [s for s in sentences if len(s) < 60]
    fixed = [line for line in edge_lines(short) if len(line) < 80][:40]
    for model in golden_models(folder, sentences) + [shipped]:
        sp = sentencepiece.SentencePieceProcessor(model_file=str(model))
        out.append(f"model {model.resolve().relative_to(ROOT)}")
        lines = fixed + [rng.choice(short).encode() for _ in range(20)]
        lines += [u.join(rng.sample(USER_DEFINED, 4)).encode() for u in ("", " ", "a", "  ") for _ in range(4)]
        lines += [line for line in (generated_line(rng, short) for _ in range(150)) if len(line) < 60]
        for line, ids, pieces, text in judge_encode(sp, lines):
            if any(b"\0" in p for p in pieces):
                continue
            found = joined(f"{i}:{p.hex()}" if sp.is_unknown(i) else str(i) for i, p in zip(ids, pieces))
            out.append(f"encode {line.hex() or '-'} {found} {text.hex() or '-'}")
        for row in random_rows(rng, sp, 40):
            if b"" in row:
                continue
            text = sp.decode(row, out_type=bytes) if row else b""
            out.append(f"decode {joined(p.hex() for p in row)} {text.hex() or '-'}")
    (folder / "sentencepiece.txt").write_text("\n".join(out) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("probe", nargs="?")
    parser.add_argument("--corpus", type=pathlib.Path)
    parser.add_argument("--model", type=pathlib.Path, default=ROOT / "models/en-fr/source.spm")
    parser.add_argument("--goldens", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    version = tuple(int(n) for n in sentencepiece.__version__.split(".")[:3])
    if version < JUDGE:
        sys.exit(f"sentencepiece {sentencepiece.__version__}, expected {'.'.join(map(str, JUDGE))} or later")
    if not args.goldens and not args.probe:
        parser.error("a probe or --goldens")
    rng = random.Random(args.seed)
    sentences = read_corpus(args.corpus) if args.corpus else invented_corpus(rng, args.model)
    if args.goldens:
        return write_goldens(args.goldens, sentences, args.model, rng)
    lines = [s.encode() for s in sentences] + edge_lines(sentences)
    lines += [generated_line(rng, sentences) for _ in range(40000)]
    print(f"sentencepiece {sentencepiece.__version__}, {len(lines)} lines")
    print(f"{'model':<14}{'cases':>10}{'tokens':>12}{'different':>12}")
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for model in [args.model] + trained_models(pathlib.Path(folder), sentences):
            cases, tokens, wrong = compare(args.probe, model, lines, rng)
            print(f"{model.name:<14}{cases:>10}{tokens:>12}{wrong:>12}", flush=True)
            failed += wrong
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
