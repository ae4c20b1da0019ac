"""The slices that are flattened: a given folder, or a sample that is made once and kept."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from harness.failure import BenchError, require
from harness.places import cache

READ_BYTES = 1 << 22


@dataclass(frozen=True)
class Slices:
    """A folder of slices."""

    folder: Path
    count: int
    size_bytes: int

    def warm(self) -> None:
        """Reads every slice, so that no contestant waits for the disk."""
        for path in self.folder.glob("*.json"):
            with path.open("rb", buffering=0) as file:
                while file.read(READ_BYTES):
                    pass


def given(folder: Path) -> Slices:
    """The slices of a folder, in which nothing else may lie: contestants would not agree on what to read."""
    if not folder.is_dir():
        raise BenchError(f"{folder} is not a folder")
    strange = [path.name for path in folder.iterdir() if not path.name.startswith(".") and path.suffix != ".json"]
    if strange:
        raise BenchError(f"{folder} must have uncompressed .json slices only, and there is {strange[0]}")
    sizes = [path.stat().st_size for path in folder.glob("*.json")]
    if not sizes:
        raise BenchError(f"there are no .json slices in {folder}")
    return Slices(folder.resolve(), len(sizes), sum(sizes))


def sampled(count: int, segue: Path) -> Slices:
    """That many sample slices; they appear under their name once all are made."""
    folder = cache() / "bench-slices" / f"{count}"
    if not folder.exists():
        require(segue)
        unfinished = folder.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        command = [segue, "sample", "--quiet", "--output", unfinished, "--slices", str(count)]
        if subprocess.run(command, stdout=sys.stderr, check=False).returncode != 0:
            raise BenchError(f"{segue} could not make the slices: see its message above")
        unfinished.rename(folder)
    return given(folder)
