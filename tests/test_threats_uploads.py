"""Threats E4 and E6: what the holder of an upload link may not do with it."""

import pytest

from harness.boto import client_for
from harness.http import request
from harness.objects import exists, get, put
from harness.server import BUCKET
from harness.signer import presign

NOT_OFFERED = {
    "x-amz-acl": "public-read",
    "x-amz-grant-read": 'uri="http://acs.amazonaws.com/groups/global/AllUsers"',
    "x-amz-object-lock-mode": "COMPLIANCE",
    "x-amz-object-lock-legal-hold": "ON",
    "x-amz-object-lock-retain-until-date": "2100-01-01T00:00:00Z",
    "x-amz-server-side-encryption": "aws:kms",
    "x-amz-server-side-encryption-aws-kms-key-id": "k",
    "x-amz-server-side-encryption-customer-algorithm": "AES256",
    "x-amz-server-side-encryption-customer-key": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "x-amz-write-offset-bytes": "0",
}
HELD_BY_THE_LINK = ["x-amz-meta-role", "x-amz-tagging", "x-amz-storage-class", "x-amz-website-redirect-location"]


@pytest.mark.parametrize("header, value", NOT_OFFERED.items())
def test_e6_what_is_not_offered_is_refused_even_if_it_is_signed(either, name, header, value):
    link = presign(either.key, "PUT", either.object_url(name), headers={header: value})
    hoisted = presign(either.key, "PUT", either.object_url(name), query=f"{header}={value.replace('=', '%3D')}")
    for url, headers in ((link, {header: value}), (hoisted, {})):
        answer = request("PUT", url, headers, b"x", either.ca)
        assert answer.status in (400, 501), answer.body
    assert not exists(either, name)


@pytest.mark.parametrize("header", [*HELD_BY_THE_LINK, *NOT_OFFERED])
def test_e6_the_holder_of_a_link_adds_no_header_of_his_own(either, name, header):
    put(either, name, b"before")
    link = presign(either.key, "PUT", either.object_url(name))
    answer = request("PUT", link, {header: "a=b"}, b"x", either.ca)
    assert (answer.status, answer.code) == (403, "AccessDenied")
    assert get(either, name).body == b"before"


def test_e4_a_link_that_creates_replaces_nothing(either, name):
    url = either.object_url(name)
    by_header = presign(either.key, "PUT", url, headers={"if-none-match": "*"})
    by_query = presign(either.key, "PUT", url, query="If-None-Match=%2A")
    assert request("PUT", by_header, {"if-none-match": "*"}, b"looked at", either.ca).status == 200
    for link, headers in ((by_header, {"if-none-match": "*"}), (by_query, {})):
        answer = request("PUT", link, headers, b"swapped", either.ca)
        assert (answer.status, answer.code) == (412, "PreconditionFailed")
    assert request("PUT", by_header, {}, b"swapped", either.ca).status == 403
    assert get(either, name).body == b"looked at"


def test_e4_a_link_to_a_version_gives_the_version_that_was_looked_at(either, name):
    client = client_for(either)
    client.create_bucket(Bucket=name)
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    looked_at = client.put_object(Bucket=name, Key="k", Body=b"looked at")["VersionId"]
    link = presign(either.key, "GET", either.object_url("k", name), query=f"versionId={looked_at}")
    client.put_object(Bucket=name, Key="k", Body=b"swapped")
    client.delete_object(Bucket=name, Key="k")
    assert request("GET", link, ca=either.ca).body == b"looked at"
    assert BUCKET not in link
