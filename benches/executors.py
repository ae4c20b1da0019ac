#!/usr/bin/env python3
"""Measures how the neighbours of tracks divide over executors: clusters of one executor and of two, one core each.

Every cluster is real: a scheduler and executors as processes, which read and write the same folders. The query is that
of `make bench-cooccurrence`, and what the clusters write must be equal. README.md says how.

Exits with 1 if a cluster fails or they disagree, and with 2 if it could not begin.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import cooccurrence
from harness import neighbours, places
from harness.failure import BenchError, require

# Seconds that a process of the cluster may take to begin, and to end.
START_SECONDS, END_SECONDS = 60.0, 20.0


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--slices", type=int, default=30, help="sample slices of 34 MB each [default: 30]")
    size.add_argument("--synthetic", type=int, metavar="PLAYLISTS", help="synthetic playlists; the full size is 1000000")
    parser.add_argument("--executors", type=lambda text: [int(one) for one in text.split(",")], default=[1, 2], metavar="N,…")
    parser.add_argument("--runs", type=int, default=3, help="runs of each cluster [default: 3]")
    parser.add_argument("--programs", type=Path, default=places.segue().parent, help="folder of segue and its daemons")
    parser.add_argument("--python", type=Path, default=places.rivals_python(), help="Python with DuckDB, which compares")
    parser.add_argument("--timeout", type=float, default=1800, help="seconds that a run may take [default: 1800]")
    return parser.parse_args()


@contextlib.contextmanager
def process(command: list[str], log: Path, ready: Path) -> Iterator[dict]:
    """A process of the cluster, and what it tells once it is ready."""
    with log.open("wb") as file:
        started = subprocess.Popen([*command, "--ready-file", ready], stdout=file, stderr=file)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not (ready.exists() and ready.stat().st_size):
            if started.poll() is not None or time.monotonic() > deadline:
                raise BenchError(f"{command[0]} did not begin: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.05)
        yield json.loads(ready.read_text())
    finally:
        started.send_signal(signal.SIGTERM)
        try:
            started.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            started.kill()


@contextlib.contextmanager
def cluster(executors: int, programs: Path, folder: Path) -> Iterator[str]:
    """A scheduler and its executors; the scheduler's address."""
    with contextlib.ExitStack() as running:
        scheduler = [str(programs / "segue-scheduler"), "--bind-port", "0", "--admin-port", "0", "--log", "warn"]
        told = running.enter_context(process(scheduler, folder / "scheduler.log", folder / "scheduler.json"))
        port = told["grpc"].rpartition(":")[2]
        for number in range(executors):
            executor = [
                str(programs / "segue-executor"), "--scheduler-port", port, "--admin-port", "0", "--vcores", "1",
                "--work-dir", str(folder / f"work-{number}"), "--log", "warn",
            ]  # fmt: skip
            running.enter_context(process(executor, folder / f"executor-{number}.log", folder / f"executor-{number}.json"))
        yield f"df://localhost:{port}"


def run(scheduler: str, source: Path, target: Path, arguments: argparse.Namespace) -> float:
    """Runs the query on a cluster; its seconds."""
    query = (places.BENCHES / "cooccurrence.sql").read_text()
    text = f"CREATE EXTERNAL TABLE entries STORED AS PARQUET LOCATION '{source}/'; COPY (\n{query}) TO '{target}/' STORED AS PARQUET"
    places_of = ["--lake", str(target.parent / "lake"), "--database", f"sqlite://{target.parent}/segue.db"]
    command = [str(arguments.programs / "segue"), "sql", "--dialect", "datafusion", "--quiet", "--scheduler", scheduler, *places_of, text]
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, timeout=arguments.timeout, check=False)
    if done.returncode != 0:
        raise BenchError(f"the query failed with {done.returncode}: {done.stderr[-2000:]}")
    return time.monotonic() - began


def bench(arguments: argparse.Namespace) -> bool:
    """Does everything; whether the clusters agree."""
    arguments.programs = arguments.programs.absolute()
    arguments.segue = arguments.programs / "segue"
    for program in ("segue", "segue-scheduler", "segue-executor"):
        require(arguments.programs / program)
    require(arguments.python)
    source = cooccurrence.entries(arguments)
    seconds: dict[int, list[float]] = {}
    written = {}
    for number in range(1, arguments.runs + 1):
        for executors in arguments.executors:
            folder = Path(tempfile.mkdtemp(dir=places.cache(), prefix="bench-executors-"))
            try:
                with cluster(executors, arguments.programs, folder) as scheduler:
                    took = run(scheduler, source, folder / "out", arguments)
                written[str(executors)] = neighbours.inspect(folder / "out", arguments.python)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
            seconds.setdefault(executors, []).append(took)
            print(f"bench-executors: run {number}, {executors} executors: {took:.2f} s", file=sys.stderr, flush=True)
    failures = neighbours.differences(written)
    first = statistics.median(seconds[arguments.executors[0]])
    print(f"{source.name}, {os.cpu_count()} cores, executors of one core each\n")
    print("| executors | seconds | min | times as fast |\n|---:|---:|---:|---:|")
    for executors, some in seconds.items():
        print(f"| {executors} | {statistics.median(some):.2f} | {min(some):.2f} | {first / statistics.median(some):.2f} |")
    print("", *failures, sep="\n")
    return not failures


def main() -> int:
    """Runs the benchmark; its exit code."""
    try:
        return 0 if bench(parse_arguments()) else 1
    except BenchError as error:
        print(f"bench-executors: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
