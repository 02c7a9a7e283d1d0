"""Names nobody has seen: composed at random, so that a model that must write them can only copy.

Some are built from the syllables of a dozen naming styles, some from bare consonants and vowels, some from the
pieces of both vocabularies. Those are the hardest: half their pieces are words or endings elsewhere (Quill|marsh,
Wilhelm|ina), and French cuts nearly all of them differently. Every English piece must have been spelled often. A
few names carry hyphens, apostrophes, particles or a family name.
"""

from collections.abc import Iterable
from random import Random

STYLES = {  # beginnings, middles, ends
    "english": (
        "Al Ash Brad Clay Dar Ed Fair Gar Har Hol Kings Lang Mal Nor Os Pem Rad Shel Thorn Wal Whit Win",
        "a e i ing er en",
        "bury by den don ett field ford ham ley low man mer ridge sey son ston ton well worth",
    ),
    "french": (
        "Beau Cha Char Cour De Du Fon Ga Gui La Le Mar Mon Per Ro Sau Tre Vau Ville",
        "be ci de lan li ni re ti",
        "bert card chet court dier fort gnon let mont nard neau quin rand sac telle tier ville vin",
    ),
    "german": (
        "Alt Bach Berg Diet Eber Frei Gott Hein Kauf Lud Ober Rein Schmidt Stein Wald Wolf Zimm",
        "el en er in",
        "bach baum berger feld gang hardt helm hold mann meier rich stein thal wig",
    ),
    "dutch": (
        "Bak Boer Dijk Haar Hof Jans Kuip Molen Rijk Steen Veld Vis Wijn Zand",
        "e en er",
        "aard beek berg dijk horst huis kamp laar man meer poel sen ser stra veen",
    ),
    "slavic": (
        "Bog Bo Brani Cher Dobro Gor Ja Kov Kow Lju Milo Niko Petro Rado Sta Svet Vla Voj Zbig",
        "al an di ev i mi ni o sla",
        "chenko czyk dan ek enko ic ický in ka mir nik ov ova ska ski slav vić wicz",
    ),
    "nordic": (
        "Aks As Bjor Dag Ei Frey Gun Hal Ing Kris Lind Nils Ol Rag Sig Thor Ulf",
        "a e i",
        "berg björn dal gard gren hild kvist lund mar nar qvist rid run sen son strøm sson ström var",
    ),
    "finnish": (
        "Aal Hei Hä Jo Kor Kor Leh Mä Nie Pek Rai Saa Tuu Vir Väi",
        "ha ka ki ko la li mä no ri ta",
        "kinen kka la lainen lto mäki nen niemi nto ri ta vuori",
    ),
    "italian": (
        "Al Be Bru Ca Col Di Fa Fer Ga Giu Lom Ma Mon Pa Pel Ros Sal Ven",
        "bar cco chi de gli lu na ni ra ri ti to",
        "berti cci chini dini glia lini lli netti nno rdi rini sco tti zzi",
    ),
    "spanish": (
        "Al Bar Cas Cor Do Es Fer Gon Her Ló Me Na Or Pa Ro Sán Te Va Zu",
        "be da li ma na qui ra re ri",
        "cedes dez dillo guez lez llo mino nando nez no ñez quez rra rro z",
    ),
    "arabic": (
        "Ab Ah Al Bas Fa Ha Ib Ja Kha Mah Na Om Ra Sa Ta Wa You Zu",
        "bi du ha li ma ra sha ssi ya",
        "d dallah dine far fiq her him id ir kim lah mad moud ni noun ra rif sif zid",
    ),
    "turkish": (
        "Ay Bay Bü Ce Çe De Er Gü Ha Is Ka Meh Öz Şe Tay Ya Yıl",
        "de ka la li me ra se tu",
        "can dar demir dirim din gün han kan lu maz met nur oğlu türk",
    ),
    "african": (
        "A Ade Ba Chi Di E Fo Ga Ka Kwa Ma Mba Ndi Nko O Oba Oko Se Tha Ya",
        "ba de di ko la ma mi na ngo nu ye",
        "beki bo dele di goro kwu la lo mba ndi ngo nyi sa she wande we",
    ),
    "japanese": (
        "A Chi Fu Ha Hi I Ka Ki Ma Mi Na No O Sa Shi Ta To Ya Yo",
        "ba chi da ga ka ki ma mi mo ra ri ru sa shi ta ya",
        "da gawa hara hiro ji ka ko ma mi mori moto mura no ro shi ta to uchi yama",
    ),
    "chinese": (
        "Bao Chen Dong Feng Guo Hong Huang Jia Jing Li Lin Mei Qi Shu Wei Xiao Xu Yan Yu Zhang Zhi",
        "",
        "an feng hai hua jie jun lan lei ling long min ping qing ran wen xia ying yuan yun",
    ),
    "indian": (
        "A Ab Bha Cha De Gau Har Ja Ka Krish La Ma Nee Pra Ra Sha Su Va Vi",
        "de ha ka la ma na ni ra ri shi ta va",
        "bha deep dra esh gar gopal han isha jeet kar lini mala nath raj reddy shwar swamy tra veer",
    ),
    "celtic": (
        "Ail Bren Cai Con Der Eoin Fio Gwen Lla Mae Mor Nia O'Bri O'Do Rhi Sea Sio",
        "a d nn rr",
        "anwen bhán dan dry dwen gan gh han ld mhín nagh nnell rdre th vor wyn",
    ),
}
CONSONANTS = (
    "b bl br c ch cr d dr f fl fr g gl gr h j k kl kr l m n p ph pl pr q r s sh sk sl st t th tr v w x y z zh"
).split()
VOWELS = "a a a e e e i i o o u ai au ea ee ei ie io oa oo ou y".split()
CLOSINGS = "b ck d f g k l ll m n n ng nd nt p r rd rk rt s s ss st t tt v x z".split()
PARTICLES = ("van", "von", "de", "di", "al", "bin", "Mac", "Mc", "O'", "Jean-", "Anne-", "El-")


def styled(random: Random) -> str:
    beginnings, middles, ends = (part.split() for part in random.choice(list(STYLES.values())))
    middle = random.choice(middles) if middles and random.random() < 0.4 else ""
    return random.choice(beginnings) + middle + random.choice(ends)


def invented(random: Random) -> str:
    syllables = [random.choice(CONSONANTS) + random.choice(VOWELS) for _ in range(random.randint(1, 3))]
    if random.random() < 0.3:
        syllables[0] = random.choice(VOWELS)
    name = "".join(syllables) + (random.choice(CLOSINGS) if random.random() < 0.6 else "")
    return name.capitalize()


class NameParts:
    """The pieces of SentencePiece vocabularies that names can be put together from: beginnings (capitals as they
    stand, short words capitalised) and the inside of words. Names are mostly made of short ones: Fa|ul|k|ner."""

    def __init__(self, pieces: Iterable[str]):
        letters = sorted({piece for piece in pieces if piece.removeprefix("▁").isalpha()})
        starts = [piece[1:] for piece in letters if piece.startswith("▁")]
        short = [start.capitalize() for start in starts if start.islower() and len(start) < 6]
        self.starts = sorted({start for start in starts if start.istitle() and len(start) < 10}.union(short))
        self.inner = [piece for piece in letters if piece.islower() and not piece.startswith("▁")]
        self.weights = [[len(piece) ** -2 for piece in pieces] for pieces in (self.starts, self.inner)]

    def pieced(self, random: Random) -> str:
        start = random.choices(self.starts, self.weights[0])
        return "".join(start + random.choices(self.inner, self.weights[1], k=random.randint(1, 4)))


def one_word(random: Random, parts: NameParts | None = None) -> str:
    while True:
        if parts and random.random() < 0.5:
            name = parts.pieced(random)
        else:
            name = (styled if random.random() < 0.6 else invented)(random)
        if 3 <= len(name) <= 15:
            return name


def random_name(random: Random, parts: NameParts | None = None) -> str:
    """Mostly one word; sometimes first and family name, or one with a particle."""
    draw, name = random.random(), one_word(random, parts)
    if draw < 0.75:
        return name
    if draw < 0.92:
        return f"{name} {one_word(random, parts)}"
    particle = random.choice(PARTICLES)
    return particle + ("" if particle in ("Mac", "Mc", "O'") or particle.endswith("-") else " ") + name
