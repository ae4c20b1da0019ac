"""Leaves a query that has ended and one that runs, which `after_restart.py` finds in the history."""

import time

import boto3
from expected import STAGING

athena = boto3.client("athena")
options = {"ResultConfiguration": {"OutputLocation": STAGING}}
ended = athena.start_query_execution(QueryString="SELECT count(*) AS n FROM plays", **options)["QueryExecutionId"]
while athena.get_query_execution(QueryExecutionId=ended)["QueryExecution"]["Status"]["State"] != "SUCCEEDED":
    time.sleep(0.02)
cross = "SELECT a.pid, b.pid AS other, c.pid AS third FROM plays a CROSS JOIN plays b CROSS JOIN plays c"
running = athena.start_query_execution(QueryString=cross, **options)["QueryExecutionId"]
while athena.get_query_execution(QueryExecutionId=running)["QueryExecution"]["Status"]["State"] != "RUNNING":
    time.sleep(0.02)
