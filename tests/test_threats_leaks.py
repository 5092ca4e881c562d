"""Threats E3, F and J: what comes out of the server beside the bytes that were asked for."""

import re

import pytest

from harness.http import raw, request
from harness.objects import put, signed
from harness.server import BUCKET
from harness.signer import Key, presign, sign

TOKEN = "FwoGZXIvYXdzEtokenThatMustNotShowUpAnywhere//////////"


def error_paths(server, name):
    """One request for each way to be refused that a client can reach, with its answer."""
    url = server.object_url(name)
    good = presign(server.key, "GET", url)
    long_lived = presign(server.key, "GET", url, expires=604_800)
    wrong = Key(server.key.id, "another-secret-000000000000000000000000")
    stranger = Key("AKIAUNKNOWN000000001", server.key.secret)
    with_token = presign(server.key, "GET", url, replace={"X-Amz-Security-Token": TOKEN})
    header = sign(server.key, "GET", url)
    yield "GET", good, {}
    yield "GET", long_lived, {}
    yield "GET", with_token, {}
    yield "GET", good + "&acl", {}
    yield "GET", good + "&X-Amz-Signature=00", {}
    yield "GET", good + "&%zz", {}
    yield "GET", good + "&" + "&".join(f"p{n}" for n in range(500)), {}
    yield "GET", good, {"x-amz-tagging": "a=b"}
    yield "GET", good, {"x-amz-security-token": TOKEN}
    yield "GET", good, header
    yield "GET", good, {"authorization": f"Bearer {TOKEN}"}
    yield "GET", url, {**header, "x-amz-security-token": TOKEN}
    yield "GET", url, {**header, "authorization": header["authorization"].replace(", ", ";")}
    yield "GET", url, {**header, "authorization": header["authorization"] + " x"}
    yield "GET", url, {**header, "x-amz-date": "20200101T000000Z"}
    yield "PUT", good, {"content-length": "0"}
    yield "POST", good, {"content-length": "0"}
    yield "DELETE", presign(server.key, "DELETE", url), {}
    yield "GET", presign(server.root, "GET", url), {}
    yield "GET", presign(server.key, "GET", url, replace={"X-Amz-Date": "yesterday"}), {}
    yield "GET", presign(wrong, "GET", url), {}
    yield "GET", presign(stranger, "GET", url), {}
    yield "GET", presign(server.key, "GET", f"{server.url}/no-such-bucket/k"), {}
    yield "GET", presign(server.key, "GET", f"{server.url}/{BUCKET}/../k"), {}
    yield "GET", presign(server.key, "GET", url, region="eu-west-1"), {}
    yield "GET", f"{url}?AWSAccessKeyId={server.key.id}&Signature=c2VjcmV0c2lnbmF0dXJl&Expires=1", {}


def test_f1_no_error_path_shows_a_signature_a_token_or_a_secret(fresh, name):
    server = fresh(tables='[log]\nlevel = "trace"\n')
    signatures = set()
    bodies = b""
    for method, url, headers in error_paths(server, name):
        answer = request(method, url, headers)
        assert answer.status >= 400, (method, url)
        text = url + headers.get("authorization", "")
        signatures.update(re.findall(r"[0-9a-f]{64}", text))
        # AWS: a mismatch repeats the signature that was sent, to who sent it; nothing else may.
        echoed = re.sub(rb"<SignatureProvided>.*?</SignatureProvided>", b"", answer.body)
        hashes = re.sub(rb"<(StringToSign|CanonicalRequest)[^>]*>.*?</\1[^>]*>", b"", echoed, flags=re.S)
        bodies += hashes
        assert not re.search(rb"[0-9a-f]{64}", hashes.replace(host_id(answer), b"")), answer.body
    raw(server.url, f"GET /{BUCKET}/{name}?X-Amz-Signature={'ab' * 32} HTTP/1.1\r\n\r\n".encode())
    metrics = request("GET", f"{server.admin_url}/metrics").body
    server.stop()
    everything = server.output() + bodies + metrics
    assert len(signatures) > 10 and server.output()
    for secret in (TOKEN, server.key.secret, server.root.secret, "c2VjcmV0c2lnbmF0dXJl", "ab" * 32):
        assert secret.encode() not in everything
    for signature in signatures:
        assert signature.encode() not in everything


def host_id(answer):
    """The id of the host that an error document carries."""
    return (answer.element("HostId") or "-").encode()


def test_f7_metrics_hold_no_names_of_anything(safe, name):
    put(safe, f"{name}-secret-report.pdf", b"x")
    signed(safe, "GET", f"{safe.url}/{name}-unknown-bucket/k")
    request("GET", presign(safe.key, "GET", safe.object_url(f"{name}-other")))
    metrics = request("GET", f"{safe.admin_url}/metrics").body.decode()
    assert "countersign_requests_total" in metrics and 'operation="PutObject"' in metrics
    for word in (name, BUCKET, safe.key.id, safe.root.id, "tester", "secret", "127.0.0.1"):
        assert word not in metrics, word


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_f8_a_stranger_cannot_tell_what_exists(safe, name, method):
    put(safe, name, b"x")
    paths = [
        f"/{BUCKET}/{name}",
        f"/{BUCKET}/{name}-missing",
        f"/{name}-no-bucket/k",
        f"/{BUCKET}",
        f"/{name}-no-bucket",
        f"/{BUCKET}?list-type=2",
        "/",
    ]
    seen = set()
    for path in paths:
        if method != "GET" and path == "/":
            continue  # There is no such operation, for anybody.
        body = b"" if method == "PUT" else None
        answer = request(method, safe.url + path, body=body)
        shown = re.sub(rb"<(RequestId|HostId)>.*?</\1>", b"", answer.body)
        kept = {n for n in answer.headers if n not in ("date", "x-amz-request-id", "x-amz-id-2")}
        seen.add((answer.status, shown, frozenset(kept)))
    assert len(seen) == 1, seen
    assert seen.pop()[0] == 403


def test_f8_an_unknown_key_tells_nothing_about_objects(safe, name):
    put(safe, name, b"x")
    stranger = Key("AKIAUNKNOWN000000001", "any-secret-0000000000000000000000000000")
    wrong = Key(safe.key.id, "any-secret-0000000000000000000000000000")
    for key, code in ((stranger, "InvalidAccessKeyId"), (wrong, "SignatureDoesNotMatch")):
        for place in (f"{BUCKET}/{name}", f"{BUCKET}/{name}-missing", f"{name}-none/k"):
            answer = request("GET", presign(key, "GET", f"{safe.url}/{place}"))
            assert (answer.status, answer.code) == (403, code)


def test_f9_a_mismatch_never_tells_the_signature_that_would_have_been_right(safe, name):
    put(safe, name, b"x")
    good = presign(safe.key, "GET", safe.object_url(name))
    right = good.rpartition("=")[2]
    bad = good[: -len(right)] + "0" * 64
    answer = request("GET", bad)
    assert answer.code == "SignatureDoesNotMatch"
    assert answer.element("StringToSign").startswith("AWS4-HMAC-SHA256\n")
    assert right.encode() not in answer.body


@pytest.mark.parametrize(
    ("kind", "inline"),
    [
        ("text/html", False),
        ("image/svg+xml", False),
        ("application/pdf", False),
        ("text/xml", False),
        ("application/octet-stream", False),
        ("image/png", True),
        ("text/plain", True),
    ],
)
def test_e3_a_presigned_download_cannot_run_in_a_browser(either, s3, name, kind, inline):
    # What says that it is a picture and does not begin like one is not shown.
    body = b"\x89PNG\r\n\x1a\n<script>" if kind == "image/png" else b"<script>"
    put(either, f"{name}/page.html", body, {"content-type": kind})
    url = presign(either.key, "GET", either.object_url(f"{name}/page.html"))
    headers = request("GET", url, ca=either.ca).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]
    assert headers["referrer-policy"] == "no-referrer"
    assert "noindex" in headers["x-robots-tag"]
    private, _, age = headers["cache-control"].partition(", max-age=")
    assert private == "private" and 0 < int(age) <= 300
    assert headers["content-type"] == kind
    disposition = headers.get("content-disposition", "inline")
    assert disposition.startswith("inline" if inline else "attachment")
    put(s3, f"{name}/page.html", b"<script>", {"content-type": kind})
    plain = request("GET", presign(s3.key, "GET", s3.object_url(f"{name}/page.html"))).headers
    assert "content-security-policy" not in plain and "content-disposition" not in plain


def test_j4_errors_are_never_cached(safe, name):
    for url in (safe.object_url(name), presign(safe.key, "GET", safe.object_url(name))):
        assert request("GET", url).headers["cache-control"] == "no-store"


def test_j6_a_condition_is_no_way_around_an_expired_url(safe, name):
    tag = put(safe, name, b"x").headers["etag"]
    fresh = presign(safe.key, "GET", safe.object_url(name))
    assert request("GET", fresh, {"if-none-match": tag}).status == 304
    tampered = fresh[:-1] + ("0" if fresh[-1] != "0" else "1")
    for headers in ({"if-none-match": tag}, {"range": "bytes=0-0"}):
        assert request("GET", tampered, headers).status == 403
