#!/usr/bin/env python3
"""Latency of queries from start to rows at the client, through boto3.

Start an endpoint over a lake, set AWS_ENDPOINT_URL, AWS_DEFAULT_REGION and keys, and run this with a Python that has boto3, such as
the one that crates/e2e/tests/athena_clients/venv.sh prints:

    segue serve --lake data/lake &
    export AWS_ENDPOINT_URL=http://127.0.0.1:9100 AWS_DEFAULT_REGION=us-east-1
    export AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any
    "$(crates/e2e/tests/athena_clients/venv.sh)" benches/athena.py --table playlist_tracks --column artist_name

Queries are polled every 10 ms; each is another text, so that none is answered with a result of before.
"""

import argparse
import concurrent.futures
import time

import boto3
from botocore.config import Config


def ask(athena, sql, output):
    """Seconds from the start of a query to its rows."""
    began = time.perf_counter()
    query = athena.start_query_execution(QueryString=sql, ResultConfiguration={"OutputLocation": output})
    query = query["QueryExecutionId"]
    while True:
        status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
        if status["State"] not in ("QUEUED", "RUNNING"):
            break
        time.sleep(0.01)
    if status["State"] != "SUCCEEDED":
        raise RuntimeError(f"{sql}: {status}")
    athena.get_query_results(QueryExecutionId=query)
    return time.perf_counter() - began


def told(name, seconds):
    """A line of a table."""
    ordered = sorted(seconds)
    at = lambda share: ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000
    print(f"| {name} | {len(ordered)} | {at(0.5):.0f} | {at(0.99):.0f} |")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--table", default="playlist_tracks")
    arguments.add_argument("--column", default="artist_name")
    arguments.add_argument("--output", default="s3://results/bench/")
    arguments.add_argument("--repeats", type=int, default=50)
    arguments.add_argument("--at-once", type=int, default=200)
    given = arguments.parse_args()
    athena = boto3.client("athena", config=Config(max_pool_connections=given.at_once))
    ask(athena, "SELECT 0", given.output)
    print("| query | runs | p50 ms | p99 ms |\n|---|---:|---:|---:|")
    told("SELECT 1, one after another", [ask(athena, f"SELECT {n}", given.output) for n in range(given.repeats)])
    aggregate = f"SELECT {given.column}, count(*) AS n FROM {given.table} GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT "
    told("aggregate, one after another", [ask(athena, f"{aggregate}{n + 1}", given.output) for n in range(given.repeats)])
    with concurrent.futures.ThreadPoolExecutor(given.at_once) as pool:
        small = lambda n: ask(athena, f"SELECT count(*) AS n, {n} AS number FROM {given.table}", given.output)
        began = time.perf_counter()
        seconds = list(pool.map(small, range(given.at_once)))
        took = time.perf_counter() - began
    told(f"count, {given.at_once} at once", seconds)
    print(f"\n{given.at_once} queries at once took {took:.1f} s, without an error.")


if __name__ == "__main__":
    main()
