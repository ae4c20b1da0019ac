"""Counts neighbours with DuckDB: `duckdb_cooccurrence.py INPUT OUTPUT`.

A self-join over numbers instead of texts, each pair once, as whoever knows DuckDB would write it.
"""

import sys

import duckdb
import startup

QUERY = """
WITH entries AS MATERIALIZED (
    SELECT DISTINCT pid, track_uri FROM read_parquet('{source}/*.parquet')
),
items AS MATERIALIZED (
    SELECT track_uri, row_number() OVER (ORDER BY track_uri) AS id, count(*) AS n FROM entries GROUP BY track_uri
),
numbered AS MATERIALIZED (
    SELECT pid, id, n FROM entries JOIN items USING (track_uri) WHERE n >= 2
),
halves AS (
    SELECT a.id AS a, b.id AS b, any_value(a.n) AS na, any_value(b.n) AS nb, count(*) AS c
    FROM numbered AS a JOIN numbered AS b ON a.pid = b.pid AND a.id < b.id
    GROUP BY a.id, b.id HAVING count(*) >= 2
),
pairs AS (
    SELECT a, b, na, nb, c FROM halves UNION ALL SELECT b, a, nb, na, c FROM halves
),
ranked AS (
    SELECT *, row_number() OVER (PARTITION BY a ORDER BY c::DOUBLE * c / nb DESC, c DESC, b) AS neighbour_rank
    FROM pairs QUALIFY neighbour_rank <= 100
)
SELECT
    item.track_uri AS item, neighbour.track_uri AS neighbour, neighbour_rank, c AS pair_count,
    c / sqrt(na::DOUBLE * nb) AS cosine,
    c / (na + nb - c)::DOUBLE AS jaccard,
    c::DOUBLE * (SELECT count(DISTINCT pid) FROM entries) / (na::DOUBLE * nb) AS lift,
    c / na::DOUBLE AS conditional
FROM ranked JOIN items AS item ON a = item.id JOIN items AS neighbour ON b = neighbour.id
"""


def main() -> None:
    """Counts the neighbours of a folder of Parquet files."""
    connection = duckdb.connect()
    connection.execute("SET preserve_insertion_order = false")
    startup.report()
    query = QUERY.format(source=sys.argv[1])
    connection.execute(f"COPY ({query}) TO '{sys.argv[2]}' (FORMAT parquet, COMPRESSION zstd, PER_THREAD_OUTPUT true)")


if __name__ == "__main__":
    main()
