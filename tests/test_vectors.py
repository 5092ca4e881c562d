"""The published vectors against the running binary, whose clock is set for them.

The clock comes from libfaketime, which stands between the server and the system. Requests go over a
raw socket exactly as they are written, to the host that they name.
"""

import json
import re
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harness.http import raw, statuses
from harness.objects import signed
from harness.server import ROOT, Server
from harness.signer import Key

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
BUCKET = "examplebucket"

pytestmark = pytest.mark.skipif(not LIBRARIES, reason="libfaketime is not installed")


def vectors(file):
    """The lines of a file of vectors."""
    with open(ROOT / "vectors/presign" / file) as lines:
        return [json.loads(line) for line in lines]


def instant(text):
    """An instant as AWS writes it, as libfaketime wants it: without @ it stands still."""
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").strftime("%Y-%m-%d %H:%M:%S")


@pytest.fixture(scope="module")
def at(tmp_path_factory):
    """Servers that live at given instants, each started when it is first needed."""
    servers = {}

    def server_at(clock, key, region):
        place = (clock, key.id, key.secret, region)
        if place not in servers:
            server = Server(tmp_path_factory.mktemp("clock"), profile="s3", key=key)
            environment = {
                "LD_PRELOAD": str(LIBRARIES[0]),
                "FAKETIME": instant(clock),
                # Timers must not believe that it is another year; only dates may.
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "TZ": "UTC",
            }
            servers[place] = server.start(environment)
            when = datetime.strptime(clock, "%Y%m%dT%H%M%SZ")
            answer = signed(server, "PUT", f"{server.url}/{BUCKET}", body=b"", key=server.root, when=when)
            assert answer.status == 200, answer.body
        return servers[place]

    yield server_at
    for server in servers.values():
        server.stop()


def send(server, vector):
    """Sends a vector as it is written, to whatever host it names."""
    parts = urlsplit(vector["url"])
    headers = {"host": parts.netloc, **vector["headers"]}
    body = b"vector" if vector["method"] == "PUT" else b""
    if body:
        headers.setdefault("content-length", str(len(body)))
    target = vector["url"].split(parts.netloc, 1)[1] or "/"
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"{vector['method']} {target} HTTP/1.1\r\n{lines}connection: close\r\n\r\n"
    received, _ = raw(server.url, head.encode() + body)
    code = received.partition(b"<Code>")[2].partition(b"</Code>")[0].decode()
    return (statuses(received) or [None])[-1], code


def stored(server, vector):
    """All that is stored, with tags and times, asked at the vector's own instant."""
    when = datetime.strptime(vector["clock"], "%Y%m%dT%H%M%SZ")
    answer = signed(server, "GET", f"{server.url}/{BUCKET}?list-type=2", when=when)
    assert answer.status == 200, answer.body
    return re.findall(rb"<Contents>.*?</Contents>", answer.body, re.S)


NEGATIVE = vectors("negative.jsonl")
# A vector without codes is a control: it differs from the others by what they get wrong.
CONTROLS = [vector for vector in NEGATIVE if not vector["expect_codes"]]
REFUSED = [vector for vector in NEGATIVE if vector["expect_codes"]]


def server_for(at, vector):
    """The server that a vector is meant for."""
    key = Key(vector["access_key"], vector["secret_key"])
    return at(vector["clock"], key, vector["server_region"])


@pytest.mark.parametrize("vector", CONTROLS, ids=[v["id"] for v in CONTROLS])
def test_a_control_vector_is_accepted(at, vector):
    server = server_for(at, vector)
    status, code = send(server, vector)
    assert status in vector["expect_status"], (vector["kind"], code)
    assert code in ("", "NoSuchKey")
    assert vector["method"] != "PUT" or len(stored(server, vector)) == 1


@pytest.mark.parametrize("vector", REFUSED, ids=[v["id"] for v in REFUSED])
def test_a_negative_vector_is_refused_as_listed_and_changes_nothing(at, vector):
    server = server_for(at, vector)
    before = stored(server, vector)
    status, code = send(server, vector)
    assert status in vector["expect_status"], (vector["kind"], code)
    if vector["method"] != "HEAD":
        assert code in vector["expect_codes"], vector["kind"]
    assert stored(server, vector) == before
