"""The restricted URLs of `vectors/restrictions` against the running binary, whose clock is set for them."""

import base64
import json
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harness.countries import write_table
from harness.http import raw, statuses
from harness.objects import signed
from harness.server import ROOT, Server
from harness.signer import Key
from test_vectors import LIBRARIES, instant

BUCKET = "examplebucket"
VECTORS = [
    json.loads(line)
    for line in Path(ROOT / "vectors/restrictions/restrictions.jsonl").read_text().splitlines()
]
CONTENT = b"content"

pytestmark = pytest.mark.skipif(not LIBRARIES, reason="libfaketime is not installed")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server at the instant of the vectors, behind a trusted proxy on this machine."""
    first = VECTORS[0]
    folder = tmp_path_factory.mktemp("restricted")
    table = write_table(folder / "countries.mmdb")
    server = Server(
        folder,
        profile="s3",
        key=Key(first["access_key"], first["secret_key"]),
        top='trusted_proxies = ["127.0.0.0/8"]',
        tables=f'[country]\ndatabase = "{table}"\n',
    )
    environment = {
        "LD_PRELOAD": str(LIBRARIES[0]),
        "FAKETIME": instant(first["clock"]),
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "TZ": "UTC",
    }
    server.start(environment)
    when = datetime.strptime(first["clock"], "%Y%m%dT%H%M%SZ")
    for path, key in [(BUCKET, server.root), (f"{BUCKET}/file.txt", server.key)]:
        body = CONTENT if "/" in path else b""
        answer = signed(server, "PUT", f"{server.url}/{path}", body=body, key=key, when=when)
        assert answer.status == 200, answer.body
    yield server
    server.stop()


def send(server, vector):
    """Sends a vector to the host that it names, as its client behind the proxy."""
    parts = urlsplit(vector["url"])
    headers = {"host": parts.netloc, "x-forwarded-for": vector["client"], "x-forwarded-proto": "https"}
    headers.update(vector["headers"])
    body = base64.b64decode(vector.get("body_base64", ""))
    if vector["method"] == "PUT":
        headers["content-length"] = str(len(body))
    target = vector["url"].split(parts.netloc, 1)[1]
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"{vector['method']} {target} HTTP/1.1\r\n{lines}connection: close\r\n\r\n"
    received, _ = raw(server.url, head.encode() + body)

    def element(name):
        found = received.partition(f"<{name}>".encode())[2].partition(f"</{name}>".encode())[0]
        return found.decode() or None

    return statuses(received)[-1], element


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_a_restricted_url_is_answered_as_its_vector_says(server, vector):
    assert vector["clock"] == VECTORS[0]["clock"]
    status, element = send(server, vector)
    expected = vector.get("serve") or vector["decide"]
    if "code" in expected:
        assert element("Code") == expected["code"], vector["url"]
        assert element("Restriction") == expected.get("restriction")
        assert element("ArgumentName") == expected.get("argument")
    else:
        assert (status, element("Code")) == (200, None), vector["url"]
    assert status == {None: 200, "InvalidArgument": 400}.get(expected.get("code"), 403)
    if vector["method"] == "PUT" and "code" in expected:
        when = datetime.strptime(vector["clock"], "%Y%m%dT%H%M%SZ")
        key = urlsplit(vector["url"]).path.rpartition("/")[2]
        stored = signed(server, "GET", server.object_url(key), when=when)
        assert stored.status == 404 or stored.body == CONTENT
