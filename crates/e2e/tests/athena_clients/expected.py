"""The rows of the table `plays`, as the test's Rust side writes them, and small helpers."""

import os

ROWS = [{"pid": i, "artist": None if i % 11 == 0 else f"artist-{i % 7}", "ms": i * 10} for i in range(5000)]
STAGING = os.environ["STAGING"]


def plays_by_artist():
    """Plays per artist, the artists in order."""
    counts = {}
    for row in ROWS:
        if row["artist"] is not None:
            counts[row["artist"]] = counts.get(row["artist"], 0) + 1
    return sorted(counts.items())


def same(found, expected):
    assert found == expected, f"found {found!r}, expected {expected!r}"


BY_ARTIST = "SELECT artist, count(*) AS plays FROM plays WHERE artist IS NOT NULL GROUP BY artist ORDER BY artist"
