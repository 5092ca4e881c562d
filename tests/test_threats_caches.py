"""Threats J1 and J3 to J6: what stands in a shared cache between the server and its clients.

The cache is nginx on loopback. Links are signed for the server's own name, which the proxy passes on,
so the server sees them as if there were no proxy.
"""

import re
from datetime import datetime, timedelta, timezone

import pytest

from harness.caching_proxy import BY_SUFFIX, CAREFUL, WITHOUT_QUERY, caching_proxy, needs_nginx
from harness.http import request
from harness.objects import put
from harness.signer import presign

SECRET = b"for one reader"
CARELESS = {"careful": CAREFUL, "without the query": WITHOUT_QUERY, "by suffix": BY_SUFFIX}


@pytest.fixture(params=CARELESS)
def rules(request):
    """How the cache decides what is the same."""
    return CARELESS[request.param]


@pytest.fixture
def through(tmp_path):
    """Gives a function that sends a request for the server's URL through a cache."""
    proxies = []

    def start(server, rules):
        proxy = caching_proxy(server, tmp_path, rules)
        proxies.append(proxy)
        url = proxy.__enter__()

        def ask(method, target, headers=None):
            target = target.replace(server.url, url, 1)
            return request(method, target, {"host": server.host, **(headers or {})})

        return ask

    yield start
    for proxy in proxies:
        proxy.__exit__(None, None, None)


@needs_nginx
def test_the_cache_of_these_tests_keeps_what_it_may(s3, through, name):
    put(s3, name, SECRET, {"cache-control": "public, max-age=3600"})
    ask = through(s3, CAREFUL)
    link = presign(s3.key, "GET", s3.object_url(name))
    answers = [ask("GET", link) for _ in range(2)]
    assert [answer.headers["x-cache"] for answer in answers] == ["MISS", "HIT"]
    assert [answer.body for answer in answers] == [SECRET, SECRET]


@needs_nginx
@pytest.mark.parametrize("stored", [{}, {"cache-control": "public, max-age=3600"}])
def test_j1_what_a_link_gave_is_given_to_nobody_else(safe, through, rules, name, stored):
    put(safe, name, SECRET, stored)
    ask = through(safe, rules)
    link = presign(safe.key, "GET", safe.object_url(name))
    for _ in range(2):
        answer = ask("GET", link)
        assert (answer.status, answer.body) == (200, SECRET)
        assert answer.headers["x-cache"] != "HIT"
    tampered = link[:-1] + ("0" if link[-1] != "0" else "1")
    for other in (safe.object_url(name), tampered, f"{link}&x=1"):
        answer = ask("GET", other)
        assert answer.status == 403 and SECRET not in answer.body, other


def test_j1_a_link_is_never_for_a_shared_cache_nor_for_longer_than_it_lives(safe, name):
    for stored in ({}, {"cache-control": "public, s-maxage=86400, immutable"}, {"expires": "Fri, 01 Jan 2100 00:00:00 GMT"}):
        put(safe, name, SECRET, stored)
        for method, headers in (("GET", {}), ("HEAD", {}), ("GET", {"range": "bytes=0-1"})):
            answer = request(method, presign(safe.key, method, safe.object_url(name), expires=60), headers)
            kept = re.fullmatch(r"private, max-age=(\d+)", answer.headers["cache-control"])
            assert int(kept[1]) <= 60
    override = "response-cache-control=public%2C%20max-age%3D86400"
    answer = request("GET", presign(safe.key, "GET", safe.object_url(name), query=override))
    assert answer.status == 403 or answer.headers["cache-control"].startswith("private, ")


@needs_nginx
def test_j3_what_was_read_once_is_read_anew_through_a_cache(safe, through, rules, name):
    put(safe, name, SECRET)
    ask = through(safe, rules)
    link = presign(safe.key, "GET", safe.object_url(name))
    assert ask("GET", link).body == SECRET
    put(safe, name, b"replaced")
    assert ask("GET", link).body == b"replaced"


@needs_nginx
def test_j4_no_cache_keeps_an_error_in_place_of_an_object_nor_the_reverse(safe, through, rules, name):
    ask = through(safe, rules)
    link = presign(safe.key, "GET", safe.object_url(name))
    for _ in range(2):
        assert ask("GET", link).status == 404
        assert ask("GET", safe.object_url(name)).status == 403
    put(safe, name, SECRET)
    assert (ask("GET", link).status, ask("GET", link).body) == (200, SECRET)
    for _ in range(2):
        assert ask("GET", safe.object_url(name)).status == 403
        assert ask("GET", link, {"range": "bytes=99-"}).status in (200, 416)
    assert ask("GET", link).body == SECRET


SUFFIXES = [";x.css", "/x.css", "%2Fx.css", "%3Fx.css", ".css", "%00.css", "%0A.css", "/..;/x.css", "%23x.css"]


@needs_nginx
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_j5_no_suffix_makes_a_file_for_everybody_of_a_link(safe, through, name, suffix):
    put(safe, name, SECRET)
    ask = through(safe, BY_SUFFIX)
    path, _, query = presign(safe.key, "GET", safe.object_url(name)).partition("?")
    for _ in range(2):
        answer = ask("GET", f"{path}{suffix}?{query}")
        assert answer.status in (400, 403) and SECRET not in answer.body
    answer = ask("GET", f"{path}{suffix}")
    assert answer.status in (400, 403) and SECRET not in answer.body


def test_j5_an_object_has_the_type_that_was_stored_whatever_its_name(safe, name):
    for ending in ("/x.css", ";x.js", ".png"):
        key = f"{name}{ending}"
        put(safe, key, b"<html>", {"content-type": "text/html"})
        answer = request("GET", presign(safe.key, "GET", safe.object_url(key)))
        assert answer.status == 200
        assert answer.headers["content-type"] == "text/html"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-disposition"].startswith("attachment")


def test_j6_no_condition_and_no_range_gets_past_the_end_of_a_link(safe, name):
    tag = put(safe, name, SECRET).headers["etag"]
    url = safe.object_url(name)
    ended = presign(safe.key, "GET", url, expires=1, when=datetime.now(timezone.utc) - timedelta(minutes=10))
    soon = "Fri, 01 Jan 2100 00:00:00 GMT"
    for headers in (
        {},
        {"if-none-match": tag},
        {"if-none-match": "*"},
        {"if-match": '"another"'},
        {"if-modified-since": soon},
        {"if-unmodified-since": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"range": "bytes=0-0"},
        {"range": "bytes=999-"},
        {"range": "bytes=0-0", "if-range": tag},
    ):
        for method in ("GET", "HEAD"):
            answer = request(method, ended, headers)
            assert answer.status == 403, (method, headers)
            assert "etag" not in answer.headers and "content-range" not in answer.headers


@needs_nginx
def test_j6_an_expired_link_revalidates_nothing_in_a_cache(safe, through, rules, name):
    tag = put(safe, name, SECRET).headers["etag"]
    ask = through(safe, rules)
    link = presign(safe.key, "GET", safe.object_url(name))
    assert ask("GET", link).body == SECRET
    when = datetime.now(timezone.utc) - timedelta(minutes=10)
    ended = presign(safe.key, "GET", safe.object_url(name), expires=1, when=when)
    for headers in ({}, {"if-none-match": tag}, {"range": "bytes=0-3"}):
        answer = ask("GET", ended, headers)
        assert answer.status == 403 and SECRET not in answer.body
