"""Results of before stand for repeated queries, as long as what they read is the same."""

import boto3
from botocore.exceptions import ClientError
from expected import STAGING, same
from queries import rows_of, run

athena = boto3.client("athena")
YOUNG = {"ResultReuseByAgeConfiguration": {"Enabled": True, "MaxAgeInMinutes": 10}}


def asked(sql, reuse=YOUNG, **options):
    execution = run(sql, ResultReuseConfiguration=reuse, **options)
    statistics = execution["Statistics"]
    return (statistics["ResultReuseInformation"]["ReusedPreviousResult"], statistics["DataScannedInBytes"],
            rows_of(execution), execution)


run(f"CREATE TABLE reused WITH (format = 'PARQUET', external_location = '{STAGING}reused/') AS SELECT 1 AS a")
sql = "SELECT sum(ms) AS s FROM plays"
reused, scanned, expected, first = asked(sql)
same((reused, scanned > 0), (False, True))
reused, scanned, found, second = asked(sql)
same((reused, scanned, found), (True, 0, expected))
assert first["QueryExecutionId"] != second["QueryExecutionId"]
same(second["ResultConfiguration"]["OutputLocation"], first["ResultConfiguration"]["OutputLocation"])
same(second["ResultReuseConfiguration"], YOUNG)
# A client that does not ask for it, another text, another place and another age are other questions.
same(run(sql)["Statistics"]["ResultReuseInformation"], {"ReusedPreviousResult": False})
same(asked(sql + " ")[0], False)
same(asked(sql, ResultConfiguration={"OutputLocation": STAGING + "else/"})[0], False)
same(asked(sql, {"ResultReuseByAgeConfiguration": {"Enabled": True, "MaxAgeInMinutes": 0}})[0], False)
same(asked(sql, {"ResultReuseByAgeConfiguration": {"Enabled": False, "MaxAgeInMinutes": 10}})[0], False)
# Values of parameters are part of the question.
for value, expected_reuse in [("1", False), ("2", False), ("1", True)]:
    same(asked("SELECT count(*) AS n FROM plays WHERE pid = ?", ExecutionParameters=[value])[0], expected_reuse)
# What changes from query to query is asked anew, through views, too.
run("CREATE OR REPLACE VIEW moment AS SELECT random() AS at")
for changing in ["SELECT random() AS r", "SELECT at FROM moment", "SELECT count(*) AS n FROM information_schema.tables"]:
    same([asked(changing)[0] for _ in range(2)], [False, False])
# A table that was defined anew is another one.
same([asked("SELECT a FROM reused")[0] for _ in range(2)], [False, True])
run("ALTER TABLE reused SET TBLPROPERTIES ('comment' = 'changed')")
same(asked("SELECT a FROM reused")[0], False)
# So is one of the lake that was written to.
same([asked("SELECT count(*) AS n FROM grown")[2] for _ in range(2)], [[["n"], ["1"]], [["n"], ["1"]]])
run("INSERT INTO grown VALUES (2)")
reused, _, found, _ = asked("SELECT count(*) AS n FROM grown")
same((reused, found), (False, [["n"], ["2"]]))
# A result that is gone stands for nothing.
location = asked(sql)[3]["ResultConfiguration"]["OutputLocation"].removeprefix("s3://").split("/", 1)
boto3.client("s3").delete_object(Bucket=location[0], Key=location[1])
reused, _, found, third = asked(sql)
assert found == expected and third["ResultConfiguration"]["OutputLocation"].split("/")[-1] != location[1].split("/")[-1]
try:
    athena.start_query_execution(QueryString=sql, ResultConfiguration={"OutputLocation": STAGING},
                                 ResultReuseConfiguration={"ResultReuseByAgeConfiguration":
                                                           {"Enabled": True, "MaxAgeInMinutes": 99999}})
except ClientError as error:
    same(error.response["Error"]["Code"], "InvalidRequestException")
else:
    raise AssertionError("an age of weeks was accepted")
