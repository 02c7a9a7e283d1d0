#!/usr/bin/env python3
"""Lines of hostile text on standard output, the same ones for the same seed.

usage: lines.py [N] [SEED]

Each line is of one kind, drawn from KINDS: sentences, every script that Unicode has, controls, bytes that
are not UTF-8, heaps of combining marks, joined emoji, NUL and CR and BOM, markup, names of special pieces,
spaces, nothing; one in 2,000 is of 100 kB. None contains the line's end, so N lines in must give N out.
The second half repeats the first, so that it needs the same memory.
"""

import random
import sys
from collections.abc import Callable

WORDS = "the a cat dog sat on mat two black houses never Where is my umbrella? No. NOW! it's 12:30 U.S.A.".split()
SPECIAL = "</s> <s> <unk> <pad> >>fra<< >>deu<< ▁ ▁the <0x41> <0x0A> \\n \\u0000 %s %n {{7*7}} $(id) -- -o".split()
MARKUP = "<script>alert(1)</script> &amp; &#0; ]]> <!-- --> \" ' ` \\ { } [ ] , : - --- | > # ! % @ / //".split()
INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069"
INVISIBLE += "\ufeff\u00ad\u2028\u2029\u0085\u061c\u180e"
EMOJI = "👩 👨 👧 👦 🏽 🏿 🇫🇷 🇩🇪 ❤️ 🏳️‍🌈 👁️‍🗨️ 🧑‍🚀 🤷🏾‍♀️ 🏴󠁧󠁢󠁳󠁣󠁴󠁿 1️⃣ ☎︎".split()
NOT_UTF8 = [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"\x80", b"\xe9"]
SPACES = " \t\u00a0\u1680\u2000\u2003\u2009\u202f\u205f\u3000\v\f"


def sentence(r: random.Random) -> bytes:
    return " ".join(r.choices(WORDS, k=r.randint(1, 14))).encode()


def shouted(r: random.Random) -> bytes:
    return sentence(r).upper()


def character(r: random.Random, first: int, last: int) -> str:
    code = r.randint(first, last)
    return "?" if 0xD800 <= code <= 0xDFFF or code == 10 else chr(code)


def script(r: random.Random) -> bytes:
    """Neighbours in the Basic Multilingual Plane: mostly one script."""
    first = r.randrange(0xA0, 0xFF00, 64)
    return "".join(character(r, first, first + 63) for _ in range(r.randint(1, 40))).encode()


def planes(r: random.Random) -> bytes:
    """From all of Unicode, unassigned and private characters included."""
    return "".join(character(r, 1, 0x10FFFF) for _ in range(r.randint(1, 40))).encode()


def controls(r: random.Random) -> bytes:
    codes = [*range(10), *range(11, 32), *range(127, 160), *b"a b"]
    return "".join(chr(r.choice(codes)) for _ in range(r.randint(1, 40))).encode()


def escapes(r: random.Random) -> bytes:
    return r.choice([b"\x1b[31m", b"\x1b]0;title\x07", b"\x1b[2J", b"\x9b1m", b"\x1bP"]) + sentence(r)


def noise(r: random.Random) -> bytes:
    return r.randbytes(r.randint(1, 60)).replace(b"\n", b" ")


def broken(r: random.Random) -> bytes:
    """UTF-8 with a byte changed, dropped, or in another encoding."""
    text = bytearray(r.choice([script, planes, sentence])(r))
    at = r.randrange(len(text))
    text[at : at + r.randint(0, 2)] = r.choice(NOT_UTF8)
    return bytes(text).replace(b"\n", b" ")


def marks(r: random.Random) -> bytes:
    heap = "".join(character(r, 0x300, 0x36F) for _ in range(r.randint(1, 60)))
    return (r.choice(["", "a", "é", "ก"]) + heap + r.choice(["", " the cat"])).encode()


def emoji(r: random.Random) -> bytes:
    return r.choice(["", " ", "\u200d"]).join(r.choices(EMOJI, k=r.randint(1, 12))).encode()


def invisible(r: random.Random) -> bytes:
    return "".join(r.choice([*INVISIBLE, "cat", " "]) for _ in range(r.randint(1, 30))).encode()


def nul(r: random.Random) -> bytes:
    return b"\0".join([sentence(r)] * r.randint(1, 3)) + b"\0" * r.randint(0, 3)


def carriage(r: random.Random) -> bytes:
    return b"\r".join([sentence(r)] * r.randint(1, 3)) + b"\r" * r.randint(0, 3)


def marked(r: random.Random) -> bytes:
    return b"\xef\xbb\xbf" * r.randint(1, 3) + sentence(r)


def special(r: random.Random) -> bytes:
    return r.choice(["", " "]).join(r.choices(SPECIAL + WORDS, k=r.randint(1, 12))).encode()


def markup(r: random.Random) -> bytes:
    return r.choice(["", " "]).join(r.choices(MARKUP + WORDS, k=r.randint(1, 12))).encode()


def digits(r: random.Random) -> bytes:
    return str(r.randint(0, 10 ** r.randint(1, 60))).encode()


def spaces(r: random.Random) -> bytes:
    return "".join(r.choices(SPACES, k=r.randint(1, 20))).encode()


def nothing(_: random.Random) -> bytes:
    return b""


def word(r: random.Random) -> bytes:
    return r.choice([b"a", b"ab", "é".encode(), "漢".encode(), b"-", b"\xff"]) * r.randint(50, 400)


KINDS: list[Callable[[random.Random], bytes]] = [
    *[sentence] * 8, *[script] * 6, shouted, planes, controls, escapes, noise, broken, marks, emoji, invisible,
    nul, carriage, marked, special, markup, digits, spaces, nothing, word,
]  # fmt: skip


def long(r: random.Random) -> bytes:
    kind = r.choice(KINDS[:-2])
    text = b" ".join(kind(r) for _ in range(200))
    return (text * (100_000 // len(text) + 1))[:100_000]


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    for half in (n // 2, n - n // 2):
        r = random.Random(seed)
        for _ in range(half):
            kind = long if r.random() < 1 / 2000 else r.choice(KINDS)
            sys.stdout.buffer.write(kind(r) + b"\n")


if __name__ == "__main__":
    main()
