"""Servers for the tests: one of each kind for the whole run, and a factory for special ones."""

import itertools
import uuid

import pytest

from harness.certificates import make_tls
from harness.objects import make_bucket
from harness.oidc import identity_provider
from harness.server import Server


@pytest.fixture(scope="session")
def tls(tmp_path_factory):
    """Certificate files and their CA."""
    return make_tls(tmp_path_factory.mktemp("tls"))[1]


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """Starts servers that live until the end of the run; each has a bucket."""
    started = []
    numbers = itertools.count()

    def start(**options):
        folder = tmp_path_factory.mktemp(f"server{next(numbers)}")
        server = Server(folder, **options).start()
        started.append(server)
        make_bucket(server)
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture(scope="session")
def safe(run):
    """Plain HTTP on loopback, safe profile."""
    return run()


@pytest.fixture(scope="session")
def safe_tls(run, tls):
    """HTTPS, safe profile."""
    return run(tls=tls)


@pytest.fixture(scope="session")
def s3(run):
    """Plain HTTP, profile s3."""
    return run(profile="s3")


@pytest.fixture(scope="session")
def s3_tls(run, tls):
    """HTTPS, profile s3."""
    return run(profile="s3", tls=tls)


@pytest.fixture(params=["http", "https"])
def either(request):
    """The safe server, over HTTP and over HTTPS."""
    return request.getfixturevalue({"http": "safe", "https": "safe_tls"}[request.param])


@pytest.fixture(params=["http", "https"])
def either_s3(request):
    """The s3-profile server, over HTTP and over HTTPS."""
    return request.getfixturevalue({"http": "s3", "https": "s3_tls"}[request.param])


@pytest.fixture
def fresh(tmp_path):
    """Starts servers that live for one test."""
    started = []

    def start(bucket=True, environment=None, **options):
        server = Server(tmp_path / f"server{len(started)}", **options)
        started.append(server)
        server.start(environment)
        if bucket:
            make_bucket(server)
        return server

    yield start
    for server in started:
        if server.process is not None:
            server.stop()


@pytest.fixture
def name():
    """A name that no other test uses."""
    return f"n{uuid.uuid4().hex[:12]}"


@pytest.fixture(scope="session")
def provider():
    """An OpenID Connect provider; tests that use it carry `harness.oidc.needs_provider`."""
    with identity_provider() as started:
        yield started
