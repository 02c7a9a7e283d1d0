"""What is copied as it stands: emoji, addresses, code, prices, other scripts, all composed at random.

A model that has never had to copy them babbles. The vocabularies spell most of them in bytes or single letters, so
the decoder learns to follow the source from one to the next.
"""

import string
from random import Random

EMOJI = "😀😂🙂😍😎😢😡👍👋🙏🎉🔥❤⭐🌍🌞🐱🐶🚗✈🏠📷💡✅❌☕🍕⚽🎵🚀🤔💪👀🎂🌧📅"
SCRIPTS = (  # first and last character of some alphabets
    ("α", "ω", 8),
    ("а", "я", 9),
    ("א", "ת", 5),
    ("ا", "ي", 6),
    ("あ", "ん", 4),
    ("ア", "ヲ", 4),
    ("一", "龥", 3),
    ("가", "힣", 3),
    ("अ", "ह", 5),
    ("ก", "ฮ", 5),
)
TOPS = ("com", "org", "net", "fr", "co.uk", "io", "eu", "info")
UNITS = ("km", "kg", "cm", "GB", "MHz", "ml", "°C", "kWh", "mm", "MB")
WORDS = (
    "main app user data index config test file list node item value count name key page image blog docs news shop "
    "home about contact search api static assets report update server client cache log build src lib"
).split()


def letters(random: Random, most: int) -> str:
    return "".join(random.choices(string.ascii_lowercase, k=random.randint(2, most)))


def word(random: Random) -> str:
    return random.choice(WORDS) if random.random() < 0.5 else letters(random, 8)


def emoji(random: Random) -> str:
    return "".join(random.choices(EMOJI, k=random.choice((1, 1, 1, 2, 3))))


def address(random: Random) -> str:
    host = f"{word(random)}.{random.choice(TOPS)}"
    draw = random.random()
    if draw < 0.3:
        return f"{word(random)}@{host}"
    if draw < 0.5:
        return f"www.{host}"
    path = "/".join(word(random) for _ in range(random.randint(0, 3)))
    query = f"?{word(random)}={random.randint(1, 999)}" if random.random() < 0.2 else ""
    return f"http{random.choice(('', 's', 's'))}://{host}/{path}{query}"


def code(random: Random) -> str:
    a, b, n = word(random), word(random), random.randint(0, 999)
    return random.choice(
        (
            f"{a}_{b}",
            f"{a}({b})",
            f"{a}.{b}()",
            f"{a}[{n}]",
            f"{a} = {n};",
            f"--{a}",
            f"--{a}={b}",
            f"-{a[0]}",
            f"/{a}/{b}.txt",
            f"{a}.py",
            f"<{a}>",
            f"%{a[0]}",
            f"${a}",
            f"${{{a}}}",
            f"#{b}",
            f"@{b}",
            f"{a.upper()}_{b.upper()}",
            f'{{"{a}": {n}}}',
            f"v{n % 10}.{n % 7}.{n % 13}",
            f"{random.choice(string.ascii_uppercase)}{random.choice(string.ascii_uppercase)}-{n}",
        )
    )


def number(random: Random) -> str:
    a, b = random.randint(1, 9999), random.randint(0, 99)
    return random.choice(
        (
            f"{a}",
            f"{a}.{b:02}",
            f"{a % 100}%",
            f"{a % 24}:{b % 60:02}",
            f"+{a % 90} {b:02} {a % 97:02} {b % 89:02}",
            f"{a}-{b}",
            f"{a}/{b}",
            f"{a} {random.choice(UNITS)}",
            f"{a % 100} x {b}",
        )
    )


def foreign(random: Random) -> str:
    first, last, most = random.choice(SCRIPTS)
    return "".join(chr(random.randint(ord(first), ord(last))) for _ in range(random.randint(1, most)))


def price(random: Random) -> tuple[str, str]:
    """In English the sign stands before the number, in French after it."""
    sign, amount = random.choice("$€£"), random.choice((1, 1, 1, 100)) * random.randint(1, 99)
    cents = f"{random.randint(0, 99):02}" if random.random() < 0.4 else ""
    english, french = (f"{amount}{mark}{cents}" if cents else str(amount) for mark in ".,")
    return sign + english, f"{french} {sign}"


def random_copied(random: Random) -> tuple[str, str]:
    """English and French, the same but for prices."""
    if random.random() < 0.12:
        return price(random)
    kinds, shares = (emoji, address, code, number, foreign), (30, 22, 20, 10, 18)
    text = random.choices(kinds, shares)[0](random)
    return text, text
