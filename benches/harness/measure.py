"""Runs a program and measures it together with every process that it starts. Linux only."""

import ctypes
import os
import re
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from resource import struct_rusage

SAMPLE_SECONDS = 0.1
# How long processes that outlive their parent may take to end by themselves.
GRACE_SECONDS = 20.0
PR_SET_CHILD_SUBREAPER = 36
BYTES_PER_KIB = 1024


@dataclass(frozen=True)
class Measurement:
    """What one run of a program took.

    `wall_seconds` is from the start of the process to its end, `startup_seconds` the part of it that the program says
    it needed before it could begin, 0 if it says nothing.
    """

    wall_seconds: float
    startup_seconds: float
    cpu_seconds: float
    peak_bytes: int

    @property
    def net_seconds(self) -> float:
        """The time without the start."""
        return self.wall_seconds - self.startup_seconds


class RunFailed(Exception):
    """A program ended badly or took too long."""


def adopt_orphans() -> None:
    """Makes this process the parent of processes whose own has ended, so that their CPU time is not lost.

    PySpark ends before its JVM does. See PR_SET_CHILD_SUBREAPER in prctl(2).
    """
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")


def measure(command: list[str], folder: Path, timeout_seconds: float) -> Measurement:
    """Runs a command in a folder, in which its output is kept as `stdout` and `stderr`."""
    # What runs before it left to be written to disk is not its business.
    os.sync()
    with (folder / "stdout").open("wb") as stdout, (folder / "stderr").open("wb") as stderr:
        began = time.monotonic()
        environment = clean_environment() | {"BENCH_BEGAN": repr(began)}
        process = subprocess.Popen(
            command, stdout=stdout, stderr=stderr, cwd=folder, env=environment, start_new_session=True
        )
    sampler = PeakSampler(process.pid)
    timer = threading.Timer(timeout_seconds, kill_session, [process.pid])
    timer.start()
    try:
        _, status, usage = os.wait4(process.pid, 0)
    except BaseException:
        # In a session of its own it does not hear of the interrupt that ends this process.
        kill_session(process.pid)
        raise
    wall_seconds = time.monotonic() - began
    timer.cancel()
    sampled_bytes = sampler.stop()
    # Popen must not wait for what is waited for already.
    process.returncode = os.waitstatus_to_exitcode(status)
    orphans_cpu_seconds = reap_orphans(process.pid)
    check_ended_well(process.returncode, wall_seconds >= timeout_seconds, folder / "stderr")
    return Measurement(
        wall_seconds=wall_seconds,
        startup_seconds=told_startup(folder / "stdout"),
        cpu_seconds=cpu_seconds(usage) + orphans_cpu_seconds,
        # The kernel knows the peak of the process itself to the page, the samples know that of all together.
        peak_bytes=max(sampled_bytes, usage.ru_maxrss * BYTES_PER_KIB),
    )


def clean_environment() -> dict[str, str]:
    """The environment without the settings of contestants."""
    settings = ("SEGUE_", "POLARS_", "SPARK_", "PYSPARK_", "PYTHON")
    return {name: value for name, value in os.environ.items() if not name.startswith(settings)}


class PeakSampler:
    """Adds up the peaks of the processes of a session, again and again, and remembers the largest sum."""

    def __init__(self, session: int) -> None:
        self._session = session
        self._peak_bytes = 0
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        """Ends it; the largest sum."""
        self._stopped.set()
        self._thread.join()
        return self._peak_bytes

    def _run(self) -> None:
        while not self._stopped.wait(SAMPLE_SECONDS):
            together = sum(map(resident_peak_bytes, session_members(self._session)))
            self._peak_bytes = max(self._peak_bytes, together)


def session_members(session: int) -> list[int]:
    """The processes of a session that live."""
    return [pid for name in os.listdir("/proc") if name.isdigit() and session_of(pid := int(name)) == session]


def session_of(pid: int) -> int | None:
    """The session of a process, see proc_pid_stat(5)."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The name of the program, in parentheses, may have spaces and parentheses of its own.
    state, _, _, session, *_ = status.rpartition(")")[2].split()
    return int(session) if state != "Z" else None


def resident_peak_bytes(pid: int) -> int:
    """The most memory that a process has had, 0 if it has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found.group(1)) * BYTES_PER_KIB if found else 0


def reap_orphans(session: int) -> float:
    """Waits for what a program has left behind, in the end with force; its CPU time in seconds."""
    total, deadline = 0.0, time.monotonic() + GRACE_SECONDS
    while True:
        try:
            pid, _, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return total
        if pid != 0:
            total += cpu_seconds(usage)
            continue
        if time.monotonic() > deadline + GRACE_SECONDS:
            raise RunFailed("left processes behind that do not end")
        if time.monotonic() > deadline:
            kill_session(session)
        time.sleep(SAMPLE_SECONDS)


def kill_session(session: int) -> None:
    """Ends every process of a session."""
    for pid in session_members(session):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def cpu_seconds(usage: struct_rusage) -> float:
    """User and system time."""
    return usage.ru_utime + usage.ru_stime


def check_ended_well(code: int, timed_out: bool, stderr: Path) -> None:
    """Raises what went wrong, with the end of what the program said."""
    if code == 0:
        return
    said = "\n".join(stderr.read_text(errors="replace").splitlines()[-15:])
    what = "was ended because it took too long" if timed_out else f"ended with {code}"
    raise RunFailed(f"{what}; its last words:\n{said}")


def told_startup(stdout: Path) -> float:
    """The seconds of start that a program has told."""
    found = re.search(r"^startup_seconds=([0-9.]+)$", stdout.read_text(errors="replace"), re.MULTILINE)
    return float(found.group(1)) if found else 0.0
