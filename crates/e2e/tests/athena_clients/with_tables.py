"""Partitioned tables: written by CTAS, INSERT and UNLOAD in every format, read back here and by readers of files."""

import gzip
import json

import boto3
from expected import STAGING, same
from queries import end, rows, run, start

s3, glue = boto3.client("s3"), boto3.client("glue")
BUCKET, PREFIX = STAGING.removeprefix("s3://").split("/", 1)


def keys_below(folder):
    """Keys of all objects below a folder, relative to it."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=f"{PREFIX}{folder}/")
    return sorted(entry["Key"].removeprefix(f"{PREFIX}{folder}/") for page in pages for entry in page.get("Contents", []))


def body(key):
    return s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()


def manifest(execution):
    location = execution["Statistics"]["DataManifestLocation"]
    return body(location.removeprefix(f"s3://{BUCKET}/")).decode().split()


def folders(keys):
    return sorted({key.rsplit("/", 1)[0] for key in keys})


def reason(sql):
    status = end(start(sql))["Status"]
    assert status["State"] == "FAILED", status
    return status["StateChangeReason"]


def partitioned_by():
    """Folders as Hive names them, with whatever stands in the values, and rows that are found again."""
    run("CREATE DATABASE IF NOT EXISTS tables")
    execution = run(
        f"CREATE TABLE tables.by_day WITH (external_location = '{STAGING}by_day', partitioned_by = ARRAY['day', 'kind'], "
        "write_compression = 'SNAPPY') AS SELECT pid, ms, date_add('day', pid % 3, DATE '2026-01-01') AS day, "
        "CASE pid % 2 WHEN 0 THEN 'a/b=c%' ELSE NULL END AS kind FROM plays"
    )
    found = keys_below("by_day")
    same(folders(found), [f"day=2026-01-0{day}/kind={kind}" for day in (1, 2, 3)
                          for kind in ("__HIVE_DEFAULT_PARTITION__", "a%2Fb%3Dc%25")])
    same(manifest(execution), [f"{STAGING}by_day/{key}" for key in found])
    same(len(rows("SHOW PARTITIONS tables.by_day")), 6)
    same(rows("SELECT day, kind, count(*) AS n, sum(ms) AS ms FROM tables.by_day GROUP BY 1, 2 ORDER BY 1, 2")[1:],
         [[f"2026-01-0{day + 1}", kind, str(len(pids)), str(sum(pids) * 10)] for day in range(3)
          for kind, rest in (("a/b=c%", 0), (None, 1))
          for pids in [[pid for pid in range(5000) if pid % 3 == day and pid % 2 == rest]]])
    # Columns stand with the keys last, in SQL and in Glue.
    table = glue.get_table(DatabaseName="tables", Name="by_day")["Table"]
    same([column["Type"] for column in table["PartitionKeys"]], ["date", "string"])
    same(rows("SELECT * FROM tables.by_day WHERE pid = 4"), [["pid", "ms", "day", "kind"], ["4", "40", "2026-01-02", "a/b=c%"]])
    some = glue.get_partitions(DatabaseName="tables", TableName="by_day",
                               Expression="day >= '2026-01-02' AND (kind = 'a/b=c%' OR day = '2026-01-03')")
    same(sorted(partition["Values"] for partition in some["Partitions"]),
         [["2026-01-02", "a/b=c%"], ["2026-01-03", "__HIVE_DEFAULT_PARTITION__"], ["2026-01-03", "a/b=c%"]])
    same(rows('SELECT * FROM tables."by_day$partitions" ORDER BY day, kind NULLS LAST')[1:],
         [[f"2026-01-0{day}", kind] for day in (1, 2, 3) for kind in ("a/b=c%", None)])
    # Where a row is from.
    paths = rows("SELECT DISTINCT \"$path\" FROM tables.by_day WHERE day = DATE '2026-01-01' AND kind IS NULL")[1:]
    expected = [f"{STAGING}by_day/{key}" for key in found if key.startswith("day=2026-01-01/kind=__HIVE")]
    same(sorted(paths), [[path] for path in sorted(expected)])
    same(rows(f"SELECT count(*) FROM tables.by_day WHERE \"$path\" = '{paths[0][0]}'")[1:],
         rows("SELECT count(*) FROM tables.by_day WHERE day = DATE '2026-01-01' AND kind IS NULL")[1:])


def inserts():
    """New partitions are registered, known ones grow, wherever they are."""
    run(f"ALTER TABLE tables.by_day ADD PARTITION (day = '2026-02-01', kind = 'x') LOCATION '{STAGING}elsewhere/'")
    execution = run("INSERT INTO tables.by_day (kind, day, pid) VALUES ('x', DATE '2026-02-01', -1), "
                    "('new', DATE '2026-02-02', -2), (NULL, DATE '2026-01-01', -3)")
    same(folders(path.removeprefix(STAGING) for path in manifest(execution)),
         ["by_day/day=2026-01-01/kind=__HIVE_DEFAULT_PARTITION__", "by_day/day=2026-02-02/kind=new", "elsewhere"])
    same(rows("SELECT pid, ms, day, kind FROM tables.by_day WHERE pid < 0 ORDER BY pid DESC")[1:],
         [["-1", None, "2026-02-01", "x"], ["-2", None, "2026-02-02", "new"], ["-3", None, "2026-01-01", None]])
    same(len(rows("SHOW PARTITIONS tables.by_day")), 8)
    assert not [key for key in keys_below("by_day") if "_staging" in key]
    run("INSERT INTO tables.by_day SELECT * FROM tables.by_day WHERE pid < -100")
    same(rows("SELECT count(*) FROM tables.by_day WHERE pid < 0")[1:], [["3"]])


def types():
    """Columns take what Trino lets them take, value by value, and nothing else."""
    run("CREATE EXTERNAL TABLE tables.typed (n SMALLINT, t VARCHAR(3), c CHAR(2), at DATE, d DECIMAL(5,2)) "
        f"PARTITIONED BY (p INT) STORED AS PARQUET LOCATION '{STAGING}typed/'")
    run("INSERT INTO tables.typed VALUES (1, 'abc  ', 'a', DATE '2026-01-02', 3, BIGINT '7')")
    run("INSERT INTO tables.typed (p, n) VALUES (8, NULL)")
    same(rows("SELECT * FROM tables.typed ORDER BY p")[1:],
         [["1", "abc", "a", "2026-01-02", "3.00", "7"], [None, None, None, None, None, "8"]])
    words = "TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: "
    table = "Table: [smallint, varchar(3), char(2), date, decimal(5,2), integer]"
    for values, expected in [
        ("VALUES ('1', 'a', 'a', '2026-01-02', 1, 1)",
         f"{words}{table}, Query: [varchar(1), varchar(1), varchar(1), varchar(10), integer, integer]"),
        ("SELECT pid FROM plays", f"{words}{table}, Query: [bigint]"),
        ("(n) VALUES 'x'", f"{words}Table: [smallint], Query: [varchar(1)]"),
        ("(no) VALUES 1", "COLUMN_NOT_FOUND: line 1:1: Insert column name does not exist in target table: no"),
        ("(n, n) VALUES (1, 1)", "DUPLICATE_COLUMN_NAME: line 1:1: Insert column name is specified more than once: n"),
        ("(n) SELECT pid * 100000 FROM plays", "NUMERIC_VALUE_OUT_OF_RANGE: Out of range for smallint: "),
        ("(t) VALUES 'abcd'", "INVALID_CAST_ARGUMENT: Cannot truncate non-space characters when casting from "
                              "varchar(4) to varchar(3) on INSERT"),
    ]:
        said = reason(f"INSERT INTO tables.typed {values}")
        assert said.startswith(expected), said
    same(rows("SELECT count(*) FROM tables.typed")[1:], [["2"]])


def limits():
    said = reason(f"CREATE TABLE tables.many WITH (external_location = '{STAGING}many/', partitioned_by = ARRAY['p']) "
                  "AS SELECT pid, pid % 101 AS p FROM plays")
    assert said.startswith("HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of 100 open writers"), said
    same(keys_below("many"), [])
    same(end(start("SELECT 1 FROM tables.many"))["Status"]["AthenaError"]["ErrorType"], 1301)
    run(f"CREATE TABLE tables.many WITH (external_location = '{STAGING}many/', partitioned_by = ARRAY['p']) "
        "AS SELECT pid, pid % 100 AS p FROM plays")
    same(rows("SELECT count(DISTINCT p), count(*) FROM tables.many")[1:], [["100", "5000"]])
    same(rows("SELECT sum(pid) FROM tables.many WHERE p IN (3, 99)")[1:],
         [[str(sum(pid for pid in range(5000) if pid % 100 in (3, 99)))]])
    for properties, expected in [
        ("partitioned_by = ARRAY['pid']", "HIVE_COLUMN_ORDER_MISMATCH: Partition keys must be the last columns"),
        ("partitioned_by = ARRAY['nothing']", "INVALID_TABLE_PROPERTY: Partition columns [nothing] not present"),
        ("bucketed_by = ARRAY['pid'], bucket_count = 3", "NOT_SUPPORTED: "),
        ("format = 'ORC'", "NOT_SUPPORTED: "),
    ]:
        said = reason(f"CREATE TABLE tables.no WITH ({properties}) AS SELECT pid, ms FROM plays")
        assert said.startswith(expected), said
    said = reason(f"CREATE TABLE tables.again WITH (external_location = '{STAGING}many/') AS SELECT 1 AS a")
    assert said.startswith("HIVE_PATH_ALREADY_EXISTS: "), said


NESTED = ("SELECT pid, 'tab\tand \"quotes\"' AS t, ARRAY[ROW(pid, ARRAY['x', NULL]), NULL] AS l, MAP(ARRAY['k'], ARRAY[1.5]) AS m, "
          "CAST(ROW(1, 'y') AS ROW(a INTEGER, b VARCHAR)) AS r, DECIMAL '12.50' AS d, TIMESTAMP '2026-01-01 10:00:00.120' AS at, "
          "to_utf8('é') AS b, pid % 2 = 0 AS even FROM (VALUES 1, 2) AS v(pid)")
SHOWN = [[str(pid), "tab\tand \"quotes\"", f"[{{field0={pid}, field1=[x, null]}}, null]", "{k=1.5}", "{a=1, b=y}", "12.50",
          "2026-01-01 10:00:00.120", "c3 a9", str(pid % 2 == 0).lower()] for pid in (1, 2)]


def formats():
    """Text and JSON hold what Parquet holds."""
    nested = NESTED.replace("ROW(pid, ARRAY['x', NULL])", "CAST(ROW(pid, ARRAY['x', NULL]) AS ROW(field0 INTEGER, field1 ARRAY(VARCHAR)))")
    for name, properties in [
        ("parquet", "format = 'PARQUET', parquet_compression = 'GZIP'"),
        ("json", "format = 'JSON'"),
        ("json_zstd", "format = 'JSON', write_compression = 'ZSTD'"),
        ("text", "format = 'TEXTFILE'"),
        ("text_comma", "format = 'TEXTFILE', field_delimiter = '|', write_compression = 'NONE'"),
    ]:
        run(f"CREATE TABLE tables.of_{name} WITH ({properties}, external_location = '{STAGING}of_{name}/') AS {nested}")
        same(rows(f"SELECT * FROM tables.of_{name} ORDER BY pid")[1:], SHOWN)
        run(f"INSERT INTO tables.of_{name} {nested.replace('(VALUES 1, 2)', '(VALUES 3)')}")
        same(rows(f"SELECT count(*), sum(pid) FROM tables.of_{name}")[1:], [["3", "6"]])
    line = body(PREFIX + "of_text_comma/" + keys_below("of_text_comma")[0]).decode().splitlines()[0].split("|")
    same((line[0], line[3], line[5], line[7]), ("1", "k\x031.5", "12.50", "w6k="))
    found = [key for key in keys_below("of_json") if key.endswith(".json.gz")]
    documents = [json.loads(line) for key in found for line in gzip.decompress(body(f"{PREFIX}of_json/{key}")).splitlines()]
    same(sorted(document["pid"] for document in documents), [1, 2, 3])
    same(documents[0]["l"][0]["field1"], ["x", None])
    said = reason(f"CREATE TABLE tables.torn WITH (format = 'TEXTFILE', external_location = '{STAGING}torn/') AS "
                  "SELECT 'two\nlines' AS t")
    assert said.startswith("HIVE_WRITER_DATA_ERROR: "), said
    same(keys_below("torn"), [])


def unloads():
    execution = run(f"UNLOAD (SELECT pid, ms, pid % 2 AS odd FROM plays) TO '{STAGING}unloaded/' WITH (format = 'TEXTFILE', "
                    "field_delimiter = ',', compression = 'gzip', partitioned_by = ARRAY['odd'])")
    found = keys_below("unloaded")
    same((folders(found), manifest(execution)), (["odd=0", "odd=1"], [f"{STAGING}unloaded/{key}" for key in found]))
    lines = [line for key in found if key.startswith("odd=1/")
             for line in gzip.decompress(body(f"{PREFIX}unloaded/{key}")).decode().splitlines()]
    same(sorted(lines), sorted(f"{pid},{pid * 10}" for pid in range(5000) if pid % 2 == 1))
    said = reason(f"UNLOAD (SELECT 1 AS a) TO '{STAGING}unloaded/' WITH (format = 'PARQUET')")
    assert said.startswith("HIVE_PATH_ALREADY_EXISTS: "), said


def alterations():
    """Columns come and change; old files lack them."""
    run(f"CREATE EXTERNAL TABLE tables.grown (a INT, B STRING) PARTITIONED BY (day STRING) STORED AS PARQUET LOCATION '{STAGING}grown/'")
    run("INSERT INTO tables.grown VALUES (1, 'x', '1')")
    run("ALTER TABLE tables.grown ADD COLUMNS (c DOUBLE COMMENT 'new')")
    run("INSERT INTO tables.grown VALUES (2, 'y', 0.5, '2')")
    same(rows("SELECT * FROM tables.grown ORDER BY a"), [["a", "b", "c", "day"], ["1", "x", None, "1"], ["2", "y", "0.5", "2"]])
    run("ALTER TABLE tables.grown CHANGE COLUMN a a BIGINT COMMENT 'wider' AFTER b")
    same(rows("SELECT * FROM tables.grown WHERE day = '2'"), [["b", "a", "c", "day"], ["y", "2", "0.5", "2"]])
    run("ALTER TABLE tables.grown PARTITION (day = '2') RENAME TO PARTITION (day = '3')")
    same(rows("SELECT a, day FROM tables.grown ORDER BY a")[1:], [["1", "1"], ["2", "3"]])
    run(f"ALTER TABLE tables.grown PARTITION (day = '3') SET LOCATION '{STAGING}nothing/'")
    same(rows("SELECT a FROM tables.grown")[1:], [["1"]])
    run(f"ALTER TABLE tables.grown PARTITION (day = '3') SET LOCATION '{STAGING}grown/day=2/'")
    run("ALTER TABLE tables.grown DROP PARTITION (day = '1')")
    run("ALTER TABLE tables.grown REPLACE COLUMNS (a TINYINT)")
    same(rows("SELECT * FROM tables.grown"), [["a", "day"], ["2", "3"]])
    versions = glue.get_table_versions(DatabaseName="tables", TableName="grown")["TableVersions"]
    same([len(version["Table"]["StorageDescriptor"]["Columns"]) for version in versions], [1, 3, 3, 2])
    said = reason("ALTER TABLE tables.grown ADD COLUMNS (day INT)")
    assert "Duplicate column name: day" in said, said


def reading():
    """What Hive's readers understand of lines."""
    s3.put_object(Bucket=BUCKET, Key=f"{PREFIX}lines/x.txt", Body=(
        "one\ntwo\n1|a\\|b|x,y|k:1,l:2|3,z\n2||-|-|-\nno|-||\n".encode()))
    run("CREATE EXTERNAL TABLE tables.lines (n INT, t STRING, l ARRAY<STRING>, m MAP<STRING,INT>, r STRUCT<a:INT,b:STRING>) "
        "ROW FORMAT DELIMITED FIELDS TERMINATED BY '|' ESCAPED BY '\\\\' COLLECTION ITEMS TERMINATED BY ',' "
        f"MAP KEYS TERMINATED BY ':' NULL DEFINED AS '-' LOCATION '{STAGING}lines/' "
        "TBLPROPERTIES ('skip.header.line.count' = '2')")
    same(rows("SELECT * FROM tables.lines")[1:],
         [["1", "a|b", "[x, y]", "{k=1, l=2}", "{a=3, b=z}"], ["2", "", None, None, None], [None, None, "[]", "{}", None]])
    s3.put_object(Bucket=BUCKET, Key=f"{PREFIX}csv/x.csv", Body=(
        'day,at,t,n\n18276,1579059880000,"say ""hi"", then",7\n0,0,\\"x,8\n'.encode()))
    run("CREATE EXTERNAL TABLE tables.csv (day DATE, at TIMESTAMP, t STRING, n INT) ROW FORMAT SERDE "
        f"'org.apache.hadoop.hive.serde2.OpenCSVSerde' LOCATION '{STAGING}csv/' TBLPROPERTIES ('skip.header.line.count' = '1')")
    same(rows("SELECT day, at, t, n FROM tables.csv ORDER BY n LIMIT 1")[1:],
         [["2020-01-15", "2020-01-15 03:44:40.000", 'say "hi", then', "7"]])
    s3.put_object(Bucket=BUCKET, Key=f"{PREFIX}bad/x.csv", Body=b"x\n")
    run(f"CREATE EXTERNAL TABLE tables.bad (n INT) ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' LOCATION '{STAGING}bad/'")
    said = reason("SELECT n FROM tables.bad")
    assert said.startswith("HIVE_BAD_DATA: ") and "Error parsing field value 'x'" in said, said
    lines = ['{"Id": 1, "full name": "a", "Deep": {"X": [1, 2]}}', "broken", '{"ID": 9007199254740993}']
    s3.put_object(Bucket=BUCKET, Key=f"{PREFIX}documents/x.json", Body="\n".join(lines).encode())
    run("CREATE EXTERNAL TABLE tables.documents (id BIGINT, name STRING, deep STRUCT<x:ARRAY<INT>>) "
        "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' WITH SERDEPROPERTIES ('ignore.malformed.json' = 'true', "
        f"'mapping.name' = 'full name') LOCATION '{STAGING}documents/'")
    same(rows("SELECT * FROM tables.documents")[1:],
         [["1", "a", "{x=[1, 2]}"], [None, None, None], ["9007199254740993", None, None]])


for part in [partitioned_by, inserts, types, limits, formats, unloads, alterations, reading]:
    part()
run("DROP DATABASE tables CASCADE")
