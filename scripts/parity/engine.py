"""Our side of the comparisons: scripts/parity/probe.c behind a pipe."""

import subprocess
import tempfile

import numpy


class Engine:
    def __init__(self, probe, model):
        self.probe, self.model = str(probe), str(model)

    def _run(self, mode, batch, lines):
        """The probe, fed from a file, so that neither side waits for the other."""
        file = tempfile.TemporaryFile()
        file.write("".join(line + "\n" for line in lines).encode())
        file.seek(0)
        command = [self.probe, mode, self.model, str(batch)]
        return subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE)

    def greedy(self, texts, batch):
        """Source ids, target ids and translation of each text, `batch` of them given at once."""
        process = self._run("greedy", batch, texts)
        rows = process.communicate()[0].decode().split("\n")[:-1]
        if process.returncode or len(rows) != len(texts):
            raise RuntimeError(f"{self.probe} greedy: status {process.returncode}, {len(rows)} lines")
        for row in rows:
            source, target, text = row.split("\t", 2)
            yield [int(i) for i in source.split()], [int(i) for i in target.split()], text

    def forced(self, pairs, batch):
        """For each pair of source ids and target ids: memory [n_src][d], logits [n_tgt][V] and maps
        [layers][heads][n_tgt][n_src]."""
        lines = (" ".join(map(str, s)) + "\t" + " ".join(map(str, t)) for s, t in pairs)
        process = self._run("forced", batch, lines)
        for _ in pairs:
            n_src, d, n_tgt, V, layers, heads = map(int, process.stdout.readline().split())
            yield [self._floats(process.stdout, shape) for shape in
                   ((n_src, d), (n_tgt, V), (layers, heads, n_tgt, n_src))]
        if process.wait():
            raise RuntimeError(f"{self.probe} forced: status {process.returncode}")

    @staticmethod
    def _floats(stream, shape):
        n = int(numpy.prod(shape))
        return numpy.frombuffer(stream.read(4 * n), numpy.float32).reshape(shape)
