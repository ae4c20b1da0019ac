"""Finds both queries after the processes were killed: one with its result, the other failed."""

import time

import boto3
from expected import same

athena = boto3.client("athena")
running, ended = athena.list_query_executions()["QueryExecutionIds"]
rows = athena.get_query_results(QueryExecutionId=ended)["ResultSet"]["Rows"]
same([row["Data"][0]["VarCharValue"] for row in rows], ["n", "5000"])
deadline = time.time() + 120
while time.time() < deadline:
    status = athena.get_query_execution(QueryExecutionId=running)["QueryExecution"]["Status"]
    if status["State"] != "RUNNING":
        break
    time.sleep(0.2)
same((status["State"], status["AthenaError"]["Retryable"]), ("FAILED", True))
