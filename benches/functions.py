#!/usr/bin/env python3
"""Measures Trino's functions in Segue beside those of DuckDB, over one Parquet file, and compares what they answer.

Both run the queries of harness/function_queries.py in one process each, by turns; a query's time is the least of its
runs in a turn, and the median of the turns. README.md says how, `make bench-functions` does it all.

Exits with 1 if a query fails or answers differ, and with 2 if it could not begin.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from harness import places
from harness.failure import BenchError, require
from harness.function_queries import DATA, QUERIES, Query


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=2_000_000, help="rows of the table [default: 2000000]")
    parser.add_argument("--turns", type=int, default=3, help="turns of each [default: 3]")
    parser.add_argument("--runs", type=int, default=2, help="runs of a query in a turn [default: 2]")
    parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of both [default: all cores]")
    parser.add_argument("--only", type=lambda text: text.split(","), metavar="NAME,…", help="these queries")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was measured to a file")
    parser.add_argument("--speed", type=Path, help="the example function_speed", required=True)
    parser.add_argument("--python", type=Path, default=places.rivals_python(), help="Python with DuckDB")
    return parser.parse_args()


def table(rows: int, python: Path) -> Path:
    """The Parquet file, made once."""
    file = places.cache() / "bench-functions" / f"{rows}.parquet"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".unfinished")
        copy = f"COPY ({DATA.replace('ROWS', str(rows))}) TO '{unfinished}' (FORMAT parquet, ROW_GROUP_SIZE 100000)"
        made = subprocess.run([python, "-c", f"import duckdb; duckdb.execute({copy!r})"], check=False)
        if made.returncode != 0:
            raise BenchError("the table could not be made: see the message above")
        unfinished.rename(file)
    return file


def run(command: list[str], queries: list[str]) -> list[dict]:
    """What a contestant tells of the queries."""
    done = subprocess.run(command, input=json.dumps(queries), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchError(f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def number(text: str) -> float | None:
    """The number that a text is."""
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


def agree(left: str | None, right: str | None, tolerance: float) -> bool:
    """Whether two values are the same, or near enough if they are numbers."""
    if left == right:
        return True
    a, b = number(left), number(right)
    if a is None or b is None:
        return plain(left) == plain(right)
    return abs(a - b) <= tolerance * max(abs(a), abs(b))


def plain(text: str | None) -> str | None:
    """A time as both write it."""
    return text if text is None else text.replace("T", " ").removesuffix(".000").removesuffix(" 00:00:00")


def difference(query: Query, trino: dict, duckdb: dict) -> str | None:
    """What is wrong with the answers to a query."""
    for name, told in (("segue", trino), ("duckdb", duckdb)):
        if "error" in told:
            return f"{query.name}: {name} failed with {told['error']}"
    pairs = [(a, b) for rows in zip(trino["rows"], duckdb["rows"], strict=False) for a, b in zip(*rows, strict=False)]
    if len(trino["rows"]) == len(duckdb["rows"]) and all(agree(a, b, query.tolerance) for a, b in pairs):
        return None
    return f"{query.name}: segue says {trino['rows'][:3]}, duckdb says {duckdb['rows'][:3]}"


def bench(arguments: argparse.Namespace) -> bool:
    """Does everything; whether all went well."""
    require(arguments.python)
    require(arguments.speed)
    file = table(arguments.rows, arguments.python)
    queries = [query for query in QUERIES if not arguments.only or query.name in arguments.only]
    common = [str(file), str(arguments.runs), str(arguments.threads)]
    segue = [str(arguments.speed), *common]
    duckdb = [str(arguments.python), str(places.BENCHES / "rivals" / "duckdb_functions.py"), *common]
    turns = []
    for turn in range(arguments.turns):
        turns.append((run(segue, [query.trino for query in queries]), run(duckdb, [query.duckdb for query in queries])))
        print(f"bench-functions: turn {turn + 1} of {arguments.turns}", file=sys.stderr, flush=True)
    failures = [found for at, query in enumerate(queries) if (found := difference(query, turns[-1][0][at], turns[-1][1][at]))]
    print("| query | Segue ms | DuckDB ms | ratio |\n|---|---:|---:|---:|")
    results, ratios = [], []
    for at, query in enumerate(queries):
        if any("error" in told[at] for turn in turns for told in turn):
            continue
        a, b = (statistics.median(min(turn[side][at]["seconds"]) for turn in turns) for side in (0, 1))
        ratios.append(a / b)
        results.append({"query": query.name, "segue_seconds": a, "duckdb_seconds": b})
        print(f"| {query.name} | {a * 1000:.0f} | {b * 1000:.0f} | {a / b:.2f} |")
    if ratios:
        print(f"| geometric mean | | | {statistics.geometric_mean(ratios):.2f} |")
    print("", *failures, sep="\n")
    if arguments.json:
        arguments.json.write_text(json.dumps({"rows": arguments.rows, "results": results, "failures": failures}, indent=2))
    return not failures


def main() -> int:
    """Runs the benchmark; its exit code."""
    arguments = parse_arguments()
    arguments.speed, arguments.python = arguments.speed.absolute(), arguments.python.absolute()
    try:
        return 0 if bench(arguments) else 1
    except BenchError as error:
        print(f"bench-functions: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
