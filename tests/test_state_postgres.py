"""The state on PostgreSQL: three nodes, lost databases, a fail-over. Threats D1, D2, D6, D7, L7."""

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

import pytest

from harness.nodes import Nodes
from harness.postgres import Postgres, is_left_out, wait_for
from harness.server import countersign

pytestmark = pytest.mark.skipif(is_left_out(), reason="this run does without PostgreSQL")

STALE = '[revocation]\nmax_staleness = "1s"\n'


@pytest.fixture(scope="module")
def database():
    """A server that loses nothing, for the tests that do not hurt it."""
    server = Postgres().start()
    yield server
    server.remove()


@pytest.fixture
def fragile():
    """A server that a test may kill."""
    server = Postgres().start()
    yield server
    server.remove()


@pytest.fixture
def nodes(tmp_path):
    """Starts nodes that live for one test."""
    started = []

    def start(url, **options):
        group = Nodes(tmp_path / "nodes", url, **options)
        started.append(group)
        return group.start()

    yield start
    for group in started:
        group.stop()


@pytest.fixture
def three(database, nodes, name):
    """Three nodes on a database of their own."""
    database.create_database(name)
    return nodes(database.url(name), tables=STALE)


@contextmanager
def going_on(action, workers=8):
    """Does something over and over on many threads, each time with another number, until the block ends."""
    is_over = threading.Event()
    numbers = itertools.count()

    def work():
        while not is_over.is_set():
            action(next(numbers))

    with ThreadPoolExecutor(workers) as pool:
        running = [pool.submit(work) for _ in range(workers)]
        try:
            yield
        finally:
            is_over.set()
    for worker in running:
        worker.result()


def is_spent(answer):
    """Whether a link was refused because it has no use left."""
    return (answer.status, answer.element("Restriction")) == (403, "x-cs-uses")


def client(number):
    """An address of a network of its own."""
    return f"10.{number // 256 % 256}.{number % 256}.1"


def ask(nodes, number, url):
    """The status of a request from a network of its own; who is refused for now takes a breath."""
    status = nodes.fetch(number, url, client(number)).status
    if status == 503:
        time.sleep(0.05)
    return status


def test_d1_a_thousand_requests_over_three_nodes_redeem_exactly_the_uses_there_are(three, name):
    three.put(name, b"x" * 1000)
    url = three.link(name, uses=37)
    with ThreadPoolExecutor(64) as pool:
        answers = list(pool.map(lambda n: three.fetch(n, url, client(n)), range(1000)))
    served = [answer for answer in answers if answer.status == 200]
    assert len(served) == 37
    assert all(answer.body == b"x" * 1000 for answer in served)
    assert all(is_spent(answer) for answer in answers if answer.status != 200)


def test_a_session_goes_on_whichever_node_it_meets(three, name):
    three.put(name, b"x" * 1000)
    url = three.link(name, uses=1, bind="first")
    parts = [three.fetch(n, url, range=f"bytes={n * 500}-{n * 500 + 499}") for n in range(2)]
    assert [part.status for part in parts] == [206, 206]
    assert is_spent(three.fetch(2, url))
    assert three.fetch(0, url, "203.0.113.1").element("Restriction") == "x-cs-bind"


def test_what_one_node_learns_all_know(three, name):
    three.put(name, b"x")
    node = three.servers[1]
    place = ["--config", node.config]
    made = countersign("key", *place, "create", "--user", "tester", "--json").stdout
    assert "secret_access_key" in made
    url = three.link(name)
    assert [three.fetch(n, url).status for n in range(3)] == [200] * 3
    countersign("key", *place, "disable", three.first.key.id)
    for number in range(3):
        wait_for(lambda: three.fetch(number, url).status == 403)


def test_d8_what_is_revoked_on_one_node_is_refused_by_all(three, name):
    three.put(name, b"x")
    for number in range(3):
        one, other = three.link(name, id=f"{name}-{number}"), three.link(name)
        assert [three.fetch(n, one).status for n in range(3)] == [200] * 3
        countersign("link", "--config", three.servers[number].config, "revoke", one)
        for node in range(3):
            wait_for(lambda: three.fetch(node, one).status == 403)
            assert three.fetch(node, other).status == 200


def test_d7_a_restarted_node_knows_what_was_spent(three, name):
    three.put(name, b"x")
    url = three.link(name, uses=1)
    assert three.fetch(0, url).status == 200
    for server in three.servers[:2]:
        server.kill()
        server.start()
    assert [is_spent(three.fetch(n, url, "203.0.113.1")) for n in range(3)] == [True] * 3


def test_d2_l7_nodes_that_lost_their_database_refuse_links_and_come_back(fragile, nodes, name):
    group = nodes(fragile.url(), tables=STALE)
    group.put(name, b"x")
    plain, counted = group.link(name), group.link(name, uses=2)
    assert [group.fetch(n, plain).status for n in range(3)] == [200] * 3
    assert group.fetch(0, counted).status == 200
    fragile.kill()
    for number in range(3):
        # Nobody guesses whether a use is left, and soon nobody guesses what was revoked.
        assert group.fetch(number, counted, client(number)).status == 503
        wait_for(lambda: group.fetch(number, plain).status == 503)
    fragile.start()
    for number in range(3):
        wait_for(lambda: group.fetch(number, plain).status == 200)
    answers = [group.fetch(n, counted, client(n)) for n in range(3)]
    assert [answer.status for answer in answers] == [200, 403, 403]
    assert all(is_spent(answer) for answer in answers[1:])


def test_d6_no_use_is_given_twice_however_often_the_database_dies(fragile, nodes, name):
    group = nodes(fragile.url(), tables=STALE)
    group.put(name, b"x")
    limit = 150
    url = group.link(name, uses=limit)
    statuses = []

    def ask_once(number):
        statuses.append(ask(group, number, url))

    with going_on(ask_once):
        for round in range(1, 4):
            wait_for(lambda: statuses.count(200) > 15 * round or 403 in statuses)
            fragile.kill()
            fragile.start()
        wait_for(lambda: 403 in statuses)
    assert set(statuses) <= {200, 403, 503}
    assert 45 < statuses.count(200) <= limit
    assert is_spent(group.fetch(1, url, "203.0.113.1"))


def test_d7_a_fail_over_loses_nothing_that_was_acknowledged(fragile, nodes, name):
    replica = fragile.replica()
    try:
        group = nodes(fragile.url("postgres", replica), tables=STALE)
        group.put(name, b"x")
        plain = group.link(name)
        links = [group.link(name, uses=1, id=f"{name}-{n}") for n in range(20_000)]
        served, revoked = [], []

        def spend(number):
            if ask(group, number, links[number % len(links)]) == 200:
                served.append(number)

        def revoke(number):
            place = ["--config", group.servers[number % 3].config]
            subject = f"subject-{number}"
            done = countersign("link", *place, "revoke", "--subject", subject, check=False)
            if done.returncode == 0:
                revoked.append(subject)

        with going_on(spend), going_on(revoke, workers=2):
            wait_for(lambda: len(served) > 100 and len(revoked) > 5)
            fragile.kill()
            replica.promote()
            before = len(served), len(revoked)
            wait_for(lambda: len(served) > before[0] + 100 and len(revoked) > before[1] + 5)
        wait_for(lambda: group.fetch(0, plain).status == 200)
        with ThreadPoolExecutor(16) as pool:
            again = pool.map(lambda n: group.fetch(n + 1, links[n], "203.0.113.1"), served)
            assert all(is_spent(answer) for answer in again)
        # What was revoked is what had been signed by then.
        past = datetime.now(timezone.utc) - timedelta(seconds=90)
        for subject in revoked:
            url = group.link(name, when=past, subject=subject)
            for number in range(3):
                wait_for(lambda: group.fetch(number, url).status == 403)
        assert group.fetch(0, group.link(name, when=past, subject="another")).status == 200
    finally:
        replica.remove()


def test_commits_wait_for_the_replica_and_a_node_says_so_in_time(fragile, nodes, name):
    replica = fragile.replica()
    try:
        group = nodes(fragile.url("postgres", replica), count=1, tables=STALE)
        group.put(name, b"x")
        assert group.fetch(0, group.link(name, uses=1)).status == 200
        replica.kill()
        # The use may have been counted on one machine alone, so it is not given out.
        with ThreadPoolExecutor(8) as pool:
            links = [group.link(name, uses=1, id=f"{name}{n}") for n in range(8)] * 2
            answers = pool.map(lambda link: group.fetch(0, link), links)
            assert {answer.status for answer in answers} == {503}
        # Who counts nothing goes on, and those that wait do not become more and more.
        assert group.fetch(0, group.link(name)).status == 200
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        assert 1 <= int(fragile.execute(waiting)) <= 4
        replica.start()
        wait_for(lambda: group.fetch(0, group.link(name, uses=1, id=f"{name}-2")).status == 200)
    finally:
        replica.remove()
