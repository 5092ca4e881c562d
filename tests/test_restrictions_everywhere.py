"""Each restriction, by URLs of plain boto3, on both engines of the state and on one and three nodes.

Requests go to the nodes in turn, as behind a balancer, so that nothing can hide in one node's memory.
"""

import itertools
from datetime import datetime, timedelta, timezone

import boto3
import pytest
from botocore.config import Config

from harness.countries import write_table
from harness.nodes import HOST, Nodes
from harness.postgres import Postgres, is_left_out
from harness.restrictions import presigned, restrictable
from harness.server import BUCKET, REGION

HERE, ELSEWHERE = "203.0.113.7", "198.51.100.200"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100


@pytest.fixture(scope="module", params=["sqlite-1", "postgres-1", "postgres-3"])
def nodes(request, tmp_path_factory):
    """So many nodes on such a state, with a country table."""
    engine, count = request.param.split("-")
    folder = tmp_path_factory.mktemp(request.param)
    table = write_table(folder / "countries.mmdb")
    tables = f'[country]\ndatabase = "{table}"\n'
    database = None
    if engine == "postgres":
        if is_left_out():
            pytest.skip("this run does without PostgreSQL")
        database = Postgres().start()
    url = database.url() if database else "sqlite:"
    group = Nodes(folder, url, count=int(count), tables=tables)
    try:
        yield group.start()
    finally:
        group.stop()
        if database:
            database.remove()


@pytest.fixture(scope="module")
def boto(nodes):
    """boto3 as a backend uses it: it signs offline, for the address that clients know."""
    return restrictable(
        boto3.client(
            "s3",
            endpoint_url=f"http://{HOST}",
            region_name=REGION,
            aws_access_key_id=nodes.first.key.id,
            aws_secret_access_key=nodes.first.key.secret,
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        )
    )


@pytest.fixture
def ask(nodes):
    """Asks the nodes in turn."""
    turns = itertools.count()

    def send(url, client=HERE, method="GET", **options):
        return nodes.fetch(next(turns), url, client, method, **options)

    return send


def at(seconds):
    """An instant from now, as `x-cs-not-before` has it."""
    return (datetime.now(timezone.utc) + timedelta(seconds=seconds)).strftime("%Y%m%dT%H%M%SZ")


def unmet(answer, name):
    """Whether a restriction was not met, and said so."""
    told = (answer.status, answer.code, answer.element("Restriction"))
    return told == (403, "AccessDenied", name) and bool(answer.message)


def malformed(answer, name):
    """Whether a restriction was not understood, and said so."""
    told = (answer.status, answer.code, answer.element("ArgumentName"))
    return told == (400, "InvalidArgument", name)


# Met by HERE, not met by ELSEWHERE or at all, and no value.
STATELESS = {
    "x-cs-country": ("DE", ELSEWHERE, "CH", "de"),
    "x-cs-ip": ("203.0.113.0/24", HERE, "192.0.2.0/24", "203.0.113.7/24"),
    "x-cs-not-before": (at(-5), HERE, at(3_600), "tomorrow"),
}


@pytest.mark.parametrize("restriction", STATELESS)
def test_who_and_when(nodes, boto, ask, name, restriction):
    nodes.put(name, b"content")
    good, client, bad, nonsense = STATELESS[restriction]

    def link(value):
        return presigned(boto, "get_object", {restriction: value}, Bucket=BUCKET, Key=name)

    for _ in nodes.servers:
        assert ask(link(good), client).body == b"content"
        assert unmet(ask(link(bad), HERE if restriction != "x-cs-country" else ELSEWHERE), restriction)
        assert malformed(ask(link(nonsense)), restriction)


@pytest.mark.parametrize(
    "restriction, good, nonsense",
    [("x-cs-id", "invoice-7", "invoice 7"), ("x-cs-subject", "zoe", " zoe"), ("x-cs-rate", "1000000", "1")],
)
def test_names_and_rates(nodes, boto, ask, name, restriction, good, nonsense):
    nodes.put(name, b"content")
    for value, holds in ((good, True), (nonsense, False)):
        url = presigned(boto, "get_object", {restriction: value}, Bucket=BUCKET, Key=name)
        for _ in nodes.servers:
            answer = ask(url)
            assert answer.body == b"content" if holds else malformed(answer, restriction)


def test_uses(nodes, boto, ask, name):
    nodes.put(name, b"content")

    def link(value):
        return presigned(boto, "get_object", {"x-cs-uses": value}, Bucket=BUCKET, Key=name)

    url = link("2")
    answers = [ask(url, f"198.51.{n}.1") for n in range(6)]
    assert [answer.status for answer in answers] == [200, 200, 403, 403, 403, 403]
    assert all(unmet(answer, "x-cs-uses") for answer in answers[2:])
    for nonsense in ("0", "01", "-1", "1000001", "many"):
        assert malformed(ask(link(nonsense)), "x-cs-uses"), nonsense


def test_bind(nodes, boto, ask, name):
    nodes.put(name, b"content")

    def link(value):
        return presigned(boto, "get_object", {"x-cs-bind": value}, Bucket=BUCKET, Key=name)

    url = link("first")
    for _ in range(4):
        assert ask(url, HERE).status == 200
        assert unmet(ask(url, ELSEWHERE), "x-cs-bind")
    assert malformed(ask(link("second")), "x-cs-bind")


def test_page(nodes, boto, ask, name):
    nodes.put(name, b"content")
    restrictions = {"x-cs-page": "true", "x-cs-uses": "1"}
    url = presigned(boto, "get_object", restrictions, Bucket=BUCKET, Key=name)
    for _ in range(4):
        page = ask(url)
        assert page.status == 200 and b"<button>" in page.body
    assert ask(url, method="POST", body=b"").body == b"content"
    for _ in range(3):
        assert unmet(ask(url, method="POST", body=b""), "x-cs-uses")
    nonsense = presigned(boto, "get_object", {"x-cs-page": "1"}, Bucket=BUCKET, Key=name)
    assert malformed(ask(nonsense), "x-cs-page")


UPLOADS = {
    "x-cs-bytes": ("1-200", PNG, b"x" * 201, "5-1"),
    "x-cs-type": ("image/png", PNG, b"<!doctype html><script>" + b" " * 100, "png"),
}


@pytest.mark.parametrize("restriction", UPLOADS)
def test_what_is_uploaded(nodes, boto, ask, name, restriction):
    value, good, bad, nonsense = UPLOADS[restriction]

    def send(value, body):
        params = {"Bucket": BUCKET, "Key": name, "ContentType": "image/png"}
        url = presigned(boto, "put_object", {restriction: value}, **params)
        return ask(url, method="PUT", body=body, **{"content-type": "image/png"})

    for _ in nodes.servers:
        refused = send(value, bad)
        assert refused.status in (400, 403) and refused.code, refused.body
        assert malformed(send(nonsense, good), restriction)
        assert send(value, good).status == 200


def test_create(nodes, boto, ask, name):
    def link(value):
        return presigned(boto, "put_object", {"x-cs-create": value}, Bucket=BUCKET, Key=name)

    url = link("true")
    assert ask(url, method="PUT", body=b"first").status == 200
    for _ in range(4):
        again = ask(url, method="PUT", body=b"second")
        # Where the object is, it is in the way; on any other node the link is over all the same.
        assert again.status in (403, 412), again.body
    assert malformed(ask(link("yes"), method="PUT", body=b"x"), "x-cs-create")


@pytest.mark.parametrize("unknown", ["x-cs-maybe", "X-Cs-Uses", "x-cs-"])
def test_what_is_not_known_is_refused(nodes, boto, ask, name, unknown):
    nodes.put(name, b"content")
    url = presigned(boto, "get_object", {unknown: "1"}, Bucket=BUCKET, Key=name)
    for _ in nodes.servers:
        answer = ask(url)
        assert (answer.status, answer.code) == (400, "InvalidArgument")
