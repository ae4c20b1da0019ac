"""Flattens slices with PySpark in local mode on all cores: `pyspark_flatten.py INPUT OUTPUT`.

The schema is given and has the wanted fields only. The work is done by the JVM alone: no row passes through Python.
"""

import sys
from pathlib import Path

import startup
from pyspark.sql import SparkSession

SLICE = """
    playlists ARRAY<STRUCT<
        pid: BIGINT,
        name: STRING,
        collaborative: STRING,
        modified_at: BIGINT,
        num_followers: BIGINT,
        tracks: ARRAY<STRUCT<
            pos: BIGINT,
            track_uri: STRING,
            track_name: STRING,
            artist_uri: STRING,
            artist_name: STRING,
            album_uri: STRING,
            album_name: STRING,
            duration_ms: BIGINT
        >>
    >>
"""
SETTINGS = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    # In local mode the driver does all the work; throughput counts, not pauses.
    "spark.driver.memory": "4g",
    "spark.driver.extraJavaOptions": "-XX:+UseParallelGC",
    "spark.log.level": "ERROR",
    # Up to a gigabyte of slices a task: fewer tasks and files are quicker here, and every core still has one.
    "spark.sql.files.maxPartitionBytes": "1g",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.hadoop.parquet.compression.codec.zstd.level": "1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def session() -> SparkSession:
    """Starts Spark with a thread for each core."""
    builder = SparkSession.builder.master("local[*]").appName("flatten")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def flatten(spark: SparkSession, source: Path, target: Path) -> None:
    """Writes the tracks of all slices."""
    slices = spark.read.schema(SLICE).option("multiLine", True).json(f"{source}/*.json")
    playlists = slices.selectExpr("inline(playlists)")
    tracks = playlists.selectExpr(
        "pid",
        "name",
        "collaborative = 'true' AS collaborative",
        "modified_at",
        "num_followers",
        "inline(tracks)",
    )
    tracks.write.mode("overwrite").parquet(str(target))


def main() -> None:
    """Flattens every slice of a folder into another."""
    spark = session()
    startup.report()
    flatten(spark, Path(sys.argv[1]), Path(sys.argv[2]))
    spark.stop()


if __name__ == "__main__":
    main()
