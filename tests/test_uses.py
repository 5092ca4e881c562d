"""Counted uses, binding, and links that create: threats D1 to D6, D12, J3, G9."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from random import Random
from urllib.parse import urlsplit

import pytest

from harness.boto import client_for
from harness.http import request
from harness.objects import get, put
from harness.server import BUCKET, Server
from harness.signer import presign

SIZE = 300_000


@pytest.fixture(scope="module")
def proxied(tmp_path_factory):
    """A server that believes what this machine says of a client's address."""
    server = Server(tmp_path_factory.mktemp("proxied"), top='trusted_proxies = ["127.0.0.0/8"]')
    server.start()
    put_bucket(server)
    yield server
    server.stop()


def put_bucket(server):
    """Makes the bucket that all tests use."""
    client_for(server).create_bucket(Bucket=BUCKET)


def link(server, name, method="GET", **restrictions):
    """A URL with restrictions, `uses=1` for `x-cs-uses=1`."""
    pairs = [f"x-cs-{key.replace('_', '-')}={value}" for key, value in restrictions.items()]
    return presign(server.key, method, server.object_url(name), query="&".join(pairs))


def fetch(url, client="192.0.2.1", method="GET", body=None, **headers):
    """Asks as a client behind a trusted proxy that ends TLS."""
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    forwarded = {"x-forwarded-for": client, "x-forwarded-proto": "https"}
    return request(method, url, {**forwarded, **named}, body=body)


def spent(answer):
    """Whether a link was refused because it has no use left."""
    return (answer.status, answer.code, answer.element("Restriction")) == (403, "AccessDenied", "x-cs-uses")


def test_d1_a_link_for_one_use_works_once_whoever_comes_first(proxied, name):
    put(proxied, name, b"x" * SIZE)
    url = link(proxied, name, uses=1)
    clients = [f"192.0.{n}.1" for n in range(40)]
    barrier = threading.Barrier(len(clients))

    def use(client):
        barrier.wait()
        return fetch(url, client)

    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(use, clients))
    served = [answer for answer in answers if answer.status == 200]
    assert len(served) == 1 and served[0].body == b"x" * SIZE
    assert served[0].headers["cache-control"] == "no-store"
    assert all(spent(answer) for answer in answers if answer.status != 200)
    assert "works once" in next(a for a in answers if a.status == 403).message


def test_d1_n_uses_are_n_whatever_the_order(proxied, name):
    put(proxied, name, b"small")
    url = link(proxied, name, uses=3)
    statuses = [fetch(url, f"198.51.{n}.7").status for n in range(6)]
    assert statuses == [200, 200, 200, 403, 403, 403]


def test_d3_asking_for_the_head_or_being_refused_spends_nothing(proxied, name):
    put(proxied, name, b"body")
    etag = get(proxied, name).headers["etag"]
    url = link(proxied, name, uses=1)
    assert fetch(url, method="HEAD").status == 200
    assert fetch(url, if_none_match=etag).status == 304
    assert fetch(url, if_match='"other"').status == 412
    assert fetch(url, range="bytes=100-").status == 416
    assert fetch(url + "x").status == 403
    assert fetch(url).body == b"body"
    assert spent(fetch(url, "203.0.113.9"))
    assert fetch(url, "203.0.113.9", method="HEAD").status == 200


def test_d5_a_session_is_one_network_and_twice_the_bytes(proxied, name):
    put(proxied, name, b"0123456789" * 1_000)
    url = link(proxied, name, uses=1)
    parts = [fetch(url, f"192.0.2.{n}", range=f"bytes={n * 1000}-{n * 1000 + 999}") for n in range(10)]
    assert [part.status for part in parts] == [206] * 10
    assert b"".join(part.body for part in parts) == b"0123456789" * 1_000
    assert spent(fetch(url, "192.0.3.1", range="bytes=0-0"))
    assert fetch(url, "192.0.2.99", range="bytes=0-").status == 206
    assert spent(fetch(url, "192.0.2.99", range="bytes=0-0"))


def test_d5_whoever_asks_for_all_of_it_again_makes_another_use(proxied, name):
    put(proxied, name, b"0123456789")
    url = link(proxied, name, uses=2)
    assert fetch(url).status == 200
    assert fetch(url, range="bytes=5-").body == b"56789"
    assert fetch(url).status == 200
    assert spent(fetch(url))
    assert fetch(url, range="bytes=0-4").body == b"01234"


def test_a_missing_object_spends_nothing(proxied, name):
    url = link(proxied, name, uses=1)
    assert fetch(url).status == 404
    put(proxied, name, b"now")
    assert fetch(url).body == b"now"


def test_an_empty_object_is_a_use_too(proxied, name):
    put(proxied, name, b"")
    url = link(proxied, name, uses=1)
    assert fetch(url).status == 200
    assert spent(fetch(url, "203.0.113.9"))


def test_the_same_name_shares_its_uses_whatever_url(proxied, name):
    put(proxied, name, b"x")
    other = f"{name}-2"
    put(proxied, other, b"y")
    assert fetch(link(proxied, name, uses=1, id=name)).status == 200
    assert spent(fetch(link(proxied, other, uses=1, id=name), "203.0.113.9"))


def test_a_use_of_one_object_is_none_of_another_nor_of_what_replaced_it(proxied, name):
    put(proxied, name, b"one" * 10)
    other = f"{name}-2"
    put(proxied, other, b"two" * 10)
    url = link(proxied, name, uses=1, id=name)
    assert fetch(url).status == 200
    assert fetch(url, range="bytes=0-2").body == b"one"
    assert spent(fetch(link(proxied, other, uses=1, id=name), range="bytes=0-"))
    put(proxied, name, b"new" * 10)
    assert spent(fetch(url, range="bytes=0-2"))


def test_g9_a_bound_link_belongs_to_the_first_network(proxied, name):
    put(proxied, name, b"x")
    url = link(proxied, name, bind="first")
    assert fetch(url, "192.0.2.1").status == 200
    for _ in range(3):
        assert fetch(url, "192.0.2.200").status == 200
    answer = fetch(url, "203.0.113.1")
    assert (answer.status, answer.element("Restriction")) == (403, "x-cs-bind")
    six = link(proxied, name, bind="first", uses=5)
    assert fetch(six, "2001:db8:1:2::1").status == 200
    assert fetch(six, "2001:db8:1:2:ffff::1").status == 200
    assert fetch(six, "2001:db8:1:3::1").element("Restriction") == "x-cs-bind"


def test_d4_a_bound_link_cannot_be_burnt_from_elsewhere(proxied, name):
    put(proxied, name, b"x")
    url = link(proxied, name, bind="first", uses=2)
    assert fetch(url, "192.0.2.1").status == 200
    for _ in range(5):
        assert fetch(url, "203.0.113.1").element("Restriction") == "x-cs-bind"
    assert fetch(url, "192.0.2.1").status == 200


def test_e11_an_upload_is_a_use_when_it_is_stored(proxied, name):
    url = link(proxied, name, "PUT", uses=2)
    wrong = fetch(url, method="PUT", body=b"x", content_md5="AAAAAAAAAAAAAAAAAAAAAA==")
    assert (wrong.status, wrong.code) == (400, "BadDigest")
    assert fetch(url, method="PUT", body=b"one").status == 200
    assert fetch(url, method="PUT", body=b"two").status == 200
    assert spent(fetch(url, method="PUT", body=b"three"))
    assert get(proxied, name).body == b"two"


def test_e11_of_many_uploads_at_once_as_many_are_stored_as_may_be(proxied, name):
    url = link(proxied, name, "PUT", uses=5)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: fetch(url, method="PUT", body=b"%d" % n), range(60)))
    assert sorted(a.status for a in answers) == [200] * 5 + [403] * 55


def test_d6_an_upload_that_breaks_off_gives_its_use_back(proxied, name):
    url = link(proxied, name, "PUT", uses=1)
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port)) as broken:
        head = (
            f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\nContent-Length: 100000\r\n\r\n"
        )
        broken.sendall(head.encode() + b"x" * 1_000)
        time.sleep(0.2)
    for _ in range(200):
        answer = fetch(url, method="PUT", body=b"whole")
        if answer.status == 200:
            break
        assert spent(answer)
        time.sleep(0.05)
    assert answer.status == 200
    assert get(proxied, name).body == b"whole"
    assert spent(fetch(url, method="PUT", body=b"again"))


def test_uses_survive_a_killed_server(tmp_path, name):
    server = Server(tmp_path).start()
    try:
        put_bucket(server)
        put(server, name, b"x")
        url = link(server, name, uses=2)
        assert request("GET", url).status == 200
        address = server.host
        server.kill()
        server.listen = address
        server.start()
        assert request("GET", url).status == 200
        assert spent(request("GET", url))
        # The session goes on all the same: whoever was cut off gets the rest.
        assert request("GET", url, {"range": "bytes=0-"}).status == 206
    finally:
        server.stop()


def respelled(url, random):
    """The same URL, written otherwise: other order, other escapes, the same meaning."""
    head, _, query = url.partition("?")
    pairs = query.split("&")
    random.shuffle(pairs)

    def spell(character):
        if character.isalnum() and random.random() < 0.3:
            return f"%{ord(character):02X}"
        return character

    written = []
    for pair in pairs:
        name, _, value = pair.partition("=")
        again = "".join(value[i : i + 1] if value[i] == "%" or "%" in value[max(0, i - 2) : i] else spell(value[i])
                        for i in range(len(value)))
        written.append(f"{name}={again}")
    return f"{head}?{'&'.join(written)}"


@pytest.mark.parametrize("restrictions", [{"uses": 3}, {"uses": 3, "id": "same"}])
def test_a6_two_hundred_spellings_of_one_url_share_one_counter(proxied, name, restrictions):
    put(proxied, name, b"x" * 50)
    restrictions = {key: f"{name}" if key == "id" else value for key, value in restrictions.items()}
    url = link(proxied, name, **restrictions)
    random = Random(7)
    spellings = {respelled(url, random) for _ in range(200)}
    assert len(spellings) == 200
    answers = [fetch(other, f"198.{n}.1.1") for n, other in enumerate(spellings)]
    assert sorted(a.status for a in answers) == [200] * 3 + [403] * 197
    assert all(spent(answer) for answer in answers if answer.status != 200)
