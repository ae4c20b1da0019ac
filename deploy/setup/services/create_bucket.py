"""Creates a bucket: create_bucket.py BUCKET, with TEST_S3_ENDPOINT, TEST_S3_REGION and the two keys in the environment.

One request signed with AWS Signature Version 4, so that no S3 client has to be installed:
https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
"""

import datetime
import hashlib
import hmac
import os
import sys
import urllib.error
import urllib.request

TIMEOUT_SECONDS = 30
EMPTY_BODY_HASH = hashlib.sha256(b"").hexdigest()


def main() -> None:
    bucket = sys.argv[1]
    url = f"{os.environ['TEST_S3_ENDPOINT']}/{bucket}"
    request = urllib.request.Request(url, method="PUT", headers=signed_headers(f"/{bucket}"))
    # A proxy of the environment is no way to a server on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        opener.open(request, timeout=TIMEOUT_SECONDS).close()
    except urllib.error.HTTPError as error:
        sys.exit(f"services: creating the bucket {bucket}: {error}: {error.read().decode(errors='replace')}")


def signed_headers(path: str) -> dict[str, str]:
    region = os.environ["TEST_S3_REGION"]
    now = datetime.datetime.now(datetime.timezone.utc)
    scope = f"{now:%Y%m%d}/{region}/s3/aws4_request"
    headers = {
        "host": os.environ["TEST_S3_ENDPOINT"].split("://", 1)[1],
        "x-amz-content-sha256": EMPTY_BODY_HASH,
        "x-amz-date": f"{now:%Y%m%dT%H%M%SZ}",
    }
    names = ";".join(headers)
    canonical = "\n".join(["PUT", path, "", *(f"{k}:{v}" for k, v in headers.items()), "", names, EMPTY_BODY_HASH])
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = "\n".join(["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, digest])
    key = ("AWS4" + os.environ["TEST_S3_SECRET_ACCESS_KEY"]).encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    credential = f"{os.environ['TEST_S3_ACCESS_KEY_ID']}/{scope}"
    authorization = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "authorization": authorization}


main()
