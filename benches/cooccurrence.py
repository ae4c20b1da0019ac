#!/usr/bin/env python3
"""Measures how fast playlists become neighbours of tracks: Segue beside SciPy, DuckDB and Polars.

All read the same Parquet files of (pid, track_uri), answer the query in cooccurrence.sql, and write Parquet with zstd.
What they write is read back outside of the timing and must agree. README.md says how, `make bench-cooccurrence` does it
all.

Exits with 1 if a contestant fails or two disagree, and with 2 if it could not begin.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from harness import machine, neighbours, places, report, slices
from harness.contestants import Contestant
from harness.failure import BenchError, require
from harness.measure import RunFailed, adopt_orphans, measure
from harness.report import Run

FLATTEN = (
    "SELECT pid, track['track_uri'] AS track_uri FROM (SELECT pid, unnest(tracks) AS track FROM raw_playlists)"
)


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--slices", type=int, default=30, help="sample slices of 34 MB each [default: 30]")
    source.add_argument("--synthetic", type=int, metavar="PLAYLISTS", help="synthetic playlists; the full size is 1000000")
    parser.add_argument("--runs", type=int, default=3, help="runs of each contestant [default: 3]")
    parser.add_argument("--only", type=lambda text: text.split(","), metavar="NAME,…", help="who takes part")
    parser.add_argument("--compression", help="how Segue writes, alone: zstd, lz4_raw, snappy, gzip or uncompressed")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was measured to a file")
    parser.add_argument("--segue", type=Path, default=places.segue(), help="the program [default: %(default)s]")
    parser.add_argument("--python", type=Path, default=places.rivals_python(), help="Python with the rivals")
    parser.add_argument("--timeout", type=int, default=1800, help="seconds that a run may take [default: 1800]")
    arguments = parser.parse_args()
    if arguments.compression and arguments.only != ["segue"]:
        parser.error("--compression needs --only segue: the others write with zstd, and so must who is compared with them")
    return arguments


def made_once(name: str, make: Callable[[Path], list]) -> Path:
    """A folder of the cache, which appears once all is in it."""
    folder = places.cache() / "bench-entries" / name
    if not folder.exists():
        unfinished = folder.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        if subprocess.run(make(unfinished), stdout=sys.stderr, check=False).returncode != 0:
            raise BenchError("the entries could not be made: see the message above")
        for strange in [path for path in unfinished.iterdir() if path.suffix != ".parquet"]:
            shutil.rmtree(strange) if strange.is_dir() else strange.unlink()
        unfinished.rename(folder)
    return folder


def entries(arguments: argparse.Namespace) -> Path:
    """The Parquet files that all read."""
    if arguments.synthetic:
        script = places.BENCHES / "harness" / "zipf_entries.py"
        command = [arguments.python, script]
        return made_once(f"synthetic-{arguments.synthetic}", lambda to: [*command, to, str(arguments.synthetic)])
    source = slices.sampled(arguments.slices, arguments.segue).folder
    lake = ["--lake", places.cache() / "bench-work" / "lake"]
    segue = [arguments.segue, "sql", "--dialect", "datafusion", "--quiet", *lake, "--input", source]
    return made_once(f"slices-{arguments.slices}", lambda to: [*segue, f"COPY ({FLATTEN}) TO '{to}/' STORED AS PARQUET"])


def contestants(arguments: argparse.Namespace) -> list[Contestant]:
    """Those who take part."""
    python = arguments.python

    def segue(source: Path, target: Path) -> list[str]:
        query = (places.BENCHES / "cooccurrence.sql").read_text()
        lake = ["--lake", str(target.parent / "lake"), "--database", f"sqlite://{target.parent}/segue.db"]
        table = f"CREATE EXTERNAL TABLE entries STORED AS PARQUET LOCATION '{source}/'"
        copy = f"COPY (\n{query}) TO '{target}/' STORED AS PARQUET"
        if arguments.compression:
            copy += f" OPTIONS (compression '{arguments.compression}')"
        return [str(arguments.segue), "sql", "--dialect", "datafusion", "--quiet", *lake, f"{table}; {copy}"]

    def rival(name: str) -> Contestant:
        script = places.BENCHES / "rivals" / f"{name}_cooccurrence.py"
        return Contestant(name, lambda source, target: [str(python), str(script), str(source), str(target)])

    everyone = [Contestant("segue", segue), rival("scipy"), rival("duckdb"), rival("polars")]
    return [one for one in everyone if not arguments.only or one.name in arguments.only]


def run_once(contestant: Contestant, source: Path, folder: Path, arguments: argparse.Namespace) -> Run:
    """Runs a contestant in an empty folder and reads what it wrote."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path in source.iterdir():
        path.read_bytes()
    target = folder / "out"
    measurement = measure(contestant.command(source, target), folder, arguments.timeout)
    written = neighbours.inspect(target, arguments.python)
    shutil.rmtree(folder)
    return Run(measurement, written)


def bench(arguments: argparse.Namespace) -> bool:
    """Does everything; whether all went well."""
    require(arguments.python)
    require(arguments.segue)
    taking_part, source = contestants(arguments), entries(arguments)
    conditions = machine.describe(taking_part, arguments.segue, arguments.python)
    size = sum(path.stat().st_size for path in source.iterdir())
    conditions |= {"compression": arguments.compression or "zstd", "entries": source.name, "input_bytes": size, "runs": arguments.runs}
    runs: dict[str, list[Run]] = {}
    failures: list[str] = []
    work = Path(tempfile.mkdtemp(dir=places.cache(), prefix="bench-cooccurrence-"))
    for number in range(1, arguments.runs + 1):
        for contestant in taking_part:
            try:
                runs.setdefault(contestant.name, []).append(run_once(contestant, source, work / contestant.name, arguments))
                say(f"run {number}: {contestant.name} {runs[contestant.name][-1].measurement.net_seconds:.2f} s")
            except RunFailed as failure:
                failures.append(f"{contestant.name} (run {number}) {failure}")
                say(failures[-1])
    shutil.rmtree(work)
    runs = {name: some for name, some in runs.items() if some}
    failures.extend(neighbours.differences({name: some[-1].output for name, some in runs.items()}))
    print(report.table(runs), "", json.dumps(conditions), *failures, sep="\n")
    if arguments.json:
        arguments.json.write_text(json.dumps(report.document(conditions, runs, {}, failures), indent=2) + "\n")
    return not failures


def say(text: str) -> None:
    """Tells how it goes."""
    print(f"bench-cooccurrence: {text}", file=sys.stderr, flush=True)


def main() -> int:
    """Runs the benchmark; its exit code."""
    arguments = parse_arguments()
    arguments.segue, arguments.python = arguments.segue.absolute(), arguments.python.absolute()
    adopt_orphans()
    try:
        return 0 if bench(arguments) else 1
    except BenchError as error:
        say(str(error))
        return 2


if __name__ == "__main__":
    sys.exit(main())
