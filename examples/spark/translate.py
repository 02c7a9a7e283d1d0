"""Translates a dataset on Spark, with one model in each Python worker.

    spark-submit examples/spark/translate.py english.txt french
    spark-submit --master spark://host:7077 examples/spark/translate.py hdfs:///pages hdfs:///french --column body

INPUT is a text file, or a folder of them, of which every line is a row (.txt, .txt.gz, .txt.zst); or a Parquet
dataset; or what --format names. OUTPUT becomes a Parquet dataset with the columns of INPUT and

    row           a number by which rows can be put back into the order of INPUT; there are gaps in it
    translation   of --column; NULL where that is NULL, or where it could not be read
    score         its log-probability
    truncated     whether some of it was cut
    error         why a text could not be read, else NULL

A task whose worker dies is done again by Spark, and only the whole output of a task counts. At the end rows in and
out are counted; if they differ, the status is 1.

A task's threads are the cores that Spark gives it: with --conf spark.task.cpus=4, four cores share a model. Small
tasks lose little when they have to be repeated: --conf spark.sql.files.maxPartitionBytes=4m cuts a large file,
--partitions spreads a dataset that has few parts. Workers need the Python packages xattn, pandas and pyarrow.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pyspark import TaskContext
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import monotonically_increasing_id
from pyspark.sql.types import BooleanType, DoubleType, StringType, StructType

if TYPE_CHECKING:
    import pandas

NEW = {"translation": StringType(), "score": DoubleType(), "truncated": BooleanType(), "error": StringType()}


def translated(frame: DataFrame, column: str, model: str | None, weights: str, **options) -> DataFrame:
    """`frame` with the columns of NEW. Options are those of xattn.Model.translate."""
    schema = StructType(list(frame.schema.fields))
    for name, kind in NEW.items():
        schema.add(name, kind)

    def work(batches: Iterator[pandas.DataFrame]) -> Iterator[pandas.DataFrame]:
        import xattn

        shared = xattn.Model.shared(model, weights=weights)  # a worker does one task after the other
        for rows in batches:
            yield shared.translate_frame(rows, column, threads=TaskContext.get().cpus(), **options)

    return frame.mapInPandas(work, schema)


def read(spark: SparkSession, path: str, kind: str | None) -> DataFrame:
    kind = kind or ("text" if path.removesuffix(".gz").removesuffix(".zst").endswith(".txt") else "parquet")
    frame = spark.read.format(kind).option("lineSep", "\n").load(path)
    return frame.withColumnRenamed("value", "text") if kind == "text" else frame


def main() -> int:
    parser = argparse.ArgumentParser(description="Translates a dataset on Spark.")
    parser.add_argument("input")
    parser.add_argument("output")
    parser.add_argument("--format", help="of the input: text, parquet or another of Spark's (default: by name)")
    parser.add_argument("--column", default="text", help="what to translate (default: text)")
    parser.add_argument("--model", help="a folder that every worker can read (default: the package's model)")
    parser.add_argument("--weights", default="stored", choices=["stored", "f32", "int8"], help="as in xattn.Model")
    parser.add_argument("--beam", type=int, help="hypotheses of beam search")
    parser.add_argument("--partitions", type=int, help="spread the rows over so many tasks")
    options = parser.parse_args()

    spark = SparkSession.builder.appName("xattn").getOrCreate()
    frame = read(spark, options.input, options.format)
    if options.column not in frame.columns:
        parser.error(f"{options.input} has no column {options.column}, but {', '.join(frame.columns)}")
    taken = [name for name in ("row", *NEW) if name in frame.columns]
    if taken:
        parser.error(f"{options.input} has a column {taken[0]} already, which the output needs")
    numbered = frame.withColumn("row", monotonically_increasing_id())
    if options.partitions:
        numbered = numbered.repartition(options.partitions)
    done = translated(numbered, options.column, options.model, options.weights, beam=options.beam)
    done.write.parquet(options.output)

    written = spark.read.parquet(options.output)
    n_in, n_out, n_failed = frame.count(), written.count(), written.filter("error IS NOT NULL").count()
    print(f"{n_in} rows in, {n_out} rows out, {n_failed} of them with an error", file=sys.stderr)
    spark.stop()
    return 0 if n_in == n_out else 1


if __name__ == "__main__":
    sys.exit(main())
