"""What is shown of the results."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median

from harness.measure import Measurement
from harness.output import Output

BYTES_PER_MB = 1_000_000
HEADINGS = ("", "seconds", "min", "ratio", "start-up", "CPU s", "peak MB", "MB written", "files", "rows")


@dataclass(frozen=True)
class Run:
    """One run of a contestant."""

    measurement: Measurement
    output: Output


@dataclass(frozen=True)
class Summary:
    """The runs of a contestant in one line: medians, the least time, the largest memory."""

    net_seconds: float
    net_seconds_min: float
    startup_seconds: float
    cpu_seconds: float
    peak_bytes: int
    written_bytes: int
    files: int
    rows: int


def summarise(runs: Sequence[Run]) -> Summary:
    """Sums up the runs of a contestant."""
    measurements = [run.measurement for run in runs]
    last = runs[-1].output
    return Summary(
        net_seconds=median(one.net_seconds for one in measurements),
        net_seconds_min=min(one.net_seconds for one in measurements),
        startup_seconds=median(one.startup_seconds for one in measurements),
        cpu_seconds=median(one.cpu_seconds for one in measurements),
        peak_bytes=max(one.peak_bytes for one in measurements),
        written_bytes=last.size_bytes,
        files=last.files,
        rows=last.rows,
    )


def document(conditions: dict, runs: dict[str, list[Run]], left_out: dict[str, str], failures: list[str]) -> dict:
    """Everything, for other programs."""
    contestants = {
        name: {"summary": asdict(summarise(some)), "runs": [asdict(run) for run in some]} for name, some in runs.items()
    }
    return {"conditions": conditions, "contestants": contestants, "left_out": left_out, "failures": failures}


def table(runs: dict[str, list[Run]]) -> str:
    """The table, fastest first."""
    summaries = sorted(((name, summarise(some)) for name, some in runs.items()), key=lambda one: one[1].net_seconds)
    if not summaries:
        return "no results"
    fastest_seconds = summaries[0][1].net_seconds
    return aligned([HEADINGS, *(row(name, summary, fastest_seconds) for name, summary in summaries)])


def row(name: str, summary: Summary, fastest_seconds: float) -> tuple[str, ...]:
    """A contestant's line."""
    return (
        name,
        f"{summary.net_seconds:.2f}",
        f"{summary.net_seconds_min:.2f}",
        f"{summary.net_seconds / fastest_seconds:.2f}",
        f"{summary.startup_seconds:.2f}",
        f"{summary.cpu_seconds:.2f}",
        f"{summary.peak_bytes / BYTES_PER_MB:,.0f}",
        f"{summary.written_bytes / BYTES_PER_MB:,.1f}",
        f"{summary.files:,}",
        f"{summary.rows:,}",
    )


def aligned(rows: Sequence[tuple[str, ...]]) -> str:
    """The rows as a table of Markdown, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    lines = [[first.ljust(widths[0]), *map(str.rjust, others, widths[1:])] for first, *others in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in [lines[0], rule, *lines[1:]])


def conditions_text(conditions: dict) -> str:
    """The conditions in sentences."""
    versions = ", ".join(f"{name} {version}" for name, version in conditions["versions"].items())
    return "\n".join(
        (
            f"{conditions['slices']} slices, {conditions['input_bytes'] / BYTES_PER_MB:,.0f} MB of JSON in a warm file "
            f"cache; runs: {conditions['runs']}; order: round robin.",
            f"{conditions['cores']} cores of {conditions['cpu']}, {conditions['memory_bytes'] / BYTES_PER_MB:,.0f} MB "
            f"of memory, Linux {conditions['kernel']}, load before: {conditions['load_before']:.2f}.",
            f"Versions: {versions}.",
            "`seconds` (median) and `min` are of the whole process less `start-up`, the interpreter, imports and "
            "session that rivals tell and Segue does not.",
        )
    )
