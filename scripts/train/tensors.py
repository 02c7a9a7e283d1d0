"""Batches as tensors on the device that computes."""

from dataclasses import dataclass

import numpy
import torch
from batches import PackedBatch
from torch import Tensor


@dataclass
class Batch:
    source: Tensor  # [B][S] ids
    target: Tensor  # [B][T] ids
    guide: Tensor  # [B][T][S] the attention that the guided head learns
    real: Tensor  # [pieces] the places in target, as one row, that are not padding
    pieces: int


def unpack(packed: PackedBatch, device: torch.device) -> Batch:
    source, target = (torch.from_numpy(a).to(device).long() for a in (packed.source, packed.target))
    b, t, s = torch.from_numpy(packed.places).to(device).long().unbind(1)
    guide = torch.zeros(*target.shape, source.shape[1], device=device)
    guide.index_put_((b, t, s), torch.from_numpy(packed.weights).to(device), accumulate=True)
    real = torch.from_numpy(numpy.flatnonzero(packed.real)).to(device)
    return Batch(source, target, guide, real, len(real))
