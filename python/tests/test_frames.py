"""A column of a pandas frame, and models that the workers of a cluster share."""

import json
import shutil

import pytest

import xattn

pandas = pytest.importorskip("pandas")


@pytest.fixture(scope="module")
def tagged(tmp_path_factory, model):
    """The shipped model with two tags in place of its last pieces."""
    folder = tmp_path_factory.mktemp("model") / "tagged"
    shutil.copytree(model.path, folder)
    vocab = json.loads((folder / "vocab.json").read_text())
    for tag, piece in zip((">>fra<<", ">>deu<<"), sorted(vocab, key=vocab.get)[-3:-1]):
        vocab[tag] = vocab.pop(piece)
    (folder / "vocab.json").write_text(json.dumps(vocab))
    return xattn.Model(folder)


def test_columns(model):
    frame = pandas.DataFrame({"id": [3, 1, 2], "body": ["Two dogs.", None, ""]}, index=[7, 7, 9])
    done = model.translate_frame(frame, "body", beam=2)
    assert list(done.columns) == ["id", "body", "translation", "score", "truncated", "error"]
    assert list(done.index) == [7, 7, 9] and list(done["id"]) == [3, 1, 2]
    alone = model.translate("Two dogs.", beam=2)
    assert done["translation"].iloc[0] == alone.text and done["score"].iloc[0] == pytest.approx(alone.score)
    assert done.iloc[1][["translation", "score", "truncated", "error"]].isna().all()
    assert done["translation"].iloc[2] == "" and not done["truncated"].iloc[2]
    assert list(frame.columns) == ["id", "body"]


def test_no_rows(model):
    done = model.translate_frame(pandas.DataFrame({"body": []}), "body")
    assert len(done) == 0 and "translation" in done.columns


def test_what_was_cut_is_marked(model):
    done = model.translate_frame(pandas.DataFrame({"text": ["Two dogs.", "A cat."]}), "text", max_length=2)
    assert done["truncated"].all()


def test_texts_that_cannot_be_read(tagged):
    texts = [">>xyz<< a", "A cat.", ">>fra<< A dog.", ">>xyz<< b", ">>abc<< c", "Two dogs."] * 50
    done = tagged.translate_frame(pandas.DataFrame({"text": texts}), "text", threads=2)
    for text, translation, error in zip(texts, done["translation"], done["error"]):
        if text[2:5] in ("xyz", "abc"):
            assert pandas.isna(translation) and f"unknown tag {text[:7]}" in error
        else:
            assert translation == tagged.translate(text).text and pandas.isna(error)


def test_errors_of_the_call_are_raised(model):
    frame = pandas.DataFrame({"text": ["A cat."]})
    with pytest.raises(xattn.UsageError):
        model.translate_frame(frame, "text", ablations=[(9, 0)])
    with pytest.raises(ValueError, match="'score'"):
        model.translate_frame(frame.assign(score=1), "text")
    with pytest.raises(KeyError):
        model.translate_frame(frame, "body")


def test_shared():
    assert xattn.Model.shared() is xattn.Model.shared()
    assert xattn.Model.shared(weights="int8") is not xattn.Model.shared()
