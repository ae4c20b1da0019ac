"""The rest of PyAthena's cursors, ibis, and what Superset, Redash and Grafana send."""

import asyncio
import functools
import os
import time
import urllib.parse

import boto3
import ibis
import pyarrow.fs
from expected import BY_ARTIST, ROWS, STAGING, plays_by_artist, same
from pyathena import connect
from pyathena.arrow.async_cursor import AsyncArrowCursor
from pyathena.arrow.cursor import ArrowCursor
from pyathena.async_cursor import AsyncCursor, AsyncDictCursor
from pyathena.pandas.async_cursor import AsyncPandasCursor
from pyathena.polars.cursor import PolarsCursor
from pyathena.s3fs.cursor import S3FSCursor

OPTIONS = {"s3_staging_dir": STAGING, "region_name": "us-east-1"}
athena = boto3.client("athena")

# pyarrow reads no variable that names an address, so whoever uses it says it once, as the README does.
address = urllib.parse.urlsplit(os.environ["AWS_ENDPOINT_URL"])
pyarrow.fs.S3FileSystem = functools.partial(
    pyarrow.fs.S3FileSystem, endpoint_override=address.netloc, scheme=address.scheme)


def cursors():
    for options in [{}, {"unload": True}]:
        table = connect(cursor_class=ArrowCursor, **OPTIONS).cursor(**options).execute(BY_ARTIST).as_arrow()
        same(sorted((row["artist"], row["plays"]) for row in table.to_pylist()), plays_by_artist())
        frame = connect(cursor_class=PolarsCursor, **OPTIONS).cursor(**options).execute(BY_ARTIST).as_polars()
        same(sorted(frame.rows()), plays_by_artist())
    same(connect(cursor_class=S3FSCursor, **OPTIONS).cursor().execute(BY_ARTIST).fetchall(), plays_by_artist())


def cursors_in_threads():
    """A query for each of several artists, all on their way at once."""
    for kind, of in [
        (AsyncCursor, lambda found: found.fetchall()),
        (AsyncDictCursor, lambda found: [tuple(row.values()) for row in found.fetchall()]),
        (AsyncPandasCursor, lambda found: [tuple(map(int, row)) for row in found.as_pandas().itertuples(index=False)]),
        (AsyncArrowCursor, lambda found: [tuple(row.values()) for row in found.as_arrow().to_pylist()]),
    ]:
        with connect(cursor_class=kind, **OPTIONS).cursor(max_workers=4) as cursor:
            asked = [cursor.execute(f"SELECT count(*) AS n FROM plays WHERE artist = 'artist-{n}'")[1] for n in range(4)]
            expected = dict(plays_by_artist())
            same([of(found.result()) for found in asked], [[(expected[f"artist-{n}"],)] for n in range(4)])


def cursors_of_asyncio():
    from pyathena import aio_connect

    async def ask():
        async with await aio_connect(**OPTIONS) as connection:
            cursor = connection.cursor()
            await cursor.execute(BY_ARTIST)
            return await cursor.fetchall()

    same(asyncio.run(ask()), plays_by_artist())


def with_ibis():
    connection = ibis.athena.connect(s3_staging_dir=STAGING, region_name="us-east-1", schema_name="default")
    assert "plays" in connection.list_tables()
    assert "default" in connection.list_databases()
    plays = connection.table("plays")
    same(list(plays.schema().names), ["pid", "artist", "ms"])
    same(plays.count().execute(), len(ROWS))
    grouped = plays.filter(plays.artist.notnull()).group_by("artist").agg(plays=ibis._.count())
    # ibis unloads, and files come in no order.
    same(sorted(grouped.execute().itertuples(index=False, name=None)), plays_by_artist())
    ranked = plays.mutate(place=ibis.row_number().over(group_by="artist", order_by=ibis.desc("ms")))
    first = ranked.filter(ranked.place == 0).select("artist", "ms").order_by("artist")
    latest = {}
    for row in ROWS:
        latest[row["artist"]] = max(latest.get(row["artist"], 0), row["ms"])
    found = {(None if artist != artist else artist): ms for artist, ms in first.execute().itertuples(index=False, name=None)}
    same(found, latest)


def as_superset_asks():
    """SQLAlchemy by an address alone, reflection, a limit around the analyst's query, and the view's text."""
    from urllib.parse import quote_plus

    from sqlalchemy import MetaData, Table, create_engine, inspect, select, text

    address = f"awsathena+rest://@athena.us-east-1.amazonaws.com:443/default?s3_staging_dir={quote_plus(STAGING)}"
    engine = create_engine(address)
    inspector = inspect(engine)
    assert "default" in inspector.get_schema_names() and "plays" in inspector.get_table_names("default")
    plays = Table("plays", MetaData(), autoload_with=engine)
    with engine.connect() as connection:
        connection.execute(text("CREATE OR REPLACE VIEW superset_view AS SELECT pid FROM plays WHERE pid < 3"))
        same(inspect(engine).get_view_names("default"), ["superset_view"])
        assert "SELECT pid FROM plays" in inspect(engine).get_view_definition("superset_view", "default")
        rows = connection.execute(select(plays.c.pid).order_by(plays.c.pid).limit(2)).fetchall()
        same([tuple(row) for row in rows], [(0,), (1,)])
        wrapped = "SELECT * FROM (SELECT artist, count(*) AS plays FROM plays GROUP BY 1) AS virtual_table LIMIT 1001"
        same(len(connection.execute(text(wrapped)).fetchall()), 8)
        connection.execute(text("DROP VIEW superset_view"))


def as_redash_asks():
    found = connect(**OPTIONS).cursor().execute(
        "SELECT table_schema, table_name, column_name, data_type AS column_type FROM information_schema.columns "
        "WHERE table_schema NOT IN ('information_schema')"
    ).fetchall()
    assert ("default", "plays", "pid") in [row[:3] for row in found], found


def as_grafana_asks():
    """The data source's own order of operations; absent members are absent."""
    group = athena.get_work_group(WorkGroup="primary")["WorkGroup"]
    assert group["Configuration"]["EngineVersion"]["EffectiveEngineVersion"]
    for answer in [
        athena.list_data_catalogs(),
        athena.list_databases(CatalogName="AwsDataCatalog"),
        athena.list_work_groups(),
        athena.list_table_metadata(CatalogName="AwsDataCatalog", DatabaseName="default"),
    ]:
        assert answer.get("NextToken") != "", answer
    athena.get_table_metadata(CatalogName="AwsDataCatalog", DatabaseName="default", TableName="plays")
    asked = {
        "QueryString": "SELECT artist, count(*) AS n FROM plays GROUP BY 1 ORDER BY 1",
        "QueryExecutionContext": {"Catalog": "AwsDataCatalog", "Database": "default"},
        "WorkGroup": "primary",
        "ResultConfiguration": {"OutputLocation": STAGING},
        "ResultReuseConfiguration": {"ResultReuseByAgeConfiguration": {"Enabled": True, "MaxAgeInMinutes": 60}},
    }
    for reused in [False, True]:
        query = athena.start_query_execution(**asked)["QueryExecutionId"]
        while True:
            execution = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
            if execution["Status"]["State"] not in ("QUEUED", "RUNNING"):
                break
            time.sleep(0.05)
        same(execution["Status"]["State"], "SUCCEEDED")
        same(execution["Statistics"]["ResultReuseInformation"]["ReusedPreviousResult"], reused)
        page = athena.get_query_results(QueryExecutionId=query, MaxResults=1000)
        assert "NextToken" not in page and len(page["ResultSet"]["Rows"]) == 9, page


for part in [cursors, cursors_in_threads, cursors_of_asyncio, with_ibis, as_superset_asks, as_redash_asks,
             as_grafana_asks]:
    part()
