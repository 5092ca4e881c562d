"""minio-py, and curl with its own SigV4."""

import io
import random
import subprocess
from datetime import datetime, timedelta, timezone

import pytest
import urllib3
from minio import Minio
from minio.commonconfig import ENABLED, REPLACE, ComposeSource, CopySource, Tags
from minio.datatypes import PostPolicy
from minio.deleteobjects import DeleteObject
from minio.error import S3Error
from minio.versioningconfig import VersioningConfig

from harness.http import request
from harness.objects import exists, get, put
from harness.server import BUCKET, REGION
from harness.signer import EMPTY_SHA256

PART = 5 * 1024 * 1024
LARGE = random.Random(5).randbytes(2 * PART + 7)


def pool_for(server):
    """Connections that trust the server."""
    trust = {"ca_certs": str(server.ca)} if server.ca else {}
    return urllib3.PoolManager(retries=False, timeout=20, **trust)


def minio_for(server, key=None):
    """A client as its documentation shows it."""
    key = key or server.key
    return Minio(
        server.host,
        access_key=key.id,
        secret_key=key.secret,
        region=REGION,
        secure=server.url.startswith("https"),
        http_client=pool_for(server),
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


def test_minio_stores_a_large_file_and_a_stream_in_parts(either, name, tmp_path):
    minio = minio_for(either)
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(LARGE)
    place = (BUCKET, f"{name}/large")
    tags = Tags.new_object_tags()
    tags["colour"] = "blue"
    meta = {"x-amz-meta-owner": "alice"}
    minio.fput_object(*place, str(source), part_size=PART, metadata=meta, tags=tags)
    stat = minio.stat_object(*place)
    assert stat.size == len(LARGE) and stat.etag.endswith("-3")
    assert stat.metadata["x-amz-meta-owner"] == "alice"
    assert minio.get_object_tags(*place) == tags
    minio.fget_object(*place, str(target))
    assert target.read_bytes() == LARGE
    # A stream whose length nobody knows.
    minio.put_object(BUCKET, f"{name}/stream", io.BytesIO(LARGE), -1, part_size=PART)
    assert get(either, f"{name}/stream").body == LARGE
    with minio.get_object(*place, offset=PART - 2, length=4) as answer:
        assert answer.read() == LARGE[PART - 2 : PART + 2]


def test_minio_copies_and_composes_objects(either, name):
    minio = minio_for(either)
    for part, body in (("ü 1", LARGE[:PART]), ("2", LARGE[PART : PART + 3])):
        minio.put_object(BUCKET, f"{name}/{part}", io.BytesIO(body), len(body))
    first = CopySource(BUCKET, f"{name}/ü 1")
    minio.copy_object(BUCKET, f"{name}/copy", first)
    assert get(either, f"{name}/copy").body == LARGE[:PART]
    changed = {"metadata_directive": REPLACE, "metadata": {"x-amz-meta-a": "b"}}
    minio.copy_object(BUCKET, f"{name}/changed", first, **changed)
    assert get(either, f"{name}/changed").headers["x-amz-meta-a"] == "b"
    sources = [ComposeSource(BUCKET, f"{name}/{part}") for part in ("ü 1", "2")]
    minio.compose_object(BUCKET, f"{name}/whole", sources)
    assert get(either, f"{name}/whole").body == LARGE[: PART + 3]


def test_minio_lists_folders_everything_and_versions(either, name):
    root, minio = minio_for(either, either.root), minio_for(either)
    root.make_bucket(name)
    minio.set_bucket_versioning(name, VersioningConfig(ENABLED))
    assert minio.get_bucket_versioning(name).status == ENABLED
    for key in ("a", "a", "folder/b c", "folder/ü+%", "z"):
        minio.put_object(name, key, io.BytesIO(b"x"), 1)
    minio.remove_object(name, "z")

    def listed(**options):
        return [item.object_name for item in minio.list_objects(name, **options)]

    assert listed() == ["a", "folder/"]
    assert listed(recursive=True) == ["a", "folder/b c", "folder/ü+%"]
    assert listed(prefix="folder/", start_after="folder/c") == ["folder/ü+%"]
    assert listed(recursive=True, use_api_v1=True) == ["a", "folder/b c", "folder/ü+%"]
    versions = list(minio.list_objects(name, recursive=True, include_version=True))
    assert sorted(item.object_name for item in versions if not item.is_delete_marker) == [
        "a",
        "a",
        "folder/b c",
        "folder/ü+%",
        "z",
    ]
    assert [item.object_name for item in versions if item.is_delete_marker] == ["z"]
    old = next(item for item in versions if item.object_name == "a" and item.is_latest != "true")
    assert minio.stat_object(name, "a", version_id=old.version_id).version_id == old.version_id
    all_of_them = [DeleteObject(item.object_name, item.version_id) for item in versions]
    assert list(minio.remove_objects(name, all_of_them)) == []
    root.remove_bucket(name)


def test_minio_removes_many_objects_at_once(either, name):
    minio = minio_for(either)
    keys = [f"{name}/{number}" for number in range(7)]
    for key in keys[:5]:
        put(either, key, b"x")
    assert list(minio.remove_objects(BUCKET, [DeleteObject(key) for key in keys])) == []
    assert not list(minio.list_objects(BUCKET, prefix=f"{name}/"))


def test_minio_makes_a_form_for_a_browser(either, name):
    minio = minio_for(either)
    policy = PostPolicy(BUCKET, datetime.now(timezone.utc) + timedelta(minutes=10))
    policy.add_starts_with_condition("key", f"{name}/")
    policy.add_content_length_range_condition(1, 10)
    fields = minio.presigned_post_policy(policy)

    def submit(content):
        form = {"key": f"{name}/form", **fields, "file": ("a.txt", content, "text/plain")}
        return pool_for(either).request("POST", f"{either.url}/{BUCKET}", fields=form)

    assert submit(b"too long for it").status == 400
    assert not exists(either, f"{name}/form")
    assert submit(b"by form").status == 204
    assert get(either, f"{name}/form").body == b"by form"


def test_minio_is_told_what_is_not_there(either, name):
    minio = minio_for(either)
    for call in (minio.get_bucket_policy, minio.get_bucket_lifecycle, minio.get_bucket_encryption):
        try:
            assert call(BUCKET) is None
        except S3Error as error:
            assert error.code == "NoSuchBucketPolicy"
    put(either, name, b"x")
    with pytest.raises(S3Error) as caught:
        minio.append_object(BUCKET, name, io.BytesIO(b"more"), 4)
    assert caught.value.code == "NotImplemented"
    assert get(either, name).body == b"x"


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
