"""Compressed text and JSON, and partitions that follow from a table's properties."""

import bz2
import datetime
import gzip
import json

import boto3
import pyarrow
from expected import STAGING, same
from queries import rows, run

s3 = boto3.client("s3")
BUCKET, PREFIX = STAGING.removeprefix("s3://").split("/", 1)
# 1,000 rows of which every third has no name.
ROWS = [(number, None if number % 3 == 0 else f"name {number}", number / 4) for number in range(1000)]


def put(key, body):
    s3.put_object(Bucket=BUCKET, Key=PREFIX + key, Body=body)


def compressed(name, data):
    """The data as the end of the name says."""
    if name.endswith(".zst"):
        sink = pyarrow.BufferOutputStream()
        with pyarrow.CompressedOutputStream(sink, "zstd") as stream:
            stream.write(data)
        return sink.getvalue().to_pybytes()
    return {"gz": gzip.compress, "bz2": bz2.compress}.get(name.rsplit(".")[-1], bytes)(data)


def sums():
    names = sum(name is not None for _, name, _ in ROWS)
    return [["n", "names", "ids", "halves"],
            [str(len(ROWS)), str(names), str(sum(i for i, _, _ in ROWS)), str(sum(x for _, _, x in ROWS))]]


def text():
    run("CREATE DATABASE IF NOT EXISTS text")
    run("CREATE EXTERNAL TABLE text.lines (id BIGINT, name STRING, x DOUBLE) "
        f"ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t' LOCATION '{STAGING}lines/' "
        "TBLPROPERTIES ('skip.header.line.count'='1')")
    for part, end in enumerate(["tsv.gz", "tsv.zst", "tsv.bz2", "tsv"]):
        lines = ["id\tname\tx"] + ["\t".join(["\\N" if value is None else str(value) for value in row])
                                   for row in ROWS[part * 250:(part + 1) * 250]]
        put(f"lines/part-{part}.{end}", compressed(end, ("\n".join(lines) + "\n").encode()))
    same(rows("SELECT count(*) AS n, count(name) AS names, sum(id) AS ids, sum(x) AS halves FROM text.lines"), sums())
    same(rows("SELECT name FROM text.lines WHERE id = 700"), [["name"], ["name 700"]])


def documents():
    run("CREATE EXTERNAL TABLE text.documents (id BIGINT, name STRING, x DOUBLE, tags ARRAY<STRING>) "
        f"ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' LOCATION '{STAGING}documents/'")
    for part, end in enumerate(["json.gz", "json.zst", "json"]):
        lines = [json.dumps({"id": i, "name": name, "x": x, "tags": [str(i)]}) for i, name, x in ROWS[part::3]]
        put(f"documents/part-{part}.{end}", compressed(end, ("\n".join(lines) + "\n").encode()))
    same(rows("SELECT count(*) AS n, count(name) AS names, sum(id) AS ids, sum(x) AS halves FROM text.documents"), sums())
    same(rows("SELECT tags FROM text.documents WHERE id = 7"), [["tags"], ["[7]"]])


def projections():
    today = datetime.datetime.now(datetime.timezone.utc).date()
    days = [today - datetime.timedelta(days=back) for back in range(4)]
    run("CREATE EXTERNAL TABLE text.days (v INT) PARTITIONED BY (day STRING, region STRING, shard INT) "
        f"ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION '{STAGING}days/' TBLPROPERTIES ("
        "'projection.enabled'='true', 'projection.day.type'='date', 'projection.day.format'='yyyy/MM/dd', "
        "'projection.day.range'='NOW-2DAYS,NOW', 'projection.region.type'='enum', "
        "'projection.region.values'='eu,us', 'projection.shard.type'='integer', 'projection.shard.range'='0,3', "
        "'projection.shard.digits'='2', "
        f"'storage.location.template'='{STAGING}days/${{day}}/${{region}}-${{shard}}/')")
    expected = []
    for number, day in enumerate(days):
        for region in ["eu", "us", "asia"]:
            for shard in [0, 3, 4]:
                put(f"days/{day:%Y/%m/%d}/{region}-{shard:02}/x.csv.gz", gzip.compress(f"{number}\n".encode()))
                if number <= 2 and region != "asia" and shard != 4:
                    expected.append([str(number), f"{day:%Y/%m/%d}", region, str(shard)])
    found = rows("SELECT v, day, region, shard FROM text.days ORDER BY v, region, shard")
    same(found, [["v", "day", "region", "shard"]] + sorted(expected, key=lambda row: (row[0], row[2], row[3])))
    found = rows(f"SELECT count(*) AS n FROM text.days WHERE day = '{days[1]:%Y/%m/%d}' AND region = 'us'")
    same(found, [["n"], ["2"]])
    # Hive's folders, and a value that only the files know.
    run("CREATE EXTERNAL TABLE text.devices (v INT) PARTITIONED BY (device STRING) "
        f"ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION '{STAGING}devices/' TBLPROPERTIES ("
        "'projection.enabled'='true', 'projection.device.type'='injected')")
    for device in ["a", "b"]:
        put(f"devices/device={device}/x.csv", f"{ord(device)}\n".encode())
    same(rows("SELECT v, device FROM text.devices WHERE device = 'b'"), [["v", "device"], ["98", "b"]])
    run("DROP DATABASE text CASCADE")


for part in [text, documents, projections]:
    part()
