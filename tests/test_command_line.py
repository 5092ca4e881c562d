"""The other commands of the binary: keys, presign, inspect, demo, and serve's own checks."""

import json
import time

import pytest

from harness.http import request
from harness.objects import get, put, signed
from harness.server import BUCKET, REGION, countersign
from harness.signer import Key, presign


def created(server, user="alice"):
    """A key made while the server runs."""
    done = countersign("--json", "key", "--data-dir", server.data, "create", "--user", user)
    key = json.loads(done.stdout)
    return Key(key["access_key_id"], key["secret_access_key"])


def key_command(server, *arguments, check=True):
    """Runs `key` on the data of a server."""
    return countersign("key", "--data-dir", server.data, *arguments, check=check)


def status_of(server, name, key):
    """The status and code that a key gets on an object."""
    answer = request("GET", presign(key, "GET", server.object_url(name)))
    return answer.status, answer.code


def within(seconds, expected, ask):
    """Waits for an answer, no longer than this."""
    end = time.monotonic() + seconds
    while (found := ask()) != expected:
        assert time.monotonic() < end, found
        time.sleep(0.02)


def test_a_new_key_works_at_once_and_a_disabled_one_stops_within_a_second(fresh, name):
    server = fresh()
    put(server, name, b"x")
    key = created(server)

    def ask():
        return status_of(server, name, key)

    within(1, (200, None), ask)
    key_command(server, "disable", key.id)
    within(1, (403, "InvalidAccessKeyId"), ask)
    key_command(server, "enable", key.id)
    within(1, (200, None), ask)
    key_command(server, "delete", key.id)
    within(1, (403, "InvalidAccessKeyId"), ask)


def test_keys_are_listed_without_their_secrets(fresh, name):
    server = fresh()
    key = created(server)
    put(server, name, b"x")
    listed = countersign("--json", "key", "--data-dir", server.data, "list").stdout
    rows = {row["access_key_id"]: row for row in json.loads(listed)["access_keys"]}
    assert rows[key.id]["user"] == "alice" and rows[key.id]["status"] == "active"
    assert rows[server.key.id]["user"] == "tester"
    assert rows[server.root.id]["user"] == "root"
    text = key_command(server, "list").stdout
    for secret in (key.secret, server.key.secret, server.root.secret):
        assert secret not in listed + text


def test_a_third_active_key_is_refused(fresh):
    server = fresh(bucket=False)
    created(server), created(server)
    done = key_command(server, "create", "--user", "alice", check=False)
    assert done.returncode != 0 and "error" in done.stderr


def test_a_secret_is_nowhere_in_the_data_directory(fresh, name):
    server = fresh()
    key = created(server)
    put(server, name, b"x")
    server.stop()
    files = [path for path in server.data.rglob("*") if path.is_file()]
    assert files
    for path in files:
        content = path.read_bytes()
        for secret in (key.secret, server.root.secret, server.key.secret):
            assert secret.encode() not in content, path


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "DELETE"])
def test_presign_makes_urls_that_the_server_accepts(s3, name, method):
    put(s3, name, b"x")
    done = countersign(
        "presign",
        f"s3://{BUCKET}/{name}",
        "--method",
        method,
        "--expires-in",
        300,
        "--region",
        REGION,
        "--endpoint-url",
        s3.url,
        environment={"AWS_ACCESS_KEY_ID": s3.key.id, "AWS_SECRET_ACCESS_KEY": s3.key.secret},
    )
    url = done.stdout.strip()
    assert done.stdout == url + "\n"
    answer = request(method, url, body=b"y" if method == "PUT" else None)
    assert answer.status == (204 if method == "DELETE" else 200), answer.body


def test_presign_tells_which_headers_to_send(s3, name):
    done = countersign(
        "--json",
        "presign",
        f"s3://{BUCKET}/{name}",
        "-X",
        "PUT",
        "-H",
        "content-type:image/png",
        "--expires-in",
        300,
        "--endpoint-url",
        s3.url,
        "--region",
        REGION,
        environment={"AWS_ACCESS_KEY_ID": s3.key.id, "AWS_SECRET_ACCESS_KEY": s3.key.secret},
    )
    made = json.loads(done.stdout)
    assert request("PUT", made["url"], {"content-type": "text/html"}, b"x").status == 403
    assert request("PUT", made["url"], {"content-type": "image/png"}, b"x").status == 200
    assert get(s3, name).headers["content-type"] == "image/png"


def test_inspect_tells_what_a_url_grants_and_not_its_signature(safe, name):
    url = presign(safe.key, "GET", safe.object_url(name), expires=600)
    signature = url.rpartition("=")[2]
    for form in ([], ["--json"]):
        for given, stdin in ((url, None), ("-", url + "\n")):
            done = countersign(*form, "inspect", given, check=False, stdin=stdin)
            said = done.stdout + done.stderr
            assert done.returncode in (0, 1), said
            assert safe.key.id in said and name in said and BUCKET in said
            assert signature not in said


def test_inspect_names_sigv2(safe):
    url = f"{safe.url}/{BUCKET}/k?AWSAccessKeyId=AKIDEXAMPLE&Signature=c2lnbmF0dXJl&Expires=1"
    done = countersign("inspect", url, check=False)
    said = done.stdout + done.stderr
    assert "SigV2" in said or "Signature Version 2" in said or "version 2" in said
    assert "c2lnbmF0dXJl" not in said


def test_the_demo_shows_a_download_and_three_refusals(tmp_path):
    done = countersign("demo", "--once", environment={"TMPDIR": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    for word in ("SignatureDoesNotMatch", "Request has expired", "900"):
        assert word in done.stdout, done.stdout
    assert list(tmp_path.iterdir()) == [], "the demo leaves nothing behind"


def test_a_mistake_in_the_configuration_is_told_with_its_line(tmp_path):
    config = tmp_path / "countersign.toml"
    config.write_text('listen = "127.0.0.1:0"\nprofil = "s3"\n')
    done = countersign("serve", "--check", "--config", config, check=False)
    assert done.returncode == 3
    assert "profil" in done.stderr and "profile" in done.stderr and "2" in done.stderr


def test_serve_check_shows_no_secret(fresh):
    server = fresh(bucket=False)
    done = countersign("serve", "--check", "--config", server.config)
    assert server.key.id in done.stdout
    assert server.key.secret not in done.stdout + done.stderr


def test_flags_win_over_environment_over_file(tmp_path):
    config = tmp_path / "countersign.toml"
    config.write_text('region = "eu-west-1"\nprofile = "s3"\n')

    def in_effect(*flags, **environment):
        done = countersign("--json", "serve", "--check", "--config", config, *flags, environment=environment)
        return json.loads(done.stdout)["config"]["region"]

    assert in_effect() == "eu-west-1"
    assert in_effect(COUNTERSIGN_REGION="eu-west-2") == "eu-west-2"
    assert in_effect("--region", "eu-west-3", COUNTERSIGN_REGION="eu-west-2") == "eu-west-3"


def test_a_declared_user_whose_secret_changes_signs_with_the_new_one(fresh, name):
    server = fresh()
    put(server, name, b"x")
    old = server.key
    server.stop()
    server.key = Key(old.id, "a-new-secret-for-the-same-key-0000000000")
    server.start()
    assert signed(server, "GET", server.object_url(name)).status == 200
    assert status_of(server, name, old) == (403, "SignatureDoesNotMatch")
