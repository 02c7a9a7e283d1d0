#!/usr/bin/env python3
"""Draw and cut training samples into pieces in advance: train.py reads WORK/shards and WORK/shards-end.

usage: shards.py WORK [--count 40] [--end]

For a machine with a GPU that is lent for minutes: it need not draw text, and needs nothing else of the training
part. A shard is a pool of 20,000 samples, 1 to 2 MB; 40 of them are about one pass over the weighted corpora.
Samples repeat from pass to pass, where training without shards draws new variants. --end is for the end phase.
"""

import argparse
from itertools import islice
from pathlib import Path
from random import Random

from batches import save_pool
from corpora import read_table
from feeder import drawn_pools


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("work", type=Path)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--end", action="store_true", help="with the weights of the end phase")
    args = parser.parse_args()

    weights = {name: c.end_weight if args.end else c.weight for name, c in read_table().items()}
    folder = args.work / ("shards-end" if args.end else "shards")
    folder.mkdir(exist_ok=True)
    first = len(list(folder.glob("*.npz")))
    pools = drawn_pools(args.work, weights, Random(f"{folder.name} {first}"))
    for number, pool in enumerate(islice(pools, args.count), start=first):
        save_pool(pool, folder / f"{number:04}.npz")
        print(f"{folder / f'{number:04}.npz'}: {len(pool)} samples", flush=True)


if __name__ == "__main__":
    main()
