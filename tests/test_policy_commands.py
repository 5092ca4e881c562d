"""Users, groups and policies by the command line, while the server runs."""

import json
import time

import pytest

from harness.http import request
from harness.objects import put
from harness.server import BUCKET, countersign
from harness.signer import Key, presign

PATIENCE_S = 30
READ = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "OwnTeam",
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{BUCKET}/${{aws:PrincipalTag/team}}/*",
        }
    ],
}


def command(server, *words, check=True, stdin=None):
    """Runs a command on the data of a server."""
    first, *rest = words
    done = countersign("--json", first, "--data-dir", server.data, *rest, check=check, stdin=stdin)
    return json.loads(done.stdout) if check else done


def key_of(server, user):
    """A new key of a user."""
    made = command(server, "key", "create", "--user", user)
    return Key(made["access_key_id"], made["secret_access_key"])


def within(expected, ask):
    """Waits for an answer."""
    end = time.monotonic() + PATIENCE_S
    while (found := ask()) != expected:
        assert time.monotonic() < end, found
        time.sleep(0.02)


@pytest.fixture
def document(tmp_path):
    """Writes a document and gives its path."""

    def write(content):
        path = tmp_path / "policy.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1))
        return path

    return write


def test_a_user_may_do_what_its_policies_and_groups_say_from_then_on(fresh, name, document):
    server = fresh()
    put(server, f"red/{name}", b"x")
    command(server, "user", "create", "ann")
    key = key_of(server, "ann")

    def status(team):
        return request("GET", presign(key, "GET", server.object_url(f"{team}/{name}"))).status

    within(200, lambda: status("red"))
    command(server, "policy", "delete", "--user", "ann", "--name", "FullAccess")
    within(403, lambda: status("red"))
    command(server, "group", "create", "readers")
    command(server, "policy", "put", "--group", "readers", "--name", "Read", document(READ))
    command(server, "group", "add", "readers", "ann")
    command(server, "user", "tag", "ann", "team=red")
    within(200, lambda: status("red"))
    assert status("blue") == 403
    asked = ["policy", "simulate", "--user", "ann", "--action", "s3:GetObject", "--resource"]
    allowed = command(server, *asked, f"s3://{BUCKET}/red/{name}")
    assert (allowed["decision"], allowed["policy"], allowed["sid"]) == ("allow", "readers/Read", "OwnTeam")
    denied = command(server, *asked, f"s3://{BUCKET}/blue/{name}", check=False)
    assert denied.returncode == 1 and json.loads(denied.stdout)["decision"] == "implicit_deny"
    boundary = {**READ, "Statement": [{**READ["Statement"][0], "Action": "s3:PutObject"}]}
    command(server, "policy", "boundary", "set", "--user", "ann", "-", stdin=json.dumps(boundary))
    within(403, lambda: status("red"))
    command(server, "policy", "boundary", "remove", "--user", "ann")
    within(200, lambda: status("red"))
    command(server, "group", "remove", "readers", "ann")
    within(403, lambda: status("red"))


def test_a_bucket_policy_takes_part_in_a_simulation(fresh, name, document):
    server = fresh()
    deny = {
        "Version": "2012-10-17",
        "Statement": {
            "Sid": "TooOld",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": f"arn:aws:s3:::{BUCKET}/*",
            "Condition": {"NumericGreaterThan": {"s3:signatureAge": "600000"}},
        },
    }
    asked = ["policy", "simulate", "--user", "tester", "--action", "s3:GetObject"]
    asked += ["--resource", f"arn:aws:s3:::{BUCKET}/{name}", "--bucket-policy", document(deny)]
    old = command(server, *asked, "--context", "s3:signatureAge=600001", check=False)
    assert (old.returncode, json.loads(old.stdout)["sid"]) == (1, "TooOld")
    assert command(server, *asked, "--context", "s3:signatureAge=600000")["decision"] == "allow"


def test_a_refused_document_is_shown_with_the_place_and_not_stored(fresh, document):
    server = fresh(bucket=False)
    wrong = document(json.dumps(READ, indent=1).replace('"Effect"', '"Efect"'))
    done = countersign(
        "policy", "--data-dir", server.data, "put", "--user", "tester", "--name", "Read", wrong, check=False
    )
    assert done.returncode == 1 and "did you mean `Effect`?" in done.stderr
    error, line, caret = done.stderr.splitlines()
    assert line[caret.index("^") :].startswith('"Efect"') and "line 6" in error
    names = [row["name"] for row in command(server, "policy", "list", "--user", "tester")["policies"]]
    assert names == ["FullAccess"]
    checked = countersign("--json", "policy", "check", wrong, check=False)
    assert checked.returncode == 1 and json.loads(checked.stdout)["problem"]["line"] == 6
