"""The life of queries through boto3, to the byte where files are concerned."""

import time
import uuid

import boto3
from botocore.exceptions import ClientError
from expected import BY_ARTIST, ROWS, STAGING, plays_by_artist, same
from queries import athena, end, rows, run, start

glue, s3 = boto3.client("glue"), boto3.client("s3")


def body(location):
    bucket, key = location.removeprefix("s3://").split("/", 1)
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read()


def refusal(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    raise AssertionError("not refused")


def queries_and_files():
    execution = run(BY_ARTIST)
    same(execution["StatementType"], "DML")
    assert execution["Statistics"]["DataScannedInBytes"] > 0 and execution["Statistics"]["QueryQueueTimeInMillis"] > 0
    # What is read of the files, and not how large they are.
    none, one, all_columns = (run(f"SELECT {columns} FROM plays")["Statistics"]["DataScannedInBytes"]
                              for columns in ("count(*)", "sum(ms)", "*"))
    assert none == 0 < one < all_columns, (none, one, all_columns)
    location = execution["ResultConfiguration"]["OutputLocation"]
    same(location, f"{STAGING}{execution['QueryExecutionId']}.csv")
    lines = ['"artist","plays"'] + [f'"{artist}","{plays}"' for artist, plays in plays_by_artist()]
    same(body(location).decode(), "\n".join(lines) + "\n")
    assert body(location + ".metadata")
    same(rows("SELECT NULL AS n, '' AS e, 'NULL' AS w"), [["n", "e", "w"], [None, "", "NULL"]])


def pages():
    found = rows("SELECT pid, ms FROM plays ORDER BY pid")
    same(found, [["pid", "ms"]] + [[str(row["pid"]), str(row["ms"])] for row in ROWS])
    query = run("SELECT pid FROM plays ORDER BY pid LIMIT 9")["QueryExecutionId"]
    # The header is a row, so that ten rows fill two pages of five; a page that is full has a token.
    page = athena.get_query_results(QueryExecutionId=query, MaxResults=5)
    page = athena.get_query_results(QueryExecutionId=query, MaxResults=5, NextToken=page["NextToken"])
    same([row["Data"][0]["VarCharValue"] for row in page["ResultSet"]["Rows"]], ["4", "5", "6", "7", "8"])
    page = athena.get_query_results(QueryExecutionId=query, MaxResults=5, NextToken=page["NextToken"])
    same((page["ResultSet"]["Rows"], "NextToken" in page), ([], False))


def types():
    query = run(
        "SELECT 1 AS i, 3000000000 AS b, 1.5 AS d, 'x' AS s, true AS t, DECIMAL '1.50' AS n, "
        "DATE '2017-01-02' AS day, TIMESTAMP '2017-01-01 00:00:00' AS at, ARRAY[1, 2] AS a, "
        "json_parse('{\"a\": 1}') AS j, CAST('x' AS char(2)) AS c, CAST('x' AS varchar) AS u"
    )["QueryExecutionId"]
    result = athena.get_query_results(QueryExecutionId=query)["ResultSet"]
    described = [(c["Type"], c["Precision"], c["Scale"]) for c in result["ResultSetMetadata"]["ColumnInfo"]]
    same(
        described,
        [("integer", 10, 0), ("bigint", 19, 0), ("double", 17, 0), ("varchar", 1, 0), ("boolean", 0, 0)]
        + [("decimal", 3, 2), ("date", 0, 0), ("timestamp", 3, 0), ("array", 0, 0), ("json", 0, 0)]
        + [("char", 2, 0), ("varchar", 2147483647, 0)],
    )
    values = [datum["VarCharValue"] for datum in result["Rows"][1]["Data"]]
    same(values, ["1", "3000000000", "1.5", "x", "true", "1.50", "2017-01-02", "2017-01-01 00:00:00.000", "[1, 2]"]
         + ['{"a":1}', "x ", "x"])


def functions():
    """Aggregations, lambdas with what they capture, windows and texts, on executors."""
    found = rows(
        "WITH artists AS ("
        "  SELECT artist, array_agg(ms ORDER BY ms DESC) AS all_ms, max_by(pid, ms) AS last, map_agg(pid, ms) AS by_pid,"
        "    min(pid) AS first, approx_distinct(pid) > 600 AS many"
        "  FROM plays WHERE artist IS NOT NULL GROUP BY artist) "
        "SELECT upper(split_part(artist, '-', 1)), reduce(all_ms, 0, (s, x) -> s + x, s -> s),"
        "  cardinality(filter(all_ms, x -> x > first * 1000)), last, element_at(by_pid, first), element_at(by_pid, -1),"
        "  rank() OVER (ORDER BY last DESC), many, date_format(from_unixtime(last), '%Y-%m-%d'),"
        "  json_extract_scalar(json_format(CAST(slice(all_ms, 1, 2) AS json)), '$[1]') "
        "FROM artists ORDER BY artist"
    )[1:]
    artists = {}
    for row in ROWS:
        if row["artist"] is not None:
            artists.setdefault(row["artist"], []).append(row)
    latest = sorted((plays[-1]["pid"] for plays in artists.values()), reverse=True)
    expected = []
    for _, plays in sorted(artists.items()):
        first, last = plays[0]["pid"], plays[-1]["pid"]
        above = sum(play["ms"] > first * 1000 for play in plays)
        day = time.strftime("%Y-%m-%d", time.gmtime(last))
        values = ["ARTIST", sum(play["ms"] for play in plays), above, last, first * 10, None]
        values += [latest.index(last) + 1, "true", day, plays[-2]["ms"]]
        expected.append([None if value is None else str(value) for value in values])
    same(found, expected)
    today = time.strftime("%Y-%m-%d", time.gmtime())
    assert rows("SELECT current_date, current_schema, date_diff('day', now(), current_timestamp)")[1] in (
        [today, "default", "0"],
        [time.strftime("%Y-%m-%d", time.gmtime()), "default", "0"],
    )
    same(rows("TABLE plays")[0], ["pid", "artist", "ms"])
    same(rows("SELECT normalize_title('Rock  & Roll!') AS t, normalize_title(NULL)")[1][1], None)


def failures():
    status = end(start("SELECT * FROM nowhere"))["Status"]
    reason = "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.default.nowhere' does not exist"
    same((status["State"], status["StateChangeReason"], status["AthenaError"]["ErrorType"]), ("FAILED", reason, 1301))
    status = end(start("SELECT nothing FROM plays"))["Status"]
    assert status["StateChangeReason"].startswith("COLUMN_NOT_FOUND: line 1:8: Column 'nothing' cannot be resolved")
    code, message = refusal(start, sql="SELEC 1")
    assert code == "InvalidRequestException" and message.startswith("line 1:1: mismatched input 'SELEC'"), message
    same(end(start("SELECT * FROM plays NATURAL JOIN plays"))["Status"]["AthenaError"]["ErrorType"], 1200)
    status = end(start("SELECT CAST(artist AS integer) FROM plays"))["Status"]
    assert status["StateChangeReason"].startswith("INVALID_CAST_ARGUMENT: Cannot cast '"), status
    same(status["AthenaError"]["ErrorType"], 1100)
    missing = str(uuid.uuid4())
    code, message = refusal(athena.get_query_execution, QueryExecutionId=missing)
    same((code, message), ("InvalidRequestException", f"QueryExecution {missing} was not found"))


def repeated_requests():
    token = uuid.uuid4().hex
    same(len({start("SELECT 1", ClientRequestToken=token) for _ in range(3)}), 1)
    _, message = refusal(start, sql="SELECT 2", ClientRequestToken=token)
    same(message, "Idempotent parameters do not match")


def cancelling():
    query = start("SELECT a.pid, b.pid AS other, c.pid AS third FROM plays a CROSS JOIN plays b CROSS JOIN plays c")
    while athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]["State"] == "QUEUED":
        time.sleep(0.02)
    athena.stop_query_execution(QueryExecutionId=query)
    status = end(query)["Status"]
    same((status["State"], status["StateChangeReason"]), ("CANCELLED", "Query cancelled by user"))
    same(refusal(athena.get_query_results, QueryExecutionId=query)[1], "Could not find results")
    # The executor is free again: this would wait for ever behind what was not stopped.
    same(rows("SELECT count(*) AS n FROM plays"), [["n"], ["5000"]])


def catalogs():
    run("CREATE DATABASE marts")
    run(
        f"CREATE EXTERNAL TABLE marts.lines (a INT COMMENT 'first', b STRING) PARTITIONED BY (day STRING) "
        f"ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' STORED AS TEXTFILE LOCATION '{STAGING}lines/'"
    )
    bucket, prefix = STAGING.removeprefix("s3://").split("/", 1)
    for day, text in [("1", "1\tx\n\\N\t\n"), ("2", "no number\t\\N\n3\tz\n")]:
        s3.put_object(Bucket=bucket, Key=f"{prefix}lines/day={day}/part.tsv", Body=text)
    same(rows("SELECT * FROM marts.lines"), [["a", "b", "day"]])
    run("MSCK REPAIR TABLE marts.lines")
    same(rows("SHOW PARTITIONS marts.lines"), [["day=1"], ["day=2"]])
    same(rows('SELECT * FROM marts."lines$partitions" ORDER BY 1'), [["day"], ["1"], ["2"]])
    found = rows("SELECT column_name, data_type, comment, extra_info FROM information_schema.columns "
                 "WHERE table_schema = 'marts' ORDER BY ordinal_position")
    same(found[1:], [["a", "integer", "first", None], ["b", "varchar", None, None],
                     ["day", "varchar", None, "partition key"]])
    found = rows("SELECT a, b, day FROM marts.lines ORDER BY day, a")
    same(found[1:], [["1", "x", "1"], [None, "", "1"], ["3", "z", "2"], [None, None, "2"]])
    run("ALTER TABLE marts.lines DROP PARTITION (day = '1')")
    same(len(glue.get_partitions(DatabaseName="marts", TableName="lines")["Partitions"]), 1)
    metadata = athena.get_table_metadata(
        CatalogName="AwsDataCatalog", DatabaseName="marts", TableName="lines"
    )["TableMetadata"]
    same(metadata["Columns"], [{"Name": "a", "Type": "int", "Comment": "first"}, {"Name": "b", "Type": "string"}])
    same(metadata["PartitionKeys"], [{"Name": "day", "Type": "string"}])
    same(refusal(athena.get_table_metadata, CatalogName="AwsDataCatalog", DatabaseName="marts", TableName="no")[0],
         "MetadataException")
    run("CREATE VIEW marts.v AS SELECT artist, ms FROM \"default\".plays WHERE ms < 50")
    same(rows("SELECT count(*) AS n FROM marts.v"), [["n"], ["5"]])
    same(rows("SHOW TABLES IN marts"), [["lines"], ["v"]])
    run("CREATE VIEW marts.typed AS SELECT json_parse('[1]') AS j, CAST('a' AS varchar(3)) AS t, CAST('b' AS char(2)) AS c")
    same(rows("SELECT typeof(j), typeof(t), typeof(c) FROM marts.typed")[1:],
         [["json", "varchar(3)", "char(2)"]])
    found = rows("SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = 'marts' ORDER BY 1")
    same(found[1:], [["lines", "BASE TABLE"], ["typed", "VIEW"], ["v", "VIEW"]])
    same(rows("SELECT view_definition FROM information_schema.views WHERE table_name = 'v'")[1:],
         [['SELECT artist, ms FROM "default".plays WHERE ms < 50']])
    run("DROP DATABASE marts CASCADE")
    same(rows("SHOW DATABASES"), [["default"]])


def writes():
    run(f"CREATE TABLE short WITH (format = 'PARQUET', external_location = '{STAGING}short/') AS "
        "SELECT pid, ms FROM plays WHERE ms < 100")
    execution = run("INSERT INTO short (pid) VALUES (77)")
    manifest = body(execution["Statistics"]["DataManifestLocation"]).decode()
    assert manifest.startswith(f"{STAGING}short/") and manifest.endswith(".parquet\n"), manifest
    same(rows("SELECT count(*), sum(pid), count(ms) FROM short"), [["_col0", "_col1", "_col2"], ["11", "122", "10"]])
    count = athena.get_query_results(QueryExecutionId=execution["QueryExecutionId"])["UpdateCount"]
    same(count, 1)
    same(glue.get_table(DatabaseName="default", Name="short")["Table"]["StorageDescriptor"]["Location"],
         f"{STAGING}short/")
    glue.delete_table(DatabaseName="default", Name="short")
    same(end(start("SELECT 1 FROM short"))["Status"]["AthenaError"]["ErrorType"], 1301)


def groups_and_statements():
    athena.create_work_group(
        Name="analysts",
        Configuration={
            "EnforceWorkGroupConfiguration": True,
            "ResultConfiguration": {"OutputLocation": f"{STAGING}analysts/"},
        },
    )
    execution = run("SELECT 1", WorkGroup="analysts")
    assert execution["ResultConfiguration"]["OutputLocation"].startswith(f"{STAGING}analysts/")
    listed = athena.list_query_executions(WorkGroup="analysts")
    same(listed["QueryExecutionIds"], [execution["QueryExecutionId"]])
    assert "NextToken" not in listed
    athena.create_prepared_statement(
        StatementName="longer", WorkGroup="analysts", QueryStatement="SELECT count(*) AS n FROM plays WHERE ms > ?"
    )
    expected = str(sum(row["ms"] > 40000 for row in ROWS))
    same(rows("EXECUTE longer USING 40000", WorkGroup="analysts"), [["n"], [expected]])
    named = rows("SELECT count(*) AS n FROM plays WHERE artist = ?", ExecutionParameters=["artist-3"])
    same(named, [["n"], [str(dict(plays_by_artist())["artist-3"])]])
    athena.delete_work_group(WorkGroup="analysts", RecursiveDeleteOption=True)
    same(refusal(start, sql="SELECT 1", WorkGroup="analysts")[1], "WorkGroup is not found.")


for part in [queries_and_files, pages, types, functions, failures, repeated_requests, cancelling, catalogs, writes,
             groups_and_statements]:
    part()
