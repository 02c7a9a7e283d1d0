"""How translations and maps show themselves: notebooks, terminals, pandas, BertViz."""

import xml.dom.minidom

import numpy as np
import pytest

TEXT = 'He said "</script> & <b>" twice.'


def test_html_is_sandboxed_and_escaped(model):
    shown = model.translate(TEXT)._repr_html_()
    assert shown.startswith('<iframe sandbox="allow-scripts" srcdoc="')
    assert "</script>" not in shown and shown.count("<iframe") == 1
    assert "<!doctype html>" in model.translate(TEXT).html().lower()


def test_svg_is_xml(model):
    t = model.translate(TEXT)
    for picture in (t._repr_svg_(), t.map()._repr_svg_(), t.map().svg(lines=True)):
        assert xml.dom.minidom.parseString(picture).documentElement.tagName == "svg"


def test_terminal(model):
    shown = str(model.translate("The cat sat on the mat.").map())
    assert "cat" in shown and "chat" in shown and "█" in shown


def test_frames(model):
    pandas = pytest.importorskip("pandas")
    t = model.translate("The cat sat on the mat.")
    frame = t.map().to_frame()
    assert list(frame.index) == t.map().target_words and np.allclose(frame.to_numpy(), t.map().rows)
    tokens = t.to_frame()
    assert isinstance(tokens, pandas.DataFrame)
    assert list(tokens["piece"]) == t.target.pieces and list(tokens["id"]) == t.target.ids


def test_bertviz_arguments(model):
    pytest.importorskip("torch")
    views = model.bertviz("The cat sat on the mat.")
    n_source, n_target = len(views["encoder_tokens"]), len(views["decoder_tokens"])
    heads = model.info.decoder_heads
    assert [a.shape for a in views["cross_attention"]] == [(1, heads, n_target, n_source)] * 2
    assert [a.shape for a in views["decoder_attention"]] == [(1, heads, n_target, n_target)] * 2
    assert len(views["encoder_attention"]) == model.info.encoder_layers
