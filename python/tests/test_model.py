"""The same numbers as the program, and what else can be asked of a model."""

import gc
import resource
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import xattn

FIREFOX = Path(__file__).resolve().parents[2] / "models/enpt"


def close(found, expected):
    return np.allclose(found, expected, rtol=1e-6, atol=1e-6)  # the program prints seven digits


@pytest.mark.parametrize("options", [{"beam": 1}, {"beam": 4, "nbest": 4}], ids=["greedy", "beam"])
@pytest.mark.parametrize("path, weights", [(None, "stored"), (None, "int8"), (FIREFOX, "stored")])
def test_as_the_program(program, sentences, options, path, weights):
    """500 sentences: the same ids, and floats to 1e-6."""
    if path and not path.exists():
        pytest.skip(f"no {path}: scripts/get_firefox_model.sh enpt {path}")
    arguments = [f"--{name}={value}" for name, value in options.items() if value > 1]
    expected = program(sentences, "--align", *arguments, *(["--int8"] if weights == "int8" else []), model=path)
    model = xattn.Model(path, weights=weights)
    found = model.translate(sentences, scores=True, attention=True, **options)
    assert len(found) == len(expected) == 500
    for t, line in zip(found, expected):
        assert (t.text, t.target.ids, t.source.ids) == (line["target"], line["target_ids"], line["source_ids"])
        assert close(t.token_logprobs, line["token_logprobs"])
        assert close(t.map(words=False).rows, line["maps"][0]["rows"])
        others = line.get("alternatives", [])
        assert [a.target.ids for a in t.alternatives] == [a["target_ids"] for a in others]
        assert close([a.score for a in t.alternatives], [a["score"] for a in others])


def test_maps_are_the_programs(program, model):
    text = "The black cat sat on the mat."
    line = program([text], "--align")[0]
    shown = model.translate(text).map(words=False)
    assert shown.target_words == line["target_labels"] and shown.source_words == line["source_labels"]
    assert close(shown.rows, line["maps"][0]["rows"])


def test_a_single_text_keeps_everything(model):
    t = model.translate("The cat sat on the mat.")
    assert t.attention.shape == (2, model.info.decoder_heads, len(t.target.ids), len(t.source.ids))
    assert np.allclose(t.attention.sum(axis=-1), 1, atol=1e-5)
    assert t.score == pytest.approx(float(t.token_logprobs.sum()), abs=1e-5)
    assert not t.truncated and not t.repeats
    assert t.to_dict()["target"] == t.text


def test_a_list_keeps_its_order_and_little_else(model):
    texts = ["A cat.", "", "Two dogs.", "A cat."]
    results = model.translate(texts, threads=2)
    assert [t.source_text for t in results] == texts
    assert results[1].text == "" and results[1].target.ids == []
    assert results[0].text == results[3].text
    with pytest.raises(AttributeError, match="attention=True"):
        _ = results[0].attention
    with pytest.raises(AttributeError, match="scores=True"):
        _ = results[0].score
    assert model.translate([]) == []


def test_arrays_outlive_translation_and_model():
    model = xattn.Model()
    t = model.translate("The cat sat on the mat.")
    attention, logprobs, rows = t.attention, t.token_logprobs, t.map().rows
    before = attention.copy(), logprobs.copy(), rows.copy()
    model.close()
    del t, model
    gc.collect()
    xattn.Model().translate(["Other text."] * 20, attention=True)
    assert all(np.array_equal(now, then) for now, then in zip((attention, logprobs, rows), before))
    with pytest.raises(ValueError):
        attention[0, 0, 0, 0] = 1


def test_score_and_align(model):
    good, bad = model.score(["She has a red car."] * 2, ["Elle a une voiture rouge.", "Elle a un voiture rouge."])
    assert good.score > bad.score
    shown = model.align("She has a red car.", "Elle a une voiture rouge.")
    words = [(shown.source_words[s], shown.target_words[t]) for s, t in shown.links()]
    assert ("car", "voiture") in words and ("red", "rouge") in words
    with pytest.raises(ValueError, match="as many"):
        model.score(["a", "b"], ["c"])
    with pytest.raises(TypeError):
        model.score("a", ["b"])


def test_layers_and_heads(model):
    t = model.translate("A black cat.")
    shown = t.map(words=False, layer=0, head=2)
    assert (shown.layer, shown.head) == (0, 2)
    assert np.allclose(shown.rows, t.attention[0, 2], atol=1e-6)
    assert np.allclose(t.map(words=False, layer=0, head="mean").rows, t.attention[0].mean(axis=0), atol=1e-6)
    with pytest.raises(xattn.UsageError):
        t.map(layer=9)


def test_tokenize(model):
    tokens = model.tokenize("The cat sat on the mat.")
    assert tokens.pieces[0] == "▁The" and tokens.pieces[-1] == "</s>"
    t = model.translate("The cat sat on the mat.")
    assert tokens.ids == t.source.ids
    assert model.detokenize(t.target.pieces) == t.text


def test_trace_is_the_attention(model):
    t = model.translate("The cat sat on the mat.")
    arrays = model.trace("The cat sat on the mat.")
    for layer in range(model.info.decoder_layers):
        assert np.allclose(arrays[f"decoder.layer{layer}.cross.probabilities"], t.attention[layer], atol=1e-6)
    past = arrays["decoder.layer0.self.probabilities"]
    assert np.array_equal(past, np.tril(past)) and np.allclose(past.sum(axis=-1), 1, atol=1e-5)


def test_runners_up_prefix_and_ablations(model):
    t = model.translate("The cat sat on the mat.", runners_up=3)
    first = t.runners_up[0]
    assert len(first) == 3 and first[0].id == t.target.ids[0] and first[0].logprob >= first[1].logprob
    forced = model.translate("The cat sat on the mat.", prefix=[first[1].id])
    assert forced.target.ids[0] == first[1].id
    without = model.translate("The cat sat on the mat.", ablations=[(1, 0)])
    assert not np.allclose(without.token_logprobs[:2], t.token_logprobs[:2])


def test_errors():
    with pytest.raises(FileNotFoundError):
        xattn.Model("/nowhere")
    with pytest.raises(xattn.Error):
        xattn.Model(__file__)
    with pytest.raises(ValueError, match="int8"):
        xattn.Model(weights="int4")
    model = xattn.Model()
    with pytest.raises(xattn.UsageError):
        model.translate("A cat.", ablations=[(9, 0)])
    with pytest.raises(TypeError):
        model.translate([1])
    model.close()
    with pytest.raises(ValueError, match="closed"):
        model.translate("A cat.")


def test_odd_texts(model):
    assert isinstance(model.translate("nul \0 inside, \ud800 a lone surrogate").text, str)
    assert model.translate("two\nlines").text.count("\n") == 1


def test_threads_share_a_model(model):
    expected = model.translate("The cat sat on the mat.").text
    found = []

    def work():
        for _ in range(20):
            found.append(model.translate("The cat sat on the mat.").text)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == [expected] * 80


def test_python_goes_on_during_a_call(model):
    """The interpreter's lock is free: this thread counts while another translates."""
    other = threading.Thread(target=model.translate, args=(["The cat sat on the mat."] * 300,), kwargs={"threads": 1})
    counted = 0
    other.start()
    while other.is_alive():
        time.sleep(0.001)
        counted += 1
    assert counted > 10


def test_ctrl_c(model):
    import os
    import signal

    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        model.translate(["The cat sat on the mat and looked at the dog."] * 200_000)
    assert model.translate("A cat.").text


def test_memory_is_flat():
    """10,000 calls, with all that a call can return."""
    model = xattn.Model(weights="int8")

    def used():
        gc.collect()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    def call():
        t = model.translate("A cat.", runners_up=2)
        return t.map().rows, t.attention, t.token_logprobs, t.runners_up

    for _ in range(500):
        call()
    before = used()
    for _ in range(10_000):
        call()
    assert used() - before < 4096  # KiB
