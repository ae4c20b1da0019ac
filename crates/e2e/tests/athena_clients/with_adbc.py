"""Flight SQL through ADBC: the same address, keys, catalog and SQL as the clients of Athena."""

import os
import threading
import urllib.parse

import adbc_driver_flightsql.dbapi as flight_sql
import adbc_driver_manager
import pyarrow
from adbc_driver_flightsql import DatabaseOptions
from expected import BY_ARTIST, ROWS, plays_by_artist, same

parts = urllib.parse.urlsplit(os.environ["AWS_ENDPOINT_URL"])
SCHEME = {"http": "grpc", "https": "grpc+tls"}[parts.scheme]
TRUST = {}
if "AWS_CA_BUNDLE" in os.environ:
    with open(os.environ["AWS_CA_BUNDLE"], encoding="utf-8") as bundle:
        TRUST = {DatabaseOptions.TLS_ROOT_CERTS.value: bundle.read()}


def connect(user, password, **options):
    options = {"username": user, "password": password, **TRUST, **options}
    return flight_sql.connect(f"{SCHEME}://{parts.netloc}", db_kwargs=options, autocommit=True)


def refusal(connection, sql, parameters=None):
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            cursor.fetchall()
    except adbc_driver_manager.Error as error:
        return str(error)
    raise AssertionError(f"not refused: {sql}")


def queries(connection):
    with connection.cursor() as cursor:
        cursor.execute(BY_ARTIST)
        table = cursor.fetch_arrow_table()
        same(table.schema, pyarrow.schema([("artist", pyarrow.string()), ("plays", pyarrow.int64())]))
        same([(row["artist"], row["plays"]) for row in table.to_pylist()], plays_by_artist())
        cursor.execute("SELECT pid FROM plays ORDER BY pid")
        same(cursor.fetchall(), [(row["pid"],) for row in ROWS])
        # Trino's meaning, on executors.
        cursor.execute("SELECT CAST(2.5 AS integer), transform(ARRAY[1, 2], x -> x * 2), 7 / 2, concat('a', NULL)")
        same(cursor.fetchall(), [(3, [2, 4], 3, None)])
        cursor.execute("SELECT count(*) FROM plays WHERE artist = ? AND ms < ?", ("artist-3", 20000))
        same(cursor.fetchall(), [(sum(row["artist"] == "artist-3" and row["ms"] < 20000 for row in ROWS),)])


def catalog(connection):
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE flights")
        cursor.execute("CREATE VIEW flights.short AS SELECT pid, ms FROM \"default\".plays WHERE ms < 50")
        cursor.execute("SHOW TABLES IN flights")
        same(cursor.fetchall(), [("short",)])
    objects = connection.adbc_get_objects(depth="tables", db_schema_filter="flights").read_all().to_pylist()
    same([found["catalog_name"] for found in objects], ["awsdatacatalog"])
    (schema,) = [schema for schema in objects[0]["catalog_db_schemas"] if schema["db_schema_name"] == "flights"]
    same([(table["table_name"], table["table_type"]) for table in schema["db_schema_tables"]], [("short", "VIEW")])
    schema = connection.adbc_get_table_schema("plays", db_schema_filter="default")
    same(schema.names, ["pid", "artist", "ms"])
    same(connection.adbc_get_info()["vendor_name"], "Segue")
    header = "adbc.flight.sql.rpc.call_header.database"
    with connect("ADMIN", "secret/of+admin", **{header: "flights"}) as there, there.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM short")
        same(cursor.fetchall(), [(5,)])


def writes(connection):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE flown AS SELECT pid, ms FROM plays WHERE ms < 100")
        same(cursor.fetchall(), [(10,)])
        cursor.execute("INSERT INTO flown VALUES (7, 7)")
        same(cursor.fetchall(), [(1,)])
        cursor.execute("SELECT count(*), sum(pid) FROM flown")
        same(cursor.fetchall(), [(11, 52)])


def failures(connection):
    said = refusal(connection, "SELECT * FROM nowhere")
    assert "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.default.nowhere' does not exist" in said, said
    said = refusal(connection, "SELECT CAST(artist AS integer) FROM plays")
    assert "INVALID_CAST_ARGUMENT" in said, said
    said = refusal(connection, "SELEC 1")
    assert "line 1:1: mismatched input 'SELEC'" in said, said
    said = refusal(connection, "SELECT ?", ())
    assert "INVALID_PARAMETER_USAGE" in said or "parameter" in said.lower(), said


def keys():
    for user, password in [("ADMIN", "wrong"), ("nobody", "secret/of+admin"), ("ADMIN", "")]:
        try:
            with connect(user, password) as connection:
                said = refusal(connection, "SELECT 1")
        except adbc_driver_manager.Error as error:
            said = str(error)
        assert "UNAUTHENTICATED" in said.upper(), said
    with connect("READER", "secret-of-reader") as connection:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM plays")
            same(cursor.fetchall(), [(len(ROWS),)])
        said = refusal(connection, "CREATE DATABASE mine")
        assert "PERMISSION_DENIED" in said, said


def leaving(connection):
    """Rows that nobody waits for any more are not computed: two of these would keep all others waiting for ever."""
    cross = "SELECT sum(a.pid * b.pid + c.pid) FROM plays a CROSS JOIN plays b CROSS JOIN plays c"
    for _ in range(3):
        with connect("ADMIN", "secret/of+admin") as gone, gone.cursor() as cursor:
            threading.Timer(2, cursor.adbc_cancel).start()
            try:
                cursor.execute(cross)
                cursor.fetchone()
            except adbc_driver_manager.Error as error:
                same(error.status_code, adbc_driver_manager.AdbcStatusCode.CANCELLED)
            else:
                raise AssertionError("125 billion rows were added up at once")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM plays")
        same(cursor.fetchall(), [(len(ROWS),)])


keys()
with connect("ADMIN", "secret/of+admin") as opened:
    for part in [queries, catalog, writes, failures, leaving]:
        part(opened)
