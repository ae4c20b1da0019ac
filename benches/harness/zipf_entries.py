"""Makes synthetic entries as large and as skewed as the Million Playlist Dataset: `zipf_entries.py OUTPUT PLAYLISTS`.

Lengths are log-normal with a median of 49, from 5 to 250, which gives a mean near 66. Half of a playlist's tracks are
drawn by a popularity that all share, the rest by that of one of 200 scenes; both are Zipf's. Track numbers become URIs
of 36 characters. The same numbers come out each time.
"""

import sys
from pathlib import Path

import numpy as np
import pyarrow as arrow
import pyarrow.compute as compute
import pyarrow.parquet as parquet

SCENES = 200
SHIFT = 40
BLOCK_PLAYLISTS = 20_000
DIGITS = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", dtype=np.uint8)


def uris(count: int) -> arrow.Array:
    """The URI of each track number: 22 characters that say nothing of its popularity."""
    mixed = np.arange(count, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(12345)
    text = np.empty((count, 36), dtype=np.uint8)
    text[:, :14] = np.frombuffer(b"spotify:track:", dtype=np.uint8)
    for place in range(22):
        text[:, 14 + place] = DIGITS[(mixed >> np.uint64(3 * place % 58)) % np.uint64(62)]
    # The number itself stands at the end, so that no two are alike.
    numbers = np.arange(count)
    for place in range(5):
        text[:, 35 - place] = DIGITS[numbers % 62]
        numbers //= 62
    offsets = arrow.py_buffer(np.arange(0, 36 * (count + 1), 36, dtype=np.int32))
    return arrow.StringArray.from_buffers(count, offsets, arrow.py_buffer(text))


def zipf(random: np.random.Generator, span: int, count: int) -> np.ndarray:
    """Ranks below `span`, of which rank r comes as 1 / (r + SHIFT)."""
    ranks = ((span + SHIFT) / SHIFT) ** random.random(count) * SHIFT - SHIFT
    return np.minimum(ranks.astype(np.int64), span - 1)


def main() -> None:
    """Writes the entries as one Parquet file per 20,000 playlists."""
    target, playlists = Path(sys.argv[1]), int(sys.argv[2])
    tracks = max(SCENES * 50, int(2_262_292 * (playlists / 1_000_000) ** 0.55))
    tracks -= tracks % SCENES
    random, names = np.random.default_rng(1), uris(tracks)
    target.mkdir(parents=True)
    for start in range(0, playlists, BLOCK_PLAYLISTS):
        block = min(BLOCK_PLAYLISTS, playlists - start)
        lengths = np.clip(49 * np.exp(0.85 * random.standard_normal(block)), 5, 250).astype(np.int64)
        rows = int(lengths.sum())
        scene = np.repeat(random.integers(0, SCENES, block), lengths)
        by_scene = zipf(random, tracks // SCENES, rows) * SCENES + scene
        numbers = np.where(random.random(rows) < 0.5, zipf(random, tracks, rows), by_scene)
        pids = np.repeat(np.arange(start, start + block), lengths)
        table = arrow.table({"pid": pids, "track_uri": compute.take(names, arrow.array(numbers))})
        parquet.write_table(table, target / f"part-{start // BLOCK_PLAYLISTS:05}.parquet", compression="zstd")


if __name__ == "__main__":
    main()
