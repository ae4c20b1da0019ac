"""Counts neighbours with Polars: `polars_cooccurrence.py INPUT OUTPUT`.

A self-join over numbers, each pair once, in the streaming engine.
"""

import sys
from pathlib import Path

import polars as pl
import startup


def main() -> None:
    """Counts the neighbours of a folder of Parquet files."""
    startup.report()
    entries = pl.scan_parquet(f"{sys.argv[1]}/*.parquet").select("pid", "track_uri").unique().collect()
    groups = entries["pid"].n_unique()
    items = entries.group_by("track_uri").len("n").sort("track_uri").with_row_index("id")
    numbered = entries.join(items.filter(pl.col("n") >= 2), on="track_uri").select("pid", "id", "n").lazy()
    halves = (
        numbered.join(numbered, on="pid", suffix="_b")
        .filter(pl.col("id") < pl.col("id_b"))
        .group_by("id", "id_b")
        .agg(pl.len().alias("c"), pl.col("n").first(), pl.col("n_b").first())
        .filter(pl.col("c") >= 2)
        .collect(engine="streaming")
    )
    names = ["a", "b", "na", "nb", "c"]
    one = halves.select("id", "id_b", "n", "n_b", "c").rename(dict(zip(["id", "id_b", "n", "n_b", "c"], names)))
    two = halves.select("id_b", "id", "n_b", "n", "c").rename(dict(zip(["id_b", "id", "n_b", "n", "c"], names)))
    c, na, nb = (pl.col(name).cast(pl.Float64) for name in ["c", "na", "nb"])
    uris = items.select(pl.col("id"), pl.col("track_uri"))
    found = (
        pl.concat([one, two])
        .with_columns((c * c / nb).alias("key"))
        .sort(["a", "key", "c", "b"], descending=[False, True, True, False])
        .with_columns((pl.int_range(pl.len()).over("a") + 1).alias("neighbour_rank"))
        .filter(pl.col("neighbour_rank") <= 100)
        .join(uris.rename({"track_uri": "item"}), left_on="a", right_on="id")
        .join(uris.rename({"track_uri": "neighbour"}), left_on="b", right_on="id")
        .select(
            "item",
            "neighbour",
            pl.col("neighbour_rank").cast(pl.Int64),
            pl.col("c").cast(pl.Int64).alias("pair_count"),
            (c / (na * nb).sqrt()).alias("cosine"),
            (c / (na + nb - c)).alias("jaccard"),
            (c * groups / (na * nb)).alias("lift"),
            (c / na).alias("conditional"),
        )
    )
    target = Path(sys.argv[2])
    target.mkdir(parents=True)
    found.write_parquet(target / "part-0.parquet", compression="zstd", compression_level=1)


if __name__ == "__main__":
    main()
