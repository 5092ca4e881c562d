"""Roles, policies and providers that live in files, on both engines, and the commands that manage them."""

import json

import pytest

from harness.postgres import Postgres, is_left_out
from harness.server import Server, countersign

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::000000000000:root"},
            "Action": "sts:AssumeRole",
        }
    ],
}
READ = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}],
}
TABLES = """
[[role]]
name = "deploy"
trust_policy_file = "trust.json"
policies = ["Read", "AmazonS3ReadOnlyAccess"]
max_session = "2h"

[[oidc_provider]]
issuer = "https://token.example.com"
audiences = ["countersign"]
"""


@pytest.fixture(params=["sqlite", "postgres"])
def state(request, name):
    """The settings of a state, on each engine."""
    if request.param == "sqlite":
        yield ""
        return
    if is_left_out():
        pytest.skip("this run does without PostgreSQL")
    server = Postgres().start()
    server.create_database(name)
    yield f'[state]\nurl = "{server.url(name)}"\n'
    server.remove()


def files(folder):
    """Writes the files that are declared."""
    (folder / "policies").mkdir(parents=True)
    (folder / "trust.json").write_text(json.dumps(TRUST, indent=1))
    (folder / "policies" / "Read.json").write_text(json.dumps(READ, indent=1))


def command(server, *words, check=True, stdin=None):
    """Runs a command on the state of a server."""
    first, *rest = words
    done = countersign(
        "--json", first, "--config", server.config, *rest, check=check, stdin=stdin
    )
    return json.loads(done.stdout) if check else done


def test_what_is_declared_in_files_is_there_and_goes_with_them(tmp_path, state):
    folder = tmp_path / "server"
    files(folder)
    server = Server(folder, tables=state + TABLES).start()
    try:
        role = command(server, "role", "show", "deploy")
        assert (role["kept_in"], role["max_session_s"]) == ("configuration", 7200)
        assert role["trust_policy"] == TRUST
        assert [policy["name"] for policy in role["policies"]] == ["AmazonS3ReadOnlyAccess", "Read"]
        providers = command(server, "provider", "list")["providers"]
        assert providers[0]["issuer"] == "https://token.example.com"
        refused = command(server, "role", "delete", "deploy", check=False)
        assert refused.returncode == 4 and "declared in the configuration" in refused.stderr
    finally:
        server.stop()

    # The same files again change nothing: the role is the same.
    server.start()
    assert command(server, "role", "show", "deploy")["unique_id"] == role["unique_id"]
    server.stop()

    (folder / "policies" / "Read.json").unlink()
    server.tables = state
    server.start()
    assert command(server, "role", "list")["roles"] == []
    assert command(server, "provider", "list")["providers"] == []
    server.stop()


def test_a_wrong_document_stops_the_start_with_file_line_and_column(tmp_path):
    folder = tmp_path / "server"
    files(folder)
    wrong = json.dumps(READ, indent=1).replace("s3:GetObject", "s3:GetObjekt")
    (folder / "policies" / "Read.json").write_text(wrong)
    with pytest.raises(RuntimeError) as refused:
        Server(folder, tables=TABLES).start()
    assert "Read.json:" in str(refused.value)
    assert "GetObjekt" in str(refused.value)


def test_roles_providers_and_managed_policies_are_kept_by_commands(tmp_path, state):
    server = Server(tmp_path / "server", tables=state).start()
    try:
        trust = tmp_path / "trust.json"
        trust.write_text(json.dumps(TRUST))
        read = tmp_path / "read.json"
        read.write_text(json.dumps(READ))
        command(server, "role", "create", "ci", "--trust", trust, "--max-session", "3h")
        stored = command(server, "policy", "managed", "create", "Read", read)
        assert stored["arn"] == "arn:aws:iam::000000000000:policy/Read"
        command(server, "policy", "attach", "Read", "--role", "ci")
        again = command(server, "policy", "managed", "update", "Read", read)
        assert again["version"] == "v2"
        versions = command(server, "policy", "managed", "versions", "Read")["versions"]
        assert [one["in_force"] for one in versions] == [True, False]
        command(server, "policy", "managed", "default", "Read", "v1")
        shown = command(server, "role", "show", "ci")
        assert (shown["max_session_s"], shown["policies"][0]["name"]) == (10800, "Read")
        attached = command(server, "policy", "managed", "delete", "Read", check=False)
        assert attached.returncode == 4 and "attached" in attached.stderr
        kept = command(server, "role", "delete", "ci", check=False)
        assert kept.returncode == 4 and "attached policies" in kept.stderr
        command(server, "session", "revoke", "role", "ci")
        command(server, "policy", "detach", "Read", "--role", "ci")
        command(server, "role", "delete", "ci")
        command(server, "policy", "managed", "delete", "Read")
        issuer = "https://token.example.com"
        # Some providers, such as Auth0, call themselves so; they are registered without.
        command(server, "provider", "add", f"{issuer}/", "--audience", "a", "--audience", "b")
        assert command(server, "provider", "list")["providers"][0]["issuer"] == issuer
        assert command(server, "provider", "list")["providers"][0]["audiences"] == ["a", "b"]
        command(server, "provider", "remove", f"{issuer}/")
        missing = command(server, "role", "show", "c", check=False)
        assert missing.returncode == 4

        command(server, "user", "create", "ann")
        command(server, "key", "create", "--user", "ann")
        holds = command(server, "user", "delete", "ann", check=False)
        assert holds.returncode == 4 and "access keys" in holds.stderr
        command(server, "user", "delete", "ann", "--force")
        users = command(server, "user", "list")["users"]
        assert "ann" not in json.dumps(users)
    finally:
        server.stop()
