"""Requests signed by botocore, one JSON object a line: bodies, paths, queries and headers drawn at random."""

import json
import random
import string
from urllib.parse import quote

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

draw = random.Random(20261123)
TEXT = string.ascii_letters + string.digits + " /~._-%+&=?é☃\"'"


def text(most):
    return "".join(draw.choice(TEXT) for _ in range(draw.randint(0, most)))


for number in range(300):
    key = Credentials("AKIA" + str(draw.randint(1, 3)), "secret/" + text(90).replace("\n", "") if number % 3 else "s")
    service = draw.choice(["athena", "glue", "sts"])
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AmazonAthena.GetQueryExecution"}
    if number % 2:
        headers["X-Amz-Meta-Words"] = "  a   " + draw.choice(["b", "b  c"]) + " "
    query = {text(5).strip() or "k": text(8) for _ in range(draw.randint(0, 3))} if number % 4 == 0 else {}
    pairs = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in query.items())
    url = "http://127.0.0.1:9100/" + ("?" + pairs if pairs else "")
    request = AWSRequest("POST", url, headers=headers, data=text(200).encode())
    request.headers["Host"] = "127.0.0.1:9100"
    SigV4Auth(key, service, draw.choice(["us-east-1", "eu-central-1"])).add_auth(request)
    sent = request.prepare()
    print(json.dumps({
        "secret": key.secret_key, "access_key_id": key.access_key, "service": service,
        "query": sent.url.partition("?")[2], "headers": dict(sent.headers.items()), "body": (sent.body or b"").decode(),
    }))
