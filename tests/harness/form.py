"""Browser forms: a policy, its signature, and a multipart body, each as a test wants it."""

import base64
import hashlib
import hmac
import json
from datetime import datetime, timedelta, timezone

from .http import request
from .server import BUCKET, REGION
from .signer import amz_date, signing_key

BOUNDARY = "----boundary-of-the-tests"
CLOSED = [["content-length-range", 0, 1_000_000]]


def policy_of(conditions, expires=300, now=None, **more):
    """The base64 text of a policy."""
    end = (now or datetime.now(timezone.utc)) + timedelta(seconds=expires)
    document = {"expiration": end.strftime("%Y-%m-%dT%H:%M:%SZ"), "conditions": conditions, **more}
    return base64.b64encode(json.dumps(document).encode()).decode()


def fields_of(key, name, conditions=CLOSED, extra=None, when=None, expires=300, policy=None, prefix=None):
    """The signed fields of a form for an object, in order.

    `name` must be met exactly, unless it should begin with `prefix`. Fields in `extra` get a condition
    each. `policy` replaces the policy before it is signed.
    """
    extra = extra or {}
    date = amz_date(when)
    own = {
        "x-amz-algorithm": "AWS4-HMAC-SHA256",
        "x-amz-credential": f"{key.id}/{date[:8]}/{REGION}/s3/aws4_request",
        "x-amz-date": date,
        **extra,
    }
    where = {"key": name} if prefix is None else ["starts-with", "$key", prefix]
    own_conditions = [{field: value} for field, value in own.items()]
    all_conditions = [{"bucket": BUCKET}, where, *conditions, *own_conditions]
    policy = policy_of(all_conditions, expires, when) if policy is None else policy
    derived = signing_key(key.secret, date[:8], REGION, "s3")
    signature = hmac.new(derived, policy.encode(), hashlib.sha256).hexdigest()
    return {"key": name, **own, "policy": policy, "x-amz-signature": signature}


def v2_fields_of(key, name, conditions=CLOSED, extra=None, expires=300, policy=None, prefix=None):
    """As `fields_of`, signed the old way: SigV2 signs the policy with the secret itself, and no date."""
    extra = extra or {}
    where = {"key": name} if prefix is None else ["starts-with", "$key", prefix]
    own_conditions = [{field: value} for field, value in extra.items()]
    policy = policy or policy_of([{"bucket": BUCKET}, where, *conditions, *own_conditions], expires)
    mac = hmac.new(key.secret.encode(), policy.encode(), hashlib.sha1).digest()
    signature = base64.b64encode(mac).decode()
    return {"key": name, **extra, "AWSAccessKeyId": key.id, "policy": policy, "signature": signature}


def part(name, value, more=""):
    """One part of a body."""
    value = value if isinstance(value, bytes) else value.encode()
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
    return head.encode() + value + b"\r\n"


def body_of(fields, content=b"hello", file_name="a.txt", file_more="", after=b""):
    """A whole body; `content` of nothing leaves the file out."""
    pairs = fields.items() if isinstance(fields, dict) else fields
    body = b"".join(part(name, value) for name, value in pairs)
    if content is not None:
        more = "" if file_name is None else f'; filename="{file_name}"'
        body += part("file", content, more + file_more)
    return body + after + f"--{BOUNDARY}--\r\n".encode()


def send(server, body, headers=None, bucket=BUCKET, query=""):
    """Posts a body to the bucket."""
    kind = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    url = f"{server.url}/{bucket}{query}"
    return request("POST", url, {**kind, **(headers or {})}, body, server.ca)


def post(server, fields, content=b"hello", **options):
    """Posts a form and gives the answer."""
    return send(server, body_of(fields, content, **options))
