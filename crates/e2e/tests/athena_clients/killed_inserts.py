"""INSERT into a table of the lake and into an external one, whose process is killed: the steps of one test."""

import os
import time

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from expected import STAGING, same
from queries import end, rows, run, start

OTHERS = 400
ADDED = 5000 * OTHERS
# Rows before the first INSERT, and the statement.
TABLES = {
    "grown": (1, "INSERT INTO grown SELECT a.pid FROM plays a CROSS JOIN plays b WHERE b.pid < 400"),
    "killed.parts": (0, "INSERT INTO killed.parts SELECT a.pid, a.pid % 50 FROM plays a CROSS JOIN plays b WHERE b.pid < 400"),
}
DEADLINE_S = 120


def inserted(table):
    """How often all rows of the statement are there."""
    before, _ = TABLES[table]
    found = int(rows(f"SELECT count(*) FROM {table}")[1][0])
    times, rest = divmod(found - before, ADDED)
    same((table, rest), (table, 0))
    return times


def prepare():
    run("CREATE DATABASE killed")
    run("CREATE EXTERNAL TABLE killed.parts (a BIGINT) PARTITIONED BY (p BIGINT) STORED AS PARQUET "
        f"LOCATION '{STAGING}parts/'")


def begin(table):
    """The process may be gone before it answers."""
    once = boto3.client("athena", config=Config(retries={"total_max_attempts": 1}))
    try:
        once.start_query_execution(QueryString=TABLES[table][1], ResultConfiguration={"OutputLocation": STAGING})
    except BotoCoreError as error:
        print(error)


def repeat(table):
    """All rows or none, as long as nobody knows how the killed statement ended, and the same statement again."""
    times = inserted(table)
    same(end(start(TABLES[table][1]))["Status"]["State"], "SUCCEEDED")
    same(inserted(table), times + 1)


def history():
    """Every INSERT has ended, and those that did as they should are there."""
    athena = boto3.client("athena")
    deadline = time.time() + DEADLINE_S
    while True:
        found = [query for page in athena.get_paginator("list_query_executions").paginate() for query in page["QueryExecutionIds"]]
        executions = [athena.get_query_execution(QueryExecutionId=query)["QueryExecution"] for query in found]
        inserts = [execution for execution in executions if execution["Query"].startswith("INSERT")]
        open_ones = [execution for execution in inserts if execution["Status"]["State"] in ("QUEUED", "RUNNING")]
        if not open_ones:
            break
        assert time.time() < deadline, open_ones
        time.sleep(0.2)
    failed = [execution for execution in inserts if execution["Status"]["State"] == "FAILED"]
    assert failed, "some were killed"
    for execution in failed:
        reason = execution["Status"]["StateChangeReason"]
        assert "ended before the query did" in reason and execution["Status"]["AthenaError"]["Retryable"], reason
    for table, (_, sql) in TABLES.items():
        states = [execution["Status"]["State"] for execution in inserts if execution["Query"] == sql]
        well = states.count("SUCCEEDED")
        assert well <= inserted(table) <= len(states), (table, states)
    # What a killed one had moved already goes with the next one.
    run(TABLES["killed.parts"][1])
    s3, (bucket, prefix) = boto3.client("s3"), STAGING.removeprefix("s3://").split("/", 1)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{prefix}parts/p=")
    listed = sorted(f"s3://{bucket}/{entry['Key']}" for page in pages for entry in page.get("Contents", []))
    same(sorted(path for (path,) in rows('SELECT DISTINCT "$path" FROM killed.parts')[1:]), listed)


step = os.environ["STEP"].split()
{"prepare": prepare, "begin": begin, "repeat": repeat, "history": history}[step[0]](*step[1:])
