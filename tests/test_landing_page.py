"""Landing pages: what a link with `x-cs-page` shows, and what spends it (threats D3, F2, I7)."""

import re
from urllib.parse import quote

import pytest

from harness.http import request
from harness.objects import get, put
from harness.signer import presign

BROWSER = {"accept": "text/html,application/xhtml+xml", "user-agent": "Mozilla/5.0"}


def page_link(server, name, **restrictions):
    """A link with a page that works once."""
    pairs = ["x-cs-page=true", "x-cs-uses=1", *(f"x-cs-{k}={v}" for k, v in restrictions.items())]
    return presign(server.key, "GET", server.object_url(name), query="&".join(pairs))


@pytest.mark.parametrize(
    "headers",
    [
        BROWSER,
        {"accept": "*/*", "user-agent": "curl/8"},
        {"user-agent": "Slackbot-LinkExpanding 1.0"},
        {"user-agent": "Mozilla/5.0", "sec-purpose": "prefetch"},
        {"range": "bytes=0-0"},
        {},
    ],
)
def test_d3_no_get_spends_a_link_with_a_page(safe, name, headers):
    put(safe, name, b"the file")
    url = page_link(safe, name)
    for _ in range(3):
        page = request("GET", url, headers)
        assert page.status == 200 and b"the file" not in page.body
        assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert request("HEAD", url).status == 200
    spent = request("POST", url, {"content-type": "application/x-www-form-urlencoded"}, body=b"")
    assert (spent.status, spent.body) == (200, b"the file")
    assert spent.headers["content-disposition"].startswith("attachment")
    assert spent.headers["cache-control"] == "no-store"


def test_d3_what_only_looks_ahead_or_comes_from_elsewhere_presses_no_button(safe, name):
    put(safe, name, b"the file")
    url = page_link(safe, name)
    for headers in (
        {"sec-purpose": "prefetch;prerender"},
        {"purpose": "prefetch"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ):
        answer = request("POST", url, headers, body=b"")
        assert (answer.status, answer.code) == (403, "AccessDenied"), headers
    assert request("POST", url, {"sec-fetch-site": "same-origin"}, body=b"").body == b"the file"


def test_f2_the_page_loads_nothing_and_tells_nobody(safe, name):
    put(safe, name, b"x")
    page = request("GET", page_link(safe, name), BROWSER)
    headers = page.headers
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["x-robots-tag"] == "noindex"
    assert headers["x-frame-options"] == "DENY"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "form-action 'self'" in policy
    assert "frame-ancestors 'none'" in policy and "unsafe" not in policy
    text = page.body.decode()
    assert not re.search(r"<(script|img|link|iframe)|https?://|X-Amz", text)


def test_i7_a_name_cannot_become_markup(safe, name):
    key = f'{name}/"><script>alert(1)</script>.txt'
    put(safe, quote(key), b"x")
    text = request("GET", page_link(safe, quote(key)), BROWSER).body.decode()
    assert "<script" not in text
    assert "&lt;/script&gt;" in text or "script&gt;" in text


def test_a_page_is_shown_of_what_is_there_and_only_by_a_good_signature(safe, name):
    url = page_link(safe, name)
    assert request("GET", url).status == 404
    put(safe, name, b"x")
    assert request("GET", url[:-1] + ("0" if url[-1] != "0" else "1")).status == 403
    forged = f"{safe.object_url(name)}?x-cs-page=true&X-Amz-Signature=0"
    assert request("POST", forged, body=b"").status in (400, 403)
    assert get(safe, name).body == b"x"


def test_a15_without_a_page_a_post_is_not_the_get_that_was_signed(safe, name):
    put(safe, name, b"x")
    url = presign(safe.key, "GET", safe.object_url(name), query="x-cs-uses=5")
    answer = request("POST", url, body=b"")
    assert answer.status in (400, 403, 405), answer.body
    assert b"x" != answer.body


def test_a_page_is_for_downloads(safe, name):
    url = presign(safe.key, "PUT", safe.object_url(name), query="x-cs-page=true")
    answer = request("PUT", url, body=b"x")
    assert (answer.status, answer.code) == (400, "InvalidArgument")
