"""The guides of the four uses, followed as they stand, with the examples that they are about."""

import shutil
import subprocess
import sys
from subprocess import PIPE

import pytest

from harness.guide import blocks, reader_of
from harness.http import request
from harness.oidc import needs_provider
from harness.programs import AWS, needs
from harness.server import ROOT, clean_environment, free_address

pytestmark = [
    needs("bash", "curl", "node"),
    pytest.mark.skipif(not AWS.exists() and shutil.which("aws") is None, reason="not installed: aws"),
]


def test_a_web_application_hands_out_downloads(tmp_path):
    with reader_of("download.md", tmp_path) as reader:
        reader.follow()


def test_a_web_application_takes_uploads(tmp_path):
    with reader_of("upload.md", tmp_path) as reader:
        reader.follow()


def test_a_partner_gets_a_share(tmp_path):
    with reader_of("share.md", tmp_path) as reader:
        reader.follow()


MAIN = "repo:acme/site:ref:refs/heads/main"
PRODUCTION = "repo:acme/site:environment:production"


def in_place_of_github(provider):
    """What a reader writes who has another provider than GitHub."""
    return {
        "https://token.actions.githubusercontent.com": provider.issuer,
        "token.actions.githubusercontent.com": provider.name,
    }


@needs_provider
def test_ci_jobs_hand_over_artifacts(tmp_path, provider):
    # A reader in the deploying job is told another identity.
    deploy = "export COUNTERSIGN_ROLE=arn:aws:iam::000000000000:role/deploy"
    into_job = "".join(f"\nexport {name}='{value}'" for name, value in provider.job(PRODUCTION).items())
    replaced = {**in_place_of_github(provider), deploy: deploy + into_job}
    with reader_of("ci.md", tmp_path, replaced=replaced, environment=provider.job(MAIN)) as reader:
        reader.follow()


@needs_provider
def test_what_ci_jobs_may_do_can_be_declared_in_files(tmp_path, provider):
    replaced = in_place_of_github(provider)
    with reader_of("ci.md", tmp_path, replaced=replaced, environment=provider.job(MAIN)) as reader:
        for block in blocks("ci.md"):
            if block.file:
                reader.write(block)
        copied = reader.told("cp ~/countersign/examples/ci/artifact.py .")
        reader.run(f"mkdir policies; mv artifacts-*.json policies; {copied}")
        reader.serve("countersign serve --config countersign.toml")
        reader.stop_serving("app")
        reader.serve("countersign serve --config countersign.toml")
        reader.run(reader.told("export AWS_ACCESS_KEY_ID=AKIA…  # of app, as printed\nexport AWS_SECRET_ACCESS_KEY=…"))
        reader.run(reader.told("aws --endpoint-url http://127.0.0.1:9000 s3 mb s3://artifacts; echo hello > a"))
        role = "COUNTERSIGN_ROLE=arn:aws:iam::000000000000:role"
        printed, status = reader.run(f"{role}/build python artifact.py up a builds/1/a")
        assert status == 0, printed
        assert "answers 403" in reader.run(f"{role}/deploy python artifact.py down builds/1/a b")[0]


@pytest.mark.parametrize("page", ["download.md", "upload.md", "share.md", "ci.md"])
def test_a_guide_shows_what_its_steps_do(page):
    steps = blocks(page)
    assert sum(step.shown is not None for step in steps) >= 5
    assert any(step.text.startswith("countersign serve") for step in steps)


def test_users_learn_nothing_of_an_issuer_that_does_not_answer(tmp_path):
    environment = {
        **clean_environment(),
        "COUNTERSIGN_ISSUER": f"http://{free_address()}",
        "APP_LISTEN": "127.0.0.1:0",
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "only-for-tests",
    }
    command = [sys.executable, ROOT / "examples/download/app.py"]
    with subprocess.Popen(command, env=environment, stdout=PIPE, stderr=PIPE, cwd=tmp_path, text=True) as app:
        try:
            url = app.stdout.readline().strip()
            form = {"content-type": "application/x-www-form-urlencoded"}
            login = request("POST", f"{url}/login", form, b"name=zoe&password=only-for-trying-out")
            cookie = {"cookie": login.headers["set-cookie"].partition(";")[0]}
            answer = request("GET", f"{url}/files/1", cookie)
            assert (answer.status, answer.body) == (502, b"the file cannot be had at the moment\n")
            assert request("GET", f"{url}/files/1").status == 401
            wrong = request("POST", f"{url}/login", form, b"name=zoe&password=wrong")
            assert wrong.status == 403 and "set-cookie" not in wrong.headers
            assert request("GET", f"{url}/files/2", cookie).body == request("GET", f"{url}/files/9", cookie).body
        finally:
            app.terminate()
        assert "no link to file 1 for zoe" in app.stderr.read()
