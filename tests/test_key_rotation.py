"""Rotation of access keys under load, and what is shown meanwhile."""

import json
import threading
import time

from harness.boto import client_for
from harness import links
from harness.http import request
from harness.objects import put
from harness.roles import Roles, Session
from harness.server import BUCKET, countersign
from harness.signer import Key, presign

PATIENCE_S = 90
# Longer than callers wait in memory until they are noted.
QUIET_S = 6


def command(server, *words, check=True):
    """Runs a command on the data of a server, and gives its exit code and what it said."""
    first, *rest = words
    done = countersign("--json", first, "--data-dir", server.data, *rest, check=check)
    return done.returncode, json.loads(done.stdout or "null")


class Load:
    """Callers that go on until they are stopped, and what was refused to them."""

    def __init__(self):
        self.refused = []
        self.done = 0
        self.threads = []

    def run(self, call):
        """Goes on with a call until the event that comes back is set."""
        stop = threading.Event()

        def work():
            while not stop.is_set():
                try:
                    call()
                    self.done += 1
                except Exception as error:  # every kind of refusal counts
                    self.refused.append(repr(error))

        thread = threading.Thread(target=work)
        thread.start()
        self.threads.append((thread, stop))
        return lambda: (stop.set(), thread.join())

    def end(self):
        """Stops all of it."""
        for thread, stop in self.threads:
            stop.set()
            thread.join()


def test_h1_rotation_under_load_refuses_no_valid_request_and_ends_the_old_key(fresh):
    server = fresh()
    put(server, "report", b"content")
    _, made = command(server, "key", "create", "--user", "reader")
    old = Key(made["access_key_id"], made["secret_access_key"])

    def reader(key):
        client = client_for(server, key)
        return lambda: client.get_object(Bucket=BUCKET, Key="report")["Body"].read()

    def opener(key):
        url = presign(key, "GET", server.object_url("report"))

        def call():
            answer = request("GET", url)
            assert answer.status == 200, answer.body

        return call

    load = Load()
    try:
        old_users = [load.run(reader(old)), load.run(opener(old))]
        _, rotated = command(server, "key", "rotate", "reader")
        assert rotated["retiring_access_key_id"] == old.id
        new = Key(rotated["access_key_id"], rotated["secret_access_key"])
        load.run(reader(new))
        load.run(opener(new))

        # Who still uses the old key is shown, by what program and through which link.
        end = time.monotonic() + PATIENCE_S
        while True:
            _, shown = command(server, "key", "rotation", old.id)
            callers = shown["retiring"][0]["callers"]
            if any("oto" in one["agent"] for one in callers) and any("link" in one for one in callers):
                break
            assert time.monotonic() < end, shown
        assert shown["retiring"][0]["used_since"]
        assert all(one["network"] == "127.0.0.0/24" for one in callers)
        code, kept = command(server, "key", "rotate", "--finish", "reader", check=False)
        assert (code, kept["change"]) == (1, "kept")

        for stop in old_users:
            stop()
        for expected in ["disabled", "deleted"]:
            end = time.monotonic() + PATIENCE_S
            while True:
                finish = ["--finish", "--quiet-for", f"{QUIET_S}s", old.id]
                code, step = command(server, "key", "rotate", *finish, check=False)
                if code == 0:
                    break
                assert step["change"] == "kept" and time.monotonic() < end, step
                time.sleep(0.5)
            assert step["change"] == expected
        before = load.done
        while load.done < before + 20:
            assert not load.refused
            time.sleep(0.02)
    finally:
        load.end()
    assert load.refused == []
    # The server hears of it within a second, whatever the load has done meanwhile.
    url = presign(old, "GET", server.object_url("report"))
    end = time.monotonic() + PATIENCE_S
    while request("GET", url).status != 403:
        assert time.monotonic() < end, "the old key goes on working"
        time.sleep(0.02)
    _, keys = command(server, "key", "list", "--user", "reader")
    assert [key["access_key_id"] for key in keys["access_keys"]] == [new.id]


def test_an_expired_key_is_refused_and_says_so(fresh):
    server = fresh()
    put(server, "report", b"content")
    _, made = command(server, "key", "create", "--user", "reader", "--expires", "90d")
    assert made["expires_at"]
    key = Key(made["access_key_id"], made["secret_access_key"])
    url = presign(key, "GET", server.object_url("report"))
    assert request("GET", url).status == 200
    command(server, "key", "expire", key.id, "2026-01-01T00:00:00Z")

    def status():
        return request("GET", url).status

    def wait_for(expected):
        end = time.monotonic() + PATIENCE_S
        while status() != expected:
            assert time.monotonic() < end
            time.sleep(0.02)

    wait_for(403)
    assert b"expired" in request("GET", url).body
    command(server, "key", "expire", key.id, "--never")
    wait_for(200)


def test_b6_what_a_stolen_key_began_ends_by_the_command_that_disabling_it_names(fresh):
    server = fresh()
    put(server, "report", b"content")
    links.allow(server)
    world = Roles(server)
    session = Session.of(world.sts(server.key).get_session_token())
    made = links.link(server, "get", "report")
    shared = links.link(server, "get", "report", shape="share")

    def works():
        statuses = links.use(made).status, request("GET", shared["url"]).status
        try:
            world.s3(session).get_object(Bucket=BUCKET, Key="report")["Body"].read()
        except world.s3(session).exceptions.ClientError:
            return (*statuses, False)
        return (*statuses, True)

    assert works() == (200, 303, True)
    own = presign(server.key, "GET", server.object_url("report"))
    _, told = command(server, "key", "disable", server.key.id)
    end = time.monotonic() + PATIENCE_S
    while request("GET", own).status == 200:
        assert time.monotonic() < end
        time.sleep(0.02)
    assert works() == (200, 303, True)
    program, *arguments = told["sessions_end_with"].split()
    assert program == "countersign"
    countersign(*arguments, "--config", server.config)
    while works() != (403, 404, False):
        assert time.monotonic() < end, works()
        time.sleep(0.02)
    # Not only for the five minutes in which the issuer's sessions begin at one instant: the share itself is over.
    _, new = command(server, "key", "create", "--user", "tester")
    key = Key(new["access_key_id"], new["secret_access_key"])
    known = links.call(server, "GET", f"/v1/links/{shared['id']}", key=key)
    assert known.status == 200 and known.json["revoked"], known.body
