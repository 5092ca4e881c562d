"""A real OpenID Connect provider (oidc-provider, a process of its own), and tokens of it.

    with identity_provider() as provider:
        token = provider.mint("repo:acme/site:ref:refs/heads/main", "countersign", repository="acme/site")

A fixture of that name, for a whole run, is in conftest.py. Tokens are got from the token endpoint, with the secret
of a client, as jobs and services get theirs.
"""

import base64
import json
import shutil
import subprocess
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest

from .http import request
from .server import ROOT, clean_environment

PROGRAM = ROOT / "tests/js/harness/provider.js"
INSTALLED = ROOT / "tests/js/node_modules/oidc-provider"
STOP_S = 10

needs_provider = pytest.mark.skipif(
    shutil.which("node") is None or not INSTALLED.exists(),
    reason="not installed: node, and the packages of tests/js (npm ci)",
)


class IdentityProvider:
    """A provider that runs: its issuer, and what it can be asked for."""

    def __init__(self, process):
        self.process = process
        report = json.loads(process.stdout.readline())
        self.issuer = report["issuer"]
        self.client_id = report["client_id"]
        self.client_secret = report["client_secret"]

    @property
    def name(self):
        """The issuer without its scheme, as it stands in the provider's ARN and in condition keys."""
        return self.issuer.partition("://")[2]

    @property
    def arn(self):
        """The provider's ARN on a server where it is registered."""
        return f"arn:aws:iam::000000000000:oidc-provider/{self.name}"

    def mint(self, subject, audience, typ=None, algorithm=None, **claims):
        """A token about `subject` for `audience`; `claims` add to its claims or take their place.

        `typ` is `JWT` unless `at+jwt` or another is wanted, `algorithm` RS256 or ES256.
        """
        form = {"grant_type": "client_credentials", "subject": subject, "claims": json.dumps(claims)}
        if isinstance(audience, str):
            form["audience"] = audience
        else:
            form["claims"] = json.dumps({"aud": audience, **claims})
        form |= {"typ": typ} if typ else {}
        form |= {"algorithm": algorithm} if algorithm else {}
        secret = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        headers = {
            "authorization": f"Basic {secret}",
            "content-type": "application/x-www-form-urlencoded",
        }
        answer = request("POST", f"{self.issuer}/token", headers, urlencode(form).encode())
        assert answer.status == 200, answer.body
        return json.loads(answer.body)["access_token"]

    def job(self, subject, **claims):
        """The environment of a job on GitHub Actions that may ask who it is."""
        query = urlencode({"subject": subject, "claims": json.dumps(claims)})
        return {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self.issuer}/actions/token?{query}",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": self.client_secret,
        }

    def rotate(self, keep=False):
        """Makes new signing keys; with `keep`, the old ones are published still."""
        body = json.dumps({"keep": keep}).encode()
        answer = request("POST", f"{self.issuer}/control/rotate", body=body)
        assert answer.status == 204, answer.body

    def fetched(self):
        """How often each path was asked for, by path."""
        return json.loads(request("GET", f"{self.issuer}/control/fetched").body)

    def stop(self):
        """Ends the process, as closing its input asks it to."""
        self.process.stdin.close()
        try:
            self.process.wait(STOP_S)
        finally:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()


@contextmanager
def identity_provider():
    """Runs a provider on a free port."""
    process = subprocess.Popen(
        ["node", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=clean_environment(),
    )
    provider = IdentityProvider(process)
    try:
        yield provider
    finally:
        provider.stop()
