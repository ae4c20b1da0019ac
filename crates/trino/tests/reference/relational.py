"""What queries that mean the same in Trino's SQL and in DuckDB's should give, by DuckDB, over random tables.

Writes the tables as Parquet into the folder that is the first argument, from the seed that is the second one, and prints
a JSON object a line: the name of a query, its text, and the text of each of its rows in the order that the query says.
"""

import json
import random
import sys
from decimal import Decimal

import duckdb

from athena_text import shown

FOLDER, SEED = sys.argv[1], int(sys.argv[2])
RANDOM = random.Random(SEED)


def a_row(key: int) -> tuple:
    """A key, a group, a number, a decimal, a word and a day, of which all but the key may be NULL."""
    maybe = lambda value: None if RANDOM.random() < 0.15 else value
    return (
        key, maybe(RANDOM.randint(0, 6)), maybe(RANDOM.randint(-50, 50)), maybe(Decimal(RANDOM.randint(-9999, 9999)).scaleb(-2)),
        maybe(RANDOM.choice(["one", "two", "Two", "three", "", "ü"])), maybe(f"2020-{RANDOM.randint(1, 12):02}-{RANDOM.randint(1, 28):02}"),
    )  # fmt: skip


COLUMNS = "k BIGINT, g INTEGER, n BIGINT, d DECIMAL(8, 2), w VARCHAR, day DATE"

QUERIES = {
    "filter": "SELECT k FROM a WHERE n > 3 OR w LIKE 't%' ORDER BY k",
    "three values": "SELECT k, n > 0, NOT (n > 0), n > 0 AND g > 2, n > 0 OR g > 2, n IS NOT NULL FROM a ORDER BY k",
    "in a list": "SELECT k, n IN (1, 2, NULL), n NOT IN (1, 2), w IN ('one', 'two') FROM a ORDER BY k",
    "between": "SELECT k FROM a WHERE n BETWEEN -10 AND 10 AND n NOT BETWEEN 0 AND 2 ORDER BY k",
    "distinct from": "SELECT a.k, b.k FROM a JOIN b ON a.g IS NOT DISTINCT FROM b.g AND a.n IS DISTINCT FROM b.n ORDER BY 1, 2",
    "case": "SELECT k, CASE WHEN n < 0 THEN 'less' WHEN n > 0 THEN 'more' END, CASE g WHEN 1 THEN n WHEN 2 THEN -n ELSE 0 END FROM a ORDER BY k",
    "nulls": "SELECT k, coalesce(n, g, -1), nullif(g, 3), greatest(k, 20), least(k, 20) FROM a ORDER BY k",
    "like": "SELECT k FROM a WHERE w LIKE '_w%' OR w LIKE '%!_%' ESCAPE '!' OR w LIKE '' ORDER BY k",
    "order": "SELECT n, k FROM a ORDER BY n DESC NULLS FIRST, k DESC",
    "nulls last": "SELECT w, n, k FROM a ORDER BY w, n DESC NULLS LAST, k",
    "limit": "SELECT k, n FROM a ORDER BY n NULLS LAST, k OFFSET 5 LIMIT 7",
    "distinct": "SELECT DISTINCT g, w FROM a ORDER BY g NULLS LAST, w NULLS LAST",
    "aggregates": "SELECT count(*), count(n), count(DISTINCT g), sum(n), min(n), max(w), min(day), sum(d) FROM a",
    "no rows": "SELECT count(*), sum(n), max(w), min(d) FROM a WHERE k < 0",
    "texts": "SELECT g, max(w), min(w), max(day), count(DISTINCT w) FROM a GROUP BY g ORDER BY g NULLS LAST",
    "running texts": "SELECT k, max(w) OVER (ORDER BY k ROWS BETWEEN 2 PRECEDING AND CURRENT ROW), min(w) OVER (PARTITION BY g) FROM a ORDER BY k",
    "groups": "SELECT g, count(*), sum(n), max(d), count(DISTINCT w) FROM a GROUP BY g ORDER BY g NULLS LAST",
    "groups by expressions": "SELECT n % 3, k % 2, count(*) FROM a GROUP BY n % 3, k % 2 ORDER BY 1 NULLS LAST, 2",
    "having": "SELECT g, sum(n) FROM a GROUP BY g HAVING count(*) > 5 AND sum(n) IS NOT NULL ORDER BY g NULLS LAST",
    "filters of aggregates": "SELECT g, count(*) FILTER (WHERE n > 0), sum(n) FILTER (WHERE w = 'two') FROM a GROUP BY g ORDER BY g NULLS LAST",
    "grouping sets": "SELECT g, w, count(*), grouping(g, w) FROM a GROUP BY GROUPING SETS ((g, w), (g), ()) ORDER BY 4, 1 NULLS LAST, 2 NULLS LAST",
    "rollup": "SELECT g, w, sum(k), grouping(g), grouping(w) FROM a GROUP BY ROLLUP (g, w) ORDER BY 4, 5, 1 NULLS LAST, 2 NULLS LAST",
    "cube": "SELECT g, w, min(k), grouping(g, w) FROM a GROUP BY CUBE (g, w) ORDER BY 4, 1 NULLS LAST, 2 NULLS LAST",
    "inner join": "SELECT a.k, b.k FROM a JOIN b ON a.g = b.g AND a.n < b.n ORDER BY 1, 2",
    "left join": "SELECT a.k, b.k FROM a LEFT JOIN b ON a.g = b.g AND b.n > 20 ORDER BY 1, 2 NULLS LAST",
    "right join": "SELECT a.k, b.k FROM a RIGHT JOIN b ON a.n = b.n ORDER BY 2, 1 NULLS LAST",
    "full join": "SELECT a.k, b.k FROM a FULL JOIN b ON a.n = b.n AND a.g = b.g ORDER BY 1 NULLS LAST, 2 NULLS LAST",
    "cross join": "SELECT count(*), sum(a.k * b.k) FROM a CROSS JOIN b",
    "using": "SELECT g, count(*), sum(a.n - b.n) FROM a JOIN b USING (g) GROUP BY g ORDER BY g",
    "self join": "SELECT x.k, y.k FROM a x JOIN a y ON x.w = y.w AND x.k < y.k WHERE x.n > y.n ORDER BY 1, 2",
    "exists": "SELECT k FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.g = a.g AND b.n <> a.n) ORDER BY k",
    "not exists": "SELECT k FROM a WHERE NOT EXISTS (SELECT * FROM b WHERE b.g = a.g AND b.n > a.n) ORDER BY k",
    "in a query": "SELECT k FROM a WHERE n IN (SELECT n FROM b WHERE b.g = a.g OR b.g = 1) ORDER BY k",
    "not in a query": "SELECT k FROM a WHERE n NOT IN (SELECT n FROM b WHERE n IS NOT NULL) ORDER BY k",
    "not in with nulls": "SELECT k, n NOT IN (SELECT n FROM b WHERE b.k < a.k) FROM a ORDER BY k",
    "any and all": "SELECT k, n > ALL (SELECT n FROM b WHERE g = 2), n < ANY (SELECT n FROM b WHERE g = 3) FROM a ORDER BY k",
    "value of a query": "SELECT k, (SELECT max(n) FROM b WHERE b.g = a.g), (SELECT count(*) FROM b WHERE b.n > a.n) FROM a ORDER BY k",
    "value of a query below": "SELECT k FROM a WHERE n > (SELECT max(n) - 10 FROM b WHERE b.g = a.g) ORDER BY k",
    "exists over an aggregation": "SELECT k FROM a WHERE EXISTS (SELECT max(b.n) FROM b WHERE b.g = a.g HAVING max(b.n) > 10) ORDER BY k",
    "lateral": "SELECT a.k, t.m FROM a CROSS JOIN LATERAL (SELECT max(b.n) AS m FROM b WHERE b.g = a.g) AS t ORDER BY 1",
    "union": "SELECT g, w FROM a UNION SELECT g, w FROM b ORDER BY 1 NULLS LAST, 2 NULLS LAST",
    "union all": "SELECT g, count(*) FROM (SELECT g FROM a UNION ALL SELECT g FROM b) AS t GROUP BY g ORDER BY 1 NULLS LAST",
    "intersect": "SELECT g, w FROM a INTERSECT SELECT g, w FROM b ORDER BY 1 NULLS LAST, 2 NULLS LAST",
    "intersect all": "SELECT g FROM a INTERSECT ALL SELECT g FROM b ORDER BY 1 NULLS LAST",
    "except": "SELECT w, g FROM a EXCEPT SELECT w, g FROM b ORDER BY 1 NULLS LAST, 2 NULLS LAST",
    "except all": "SELECT w FROM a EXCEPT ALL SELECT w FROM b ORDER BY 1 NULLS LAST",
    "with": "WITH s AS (SELECT g, sum(n) AS n FROM a GROUP BY g), t AS (SELECT * FROM s WHERE n > 0) SELECT t.g, t.n, b.k FROM t JOIN b ON b.g = t.g ORDER BY 1, 3",
    "recursive": "WITH RECURSIVE r (k, steps) AS (SELECT k, 0 FROM a WHERE k < 4 UNION ALL SELECT r.k * 2, steps + 1 FROM r WHERE r.k < 30) SELECT k, steps FROM r ORDER BY 1, 2",
    "row numbers": "SELECT k, row_number() OVER (PARTITION BY g ORDER BY n DESC NULLS LAST, k) FROM a ORDER BY k",
    "ranks": "SELECT k, rank() OVER (ORDER BY g NULLS LAST), dense_rank() OVER (ORDER BY g NULLS LAST), ntile(4) OVER (ORDER BY k) FROM a ORDER BY k",
    "neighbours": "SELECT k, lag(n) OVER (ORDER BY k), lead(n, 2, -1) OVER (PARTITION BY g ORDER BY k), first_value(n) OVER (ORDER BY k) FROM a ORDER BY k",
    "running sums": "SELECT k, sum(n) OVER (PARTITION BY g ORDER BY k), count(n) OVER (ORDER BY k ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING) FROM a ORDER BY k",
    "frames": "SELECT k, max(n) OVER (ORDER BY k ROWS BETWEEN 2 FOLLOWING AND 4 FOLLOWING), min(d) OVER (ORDER BY g NULLS LAST RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM a ORDER BY k",
    "range of days": "SELECT k, count(*) OVER (ORDER BY day RANGE BETWEEN INTERVAL '30' DAY PRECEDING AND CURRENT ROW) FROM a WHERE day IS NOT NULL ORDER BY k",
    "ends of frames": "SELECT k, first_value(n) OVER w, last_value(n) OVER w, nth_value(n, 2) OVER w FROM a WINDOW w AS (PARTITION BY g ORDER BY k ROWS BETWEEN 1 PRECEDING AND 2 FOLLOWING) ORDER BY k",
    "windows over groups": "SELECT g, sum(n), sum(sum(n)) OVER (ORDER BY g NULLS LAST) FROM a GROUP BY g ORDER BY g NULLS LAST",
    "decimals": "SELECT k, d + 1, d * d, d - n, -d, d > 10.5, abs(d) FROM a ORDER BY k",
    "days": "SELECT k, day + INTERVAL '40' DAY > DATE '2020-06-01', year(day) * 100 + month(day), day < DATE '2020-07-01' FROM a ORDER BY k",
    "arrays": "SELECT g, cardinality(array_agg(n)), array_agg(k ORDER BY k DESC) FROM a GROUP BY g ORDER BY g NULLS LAST",
    "unnest": "SELECT k, x FROM a CROSS JOIN UNNEST(ARRAY[n, g]) AS t (x) ORDER BY k, x NULLS LAST",
    "statistics": "SELECT g, CAST(stddev(n) AS decimal(18, 4)), var_pop(n) > 500, bool_and(n > -45), bool_or(n > 45) FROM a GROUP BY g ORDER BY g NULLS LAST",
}  # fmt: skip


connection = duckdb.connect()
connection.execute("SET default_null_order = 'nulls_last'")
for name in ("a", "b"):
    connection.execute(f"CREATE TABLE {name} ({COLUMNS})")
    connection.executemany(f"INSERT INTO {name} VALUES (?, ?, ?, ?, ?, ?)", [a_row(key) for key in range(1, 81)])
    connection.execute(f"COPY {name} TO '{FOLDER}/{name}.parquet' (FORMAT parquet, ROW_GROUP_SIZE 16)")
for name, query in QUERIES.items():
    rows = connection.execute(query).fetchall()
    print(json.dumps({"property": name, "sql": query, "expected": [" | ".join(map(shown, row)) for row in rows]}))
