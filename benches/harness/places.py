"""Where things lie."""

import os
from pathlib import Path

BENCHES = Path(__file__).resolve().parent.parent
ROOT = BENCHES.parent


def cache() -> Path:
    """The folder for what is worth keeping between runs."""
    if chosen := os.environ.get("SEGUE_CACHE"):
        return Path(chosen).absolute()
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "segue"


def rivals_python() -> Path:
    """The Python that has the rivals, see venv.sh."""
    return cache() / "bench-venv" / "bin" / "python"


def segue() -> Path:
    """The release build of Segue."""
    return ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "release" / "segue"
