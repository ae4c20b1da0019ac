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
