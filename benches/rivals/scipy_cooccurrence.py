"""Counts neighbours with SciPy: `scipy_cooccurrence.py INPUT OUTPUT`.

The sparse product of the incidence matrix with itself, a block of rows at a time so that memory stays bounded, and
numpy for the measures and the best of each row. Texts become numbers by pyarrow's dictionaries.
"""

import sys
from pathlib import Path

import numpy as np
import pyarrow as arrow
import pyarrow.compute as compute
import pyarrow.parquet as parquet
import startup
from scipy import sparse

K = 100
MIN_COUNT = 2
BLOCK_ITEMS = 20_000


def incidence(source: str) -> tuple[sparse.csr_matrix, arrow.Array]:
    """Items by groups, and the items in the order of their values."""
    table = parquet.read_table(source, columns=["pid", "track_uri"])
    uris = compute.dictionary_encode(table["track_uri"].combine_chunks())
    uris = uris.combine_chunks() if isinstance(uris, arrow.ChunkedArray) else uris
    order = compute.sort_indices(uris.dictionary).to_numpy()
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    items = place[uris.indices.to_numpy()]
    groups = np.unique(table["pid"].to_numpy(), return_inverse=True)[1]
    matrix = sparse.csr_matrix((np.ones(len(items), dtype=np.int32), (items, groups)))
    matrix.data[:] = 1
    return matrix, uris.dictionary.take(arrow.array(order))


def best(counts: sparse.csr_matrix, start: int, sizes: np.ndarray) -> tuple[np.ndarray, ...]:
    """Rows, columns, counts and ranks of the best of a block's rows."""
    pairs = counts.tocoo()
    rows, columns, shared = pairs.row + start, pairs.col, pairs.data
    kept = (shared >= MIN_COUNT) & (rows != columns)
    rows, columns, shared = rows[kept], columns[kept], shared[kept].astype(np.float64)
    order = np.lexsort((columns, -shared, -(shared * shared / sizes[columns]), rows))
    rows, columns, shared = rows[order], columns[order], shared[order]
    starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]]) if len(rows) else np.array([], dtype=np.int64)
    ranks = np.arange(len(rows)) - np.repeat(starts, np.diff(np.r_[starts, len(rows)])) + 1
    kept = ranks <= K
    return rows[kept], columns[kept], shared[kept], ranks[kept]


def main() -> None:
    """Counts the neighbours of a folder of Parquet files."""
    startup.report()
    matrix, values = incidence(sys.argv[1])
    transposed = matrix.T.tocsr()
    sizes, groups = np.diff(matrix.indptr).astype(np.float64), matrix.shape[1]
    target = Path(sys.argv[2])
    target.mkdir(parents=True)
    writer = None
    for start in range(0, matrix.shape[0], BLOCK_ITEMS):
        block = matrix[start : start + BLOCK_ITEMS] @ transposed
        rows, columns, shared, ranks = best(block, start, sizes)
        one, two = sizes[rows], sizes[columns]
        found = arrow.table(
            {
                "item": values.take(arrow.array(rows)),
                "neighbour": values.take(arrow.array(columns)),
                "neighbour_rank": ranks,
                "pair_count": shared.astype(np.int64),
                "cosine": shared / np.sqrt(one * two),
                "jaccard": shared / (one + two - shared),
                "lift": shared * groups / (one * two),
                "conditional": shared / one,
            }
        )
        writer = writer or parquet.ParquetWriter(target / "part-0.parquet", found.schema, compression="zstd")
        writer.write_table(found)
    if writer:
        writer.close()


if __name__ == "__main__":
    main()
