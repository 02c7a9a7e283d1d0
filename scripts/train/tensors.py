"""Batches as tensors on the device that computes."""

from dataclasses import dataclass

import numpy
import torch
from batches import PackedBatch
from numpy import ndarray
from torch import Tensor


@dataclass
class Batch:
    source: Tensor  # [B][S] ids
    target: Tensor  # [B][T] ids
    guide: Tensor  # [B][T][S] the attention that the guided head learns
    real: Tensor  # [pieces] the places in target, as one row, that are not padding
    pieces: int


def copied_to(device: torch.device, array: ndarray) -> Tensor:
    """On a GPU by way of pinned memory: other copies wait until the GPU has done all that it was told before."""
    tensor = torch.from_numpy(array)
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor.to(device)


def unpack(packed: PackedBatch, device: torch.device) -> Batch:
    source, target = (copied_to(device, ids).long() for ids in (packed.source, packed.target))
    b, t, s = copied_to(device, packed.places).long().unbind(1)
    guide = torch.zeros(*target.shape, source.shape[1], device=device)
    guide.index_put_((b, t, s), copied_to(device, packed.weights), accumulate=True)
    real = copied_to(device, numpy.flatnonzero(packed.real))
    return Batch(source, target, guide, real, len(real))
