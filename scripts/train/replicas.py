"""Training in several processes at once, each with batches of its own: data parallelism on one computer.

torchrun starts the processes (README.md, "Fast on a CPU"). All of them hold the same weights, and every step of
Adam takes the gradient of all their batches together, so the weights stay the same. A program that torchrun did
not start is the only replica of its model.
"""

import os

import torch
import torch.distributed as dist
from torch import nn


class Replicas:
    def __init__(self) -> None:
        self.number, self.count = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        if self.count > 1:
            dist.init_process_group("gloo")

    @property
    def first(self) -> bool:
        """Whether this process saves, validates and reports."""
        return self.number == 0

    def sums(self, *own: float) -> list[float]:
        """Of every number, the sum over all replicas."""
        totals = torch.tensor(own, dtype=torch.float64)
        if self.count > 1:
            dist.all_reduce(totals)
        return totals.tolist()

    def share_weights(self, model: nn.Module) -> None:
        """All replicas get those of the first."""
        if self.count > 1:
            for parameter in model.parameters():
                dist.broadcast(parameter.detach(), 0)

    def add_gradients(self, model: nn.Module) -> None:
        """Every gradient becomes the sum over all replicas."""
        if self.count == 1:
            return
        gradients = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
        together = torch.cat([gradient.flatten() for gradient in gradients])
        dist.all_reduce(together)
        totals = together.split([gradient.numel() for gradient in gradients])
        for gradient, total in zip(gradients, totals, strict=True):
            gradient.copy_(total.view_as(gradient))

    def close(self) -> None:
        if self.count > 1:
            dist.destroy_process_group()
