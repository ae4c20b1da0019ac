"""Flattens slices with DuckDB: `duckdb_flatten.py INPUT OUTPUT`.

One statement over all slices, which DuckDB spreads over its threads file by file. Types are given and cover the wanted
fields only. Two settings matter much: `records = true`, without which the reader takes ten times as long over objects
of this size, and leaving the order of rows open, so that each thread can write a file of its own.
"""

import sys
from pathlib import Path

import duckdb
import startup

TRACK = """STRUCT(
    pos BIGINT,
    track_uri VARCHAR,
    track_name VARCHAR,
    artist_uri VARCHAR,
    artist_name VARCHAR,
    album_uri VARCHAR,
    album_name VARCHAR,
    duration_ms BIGINT
)"""
PLAYLIST = f"""STRUCT(
    pid BIGINT,
    name VARCHAR,
    collaborative VARCHAR,
    modified_at BIGINT,
    num_followers BIGINT,
    tracks {TRACK}[]
)"""
FLATTEN = """
WITH playlists AS (
    SELECT unnest(playlists, max_depth := 2)
    FROM read_json(
        {slices},
        format = 'unstructured',
        records = true,
        columns = {{'playlists': {playlists}}},
        maximum_object_size = {slice_bytes_max}
    )
),

tracks AS (
    SELECT
        * EXCLUDE (tracks),
        unnest(tracks, max_depth := 2)
    FROM playlists
)

SELECT * REPLACE (collaborative = 'true' AS collaborative)
FROM tracks
"""
OPTIONS = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, PER_THREAD_OUTPUT true"


def literal(text: str) -> str:
    """The text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def main() -> None:
    """Flattens every slice of a folder into another."""
    connection = duckdb.connect()
    connection.execute("SET preserve_insertion_order = false")
    startup.report()
    slices, output = sorted(Path(sys.argv[1]).glob("*.json")), sys.argv[2]
    query = FLATTEN.format(
        slices=f"[{', '.join(literal(str(path)) for path in slices)}]",
        playlists=literal(f"{PLAYLIST}[]"),
        slice_bytes_max=max(path.stat().st_size for path in slices),
    )
    connection.execute(f"COPY ({query}) TO {literal(output)} ({OPTIONS})")


if __name__ == "__main__":
    main()
