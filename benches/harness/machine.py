"""The conditions of a measurement."""

import os
import platform
import re
import subprocess
from pathlib import Path

from harness.contestants import Contestant


def describe(contestants: list[Contestant], segue: Path, python: Path) -> dict[str, object]:
    """Cores, memory, versions, and what else the machine was doing."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "cpu": cpu_model(),
        "memory_bytes": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
        "kernel": platform.release(),
        "load_before": os.getloadavg()[0],
        "versions": {contestant.name: version(contestant.name, segue, python) for contestant in contestants},
    }


def cpu_model() -> str:
    """The name of the processor."""
    found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found.group(1).strip() if found else platform.machine()


def version(name: str, segue: Path, python: Path) -> str:
    """The version of a contestant."""
    if name == "segue":
        return output_of([segue, "--version"]).removeprefix("segue ")
    return output_of([python, "-c", f"import importlib.metadata as m; print(m.version('{name}'))"])


def output_of(command: list[str | Path]) -> str:
    """The first line that a command prints, or that it is not known."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.partition("\n")[0].strip() if done.returncode == 0 else "unknown"
