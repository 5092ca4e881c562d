"""boto3 beyond single requests: managed transfers and copies, uploads by URL, a bucket's settings."""

import hashlib
import io
import random

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from harness.boto import client_for, refused
from harness.http import request
from harness.objects import exists
from harness.server import BUCKET

MIB = 1024 * 1024
PART = 5 * MIB
IN_SMALL_PARTS = TransferConfig(multipart_threshold=PART, multipart_chunksize=PART)
# Over two parts of what boto3 cuts by itself, the last one short.
LARGE = random.Random(3).randbytes(20 * MIB + 1)


@pytest.fixture
def client(either):
    """A client of the safe server."""
    return client_for(either)


@pytest.fixture
def bucket(either, name):
    """A bucket of this test alone."""
    client_for(either, either.root).create_bucket(Bucket=name)
    return name


@pytest.fixture
def versioned(client, bucket):
    """A bucket that keeps versions."""
    enable = {"VersioningConfiguration": {"Status": "Enabled"}}
    client.put_bucket_versioning(Bucket=bucket, **enable)
    return bucket


def pieces(body, size):
    """The body in parts of this size."""
    return [body[at : at + size] for at in range(0, len(body), size)]


def etag_of_parts(parts):
    """The ETag of an object that was uploaded in these parts."""
    digests = b"".join(hashlib.md5(part).digest() for part in parts)
    return f'"{hashlib.md5(digests).hexdigest()}-{len(parts)}"'


def upload_in_parts(client, place, parts, **options):
    """Uploads part by part; gives upload id and what completing must name."""
    upload = client.create_multipart_upload(**place, **options)["UploadId"]
    named = []
    for number, part in enumerate(parts, 1):
        answer = client.upload_part(**place, UploadId=upload, PartNumber=number, Body=part)
        named.append({"PartNumber": number, "ETag": answer["ETag"]})
    return upload, named


def test_a_large_file_goes_up_in_parts_and_comes_back(client, name, tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(LARGE)
    more = {"ContentType": "application/x-large", "Metadata": {"owner": "alice"}}
    client.upload_file(str(source), BUCKET, name, ExtraArgs=more)
    head = client.head_object(Bucket=BUCKET, Key=name)
    assert head["ETag"] == etag_of_parts(pieces(LARGE, 8 * MIB))
    assert (head["ContentLength"], head["ContentType"]) == (len(LARGE), "application/x-large")
    assert head["Metadata"] == {"owner": "alice"}
    client.download_file(BUCKET, name, str(target))
    assert target.read_bytes() == LARGE


def test_a_stream_of_unknown_length_goes_up_and_comes_back(client, name):
    class Pipe(io.RawIOBase):
        """Something that can only be read on."""

        rest = io.BytesIO(LARGE[: 11 * MIB])

        def readable(self):
            return True

        def readinto(self, buffer):
            return self.rest.readinto(buffer)

    client.upload_fileobj(Pipe(), BUCKET, name, Config=IN_SMALL_PARTS)
    got = io.BytesIO()
    client.download_fileobj(BUCKET, name, got, Config=IN_SMALL_PARTS)
    assert got.getvalue() == LARGE[: 11 * MIB]


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_each_part_carries_the_checksum_that_was_asked_for(client, name, algorithm):
    more = {"ChecksumAlgorithm": algorithm}
    body = io.BytesIO(LARGE[: 6 * MIB])
    client.upload_fileobj(body, BUCKET, name, ExtraArgs=more, Config=IN_SMALL_PARTS)
    head = client.head_object(Bucket=BUCKET, Key=name, ChecksumMode="ENABLED")
    assert head["ChecksumType"] == "COMPOSITE"
    assert head[f"Checksum{algorithm}"].endswith("-2")


def test_a_checksum_of_the_whole_holds_for_all_parts(either, name):
    # boto3 computes none of its own then, and leaves the given one to the server.
    client = client_for(either)
    body = LARGE[: 6 * MIB]
    whole = client.put_object(Bucket=BUCKET, Key=f"{name}/one", Body=body)["ChecksumCRC32"]
    more = {"ChecksumCRC32": whole}
    client.upload_fileobj(io.BytesIO(body), BUCKET, name, ExtraArgs=more, Config=IN_SMALL_PARTS)
    head = client.head_object(Bucket=BUCKET, Key=name, ChecksumMode="ENABLED")
    assert (head["ChecksumType"], head["ChecksumCRC32"]) == ("FULL_OBJECT", whole)
    other = io.BytesIO(body[:-1] + b"?")
    with pytest.raises(ClientError, match="BadDigest"):
        client.upload_fileobj(other, BUCKET, f"{name}/bad", ExtraArgs=more, Config=IN_SMALL_PARTS)
    assert not exists(either, f"{name}/bad")


def test_small_and_large_objects_are_copied(client, name):
    more = {"ContentType": "text/x-source", "Metadata": {"a": "b"}}
    for size in (3, 11 * MIB):
        source = {"Bucket": BUCKET, "Key": f"{name}/source {size} ü+%"}
        body = io.BytesIO(LARGE[:size])
        client.upload_fileobj(body, **source, ExtraArgs=more, Config=IN_SMALL_PARTS)
        target = f"{name}/target {size}"
        client.copy(source, BUCKET, target, Config=IN_SMALL_PARTS)
        got = client.get_object(Bucket=BUCKET, Key=target)
        assert got["Body"].read() == LARGE[:size]
        parts = pieces(LARGE[:size], PART)
        md5 = hashlib.md5(LARGE[:size]).hexdigest()
        assert got["ETag"] == (etag_of_parts(parts) if size > PART else f'"{md5}"')
        if size < PART:
            assert (got["ContentType"], got["Metadata"]) == ("text/x-source", {"a": "b"})


def test_versions_are_listed_page_by_page(client, versioned):
    made = []
    for key in ("a", "b", "c"):
        for round in range(3):
            put = client.put_object(Bucket=versioned, Key=key, Body=str(round).encode())
            made.append((key, put["VersionId"]))
    gone = client.delete_object(Bucket=versioned, Key="b")
    assert gone["DeleteMarker"]
    pages = list(
        client.get_paginator("list_object_versions").paginate(
            Bucket=versioned, PaginationConfig={"PageSize": 4}
        )
    )
    assert len(pages) == 3
    versions = [item for page in pages for item in page.get("Versions", [])]
    markers = [item for page in pages for item in page.get("DeleteMarkers", [])]
    newest_first = [pair for key in "abc" for pair in reversed(made) if pair[0] == key]
    assert [(item["Key"], item["VersionId"]) for item in versions] == newest_first
    latest = [(item["Key"], item["VersionId"]) for item in versions if item["IsLatest"]]
    assert latest == [made[2], made[8]]
    assert [(item["Key"], item["VersionId"], item["IsLatest"]) for item in markers] == [
        ("b", gone["VersionId"], True)
    ]


def test_a_whole_upload_goes_by_presigned_urls_alone(client, either, name):
    place = {"Bucket": BUCKET, "Key": name}

    def use(operation, method, body=None, headers=None, **more):
        url = client.generate_presigned_url(operation, Params={**place, **more}, ExpiresIn=600)
        return request(method, url, headers, body, either.ca)

    upload = use("create_multipart_upload", "POST", b"").element("UploadId")
    tag = use("upload_part", "PUT", b"only part", UploadId=upload, PartNumber=1).headers["etag"]
    body = (
        '<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Part><ETag>{tag}</ETag><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>"
    ).encode()
    done = use("complete_multipart_upload", "POST", body, UploadId=upload)
    assert (done.status, done.element("ETag")) == (200, etag_of_parts([b"only part"]))
    assert client.get_object(**place)["Body"].read() == b"only part"


def test_an_aborted_upload_leaves_nothing(client, either, name):
    place = {"Bucket": BUCKET, "Key": name}
    upload, named = upload_in_parts(client, place, [LARGE[:PART], b"end"])
    client.abort_multipart_upload(**place, UploadId=upload)
    gone = {**place, "UploadId": upload}
    assert refused(client.list_parts, **gone) == "NoSuchUpload"
    assert refused(client.upload_part, **gone, PartNumber=3, Body=b"late") == "NoSuchUpload"
    parts = {"Parts": named}
    code = refused(client.complete_multipart_upload, **gone, MultipartUpload=parts)
    assert code == "NoSuchUpload"
    assert not exists(either, name)


def test_a_part_of_an_object_is_read_by_its_number(client, name):
    place = {"Bucket": BUCKET, "Key": name}
    upload, named = upload_in_parts(client, place, [LARGE[:PART], b"the end"])
    client.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": named})
    got = client.get_object(**place, PartNumber=2)
    assert (got["Body"].read(), got["PartsCount"]) == (b"the end", 2)
    assert client.head_object(**place, PartNumber=1)["ContentLength"] == PART


def test_a_link_to_a_version_shows_that_version(client, either, versioned):
    place = {"Bucket": versioned, "Key": "a"}
    first = client.put_object(**place, Body=b"one")["VersionId"]
    client.put_object(**place, Body=b"two")
    wanted = {**place, "VersionId": first}
    url = client.generate_presigned_url("get_object", Params=wanted, ExpiresIn=300)
    assert request("GET", url, ca=either.ca).body == b"one"
    newest = url.replace(f"versionId={first}&", "")
    assert request("GET", newest, ca=either.ca).code == "SignatureDoesNotMatch"


def test_a_bucket_with_nothing_but_old_versions_is_not_empty(either, client, versioned):
    root = client_for(either, either.root)
    put = client.put_object(Bucket=versioned, Key="a", Body=b"x")
    marker = client.delete_object(Bucket=versioned, Key="a")
    assert refused(root.delete_bucket, Bucket=versioned) == "BucketNotEmpty"
    for version in (put["VersionId"], marker["VersionId"]):
        client.delete_object(Bucket=versioned, Key="a", VersionId=version)
    root.delete_bucket(Bucket=versioned)


def test_a_multipart_upload_brings_its_tags(client, name):
    place = {"Bucket": BUCKET, "Key": name}
    upload, named = upload_in_parts(client, place, [b"x"], Tagging="a=b")
    client.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": named})
    assert client.get_object_tagging(**place)["TagSet"] == [{"Key": "a", "Value": "b"}]


def test_attributes_tell_parts_size_and_checksum(client, name):
    place = {"Bucket": BUCKET, "Key": name}
    upload, named = upload_in_parts(client, place, [LARGE[:PART], b"end"])
    client.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": named})
    wanted = ["ETag", "ObjectParts", "ObjectSize", "StorageClass"]
    told = client.get_object_attributes(**place, ObjectAttributes=wanted)
    assert told["ObjectSize"] == PART + 3
    assert told["ETag"] == etag_of_parts([LARGE[:PART], b"end"]).strip('"')
    assert told["ObjectParts"]["TotalPartsCount"] == 2
    small = {"Bucket": BUCKET, "Key": f"{name}/small"}
    put = client.put_object(**small, Body=b"x")
    told = client.get_object_attributes(**small, ObjectAttributes=["Checksum", "ObjectSize"])
    assert told["Checksum"]["ChecksumCRC32"] == put["ChecksumCRC32"]
    assert told["ObjectSize"] == 1 and "ObjectParts" not in told
    missing = {**place, "Key": f"{name}/missing", "ObjectAttributes": ["ETag"]}
    assert refused(client.get_object_attributes, **missing) == "NoSuchKey"


def test_rules_of_a_bucket_for_other_origins_come_back_and_hold(client, either, bucket):
    rule = {
        "AllowedMethods": ["PUT", "GET"],
        "AllowedOrigins": ["https://*.example.com"],
        "AllowedHeaders": ["*"],
        "ExposeHeaders": ["ETag"],
        "MaxAgeSeconds": 60,
    }
    assert refused(client.get_bucket_cors, Bucket=bucket) == "NoSuchCORSConfiguration"
    client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    assert client.get_bucket_cors(Bucket=bucket)["CORSRules"] == [rule]
    ask = {"origin": "https://app.example.com", "access-control-request-method": "PUT"}
    url = f"{either.url}/{bucket}/a"
    granted = request("OPTIONS", url, ask, ca=either.ca)
    assert granted.status == 200
    assert granted.headers["access-control-allow-origin"] == "https://app.example.com"
    evil = request("OPTIONS", url, {**ask, "origin": "https://example.org"}, ca=either.ca)
    assert (evil.status, evil.code) == (403, "AccessForbidden")
    # A page may read the document of a refusal.
    refusal = request("GET", url, {"origin": "https://app.example.com"}, ca=either.ca)
    assert refusal.status == 403
    assert refusal.headers["access-control-allow-origin"] == "https://app.example.com"
    client.delete_bucket_cors(Bucket=bucket)
    assert request("OPTIONS", url, ask, ca=either.ca).status == 403


def test_settings_of_a_modern_bucket_are_told(client, bucket):
    tags = [{"Key": "team", "Value": "files"}]
    client.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})
    assert client.get_bucket_tagging(Bucket=bucket)["TagSet"] == tags
    client.delete_bucket_tagging(Bucket=bucket)
    assert refused(client.get_bucket_tagging, Bucket=bucket) == "NoSuchTagSet"
    grants = client.get_bucket_acl(Bucket=bucket)["Grants"]
    assert [grant["Permission"] for grant in grants] == ["FULL_CONTROL"]
    code = refused(client.put_bucket_acl, Bucket=bucket, ACL="public-read")
    assert code == "AccessControlListNotSupported"
    assert refused(client.get_bucket_policy, Bucket=bucket) == "NoSuchBucketPolicy"
