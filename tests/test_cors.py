"""Pages of other origins: what their browsers are told, before and after.

The cases are those of AWS (aws-semantics 2.6): a preflight is answered before anybody is authenticated,
and an answer that a page may read says so, also when it is a refusal.
"""

import threading
from datetime import datetime, timezone

import pytest

from harness.http import connect, raw, request
from harness.objects import get, make_bucket, put, signed
from harness.server import BUCKET
from harness.signer import Key, presign

APP = "https://app.example.com"
VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
TABLES = f'[cors]\nallowed_origins = ["{APP}"]\n'
APP_RULE = [
    ("AllowedOrigin", APP),
    ("AllowedMethod", "GET"),
    ("AllowedMethod", "PUT"),
    ("AllowedHeader", "x-amz-*"),
    ("AllowedHeader", "Content-Type"),
    ("ExposeHeader", "ETag"),
    ("ExposeHeader", "x-amz-version-id"),
    ("MaxAgeSeconds", "600"),
]
ANYONE = [("AllowedOrigin", "*"), ("AllowedMethod", "HEAD")]


def document(*rules):
    """A document of rules, each a list of elements with their texts."""
    text = ""
    for rule in rules:
        elements = "".join(f"<{name}>{value}</{name}>" for name, value in rule)
        text += f"<CORSRule>{elements}</CORSRule>"
    return f"<CORSConfiguration>{text}</CORSConfiguration>".encode()


def configure(server, bucket, *rules):
    """Puts the rules of a bucket, and insists on success."""
    answer = signed(server, "PUT", f"{server.url}/{bucket}?cors", body=document(*rules))
    assert answer.status == 200, answer.body


@pytest.fixture
def bucket(either, name):
    """A bucket with rules of its own."""
    make_bucket(either, name)
    configure(either, name, APP_RULE, ANYONE)
    return name


def preflight(server, path, origin=APP, method="GET", headers=None, host=None):
    """Sends a preflight; a value of `None` leaves its header out."""
    sent = {
        "origin": origin,
        "access-control-request-method": method,
        "access-control-request-headers": headers,
        "host": host,
    }
    sent = {name: value for name, value in sent.items() if value is not None}
    return request("OPTIONS", f"{server.url}{path}", sent, ca=server.ca)


def cors_headers(answer):
    """The headers that a browser goes by, without what their names have in common."""
    prefix = "access-control-"
    return {
        name.removeprefix(prefix): value
        for name, value in answer.headers.items()
        if name.startswith(prefix)
    }


def test_a_granted_preflight_tells_methods_and_the_headers_asked_for(either, bucket):
    answer = preflight(either, f"/{bucket}/a", method="PUT", headers="X-AMZ-Date,content-type")
    assert (answer.status, answer.body) == (200, b"")
    assert cors_headers(answer) == {
        "allow-origin": APP,
        "allow-methods": "GET, PUT",
        "allow-headers": "x-amz-date, content-type",
        "expose-headers": "ETag, x-amz-version-id",
        "max-age": "600",
        "allow-credentials": "true",
    }
    assert answer.headers["vary"] == VARY
    assert answer.headers["content-length"] == "0"


def test_anyone_is_allowed_without_credentials(either, bucket):
    answer = preflight(either, f"/{bucket}/a", origin="null", method="HEAD")
    assert answer.status == 200
    assert cors_headers(answer) == {"allow-origin": "*", "allow-methods": "HEAD"}


@pytest.mark.parametrize("path, kind", [("/a", "OBJECT"), ("", "BUCKET"), ("/?uploads", "BUCKET")])
@pytest.mark.parametrize(
    "change, method",
    [
        ({"origin": "https://app.example.com.evil.org"}, "GET"),
        ({"origin": "http://app.example.com"}, "GET"),
        ({"origin": "https://app.example.com:8443"}, "GET"),
        ({"origin": "HTTPS://APP.EXAMPLE.COM"}, "GET"),
        ({"method": "DELETE"}, "DELETE"),
        ({"method": "PUT", "headers": "authorization"}, "PUT"),
        ({"headers": "x-amz-date, x-other"}, "GET"),
        ({"headers": ",".join(["x-amz-a"] * 200)}, "GET"),
        ({"method": "HEAD", "headers": "x-amz-date"}, "HEAD"),
    ],
)
def test_a_preflight_that_no_rule_allows_is_refused_as_by_aws(
    either, bucket, path, kind, change, method
):
    answer = preflight(either, f"/{bucket}{path}", **change)
    assert (answer.status, answer.code) == (403, "AccessForbidden")
    assert answer.message.startswith("CORSResponse: This CORS request is not allowed.")
    assert (answer.element("Method"), answer.element("ResourceType")) == (method, kind)
    assert cors_headers(answer) == {}


@pytest.mark.parametrize(
    "method, told", [(None, "null"), ("PATCH", "PATCH"), ("get", "get"), ("G<T", "")]
)
def test_a_preflight_must_name_a_method(either, bucket, method, told):
    answer = preflight(either, f"/{bucket}/a", method=method)
    assert (answer.status, answer.code) == (400, "BadRequest")
    assert answer.message == f"Invalid Access-Control-Request-Method: {told}"


def test_a_preflight_must_name_an_origin(either, bucket, name):
    for path in (f"/{bucket}/a", f"/{BUCKET}/a", f"/missing-{name}/a", "/"):
        answer = preflight(either, path, origin=None)
        assert (answer.status, answer.code) == (400, "BadRequest")
        assert answer.message == "Insufficient information. Origin request header needed."


@pytest.mark.parametrize("method, told", [("PUT", "PUT"), (None, "OPTIONS")])
def test_a_preflight_for_a_bucket_without_rules_or_for_none_is_refused(either, name, method, told):
    for path, message in (
        (f"/{BUCKET}/a", "CORSResponse: CORS is not enabled for this bucket."),
        (f"/missing-{name}/a", "CORSResponse: Bucket not found"),
        ("/Not_A_Bucket/a", "CORSResponse: Bucket not found"),
    ):
        answer = preflight(either, path, method=method)
        assert (answer.status, answer.code, answer.message) == (403, "AccessForbidden", message)
        assert (answer.element("Method"), answer.element("ResourceType")) == (told, "BUCKET")


def test_a_bucket_in_the_host_name_has_the_same_rules(either, bucket):
    port = either.host.rpartition(":")[2]
    host = f"{bucket}.localhost:{port}"
    assert preflight(either, "/a", host=host).headers["access-control-allow-origin"] == APP
    assert preflight(either, "/a", host=host, method="DELETE").status == 403
    sent = {"origin": APP, "host": host}
    answer = request("GET", f"{either.url}/a", sent, ca=either.ca)
    assert answer.status == 403
    assert answer.headers["access-control-allow-origin"] == APP


def test_rules_count_at_once_and_no_longer_than_they_stand(either, bucket):
    path = f"/{bucket}/a"
    assert preflight(either, path, method="DELETE").status == 403
    configure(either, bucket, [("AllowedOrigin", "https://*"), ("AllowedMethod", "DELETE")])
    assert preflight(either, path, method="DELETE").status == 200
    assert preflight(either, path, method="GET").status == 403
    assert signed(either, "DELETE", f"{either.url}/{bucket}?cors").status == 204
    answer = preflight(either, path, method="DELETE")
    assert answer.message == "CORSResponse: CORS is not enabled for this bucket."


def test_the_first_rule_that_fits_counts(either, bucket):
    narrow = [("AllowedOrigin", "https://app.*"), ("AllowedMethod", "GET"), ("MaxAgeSeconds", "1")]
    configure(either, bucket, narrow, APP_RULE)
    assert preflight(either, f"/{bucket}/a").headers["access-control-max-age"] == "1"
    asked = preflight(either, f"/{bucket}/a", headers="x-amz-date")
    assert asked.headers["access-control-max-age"] == "600"


def test_a_page_may_read_what_it_gets_if_its_origin_may(either, bucket):
    put(either, "a", b"x", bucket=bucket)
    url = presign(either.key, "GET", either.object_url("a", bucket))
    answer = request("GET", url, {"origin": APP}, ca=either.ca)
    assert (answer.status, answer.body) == (200, b"x")
    assert cors_headers(answer)["allow-origin"] == APP
    assert cors_headers(answer)["expose-headers"] == "ETag, x-amz-version-id"
    assert answer.headers["vary"] == VARY
    other = request("GET", url, {"origin": "https://example.org"}, ca=either.ca)
    assert (other.status, other.body) == (200, b"x")
    assert cors_headers(other) == {}


def test_a_page_may_read_the_answer_to_its_upload(either, bucket):
    url = presign(either.key, "PUT", either.object_url("a", bucket))
    for origin, allowed in ((APP, True), ("https://example.org", False)):
        answer = request("PUT", url, {"origin": origin}, b"x", ca=either.ca)
        assert answer.status == 200
        assert ("access-control-allow-origin" in answer.headers) == allowed


@pytest.mark.parametrize("origin", [None, APP, "https://example.org"])
def test_j1_no_cache_gives_one_page_the_answer_for_another(either, bucket, origin):
    put(either, "a", b"x", bucket=bucket)
    headers = {"origin": origin} if origin else {}
    for method in ("GET", "HEAD"):
        url = presign(either.key, method, either.object_url("a", bucket))
        answer = request(method, url, headers, ca=either.ca)
        assert answer.status == 200 and answer.headers["vary"] == VARY
    listing = signed(either, "GET", f"{either.url}/{bucket}?list-type=2", headers)
    assert listing.status == 200 and listing.headers["vary"] == VARY


def test_where_no_rules_are_answers_depend_on_no_origin(either, name):
    put(either, name, b"x")
    for headers in ({}, {"origin": APP}):
        answer = get(either, name, headers)
        assert answer.status == 200 and "vary" not in answer.headers
        assert cors_headers(answer) == {}


@pytest.mark.parametrize(
    "asked, allowed",
    [
        ({}, True),
        ({"method": "PUT"}, True),
        ({"method": "DELETE"}, False),
        ({"headers": "x-amz-date"}, True),
        ({"headers": "x-other"}, False),
    ],
)
def test_a_request_that_asks_like_a_preflight_is_judged_like_one(either, bucket, asked, allowed):
    put(either, "a", b"x", bucket=bucket)
    headers = {f"access-control-request-{name}": value for name, value in asked.items()}
    url = presign(either.key, "GET", either.object_url("a", bucket))
    answer = request("GET", url, {"origin": APP, **headers}, ca=either.ca)
    assert answer.status == 200
    assert ("access-control-allow-origin" in answer.headers) == allowed


@pytest.mark.parametrize(
    "case, status, code",
    [
        ("anonymous", 403, "AccessDenied"),
        ("tampered", 403, "SignatureDoesNotMatch"),
        ("unknown key", 403, "InvalidAccessKeyId"),
        ("twice", 400, None),
        ("expired", 403, "AccessDenied"),
        ("missing", 404, "NoSuchKey"),
        ("range", 416, "InvalidRange"),
        ("condition", 412, "PreconditionFailed"),
        ("unsigned header", 403, "AccessDenied"),
        ("unknown", 501, "NotImplemented"),
        ("upload", 400, "InvalidDigest"),
        ("not modified", 304, None),
    ],
)
def test_a_page_may_read_why_it_was_refused(either, bucket, case, status, code):
    etag = put(either, "a", b"x", bucket=bucket).headers["etag"]
    url = either.object_url("a", bucket)
    good = presign(either.key, "GET", url)
    last = "0" if good[-1] != "0" else "1"
    stranger = Key("AKIAUNKNOWN000000001", "x")
    method, target, headers, body = {
        "anonymous": ("GET", url, {}, None),
        "tampered": ("GET", good[:-1] + last, {}, None),
        "unknown key": ("GET", presign(stranger, "GET", url), {}, None),
        "twice": ("GET", f"{good}&X-Amz-Date=1", {}, None),
        "expired": ("GET", expired(either, url), {}, None),
        "missing": ("GET", presign(either.key, "GET", f"{url}-missing"), {}, None),
        "range": ("GET", good, {"range": "bytes=5-"}, None),
        "condition": ("GET", good, {"if-match": '"x"'}, None),
        "unsigned header": ("GET", good, {"x-amz-meta-a": "b"}, None),
        "unknown": ("GET", None, {}, None),
        "upload": ("PUT", presign(either.key, "PUT", url), {"content-md5": "x"}, b"x"),
        "not modified": ("GET", good, {"if-none-match": etag}, None),
    }[case]
    for origin, allowed in ((APP, APP), ("https://example.org", None)):
        told = {"origin": origin, **headers}
        if target is None:
            answer = signed(either, "GET", f"{url}?torrent", told)
        else:
            answer = request(method, target, told, body, ca=either.ca)
        assert (answer.status, code and answer.code) == (status, code), answer.body
        assert answer.headers.get("access-control-allow-origin") == allowed


def expired(server, url):
    """A URL whose time was over long ago."""
    return presign(server.key, "GET", url, when=datetime(2020, 1, 1, tzinfo=timezone.utc))


def test_the_rules_of_the_server_count_where_a_bucket_has_none(fresh):
    server = fresh(tables=TABLES)
    put(server, "a", b"x")
    url = presign(server.key, "GET", server.object_url("a"))
    told = request("GET", url, {"origin": APP})
    exposed = set(told.headers["access-control-expose-headers"].split(", "))
    assert {"ETag", "x-amz-version-id", "x-amz-checksum-crc32", "x-amz-request-id"} <= exposed
    assert request("GET", url).headers["vary"] == VARY
    path = f"/{BUCKET}/a"
    assert preflight(server, path, method="DELETE").status == 200

    own = "https://own.example"
    configure(server, BUCKET, [("AllowedOrigin", own), ("AllowedMethod", "GET")])
    assert preflight(server, path).status == 403
    assert cors_headers(request("GET", url, {"origin": APP})) == {}
    assert cors_headers(preflight(server, path, origin=own))["allow-methods"] == "GET"
    assert signed(server, "DELETE", f"{server.url}/{BUCKET}?cors").status == 204
    assert preflight(server, path).status == 200


def test_f8_a_server_with_rules_tells_no_stranger_which_buckets_it_has(fresh, name):
    server = fresh(tables=TABLES)

    def seen(bucket, method="OPTIONS", **asked):
        url = f"{server.url}/{bucket}/a"
        answer = request(method, url, {n.replace("_", "-"): v for n, v in asked.items()})
        own = {"date", "x-amz-request-id", "content-length"}
        headers = {n: v for n, v in answer.headers.items() if n not in own}
        return answer.status, headers, answer.body.partition(b"<RequestId>")[0]

    get_it = {"access_control_request_method": "GET"}
    for asked in (
        {"origin": APP, **get_it},
        {"origin": APP, "access_control_request_method": "PATCH"},
        {"origin": "https://example.org", **get_it},
        {"origin": APP},
        {"origin": APP, "method": "GET"},
        {"origin": "https://example.org", "method": "GET"},
    ):
        assert seen(BUCKET, **asked) == seen(f"missing-{name}", **asked), asked


@pytest.mark.parametrize(
    "origin",
    [
        b"https://app.example.com\tx",
        b"https://app.example.com, https://example.org",
        b"\xff\xfe",
        b"*",
        b"",
        b"https://" + b"a" * 20_000,
    ],
    ids=["tab", "two", "no-utf8", "star", "empty", "long"],
)
def test_a17_an_origin_comes_back_whole_or_not_at_all(either, bucket, origin):
    configure(either, bucket, [("AllowedOrigin", "https://*"), ("AllowedMethod", "GET")])
    head = (
        f"OPTIONS /{bucket}/a HTTP/1.1\r\nHost: {either.host}\r\nConnection: close\r\n"
        "Access-Control-Request-Method: GET\r\n"
    ).encode()
    received, _ = raw(either.url, head + b"Origin: " + origin + b"\r\n\r\n", either.ca)
    lines = received.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert lines[0].split()[1] in (b"200", b"400", b"403")
    pairs = [line.partition(b": ") for line in lines[1:]]
    told = [value for name, _, value in pairs if name == b"access-control-allow-origin"]
    assert told in ([], [origin]), received[:500]


def test_l2_preflights_for_invented_buckets_take_no_memory(safe):
    """Six thousand names, half of them of thirty thousand bytes, would be 90 MB."""
    before = resident_kib(safe.process.pid)
    filler = "a" * 30_000

    def flood(number):
        with connect(safe.url) as sock:
            stream = sock.makefile("rb")
            for step in range(1_500):
                name = f"{number}-{step}-{filler}" if step % 2 else f"b{number}-{step}"
                sock.sendall(
                    f"OPTIONS /{name} HTTP/1.1\r\nHost: {safe.host}\r\nOrigin: https://a.example\r\n"
                    "Access-Control-Request-Method: GET\r\n\r\n".encode()
                )
                status, length = stream.readline(), 0
                assert b" 403 " in status, status
                while (line := stream.readline()) != b"\r\n":
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                stream.read(length)
        answered.append(number)

    answered = []
    threads = [threading.Thread(target=flood, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answered) == 4, "a flooding thread died"
    assert resident_kib(safe.process.pid) < before + 40 * 1024


def resident_kib(pid):
    """The memory a process has resident."""
    with open(f"/proc/{pid}/status") as status:
        line = next(line for line in status if line.startswith("VmRSS"))
    return int(line.split()[1])
