"""Cursors and readers that read files themselves, with nothing but AWS_ENDPOINT_URL."""

import os

import awswrangler as wr
import pyarrow.csv
import pyarrow.fs
import pyarrow.parquet
from expected import BY_ARTIST, ROWS, STAGING, plays_by_artist, same
from pyathena import connect
from pyathena.pandas.cursor import PandasCursor
from pyathena.s3fs.cursor import S3FSCursor

OPTIONS = {"s3_staging_dir": STAGING, "region_name": "us-east-1"}

for options in [{}, {"unload": True}]:
    frame = connect(cursor_class=PandasCursor, **OPTIONS).cursor(**options).execute(BY_ARTIST).as_pandas()
    same(sorted(frame.itertuples(index=False, name=None)), plays_by_artist())
same(connect(cursor_class=S3FSCursor, **OPTIONS).cursor().execute(BY_ARTIST).fetchall(), plays_by_artist())

# pyarrow takes its address from nowhere but its argument, so PyAthena's ArrowCursor finds AWS only.
scheme, _, host = os.environ["AWS_ENDPOINT_URL"].partition("://")
files = pyarrow.fs.S3FileSystem(endpoint_override=host, scheme=scheme, region="us-east-1")
cursor = connect(**OPTIONS).cursor().execute(BY_ARTIST)
table = pyarrow.csv.read_csv(files.open_input_file(cursor.output_location.removeprefix("s3://")))
same(list(zip(*(column.to_pylist() for column in table.columns))), plays_by_artist())
folder = STAGING.removeprefix("s3://") + "arrow"
pyarrow.parquet.write_to_dataset(table, folder, filesystem=files, partition_cols=["plays"])
read = pyarrow.parquet.read_table(folder, filesystem=files)
same(sorted(read["artist"].to_pylist()), [artist for artist, _ in plays_by_artist()])

# The lake's own files, where the catalog says they are.
frame = wr.s3.read_parquet_table(database="default", table="plays")
same((len(frame), int(frame["ms"].sum())), (len(ROWS), sum(row["ms"] for row in ROWS)))
