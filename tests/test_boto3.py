"""boto3, unmodified, over HTTP and TLS, with its default checksum settings."""

import hashlib
import io

import boto3
import pytest
from botocore.config import Config

from harness.boto import client_for, refused
from harness.http import request
from harness.objects import exists
from harness.server import BUCKET, REGION

ALGORITHMS = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"]
KNOWN = {
    "CRC32": "NhCmhg==",
    "CRC32C": "mnG7TA==",
    "CRC64NVME": "M3eFcAZSQlc=",
    "SHA1": "qvTGHdzF6KLavt4PO0gs2a6pQ00=",
    "SHA256": "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
}


@pytest.fixture
def client(either):
    """A client of the safe server."""
    return client_for(either)


@pytest.fixture
def root(either):
    """A client with the root key, for buckets."""
    return client_for(either, either.root)


def test_buckets_are_created_listed_looked_at_and_deleted(root, name):
    root.create_bucket(Bucket=name)
    assert name in [bucket["Name"] for bucket in root.list_buckets()["Buckets"]]
    root.head_bucket(Bucket=name)
    # AWS: us-east-1 is written as no location at all.
    assert root.get_bucket_location(Bucket=name)["LocationConstraint"] is None
    root.delete_bucket(Bucket=name)
    assert refused(root.head_bucket, Bucket=name) == "404"
    assert refused(root.delete_bucket, Bucket=name) == "NoSuchBucket"


def test_a_bucket_with_objects_is_not_deleted(root, client, name):
    root.create_bucket(Bucket=name)
    client.put_object(Bucket=name, Key="a", Body=b"x")
    assert refused(root.delete_bucket, Bucket=name) == "BucketNotEmpty"
    client.delete_object(Bucket=name, Key="a")
    root.delete_bucket(Bucket=name)


def test_an_object_comes_back_as_it_was_put(client, name):
    body = bytes(range(256)) * 5_000
    put = client.put_object(
        Bucket=BUCKET,
        Key=name,
        Body=body,
        ContentType="text/plain",
        CacheControl="no-cache",
        ContentLanguage="de",
        ContentDisposition='attachment; filename="x.txt"',
        Metadata={"colour": "blue", "two-words": "a b"},
    )
    assert put["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'
    got = client.get_object(Bucket=BUCKET, Key=name)
    assert got["Body"].read() == body
    head = client.head_object(Bucket=BUCKET, Key=name)
    for answer in (got, head):
        assert answer["ContentLength"] == len(body)
        assert answer["ContentType"] == "text/plain"
        assert answer["CacheControl"] == "no-cache"
        assert answer["ContentLanguage"] == "de"
        assert answer["ContentDisposition"] == 'attachment; filename="x.txt"'
        assert answer["Metadata"] == {"colour": "blue", "two-words": "a b"}
        assert answer["ETag"] == put["ETag"]


@pytest.mark.parametrize(
    "key",
    ["a b+c%20d", "ü/€/😀", "a//b///c", "trailing/", "~-_.!*'()", "q?x=1&y#z", "a\\b", "k" * 1024],
)
def test_any_key_works(client, name, key):
    key = key if len(key) == 1024 else f"{name}/{key}"
    client.put_object(Bucket=BUCKET, Key=key, Body=key.encode())
    assert client.get_object(Bucket=BUCKET, Key=key)["Body"].read() == key.encode()
    client.delete_object(Bucket=BUCKET, Key=key)
    assert refused(client.get_object, Bucket=BUCKET, Key=key) == "NoSuchKey"


def test_files_go_up_and_down_through_the_transfer_manager(client, name, tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(b"0123456789" * 100_000)
    client.upload_file(str(source), BUCKET, name)
    client.download_file(BUCKET, name, str(target))
    assert target.read_bytes() == source.read_bytes()
    client.upload_fileobj(io.BytesIO(b"stream"), BUCKET, name)
    assert client.get_object(Bucket=BUCKET, Key=name)["Body"].read() == b"stream"


def test_deleting_twice_is_no_error(client, name):
    client.put_object(Bucket=BUCKET, Key=name, Body=b"x")
    for _ in range(2):
        answer = client.delete_object(Bucket=BUCKET, Key=name)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204


def test_listings_are_paged_in_order_and_grouped(client, name):
    keys = [f"{name}/{folder}/{number:02}" for folder in "abc" for number in range(7)]
    for key in keys:
        client.put_object(Bucket=BUCKET, Key=key, Body=b"")
    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket=BUCKET, Prefix=f"{name}/", PaginationConfig={"PageSize": 4}
    )
    pages = list(pages)
    assert [item["Key"] for page in pages for item in page["Contents"]] == keys
    assert len(pages) == 6 and pages[0]["IsTruncated"] and not pages[-1]["IsTruncated"]
    grouped = client.list_objects_v2(Bucket=BUCKET, Prefix=f"{name}/", Delimiter="/")
    groups = [group["Prefix"] for group in grouped["CommonPrefixes"]]
    assert groups == [f"{name}/{folder}/" for folder in "abc"]
    assert "Contents" not in grouped
    later = client.list_objects_v2(Bucket=BUCKET, Prefix=f"{name}/", StartAfter=keys[17])
    assert [item["Key"] for item in later["Contents"]] == keys[18:]


def test_ranges_are_answered_exactly(client, name):
    body = bytes(range(100))
    client.put_object(Bucket=BUCKET, Key=name, Body=body)
    for header, expected in [
        ("bytes=0-9", body[:10]),
        ("bytes=90-", body[90:]),
        ("bytes=-5", body[-5:]),
        ("bytes=95-1000", body[95:]),
    ]:
        answer = client.get_object(Bucket=BUCKET, Key=name, Range=header)
        assert answer["Body"].read() == expected
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert refused(client.get_object, Bucket=BUCKET, Key=name, Range="bytes=100-") == "InvalidRange"


def test_conditions_hold_for_reads_and_writes(client, name):
    tag = client.put_object(Bucket=BUCKET, Key=name, Body=b"one")["ETag"]
    place = {"Bucket": BUCKET, "Key": name}
    assert refused(client.get_object, **place, IfNoneMatch=tag) == "304"
    assert refused(client.get_object, **place, IfMatch='"other"') == "PreconditionFailed"
    assert client.get_object(**place, IfMatch=tag)["Body"].read() == b"one"
    absent = {**place, "Body": b"two", "IfNoneMatch": "*"}
    assert refused(client.put_object, **absent) == "PreconditionFailed"
    client.put_object(**place, Body=b"three", IfMatch=tag)
    assert refused(client.put_object, **place, Body=b"four", IfMatch=tag) == "PreconditionFailed"
    assert client.get_object(**place)["Body"].read() == b"three"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_each_checksum_is_kept_when_it_is_given_in_a_header(client, name, algorithm):
    field = f"Checksum{algorithm}"
    known = {field: KNOWN[algorithm]}
    client.put_object(Bucket=BUCKET, Key=name, Body=b"hello", **known)
    head = client.head_object(Bucket=BUCKET, Key=name, ChecksumMode="ENABLED")
    assert head[field] == KNOWN[algorithm]


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_each_checksum_that_boto3_computes_comes_in_a_trailer_over_tls(safe_tls, name, algorithm):
    client = client_for(safe_tls)
    body = io.BytesIO(b"hello")
    client.put_object(Bucket=BUCKET, Key=name, Body=body, ChecksumAlgorithm=algorithm)
    head = client.head_object(Bucket=BUCKET, Key=name, ChecksumMode="ENABLED")
    assert head[f"Checksum{algorithm}"] == KNOWN[algorithm]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_wrong_checksum_is_refused_and_nothing_is_stored(client, either, name, algorithm):
    wrong = {f"Checksum{algorithm}": KNOWN[algorithm]}
    code = refused(client.put_object, Bucket=BUCKET, Key=name, Body=b"hullo", **wrong)
    assert code == "BadDigest"
    assert not exists(either, name)


def test_a_wrong_md5_is_refused_and_the_old_object_stays(client, name):
    place = {"Bucket": BUCKET, "Key": name}
    client.put_object(**place, Body=b"old")
    md5 = "XUFAKrxLKna5cZ2REBfFkg=="
    client.put_object(**place, Body=b"hello", ContentMD5=md5)
    assert refused(client.put_object, **place, Body=b"hullo", ContentMD5=md5) == "BadDigest"
    assert client.get_object(**place)["Body"].read() == b"hello"
    assert refused(client.put_object, **place, Body=b"x", ContentMD5="short") == "InvalidDigest"


@pytest.mark.parametrize("form", ["unsigned", "never"])
def test_old_and_careful_payload_settings_work(either, name, form):
    options = {
        "unsigned": {"request_checksum_calculation": "when_required"},
        "never": {
            "request_checksum_calculation": "when_required",
            "response_checksum_validation": "when_required",
        },
    }[form]
    client = client_for(either, **options)
    client.put_object(Bucket=BUCKET, Key=name, Body=b"abc")
    assert client.get_object(Bucket=BUCKET, Key=name)["Body"].read() == b"abc"


def test_presigned_get_and_head_are_used_without_an_sdk(client, either, name):
    client.put_object(Bucket=BUCKET, Key=name, Body=b"shared", ContentType="text/plain")
    place = {"Bucket": BUCKET, "Key": name}
    url = client.generate_presigned_url("get_object", Params=place, ExpiresIn=300)
    answer = request("GET", url, ca=either.ca)
    assert (answer.status, answer.body) == (200, b"shared")
    part = request("GET", url, {"range": "bytes=1-3"}, ca=either.ca)
    assert (part.status, part.body) == (206, b"har")
    url = client.generate_presigned_url("head_object", Params=place, ExpiresIn=300)
    answer = request("HEAD", url, ca=either.ca)
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", "6")


def test_a_presigned_put_binds_the_signed_content_type(client, either, name):
    place = {"Bucket": BUCKET, "Key": name}
    typed = {**place, "ContentType": "image/png"}
    url = client.generate_presigned_url("put_object", Params=typed, ExpiresIn=300)
    answer = request("PUT", url, {"content-type": "text/html"}, b"<b>", either.ca)
    assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")
    assert not exists(either, name)
    answer = request("PUT", url, {"content-type": "image/png"}, b"png", either.ca)
    assert answer.status == 200, answer.body
    assert client.head_object(**place)["ContentType"] == "image/png"


def test_a_presigned_disposition_names_the_download(client, either, name):
    client.put_object(Bucket=BUCKET, Key=name, Body=b"x")
    disposition = "attachment; filename=\"report.pdf\"; filename*=UTF-8''b%C3%BCro.pdf"
    params = {"Bucket": BUCKET, "Key": name, "ResponseContentDisposition": disposition}
    url = client.generate_presigned_url("get_object", Params=params, ExpiresIn=300)
    assert request("GET", url, ca=either.ca).headers["content-disposition"] == disposition


def test_a_presigned_delete_works_where_the_operator_allows_it(either, either_s3, name):
    params = {"Bucket": BUCKET, "Key": name}
    for server, status in ((either_s3, 204), (either, 403)):
        client = client_for(server)
        client.put_object(**params, Body=b"x")
        url = client.generate_presigned_url("delete_object", Params=params, ExpiresIn=300)
        assert request("DELETE", url, ca=server.ca).status == status
        assert exists(server, name) == (status == 403)


def test_virtual_hosted_addressing_works_under_localhost(safe, name):
    port = safe.host.partition(":")[2]
    client = client_for(safe)
    client.put_object(Bucket=BUCKET, Key=name, Body=b"by host")
    virtual = boto3.client(
        "s3",
        endpoint_url=f"http://localhost:{port}",
        region_name=REGION,
        aws_access_key_id=safe.key.id,
        aws_secret_access_key=safe.key.secret,
        config=Config(signature_version="s3v4", s3={"addressing_style": "virtual"}),
    )
    url = virtual.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": name}, ExpiresIn=60)
    assert url.startswith(f"http://{BUCKET}.localhost:{port}/")
    # The name need not resolve everywhere, so only the `Host` header carries it.
    answer = request(
        "GET", url.replace(f"{BUCKET}.localhost", "127.0.0.1"), {"host": f"{BUCKET}.localhost:{port}"}
    )
    assert (answer.status, answer.body) == (200, b"by host")
