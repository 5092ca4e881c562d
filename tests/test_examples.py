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


@needs_provider
def test_ci_jobs_hand_over_artifacts(tmp_path, provider):
    replaced = {
        "https://token.actions.githubusercontent.com": provider.issuer,
        "token.actions.githubusercontent.com": provider.name,
    }
    main = provider.job("repo:acme/site:ref:refs/heads/main", repository="acme/site")
    production = provider.job("repo:acme/site:environment:production", repository="acme/site")
    with reader_of("ci.md", tmp_path, replaced=replaced, environment=main) as reader:
        # A reader in the deploying job is told another identity by GitHub.
        into_deploy = "".join(f"export {name}='{value}'\n" for name, value in production.items())
        reader.replaced["export COUNTERSIGN_ROLE=arn:aws:iam::000000000000:role/deploy"] = (
            f"export COUNTERSIGN_ROLE=arn:aws:iam::000000000000:role/deploy\n{into_deploy}"
        )
        reader.follow()


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
