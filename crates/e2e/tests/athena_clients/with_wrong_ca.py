"""A client that does not trust the server's certificate is not answered."""

import boto3
from botocore.exceptions import SSLError

try:
    boto3.client("athena").list_work_groups()
except SSLError:
    pass
else:
    raise AssertionError("the certificate was accepted")
