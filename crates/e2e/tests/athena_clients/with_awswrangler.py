"""awswrangler: its three ways to read, and a data set of its own in the catalog."""

import awswrangler as wr
import pandas as pd
from expected import BY_ARTIST, STAGING, plays_by_artist, same

for name, options in [
    ("ctas", {}),
    ("unload", {"ctas_approach": False, "unload_approach": True}),
    ("plain", {"ctas_approach": False}),
]:
    frame = wr.athena.read_sql_query(BY_ARTIST, database="default", s3_output=f"{STAGING}{name}/", **options)
    same(sorted(frame.itertuples(index=False, name=None)), plays_by_artist())
same(list(wr.catalog.tables(database="default")["Table"]), ["plays"])

wr.catalog.create_database("wrangled", exist_ok=True)
frame = pd.DataFrame({"a": [1, 2, 3], "p": ["x", "y", "x"]})
wr.s3.to_parquet(frame, path=f"{STAGING}wrangled/", dataset=True, database="wrangled", table="t",
                 partition_cols=["p"], mode="overwrite")
found = wr.athena.read_sql_query("SELECT p, sum(a) AS s FROM t GROUP BY p", database="wrangled",
                                 s3_output=f"{STAGING}sums/")
# The rows come by way of a table, which has no order.
same(sorted(found.to_dict("records"), key=lambda row: row["p"]), [{"p": "x", "s": 4}, {"p": "y", "s": 2}])

# Partitions that come and are replaced, and readers that ask the catalog for some of them.
day = pd.DataFrame({"a": [4, 5], "p": ["x", "a b/c"]})
options = {"path": f"{STAGING}wrangled/", "dataset": True, "database": "wrangled", "table": "t", "partition_cols": ["p"]}
wr.s3.to_parquet(day, mode="append", **options)
wr.s3.to_parquet(pd.DataFrame({"a": [6], "p": ["y"]}), mode="overwrite_partitions", **options)
for approach in [{}, {"ctas_approach": False, "unload_approach": True}, {"ctas_approach": False}]:
    found = wr.athena.read_sql_query("SELECT a, p FROM t", database="wrangled", s3_output=f"{STAGING}all{len(approach)}/",
                                     **approach)
    same(sorted(zip(found["a"], found["p"])), [(1, "x"), (3, "x"), (4, "x"), (5, "a b/c"), (6, "y")])
same(sorted(wr.catalog.get_partitions("wrangled", "t", expression="p >= 'b'").values()), [["x"], ["y"]])
found = wr.s3.read_parquet_table("t", database="wrangled", partition_filter=lambda values: values["p"] == "x")
same(sorted(found["a"]), [1, 3, 4])
made = wr.athena.create_ctas_table("SELECT a, a % 2 AS odd FROM t", database="wrangled", ctas_table="odds",
                                   s3_output=f"{STAGING}odds/", partitioning_info=["odd"], storage_format="JSON",
                                   write_compression="GZIP", wait=True)
same(made["ctas_table"], "odds")
found = wr.athena.read_sql_query("SELECT odd, sum(a) AS s FROM odds GROUP BY odd", database="wrangled",
                                 ctas_approach=False, s3_output=f"{STAGING}sums/")
same(sorted(zip(found["odd"], found["s"])), [(0, 10), (1, 9)])

# Text and JSON that awswrangler writes and describes itself.
frame = pd.DataFrame({"n": [1, 2], "t": ["a, b", "c"]})
wr.s3.to_csv(frame, path=f"{STAGING}csv/", dataset=True, database="wrangled", table="csv", index=False, sep="|")
wr.s3.to_json(frame, path=f"{STAGING}json/", dataset=True, database="wrangled", table="json", orient="records", lines=True,
              index=False)
for table in ["csv", "json"]:
    found = wr.athena.read_sql_query(f"SELECT n, t FROM {table}", database="wrangled", ctas_approach=False,
                                     s3_output=f"{STAGING}{table}-rows/")
    same(sorted(zip(found["n"], found["t"])), [(1, "a, b"), (2, "c")])
