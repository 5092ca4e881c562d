"""Putting and looking at objects without any SDK."""

import hashlib

from .http import request
from .server import BUCKET
from .signer import UNSIGNED, sign


def signed(server, method, url, headers=None, body=None, payload=None, key=None, **options):
    """Sends a request signed by its header, for the public URL if the server has one."""
    if payload is None:
        payload = hashlib.sha256(body).hexdigest() if body is not None else UNSIGNED
    public = url.replace(server.url, server.public_url, 1) if server.public_url else url
    all_headers = sign(key or server.key, method, public, headers, payload, **options)
    return request(method, url, all_headers, body, server.ca)


def make_bucket(server, bucket=BUCKET):
    """Creates a bucket as root does."""
    answer = signed(server, "PUT", f"{server.url}/{bucket}", body=b"", key=server.root)
    assert answer.status == 200, answer.body
    return bucket


def put(server, key, body, headers=None, bucket=BUCKET):
    """Stores an object, and insists on success."""
    answer = signed(server, "PUT", server.object_url(key, bucket), headers, body)
    assert answer.status == 200, answer.body
    return answer


def get(server, key, headers=None, bucket=BUCKET):
    """Reads an object."""
    return signed(server, "GET", server.object_url(key, bucket), headers)


def exists(server, key, bucket=BUCKET):
    """Whether there is an object."""
    status = signed(server, "HEAD", server.object_url(key, bucket)).status
    assert status in (200, 404), status
    return status == 200


def keys(server, bucket=BUCKET, query="list-type=2"):
    """The names in a bucket."""
    answer = signed(server, "GET", f"{server.url}/{bucket}?{query}")
    assert answer.status == 200, answer.body
    found = answer.body.decode().split("<Key>")[1:]
    return [text.partition("</Key>")[0] for text in found]
