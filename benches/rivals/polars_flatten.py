"""Flattens slices with Polars: `polars_flatten.py INPUT OUTPUT`.

A slice is one JSON object, and `read_json` parses a file on one core, so slices go file by file to as many threads as
there are cores; Polars lets go of Python's lock while it works. The schema is given and has the wanted fields only.
The rest of the query is lazy and ends in one Parquet file for each slice.
"""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import startup

TRACK = pl.Struct(
    {
        "pos": pl.Int64,
        "track_uri": pl.String,
        "track_name": pl.String,
        "artist_uri": pl.String,
        "artist_name": pl.String,
        "album_uri": pl.String,
        "album_name": pl.String,
        "duration_ms": pl.Int64,
    }
)
PLAYLIST = pl.Struct(
    {
        "pid": pl.Int64,
        "name": pl.String,
        "collaborative": pl.String,
        "modified_at": pl.Int64,
        "num_followers": pl.Int64,
        "tracks": pl.List(TRACK),
    }
)
SLICE = {"playlists": pl.List(PLAYLIST)}


def flatten(source: Path, target: Path) -> None:
    """Writes the tracks of one slice."""
    playlists = pl.read_json(source, schema=SLICE).lazy().explode("playlists").unnest("playlists")
    tracks = playlists.explode("tracks", empty_as_null=False, keep_nulls=False).unnest("tracks")
    typed = tracks.with_columns(pl.col("collaborative") == "true")
    typed.sink_parquet(target, compression="zstd", compression_level=1, engine="streaming")


def main() -> None:
    """Flattens every slice of a folder into another."""
    startup.report()
    slices, output = sorted(Path(sys.argv[1]).glob("*.json")), Path(sys.argv[2])
    output.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as threads:
        # Taking the results raises what a thread has raised.
        list(threads.map(lambda source: flatten(source, output / f"{source.stem}.parquet"), slices))


if __name__ == "__main__":
    main()
