"""S3's operations through boto3, which signs what it sends."""

import hashlib
import io
import os
import pathlib
import socket
import urllib.error
import urllib.request

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError
from expected import same

s3 = boto3.client("s3")
ENDPOINT = os.environ["AWS_ENDPOINT_URL"]
SMALL_PARTS = TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20)


def refusal(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    raise AssertionError("not refused")


def buckets():
    s3.create_bucket(Bucket="my-bucket")
    s3.head_bucket(Bucket="my-bucket")
    same(s3.get_bucket_location(Bucket="my-bucket").get("LocationConstraint"), None)
    same([bucket["Name"] for bucket in s3.list_buckets()["Buckets"]], ["lake", "my-bucket"])
    same(refusal(s3.head_bucket, Bucket="nowhere"), "404")
    same(refusal(s3.list_objects_v2, Bucket="nowhere"), "NoSuchBucket")
    same(refusal(s3.get_bucket_acl, Bucket="my-bucket"), "NotImplemented")
    s3.put_object(Bucket="my-bucket", Key="x", Body=b"")
    same(refusal(s3.delete_bucket, Bucket="my-bucket"), "BucketNotEmpty")
    s3.delete_object(Bucket="my-bucket", Key="x")
    s3.delete_bucket(Bucket="my-bucket")
    same(refusal(s3.list_objects_v2, Bucket="my-bucket"), "NoSuchBucket")
    s3.create_bucket(Bucket="my-bucket")


def objects():
    key, body = "a folder/day=1/é+%&.csv", bytes(range(256)) * 4
    put = s3.put_object(Bucket="my-bucket", Key=key, Body=body)
    found = s3.get_object(Bucket="my-bucket", Key=key)
    same((found["Body"].read(), found["ContentLength"], found["ETag"]), (body, 1024, put["ETag"]))
    head = s3.head_object(Bucket="my-bucket", Key=key)
    same((head["ContentLength"], head["ETag"], head["LastModified"]), (1024, put["ETag"], found["LastModified"]))
    for asked, expected in [("bytes=0-9", body[:10]), ("bytes=1000-", body[1000:]), ("bytes=-5", body[-5:]),
                            ("bytes=1020-9999", body[1020:])]:
        part = s3.get_object(Bucket="my-bucket", Key=key, Range=asked)
        same((part["Body"].read(), part["ResponseMetadata"]["HTTPStatusCode"]), (expected, 206))
        at = body.index(expected) if asked != "bytes=0-9" else 0
        assert part["ContentRange"].endswith("/1024"), (part["ContentRange"], at)
    same(refusal(s3.get_object, Bucket="my-bucket", Key=key, Range="bytes=1024-"), "InvalidRange")
    same(refusal(s3.get_object, Bucket="my-bucket", Key=key, IfMatch='"other"'), "PreconditionFailed")
    same(refusal(s3.get_object, Bucket="my-bucket", Key="nothing"), "NoSuchKey")
    same(refusal(s3.put_object, Bucket="my-bucket", Key=key, Body=b"", IfNoneMatch="*"), "NotImplemented")
    same(refusal(s3.put_object, Bucket="my-bucket", Key=key, Body=b"", ServerSideEncryption="AES256"), "NotImplemented")
    same(refusal(s3.head_object, Bucket="my-bucket", Key="nothing"), "404")
    s3.copy_object(Bucket="my-bucket", Key="copy", CopySource={"Bucket": "my-bucket", "Key": key})
    same(s3.get_object(Bucket="my-bucket", Key="copy")["Body"].read(), body)
    same(refusal(s3.copy_object, Bucket="my-bucket", Key="copy", CopySource={"Bucket": "my-bucket", "Key": key},
                 CopySourceIfMatch='"other"'), "PreconditionFailed")
    s3.create_bucket(Bucket="other")
    s3.copy_object(Bucket="other", Key="copy", CopySource={"Bucket": "my-bucket", "Key": key})
    same(s3.get_object(Bucket="other", Key="copy")["Body"].read(), body)
    deleted = s3.delete_objects(Bucket="my-bucket", Delete={"Objects": [{"Key": key}, {"Key": "copy"}, {"Key": "no"}]})
    same([entry["Key"] for entry in deleted["Deleted"]], [key, "copy", "no"])
    same(s3.list_objects_v2(Bucket="my-bucket")["KeyCount"], 0)


def listings():
    keys = [f"t/day={day}/part-{part}.csv" for day in range(3) for part in range(4)] + ["t.csv", "t-é.csv", "z"]
    for key in keys:
        s3.put_object(Bucket="my-bucket", Key=key, Body=key.encode())
    in_order = sorted(keys, key=str.encode)
    for name in ["list_objects_v2", "list_objects"]:
        pages = s3.get_paginator(name).paginate(Bucket="my-bucket", PaginationConfig={"PageSize": 4})
        same([entry["Key"] for page in pages for entry in page.get("Contents", [])], in_order)
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket="my-bucket", Delimiter="/", Prefix="t", PaginationConfig={"PageSize": 2}
    )
    found = [(page.get("Contents", []), page.get("CommonPrefixes", [])) for page in pages]
    same([entry["Key"] for contents, _ in found for entry in contents], ["t-é.csv", "t.csv"][::1])
    same([entry["Prefix"] for _, prefixes in found for entry in prefixes], ["t/"])
    folders = s3.list_objects_v2(Bucket="my-bucket", Delimiter="/", Prefix="t/")["CommonPrefixes"]
    same([entry["Prefix"] for entry in folders], ["t/day=0/", "t/day=1/", "t/day=2/"])
    same(s3.list_objects_v2(Bucket="my-bucket", Prefix="t/day=1/part-3")["Contents"][0]["Size"], 18)
    after = s3.list_objects_v2(Bucket="my-bucket", StartAfter="t/day=2/part-3.csv", Prefix="t")
    same(after["KeyCount"], 0)
    odd = s3.list_objects_v2(Bucket="my-bucket", Delimiter="part-", Prefix="t/")["CommonPrefixes"]
    same([entry["Prefix"] for entry in odd], ["t/day=0/part-", "t/day=1/part-", "t/day=2/part-"])


def large_files():
    body = hashlib.sha256(b"seed").digest() * 500_000
    s3.upload_fileobj(io.BytesIO(body), "my-bucket", "large", Config=SMALL_PARTS)
    found = io.BytesIO()
    s3.download_fileobj("my-bucket", "large", found, Config=SMALL_PARTS)
    same(hashlib.sha256(found.getvalue()).hexdigest(), hashlib.sha256(body).hexdigest())
    s3.copy({"Bucket": "my-bucket", "Key": "large"}, "other", "large", Config=SMALL_PARTS)
    same(hashlib.sha256(s3.get_object(Bucket="other", Key="large")["Body"].read()).digest(),
         hashlib.sha256(body).digest())
    upload = s3.create_multipart_upload(Bucket="my-bucket", Key="given-up")["UploadId"]
    part = s3.upload_part(Bucket="my-bucket", Key="given-up", UploadId=upload, PartNumber=1, Body=b"abc")
    listed = s3.list_parts(Bucket="my-bucket", Key="given-up", UploadId=upload)["Parts"]
    same([(entry["PartNumber"], entry["ETag"], entry["Size"]) for entry in listed], [(1, part["ETag"], 3)])
    wrong = {"Parts": [{"PartNumber": 2, "ETag": part["ETag"]}]}
    arguments = {"Bucket": "my-bucket", "Key": "given-up", "UploadId": upload}
    same(refusal(s3.complete_multipart_upload, MultipartUpload=wrong, **arguments), "InvalidPart")
    s3.abort_multipart_upload(**arguments)
    same(refusal(s3.list_parts, **arguments), "NoSuchUpload")
    same(refusal(s3.head_object, Bucket="my-bucket", Key="given-up"), "404")
    left = [path for path in pathlib.Path(os.environ["BUCKETS"], ".uploads").rglob("*") if path.is_file()]
    same(left, [])


def other_forms():
    # Buckets in the host's name; not every system knows that all names below localhost are this machine.
    resolve = socket.getaddrinfo
    socket.getaddrinfo = lambda host, *rest, **named: resolve(
        "127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **named
    )
    by_host = boto3.client("s3", endpoint_url=ENDPOINT.replace("127.0.0.1", "localhost"),
                           config=Config(s3={"addressing_style": "virtual"}))
    by_host.put_object(Bucket="my-bucket", Key="by/host", Body=b"host")
    same(s3.get_object(Bucket="my-bucket", Key="by/host")["Body"].read(), b"host")
    # URLs that carry their signature.
    url = s3.generate_presigned_url("get_object", Params={"Bucket": "my-bucket", "Key": "by/host"}, ExpiresIn=60)
    if "X-Amz-Signature" not in url:
        signer = boto3.client("s3", config=Config(signature_version="s3v4"))
        url = signer.generate_presigned_url("get_object", Params={"Bucket": "my-bucket", "Key": "by/host"}, ExpiresIn=60)
    same(urllib.request.urlopen(url).read(), b"host")
    for changed in [url.replace("by/host", "t.csv"), url.replace("X-Amz-Expires=60", "X-Amz-Expires=6000")]:
        try:
            urllib.request.urlopen(changed)
        except urllib.error.HTTPError as error:
            same(error.code, 403)
        else:
            raise AssertionError("a changed URL was accepted")


def permissions():
    reader = boto3.client("s3", aws_access_key_id="READER", aws_secret_access_key="secret-of-reader")
    same(reader.get_object(Bucket="my-bucket", Key="z")["Body"].read(), b"z")
    for call, arguments in [
        (reader.put_object, {"Key": "z", "Body": b"changed"}),
        (reader.delete_object, {"Key": "z"}),
        (reader.delete_objects, {"Delete": {"Objects": [{"Key": "z"}]}}),
        (reader.create_multipart_upload, {"Key": "z"}),
        (reader.create_bucket, {}),
    ]:
        same(refusal(call, Bucket="my-bucket", **arguments), "AccessDenied")
    same(s3.get_object(Bucket="my-bucket", Key="z")["Body"].read(), b"z")
    stranger = boto3.client("s3", aws_access_key_id="READER", aws_secret_access_key="another")
    same(refusal(stranger.list_buckets), "SignatureDoesNotMatch")
    nobody = boto3.client("s3", aws_access_key_id="NOBODY", aws_secret_access_key="another")
    same(refusal(nobody.list_buckets), "InvalidAccessKeyId")
    assert s3.list_objects_v2(Bucket="lake", Prefix="plays/")["KeyCount"] > 0
    same(refusal(s3.put_object, Bucket="lake", Key="plays/x", Body=b"x"), "AccessDenied")
    same(refusal(s3.copy_object, Bucket="lake", Key="plays/x", CopySource="my-bucket/z"), "AccessDenied")
    same(refusal(s3.delete_bucket, Bucket="lake"), "AccessDenied")


def escapes():
    secret = pathlib.Path(os.environ["BUCKETS"]).parent / "keys.toml"
    assert secret.is_file()
    for key in ["../keys.toml", "../../keys.toml", "a/../../../keys.toml", "..//keys.toml", "%2e%2e/keys.toml"]:
        for bucket in ["my-bucket", "lake"]:
            code = refusal(s3.get_object, Bucket=bucket, Key=key)
            assert code in ("InvalidArgument", "NoSuchKey", "SignatureDoesNotMatch", "NoSuchBucket"), (key, code)
    body_before = secret.read_bytes()
    for key in ["../keys.toml", "../../keys.toml"]:
        try:
            s3.put_object(Bucket="my-bucket", Key=key, Body=b"x")
        except ClientError:
            pass
    same(secret.read_bytes(), body_before)
    for bucket in ["..", ".uploads"]:
        request = urllib.request.Request(f"{ENDPOINT}/{bucket}/keys.toml")
        try:
            urllib.request.urlopen(request)
        except urllib.error.HTTPError as error:
            same(error.code, 403)
        else:
            raise AssertionError("an unsigned request was answered")


for part in [buckets, objects, listings, large_files, other_forms, permissions, escapes]:
    part()
