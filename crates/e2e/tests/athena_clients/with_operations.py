"""What administrators and curious people ask: tags, limits, plans, functions; and what is said of wrong requests."""

import json

import boto3
from botocore.exceptions import ClientError
from expected import ROWS, STAGING, same
from queries import athena, end, rows, run, start


def refusal(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["Error"]["Message"]
    raise AssertionError("not refused")


def tags():
    arn = "arn:aws:athena:us-east-1:000000000000:workgroup/tagged"
    listed = lambda: athena.list_tags_for_resource(ResourceARN=arn)["Tags"]
    same(refusal(athena.list_tags_for_resource, ResourceARN=arn)[0], "ResourceNotFoundException")
    athena.create_work_group(Name="tagged", Tags=[{"Key": "team", "Value": "music"}, {"Key": "a", "Value": ""}])
    same(listed(), [{"Key": "a", "Value": ""}, {"Key": "team", "Value": "music"}])
    athena.tag_resource(ResourceARN=arn, Tags=[{"Key": "team", "Value": "data"}, {"Key": "cost", "Value": "7"}])
    athena.untag_resource(ResourceARN=arn, TagKeys=["a", "never"])
    same(listed(), [{"Key": "cost", "Value": "7"}, {"Key": "team", "Value": "data"}])
    athena.delete_work_group(WorkGroup="tagged")
    athena.create_work_group(Name="tagged")
    same(listed(), [])
    athena.delete_work_group(WorkGroup="tagged")
    pages = athena.get_paginator("list_tags_for_resource")
    arn = "arn:aws:athena:us-east-1:000000000000:datacatalog/AwsDataCatalog"
    athena.tag_resource(ResourceARN=arn, Tags=[{"Key": "k", "Value": "v"}])
    same([tag for page in pages.paginate(ResourceARN=arn) for tag in page["Tags"]], [{"Key": "k", "Value": "v"}])


def cutoff():
    """A workgroup's limit on what a query reads, as Athena tells it."""
    run(f"CREATE TABLE large WITH (format = 'PARQUET', external_location = '{STAGING}large/') AS "
        "SELECT a.pid * 5003 + b.pid AS n, to_hex(sha256(to_utf8(CAST(a.pid * 5003 + b.pid AS varchar)))) AS text "
        "FROM plays AS a CROSS JOIN plays AS b WHERE b.pid < 80")
    athena.create_work_group(Name="frugal", Configuration={"BytesScannedCutoffPerQuery": 10_000_000})
    status = end(start("SELECT max(text) FROM large", WorkGroup="frugal"))["Status"]
    same((status["State"], status["StateChangeReason"]), ("CANCELLED", "Bytes scanned limit was exceeded"))
    same(rows("SELECT count(*) FROM plays", WorkGroup="frugal")[1], [str(len(ROWS))])
    same(len(rows("EXPLAIN SELECT max(text) FROM large", WorkGroup="frugal")) > 1, True)
    athena.update_work_group(WorkGroup="frugal", ConfigurationUpdates={"RemoveBytesScannedCutoffPerQuery": True})
    assert "BytesScannedCutoffPerQuery" not in athena.get_work_group(WorkGroup="frugal")["WorkGroup"]["Configuration"]
    same(len(rows("SELECT max(text) FROM large", WorkGroup="frugal")), 2)
    athena.delete_work_group(WorkGroup="frugal", RecursiveDeleteOption=True)
    run("DROP TABLE large")


def plans():
    sql = "SELECT artist, count(*) FROM plays WHERE ms > 10 GROUP BY artist"
    plain = [row[0] for row in rows(f"EXPLAIN {sql}")]
    assert plain[0] == "Query Plan" and any("Aggregate" in line for line in plain), plain
    graph = "\n".join(row[0] for row in rows(f"EXPLAIN (FORMAT GRAPHVIZ) {sql}"))
    assert "digraph" in graph, graph
    document = json.loads("\n".join(row[0] for row in rows(f"EXPLAIN (TYPE LOGICAL, FORMAT JSON) {sql}")[1:]))
    assert document[0]["Plan"], document
    work = "\n".join(row[0] for row in rows(f"EXPLAIN (TYPE DISTRIBUTED) {sql}"))
    assert "AggregateExec" in work and "DataSourceExec" in work, work
    same(rows(f"EXPLAIN (TYPE VALIDATE) {sql}"), [["true"]])
    measured = "\n".join(row[0] for row in rows(f"EXPLAIN ANALYZE {sql}"))
    assert "Stage 1" in measured and "output_rows=" in measured, measured
    status = end(start("EXPLAIN (TYPE VALIDATE) SELECT nothing FROM plays"))["Status"]
    assert status["StateChangeReason"].startswith("COLUMN_NOT_FOUND"), status
    code, message = refusal(start, sql=f"EXPLAIN (TYPE IO) {sql}")
    assert code == "InvalidRequestException" and "not supported: EXPLAIN (TYPE IO)" in message, message


def functions():
    found = rows("SHOW FUNCTIONS")
    same(found[0], ["Function", "Return Type", "Argument Types", "Function Type", "Deterministic", "Description"])
    names = {row[0] for row in found[1:]}
    assert {"upper", "max_by", "row_number", "date_format", "json_extract_scalar", "transform"} <= names, sorted(names)
    same({row[0] for row in rows("SHOW FUNCTIONS LIKE 'array_a%'")[1:]}, {n for n in names if n.startswith("array_a")})
    execution = run("SHOW FUNCTIONS LIKE 'upper'")
    assert execution["ResultConfiguration"]["OutputLocation"].endswith(".csv")
    same((execution["StatementType"], execution["SubstatementType"]), ("UTILITY", "SHOW_FUNCTIONS"))


def wrong_requests():
    """As they come from programs that do not check them, unlike boto3."""
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.httpsession import URLLib3Session

    session = boto3.Session()

    def ask(operation, body):
        headers = {"X-Amz-Target": f"AmazonAthena.{operation}", "Content-Type": "application/x-amz-json-1.1"}
        request = AWSRequest("POST", athena.meta.endpoint_url, data=body, headers=headers)
        SigV4Auth(session.get_credentials(), "athena", "us-east-1").add_auth(request)
        answer = URLLib3Session().send(request.prepare())
        same(answer.status_code, 400)
        answer = json.loads(answer.text)
        return answer["__type"], answer.get("Message")

    said = ask("GetQueryResults", '{"NextToken": "", "MaxResults": 0}')
    same(said, ("InvalidRequestException",
                "3 validation errors detected: Value null at 'queryExecutionId' failed to satisfy constraint: Member must "
                "not be null; Value '' at 'nextToken' failed to satisfy constraint: Member must have length greater than "
                "or equal to 1; Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater "
                "than or equal to 1"))
    said = ask("ListQueryExecutions", '{"MaxResults": "x"}')
    same(said, ("SerializationException", "STRING_VALUE can not be converted to an Integer"))
    same(ask("GetWorkGroup", '{"WorkGroup": 7}'),
         ("SerializationException", "NUMBER_VALUE can not be converted to a String"))
    same(ask("Fly", "{}"), ("UnknownOperationException", None))
    for operation in ["CreateDataCatalog", "StartSession", "CreateCapacityReservation", "CreateNotebook"]:
        code, message = ask(operation, "{}")
        assert code == "InvalidRequestException" and message.startswith(f"{operation} is not available"), message


def pages():
    """All paginators that botocore has for what there is."""
    for number in range(7):
        run(f"CREATE DATABASE pages_{number}")
        athena.create_named_query(Name=f"q{number}", Database="default", QueryString=f"SELECT {number}")
        run(f"SELECT {number}")
    for operation, key, arguments, least in [
        ("list_databases", "DatabaseList", {"CatalogName": "AwsDataCatalog"}, 8),
        ("list_named_queries", "NamedQueryIds", {}, 7),
        ("list_query_executions", "QueryExecutionIds", {}, 14),
        ("list_data_catalogs", "DataCatalogsSummary", {}, 1),
        ("list_table_metadata", "TableMetadataList", {"CatalogName": "AwsDataCatalog", "DatabaseName": "default"}, 1),
    ]:
        paginator = athena.get_paginator(operation)
        # Athena's data catalogs come two to a page at least.
        found = [list(page[key]) for page in paginator.paginate(**arguments, PaginationConfig={"PageSize": 3})]
        assert sum(map(len, found)) >= least and all(len(page) <= 3 for page in found), (operation, found)
        flat = [json.dumps(entry, sort_keys=True, default=str) for page in found for entry in page]
        same(len(flat), len(set(flat)))
    query = run("SELECT pid FROM plays ORDER BY pid")["QueryExecutionId"]
    pages_of_rows = athena.get_paginator("get_query_results").paginate(
        QueryExecutionId=query, PaginationConfig={"PageSize": 1000})
    found = [row["Data"][0]["VarCharValue"] for page in pages_of_rows for row in page["ResultSet"]["Rows"]]
    same(found, ["pid"] + [str(row["pid"]) for row in ROWS])
    for number in range(7):
        run(f"DROP DATABASE pages_{number}")


for part in [tags, cutoff, plans, functions, wrong_requests, pages]:
    part()
