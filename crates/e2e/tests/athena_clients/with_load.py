"""200 queries at once, of two workgroups, are all answered, and rightly."""

import concurrent.futures
import time

import boto3
from botocore.config import Config
from expected import ROWS, STAGING, same

# One connection for each caller.
athena = boto3.client("athena", config=Config(max_pool_connections=200, retries={"max_attempts": 1}))
athena.create_work_group(Name="others")


def ask(number):
    """The execution and the rows of a small query that differs from all others."""
    query = athena.start_query_execution(
        QueryString=f"SELECT count(*) AS n, {number} AS number FROM plays WHERE pid < {number}",
        ResultConfiguration={"OutputLocation": STAGING},
        WorkGroup="others" if number % 10 == 0 else "primary",
    )["QueryExecutionId"]
    while True:
        execution = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
        if execution["Status"]["State"] not in ("QUEUED", "RUNNING"):
            break
        time.sleep(0.1)
    found = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
    return execution, [[datum["VarCharValue"] for datum in row["Data"]] for row in found]


with concurrent.futures.ThreadPoolExecutor(200) as pool:
    answers = list(pool.map(ask, range(200)))
for number, (execution, rows) in enumerate(answers):
    same(execution["Status"]["State"], "SUCCEEDED")
    same(rows, [["n", "number"], [str(sum(row["pid"] < number for row in ROWS)), str(number)]])
