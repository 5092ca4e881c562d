"""A13: SigV2, which boto3 and the AWS CLI v1 still presign with unless told otherwise."""

import boto3
import pytest

from harness.http import request
from harness.objects import exists, put
from harness.server import BUCKET, REGION


@pytest.fixture(params=["get_object", "put_object"])
def url(request, either, name):
    """A URL from boto3 with nothing configured."""
    client = boto3.client(
        "s3",
        endpoint_url=either.url,
        region_name=REGION,
        aws_access_key_id=either.key.id,
        aws_secret_access_key=either.key.secret,
    )
    params = {"Bucket": BUCKET, "Key": name}
    url = client.generate_presigned_url(request.param, Params=params, ExpiresIn=300)
    assert "AWSAccessKeyId=" in url
    return request.param, url


def test_a13_a_sigv2_url_is_refused_by_name(either, name, url):
    operation, url = url
    put(either, f"{name}-other", b"x")
    method = operation.partition("_")[0].upper()
    answer = request(method, url, body=b"v2" if method == "PUT" else None, ca=either.ca)
    assert (answer.status, answer.code) == (400, "InvalidRequest")
    assert "AWS4-HMAC-SHA256" in answer.message
    assert not exists(either, name)


def test_a13_a_sigv2_header_is_refused_by_name(either, name):
    headers = {
        "authorization": f"AWS {either.key.id}:frJIUN8DYpKDtOLCwo//yllqDzg=",
        "date": "Mon, 23 Nov 2026 12:00:00 GMT",
    }
    answer = request("PUT", either.object_url(name), headers, b"v2", either.ca)
    assert answer.status in (400, 403), answer.body
    assert not exists(either, name)
