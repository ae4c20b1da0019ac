"""Who takes part, and how each is called."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.failure import BenchError
from harness.places import BENCHES

JAVA_VERSION_LEAST = 17
JAVA_ADVICE = f"it needs Java {JAVA_VERSION_LEAST} or later: apt-get install openjdk-17-jre-headless"


@dataclass(frozen=True)
class Contestant:
    """A program that flattens the slices of one folder into another.

    `missing` says what the machine lacks that `make` does not get, if anything: it is left out then.
    """

    name: str
    command: Callable[[Path, Path], list[str]]
    missing: str | None = None


def everyone(segue: Path, python: Path) -> list[Contestant]:
    """All that there are."""
    return [
        Contestant("segue", lambda source, target: segue_command(segue, source, target)),
        rival("polars", python),
        rival("duckdb", python),
        rival("pyspark", python, missing_java()),
    ]


def chosen(contestants: list[Contestant], names: list[str]) -> list[Contestant]:
    """Those of the names, or all if there are none."""
    known = {contestant.name for contestant in contestants}
    for name in names:
        if name not in known:
            raise BenchError(f"there is no contestant {name}; there are {', '.join(sorted(known))}")
    return [contestant for contestant in contestants if not names or contestant.name in names]


def rival(name: str, python: Path, missing: str | None = None) -> Contestant:
    """One of the scripts in `rivals`."""
    script = BENCHES / "rivals" / f"{name}_flatten.py"
    return Contestant(
        name,
        lambda source, target: [str(python), str(script), str(source), str(target)],
        missing,
    )


def segue_command(segue: Path, source: Path, target: Path) -> list[str]:
    """Segue with everything in its process, and with a lake and a database of its own, which this needs none of."""
    query = (BENCHES / "flatten.sql").read_text()
    copy = f"COPY (\n{query}) TO '{target}/' STORED AS PARQUET"
    places = ["--lake", str(target.parent / "lake"), "--database", f"sqlite://{target.parent}/segue.db"]
    return [str(segue), "sql", "--dialect", "datafusion", "--quiet", *places, "--input", str(source), copy]


def missing_java() -> str | None:
    """What to do if there is no Java that Spark can use."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None)
    version = java_version(java) if java else None
    return None if version is not None and version >= JAVA_VERSION_LEAST else JAVA_ADVICE


def java_version(java: str) -> int | None:
    """The version of a Java, which it tells on standard error."""
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', told)
    return int(found.group(1)) if found else None
