"""kill -9 at any moment of an upload leaves the old object or the new one, whole, and no debris."""

import hashlib
import random
import threading
import time
from http.client import HTTPException

import pytest

from harness.http import connect
from harness.objects import get, keys, put, signed
from harness.signer import sign

KILLS = 12
KEYS = 4
# Small bodies live beside the index, large ones in files of their own.
SIZES = {"small": 700, "large": 10 * 1024 * 1024}


def body_of(key, version, size):
    """A body that says what it is, so that a mixture of two is noticed."""
    seed = hashlib.sha256(f"{key}/{version}".encode()).digest()
    return f"{version:08}".encode() + (seed * (size // 32 + 1))[: size - 8]


class Uploads(threading.Thread):
    """Puts new versions of its own key until the server is gone."""

    def __init__(self, server, key, size, first):
        super().__init__()
        self.server = server
        self.key = key
        self.size = size
        self.begun = first
        self.acknowledged = first

    def run(self):
        """Counts what was begun and what the server said it has stored."""
        while True:
            self.begun += 1
            body = body_of(self.key, self.begun, self.size)
            try:
                answer = signed(self.server, "PUT", self.server.object_url(self.key), body=body)
            except (OSError, HTTPException):
                return
            assert answer.status == 200, answer.body
            self.acknowledged = self.begun


def leftovers(server):
    """Files in the store's temporary directory."""
    return [path for path in server.data.rglob("tmp/*") if path.is_file()]


@pytest.mark.parametrize("kind", SIZES)
def test_a_killed_server_has_every_acknowledged_object_whole(fresh, kind):
    size = SIZES[kind]
    chance = random.Random(f"countersign {kind}")
    server = fresh()
    versions = {f"key{number}": 0 for number in range(KEYS)}
    for key in versions:
        put(server, key, body_of(key, 0, size))
    for _ in range(KILLS):
        uploads = [Uploads(server, key, size, versions[key]) for key in versions]
        for upload in uploads:
            upload.start()
        time.sleep(chance.uniform(0.02, 0.5))
        server.kill()
        for upload in uploads:
            upload.join()
        server.start()
        assert sorted(keys(server)) == sorted(versions)
        for upload in uploads:
            answer = get(server, upload.key)
            assert answer.status == 200
            version = int(answer.body[:8])
            assert upload.acknowledged <= version <= upload.begun
            assert answer.body == body_of(upload.key, version, size)
            tag = hashlib.md5(answer.body).hexdigest()
            assert answer.headers["etag"] == f'"{tag}"'
            versions[upload.key] = version
    end = time.monotonic() + 10
    while leftovers(server) and time.monotonic() < end:
        time.sleep(0.2)
    assert leftovers(server) == []


def test_an_upload_that_breaks_off_leaves_no_file(fresh):
    server = fresh()
    for _ in range(5):
        headers = sign(server.key, "PUT", server.object_url("k"), {"content-length": "50000000"})
        lines = "".join(f"{n}: {v}\r\n" for n, v in headers.items())
        with connect(server.url) as sock:
            sock.sendall(f"PUT /examplebucket/k HTTP/1.1\r\n{lines}\r\n".encode() + b"x" * 3_000_000)
    end = time.monotonic() + 10
    while leftovers(server) and time.monotonic() < end:
        time.sleep(0.2)
    assert leftovers(server) == []
    assert get(server, "k").status == 404
