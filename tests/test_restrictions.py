"""Restrictions under the signature, in URLs and forms made by plain boto3.

Clients are told apart by what a trusted proxy on this machine says of them.
"""

import random
import socket
import threading
import time
from datetime import datetime, timedelta, timezone
from urllib.parse import quote, unquote, urlsplit

import pytest
from minio import Minio

from harness.boto import client_for
from harness.countries import write_table
from harness.form import body_of, send
from harness.http import connect, metric, request
from harness.objects import exists, get, make_bucket, put, signed
from harness.restrictions import presigned, presigned_form, restrictable
from harness.server import BUCKET, Server, countersign
from harness.signer import presign, sign

HERE, ELSEWHERE = "203.0.113.7", "198.51.100.200"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
HTML = b"<!doctype html><script>alert(1)</script>" + b" " * 100
SIZES = ["content-length-range", 0, 1_000_000]


@pytest.fixture(scope="module")
def proxied(tmp_path_factory):
    """A server behind a trusted proxy on this machine, with a country table."""
    folder = tmp_path_factory.mktemp("proxied")
    table = write_table(folder / "countries.mmdb")
    server = Server(
        folder,
        top='trusted_proxies = ["127.0.0.0/8", "10.0.0.0/8"]',
        tables=f'[country]\ndatabase = "{table}"\n',
    )
    server.start()
    make_bucket(server)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def boto(proxied):
    """A boto3 client that takes restrictions."""
    return restrictable(client_for(proxied))


def ask(url, client=HERE, method="GET", body=None, headers=None):
    """Sends a request as a client behind a proxy that ends TLS."""
    forwarded = {"x-forwarded-for": client, "x-forwarded-proto": "https"}
    return request(method, url, {**forwarded, **(headers or {})}, body=body)


def download(boto, name, restrictions):
    """A restricted URL for a download."""
    return presigned(boto, "get_object", restrictions, Bucket=BUCKET, Key=name)


def upload(boto, name, restrictions, **params):
    """A restricted URL for an upload."""
    return presigned(boto, "put_object", restrictions, Bucket=BUCKET, Key=name, **params)


def unmet(answer, name):
    """Whether a restriction was not met, and said so."""
    told = (answer.status, answer.code, answer.element("Restriction"))
    return told == (403, "AccessDenied", name) and answer.message


def malformed(answer, name):
    """Whether a restriction was not understood, and said so."""
    told = (answer.status, answer.code, answer.element("ArgumentName"))
    return told == (400, "InvalidArgument", name) and answer.message


def at(seconds):
    """An instant from now, as `x-cs-not-before` has it."""
    return (datetime.now(timezone.utc) + timedelta(seconds=seconds)).strftime("%Y%m%dT%H%M%SZ")


DOWNLOADS = {
    # restriction: (value, client that may), (value, client that may not), a value that is none
    "x-cs-ip": (("203.0.113.0/24", HERE), ("203.0.113.0/24", ELSEWHERE), "203.0.113.7/24"),
    "x-cs-country": (("DE,CH", ELSEWHERE), ("CH", ELSEWHERE), "de"),
    "x-cs-not-before": ((at(-5), HERE), (at(3_600), HERE), "tomorrow"),
}


@pytest.mark.parametrize("restriction", DOWNLOADS)
def test_a_download_is_held_to_each_restriction(proxied, boto, name, restriction):
    put(proxied, name, b"content")
    (good, allowed), (bad, refused), nonsense = DOWNLOADS[restriction]
    url = download(boto, name, {restriction: good})
    assert ask(url, allowed).body == b"content"
    assert ask(url, allowed, "HEAD").status == 200
    url = download(boto, name, {restriction: bad})
    assert unmet(ask(url, refused), restriction)
    assert ask(url, refused, "HEAD").status == 403
    assert malformed(ask(download(boto, name, {restriction: nonsense}), allowed), restriction)


@pytest.mark.parametrize(
    "restriction, good, nonsense",
    [
        ("x-cs-id", "invoice-7", "invoice 7"),
        ("x-cs-subject", "Zoë Müller <zoe@example.com>", "zoe\u202e"),
        ("x-cs-uses", "2", "two"),
        ("x-cs-bind", "first", "second"),
        ("x-cs-rate", "1000000000", "1 MB"),
    ],
)
def test_a_restriction_that_boto3_signed_is_understood_or_refused(proxied, boto, name, restriction, good, nonsense):
    put(proxied, name, b"content")
    assert ask(download(boto, name, {restriction: good})).body == b"content"
    assert malformed(ask(download(boto, name, {restriction: nonsense})), restriction)


def test_minio_py_has_a_parameter_for_restrictions(proxied, name):
    put(proxied, name, b"content")
    key = proxied.key
    client = Minio(proxied.host, key.id, key.secret, secure=False, region="us-east-1")
    life = timedelta(minutes=5)
    for value, client_address, status in [("203.0.113.0/24", HERE, 200), ("203.0.113.0/24", ELSEWHERE, 403)]:
        url = client.get_presigned_url("GET", BUCKET, name, life, extra_query_params={"x-cs-ip": value})
        assert ask(url, client_address).status == status
    url = client.get_presigned_url("GET", BUCKET, name, life, extra_query_params={"x-cs-uses": "0"})
    assert malformed(ask(url), "x-cs-uses")


def test_a_name_that_is_not_known_is_refused(proxied, boto, name):
    put(proxied, name, b"content")
    assert "x-cs-uses" in malformed(ask(download(boto, name, {"x-cs-use": "1"})), "x-cs-use")
    assert malformed(ask(download(boto, name, {"X-Cs-Uses": "1"})), "X-Cs-Uses")
    assert malformed(ask(download(boto, name, {"x-cs-bytes": "1"})), "x-cs-bytes")
    for method, call in [("GET", "list_objects_v2"), ("GET", "get_object_tagging")]:
        params = {"Bucket": BUCKET} if call == "list_objects_v2" else {"Bucket": BUCKET, "Key": name}
        answer = ask(presigned(boto, call, {"x-cs-uses": "1"}, **params), method=method)
        # These cannot be presigned in this profile; if they could, they could not be counted.
        assert answer.status == 403


def test_nobody_can_add_change_or_remove_a_restriction(proxied, boto, name):
    put(proxied, name, b"content")
    url = download(boto, name, {"x-cs-ip": "203.0.113.0/24"})
    for other in [
        url.replace("203.0.113.0%2F24", "0.0.0.0%2F0"),
        url.replace("x-cs-ip=203.0.113.0%2F24&", ""),
        url.replace("x-cs-ip=", "x-cs-iq="),
        url + "&x-cs-ip=0.0.0.0%2F0",
        url + "&X-Cs-Ip=0.0.0.0%2F0",
    ]:
        assert other != url
        answer = ask(other, ELSEWHERE)
        assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch"), other
    assert malformed(ask(url, headers={"x-cs-ip": "0.0.0.0/0"}), "x-cs-ip")


def test_c7_a_link_is_for_exactly_one_key(proxied, boto, name):
    for key in [f"{name}.txt", f"{name}.txt.bak", f"{name}.txt/inner", f"{name}.tx"]:
        put(proxied, key, key.encode())
    url = download(boto, f"{name}.txt", {"x-cs-id": name})
    assert ask(url).body == f"{name}.txt".encode()
    for more in [".bak", "/inner", "/"]:
        assert ask(url.replace(".txt?", f".txt{more}?")).code == "SignatureDoesNotMatch"
    assert ask(url.replace(".txt?", ".tx?")).code == "SignatureDoesNotMatch"


def test_a_request_signed_by_its_header_cannot_restrict_itself(proxied, name):
    put(proxied, name, b"content")
    url = f"{proxied.object_url(name)}?x-cs-uses=1"
    answer = request("GET", url, sign(proxied.key, "GET", url))
    assert malformed(answer, "x-cs-uses")
    plain = proxied.object_url(name)
    headers = sign(proxied.key, "GET", plain, {"x-cs-uses": "1"})
    assert malformed(request("GET", plain, headers), "x-cs-uses")


def respelled(url, chance):
    """The same URL in another spelling: order, escapes, their case, stray separators."""
    head, _, query = url.partition("?")
    pairs = [pair.split("=", 1) for pair in query.split("&")]
    chance.shuffle(pairs)

    def spell(text):
        out = ""
        for character in unquote(text):
            if chance.random() < 0.2 or quote(character, safe="-_.~") != character:
                escaped = "".join(f"%{byte:02x}" for byte in character.encode())
                out += escaped.upper() if chance.random() < 0.5 else escaped
            else:
                out += character
        return out

    middle = "&".join(f"{spell(name)}={spell(value)}" for name, value in pairs)
    return f"{head}?{'&' * chance.randrange(2)}{middle}{'&' * chance.randrange(3)}"


@pytest.mark.parametrize("named", [{}, {"x-cs-id": "shared"}], ids=["by signature", "by name"])
def test_a6_every_spelling_of_a_url_shares_its_count(proxied, boto, name, named):
    put(proxied, name, b"content")
    named = {key: f"{value}-{name}" for key, value in named.items()}
    url = download(boto, name, {"x-cs-uses": "3", **named})
    chance = random.Random(name)
    spellings = {respelled(url, chance) for _ in range(200)}
    assert len(spellings) > 190
    # Each from a network of its own, so that no request goes on with the use of another.
    answers = [ask(other, f"198.18.{n % 250}.1") for n, other in enumerate(sorted(spellings))]
    statuses = [answer.status for answer in answers]
    assert statuses.count(200) == 3 and set(statuses) == {200, 403}
    assert all(unmet(answer, "x-cs-uses") for answer in answers if answer.status == 403)


# The client's address.


def test_g1_a_forged_address_opens_nothing(proxied, boto, name):
    put(proxied, name, b"content")
    url = download(boto, name, {"x-cs-ip": "203.0.113.0/24"})
    for chain in [
        f"{HERE}, {ELSEWHERE}",
        f"{HERE}, {ELSEWHERE}, 10.1.1.1",
        f"{HERE}, {ELSEWHERE}:80",
        f"{HERE}, [::ffff:{ELSEWHERE}]:80, 127.0.0.1",
        f"{HERE},",
        f"{HERE}, unknown",
        f"{HERE}, 10.1.1.1, _hidden",
        "127.0.0.1",
        "10.1.1.1",
    ]:
        assert unmet(ask(url, chain), "x-cs-ip"), chain
    for chain in [HERE, f"{ELSEWHERE}, {HERE}", f"{HERE}, 10.1.1.1, 127.0.0.9", f"::ffff:{HERE}"]:
        assert ask(url, chain).status == 200, chain
    for header in ["forwarded", "x-real-ip", "true-client-ip", "cf-connecting-ip", "x-client-ip"]:
        answer = ask(url, ELSEWHERE, headers={header: HERE if header != "forwarded" else f"for={HERE}"})
        assert unmet(answer, "x-cs-ip"), header


def test_g1_a_peer_that_nobody_listed_is_the_client_whatever_it_says(safe, name):
    put(safe, name, b"content")
    url = presign(safe.key, "GET", safe.object_url(name), query="x-cs-ip=203.0.113.0%2F24")
    assert unmet(request("GET", url), "x-cs-ip")
    url = presign(safe.key, "GET", safe.object_url(name), query="x-cs-ip=127.0.0.0%2F8")
    assert request("GET", url).status == 200


def test_g2_bare_and_mapped_addresses(proxied, boto, name):
    put(proxied, name, b"content")
    url = download(boto, name, {"x-cs-ip": "2001:db8::1"})
    assert ask(url, "2001:db8::1").status == 200
    assert ask(url, "[2001:db8:0:0::1]:443").status == 200
    assert unmet(ask(url, "2001:db8::2"), "x-cs-ip")
    url = download(boto, name, {"x-cs-ip": "::ffff:203.0.113.7"})
    assert ask(url, HERE).status == 200
    assert unmet(ask(url, "203.0.113.8"), "x-cs-ip")


def test_g9_a_network_holds_for_a_client_that_changes_its_address(proxied, boto, name):
    put(proxied, name, b"content")
    url = download(boto, name, {"x-cs-ip": "203.0.113.0/24,2001:db8:1:2::/64"})
    for client in ["203.0.113.1", "203.0.113.250", "2001:db8:1:2::1", "2001:db8:1:2:8d3:77:1:9"]:
        assert ask(url, client).status == 200, client
    assert unmet(ask(url, "2001:db8:1:3::1"), "x-cs-ip")


def test_g3_where_a_client_is_must_be_known(proxied, boto, name):
    put(proxied, name, b"content")
    url = download(boto, name, {"x-cs-country": "DE,CH"})
    for client in ["198.51.100.1", "192.0.2.1", "2001:db8:de::5", "::ffff:198.51.100.1"]:
        assert ask(url, client).status == 200, client
    for client in [HERE, "10.0.0.1", "127.0.0.1", "::1", "192.168.1.1", "2001:db8:1::1"]:
        assert unmet(ask(url, client), "x-cs-country"), client


def test_g3_a_table_that_is_renewed_counts_and_one_that_is_lost_refuses(fresh, tmp_path, name):
    table = tmp_path / "countries.mmdb"
    server = fresh(
        top='trusted_proxies = ["127.0.0.0/8"]', tables=f'[country]\ndatabase = "{table}"\n'
    )
    put(server, name, b"content")
    url = presign(server.key, "GET", server.object_url(name), query="x-cs-country=DE")

    def becomes(allowed):
        """Waits until the table that is there now is the one that counts."""
        deadline = time.monotonic() + 60
        while (ask(url, HERE).status == 200) != allowed and time.monotonic() < deadline:
            time.sleep(0.1)
        answer = ask(url, HERE)
        built = metric(server, "countersign_country_table_built_timestamp_seconds")
        return answer.status == 200 if allowed else (unmet(answer, "x-cs-country") or None), built

    assert unmet(ask(url, HERE), "x-cs-country")
    write_table(table, {"DE": ["203.0.113.0/24"]})
    assert becomes(True)[0]
    write_table(table, {"CH": ["203.0.113.0/24"]})
    assert "CH" in becomes(False)[0]
    write_table(table, {"DE": ["203.0.113.0/24"]})
    assert becomes(True)[0]
    table.write_bytes(table.read_bytes()[:200])
    assert "not known" in becomes(False)[0]
    write_table(table, {"DE": ["203.0.113.0/24"]})
    assert becomes(True)[0]
    table.unlink()
    assert "not known" in becomes(False)[0]
    # Links that do not ask go on all the while.
    plain = presign(server.key, "GET", server.object_url(name))
    assert ask(plain, HERE).status == 200


def test_the_age_of_the_table_is_told(proxied):
    deadline = time.monotonic() + 30
    while not metric(proxied, "countersign_country_table_built_timestamp_seconds") and time.monotonic() < deadline:
        time.sleep(0.1)
    assert metric(proxied, "countersign_country_table_built_timestamp_seconds") > 1_700_000_000


# Uploads.


def test_e1_an_upload_is_held_to_its_size(proxied, boto, name):
    url = upload(boto, name, {"x-cs-bytes": "3-5"})
    for body in [b"", b"12", b"123456", b"x" * 200_000]:
        answer = ask(url, method="PUT", body=body)
        assert "3 to 5 bytes" in unmet(answer, "x-cs-bytes"), len(body)
        assert not exists(proxied, name)
    for body in [b"123", b"12345"]:
        assert ask(url, method="PUT", body=body).status == 200
        assert get(proxied, name).body == body
    assert malformed(ask(upload(boto, name, {"x-cs-bytes": "5-3"}), method="PUT", body=b"1"), "x-cs-bytes")


def test_e1_a_body_of_untold_or_lying_length_is_held_to_its_size_as_well(proxied, boto, name):
    url = upload(boto, name, {"x-cs-bytes": "5"})
    parts = urlsplit(url)
    head = (
        f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
        f"X-Forwarded-For: {HERE}\r\nX-Forwarded-Proto: https\r\n"
    )
    for more, body in [
        ("Transfer-Encoding: chunked\r\n", b"6\r\n123456\r\n0\r\n\r\n"),
        ("Content-Length: 5\r\n", b"123456789"),
        ("Content-Length: 6\r\nContent-Encoding: gzip\r\n", b"123456"),
        ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"6\r\n123456\r\n0\r\n\r\n"),
    ]:
        with connect(url) as sock:
            sock.sendall(f"{head}{more}\r\n".encode() + body)
            assert sock.recv(65536)
        stored = get(proxied, name)
        assert stored.status == 404 or len(stored.body) <= 5, more


def test_e1_a_refused_length_asks_for_no_byte(proxied, boto, name):
    url = upload(boto, name, {"x-cs-bytes": "5"})
    parts = urlsplit(url)
    with connect(url) as sock:
        sock.settimeout(10)
        sock.sendall(
            f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            f"X-Forwarded-For: {HERE}\r\nX-Forwarded-Proto: https\r\n"
            "Expect: 100-continue\r\nContent-Length: 6\r\n\r\n".encode()
        )
        assert sock.recv(65536).startswith(b"HTTP/1.1 403 ")


TYPES = [
    ("image/png", "image/png", PNG, True),
    ("image/*", "image/png", PNG, True),
    ("application/pdf,image/*", "Image/PNG; q=1", PNG, True),
    ("text/plain", "text/plain; charset=utf-8", b"hello", True),
    ("image/*", "text/plain", PNG, False),
    ("image/*", None, PNG, False),
    ("image/*", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", False),
    ("text/plain", "text/plain;,text/html", HTML, False),
    ("image/*", "image", PNG, False),
]
LIES = [HTML, b"\xef\xbb\xbf \r\n<svg onload=alert(1)>", b"%PDF-1.7", b"plain text", b"", b"\x89PN", b"MZ\x90\0"]


@pytest.mark.parametrize("allowed, declared, body, good", TYPES)
def test_e2_an_upload_is_held_to_its_type(proxied, boto, name, allowed, declared, body, good):
    url = upload(boto, name, {"x-cs-type": allowed})
    answer = ask(url, method="PUT", body=body, headers={"content-type": declared} if declared else {})
    if good:
        assert answer.status == 200, answer.body
        assert get(proxied, name).headers["content-type"] == declared
    else:
        assert unmet(answer, "x-cs-type")
        assert not exists(proxied, name)


@pytest.mark.parametrize("lie", LIES, ids=[str(n) for n in range(len(LIES))])
def test_e2_the_first_bytes_must_be_of_the_declared_type(proxied, boto, name, lie):
    put(proxied, name, b"what was there")
    url = upload(boto, name, {"x-cs-type": "image/png"})
    for body in [lie, lie and lie + b" " * 500_000]:
        answer = ask(url, method="PUT", body=body, headers={"content-type": "image/png"})
        assert "first bytes" in unmet(answer, "x-cs-type")
        assert get(proxied, name).body == b"what was there"


def test_a_link_that_creates_replaces_nothing(proxied, boto, name):
    url = upload(boto, name, {"x-cs-create": "true"})
    put(proxied, name, b"theirs")
    assert unmet(ask(url, method="PUT", body=b"mine"), "x-cs-create")
    assert get(proxied, name).body == b"theirs"
    etag = get(proxied, name).headers["etag"]
    answer = ask(url, method="PUT", body=b"mine", headers={"if-match": etag})
    assert unmet(answer, "x-cs-create")
    assert get(proxied, name).body == b"theirs"
    assert signed(proxied, "DELETE", proxied.object_url(name)).status == 204
    # What was refused has used nothing up.
    assert ask(url, method="PUT", body=b"mine").status == 200
    assert get(proxied, name).body == b"mine"
    assert malformed(ask(upload(boto, name, {"x-cs-create": "1"}), method="PUT", body=b"x"), "x-cs-create")


def test_d12_a_link_that_created_is_over_even_if_the_object_is_gone(proxied, boto, name):
    url = upload(boto, name, {"x-cs-create": "true"})
    assert ask(url, method="PUT", body=b"first").status == 200
    assert signed(proxied, "DELETE", proxied.object_url(name)).status == 204
    for _ in range(2):
        assert "has made it" in unmet(ask(url, method="PUT", body=b"second"), "x-cs-create")
    assert not exists(proxied, name)


def test_e6_a_restricted_link_gives_its_holder_no_other_headers(proxied, boto, name):
    url = upload(boto, name, {"x-cs-bytes": "5"})
    for header in ["x-amz-acl", "x-amz-tagging", "x-amz-storage-class", "x-amz-meta-a"]:
        answer = ask(url, method="PUT", body=b"12345", headers={header: "x"})
        assert answer.element("HeadersNotSigned") == header
    assert not exists(proxied, name)


def test_parts_and_what_they_make_are_held_to_size_and_type(proxied, boto, name):
    begun = boto.create_multipart_upload(Bucket=BUCKET, Key=name, ContentType="image/png")
    place = {"Bucket": BUCKET, "Key": name, "UploadId": begun["UploadId"]}
    first, second = PNG + b"\0" * 5 * 1024 * 1024, HTML

    def part(number, restrictions, body):
        url = presigned(boto, "upload_part", restrictions, PartNumber=number, **place)
        return ask(url, method="PUT", body=body)

    assert unmet(part(1, {"x-cs-bytes": "10"}, first), "x-cs-bytes")
    assert malformed(part(1, {"x-cs-type": "image/*"}, first), "x-cs-type")
    tags = {1: part(1, {"x-cs-bytes": "6000000"}, first).headers["etag"]}
    tags[2] = part(2, {"x-cs-bytes": "6000000"}, second).headers["etag"]
    tags[3] = part(3, {}, second).headers["etag"]

    def complete(numbers, restrictions):
        url = presigned(boto, "complete_multipart_upload", restrictions, **place)
        parts = "".join(
            f"<Part><PartNumber>{n}</PartNumber><ETag>{tags[n]}</ETag></Part>" for n in numbers
        )
        document = f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>"
        return ask(url, method="POST", body=document.encode())

    assert unmet(complete([1, 2], {"x-cs-bytes": "5000000"}), "x-cs-bytes")
    assert unmet(complete([1, 2], {"x-cs-type": "text/plain"}), "x-cs-type")
    # A holder may leave the first part out: the object then begins with the next one.
    assert unmet(complete([2], {"x-cs-type": "image/*"}), "x-cs-type")
    put(proxied, name, b"theirs")
    assert unmet(complete([1, 2], {"x-cs-create": "true"}), "x-cs-create")
    assert get(proxied, name).body == b"theirs"
    signed(proxied, "DELETE", proxied.object_url(name))
    good = {"x-cs-bytes": "6000000", "x-cs-type": "image/*", "x-cs-create": "true"}
    assert complete([1, 2], good).status == 200
    assert get(proxied, name).body == first + second


# Forms.


def post(proxied, form, content=b"hello", client=HERE, fields=None, drop=()):
    """Sends a form that boto3 made, as a browser would."""
    sent = {k: v for k, v in {**form["fields"], **(fields or {})}.items() if k not in drop}
    forwarded = {"x-forwarded-for": client, "x-forwarded-proto": "https"}
    return send(proxied, body_of(sent, content), forwarded)


def test_a_form_is_held_to_the_restrictions_that_its_policy_pins(proxied, boto, name):
    restrictions = {"x-cs-ip": "203.0.113.0/24", "x-cs-bytes": "3-5", "x-cs-type": "text/plain"}
    form = presigned_form(
        boto, BUCKET, name, restrictions, [SIZES, {"Content-Type": "text/plain"}], {"Content-Type": "text/plain"}
    )
    assert unmet(post(proxied, form, client=ELSEWHERE), "x-cs-ip")
    for content in [b"12", b"123456", b"x" * 100_000]:
        assert unmet(post(proxied, form, content), "x-cs-bytes")
    assert unmet(post(proxied, form, b"\0\1\2\3"), "x-cs-type")
    assert not exists(proxied, name)
    assert post(proxied, form, b"12345").status == 204
    assert get(proxied, name).body == b"12345"


def test_whoever_fills_a_form_in_cannot_change_its_restrictions(proxied, boto, name):
    form = presigned_form(boto, BUCKET, name, {"x-cs-ip": "203.0.113.0/24"}, [SIZES])
    for fields, drop in [({"x-cs-ip": "0.0.0.0/0"}, ()), ({}, ("x-cs-ip",)), ({"x-cs-id": "mine"}, ())]:
        answer = post(proxied, form, client=ELSEWHERE, fields=fields, drop=drop)
        assert (answer.status, answer.code) == (403, "AccessDenied")
        assert answer.message.startswith("Invalid according to Policy")
    open_form = boto.generate_presigned_post(
        BUCKET, name, {"x-cs-id": "a"}, [["starts-with", "$x-cs-id", ""], SIZES], ExpiresIn=300
    )
    assert malformed(post(proxied, open_form), "x-cs-id")
    assert not exists(proxied, name)


@pytest.mark.parametrize("restriction, value", [("x-cs-nothing", "1"), ("X-Cs-Id", "a"), ("x-cs-uses", "0"), ("x-cs-page", "true")])
def test_a_form_with_a_restriction_that_cannot_be_held_is_refused(proxied, boto, name, restriction, value):
    form = presigned_form(boto, BUCKET, name, {restriction: value}, [SIZES])
    assert malformed(post(proxied, form), restriction)


def test_a_form_that_creates_replaces_nothing(proxied, boto, name):
    put(proxied, name, b"theirs")
    form = presigned_form(boto, BUCKET, name, {"x-cs-create": "true"}, [SIZES])
    assert unmet(post(proxied, form), "x-cs-create")
    assert get(proxied, name).body == b"theirs"


# Rates. A transfer can always take longer than it must; what is looked at is that it takes no less.


def test_l4_a_download_is_no_faster_than_its_rate(proxied, boto, name):
    content = bytes(range(256)) * 80
    put(proxied, name, content)
    url = download(boto, name, {"x-cs-rate": "10240"})
    begun = time.monotonic()
    assert ask(url).body == content
    assert time.monotonic() - begun >= (len(content) - 1_280) / 10_240


def test_l4_many_connections_get_what_one_would(proxied, boto, name):
    content = b"x" * 8_192
    put(proxied, name, content)
    url = download(boto, name, {"x-cs-rate": "8192"})
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(ask(url))) for _ in range(3)]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.body for answer in answers] == [content] * 3
    assert time.monotonic() - begun >= (3 * 8_192 - 1_024) / 8_192


def test_l4_small_ranges_one_after_the_other_are_no_faster(proxied, boto, name):
    put(proxied, name, b"x" * 8_192)
    url = download(boto, name, {"x-cs-rate": "8192"})
    begun = time.monotonic()
    for first in range(0, 8_192, 512):
        answer = ask(url, headers={"range": f"bytes={first}-{first + 511}"})
        assert answer.status == 206
    assert time.monotonic() - begun >= (8_192 - 512) / 8_192


def test_a_slow_transfer_is_not_taken_for_one_that_stands_still(fresh, name):
    limits = '[limits]\nwrite_stall_timeout = "1s"\nbody_idle_timeout = "1s"\n'
    server = fresh(tables=limits)
    content = b"x" * 4_096
    put(server, name, content)
    url = presign(server.key, "GET", server.object_url(name), query="x-cs-rate=1024")
    assert request("GET", url).body == content
    url = presign(server.key, "PUT", server.object_url(name), query="x-cs-rate=1024")
    assert request("PUT", url, body=content + b"y").status == 200
    assert get(server, name).body == content + b"y"


def test_l4_a_slowed_link_has_so_many_transfers_under_way_and_no_more(proxied, boto, name):
    content = b"x" * 1_000_000
    put(proxied, name, content)
    url = urlsplit(download(boto, name, {"x-cs-rate": "1024", "x-cs-id": name, "x-cs-uses": "65"}))
    head = (
        f"GET {url.path}?{url.query} HTTP/1.1\r\nhost: {url.netloc}\r\n"
        f"x-forwarded-for: {HERE}\r\nx-forwarded-proto: https\r\n\r\n"
    )

    def begin():
        """Begins a download, and gives its connection and the status of its answer."""
        connection = socket.create_connection((url.hostname, url.port))
        connection.sendall(head.encode())
        answer = b""
        while b"\r\n" not in answer:
            answer += connection.recv(1_024)
        return connection, answer.split(b" ")[1]

    before = metric(proxied, "countersign_sent_bytes_total")
    begun = [begin() for _ in range(64)]
    assert {status for _, status in begun} == {b"200"}
    # Nothing was read that may not go out for minutes.
    assert metric(proxied, "countersign_sent_bytes_total") - before < 600 * 1_024
    answer = ask(url.geturl())
    assert (answer.status, answer.code) == (503, "SlowDown")
    # Another link of the same object is not concerned, and uploads are counted too.
    other = download(boto, name, {"x-cs-rate": "10000000"})
    assert ask(other).body == content
    put_url = upload(boto, name, {"x-cs-rate": "1024", "x-cs-id": name})
    assert ask(put_url, method="PUT", body=b"y").code == "SlowDown"
    assert get(proxied, name).body == content

    # Whoever goes away makes room, and what was refused made no use.
    for connection, _ in begun[:8]:
        connection.close()
    connection, status = begin()
    while status == b"503":
        connection.close()
        connection, status = begin()
    assert status == b"200"
    for connection, _ in [*begun, (connection, status)]:
        connection.close()


def test_l4_an_upload_is_no_faster_than_its_rate(proxied, boto, name):
    # No more than 128 KiB are read at a time, and what is read last waits for all that came before.
    rate, body = 262_144, b"x" * 524_288
    url = upload(boto, name, {"x-cs-rate": str(rate)})
    begun = time.monotonic()
    assert ask(url, method="PUT", body=body).status == 200
    assert time.monotonic() - begun >= (len(body) - 131_072) / rate
    assert get(proxied, name).body == body


# The command line.


def test_presign_makes_the_url_that_an_sdk_makes(proxied, boto, name):
    put(proxied, name, b"content")
    restrictions = {
        "x-cs-bind": "first",
        "x-cs-country": "DE,CH",
        "x-cs-id": "invoice-7",
        "x-cs-ip": "198.51.100.0/24,2001:db8::/32",
        "x-cs-not-before": "20260115T120000Z",
        "x-cs-rate": "1048576",
        "x-cs-subject": "Zoë <zoe@example.com>",
        "x-cs-uses": "3",
    }
    of_boto = download(boto, name, restrictions)
    date = dict(pair.split("=", 1) for pair in of_boto.partition("?")[2].split("&"))["X-Amz-Date"]
    done = countersign(
        *["presign", f"s3://{BUCKET}/{name}", "--endpoint-url", proxied.url, "--quiet"],
        *["--expires-in", "300", "--date", date, "--bind-first", "--country", "DE,CH", "--id", "invoice-7"],
        *["--ip", "198.51.100.0/24", "--ip", "2001:db8::/32", "--not-before", "2026-01-15T12:00:00Z"],
        *["--rate", "1MiB", "--subject", "Zoë <zoe@example.com>", "--uses", "3"],
        environment={
            "AWS_ACCESS_KEY_ID": proxied.key.id,
            "AWS_SECRET_ACCESS_KEY": proxied.key.secret,
            "AWS_REGION": "us-east-1",
        },
    )
    ours = done.stdout.strip()
    assert sorted(ours.split("?")[1].split("&")) == sorted(of_boto.split("?")[1].split("&"))
    assert ask(ours, ELSEWHERE).body == b"content"
    told = countersign("inspect", ours).stdout
    assert "only from 198.51.100.0/24" in told and "works 3 times" in told and "risk: a Counter" not in told
