"""The network, its batches, checkpoints, and train.py interrupted."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from itertools import islice
from pathlib import Path
from unittest import mock

import checkpoint
import safetensors.torch
import sentencepiece
import torch
import torch.nn.functional as F
from augment import Sample
from batches import group, load_pool, make_row, pack, save_pool
from export import SOURCE, export, load_trained, without_signs
from feeder import Feeder, training_batches
from score import translate_all
from tensors import unpack
from testing import HERE, PAIRS, TINY, as_pairs, prepare_tiny, tiny_options
from train import average_weight
from vocabulary import ModelProto, build_vocabularies

from model import Shape, TiedCrossEntropy, Translator
from text import Vocabularies


class ModelTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        torch.manual_seed(3)
        cls.folder = tempfile.TemporaryDirectory()
        cls.work = Path(cls.folder.name)
        build_vocabularies(cls.work, as_pairs(PAIRS), {}, None, 450, 400)
        cls.both = Vocabularies(cls.work)
        cls.model = Translator(Shape(len(cls.both.source), len(cls.both.target), *TINY)).eval()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def rows(self, count: int) -> list:
        return [make_row(Sample(e, f, [(0, 0)]), self.both) for e, f in PAIRS[:count]]

    def test_loss_equals_the_plain_formula(self):
        model, count = self.model, 300  # more rows than a chunk
        states = torch.randn(count, 32, requires_grad=True)
        target = torch.randint(model.target_pad, (count,))
        table, bias = model.model.decoder.embed_tokens.weight, model.final_logits_bias[0]
        logits = (states @ table.T + bias)[:, : model.target_pad]
        plain = F.cross_entropy(logits, target, label_smoothing=0.1, reduction="sum")
        expected = torch.autograd.grad(plain, (states, table, bias))
        loss = TiedCrossEntropy.apply(states, table, bias, target, 0.1)
        torch.testing.assert_close(loss, plain, rtol=1e-5, atol=1e-3)
        for got, want in zip(torch.autograd.grad(loss, (states, table, bias)), expected, strict=True):
            torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-4)

    def test_greedy_steps_equal_teacher_forcing(self):
        translation = translate_all(self.model, self.both, [PAIRS[0][0]])[0]
        source, target = torch.tensor([translation.source]), torch.tensor([translation.target])
        with torch.no_grad():
            states, _ = self.model.decode(target, *self.model.encode(source))
        self.assertEqual(self.model.logits(states).argmax(-1)[0].tolist(), translation.target)

    def test_batch_equals_single(self):
        rows = self.rows(9)
        batch = unpack(pack(rows, self.both), torch.device("cpu"))
        with torch.no_grad():
            together, _ = self.model.decode(batch.target, *self.model.encode(batch.source))
            for b, row in enumerate(rows):
                alone, _ = self.model.decode(
                    torch.tensor([row.target]), *self.model.encode(torch.tensor([row.source]))
                )
                torch.testing.assert_close(together[b, : len(row.target)], alone[0], rtol=1e-4, atol=1e-5)

    def test_groups_hold_every_row_and_the_budget(self):
        rows = self.rows(100)
        groups = group(rows, 200)
        self.assertEqual(sum(map(len, groups)), len(rows))
        self.assertTrue(all(len(g) * max(max(len(r.source), len(r.target)) for r in g) <= 200 for g in groups))

    def test_pools_read_back(self):
        rows = self.rows(50)
        save_pool(rows, self.work / "pool.npz")
        for read, row in zip(load_pool(self.work / "pool.npz"), rows, strict=True):
            self.assertEqual((read.source, read.target), (row.source, row.target))
            torch.testing.assert_close(torch.tensor(read.guide), torch.tensor(row.guide))

    def test_guide_rows_are_distributions(self):
        rows = self.rows(9)
        batch = unpack(pack(rows, self.both), torch.device("cpu"))
        sums = batch.guide.sum(-1)
        self.assertTrue(((sums > -1e-6) & (sums < 1 + 1e-5)).all())
        torch.testing.assert_close(sums, sums.round())  # 0, where there is nothing to learn, or 1
        ends = (batch.target == self.both.target.eos).nonzero().tolist()
        self.assertTrue(all(batch.guide[b, t, len(rows[b].source) - 1] == 1 for b, t in ends))

    def test_export_holds_every_tensor_once(self):
        state = {"model": self.model.state_dict(), "shape": vars(self.model.shape), "step": 1}
        checkpoint.save(state, self.work / "annealed")
        export(load_trained(self.work / "annealed"), self.work, self.work / "out")
        size = (self.work / "out" / "model.safetensors").stat().st_size
        self.assertLess(size, 2 * sum(p.numel() for p in self.model.parameters()) + 20_000)
        config = json.loads((self.work / "out" / "config.json").read_text())
        exported = Vocabularies(self.work / "out")
        self.assertEqual(
            (config["vocab_size"], config["decoder_vocab_size"]), (len(exported.source), len(exported.target))
        )
        self.assertEqual(exported.target.pieces, self.both.target.pieces)
        self.assertLess(len(exported.source), len(self.both.source))
        rows = safetensors.torch.load_file(self.work / "out" / "model.safetensors")[SOURCE]
        for piece, row in zip(exported.source.pieces, rows, strict=True):
            trained = self.model.state_dict()[SOURCE][self.both.source.ids[piece]]
            self.assertTrue(torch.equal(row, trained.half()), piece)

    def test_exported_vocabulary_spells_signs_in_bytes(self):
        exported = without_signs(ModelProto.FromString((self.work / "source.spm").read_bytes()))
        spm = sentencepiece.SentencePieceProcessor(model_proto=exported.SerializeToString())
        self.assertEqual(spm.encode("C#", out_type=str)[-1], "<0x23>")
        text = "Yes, 5 % (or so)!"
        self.assertEqual(spm.encode(text, out_type=str), self.both.source.spm.encode(text, out_type=str))


class AverageTest(unittest.TestCase):
    def test_the_average_forgets_the_beginning(self):
        self.assertEqual([average_weight(step) for step in (5, 500, 5000, 50_000)], [1.0, 0.1, 0.01, 0.005])


class CheckpointTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.name = Path(self.folder.name) / "checkpoint"

    def tearDown(self):
        self.folder.cleanup()

    def test_parts_are_small_and_the_old_ones_go(self):
        with mock.patch("checkpoint.PART", 5000):
            for step in (1, 2):
                checkpoint.save({"step": step, "x": torch.arange(5000)}, self.name)
        sizes = [path.stat().st_size for path in self.name.parent.glob("checkpoint.2.*")]
        self.assertTrue(len(sizes) > 5 and max(sizes) <= 5000)
        self.assertEqual(list(self.name.parent.glob("checkpoint.1.*")), [])
        self.assertTrue(checkpoint.load(self.name)["x"].equal(torch.arange(5000)))

    def test_a_writer_that_ends_early_leaves_the_old_state(self):
        old = torch.arange(5000)
        for written in range(6):  # five parts and their index
            checkpoint.save({"step": 1, "x": old}, self.name)
            replace = mock.Mock(side_effect=[*[mock.DEFAULT] * written, KeyboardInterrupt], wraps=os.replace)
            with mock.patch("checkpoint.PART", 10_000), mock.patch("os.replace", replace):
                self.assertRaises(KeyboardInterrupt, checkpoint.save, {"step": 1, "x": old + 1}, self.name)
            self.assertTrue(checkpoint.load(self.name)["x"].equal(old), written)
        checkpoint.save({"step": 1, "x": old + 1}, self.name)
        self.assertTrue(checkpoint.load(self.name)["x"].equal(old + 1))
        self.assertEqual(len(list(self.name.parent.iterdir())), 2, "what it left is gone")

    def test_a_damaged_part_is_refused(self):
        checkpoint.save({"step": 1}, self.name)
        part = next(self.name.parent.glob("checkpoint.1.*"))
        part.write_bytes(part.read_bytes()[:-1] + b"?")
        with self.assertRaises(SystemExit):
            checkpoint.load(self.name)

    def test_what_a_gpu_saved_a_cpu_reads(self):
        with mock.patch("torch.serialization.location_tag", return_value="cuda:0"):
            checkpoint.save({"step": 1, "x": torch.ones(3)}, self.name)
        self.assertEqual(checkpoint.load(self.name)["x"].device.type, "cpu")

    def test_no_checkpoint(self):
        self.assertIsNone(checkpoint.load(self.name))


class TrainingTest(unittest.TestCase):
    """train.py as run.sh calls it, interrupted."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.work = Path(cls.folder.name)
        prepare_tiny(cls.work)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def train(self, *options: str, stop_after: str) -> tuple[int, str]:
        """Status and output of train.py, which gets SIGTERM when it has written what is waited for."""
        command = [sys.executable, HERE / "train.py", self.work, *tiny_options(), *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            output = ""
            for line in process.stdout:
                output += line
                if stop_after in line:
                    process.send_signal(signal.SIGTERM)
        return process.returncode, output

    def test_interrupted(self):
        status, output = self.train("--minutes", "9", stop_after="step 100 ")
        self.assertNotEqual(status, 0, output)
        step = checkpoint.load(self.work / "checkpoint")["step"]
        self.assertGreaterEqual(step, 100)
        status, output = self.train("--anneal", "9", stop_after="step ")
        self.assertNotEqual(status, 0, output)
        self.assertIn(f"from step {step}", output)
        self.assertIsNone(checkpoint.load(self.work / "annealed"), "an interrupted end phase is not the end")
        self.assertEqual(checkpoint.load(self.work / "checkpoint")["step"], step)
        status, output = self.train("--minutes", "0.0001", stop_after="never")
        self.assertEqual(status, 0, "the minutes of all runs are over: " + output)
        status, output = self.train("--steps", str(step + 1), stop_after="never")
        self.assertEqual((status, checkpoint.load(self.work / "checkpoint")["step"]), (0, step + 1), output)

    def test_shards_take_the_place_of_the_corpora(self):
        with tempfile.TemporaryDirectory() as name:
            work = Path(name)
            for file in ("source.spm", "target.spm", "vocab.json", "target_vocab.json"):
                shutil.copy(self.work / file, work)
            (work / "shards").mkdir()
            rows = [make_row(Sample(e, f, [(0, 0)]), Vocabularies(work)) for e, f in PAIRS]
            save_pool(rows, work / "shards" / "0000.npz")
            batches = islice(training_batches(work, "shards", {}, 300, "1"), 500)
            self.assertGreater(sum(batch.pieces for batch in batches), 2 * sum(len(r.target) for r in rows))

    def test_workers_end_with_the_trainer(self):
        feeder = Feeder(self.work, "shards", {}, 300, "1", workers=2)
        self.assertGreater(next(feeder).pieces, 0)
        feeder.close()
        self.assertFalse(any(worker.is_alive() for worker in feeder.workers.values()))

    def test_a_dead_worker_is_noticed(self):
        feeder = Feeder(self.work, "shards", {}, 3000, "1")
        next(feeder)
        time.sleep(1)  # its pipe is full, and a batch is more than a pipe takes at once: it dies within a batch
        (worker,) = feeder.workers.values()
        worker.kill()
        with self.assertRaisesRegex(SystemExit, "ended with status -9"):
            for _ in range(10_000):
                next(feeder)


class RunTest(unittest.TestCase):
    """run.sh with a stand-in for Python, which notes each step and fails in one of them."""

    def run_until(self, failing: str) -> tuple[int, list[str]]:
        """The status, and the steps that were begun."""
        with tempfile.TemporaryDirectory() as name:
            python, noted = Path(name) / "python", Path(name) / "steps"
            python.write_text(
                "#!/bin/sh\nstep=${1##*/}\n"
                'for last; do case $last in --minutes | --anneal) step="$step $last" ;; esac; done\n'
                f'echo "$step" >>"{noted}"\n[ "$step" != "{failing}" ]\n'
            )
            python.chmod(0o755)
            command = [HERE / "run.sh", "--miniature", Path(name) / "work"]
            done = subprocess.run(command, env=os.environ | {"PYTHON": str(python)}, capture_output=True)
            return done.returncode, noted.read_text().splitlines()

    def test_nothing_follows_an_interrupted_step(self):
        steps = ["prepare.py", "word_align.py", "lexicon.py", "train.py --minutes", "train.py --anneal"]
        steps += ["export.py", "evaluate.py"]
        self.assertEqual(self.run_until("none"), (0, steps))
        for count, step in enumerate(steps, 1):
            self.assertEqual(self.run_until(step), (1, steps[:count]))


if __name__ == "__main__":
    unittest.main()
