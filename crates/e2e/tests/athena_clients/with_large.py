"""A result that is larger than the memory of the process that answers. Prints its bytes."""

import boto3
from expected import ROWS, STAGING, same
from queries import athena, run

REPEATS = 1000

execution = run(
    f"SELECT a.pid, b.pid AS other, a.artist, 'what stands in each row and takes room, and some more of it' AS text "
    f"FROM plays AS a CROSS JOIN plays AS b WHERE b.pid < {REPEATS}"
)
bucket, key = execution["ResultConfiguration"]["OutputLocation"].removeprefix("s3://").split("/", 1)
s3 = boto3.client("s3")
size = s3.head_object(Bucket=bucket, Key=key)["ContentLength"]
rows, rest = -1, b""
for piece in s3.get_object(Bucket=bucket, Key=key)["Body"].iter_chunks(1 << 20):
    rows += piece.count(b"\n")
    rest = piece[-1:]
same((rows, rest), (len(ROWS) * REPEATS, b"\n"))
first = athena.get_query_results(QueryExecutionId=execution["QueryExecutionId"], MaxResults=3)["ResultSet"]["Rows"]
same([datum["VarCharValue"] for datum in first[0]["Data"]], ["pid", "other", "artist", "text"])
s3.delete_object(Bucket=bucket, Key=key)
print(size)
