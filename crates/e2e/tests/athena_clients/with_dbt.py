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
for added in range(2):
    said = dbt("build", "--vars", f"{{added: {added}}}")
    assert "PASS=12" in said and "ERROR=0" in said, said
same(rows("SELECT artist, plays FROM marts.artists ORDER BY artist"), [(a, str(n)) for a, n in plays_by_artist()])
same(rows("SELECT count(*) AS n FROM marts.top_artists"), [(str(sum(n > 640 for _, n in plays_by_artist())),)])
# The second run replaced the partitions of the last day, and added to what the first one had noted.
days = {day: [pid for pid in range(5000) if pid % 3 == day] for day in range(3)}
same(rows("SELECT day, count(*), sum(ms) FROM marts.events GROUP BY day ORDER BY day"),
     [(f"2026-01-0{day + 1}", str(len(pids)), str(sum(pids) * 10 + (len(pids) if day == 2 else 0)))
      for day, pids in days.items()])
same(rows("SELECT plays, added FROM marts.log ORDER BY added"), [("5000", "0"), ("5000", "1")])
same(rows("SELECT count(*), count(DISTINCT shard), sum(pid) FROM marts.many"), [("5000", "130", str(sum(range(5000))))])
same(rows("SELECT artist, label, since FROM marts.labelled ORDER BY artist"),
     [("artist-1", 'one, and "only"', "2001-02-03"), ("artist-2", "two", "2004-05-06")])
