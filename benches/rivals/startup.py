"""Tells the driver how long a rival took until it could begin."""

import os
import time


def report() -> None:
    """Prints the seconds since the driver started this process: interpreter, imports, session.

    Both processes read the same monotonic clock. Without a driver there is nothing to tell.
    """
    began = os.environ.get("BENCH_BEGAN")
    if began is not None:
        print(f"startup_seconds={time.monotonic() - float(began):.3f}", flush=True)
