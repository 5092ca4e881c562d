"""Threats A: what a holder of a good URL, or of none, tries at the signature."""

import base64
import hashlib
import socket

import pytest

from harness.chunked import MODES, SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER, frame, headers_for
from harness.http import connect, raw, request, statuses
from harness.objects import exists, get, keys, put, signed
from harness.server import BUCKET
from harness.signer import EMPTY_SHA256, UNSIGNED, Key, amz_date, presign, sign

# What an upload or a download may be told, each with a value that S3 would take.
AMZ_HEADERS = {
    "x-amz-acl": "public-read",
    "x-amz-bypass-governance-retention": "true",
    "x-amz-checksum-crc32": "NhCmhg==",
    "x-amz-checksum-crc32c": "mnG7TA==",
    "x-amz-checksum-crc64nvme": "M3eFcAZSQlc=",
    "x-amz-checksum-mode": "ENABLED",
    "x-amz-checksum-sha1": "qvTGHdzF6KLavt4PO0gs2a6pQ00=",
    "x-amz-checksum-sha256": "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
    "x-amz-copy-source": f"/{BUCKET}/other",
    "x-amz-copy-source-range": "bytes=0-1",
    "x-amz-date": "20260101T000000Z",
    "x-amz-decoded-content-length": "5",
    "x-amz-expected-bucket-owner": "123456789012",
    "x-amz-grant-full-control": "uri=http://acs.amazonaws.com/groups/global/AllUsers",
    "x-amz-grant-read": "uri=http://acs.amazonaws.com/groups/global/AllUsers",
    "x-amz-grant-read-acp": "id=1",
    "x-amz-grant-write-acp": "id=1",
    "x-amz-if-match-last-modified-time": "Mon, 23 Nov 2026 12:00:00 GMT",
    "x-amz-meta-colour": "red",
    "x-amz-metadata-directive": "REPLACE",
    "x-amz-mfa": "1 2",
    "x-amz-object-lock-legal-hold": "ON",
    "x-amz-object-lock-mode": "COMPLIANCE",
    "x-amz-object-lock-retain-until-date": "2099-01-01T00:00:00Z",
    "x-amz-object-ownership": "ObjectWriter",
    "x-amz-request-payer": "requester",
    "x-amz-sdk-checksum-algorithm": "CRC32",
    "x-amz-security-token": "token",
    "x-amz-server-side-encryption": "AES256",
    "x-amz-server-side-encryption-aws-kms-key-id": "key",
    "x-amz-server-side-encryption-customer-algorithm": "AES256",
    "x-amz-server-side-encryption-customer-key": "a" * 44,
    "x-amz-source-expected-bucket-owner": "123456789012",
    "x-amz-storage-class": "GLACIER",
    "x-amz-tagging": "public=yes",
    "x-amz-trailer": "x-amz-checksum-crc32",
    "x-amz-website-redirect-location": "https://evil.example/",
    "x-amz-write-offset-bytes": "0",
}


@pytest.fixture(params=["safe", "s3"])
def server(request):
    """Both profiles: these checks are no guardrails, nobody can switch them off."""
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("header", AMZ_HEADERS)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a1_an_unsigned_amz_header_is_refused_and_changes_nothing(server, name, method, header):
    put(server, name, b"hello")
    before = get(server, name)
    url = presign(server.key, method, server.object_url(name))
    body = b"hello" if method == "PUT" else None
    answer = request(method, url, {header: AMZ_HEADERS[header]}, body)
    assert answer.status in (400, 403), answer.body
    if answer.message.startswith("There were headers"):
        assert header in answer.element("HeadersNotSigned")
    else:
        # A date or token beside those of the query is a second claim, refused before the signature.
        assert header in ("x-amz-date", "x-amz-security-token"), answer.body
    after = get(server, name)
    assert (after.status, after.body) == (200, b"hello")
    for kept in ("etag", "last-modified", "content-type"):
        assert after.headers[kept] == before.headers[kept]
    assert not any(shown.startswith("x-amz-meta-") for shown in after.headers)


def test_a1_all_unsigned_headers_are_listed_at_once(server, name):
    url = presign(server.key, "PUT", server.object_url(name))
    headers = {"x-amz-meta-a": "1", "x-amz-tagging": "a=b", "X-Amz-Acl": "private"}
    answer = request("PUT", url, headers, b"x")
    assert answer.status == 403
    listed = answer.element("HeadersNotSigned")
    assert all(header.lower() in listed for header in headers), listed
    assert not exists(server, name)


def test_a2_an_unsigned_copy_source_does_not_turn_an_upload_into_a_copy(server, name):
    put(server, f"{name}-secret", b"secret")
    url = presign(server.key, "PUT", server.object_url(name))
    for source in (f"/{BUCKET}/{name}-secret", f"{BUCKET}/{name}-secret?versionId=null"):
        answer = request("PUT", url, {"x-amz-copy-source": source}, b"")
        assert answer.status == 403, answer.body
    assert not exists(server, name)


PAYLOADS = [UNSIGNED, EMPTY_SHA256, "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", "made-up", *MODES]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("place", ["header", "query", "none", "both"])
def test_a3_no_payload_mode_gets_around_a_wrong_secret(server, name, place, payload):
    wrong = Key(server.key.id, "not-the-secret-of-this-key-0000000000000")
    url = server.object_url(name)
    body = b"hello"
    headers = headers_for(payload, body) if payload in MODES else {}
    if place in ("header", "both"):
        headers = sign(wrong, "PUT", url, headers, payload)
    else:
        headers["x-amz-content-sha256"] = payload
    if payload in MODES and "authorization" in headers:
        body = frame(payload, body, headers, wrong)
    if place in ("query", "both"):
        covered = {n: v for n, v in headers.items() if n.startswith("x-amz-") and place == "query"}
        url = presign(wrong, "PUT", url, headers=covered, payload=payload)
    answer = request("PUT", url, headers, body)
    assert answer.status in (400, 403), answer.body
    if place in ("query", "none"):
        assert answer.status == 403 or payload == "made-up", answer.body
    assert not exists(server, name)


def streamed(server, name, mode, body, damage=None, size=8192):
    """Uploads a framed body, damaged on the way."""
    url = server.object_url(name)
    headers = sign(server.key, "PUT", url, headers_for(mode, body), mode)
    framed = frame(mode, body, headers, server.key, size=size)
    if damage:
        headers, framed = damage(headers, framed)
    return request("PUT", url, headers, framed)


BODY = bytes(range(256)) * 100


@pytest.mark.parametrize("mode", MODES)
def test_a4_an_undamaged_stream_is_stored_without_its_framing(server, name, mode):
    answer = streamed(server, name, mode, BODY)
    assert answer.status == 200, answer.body
    stored = get(server, name)
    assert stored.body == BODY
    assert "aws-chunked" not in stored.headers.get("content-encoding", "")


def flipped(text, at):
    """The same bytes with one bit changed."""
    return text[:at] + bytes([text[at] ^ 1]) + text[at + 1 :]


def other_hex(digit):
    """Another hexadecimal digit."""
    return b"0" if digit != b"0" else b"1"


def in_signature(framed, at):
    """The framed body with the first digit of a signature at `at` changed."""
    return framed[:at] + other_hex(framed[at : at + 1]) + framed[at + 1 :]


MARK = b"chunk-signature="


def seed(headers, framed):
    """Changes the signature of the request itself."""
    front, _, signature = headers["authorization"].rpartition("Signature=")
    changed = in_signature(signature.encode(), 0).decode()
    return {**headers, "authorization": f"{front}Signature={changed}"}, framed


def first_chunk(headers, framed):
    """Changes the first chunk's signature."""
    return headers, in_signature(framed, framed.index(MARK) + len(MARK))


def last_chunk(headers, framed):
    """Changes the signature of the empty chunk."""
    return headers, in_signature(framed, framed.rindex(MARK) + len(MARK))


def first_data(headers, framed):
    """Changes a byte of the first chunk's data."""
    return headers, flipped(framed, framed.index(b"\r\n") + 10)


def last_data(headers, framed):
    """Changes the last byte of data."""
    return headers, flipped(framed, framed.rindex(b"\r\n0;") - 1)


def cut(headers, framed):
    """Leaves out the last chunk of data."""
    second = framed.index(b"\r\n2000;", 10) + 2
    return headers, framed[:second] + framed[framed.rindex(b"\r\n0;") + 2 :]


@pytest.mark.parametrize("damage", [seed, first_chunk, last_chunk, first_data, last_data, cut])
@pytest.mark.parametrize("mode", [SIGNED, SIGNED_TRAILER])
def test_a4_one_bit_off_in_a_signed_stream_is_refused_and_the_old_object_stays(server, name, mode, damage):
    put(server, name, b"old")
    answer = streamed(server, name, mode, BODY, damage)
    assert answer.status in (400, 403), answer.body
    assert get(server, name).body == b"old"


def trailer_signature(headers, framed):
    """Changes the trailer's signature."""
    mark = b"x-amz-trailer-signature:"
    return headers, in_signature(framed, framed.index(mark) + len(mark))


def trailer_value(headers, framed):
    """Changes the checksum in the trailer, so that it no longer fits body or signature."""
    mark = b"x-amz-checksum-crc32:"
    return headers, framed.replace(mark + framed.partition(mark)[2][:8], mark + b"AAAAAA==")


def trailer_gone(headers, framed):
    """Leaves the trailer out."""
    return headers, framed[: framed.index(b"x-amz-checksum-crc32:")] + b"\r\n"


@pytest.mark.parametrize(
    ("mode", "damage"),
    [
        (SIGNED_TRAILER, trailer_signature),
        (SIGNED_TRAILER, trailer_value),
        (SIGNED_TRAILER, trailer_gone),
        (UNSIGNED_TRAILER, trailer_value),
        (UNSIGNED_TRAILER, trailer_gone),
    ],
)
def test_a4_a_damaged_trailer_is_refused_and_nothing_is_stored(server, name, mode, damage):
    answer = streamed(server, name, mode, BODY, damage)
    assert answer.status in (400, 403), answer.body
    assert not exists(server, name)


@pytest.mark.parametrize(
    "more",
    [
        "X-Amz-Expires=604800",
        "x-amz-expires=604800",
        "%58-Amz-Expires=604800",
        "X-Amz-Signature=00",
        "X-Amz-Credential=a",
        "X-AMZ-SIGNEDHEADERS=host",
    ],
)
def test_a5_repeated_auth_parameter_is_refused(server, name, more):
    put(server, name, b"x")
    url = presign(server.key, "GET", server.object_url(name))
    for spelled in (f"{url}&{more}", url.replace("?", f"?{more}&", 1)):
        answer = request("GET", spelled)
        assert (answer.status, answer.code) == (400, "AuthorizationQueryParametersError")


@pytest.mark.parametrize(
    "query",
    [
        "versionId=null&versionId=a",
        "versionId=null&VersionId=null",
        "response-content-type=text/plain&response-content-type=a/b",
        "response-expires=0&Response-Expires=1",
        "partNumber=1&partNumber=2",
    ],
)
def test_a5_a_parameter_that_means_something_is_refused_twice_even_when_signed(server, name, query):
    put(server, name, b"x")
    url = presign(server.key, "GET", server.object_url(name), query=query)
    answer = request("GET", url)
    assert answer.status == 400, answer.body


DOTTED = ["../k", "a/../k", "./k", "a/./k", "%2e%2e/k", "a/%2E%2E/k", "a%2f..%2fk", "..", "a/.."]


@pytest.mark.parametrize("key", DOTTED)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a7_dot_segments_are_refused_in_the_safe_profile(safe, name, method, key):
    url = presign(safe.key, method, safe.object_url(f"{name}/{key}"))
    answer = request(method, url, body=b"x" if method == "PUT" else None)
    assert (answer.status, answer.code) == (400, "InvalidURI")
    assert keys(safe, query=f"list-type=2&prefix={name}") == []


def test_a7_dot_segments_are_just_names_in_the_s3_profile(s3, name):
    put(s3, f"{name}/k", b"plain")
    url = presign(s3.key, "PUT", s3.object_url(f"{name}/a/../k"))
    assert request("PUT", url, body=b"dotted").status == 200
    assert get(s3, f"{name}/k").body == b"plain"
    assert get(s3, f"{name}/a/../k").body == b"dotted"
    assert keys(s3, query=f"list-type=2&prefix={name}/") == [f"{name}/a/../k", f"{name}/k"]


BROKEN = ["%00", "a%00.txt", "%ff", "%c0%ae%c0%ae/x", "%ed%a0%80", "a%", "a%2", "a%zz"]


@pytest.mark.parametrize("key", BROKEN)
def test_a7_a_key_that_is_no_text_is_refused(server, name, key):
    for method in ("GET", "PUT"):
        url = presign(server.key, method, server.object_url(f"{name}/{key}"))
        answer = request(method, url, body=b"x" if method == "PUT" else None)
        assert (answer.status, answer.code) == (400, "InvalidURI"), answer.body
    assert keys(server, query=f"list-type=2&prefix={name}") == []


@pytest.mark.parametrize("spelled", ["a%2Fb", "a/b", "%61/b", "a%2fb"])
def test_a7_what_is_signed_is_what_is_fetched_in_any_spelling(server, name, spelled):
    put(server, f"{name}/a/b", b"nested")
    put(server, f"{name}/a//b", b"double")
    url = presign(server.key, "GET", server.object_url(f"{name}/a/b"))
    answer = request("GET", url.replace(f"{name}/a/b", f"{name}/{spelled}", 1))
    assert (answer.status, answer.body) == (200, b"nested")
    double = url.replace(f"{name}/a/b", f"{name}/a//b", 1)
    assert request("GET", double).code == "SignatureDoesNotMatch"


def test_a7_a_backslash_is_part_of_the_name(server, name):
    put(server, f"{name}/..%5Ck", b"x")
    assert keys(server, query=f"list-type=2&prefix={name}") == [f"{name}/..\\k"]


def test_a8_a_url_that_does_not_sign_its_host_is_refused(server, name):
    put(server, name, b"x")
    headers = {"range": "bytes=0-0"}
    url = presign(server.key, "GET", server.object_url(name), headers=headers, signed=["range"])
    answer = request("GET", url, headers)
    assert (answer.status, answer.code) == (403, "AccessDenied")
    assert "host" in answer.element("HeadersNotSigned")
    signed_without = sign(server.key, "GET", server.object_url(name), signed=["x-amz-date"])
    assert request("GET", server.object_url(name), signed_without).status in (400, 403)


def test_a10_a_scope_of_another_region_service_or_day_is_refused(server, name):
    put(server, name, b"x")
    url = server.object_url(name)
    for options in ({"region": "eu-west-1"}, {"service": "sts"}):
        answer = request("GET", presign(server.key, "GET", url, **options))
        assert (answer.status, answer.code) == (400, "AuthorizationQueryParametersError")
        header = sign(server.key, "GET", url, **options)
        assert request("GET", url, header).code == "AuthorizationHeaderMalformed"
    other_day = {"X-Amz-Credential": f"{server.key.id}/20200101/us-east-1/s3/aws4_request"}
    answer = request("GET", presign(server.key, "GET", url, replace=other_day))
    assert (answer.status, answer.code) == (400, "AuthorizationQueryParametersError")


def test_a13_unknown_algorithms_are_refused(server, name):
    put(server, name, b"x")
    for algorithm in ("AWS4-HMAC-SHA1", "aws4-hmac-sha256", "none", "AWS4-HMAC-SHA256 ", ""):
        replace = {"X-Amz-Algorithm": algorithm}
        answer = request("GET", presign(server.key, "GET", server.object_url(name), replace=replace))
        assert (answer.status, answer.code) == (400, "AuthorizationQueryParametersError"), algorithm


def test_a14_two_credentials_are_refused_even_if_both_are_good(server, name):
    put(server, name, b"x")
    url = server.object_url(name)
    presigned = presign(server.key, "GET", url)
    headers = sign(server.key, "GET", presigned)
    for extra in (headers, {"authorization": "Bearer x"}, {"authorization": ""}):
        answer = request("GET", presigned, extra)
        assert (answer.status, answer.code) == (400, "InvalidArgument")
    with_v2 = f"{presigned}&AWSAccessKeyId=a&Signature=b&Expires=1"
    assert request("GET", with_v2).code == "InvalidArgument"


@pytest.mark.parametrize(
    "query",
    ["acl", "tagging", "versionId=null", "torrent", "retention", "attributes", "uploadId=a", "partNumber=1"],
)
def test_a15_a_sub_resource_cannot_be_added_to_a_url(server, name, query):
    put(server, name, b"x")
    url = presign(server.key, "GET", server.object_url(name))
    answer = request("GET", f"{url}&{query}")
    assert answer.status in (400, 403), answer.body


def test_a15_a_get_url_answers_head_by_guardrail_only(safe, s3, name):
    for server, status in ((safe, 200), (s3, 403)):
        put(server, name, b"12345")
        url = presign(server.key, "GET", server.object_url(name))
        answer = request("HEAD", url)
        assert answer.status == status
        assert status == 403 or answer.headers["content-length"] == "5"
        assert request("DELETE", url).status == 403
        assert request("PUT", url, body=b"y").status == 403
        assert get(server, name).body == b"12345"


def test_a16_an_unsigned_override_is_refused(server, name):
    put(server, name, b"<script>", {"content-type": "text/plain"})
    url = presign(server.key, "GET", server.object_url(name))
    answer = request("GET", f"{url}&response-content-type=text%2Fhtml")
    assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")


@pytest.mark.parametrize(
    "kind",
    [
        "text/html",
        "TEXT/HTML; charset=utf-8",
        "image/svg+xml",
        "application/xhtml+xml",
        "text/xml",
        "a",
        "text/html,image/png",
    ],
)
def test_a16_a_signed_override_to_a_page_is_refused_in_the_safe_profile(safe, s3, name, kind):
    query = "response-content-type=" + kind.replace("+", "%2B").replace(" ", "%20")
    for server, status in ((safe, 403), (s3, 200)):
        put(server, name, b"<script>", {"content-type": "text/plain"})
        answer = request("GET", presign(server.key, "GET", server.object_url(name), query=query))
        assert answer.status == status, answer.body
        if status == 200:
            assert answer.headers["content-type"] == kind


SPLITTING = ["a%0d%0aSet-Cookie:%20x=1", "a%0ab", "a%0db", "a%00b", "%7f", "%1b[31m"]


@pytest.mark.parametrize("value", SPLITTING)
@pytest.mark.parametrize(
    "parameter",
    ["response-content-disposition", "response-content-type", "response-cache-control", "response-expires"],
)
def test_a17_a_signed_override_cannot_split_the_response(server, name, parameter, value):
    put(server, name, b"x")
    url = presign(server.key, "GET", server.object_url(name), query=f"{parameter}={value}")
    answer = request("GET", url)
    assert answer.status in (400, 403), answer.body
    assert "set-cookie" not in answer.headers


def test_a17_line_ends_in_stored_headers_are_refused(server, name):
    target = f"/{BUCKET}/{name}"
    for value in (b"a\r\n b", b"a\x00b", b"a\rb"):
        headers = sign(server.key, "PUT", server.object_url(name), payload=UNSIGNED)
        lines = "".join(f"{n}: {v}\r\n" for n, v in headers.items()).encode()
        sent = b"PUT %s HTTP/1.1\r\n%scontent-type: %s\r\ncontent-length: 1\r\n\r\nx"
        received, _ = raw(server.url, sent % (target.encode(), lines, value))
        assert not received or statuses(received)[0] == 400, received
    assert not exists(server, name)


def test_a17_a_hoisted_header_cannot_split_the_response(server, name):
    query = "x-amz-meta-a=b%0d%0aSet-Cookie:%20x=1"
    url = presign(server.key, "PUT", server.object_url(name), query=query)
    answer = request("PUT", url, body=b"x")
    assert answer.status in (400, 403), answer.body
    assert not exists(server, name)


@pytest.mark.parametrize(
    ("expires", "status", "code"),
    [
        ("0", 403, "AccessDenied"),
        ("-1", 400, "AuthorizationQueryParametersError"),
        ("604801", 400, "AuthorizationQueryParametersError"),
        ("1000000000", 400, "AuthorizationQueryParametersError"),
        ("+5", 400, "AuthorizationQueryParametersError"),
        (" 5", 400, "AuthorizationQueryParametersError"),
        ("5 ", 400, "AuthorizationQueryParametersError"),
        ("1e3", 400, "AuthorizationQueryParametersError"),
        ("0x10", 400, "AuthorizationQueryParametersError"),
        ("5.0", 400, "AuthorizationQueryParametersError"),
        ("\uff15\uff15", 400, "AuthorizationQueryParametersError"),
        ("9223372036854775808", 400, "AuthorizationQueryParametersError"),
        ("18446744073709551617", 400, "AuthorizationQueryParametersError"),
        ("", 400, "AuthorizationQueryParametersError"),
        ("604800", 200, None),
        ("000000300", 200, None),
    ],
)
def test_a18_a_life_is_plain_digits_within_a_week(s3, name, expires, status, code):
    put(s3, name, b"x")
    answer = request("GET", presign(s3.key, "GET", s3.object_url(name), expires=expires))
    assert (answer.status, answer.code) == (status, code), answer.body


def test_a_hash_of_the_body_is_held_against_the_body(server, name):
    url = server.object_url(name)
    promised = hashlib.sha256(b"promised").hexdigest()
    headers = sign(server.key, "PUT", url, payload=promised)
    answer = request("PUT", url, headers, b"something else")
    assert (answer.status, answer.code) == (400, "XAmzContentSHA256Mismatch")
    assert not exists(server, name)


def test_a_shorter_body_than_announced_stores_nothing(server, name):
    url = server.object_url(name)
    headers = sign(server.key, "PUT", url, {"content-length": "100"})
    lines = "".join(f"{n}: {v}\r\n" for n, v in headers.items())
    data = f"PUT /{BUCKET}/{name} HTTP/1.1\r\n{lines}\r\nonly this".encode()
    with connect(server.url) as sock:
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
        sock.recv(65536)
    assert not exists(server, name)


def test_every_checksum_in_a_presigned_header_is_enforced(server, name):
    right = base64.b64encode(hashlib.sha256(b"right").digest()).decode()
    headers = {"x-amz-checksum-sha256": right}
    url = presign(server.key, "PUT", server.object_url(name), headers=headers)
    answer = request("PUT", url, headers, b"wrong")
    assert (answer.status, answer.code) == (400, "BadDigest")
    assert not exists(server, name)
    assert request("PUT", url, headers, b"right").status == 200


def test_a_date_that_is_no_date_is_refused(server, name):
    put(server, name, b"x")
    for date in ("20260230T000000Z", "20261123T250000Z", "2026-11-23T12:00:00Z", amz_date()[:-1]):
        replace = {"X-Amz-Date": date}
        answer = request("GET", presign(server.key, "GET", server.object_url(name), replace=replace))
        assert (answer.status, answer.code) == (400, "AuthorizationQueryParametersError"), date


def test_a_signed_header_with_another_value_is_refused(server, name):
    headers = {"x-amz-meta-owner": "alice"}
    url = presign(server.key, "PUT", server.object_url(name), headers=headers)
    assert request("PUT", url, {"x-amz-meta-owner": "mallory"}, b"x").status == 403
    assert request("PUT", url, body=b"x").status == 403
    assert not exists(server, name)
    assert request("PUT", url, headers, b"x").status == 200
    assert signed(server, "HEAD", server.object_url(name)).headers["x-amz-meta-owner"] == "alice"
