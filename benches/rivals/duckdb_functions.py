"""Runs queries over a Parquet file with DuckDB: `duckdb_functions.py FILE RUNS THREADS`, the queries on standard input.

It speaks as crates/trino/examples/function_speed.rs does.
"""

import json
import sys
import time

import duckdb


def shown(value):
    """A value as a text, None for NULL."""
    return None if value is None else str(value)


def measure(connection, query, runs):
    """The seconds of each run, and the rows."""
    seconds, rows = [], []
    for _ in range(runs):
        began = time.perf_counter()
        rows = connection.execute(query).fetchall()
        seconds.append(time.perf_counter() - began)
    return {"seconds": seconds, "rows": [[shown(value) for value in row] for row in rows]}


def main() -> None:
    """Runs them all."""
    file, runs, threads = sys.argv[1:]
    connection = duckdb.connect()
    connection.execute(f"SET threads = {int(threads)}")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(f"CREATE VIEW data AS SELECT * FROM read_parquet('{file}')")
    told = []
    for query in json.load(sys.stdin):
        try:
            told.append(measure(connection, query, int(runs)))
        except duckdb.Error as error:
            told.append({"error": str(error)})
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
