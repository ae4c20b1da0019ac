"""Queries through boto3, from start to rows."""

import time

import boto3
from expected import STAGING

athena = boto3.client("athena")


def start(sql, **options):
    options.setdefault("ResultConfiguration", {"OutputLocation": STAGING})
    return athena.start_query_execution(QueryString=sql, **options)["QueryExecutionId"]


def end(query):
    while True:
        execution = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
        if execution["Status"]["State"] in ("SUCCEEDED", "FAILED", "CANCELLED"):
            return execution
        time.sleep(0.02)


def run(sql, **options):
    execution = end(start(sql, **options))
    assert execution["Status"]["State"] == "SUCCEEDED", execution["Status"]
    return execution


def rows_of(execution):
    pages = athena.get_paginator("get_query_results").paginate(QueryExecutionId=execution["QueryExecutionId"])
    return [[datum.get("VarCharValue") for datum in row["Data"]] for page in pages for row in page["ResultSet"]["Rows"]]


def rows(sql, **options):
    return rows_of(run(sql, **options))
