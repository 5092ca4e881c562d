"""minio-py, and curl with its own SigV4."""

import io
import subprocess
from datetime import timedelta

import pytest
import urllib3
from minio import Minio
from minio.error import S3Error

from harness.http import request
from harness.objects import exists, get, put
from harness.server import BUCKET, REGION
from harness.signer import EMPTY_SHA256


def minio_for(server, key=None):
    """A client as its documentation shows it."""
    key = key or server.key
    trust = {"ca_certs": str(server.ca)} if server.ca else {}
    return Minio(
        server.host,
        access_key=key.id,
        secret_key=key.secret,
        region=REGION,
        secure=server.url.startswith("https"),
        http_client=urllib3.PoolManager(retries=False, timeout=20, **trust),
    )


def test_minio_makes_and_removes_a_bucket(either, name):
    minio = minio_for(either, either.root)
    minio.make_bucket(name)
    assert minio.bucket_exists(name)
    assert name in [bucket.name for bucket in minio.list_buckets()]
    minio.remove_bucket(name)
    assert not minio.bucket_exists(name)


@pytest.mark.parametrize("size", [0, 5, 3_000_000])
def test_minio_stores_and_reads_objects(either, name, tmp_path, size):
    minio = minio_for(either)
    body = b"m" * size
    minio.put_object(BUCKET, f"{name}/a", io.BytesIO(body), size, content_type="text/plain")
    minio.fget_object(BUCKET, f"{name}/a", str(tmp_path / "a"))
    assert (tmp_path / "a").read_bytes() == body
    stat = minio.stat_object(BUCKET, f"{name}/a")
    assert (stat.size, stat.content_type) == (size, "text/plain")
    listed = minio.list_objects(BUCKET, prefix=f"{name}/", recursive=True)
    assert [item.object_name for item in listed] == [f"{name}/a"]
    minio.remove_object(BUCKET, f"{name}/a")
    with pytest.raises(S3Error) as caught:
        minio.stat_object(BUCKET, f"{name}/a")
    assert caught.value.code == "NoSuchKey"


def test_minio_presigns_uploads_and_downloads(either, name):
    minio = minio_for(either)
    life = timedelta(minutes=10)
    url = minio.presigned_put_object(BUCKET, name, expires=life)
    answer = request("PUT", url, body=b"by url", ca=either.ca)
    assert answer.status == 200, answer.body
    url = minio.presigned_get_object(BUCKET, name, expires=life)
    assert request("GET", url, ca=either.ca).body == b"by url"


def curl(server, method, url, *options, body=None):
    """Runs curl with its own signer; gives status and body."""
    command = [
        "curl",
        "--silent",
        "--show-error",
        "--request",
        method,
        "--aws-sigv4",
        f"aws:amz:{REGION}:s3",
        "--user",
        f"{server.key.id}:{server.key.secret}",
        "--write-out",
        "\n%{http_code}",
        url,
        *options,
    ]
    command += ["--cacert", str(server.ca)] if server.ca else []
    command += ["--data-binary", "@-"] if body is not None else []
    done = subprocess.run(command, input=body, capture_output=True, timeout=30, check=True)
    answer, _, status = done.stdout.rpartition(b"\n")
    return int(status), answer


def test_curl_signs_requests_that_are_accepted(either, name):
    url = either.object_url(name)
    unsigned = ["-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD"]
    status, answer = curl(either, "PUT", url, *unsigned, body=b"by curl")
    assert status == 200, answer
    assert get(either, name).body == b"by curl"
    empty = ["-H", f"x-amz-content-sha256: {EMPTY_SHA256}"]
    assert curl(either, "GET", url, *empty) == (200, b"by curl")
    assert curl(either, "DELETE", url, *empty)[0] == 204
    assert not exists(either, name)


def test_a_wrong_body_hash_from_curl_is_refused(either, name):
    put(either, name, b"old")
    url = either.object_url(name)
    hashed = ["-H", f"x-amz-content-sha256: {EMPTY_SHA256}"]
    status, answer = curl(either, "PUT", url, *hashed, body=b"new")
    assert status == 400 and b"XAmzContentSHA256Mismatch" in answer
    assert get(either, name).body == b"old"
