"""The API answers as its document says, whatever is sent: calls made up from docs/openapi.json by schemathesis."""

from urllib.parse import urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from requests.auth import AuthBase
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from harness.links import SERVICE, allow
from harness.server import REGION, ROOT
from harness.signer import sign

schema = schemathesis.openapi.from_path(str(ROOT / "docs/openapi.json"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


@pytest.fixture(scope="session")
def issuing(run):
    """A server whose user may have links made."""
    server = run()
    allow(server)
    return server


class Signed(AuthBase):
    """Signs what is sent, with the host and the body alone: whatever else is made up may be sent as it is."""

    def __init__(self, key):
        self.key = key

    def __call__(self, asked):
        import hashlib

        body = asked.body or b""
        body = body if isinstance(body, bytes) else body.encode()
        headers = {"host": urlsplit(asked.url).netloc}
        digest = hashlib.sha256(body).hexdigest()
        asked.headers.update(
            sign(self.key, asked.method, asked.url, headers, digest, region=REGION, service=SERVICE)
        )
        return asked


@schema.parametrize()
@settings(
    max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
def test_the_api_keeps_its_word(case, issuing):
    response = case.call(base_url=issuing.admin_url, auth=Signed(issuing.key))
    case.validate_response(response, checks=CHECKS)
