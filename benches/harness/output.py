"""Looks at what a contestant has written, and compares it with what others wrote."""

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from harness.measure import RunFailed
from harness.places import BENCHES


@dataclass(frozen=True)
class Output:
    """What lies in a contestant's folder."""

    size_bytes: int
    files: int
    rows: int
    checksum: str
    columns: dict[str, str] = field(repr=False)


def inspect(folder: Path, python: Path) -> Output:
    """Reads all that a contestant has written, outside of the timing."""
    written = [path for path in folder.rglob("*") if path.is_file()]
    told = fingerprint(folder, python)
    if told["problems"]:
        raise RunFailed("what it wrote is not as it should be: " + "; ".join(told["problems"]))
    return Output(
        size_bytes=sum(path.stat().st_size for path in written),
        files=sum(path.suffix == ".parquet" for path in written),
        rows=told["rows"],
        checksum=told["checksum"],
        columns=told["columns"],
    )


def fingerprint(folder: Path, python: Path) -> dict:
    """Asks fingerprint.py."""
    command = [python, BENCHES / "harness" / "fingerprint.py", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RunFailed(f"what it wrote cannot be read:\n{done.stderr.strip()}")
    return json.loads(done.stdout)


def differences(outputs: dict[str, Output]) -> list[str]:
    """How the outputs differ from the first of them, none if all agree."""
    if not outputs:
        return []
    (first_name, first), *others = outputs.items()
    return [
        f"{name} and {first_name} disagree: {describe(other, first)}"
        for name, other in others
        if (other.rows, other.checksum) != (first.rows, first.checksum)
    ]


def describe(one: Output, other: Output) -> str:
    """Wherein two outputs differ."""
    if one.rows != other.rows:
        return f"{one.rows} rows and {other.rows} rows"
    columns = [name for name, checksum in one.columns.items() if checksum != other.columns[name]]
    return f"the values of {', '.join(columns)}" if columns else "the same values stand in other rows"
