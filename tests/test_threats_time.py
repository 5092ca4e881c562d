"""Threats B: when a URL lives."""

from datetime import datetime, timedelta, timezone

import pytest

from harness.http import request
from harness.objects import exists, get, put, signed
from harness.server import BUCKET
from harness.signer import presign


def ago(**span):
    """An instant in the past, or in the future if the span is negative."""
    return datetime.now(timezone.utc) - timedelta(**span)


@pytest.mark.parametrize("ahead", [{"hours": 1}, {"days": 365}, {"minutes": 20}])
def test_b1_a_url_dated_ahead_is_refused(safe, s3, name, ahead):
    for server in (safe, s3):
        put(server, name, b"x")
        when = datetime.now(timezone.utc) + timedelta(**ahead)
        answer = request("GET", presign(server.key, "GET", server.object_url(name), when=when))
        assert (answer.status, answer.message) == (403, "Request is not yet valid")


def test_b1_a_date_within_the_skew_does_not_stretch_the_life(safe, name):
    put(safe, name, b"x")
    url = safe.object_url(name)
    soon = datetime.now(timezone.utc) + timedelta(minutes=14)
    answer = request("GET", presign(safe.key, "GET", url, expires=900, when=soon))
    assert (answer.status, answer.code) == (403, "AccessDenied")
    assert "dated ahead" in answer.message
    little = datetime.now(timezone.utc) + timedelta(minutes=4)
    assert request("GET", presign(safe.key, "GET", url, expires=900, when=little)).status == 200


@pytest.mark.parametrize(
    ("method", "expires", "works"),
    [
        ("GET", 900, True),
        ("GET", 901, False),
        ("GET", 604_800, False),
        ("PUT", 3_600, True),
        ("PUT", 3_601, False),
        ("PUT", 604_800, False),
    ],
)
def test_b2_a_longer_life_than_the_ceiling_is_refused_at_the_first_use(safe, name, method, expires, works):
    put(safe, name, b"old")
    url = presign(safe.key, method, safe.object_url(name), expires=expires)
    answer = request(method, url, body=b"new" if method == "PUT" else None)
    assert answer.status == (200 if works else 403), answer.body
    if not works:
        ceiling = "900" if method == "GET" else "3600"
        assert answer.element("MaxExpires") == ceiling
        assert ceiling in answer.message and str(expires) in answer.message
        assert get(safe, name).body == b"old"


def test_b2_a_prefix_may_have_its_own_ceiling(fresh):
    tables = f'[[guardrails.prefix]]\nbucket = "{BUCKET}"\nprefix = "reports/"\ndownload_ttl = "7d"\n'
    server = fresh(tables=tables)
    for key, status in (("reports/a", 200), ("other/a", 403), ("reports", 403)):
        put(server, key, b"x")
        url = presign(server.key, "GET", server.object_url(key), expires=604_800)
        assert request("GET", url).status == status, key


def test_b5_the_clock_skew_neither_shortens_nor_lengthens_a_link(safe, s3, name):
    put(s3, name, b"x")
    url = s3.object_url(name)
    used_late = presign(s3.key, "GET", url, expires=3_600, when=ago(minutes=16))
    assert request("GET", used_late).status == 200
    too_late = presign(s3.key, "GET", url, expires=60, when=ago(seconds=75))
    answer = request("GET", too_late)
    assert (answer.status, answer.message) == (403, "Request has expired")
    upload = presign(safe.key, "PUT", safe.object_url(name), expires=3_600, when=ago(minutes=16))
    assert request("PUT", upload, body=b"late").status == 200


def test_b5_a_header_signature_is_held_to_the_skew_both_ways(s3, name):
    put(s3, name, b"x")
    url = s3.object_url(name)
    for when, status in ((ago(minutes=14), 200), (ago(minutes=16), 403), (ago(minutes=-16), 403)):
        answer = signed(s3, "GET", url, when=when)
        assert answer.status == status
        assert status == 200 or answer.code == "RequestTimeTooSkewed"


def test_an_expired_upload_stores_nothing(s3, name):
    url = presign(s3.key, "PUT", s3.object_url(name), expires=1, when=ago(seconds=5))
    assert request("PUT", url, body=b"x").status == 403
    assert not exists(s3, name)


def test_root_keys_cannot_presign_in_the_safe_profile(safe, s3, name):
    for server, status in ((safe, 403), (s3, 200)):
        put(server, name, b"x")
        url = presign(server.root, "GET", server.object_url(name))
        answer = request("GET", url)
        assert answer.status == status
        assert status == 200 or "Root keys cannot presign" in answer.message
