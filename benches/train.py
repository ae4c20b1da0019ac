#!/usr/bin/env python3
"""Measures how fast the network trains: Segue beside PyTorch in Python, with one architecture, one set of batches, one
optimiser and one number of threads.

First both take steps without dropout from the same weights on the same batches, and their losses must agree; then both
are timed with dropout. README.md says how, `make bench-train` does it all.

Exits with 1 if a contestant fails or losses disagree, and with 2 if it could not begin.
"""

import argparse
import json
import os
import random
import sys
import tempfile
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path
from statistics import median

from harness import machine, places
from harness.failure import BenchError, require
from harness.measure import RunFailed, adopt_orphans, measure
from harness.report import BYTES_PER_MB, aligned

BENCHES = Path(__file__).resolve().parent
# Both add up in single precision, but in different orders, and each step goes on from the last one's rounding.
TOLERANCE = 1e-3
# Steps that are not timed: threads start, memory is fetched.
WARM_STEPS = 20
MEAN_LENGTH = 60


@dataclass
class Run:
    """One contestant's timed steps."""

    name: str
    steps_per_second: float
    median_ms: float
    peak_bytes: int
    losses: list[float]


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Trains with Segue and with PyTorch, and compares")
    parser.add_argument("--steps", type=int, default=300, help="timed steps of each run [default: 300]")
    parser.add_argument("--check-steps", type=int, default=60, help="steps whose losses must agree [default: 60]")
    parser.add_argument("--runs", type=int, default=3, help="runs of each contestant [default: 3]")
    parser.add_argument("--items", type=int, default=50_000, help="tracks [default: 50,000]")
    parser.add_argument("--playlists", type=int, default=20_000, help="[default: 20,000]")
    parser.add_argument("--batch", type=int, default=32, help="pieces in a batch [default: 32]")
    parser.add_argument("--dimension", type=int, default=64, help="[default: 64]")
    parser.add_argument("--negatives", type=int, default=1_024, help="[default: 1,024]")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="[default: all cores]")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was measured to a file")
    parser.add_argument("--train-speed", type=Path, required=True, help="Segue's half, the example `train_speed`")
    parser.add_argument("--python", type=Path, default=places.cache() / "bench-train-venv" / "bin" / "python")
    parser.add_argument("--timeout", type=int, default=900, help="seconds that a run may take [default: 900]")
    return parser.parse_args()


def write_playlists(path: Path, items: int, playlists: int) -> None:
    """Playlists of random length in which popularity falls as 1 / rank, and every item is at least once."""
    source = random.Random(1)
    weights = list(accumulate(1 / (rank + 10) for rank in range(items)))
    lengths = [2 + int(source.expovariate(1 / MEAN_LENGTH)) for _ in range(playlists)]
    rows = [source.choices(range(items), cum_weights=weights, k=length) for length in lengths]
    rows += [list(range(first, min(first + 50, items))) for first in range(0, items, 50)]
    path.write_text("".join(" ".join(map(str, row)) + "\n" for row in rows))


def write_settings(path: Path, arguments: argparse.Namespace, dropout: float) -> None:
    """Settings that Segue and its rival read."""
    path.write_text(
        f"[network]\ndimension = {arguments.dimension}\nblocks = 1\nheads = 2\ndropout = {dropout}\nmax_length = 50\n"
        f"[loss]\nnegatives = {arguments.negatives}\nfull_softmax_max_items = 1\n"
        "[optimiser]\nlearning_rate = 0.002\nwarmup_steps = 50\nfinal_fraction = 1.0\n"
        f"[training]\nbatch_size = {arguments.batch}\n"
    )


def steps_of(command: list, work: Path, timeout: float) -> tuple[dict, int]:
    """Runs a contestant; what it printed, and its peak memory."""
    measurement = measure([str(part) for part in command], work, timeout)
    return json.loads((work / "stdout").read_text().splitlines()[-1]), measurement.peak_bytes


def check(commands: dict[str, list], work: Path, timeout: float) -> list[str]:
    """Lets all take the same steps; how losses disagree, none if they agree."""
    losses = {name: steps_of(command, work, timeout)[0]["losses"] for name, command in commands.items()}
    (first_name, first), *others = losses.items()
    problems = []
    for name, other in others:
        apart = max(abs(one - two) / abs(two) for one, two in zip(other, first, strict=True))
        say(f"losses of {name} and {first_name} over {len(first)} steps lie at most {apart:.1e} apart (relative)")
        if not apart <= TOLERANCE:
            problems.append(f"the losses of {name} and {first_name} lie {apart:.1e} apart, {TOLERANCE:.0e} at most")
    return problems


def timed(name: str, command: list, work: Path, timeout: float) -> Run:
    """One timed run."""
    told, peak_bytes = steps_of(command, work, timeout)
    seconds = told["seconds"][WARM_STEPS:]
    say(f"{name}: {len(seconds) / sum(seconds):.1f} steps/s")
    return Run(name, len(seconds) / sum(seconds), 1e3 * median(seconds), peak_bytes, told["losses"])


def bench(arguments: argparse.Namespace, work: Path) -> bool:
    """Does everything; whether all went well."""
    for program in (arguments.train_speed, arguments.python):
        require(program)
    # Both read these when they start; waiting threads that spin would take cores from each other.
    os.environ |= {"OMP_NUM_THREADS": str(arguments.threads), "OMP_WAIT_POLICY": "passive"}
    sequences, exact, dropping, folder = (work / name for name in ("sequences", "exact.toml", "dropout.toml", "steps"))
    folder.mkdir()
    write_playlists(sequences, arguments.items, arguments.playlists)
    write_settings(exact, arguments, 0.0)
    write_settings(dropping, arguments, 0.1)
    steps = arguments.steps + WARM_STEPS
    # Writes the steps that the others read.
    steps_of([arguments.train_speed, sequences, steps, exact, folder], work, arguments.timeout)

    def rival(optimiser: str, steps: int, settings: Path) -> list:
        script = BENCHES / "rivals" / "torch_train.py"
        return [arguments.python, script, folder, steps, settings, optimiser]

    same = {
        "segue": [arguments.train_speed, sequences, arguments.check_steps, exact],
        "pytorch (SparseAdam)": rival("sparse", arguments.check_steps, exact),
    }
    problems = check(same, work, arguments.timeout)
    contestants = {
        "segue": [arguments.train_speed, sequences, steps, dropping],
        "pytorch (SparseAdam)": rival("sparse", steps, dropping),
        "pytorch (dense Adam)": rival("dense", steps, dropping),
    }
    runs = [
        timed(name, command, work, arguments.timeout)
        for _ in range(arguments.runs)
        for name, command in contestants.items()
    ]
    show(runs, arguments)
    for problem in problems:
        say(problem)
    return not problems


def show(runs: list[Run], arguments: argparse.Namespace) -> None:
    """Prints the table and writes the file."""
    names = list(dict.fromkeys(run.name for run in runs))
    of = {name: [run for run in runs if run.name == name] for name in names}
    ours = median(run.steps_per_second for run in of["segue"])
    rows = [("", "steps/s", "ms a step", "segue is", "peak MB")]
    for name in names:
        speed = median(run.steps_per_second for run in of[name])
        milliseconds = median(run.median_ms for run in of[name])
        peak = max(run.peak_bytes for run in of[name]) / BYTES_PER_MB
        rows.append((name, f"{speed:.1f}", f"{milliseconds:.1f}", f"{ours / speed:.2f}×", f"{peak:,.0f}"))
    print(aligned(rows))
    conditions = machine_conditions(arguments)
    print(
        f"\n{arguments.items:,} tracks, batches of {arguments.batch} pieces of at most 51, dimension "
        f"{arguments.dimension}, {arguments.negatives:,} negatives, {arguments.threads} threads, median of "
        f"{arguments.runs} runs of {arguments.steps} steps; {conditions['cores']} cores of {conditions['cpu']}, load before "
        f"{conditions['load_before']:.2f}, PyTorch {conditions['torch']}."
    )
    if arguments.json:
        document = {"conditions": conditions, "runs": [asdict(run) for run in runs]}
        arguments.json.write_text(json.dumps(document, indent=2) + "\n")


def machine_conditions(arguments: argparse.Namespace) -> dict:
    """Where and with what it was measured."""
    conditions = machine.describe([], arguments.train_speed, arguments.python)
    settings = {name: str(value) if isinstance(value, Path) else value for name, value in vars(arguments).items()}
    return conditions | {"torch": machine.version("torch", arguments.train_speed, arguments.python), "arguments": settings}


def say(text: str) -> None:
    """Progress."""
    print(f"bench-train: {text}", file=sys.stderr, flush=True)


def main() -> int:
    """Runs the benchmark."""
    arguments = parse_arguments()
    # Contestants run in a folder of their own.
    arguments.train_speed, arguments.python = arguments.train_speed.absolute(), arguments.python.absolute()
    adopt_orphans()
    parent = places.cache() / "bench-work"
    parent.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=parent, prefix="train-") as work:
            return 0 if bench(arguments, Path(work)) else 1
    except RunFailed as failure:
        say(str(failure))
        return 1
    except BenchError as error:
        say(str(error))
        return 2


if __name__ == "__main__":
    sys.exit(main())
