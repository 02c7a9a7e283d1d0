"""What the test of Spark needs of Parquet files.

frames.py text FOLDER       the translations of a result, a line each, in the order of the input
frames.py make FILE         rows to translate: texts, a NULL, and tags that a model with two languages knows or not
frames.py check FOLDER      whether the result of that is right
"""

import sys

import pandas

ROWS = {
    "id": [5, 4, 3, 2, 1, 0],
    "body": [">>fra<< The cat sat on the mat.", None, ">>xyz<< A cat.", "", ">>deu<< Two dogs.", "Two\nlines."],
}


def check(done):
    done = done.sort_values("row").set_index("id")
    assert list(done.index) == ROWS["id"]
    assert [None if pandas.isna(body) else body for body in done["body"]] == ROWS["body"]
    failed = done.index[done["error"].notna()]
    assert list(failed) == [3] and "unknown tag >>xyz<<" in done.loc[3, "error"]
    empty = done.index[done["translation"].isna()]
    assert list(empty) == [4, 3] and list(done.index[done["score"].isna()]) == [4, 3]
    assert done.loc[2, "translation"] == "" and done.loc[0, "translation"].count("\n") == 1
    assert (done["score"].dropna() <= 0).all() and not done["truncated"].dropna().any()


task, path = sys.argv[1:]
if task == "text":
    print("\n".join(pandas.read_parquet(path).sort_values("row")["translation"]))
elif task == "make":
    pandas.DataFrame(ROWS).to_parquet(path, compression="gzip")  # as in run.sh
else:
    check(pandas.read_parquet(path))
