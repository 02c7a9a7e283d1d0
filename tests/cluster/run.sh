#!/bin/sh
# run.sh: 20,000 lines by way of the examples for more than one machine, on this one. Speaks TAP; from the
# repository root, after make:
#
#     tests/run.sh tests/cluster/run.sh
#
# Needs GNU parallel, Java 17 or newer, and python3 with venv. PySpark goes into a virtual environment in the user's
# cache folder. In each run one worker is killed in the middle of its work.
# shellcheck source=tests/cli/tap.sh disable=SC1091,SC2317  # functions run by way of `check`
. tests/cli/tap.sh
here=tests/cluster

missing=$(for need in parallel java python3; do command -v $need >/dev/null 2>&1 || printf ' %s' $need; done)
if [ -n "$missing" ]; then
    skip "the examples for clusters: there is no$missing"
    finish
fi

venv=${XDG_CACHE_HOME:-$HOME/.cache}/xattn/venv-cluster
python=$venv/bin/python
install() {
    cmp -s "$here"/requirements.txt "$venv/requirements.txt" || {
        mkdir -p "$(dirname "$venv")" && python3 -m venv --clear "$venv" &&
            "$venv/bin/pip" install -q --disable-pip-version-check -r "$here"/requirements.txt &&
            cp "$here"/requirements.txt "$venv/requirements.txt"
    } && "$venv/bin/pip" install -q --disable-pip-version-check --force-reinstall --no-deps ./python
}
check "install PySpark and ./python" status 0 install

now() { date +%s.%N; }
report() { # NAME FROM TO
    awk -v name="$1" -v from="$2" -v to="$3" 'BEGIN { printf "# %s: %.0f lines/s, start included\n", name, 20000 / (to - from) }'
}

# Twenty thousand different lines; four of them are empty.
awk 'BEGIN {
    n_who = split("The cat|My brother|A young woman|Nobody|Our teacher|The old man|She|Tom", who, "|")
    n_does = split("has seen|did not find|will buy|wants|forgot|is looking for|sold|likes", does, "|")
    n_what = split("the book|two black dogs|a house|her keys|this car|the red door|an apple|my letter", what, "|")
    for (i = 0; i < 20000; i++) {
        line = who[i % n_who + 1] " " does[int(i / n_who) % n_does + 1] " " what[int(i / 64) % n_what + 1] " " i "."
        print i % 5000 == 77 ? "" : line
    }
}' >"$tmp/lines.txt"

start=$(now)
check "the program" status 0 "$xattn" translate --int8 -i "$tmp/lines.txt" -o "$tmp/expected"
report "the program" "$start" "$(now)"
same() { [ "$(lines "$1")" -eq 20000 ] && cmp "$1" "$tmp/expected" >"$out" 2>&1; }

# with_a_death NAME SECONDS COMMAND...: runs COMMAND in the background, kills one of its NAMEs; COMMAND's status.
with_a_death() {
    name=$1 seconds=$2
    shift 2
    "$@" >"$tmp/run.out" 2>"$tmp/run.err" &
    run=$!
    python3 "$here"/kill_one.py "$run" "$name" "$seconds" >"$tmp/killed" 2>&1
    killed=$?
    wait "$run"
    ended=$?
    cat "$tmp/killed" "$tmp/run.out" >"$out"
    grep -v ' INFO ' "$tmp/run.err" | tail -n 30 >"$err"
    [ "$killed" -eq 0 ] && [ "$ended" -eq 0 ]
}

start=$(now)
check "parallel.sh, a program killed" with_a_death "xattn translate" 0.3 \
    env XATTN="$xattn" BLOCK=100k examples/parallel.sh "$tmp/lines.txt" "$tmp/parallel.txt" --int8
report "parallel.sh" "$start" "$(now)"
check "counts lines" says "20000 lines in, 20000 lines out"
check "gives the program's output" same "$tmp/parallel.txt"

# A text fails whenever it is tried: no output, but an error.
hopeless() {
    ! XATTN=false examples/parallel.sh "$tmp/lines.txt" "$tmp/none.txt" >"$out" 2>"$err" && [ ! -e "$tmp/none.txt" ]
}
check "a block that fails for good ends parallel.sh, without output" hopeless

export SPARK_LOCAL_IP=127.0.0.1 PYSPARK_PYTHON="$python"
unset XATTN_MODEL # the package has the model
# Two workers, and up to four tries of a task. gzip: the native libraries of other codecs may not suit this system.
spark() {
    (cd "$tmp" && exec "$venv/bin/spark-submit" --master 'local[2,4]' --conf spark.ui.enabled=false \
        --conf spark.sql.parquet.compression.codec=gzip --conf "spark.local.dir=$tmp" "$@")
}
start=$(now)
check "Spark, a Python worker killed" with_a_death pyspark.daemon 3 \
    spark --conf spark.sql.files.maxPartitionBytes=400k "$root/examples/spark/translate.py" "$tmp/lines.txt" "$tmp/french" --weights int8
report "Spark" "$start" "$(now)"
check "a task was done again" grep -q "Lost task" "$tmp/run.err"
# spark-submit puts both outputs of the program into one.
check "counts rows" prints "20000 rows in, 20000 rows out, 0 of them with an error"
"$python" $here/frames.py text "$tmp/french" >"$tmp/spark.txt" 2>"$err"
check "gives the program's output" same "$tmp/spark.txt"

# The shipped model with two tags in place of pieces that nothing here needs.
tagged() {
    cp -r "$model" "$tmp/tagged" && python3 - "$tmp/tagged/vocab.json" <<'PYTHON'
import json, sys
vocab = json.load(open(sys.argv[1]))
for tag, at in ((">>fra<<", -1), (">>deu<<", -2)):
    piece = sorted(vocab, key=vocab.get)[at - 1]
    vocab[tag] = vocab.pop(piece)
json.dump(vocab, open(sys.argv[1], "w"))
PYTHON
}
check "a model with tags" status 0 tagged
"$python" $here/frames.py make "$tmp/rows.parquet"
check "Spark, Parquet with what cannot be translated" status 0 \
    spark "$root/examples/spark/translate.py" "$tmp/rows.parquet" "$tmp/rows.french" --column body --partitions 3 --model "$tmp/tagged"
check "errors have a column" status 0 "$python" $here/frames.py check "$tmp/rows.french"
check "a column that is not there" status 2 \
    spark "$root/examples/spark/translate.py" "$tmp/rows.parquet" "$tmp/none" --column text
check "is named" prints "has no column text, but id, body"
finish
