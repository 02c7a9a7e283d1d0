"""Links of two directions made one: the same as src/align/pharaoh.c, for aligners other than xattn."""

from alignment.gold import Links


def flip(links: Links) -> Links:
    return {(j, i) for i, j in links}


def grow_diag_final(forward: Links, reverse: Links) -> Links:
    links, union = forward & reverse, forward | reverse

    def is_free(i: int, j: int) -> bool:
        return all(i != k for k, _ in links) or all(j != k for _, k in links)

    def touches(i: int, j: int) -> bool:
        return any((i + a, j + b) in links for a in (-1, 0, 1) for b in (-1, 0, 1))

    grown = True
    while grown:
        grown = False
        for link in sorted(union - links):
            if touches(*link) and is_free(*link):
                links.add(link)
                grown = True
    for direction in forward, reverse:
        for link in sorted(direction - links):
            if is_free(*link):
                links.add(link)
    return links


def both_ways(name: str, forward: list[Links], reverse: list[Links]) -> dict[str, list[Links]]:
    pairs = list(zip(forward, reverse, strict=True))
    return {
        f"{name}, one source word each": forward,
        f"{name}, one target word each": reverse,
        f"{name}, intersect": [f & r for f, r in pairs],
        f"{name}, grow-diag-final": [grow_diag_final(f, r) for f, r in pairs],
    }
