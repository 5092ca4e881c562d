"""Multipart uploads by boto3: by header, by presigned parts, and what is refused."""

import base64
import hashlib
import io
import os
import threading
import zlib

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from harness.boto import client_for, refused
from harness.http import request
from harness.objects import signed
from harness.server import BUCKET
from harness.signer import encode, presign

MIB = 1024 * 1024
LEAST = 5 * MIB


@pytest.fixture
def client(either):
    """A client of the safe server."""
    return client_for(either)


def begin(client, key, **options):
    """Begins an upload."""
    return client.create_multipart_upload(Bucket=BUCKET, Key=key, **options)["UploadId"]


def part(client, key, upload, number, body, **options):
    """Stores a part and gives what completing needs of it."""
    stored = client.upload_part(
        Bucket=BUCKET, Key=key, UploadId=upload, PartNumber=number, Body=body, **options
    )
    return {"PartNumber": number, "ETag": stored["ETag"]}


def complete(client, key, upload, parts, **options):
    """Completes an upload."""
    return client.complete_multipart_upload(
        Bucket=BUCKET, Key=key, UploadId=upload, MultipartUpload={"Parts": parts}, **options
    )


def body_of(client, key, **options):
    """The bytes of an object."""
    return client.get_object(Bucket=BUCKET, Key=key, **options)["Body"].read()


def test_a_large_file_goes_up_and_down_in_parts(client, name):
    body = os.urandom(12 * MIB + 7)
    config = TransferConfig(multipart_threshold=LEAST, multipart_chunksize=LEAST, max_concurrency=3)
    client.upload_fileobj(io.BytesIO(body), BUCKET, name, Config=config)
    target = io.BytesIO()
    client.download_fileobj(BUCKET, name, target, Config=config)
    assert target.getvalue() == body
    digests = [hashlib.md5(body[at : at + LEAST]).digest() for at in range(0, len(body), LEAST)]
    tag = f'"{hashlib.md5(b"".join(digests)).hexdigest()}-3"'
    assert client.head_object(Bucket=BUCKET, Key=name)["ETag"] == tag
    for at, end in [(0, 9), (LEAST - 3, LEAST + 3), (2 * LEAST - 1, 2 * LEAST), (12 * MIB, 12 * MIB + 6)]:
        assert body_of(client, name, Range=f"bytes={at}-{end}") == body[at : end + 1]
    second = client.get_object(Bucket=BUCKET, Key=name, PartNumber=2)
    assert (second["PartsCount"], second["ContentLength"]) == (3, LEAST)
    assert second["Body"].read() == body[LEAST : 2 * LEAST]
    assert refused(client.get_object, Bucket=BUCKET, Key=name, PartNumber=4) == "InvalidPartNumber"


def test_parts_come_by_presigned_urls_in_any_order(client, either, name):
    upload = begin(client, name)
    bodies = {2: b"the end", 1: b"x" * LEAST}
    tags = {}
    for number, body in bodies.items():
        url = client.generate_presigned_url(
            "upload_part",
            Params={"Bucket": BUCKET, "Key": name, "UploadId": upload, "PartNumber": number},
            ExpiresIn=300,
        )
        answer = request("PUT", url, body=body, ca=either.ca)
        assert answer.status == 200, answer.body
        tags[number] = answer.headers["etag"]
    parts = [{"PartNumber": number, "ETag": tags[number]} for number in (1, 2)]
    assert complete(client, name, upload, parts)["ETag"].endswith('-2"')
    assert body_of(client, name) == bodies[1] + bodies[2]


@pytest.mark.parametrize(
    ("algorithm", "kind"),
    [("CRC32", "COMPOSITE"), ("CRC32", "FULL_OBJECT"), ("SHA1", "COMPOSITE"), ("SHA256", "COMPOSITE")],
)
def test_e5_checksums_of_parts_make_that_of_the_object(client, name, algorithm, kind):
    upload = begin(client, name, ChecksumAlgorithm=algorithm, ChecksumType=kind)
    bodies = [b"a" * LEAST, b"b" * 11]
    parts = []
    for number, body in enumerate(bodies, 1):
        stored = client.upload_part(
            Bucket=BUCKET, Key=name, UploadId=upload, PartNumber=number, Body=body,
            ChecksumAlgorithm=algorithm,
        )
        field = f"Checksum{algorithm}"
        parts.append({"PartNumber": number, "ETag": stored["ETag"], field: stored[field]})
    done = complete(client, name, upload, parts, ChecksumType=kind)
    assert done["ChecksumType"] == kind
    head = client.head_object(Bucket=BUCKET, Key=name, ChecksumMode="ENABLED")
    assert head[field] == done[field]
    assert done[field].endswith("-2") == (kind == "COMPOSITE")
    for part in parts:
        # boto3 asks for the checksum and holds the bytes to it.
        read = client.get_object(Bucket=BUCKET, Key=name, PartNumber=part["PartNumber"])
        assert read["Body"].read() == bodies[part["PartNumber"] - 1]
        assert (read["ChecksumType"], read[field]) == (kind, part[field])
    if kind == "FULL_OBJECT":
        whole = client.put_object(
            Bucket=BUCKET, Key=f"{name}-whole", Body=b"".join(bodies), ChecksumAlgorithm=algorithm
        )
        assert whole[field] == done[field]


def test_e5_a_part_with_a_wrong_checksum_is_not_stored(client, name):
    upload = begin(client, name, ChecksumAlgorithm="SHA256")
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    place = {"Bucket": BUCKET, "Key": name, "UploadId": upload}
    code = refused(client.upload_part, **place, PartNumber=1, Body=b"x", ChecksumSHA256=wrong)
    assert code == "BadDigest"
    code = refused(client.upload_part, **place, PartNumber=1, Body=b"x", ChecksumCRC32="AAAAAA==")
    assert code in ("BadDigest", "InvalidRequest")
    assert "Parts" not in client.list_parts(**place)


def test_e5_completing_passes_over_no_checksum_that_is_promised(client, name):
    upload = begin(client, name, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    parts = [part(client, name, upload, 1, b"x", ChecksumAlgorithm="CRC32")]
    crc32 = base64.b64encode(zlib.crc32(b"x").to_bytes(4, "big")).decode()
    sha256 = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    # Two checksums, of which one is wrong; one that is none; one of other bytes.
    for promised in [{"ChecksumCRC32": crc32, "ChecksumSHA256": sha256}, {"ChecksumCRC32": "x"}]:
        options = {**promised, "ChecksumType": "FULL_OBJECT"}
        assert refused(complete, client=client, key=name, upload=upload, parts=parts, **options) == "InvalidRequest"
    other = {"ChecksumCRC32": "AAAAAA==", "ChecksumType": "FULL_OBJECT"}
    assert refused(complete, client=client, key=name, upload=upload, parts=parts, **other) == "BadDigest"
    assert refused(client.get_object, Bucket=BUCKET, Key=name) == "NoSuchKey"
    done = complete(client, name, upload, parts, ChecksumCRC32=crc32, ChecksumType="FULL_OBJECT")
    assert done["ChecksumCRC32"] == crc32


def test_e5_an_upload_with_a_composite_checksum_is_completed_by_the_checksums_of_its_parts(client, name):
    upload = begin(client, name, ChecksumAlgorithm="SHA256")
    parts = [part(client, name, upload, 1, b"x", ChecksumAlgorithm="SHA256")]
    with pytest.raises(ClientError) as caught:
        complete(client, name, upload, parts)
    assert caught.value.response["Error"]["Code"] == "InvalidRequest"
    assert caught.value.response["Error"]["Message"] == (
        "The upload was created using a sha256 checksum. The complete request must include the checksum "
        "for each part. It was missing for part 1 in the request."
    )
    sha256 = {body: base64.b64encode(hashlib.sha256(body).digest()).decode() for body in (b"x", b"y")}
    for wrong in ({"ChecksumSHA256": sha256[b"y"]}, {"ChecksumCRC32": "AAAAAA=="}):
        with pytest.raises(ClientError) as caught:
            complete(client, name, upload, [{**parts[0], **wrong}])
        assert caught.value.response["Error"]["Code"] == "InvalidPart"
    assert refused(client.get_object, Bucket=BUCKET, Key=name) == "NoSuchKey"
    done = complete(client, name, upload, [{**parts[0], "ChecksumSHA256": sha256[b"x"]}])
    assert done["ChecksumSHA256"].endswith("-1")


def test_parts_need_no_checksum_where_the_object_has_one_of_its_own(client, name):
    for options in ({}, {"ChecksumAlgorithm": "CRC32", "ChecksumType": "FULL_OBJECT"}):
        upload = begin(client, name, **options)
        parts = [part(client, name, upload, 1, b"x")]
        assert complete(client, name, upload, parts)["ChecksumType"] in ("COMPOSITE", "FULL_OBJECT")


def document_of(parts):
    """The document that completes an upload of these parts."""
    named = "".join(
        f"<Part><PartNumber>{part['PartNumber']}</PartNumber><ETag>{part['ETag']}</ETag></Part>" for part in parts
    )
    return f"<CompleteMultipartUpload>{named}</CompleteMultipartUpload>".encode()


def test_e5_the_checksum_in_a_completing_url_is_that_of_the_object(client, either, name):
    upload = begin(client, name, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    parts = [part(client, name, upload, 1, b"x")]
    document = document_of(parts)
    crc32 = {
        what: base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()
        for what, body in {"object": b"x", "document": document, "other": b"y"}.items()
    }

    def completed(checksum):
        query = f"uploadId={upload}&x-amz-checksum-crc32={encode(checksum)}&x-amz-checksum-type=FULL_OBJECT"
        url = presign(either.key, "POST", either.object_url(name), query=query)
        return request("POST", url, body=document, ca=either.ca)

    for other in ("document", "other"):
        answer = completed(crc32[other])
        assert (answer.status, answer.code) == (400, "BadDigest"), other
    answer = completed("no checksum")
    assert (answer.status, answer.code) == (400, "InvalidRequest")
    answer = completed(crc32["object"])
    assert answer.status == 200, answer.body
    assert answer.element("ChecksumCRC32") == crc32["object"]
    assert body_of(client, name) == b"x"


def test_a_copy_of_a_multipart_object_has_its_parts_and_checksums(client, name):
    upload = begin(client, name, ChecksumAlgorithm="SHA256", Metadata={"a": "1"})
    bodies = [b"a" * LEAST, b"b" * 11]
    parts = []
    for number, body in enumerate(bodies, 1):
        sha256 = base64.b64encode(hashlib.sha256(body).digest()).decode()
        stored = part(client, name, upload, number, body, ChecksumAlgorithm="SHA256")
        parts.append({**stored, "ChecksumSHA256": sha256})
    complete(client, name, upload, parts)
    every = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]

    def looked_at(key):
        place = {"Bucket": BUCKET, "Key": key}
        attributes = client.get_object_attributes(**place, ObjectAttributes=every)
        told = {what: attributes.get(what) for what in every}
        read = client.get_object(**place, ChecksumMode="ENABLED")
        told["whole"] = read["Body"].read(), read["ETag"], read["ChecksumSHA256"], read["ChecksumType"]
        for number in (1, 2):
            # boto3 holds the bytes to the checksum of the part.
            read = client.get_object(**place, PartNumber=number, ChecksumMode="ENABLED")
            told[number] = read["Body"].read(), read["PartsCount"], read["ChecksumSHA256"]
        assert refused(client.get_object, **place, PartNumber=3) == "InvalidPartNumber"
        return told

    source = {"Bucket": BUCKET, "Key": name}
    original = looked_at(name)
    assert [part["ChecksumSHA256"] for part in original["ObjectParts"]["Parts"]] == [
        part["ChecksumSHA256"] for part in parts
    ]
    assert [original[number][0] for number in (1, 2)] == bodies
    copied = client.copy_object(Bucket=BUCKET, Key=f"{name}-copy", CopySource=source)["CopyObjectResult"]
    assert f'"{original["ETag"]}"' == copied["ETag"]
    assert copied["ChecksumSHA256"] == original["whole"][2]
    client.copy_object(
        Bucket=BUCKET, Key=f"{name}-other", CopySource=source, MetadataDirective="REPLACE", Metadata={"b": "2"}
    )
    client.delete_object(**source)
    for key in (f"{name}-copy", f"{name}-other"):
        assert looked_at(key) == original
    assert client.head_object(Bucket=BUCKET, Key=f"{name}-other")["Metadata"] == {"b": "2"}


def test_parts_and_uploads_are_listed_in_pages(client, name):
    upload = begin(client, f"{name}/a", Metadata={"x": "y"})
    other = begin(client, f"{name}/b/c")
    for number in (1, 3, 7):
        part(client, f"{name}/a", upload, number, b"x" * number)
    place = {"Bucket": BUCKET, "Key": f"{name}/a", "UploadId": upload}
    first = client.list_parts(**place, MaxParts=2)
    assert [p["PartNumber"] for p in first["Parts"]] == [1, 3] and first["IsTruncated"]
    rest = client.list_parts(**place, PartNumberMarker=first["NextPartNumberMarker"])
    assert [(p["PartNumber"], p["Size"]) for p in rest["Parts"]] == [(7, 7)]
    pages = client.get_paginator("list_multipart_uploads").paginate(
        Bucket=BUCKET, Prefix=f"{name}/", PaginationConfig={"PageSize": 1}
    )
    found = [upload["UploadId"] for page in pages for upload in page.get("Uploads", [])]
    assert found == [upload, other]
    rolled = client.list_multipart_uploads(Bucket=BUCKET, Prefix=f"{name}/", Delimiter="/")
    assert [p["Prefix"] for p in rolled["CommonPrefixes"]] == [f"{name}/b/"]
    client.abort_multipart_upload(**place)
    assert refused(client.list_parts, **place) == "NoSuchUpload"
    assert refused(client.abort_multipart_upload, **place) == "NoSuchUpload"
    client.abort_multipart_upload(Bucket=BUCKET, Key=f"{name}/b/c", UploadId=other)


def test_what_does_not_fit_is_refused_and_nothing_appears(client, name):
    upload = begin(client, name)
    small = part(client, name, upload, 1, b"too small")
    last = part(client, name, upload, 2, b"last")
    errors = {
        "EntityTooSmall": [small, last],
        "InvalidPartOrder": [last, small],
        "InvalidPart": [{"PartNumber": 1, "ETag": last["ETag"]}],
    }
    for code, parts in errors.items():
        with pytest.raises(ClientError) as caught:
            complete(client, name, upload, parts)
        assert caught.value.response["Error"]["Code"] == code
    missing = [{"PartNumber": 9, "ETag": small["ETag"]}]
    with pytest.raises(ClientError) as caught:
        complete(client, name, upload, missing)
    assert caught.value.response["Error"]["Code"] == "InvalidPart"
    assert refused(client.head_object, Bucket=BUCKET, Key=name) == "404"
    complete(client, name, upload, [last])
    assert body_of(client, name) == b"last"


def test_completing_again_gives_the_same_answer(either, client, name):
    upload = begin(client, name)
    parts = [part(client, name, upload, 1, b"once")]
    first = complete(client, name, upload, parts)
    again = complete(client, name, upload, parts)
    assert (first["ETag"], first["Location"]) == (again["ETag"], again["Location"])
    assert first["Location"] == f"{either.url}/{BUCKET}/{name}"
    place = {"Bucket": BUCKET, "Key": name, "UploadId": upload}
    assert refused(client.upload_part, **place, PartNumber=1, Body=b"late") == "NoSuchUpload"


def test_e7_an_upload_belongs_to_its_key_and_part_numbers_are_bounded(client, either, name):
    upload = begin(client, name)
    other = {"Bucket": BUCKET, "Key": f"{name}-other", "UploadId": upload}
    assert refused(client.upload_part, **other, PartNumber=1, Body=b"x") == "NoSuchUpload"
    assert refused(client.list_parts, **other) == "NoSuchUpload"
    place = {"Bucket": BUCKET, "Key": name, "UploadId": upload}
    for number in (0, 10_001, -1):
        assert refused(client.upload_part, **place, PartNumber=number, Body=b"x") == "InvalidArgument"
    for invented in ("x", "0" * 32, "../../etc/passwd"):
        place["UploadId"] = invented
        assert refused(client.upload_part, **place, PartNumber=1, Body=b"x") == "NoSuchUpload"


def test_e7_a_thousand_crumbs_make_no_object_and_no_part_is_numbered_beyond_the_last(client, either, name):
    upload = begin(client, name)
    crumbs = []
    for number in (1, 2, 9_999, 10_000):
        crumbs.append(part(client, name, upload, number, b"x"))
    assert refused(client.upload_part, Bucket=BUCKET, Key=name, UploadId=upload, PartNumber=10_001, Body=b"x") == (
        "InvalidArgument"
    )
    with pytest.raises(ClientError) as caught:
        complete(client, name, upload, crumbs)
    assert caught.value.response["Error"]["Code"] == "EntityTooSmall"
    many = [{"PartNumber": number, "ETag": crumbs[0]["ETag"]} for number in range(1, 10_002)]
    with pytest.raises(ClientError) as caught:
        complete(client, name, upload, many)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert refused(client.get_object, Bucket=BUCKET, Key=name) == "NoSuchKey"


@pytest.fixture
def begun(client, name):
    """Two uploads of one key and one of another, and a link for part 1 of the first."""
    return begin(client, name), begin(client, name), begin(client, f"{name}-other")


def test_c2_a_link_for_a_part_is_for_that_part_of_that_upload(client, either, begun, name):
    mine, second, others = begun
    link = presign(either.key, "PUT", either.object_url(name), query=f"partNumber=1&uploadId={mine}")
    path, _, query = link.partition("?")
    without = "&".join(pair for pair in query.split("&") if not pair.startswith(("partNumber", "uploadId")))
    for wrong in (
        link.replace("partNumber=1", "partNumber=2"),
        link.replace("partNumber=1", "partNumber=01"),
        link.replace(mine, second),
        link.replace(mine, others),
        link.replace(name, f"{name}-other").replace(mine, others),
        link.replace(name, f"{name}-other"),
        f"{path}?{without}",
    ):
        answer = request("PUT", wrong, body=b"x", ca=either.ca)
        assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch"), wrong
    mixed = [f"{link}{more}" for more in (f"&uploadId={second}", f"&uploadid={second}", "&partNumber=2")]
    for wrong in (*mixed, f"{link}&%75ploadId={second}", link.replace("partNumber=1&", "")):
        answer = request("PUT", wrong, body=b"x", ca=either.ca)
        assert answer.status in (400, 403), wrong
    for method in ("GET", "HEAD", "POST", "DELETE"):
        # There is no HEAD of a part, whoever signs it.
        assert request(method, link, ca=either.ca).status == (405 if method == "HEAD" else 403), method
    for key, upload in ((name, mine), (name, second), (f"{name}-other", others)):
        assert "Parts" not in client.list_parts(Bucket=BUCKET, Key=key, UploadId=upload)
    assert request("PUT", link, body=b"x", ca=either.ca).status == 200
    (stored,) = client.list_parts(Bucket=BUCKET, Key=name, UploadId=mine)["Parts"]
    assert (stored["PartNumber"], stored["Size"]) == (1, 1)
    assert refused(client.get_object, Bucket=BUCKET, Key=name) == "NoSuchKey"


def test_c2_an_upload_of_one_key_takes_no_part_for_another_however_it_is_signed(client, either, begun, name):
    mine, _, others = begun
    for key, upload in ((name, others), (f"{name}-other", mine)):
        for method, query in (
            ("PUT", f"partNumber=1&uploadId={upload}"),
            ("POST", f"uploadId={upload}"),
            ("GET", f"uploadId={upload}"),
            ("DELETE", f"uploadId={upload}"),
        ):
            body = b"<CompleteMultipartUpload/>" if method == "POST" else b"x" if method == "PUT" else None
            answer = signed(either, method, f"{either.object_url(key)}?{query}", body=body)
            assert answer.code in ("NoSuchUpload", "MalformedXML"), (method, answer.body)
    for key, upload in ((name, mine), (f"{name}-other", others)):
        assert "Parts" not in client.list_parts(Bucket=BUCKET, Key=key, UploadId=upload)


def test_l3_ranges_of_an_object_from_parts_are_one_or_the_whole(client, either, name):
    upload = begin(client, name)
    bodies = [b"a" * LEAST, b"b" * LEAST, b"c" * 7]
    complete(client, name, upload, [part(client, name, upload, n, body) for n, body in enumerate(bodies, 1)])
    whole = b"".join(bodies)

    def read(header, query=""):
        url = presign(either.key, "GET", either.object_url(name), query=query)
        return request("GET", url, {"range": header} if header else {}, ca=either.ca)

    edges = [0, 1, LEAST - 1, LEAST, LEAST + 1, 2 * LEAST - 1, 2 * LEAST, 2 * LEAST + 6]
    for first in edges:
        for last in [edge for edge in edges if edge >= first]:
            answer = read(f"bytes={first}-{last}")
            assert answer.status == 206 and answer.body == whole[first : last + 1], (first, last)
            assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(whole)}"
    for count in (1, 7, 8, LEAST + 8, len(whole), len(whole) + 1):
        assert read(f"bytes=-{count}").body == whole[-count:]
    many = ",".join(f"{at}-{at}" for at in range(0, 2_000, 2))
    for ignored in (f"bytes={many}", "bytes=0-0,-1", "bytes=0-0, 5242880-5242880", "bytes=5-2", "items=0-1"):
        answer = read(ignored)
        assert (answer.status, len(answer.body)) == (200, len(whole)), ignored[:20]
        assert "content-range" not in answer.headers
    for beyond in (f"bytes={len(whole)}-", "bytes=18446744073709551615-", "bytes=-0"):
        answer = read(beyond)
        assert (answer.status, answer.code) == (416, "InvalidRange"), beyond
        assert answer.element("ActualObjectSize") == str(len(whole))
    assert read("bytes=0-0", "partNumber=1").status == 400


def test_a_part_sent_twice_counts_once_and_the_last_one(client, name):
    upload = begin(client, name)
    first = part(client, name, upload, 1, b"first")
    second = part(client, name, upload, 1, b"second")
    with pytest.raises(ClientError) as caught:
        complete(client, name, upload, [first])
    assert caught.value.response["Error"]["Code"] == "InvalidPart"
    complete(client, name, upload, [second])
    assert body_of(client, name) == b"second"


def test_conditions_hold_at_completion(client, name):
    client.put_object(Bucket=BUCKET, Key=name, Body=b"there")
    upload = begin(client, name)
    parts = [part(client, name, upload, 1, b"new")]
    with pytest.raises(ClientError) as caught:
        complete(client, name, upload, parts, IfNoneMatch="*")
    assert caught.value.response["Error"]["Code"] == "PreconditionFailed"
    assert body_of(client, name) == b"there"
    complete(client, name, upload, parts)
    assert body_of(client, name) == b"new"


def test_parts_are_copied_from_objects(client, name):
    body = os.urandom(LEAST + 100)
    client.put_object(Bucket=BUCKET, Key=f"{name}-source", Body=body)
    upload = begin(client, name)
    source = {"Bucket": BUCKET, "Key": f"{name}-source"}
    place = {"Bucket": BUCKET, "Key": name, "UploadId": upload}
    whole = client.upload_part_copy(**place, PartNumber=1, CopySource=source)
    tail = client.upload_part_copy(
        **place, PartNumber=2, CopySource=source, CopySourceRange="bytes=10-19"
    )
    parts = [
        {"PartNumber": number, "ETag": copied["CopyPartResult"]["ETag"]}
        for number, copied in ((1, whole), (2, tail))
    ]
    complete(client, name, upload, parts)
    assert body_of(client, name) == body + body[10:20]
    for wrong, code in (("bytes=0-99999999", "InvalidRange"), ("0-1", "InvalidArgument")):
        place["UploadId"] = begin(client, name)
        got = refused(
            client.upload_part_copy, **place, PartNumber=1, CopySource=source, CopySourceRange=wrong
        )
        assert got == code


def test_many_parts_at_once_make_one_whole_object(client, name):
    upload = begin(client, name)
    stored = {}

    def put(number):
        stored[number] = part(client, name, upload, number, bytes([number]) * LEAST)

    threads = [threading.Thread(target=put, args=(number,)) for number in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    complete(client, name, upload, [stored[number] for number in sorted(stored)])
    body = body_of(client, name)
    assert body == b"".join(bytes([number]) * LEAST for number in range(1, 5))


@pytest.mark.parametrize(
    "document",
    [b"", b"<x/>", b"<CompleteMultipartUpload/>",
     b"<!DOCTYPE x [<!ENTITY e 'y'>]><CompleteMultipartUpload>&e;</CompleteMultipartUpload>",
     b"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>"],
)
def test_a_document_that_names_no_parts_is_refused(client, either, name, document):
    upload = begin(client, name)
    url = client.generate_presigned_url(
        "complete_multipart_upload",
        Params={"Bucket": BUCKET, "Key": name, "UploadId": upload},
        ExpiresIn=300,
    )
    answer = request("POST", url, body=document, ca=either.ca)
    assert answer.status == 400 and b"MalformedXML" in answer.body
