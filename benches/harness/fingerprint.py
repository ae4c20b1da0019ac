"""Tells what is in a folder of Parquet files: `fingerprint.py FOLDER` prints one JSON document.

Runs in the rivals' environment, outside of all timing. DuckDB reads every value, as fixed types; pyarrow reads what the
files say about themselves. Files whose name begins with a dot count, too: a reader that lists the folder sees them.
"""

import json
import sys
from pathlib import Path

import duckdb
import pyarrow.parquet as parquet

COLUMNS = {
    "pid": "BIGINT",
    "name": "VARCHAR",
    "collaborative": "BOOLEAN",
    "modified_at": "BIGINT",
    "num_followers": "BIGINT",
    "pos": "BIGINT",
    "track_uri": "VARCHAR",
    "track_name": "VARCHAR",
    "artist_uri": "VARCHAR",
    "artist_name": "VARCHAR",
    "album_uri": "VARCHAR",
    "album_name": "VARCHAR",
    "duration_ms": "BIGINT",
}
# A sum does not depend on the order of rows and, unlike exclusive or, notices rows that stand there twice.
CHECKSUM = "sum(hash({values})::HUGEINT)::VARCHAR"


def contents(files: list[Path]) -> dict[str, object]:
    """Rows, a checksum over all columns, and one of each column, which tells where two folders differ."""
    cast = ", ".join(f"{name}::{kind} AS {name}" for name, kind in COLUMNS.items())
    sums = [CHECKSUM.format(values=name) for name in COLUMNS]
    query = f"""
        WITH typed AS (SELECT {cast} FROM read_parquet(?))
        SELECT count(*), {CHECKSUM.format(values=", ".join(COLUMNS))}, {", ".join(sums)} FROM typed
    """
    rows, checksum, *columns = duckdb.execute(query, [[str(path) for path in files]]).fetchone()
    return {"rows": rows, "checksum": checksum, "columns": dict(zip(COLUMNS, columns, strict=True))}


def problems(files: list[Path], rows: int) -> list[str]:
    """What is wrong with the form of the files."""
    found, footer_rows = [], 0
    for path in files:
        with parquet.ParquetFile(path) as file:
            footer_rows += file.metadata.num_rows
            names, codecs = file.schema_arrow.names, codecs_of(file.metadata)
        if names != list(COLUMNS):
            found.append(f"{path.name} has the columns {names}")
        if codecs - {"ZSTD"}:
            found.append(f"{path.name} is compressed with {sorted(codecs)}, not with zstd")
    if footer_rows != rows:
        found.append(f"the files' footers speak of {footer_rows} rows, but there are {rows}")
    return found


def codecs_of(metadata: parquet.FileMetaData) -> set[str]:
    """The compression of all column chunks."""
    groups = (metadata.row_group(index) for index in range(metadata.num_row_groups))
    return {group.column(index).compression for group in groups for index in range(group.num_columns)}


def main() -> None:
    """Prints the fingerprint."""
    files = sorted(Path(sys.argv[1]).rglob("*.parquet"))
    if not files:
        print(json.dumps({"problems": ["there are no Parquet files"]}))
        return
    told = contents(files)
    print(json.dumps(told | {"problems": problems(files, told["rows"])}))


if __name__ == "__main__":
    main()
