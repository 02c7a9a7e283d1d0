"""Two processes that train one model."""

import os
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import checkpoint
import torch
from replicas import Replicas
from testing import HERE, prepare_tiny, tiny_options
from torch import nn


def place(number: int, port: int) -> dict[str, str]:
    """What torchrun tells a process of two. (Debian's PyTorch has one that Python 3.11 breaks.)"""
    return {"RANK": str(number), "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def gradients_of_one(number: int, port: int, folder: str) -> None:
    """What a replica with weights and a batch of its own has after add_gradients, in FOLDER/number."""
    with mock.patch.dict(os.environ, place(number, port)):
        replicas, model = Replicas(), nn.Linear(3, 2)
        nn.init.constant_(model.weight, 5.0 + number)
        replicas.share_weights(model)
        model(torch.full((1, 3), 1.0 + number)).sum().backward()
        replicas.add_gradients(model)
        total = replicas.sums(number + 1, 0.5)
        torch.save((model.weight.detach(), model.weight.grad, model.bias.grad, total), Path(folder, str(number)))
        replicas.close()


class ReplicasTest(unittest.TestCase):
    def test_weights_are_shared_and_gradients_added(self):
        with tempfile.TemporaryDirectory() as folder:
            torch.multiprocessing.spawn(gradients_of_one, (free_port(), folder), nprocs=2)
            for number in range(2):
                weight, gradient, bias, total = torch.load(Path(folder, str(number)))
                self.assertTrue(torch.equal(weight, torch.full((2, 3), 5.0)))
                self.assertTrue(torch.equal(gradient, torch.full((2, 3), 1.0 + 2.0)))
                self.assertTrue(torch.equal(bias, torch.full((2,), 2.0)))
                self.assertEqual(total, [3.0, 1.0])

    def test_alone(self):
        replicas = Replicas()
        self.assertTrue(replicas.first)
        self.assertEqual(replicas.sums(3, 0.5), [3.0, 0.5])

    def test_two_train_and_one_saves(self):
        with tempfile.TemporaryDirectory() as name:
            work = Path(name)
            prepare_tiny(work)
            port = free_port()
            command = [sys.executable, HERE / "train.py", work, *tiny_options(), "--steps", "100"]
            options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
            both = [subprocess.Popen(command, env=os.environ | place(n, port), **options) for n in range(2)]
            outputs = [process.communicate()[0] for process in both]
            self.assertEqual([process.returncode for process in both], [0, 0], outputs)
            self.assertIn("step 100 ", outputs[0])
            self.assertNotIn("step 100 ", outputs[1])
            saved = checkpoint.load(work / "checkpoint")
            self.assertEqual(saved["step"], 100)
            alone = 100 * 300  # at most, with this --tokens
            self.assertGreater(saved["trained"], alone, "the pieces of both count")


if __name__ == "__main__":
    unittest.main()
