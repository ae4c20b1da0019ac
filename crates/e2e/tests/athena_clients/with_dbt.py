"""dbt-athena: marts from the lake, twice, with their tests; read back through boto3."""

import os
import pathlib
import subprocess
import sys
import time

import boto3
from expected import STAGING, plays_by_artist, same

PROJECT = pathlib.Path(__file__).parent / "dbt_marts"
DBT = pathlib.Path(sys.executable).parent / "dbt"


def dbt(*arguments):
    """Runs dbt with folders of its own, and shows what it says if it fails."""
    work = pathlib.Path(os.environ["DBT_WORK"])
    environment = {**os.environ, "DBT_TARGET_PATH": str(work / "target"), "DBT_LOG_PATH": str(work / "logs"),
                   "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    done = subprocess.run([DBT, *arguments, "--project-dir", PROJECT, "--profiles-dir", PROJECT], env=environment,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rows(sql):
    athena = boto3.client("athena")
    query = athena.start_query_execution(
        QueryString=sql, ResultConfiguration={"OutputLocation": f"{STAGING}results/"}
    )["QueryExecutionId"]
    while True:
        status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
        if status["State"] not in ("QUEUED", "RUNNING"):
            break
        time.sleep(0.05)
    assert status["State"] == "SUCCEEDED", status
    found = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"][1:]
    return [tuple(datum.get("VarCharValue") for datum in row["Data"]) for row in found]


dbt("debug")
for _ in range(2):
    said = dbt("build")
    assert "PASS=7" in said and "ERROR=0" in said, said
same(rows("SELECT artist, plays FROM marts.artists ORDER BY artist"), [(a, str(n)) for a, n in plays_by_artist()])
same(rows("SELECT count(*) AS n FROM marts.top_artists"), [(str(sum(n > 640 for _, n in plays_by_artist())),)])
