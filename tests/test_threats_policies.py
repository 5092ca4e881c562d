"""Getting round policies: threats A2, D12, E4, E6, F8, and revocations of what a link reaches besides its own key."""

import base64
import hashlib
import json
import threading
import time

import pytest
from botocore.exceptions import ClientError

from harness.boto import client_for, refused
from harness.form import fields_of, post
from harness.http import request
from harness.server import BUCKET, Server, countersign
from harness.signer import EMPTY_SHA256, Key, presign, sign

PATIENCE_S = 30
SWAPS = 150


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server with S3's own lifetimes, so that only policies limit anything."""
    server = Server(tmp_path_factory.mktemp("policies"), profile="s3")
    server.start()
    client_for(server).create_bucket(Bucket=BUCKET)
    yield server
    server.stop()


@pytest.fixture()
def client(server):
    """boto3 with the key of an ordinary user."""
    return client_for(server)


@pytest.fixture()
def bucket(client, name):
    """A bucket with one object."""
    client.create_bucket(Bucket=name)
    client.put_object(Bucket=name, Key="cat.jpg", Body=b"cat")
    return name


def deny(client, bucket, *denied):
    """Puts a policy that denies actions on conditions."""
    statements = [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": action,
            "Resource": f"arn:aws:s3:::{bucket}/*",
            "Condition": condition,
        }
        for action, condition in denied
    ]
    policy = {"Version": "2012-10-17", "Statement": statements}
    client.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))


def send(server, method, url, headers=None, body=b"", key=None):
    """Sends a request that is signed in its header."""
    payload = hashlib.sha256(body).hexdigest()
    signed = sign(key or server.key, method, url, headers or {}, payload=payload)
    return request(method, url, signed, body=body or None)


def with_md5(body):
    """The header that proves a body."""
    return {"content-md5": base64.b64encode(hashlib.md5(body).digest()).decode()}


def delete_of(*entries):
    """A document of deletions; each entry is XML."""
    return f"<Delete>{''.join(f'<Object>{entry}</Object>' for entry in entries)}</Delete>".encode()


def delete_objects(server, bucket, *entries, headers=None, key=None):
    """Sends a batch of deletions."""
    body = delete_of(*entries)
    url = f"{server.url}/{bucket}?delete="
    return send(server, "POST", url, {**with_md5(body), **(headers or {})}, body, key)


def tags_of(client, bucket, key):
    """The tags of an object."""
    found = client.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
    return {tag["Key"]: tag["Value"] for tag in found}


def tagging(**tags):
    """Tags as boto3 wants them."""
    return {"TagSet": [{"Key": key, "Value": value} for key, value in tags.items()]}


def command(server, *words):
    """Runs a command on the data of the server."""
    first, *rest = words
    return json.loads(countersign("--json", first, "--data-dir", server.data, *rest).stdout)


def user_who_may(server, *statements):
    """The key of a new user with nothing but these rights."""
    name = f"user-{time.monotonic_ns()}"
    command(server, "user", "create", name)
    command(server, "policy", "delete", "--user", name, "--name", "FullAccess")
    if statements:
        policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        done = countersign(
            "--json", "policy", "--data-dir", server.data, "put", "--user", name, "--name", "Own", "-", stdin=policy
        )
        assert done.returncode == 0
    made = command(server, "key", "create", "--user", name)
    return Key(made["access_key_id"], made["secret_access_key"])


def within(expected, ask):
    """Waits for an answer."""
    end = time.monotonic() + PATIENCE_S
    while (found := ask()) != expected:
        assert time.monotonic() < end, found
        time.sleep(0.02)


# Nothing is overwritten.

NEW_ONLY = {"Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}}


@pytest.mark.parametrize("condition", ['"00000000000000000000000000000000"', "nothing", '"*"', "*, *"])
def test_d12_a_condition_that_always_holds_is_none(server, client, bucket, condition):
    deny(client, bucket, ("s3:PutObject", NEW_ONLY))
    url = presign(server.key, "PUT", server.object_url("cat.jpg", bucket))
    assert request("PUT", url, {}, body=b"dog").status == 403
    assert request("PUT", url, {"if-none-match": "*"}, body=b"dog").status == 412
    answer = request("PUT", url, {"if-none-match": condition}, body=b"dog")
    assert (answer.status, answer.code) == (501, "NotImplemented")
    # The same for a copy, and for the end of an upload.
    client.put_object(Bucket=bucket, Key="source", Body=b"dog", IfNoneMatch="*")
    headers = {"x-amz-copy-source": f"/{bucket}/source"}
    target = server.object_url("cat.jpg", bucket)
    signed = sign(server.key, "PUT", target, headers, payload=EMPTY_SHA256)
    assert request("PUT", target, {**signed, "if-none-match": condition}).status == 501
    upload = {"Bucket": bucket, "Key": "cat.jpg"}
    upload["UploadId"] = client.create_multipart_upload(**upload)["UploadId"]
    part = client.upload_part(**upload, PartNumber=1, Body=b"dog")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    with pytest.raises(ClientError) as caught:
        client.complete_multipart_upload(**upload, MultipartUpload=parts, IfNoneMatch=condition)
    assert caught.value.response["Error"]["Code"] == "NotImplemented"
    assert client.get_object(Bucket=bucket, Key="cat.jpg")["Body"].read() == b"cat"


def test_d12_a_write_asks_for_one_object_by_its_tag(client, bucket):
    place = {"Bucket": bucket, "Key": "cat.jpg"}
    assert refused(client.put_object, **place, Body=b"dog", IfMatch="*") == "NotImplemented"
    tag = client.head_object(**place)["ETag"]
    client.put_object(**place, Body=b"dog", IfMatch=tag)


def test_d12_the_condition_of_a_batch_is_that_of_each_entry(server, client, bucket):
    tag = client.head_object(Bucket=bucket, Key="cat.jpg")["ETag"]
    deny(client, bucket, ("s3:DeleteObject", {"Null": {"s3:if-match": "true"}}))
    entry = "<Key>cat.jpg</Key>"
    for headers in ({}, {"if-match": '"no-such-tag"'}, {"if-match": tag}, {"if-match": "*"}):
        answer = delete_objects(server, bucket, entry, headers=headers)
        assert b"<Code>AccessDenied</Code>" in answer.body, headers
    answer = delete_objects(server, bucket, entry + "<ETag>no-such-tag</ETag>")
    assert b"<Code>PreconditionFailed</Code>" in answer.body
    answer = delete_objects(server, bucket, f"{entry}<ETag>{tag}</ETag>")
    assert b"<Deleted>" in answer.body
    assert refused(client.head_object, Bucket=bucket, Key="cat.jpg") == "404"


# Tags that a request gives.


def test_e6_a_form_field_does_not_tag_without_the_right(server, client, name):
    deny(client, BUCKET, ("s3:PutObjectTagging", {}))
    try:
        assert refused(client.put_object, Bucket=BUCKET, Key=name, Tagging="scan=clean") == "AccessDenied"
        document = "<Tagging><TagSet><Tag><Key>scan</Key><Value>clean</Value></Tag></TagSet></Tagging>"
        for field, value, status in (
            ("tagging", document, 403),
            ("x-amz-tagging", "scan=clean", 501),
            ("X-Amz-Tagging", "scan=clean", 501),
        ):
            assert post(server, fields_of(server.key, name, extra={field: value})).status == status, field
        assert post(server, fields_of(server.key, name)).status == 204
        assert tags_of(client, BUCKET, name) == {}
    finally:
        client.delete_bucket_policy(Bucket=BUCKET)


def test_e6_tags_in_a_document_are_decided_upon(client, bucket):
    deny(
        client,
        bucket,
        ("s3:PutObjectTagging", {"StringEquals": {"s3:RequestObjectTag/public": "yes"}}),
        ("s3:PutObjectTagging", {"ForAnyValue:StringNotEquals": {"s3:RequestObjectTagKeys": ["public", "owner"]}}),
    )
    place = {"Bucket": bucket, "Key": "cat.jpg"}
    for denied in (tagging(public="yes"), tagging(owner="ann", other="")):
        assert refused(client.put_object_tagging, **place, Tagging=denied) == "AccessDenied"
    assert tags_of(client, bucket, "cat.jpg") == {}
    client.put_object_tagging(**place, Tagging=tagging(public="no", owner="ann"))
    client.put_object_tagging(**place, Tagging=tagging())
    for denied in ("public=yes", "other=1"):
        assert refused(client.put_object, Bucket=bucket, Key="x", Tagging=denied) == "AccessDenied"


def test_e6_a_header_does_not_speak_for_a_document(server, client, bucket):
    deny(client, bucket, ("s3:PutObjectTagging", {"StringNotEquals": {"s3:RequestObjectTag/env": "dev"}}))
    url = server.object_url("cat.jpg", bucket) + "?tagging="
    for value, status in (("prod", 403), ("dev", 200)):
        body = f"<Tagging><TagSet><Tag><Key>env</Key><Value>{value}</Value></Tag></TagSet></Tagging>".encode()
        answer = send(server, "PUT", url, {**with_md5(body), "x-amz-tagging": "env=dev"}, body)
        assert answer.status == status, value
    assert tags_of(client, bucket, "cat.jpg") == {"env": "dev"}


def test_e6_a_header_does_not_speak_for_what_a_copy_takes_along(server, client, bucket):
    client.put_object(Bucket=bucket, Key="open", Body=b"s", Tagging="class=open")
    deny(client, bucket, ("s3:PutObject", {"StringNotEquals": {"s3:RequestObjectTag/class": "secret"}}))
    url = server.object_url("copy", bucket)
    headers = {"x-amz-copy-source": f"/{bucket}/open", "x-amz-tagging": "class=secret"}
    for directive in ({}, {"x-amz-tagging-directive": "COPY"}):
        assert send(server, "PUT", url, {**headers, **directive}).status == 403
    assert send(server, "PUT", url, {**headers, "x-amz-tagging-directive": "REPLACE"}).status == 200
    assert tags_of(client, bucket, "copy") == {"class": "secret"}


# Tags that an object has.


def test_e4_what_was_swapped_after_it_was_decided_is_not_served(server, client, bucket):
    deny(client, bucket, ("s3:GetObject", {"StringNotEquals": {"s3:ExistingObjectTag/scan": "clean"}}))
    place = {"Bucket": bucket, "Key": "k"}
    url = presign(server.key, "GET", server.object_url("k", bucket), expires=900)
    copy = {"x-amz-copy-source": f"/{bucket}/k"}
    wrong, stop = [], threading.Event()

    def read():
        while not stop.is_set():
            answer = request("GET", url)
            if answer.status == 200 and answer.body != b"GOOD":
                wrong.append(answer.body)
            if answer.status not in (200, 403, 404, 503):
                wrong.append(answer.status)

    def take_along():
        number = 0
        while not stop.is_set():
            number += 1
            target = server.object_url(f"copy-{number}", bucket)
            send(server, "PUT", target, copy)

    threads = [threading.Thread(target=work) for work in (read, read, read, take_along)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(SWAPS):
            client.put_object(**place, Body=b"GOOD", Tagging="scan=clean")
            client.put_object(**place, Body=b"EVIL")
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not wrong
    client.delete_bucket_policy(Bucket=bucket)
    listed = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="copy-")
    for page in listed:
        for entry in page.get("Contents", []):
            assert client.get_object(Bucket=bucket, Key=entry["Key"])["Body"].read() == b"GOOD"


def test_e4_what_is_frozen_meanwhile_is_not_replaced_or_deleted(server, client, bucket):
    frozen = {"StringEquals": {"s3:ExistingObjectTag/state": "frozen"}}
    deny(client, bucket, ("s3:DeleteObject", frozen), ("s3:PutObject", frozen))
    place = {"Bucket": bucket, "Key": "k"}
    url = server.object_url("k", bucket)
    for _ in range(SWAPS // 5):
        client.put_object(**place, Body=b"GOOD")
        answers = []

        def attack(method):
            answers.append(send(server, method, url, body=b"EVIL" if method == "PUT" else b"").status)

        threads = [threading.Thread(target=attack, args=(method,)) for method in ("PUT", "DELETE") * 2]
        for thread in threads:
            thread.start()
        body = None
        try:
            client.put_object_tagging(**place, Tagging=tagging(state="frozen"))
            body = client.get_object(**place)["Body"].read()
        except ClientError:
            pass  # It was deleted before it could be frozen.
        for thread in threads:
            thread.join()
        assert set(answers) <= {200, 204, 403, 503}, answers
        if body is not None:
            assert client.get_object(**place)["Body"].read() == body
            client.put_object_tagging(**place, Tagging=tagging())


# What exists.


def test_f8_no_operation_tells_that_an_object_is_missing(server, client, bucket):
    reading = {
        "Effect": "Allow",
        "Action": ["s3:GetObject*", "s3:PutObject*", "s3:DeleteObjectTagging"],
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    key = user_who_may(server, reading)
    missing = server.object_url("missing", bucket)
    within(200, lambda: send(server, "GET", server.object_url("cat.jpg", bucket), key=key).status)
    copy = {"x-amz-copy-source": f"/{bucket}/missing"}
    body = b"<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"
    attributes = {"x-amz-object-attributes": "ETag"}
    for method, url, headers, sent in (
        ("GET", missing, {}, b""),
        ("GET", missing + "?tagging=", {}, b""),
        ("GET", missing + "?acl=", {}, b""),
        ("GET", missing + "?attributes=", attributes, b""),
        ("PUT", server.object_url("copy", bucket), copy, b""),
        ("PUT", missing + "?tagging=", with_md5(body), body),
        ("DELETE", missing + "?tagging=", {}, b""),
    ):
        answer = send(server, method, url, headers, sent, key)
        assert (answer.status, answer.code) == (403, "AccessDenied"), (method, url)
        answer = send(server, method, url, headers, sent)
        assert answer.code == "NoSuchKey", (method, url)


def test_f8_a_batch_of_deletes_does_not_tell_which_buckets_exist(server, bucket, name):
    stranger = user_who_may(server)
    entries = ["<Key>a</Key>", "<Key>b</Key><VersionId>null</VersionId>"]
    url = f"{server.url}/{bucket}?list-type=2"
    within("AccessDenied", lambda: send(server, "GET", url, key=stranger).code)
    seen = set()
    for place in (bucket, f"{name}-missing"):
        answer = delete_objects(server, place, *entries, key=stranger)
        assert answer.body.count(b"<Code>AccessDenied</Code>") == 2
        seen.add((answer.status, answer.body.replace(place.encode(), b"BUCKET")))
    assert len(seen) == 1, seen
    # Who may delete there is told.
    answer = delete_objects(server, f"{name}-missing", *entries)
    assert (answer.status, answer.code) == (404, "NoSuchBucket")


# Revocations.


@pytest.mark.parametrize("kind", ["object", "prefix"])
def test_what_is_revoked_is_not_copied_or_deleted_by_a_link(server, client, bucket, kind):
    for key in ("p/secret", "p/other", "q/other"):
        client.put_object(Bucket=bucket, Key=key, Body=b"x")
    copy = {"x-amz-copy-source": f"/{bucket}/p/secret"}
    by_link = presign(server.key, "PUT", server.object_url("copy", bucket), headers=copy)
    body = delete_of("<Key>p/secret</Key>", "<Key>q/other</Key>")
    proof = with_md5(body)
    batch = presign(server.key, "POST", f"{server.url}/{bucket}", query="delete=", headers=proof)
    read = presign(server.key, "GET", server.object_url("p/secret", bucket))
    assert request("PUT", by_link, copy).status == 200
    where = f"s3://{bucket}/p/secret" if kind == "object" else f"s3://{bucket}/p/"
    countersign("--json", "link", "--data-dir", server.data, "revoke", f"--{kind}", where)
    within(403, lambda: request("GET", read).status)
    assert request("PUT", by_link, copy).status == 403
    answer = request("POST", batch, proof, body=body)
    assert answer.status == 200
    assert answer.body.count(b"<Error>") == 1 and answer.body.count(b"<Deleted>") == 1
    assert b"This link has been revoked. Ask for a new one." in answer.body
    # What is signed in its header goes on.
    assert b"<Error>" not in delete_objects(server, bucket, "<Key>p/secret</Key>").body
