"""What goes wrong in a way that a person can mend."""

from pathlib import Path


class BenchError(Exception):
    """Ends the benchmark; the message says what to do."""


def require(program: Path) -> None:
    """Ends the benchmark if a program is not there."""
    if not program.is_file():
        raise BenchError(f"{program} is not there: `make bench-flatten` makes it, and --help has other ways")
