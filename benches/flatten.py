#!/usr/bin/env python3
"""Measures how fast slices become Parquet with one row per track: Segue beside Polars, DuckDB and PySpark.

All read the same slices, answer the query in flatten.sql, and write Parquet with zstd. What they write is read back
outside of the timing and must agree. README.md says how, `make bench-flatten` does it all.

Exits with 1 if a contestant fails or two disagree, and with 2 if it could not begin.
"""

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from harness import contestants, machine, output, places, report, slices
from harness.contestants import Contestant
from harness.failure import BenchError, require
from harness.measure import RunFailed, adopt_orphans, measure
from harness.report import Run
from harness.slices import Slices


@dataclass
class Results:
    """What came of all runs."""

    runs: dict[str, list[Run]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def outputs(self) -> dict[str, output.Output]:
        """Every output under the name of who wrote it and when."""
        return {
            f"{name} (run {number})": run.output
            for name, some in self.runs.items()
            for number, run in enumerate(some, start=1)
        }


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--slices", type=at_least_one, default=30, help="sample slices of 34 MB each [default: 30]")
    source.add_argument("--input", type=Path, metavar="FOLDER", help="uncompressed slices of your own")
    parser.add_argument("--runs", type=at_least_one, default=3, help="runs of each contestant [default: 3]")
    parser.add_argument(
        "--only", type=lambda text: text.split(","), default=[], metavar="NAME,…", help="who takes part"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was measured to a file")
    parser.add_argument("--segue", type=Path, default=places.segue(), help="the program [default: %(default)s]")
    parser.add_argument(
        "--python", type=Path, default=places.rivals_python(), help="Python with the rivals [default: %(default)s]"
    )
    parser.add_argument("--timeout", type=at_least_one, default=900, help="seconds that a run may take [default: 900]")
    parser.add_argument("--keep", action="store_true", help="keep what the last runs wrote, and say where")
    return parser.parse_args()


def at_least_one(text: str) -> int:
    """A number from 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1")
    return int(text)


def run_all(taking_part: list[Contestant], source: Slices, work: Path, arguments: argparse.Namespace) -> Results:
    """Lets everyone run in turn, so that what changes in the machine meanwhile meets all alike."""
    results = Results()
    failed: set[str] = set()
    for number in range(1, arguments.runs + 1):
        for contestant in taking_part:
            if contestant.name in failed:
                continue
            try:
                run = run_once(contestant, source, work / contestant.name, arguments)
            except RunFailed as failure:
                failed.add(contestant.name)
                results.failures.append(f"{contestant.name} (run {number}) {failure}")
                say(results.failures[-1])
                continue
            results.runs.setdefault(contestant.name, []).append(run)
            say(f"run {number} of {arguments.runs}: {contestant.name} {run.measurement.net_seconds:.2f} s")
    results.failures.extend(output.differences(results.outputs()))
    return results


def run_once(contestant: Contestant, source: Slices, folder: Path, arguments: argparse.Namespace) -> Run:
    """Runs a contestant in an empty folder and reads what it wrote."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    source.warm()
    target = folder / "out"
    measurement = measure(contestant.command(source.folder, target), folder, arguments.timeout)
    written = output.inspect(target, arguments.python)
    if not arguments.keep:
        shutil.rmtree(target)
    return Run(measurement, written)


def bench(arguments: argparse.Namespace) -> bool:
    """Does everything; whether all went well."""
    everyone = contestants.chosen(contestants.everyone(arguments.segue, arguments.python), arguments.only)
    left_out = {contestant.name: contestant.missing for contestant in everyone if contestant.missing}
    taking_part = [contestant for contestant in everyone if not contestant.missing]
    for name, reason in left_out.items():
        say(f"{name} is left out: {reason}")
    if not taking_part:
        raise BenchError("nobody is left to take part")
    require(arguments.python)
    if any(contestant.name == "segue" for contestant in taking_part):
        require(arguments.segue)
    source = slices.given(arguments.input) if arguments.input else slices.sampled(arguments.slices, arguments.segue)
    conditions = machine.describe(taking_part, arguments.segue, arguments.python)
    conditions |= {"slices": source.count, "input_bytes": source.size_bytes, "runs": arguments.runs}
    with work_folder(arguments.keep) as work:
        results = run_all(taking_part, source, work, arguments)
    show(results, conditions, left_out, arguments.json)
    return not results.failures


@contextmanager
def work_folder(keep: bool) -> Iterator[Path]:
    """A new folder on the disk of the cache, which is removed in the end unless it is to be kept."""
    parent = places.cache() / "bench-work"
    parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=parent, prefix="flatten-"))
    try:
        yield work
    finally:
        if keep:
            say(f"kept in {work}")
        else:
            shutil.rmtree(work)


def show(results: Results, conditions: dict, left_out: dict[str, str], target: Path | None) -> None:
    """Prints the table and what belongs to it, and writes the file."""
    print(report.table(results.runs), report.conditions_text(conditions), sep="\n\n")
    for name, reason in left_out.items():
        print(f"Left out: {name}, {reason}.")
    if results.failures:
        print("", *results.failures, sep="\nFAILED: ")
    elif len(results.runs) > 1:
        print(f"Rows and checksums of all {len(results.outputs())} outputs agree.")
    if target:
        told = report.document(conditions, results.runs, left_out, results.failures)
        target.write_text(json.dumps(told, indent=2) + "\n")


def say(text: str) -> None:
    """Tells how it goes."""
    print(f"bench-flatten: {text}", file=sys.stderr, flush=True)


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
