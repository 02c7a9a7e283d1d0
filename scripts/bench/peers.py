#!/usr/bin/env python3
"""Another translator behind a pipe, as probe.c has ours: same questions, same answers.

    peers.py ctranslate2-float32|ctranslate2-int8|transformers|onnxruntime|slimt|fxtranslate MODEL THREADS [TEXT]

MODEL is the folder of models that run.sh prepares for the engine. What is timed leaves out what need not be
in the engine: CTranslate2, transformers and ONNX Runtime get pieces or ids, and their results are not put
together to text within the time; ours is timed from text to text. With TEXT, translates it and says how long
loading and translating took, imports not counted.
"""

import ctypes
import importlib
import importlib.machinery
import importlib.util
import os
import pathlib
import sys
import time

engine, model, threads = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(threads)


def peak_kb():
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def only(directory, pattern):
    (path,) = directory.glob(pattern)
    return path


def sorted_batches(sources, batch):
    """Batches of like length, as whoever wants speed would make them: indices of the sources."""
    order = sorted(range(len(sources)), key=lambda i: -len(sources[i]))
    return [order[i : i + batch] for i in range(0, len(order), batch)]


class CTranslate2:
    def __init__(self, compute_type):
        import ctranslate2
        import sentencepiece

        self.source = sentencepiece.SentencePieceProcessor(model_file=str(model / "source.spm"))
        self.target = sentencepiece.SentencePieceProcessor(model_file=str(model / "target.spm"))
        self.translator = ctranslate2.Translator(
            str(model), device="cpu", compute_type=compute_type, inter_threads=threads, intra_threads=1
        )

    def prepare(self, texts):
        return [[*self.source.encode(text, out_type=str), "</s>"] for text in texts]

    def translate(self, sources, batch, beam, max_length):
        results = self.translator.translate_batch(
            sources, beam_size=beam, max_batch_size=batch, max_decoding_length=max_length or 256
        )
        return [r.hypotheses[0] for r in results]

    def text(self, pieces):
        return self.target.decode(pieces)

    def n_pieces(self, pieces, max_length):
        return min(len(pieces) + 1, max_length or 1 << 30)


class Transformers:
    """And ONNX Runtime, which optimum runs through the same interface."""

    def __init__(self, runs_onnx):
        import torch
        import transformers

        importlib.import_module("convert")  # mends transformers
        transformers.logging.set_verbosity_error()
        torch.set_num_threads(threads)
        self.torch = torch
        self.tokenizer = transformers.MarianTokenizer.from_pretrained(model)
        if runs_onnx:
            import onnxruntime
            from optimum.onnxruntime import ORTModelForSeq2SeqLM

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
            self.network = ORTModelForSeq2SeqLM.from_pretrained(model, session_options=options)
        else:
            self.network = transformers.MarianMTModel.from_pretrained(model, dtype=torch.float32).eval()

    def prepare(self, texts):
        return [self.tokenizer(text)["input_ids"] for text in texts]

    def translate(self, sources, batch, beam, max_length):
        results = [None] * len(sources)
        length = {"max_new_tokens": max_length} if max_length else {"max_length": 256}
        with self.torch.inference_mode():
            for part in sorted_batches(sources, batch):
                inputs = self.tokenizer.pad({"input_ids": [sources[i] for i in part]}, return_tensors="pt")
                ids = self.network.generate(**inputs, num_beams=beam, do_sample=False, **length)
                for i, row in zip(part, ids.tolist(), strict=True):
                    results[i] = row
        return results

    def text(self, ids):
        return self.tokenizer.decode(ids, skip_special_tokens=True)

    def n_pieces(self, ids, max_length):
        pad = self.tokenizer.pad_token_id
        return sum(i != pad for i in ids)


class Slimt:
    """Its engine alone: the package around it asks a server for lists of models when it is imported."""

    def __init__(self):
        package = pathlib.Path(importlib.util.find_spec("slimt").submodule_search_locations[0])
        path = str(only(package, "_slimt*.so"))
        loader = importlib.machinery.ExtensionFileLoader("_slimt", path)
        slimt = importlib.util.module_from_spec(
            importlib.util.spec_from_file_location("_slimt", path, loader=loader)
        )
        loader.exec_module(slimt)
        if os.environ.get("SLIMT_ISA") == "avx2":
            self.limit_to_avx2(path)
        files = slimt.Package(
            model=str(only(model, "model*.bin")),
            vocabulary=str(only(model, "vocab*.spm")),
            shortlist=str(only(model, "lex*.bin")),
        )
        self.loaded, self.service = slimt.Model(slimt.Config(), files), slimt.Service(workers=threads)

    def limit_to_avx2(self, path):
        """slimt has no setting for it. But it asks xsimd what the processor has, and xsimd remembers the answer
        (supported_arch: a bit for each set of instructions, and the best one's version). Here it is given before
        the first question: all up to AVX2 with FMA."""
        name, library = "N5xsimd23available_architecturesEvE9supported", ctypes.CDLL(path)
        known = ctypes.c_uint8.in_dll(library, "_ZGVZ" + name)
        answer = (ctypes.c_uint32 * 2).in_dll(library, "_ZZ" + name)
        if known.value:
            raise SystemExit("slimt has asked xsimd already, and cannot be limited to AVX2")
        known.value, answer[:] = 1, (0x1E5F, 20300)

    def prepare(self, texts):
        return texts

    def translate(self, sources, batch, beam, max_length):
        results = []
        for i in range(0, len(sources), batch):
            results += self.service.translate(self.loaded, sources[i : i + batch], html=False)
        return [r.target.text for r in results]

    def text(self, text):
        return text

    def n_pieces(self, text, max_length):
        return 0  # it does not say


class Fxtranslate(Slimt):
    def __init__(self):
        import fxtranslate

        vocabulary = only(model, "vocab*.spm").read_bytes()
        self.engine = fxtranslate.Translator(
            model=only(model, "model*.bin").read_bytes(),
            src_vocab=vocabulary,
            trg_vocab=vocabulary,
            shortlist=only(model, "lex*.bin").read_bytes(),
        )

    def translate(self, sources, batch, beam, max_length):
        return [self.engine.translate_long(text) for text in sources]


ENGINES = {
    "ctranslate2-float32": lambda: CTranslate2("float32"),
    "ctranslate2-int8": lambda: CTranslate2("int8"),
    "transformers": lambda: Transformers(False),
    "onnxruntime": lambda: Transformers(True),
    "slimt": Slimt,
    "fxtranslate": Fxtranslate,
}


# So that they are not in the time that loading and translating take.
IMPORTS = {
    "ctranslate2-float32": ("ctranslate2", "sentencepiece"),
    "ctranslate2-int8": ("ctranslate2", "sentencepiece"),
    "transformers": ("torch", "transformers", "transformers.models.marian.modeling_marian"),
    "onnxruntime": ("torch", "transformers", "optimum.onnxruntime"),
    "fxtranslate": ("fxtranslate",),
}


def answer(loaded, texts, batch, beam, max_length):
    sources = loaded.prepare(texts)
    start, used = time.perf_counter(), time.process_time()
    results = loaded.translate(sources, batch or 64, beam, max_length)
    taken, used = time.perf_counter() - start, time.process_time() - used
    pieces = sum(loaded.n_pieces(r, max_length) for r in results)
    print(f"{taken:.9f} {used:.9f} {pieces} {peak_kb()}")
    for result in results:
        print(" ".join(loaded.text(result).split()))
    sys.stdout.flush()


def main():
    if len(sys.argv) > 4:
        for name in IMPORTS.get(engine, ()):
            importlib.import_module(name)
        start = time.perf_counter()
        loaded = ENGINES[engine]()
        loaded.translate(loaded.prepare([sys.argv[4]]), 1, 1, 0)
        print(f"{time.perf_counter() - start:.9f} {peak_kb()}")
        return
    loaded = ENGINES[engine]()
    while line := sys.stdin.readline():
        batch, beam, max_length, n = map(int, line.split())
        answer(loaded, [sys.stdin.readline().rstrip("\n") for _ in range(n)], batch, beam, max_length)


main()
