"""Threats A9, G and L: hosts, proxies, smuggling and load."""

import socket
import struct
import threading
import time
from urllib.parse import urlsplit

import pytest

from harness import http2
from harness.http import connect, metric, raw, request, statuses
from harness.objects import exists, get, put, signed
from harness.server import BUCKET, Server
from harness.signer import presign, sign

TRUSTED = 'trusted_proxies = ["127.0.0.0/8"]\n'
PUBLIC = "https://files.example.com"


@pytest.fixture(scope="module")
def behind_proxy(run):
    """A server that trusts the proxy on this machine."""
    return run(top=TRUSTED, public_url=PUBLIC)


def sent_raw(server, target, *headers):
    """One GET with these header lines, and the first status that came back."""
    lines = "".join(f"{line}\r\n" for line in headers)
    received, _ = raw(server.url, f"GET {target} HTTP/1.1\r\n{lines}connection: close\r\n\r\n".encode())
    found = statuses(received)
    return found[0] if found else None


def test_a9_one_request_names_one_host(safe, name):
    put(safe, name, b"x")
    url = presign(safe.key, "GET", safe.object_url(name))
    target = url.removeprefix(safe.url)
    host = f"Host: {safe.host}"
    assert sent_raw(safe, target, host) == 200
    assert sent_raw(safe, url, host) == 200
    assert sent_raw(safe, target) == 400
    assert sent_raw(safe, target, host, host) == 400
    assert sent_raw(safe, target, host, "Host: evil.example") == 400
    assert sent_raw(safe, f"http://evil.example{target}", host) == 400
    assert sent_raw(safe, target, "Host: evil.example") == 403
    assert sent_raw(safe, target, "Host:") == 400


def test_a9_one_http_2_request_names_one_host(safe, name):
    put(safe, name, b"over http/2")
    target = presign(safe.key, "GET", safe.object_url(name)).removeprefix(safe.url)

    def answer_to(*fields):
        method = [(":method", "GET"), (":scheme", "http"), (":path", target)]
        return http2.body_of(safe.url, method + list(fields))

    assert answer_to((":authority", safe.host)) == b"over http/2"
    assert answer_to((":authority", safe.host), ("host", safe.host)) == b"over http/2"
    assert answer_to(("host", safe.host)) in (None, b"over http/2")
    assert b"SignatureDoesNotMatch" in answer_to((":authority", "evil.example"))
    for conflict in (
        [(":authority", safe.host), ("host", "evil.example")],
        [(":authority", "evil.example"), ("host", safe.host)],
        [(":authority", safe.host), (":authority", "evil.example")],
        [],
    ):
        refused = answer_to(*conflict)
        assert refused is None or b"<Error>" in refused, conflict


def test_a9_a_forwarded_host_counts_from_trusted_proxies_only(safe, behind_proxy, name):
    forwarded = {"x-forwarded-host": "files.example.com", "x-forwarded-proto": "https"}
    for server, status in ((safe, 403), (behind_proxy, 200)):
        put(server, name, b"x")
        url = presign(server.key, "GET", f"{PUBLIC}/{BUCKET}/{name}")
        plain = url.replace(PUBLIC, server.url)
        assert request("GET", plain, forwarded).status == status
        alone = {"x-forwarded-host": "files.example.com"}
        assert request("GET", plain, alone).status == status
    two = {**forwarded, "x-forwarded-host": "files.example.com, evil.example"}
    assert request("GET", plain, two).status == 400


def test_g1_a_forwarded_client_address_counts_from_trusted_proxies_only(safe, behind_proxy, name):
    """A client that says to be on loopback is not; one behind a proxy is not on loopback."""
    put(behind_proxy, name, b"x")
    target = f"{PUBLIC}/{BUCKET}/{name}"
    url = presign(behind_proxy.key, "GET", target).replace(PUBLIC, behind_proxy.url)
    host = {"host": "files.example.com"}
    assert request("GET", url, {**host, "x-forwarded-for": "203.0.113.7"}).status == 403
    chain = {**host, "x-forwarded-for": "127.0.0.1, 203.0.113.7"}
    assert request("GET", url, chain).status == 403
    over_tls = {**chain, "x-forwarded-proto": "https"}
    assert request("GET", url, over_tls).status == 200


def test_g5_a_proxy_that_nobody_listed_does_not_make_its_clients_local(safe, name):
    """Plain HTTP is for this machine; whoever forwards on it, unlisted, speaks for strangers."""
    put(safe, name, b"x")
    own = presign(safe.key, "GET", safe.object_url(name))
    assert request("GET", own).status == 200
    for header in ["x-forwarded-for", "x-forwarded-proto", "forwarded", "via"]:
        assert request("GET", own, {header: "203.0.113.7"}).status == 403, header


def lan_address():
    """An address of this machine that is not loopback, or nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            address = probe.getsockname()[0]
        except OSError:
            return None
    return None if address.startswith(("127.", "0.")) else address


@pytest.fixture(scope="module")
def on_lan(tmp_path_factory):
    """A safe server on an address that is not loopback, plain HTTP."""
    address = lan_address()
    if address is None:
        pytest.skip("this machine has no address but loopback")
    server = Server(tmp_path_factory.mktemp("lan"), listen=f"{address}:0").start()
    yield server
    server.stop()


def test_g4_plain_http_is_refused_beyond_loopback_without_a_redirect(on_lan, name):
    url = presign(on_lan.key, "GET", on_lan.object_url(name))
    answer = request("GET", url)
    assert (answer.status, answer.code) == (403, "AccessDenied")
    assert "HTTPS" in answer.message and "location" not in answer.headers
    assert signed(on_lan, "PUT", on_lan.object_url(name), body=b"x").status == 403
    assert request("GET", on_lan.object_url(name)).status == 403
    metrics = request("GET", f"{on_lan.admin_url}/metrics").body.decode()
    seen = [line for line in metrics.splitlines() if line.startswith("countersign_exposed_")]
    assert seen and int(seen[0].split()[-1]) >= 1


def test_g5_a_forged_scheme_from_an_unknown_peer_does_not_count(on_lan, name):
    url = presign(on_lan.key, "GET", on_lan.object_url(name))
    for forged in (
        {"x-forwarded-proto": "https"},
        {"forwarded": "proto=https"},
        {"x-forwarded-proto": "https", "x-forwarded-for": "127.0.0.1"},
        {"front-end-https": "on"},
    ):
        assert request("GET", url, forged).status == 403


SMUGGLED = b"DELETE /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
CORPUS = {
    "both lengths": b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "both lengths, other order": b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 0\r\nContent-Length: 5\r\n\r\nabcde",
    "two lengths in one": b"Content-Length: 0, 5\r\n\r\nabcde",
    "signed length": b"Content-Length: +5\r\n\r\nabcde",
    "negative length": b"Content-Length: -1\r\n\r\nabcde",
    "hexadecimal length": b"Content-Length: 0x5\r\n\r\nabcde",
    "huge length": b"Content-Length: 18446744073709551621\r\n\r\nabcde",
    "unknown coding": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "coding not last": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "two codings": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "space before the colon": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "folded line": b"X-A: b\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "tab in the name": b"Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n",
    "nul in a value": b"X-A: a\0b\r\n\r\n",
    "carriage return in a value": b"X-A: a\rContent-Length: 5\r\n\r\nabcde",
    "chunk size with a sign": b"Transfer-Encoding: chunked\r\n\r\n+5\r\nabcde\r\n0\r\n\r\n",
    "chunk size with a prefix": b"Transfer-Encoding: chunked\r\n\r\n0x5\r\nabcde\r\n0\r\n\r\n",
    "chunk size too large": b"Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabcde\r\n0\r\n\r\n",
    "chunk without an end": b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcdeXX0\r\n\r\n",
}


@pytest.mark.parametrize("case", CORPUS)
def test_g6_an_ambiguous_request_is_refused_and_the_connection_closed(safe, name, case):
    """Nothing behind an ambiguous request on its connection is ever read as a request."""
    head = f"PUT /{BUCKET}/{name} HTTP/1.1\r\nHost: {safe.host}\r\n".encode()
    received, closed = raw(safe.url, head + CORPUS[case] + SMUGGLED)
    assert closed, received
    found = statuses(received)
    assert len(found) <= 1 and all(400 <= status < 500 for status in found), received
    assert not exists(safe, name)


@pytest.mark.parametrize(
    "line",
    [
        b"GET /b/k HTTP/1.1\nHost: x\n\n",
        b"GET  /b/k HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /b/k\r\n\r\n",
        b"GET /b/k HTTP/9.9\r\nHost: x\r\n\r\n",
        b"G\0T /b/k HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
    ],
)
def test_g6_a_malformed_request_line_never_reaches_an_object(safe, line):
    received, closed = raw(safe.url, line)
    found = statuses(received)
    assert all(400 <= status < 500 for status in found), received
    assert closed or found, received


def test_g6_a_signed_upload_with_two_lengths_stores_nothing(safe, name):
    """Even the holder of a good signature cannot make lengths disagree."""
    headers = sign(safe.key, "PUT", safe.object_url(name), payload="UNSIGNED-PAYLOAD")
    lines = "".join(f"{n}: {v}\r\n" for n, v in headers.items()).encode()
    head = f"PUT /{BUCKET}/{name} HTTP/1.1\r\n".encode() + lines
    both = b"content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    received, closed = raw(safe.url, head + both + SMUGGLED)
    assert closed and len(statuses(received)) <= 1, received
    assert not exists(safe, name)


def test_l1_a_flood_of_bad_signatures_leaves_good_traffic_alone(safe, name):
    put(safe, name, b"good")
    good = presign(safe.key, "GET", safe.object_url(name))
    bad = good[:-4] + ("0000" if not good.endswith("0000") else "1111")
    unknown = bad.replace(safe.key.id, "AKIAUNKNOWN000000001")
    end = time.monotonic() + 3
    refused = []

    def flood(url):
        target = urlsplit(url)
        request_text = f"GET {target.path}?{target.query} HTTP/1.1\r\nHost: {safe.host}\r\n\r\n"
        count = 0
        with connect(safe.url) as sock:
            stream = sock.makefile("rb")
            while time.monotonic() < end:
                sock.sendall(request_text.encode())
                status = stream.readline()
                assert b" 403 " in status, status
                length = 0
                while (line := stream.readline()) != b"\r\n":
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                stream.read(length)
                count += 1
        refused.append(count)

    threads = [threading.Thread(target=flood, args=(url,)) for url in (bad, unknown, bad, unknown)]
    for thread in threads:
        thread.start()
    served = 0
    while time.monotonic() < end:
        answer = request("GET", good)
        assert (answer.status, answer.body) == (200, b"good")
        served += 1
    for thread in threads:
        thread.join()
    assert len(refused) == 4 and all(refused), "a flooding thread died"
    assert served >= 5
    assert resident_kib(safe.process.pid) < 256 * 1024


def test_l1_who_does_not_read_what_it_asked_for_loses_its_place_at_the_admin_listener(run):
    server = run(tables='[limits]\nwrite_stall_timeout = "1s"\n')
    address = urlsplit(server.admin_url)
    asking = b"GET /v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 400
    held = []
    for _ in range(256):
        sock = socket.create_connection((address.hostname, address.port))
        held.append(sock)
        sock.settimeout(1)
        try:
            sock.sendall(asking)
        except OSError:
            pass
    # As many connections as there are places: health is answered once they are taken away from who does not read.
    sock = socket.create_connection((address.hostname, address.port), timeout=60)
    sock.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert sock.recv(15).startswith(b"HTTP/1.1 200")
    for one in [*held, sock]:
        one.close()


def resident_kib(pid):
    """The memory a process has resident."""
    with open(f"/proc/{pid}/status") as status:
        line = next(line for line in status if line.startswith("VmRSS"))
    return int(line.split()[1])


def test_l2_huge_heads_are_refused_early(safe, name):
    put(safe, name, b"x")
    url = presign(safe.key, "GET", safe.object_url(name))
    target = url.removeprefix(safe.url)
    host = f"Host: {safe.host}\r\n"
    long = "a" * 1_000_000
    for head in (
        f"GET {target}&x={long} HTTP/1.1\r\n{host}\r\n",
        f"GET /{BUCKET}/{long} HTTP/1.1\r\n{host}\r\n",
        f"GET {target} HTTP/1.1\r\n{host}x-long: {long}\r\n\r\n",
        f"GET {target} HTTP/1.1\r\n{host}" + "x: y\r\n" * 100_000 + "\r\n",
        f"GET {target} HTTP/1.1\r\n{host}authorization: {long}\r\n\r\n",
    ):
        received, closed = raw(safe.url, head.encode())
        assert closed or statuses(received), "neither an answer nor an end"
        assert all(400 <= status < 500 for status in statuses(received)), received[:200]
    many = "&".join(f"p{number}=1" for number in range(1_000))
    assert request("GET", f"{url}&{many}").status == 400
    over = request("GET", url, {"x-long": "a" * 40_000})
    assert 400 <= over.status < 500
    assert get(safe, name).body == b"x"


def test_a_body_larger_than_allowed_is_refused_before_it_is_sent(fresh, name):
    server = fresh(tables='[limits]\nmax_object_bytes = "1 KiB"\n')
    url = presign(server.key, "PUT", server.object_url(name))
    answer = request("PUT", url, {"content-length": "1025"}, None)
    assert (answer.status, answer.code) == (400, "EntityTooLarge")
    assert request("PUT", url, body=b"x" * 1024).status == 200


V2_SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"


def proxy_v2(source):
    """A version 2 PROXY header for a TCP client."""
    addresses = socket.inet_aton(source) + socket.inet_aton("192.0.2.1") + struct.pack("!HH", 4000, 443)
    return V2_SIGNATURE + b"\x21\x11" + struct.pack("!H", len(addresses)) + addresses


def test_the_proxy_protocol_is_read_from_a_trusted_proxy(fresh, name):
    server = fresh(bucket=False, top=TRUSTED + "proxy_protocol = true\n")
    url = presign(server.key, "GET", server.object_url(name))
    target = url.removeprefix(server.url)
    asked = f"GET {target} HTTP/1.1\r\nHost: {server.host}\r\nconnection: close\r\n\r\n".encode()
    stranger, local = "203.0.113.7", "127.0.0.9"
    headers = {
        # A client elsewhere came over plain HTTP, so it is refused; one on loopback finds no bucket.
        f"PROXY TCP4 {stranger} 192.0.2.1 4000 443\r\n".encode(): (403, b"HTTPS"),
        proxy_v2(stranger): (403, b"HTTPS"),
        b"PROXY UNKNOWN\r\n": (404, b"NoSuchBucket"),
    }
    for header, (status, word) in headers.items():
        received, _ = raw(server.url, header + asked)
        assert statuses(received) == [status] and word in received, (header, received)
    for header in (b"", b"PROXY TCP4 nonsense\r\n", b"PROXY " + b"x" * 5_000, local.encode()):
        received, closed = raw(server.url, header + asked)
        assert closed and not statuses(received), (header, received)


@pytest.mark.parametrize("key", [None, "own"])
def test_a_client_that_still_sends_gets_to_read_why_it_is_refused(either, name, key):
    """Nothing is read of a body that is refused, but the connection is not reset under the answer."""
    url = either.object_url(name)
    headers = {} if key is None else sign(either.key, "PUT", url, {"x-amz-acl": "public-read"})
    lines = "".join(f"{field}: {value}\r\n" for field, value in headers.items() if field.lower() != "host")
    head = f"PUT {url.removeprefix(either.url)} HTTP/1.1\r\nHost: {either.host}\r\nContent-Length: 600\r\n{lines}\r\n"
    with connect(either.url, either.ca) as sock:
        sock.sendall(head.encode())
        received = b""
        while b"</Error>" not in received:
            piece = sock.recv(65536)
            assert piece, received
            received += piece
        assert b"connection: close" in received.lower()
        # The answer is complete. What is sent now is taken and thrown away, and then the end is a clean one.
        for _ in range(3):
            sock.sendall(b"x" * 200)
        while piece := sock.recv(65536):
            received += piece
    assert statuses(received) == [403 if key is None else 400]
    assert not exists(either, name)


def test_l_a_refused_client_is_not_listened_to_for_long(either, name):
    head = f"PUT /{BUCKET}/{name} HTTP/1.1\r\nHost: {either.host}\r\nContent-Length: {1 << 40}\r\n\r\n"
    with connect(either.url, either.ca) as sock:
        sock.sendall(head.encode())
        sent = 0
        with pytest.raises(OSError):
            while sent < 256 << 20:
                sock.sendall(b"x" * 65536)
                sent += 65536
    assert sent < 64 << 20
    assert not exists(either, name)


def test_l1_a_connection_whose_client_takes_nothing_holds_little(safe, name):
    put(safe, name, b"x" * 2_000_000)
    target = presign(safe.key, "GET", safe.object_url(name)).removeprefix(safe.url)
    fields = [(":method", "GET"), (":scheme", "http"), (":path", target), (":authority", safe.host)]
    before = metric(safe, "countersign_sent_bytes_total")
    with http2.held(safe.url, fields, 128):
        # Two pieces of 64 KiB for each stream, and what the client let the server send.
        sent = metric(safe, "countersign_sent_bytes_total") - before
        assert 0 < sent <= 128 * 2 * 65_536 + 65_535
    # In one piece or in many, what arrives is the object.
    assert request("GET", f"{safe.url}{target}").body == b"x" * 2_000_000
