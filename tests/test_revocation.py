"""Revoking links while the server runs: threats D4, D7, D8, D10, D11, F1.

The command and the server are two processes that share the state. What is waited for has a generous bound; the
server promises a second.
"""

import json
import re
import threading
import time
from datetime import datetime, timedelta, timezone

import pytest

from harness.http import connect, request, send_body
from harness.objects import exists, make_bucket, put
from harness.server import BUCKET, countersign
from harness.signer import Key, amz_date, presign

PATIENCE_S = 30
REVOKED = (403, "AccessDenied", "This link has been revoked. Ask for a new one.")


def link_command(server, *arguments, stdin=None, check=True):
    """Runs `link` on the data of a server, and gives its report."""
    done = countersign(
        "--json", "link", "--data-dir", server.data, *arguments, stdin=stdin, check=check
    )
    return json.loads(done.stdout) if done.returncode == 0 else done


def key_of(server, user):
    """A new key of a user."""
    done = countersign("--json", "key", "--data-dir", server.data, "create", "--user", user)
    made = json.loads(done.stdout)
    return Key(made["access_key_id"], made["secret_access_key"])


def link(server, name, key=None, bucket=BUCKET, when=None, **restrictions):
    """A URL with restrictions, `uses=1` for `x-cs-uses=1`."""
    pairs = [f"x-cs-{k.replace('_', '-')}={v}" for k, v in restrictions.items()]
    url = server.object_url(name, bucket)
    return presign(key or server.key, "GET", url, query="&".join(pairs), when=when)


def fate(url):
    """Status, code and message of a download."""
    answer = request("GET", url)
    return answer.status, answer.code, answer.message


def is_served(url):
    """Whether a link works."""
    return fate(url) == (200, None, None)


def dies(url):
    """Waits until a link is refused as revoked."""
    end = time.monotonic() + PATIENCE_S
    while (found := fate(url)) != REVOKED:
        assert found == (200, None, None), found
        assert time.monotonic() < end, "not revoked yet"
        time.sleep(0.02)


def works(url):
    """Waits until a link is served."""
    end = time.monotonic() + PATIENCE_S
    while not is_served(url):
        assert time.monotonic() < end, fate(url)
        time.sleep(0.02)


def seconds_later(seconds):
    """An instant after now, for links that are signed later."""
    return datetime.now(timezone.utc) + timedelta(seconds=seconds)


def test_d8_one_link_is_revoked_by_its_url_and_others_go_on(fresh, name):
    server = fresh()
    put(server, name, b"x")
    url, other = link(server, name), link(server, name, subject="someone")
    assert is_served(url) and is_served(other)
    report = link_command(server, "revoke", url)
    assert report["kind"] == "link" and report["signed_until"] is None
    dies(url)
    assert is_served(other)


def test_f1_a_url_may_come_by_standard_input_and_no_output_holds_its_signature(fresh, name):
    server = fresh()
    put(server, name, b"x")
    url = link(server, name)
    signature = url.rpartition("=")[2]
    for arguments in (["show", "-"], ["revoke", "-"], ["show", "-"]):
        for form in ([], ["--json"]):
            done = countersign(*form, "link", "--data-dir", server.data, *arguments, stdin=url + "\n")
            assert done.returncode == 0 and signature not in done.stdout + done.stderr
    dies(url)
    damaged = url.replace("X-Amz-Date", "X-Amz-Dat")
    done = countersign("link", "--data-dir", server.data, "revoke", damaged, check=False)
    assert done.returncode == 2 and signature not in done.stdout + done.stderr
    assert signature.encode() not in server.output()


def test_the_query_of_a_url_and_the_id_of_a_link_will_do(fresh, name):
    server = fresh()
    put(server, name, b"x")
    one, two = link(server, name, subject="one"), link(server, name, subject="two")
    link_command(server, "revoke", one.partition("?")[2])
    dies(one)
    shown = link_command(server, "show", two)
    link_command(server, "revoke", shown["link"])
    dies(two)


def test_a_named_link_is_dead_whatever_url_carries_the_name(fresh, name):
    server = fresh()
    put(server, name, b"x")
    mallory = key_of(server, "mallory")
    urls = [link(server, name, id="invoice-7"), link(server, name, id="invoice-7", subject="bob")]
    foreign = link(server, name, key=mallory, id="invoice-7")
    works(foreign)
    link_command(server, "revoke", "--name", "invoice-7", "--user", "tester")
    for url in urls:
        dies(url)
    assert fate(link(server, name, id="invoice-7", when=seconds_later(5))) == REVOKED
    assert is_served(foreign), "another user's link of that name is another link"


def test_a_subject_loses_what_every_signer_handed_out(fresh, name):
    server = fresh()
    put(server, name, b"x")
    other_key = key_of(server, "other")
    mine = [link(server, name, subject="bob"), link(server, name, key=other_key, subject="bob")]
    carol = link(server, name, subject="carol")
    for url in [*mine, carol]:
        works(url)
    link_command(server, "revoke", "--subject", "bob")
    for url in mine:
        dies(url)
    assert is_served(carol)
    assert is_served(link(server, name, subject="bob", when=seconds_later(5)))


def test_a_key_and_a_user_lose_what_they_signed_and_sign_anew(fresh, name):
    server = fresh()
    put(server, name, b"x")
    first, second = key_of(server, "ann"), key_of(server, "ann")
    old = [link(server, name, key=key) for key in (first, second)]
    for url in old:
        works(url)
    link_command(server, "revoke", "--access-key", first.id)
    dies(old[0])
    assert is_served(old[1])
    link_command(server, "revoke", "--user", "ann")
    dies(old[1])
    assert is_served(link(server, name))


def test_a_signer_cannot_date_links_past_its_revocation(fresh, name):
    server = fresh()
    put(server, name, b"x")
    ann, ben = key_of(server, "ann"), key_of(server, "ben")
    ahead = {"when": seconds_later(280)}
    for key in (ann, ben):
        assert is_served(link(server, name, key=key, **ahead))
    link_command(server, "revoke", "--user", "ann")
    dies(link(server, name, key=ann, **ahead))
    # Unless it is said until when.
    link_command(server, "revoke", "--access-key", ben.id, "--signed-until", amz_date())
    dies(link(server, name, key=ben, when=seconds_later(-2)))
    assert is_served(link(server, name, key=ben, **ahead))


def test_everything_for_an_object_a_prefix_or_a_bucket_is_revoked_before_now(fresh, name):
    server = fresh()
    make_bucket(server, "otherbucket")
    names = [f"a/{name}", f"a/{name}.bak", f"b/{name}", f"c/{name}"]
    for each in names:
        put(server, each, b"x")
    put(server, name, b"x", bucket="otherbucket")
    urls = [link(server, each) for each in names]
    elsewhere = link(server, name, bucket="otherbucket")
    link_command(server, "revoke", "--object", f"s3://{BUCKET}/{names[0]}")
    dies(urls[0])
    assert all(map(is_served, urls[1:]))
    link_command(server, "revoke", "--prefix", f"s3://{BUCKET}/b/")
    dies(urls[2])
    assert is_served(urls[1]) and is_served(urls[3])
    link_command(server, "revoke", "--bucket", BUCKET)
    dies(urls[1])
    dies(urls[3])
    assert is_served(elsewhere)
    assert is_served(link(server, names[3], when=seconds_later(5)))


def test_an_instant_divides_old_links_from_new_ones(fresh, name):
    server = fresh()
    put(server, name, b"x")
    old, new = link(server, name, when=seconds_later(-60)), link(server, name)
    until = amz_date(seconds_later(-30))
    link_command(server, "revoke", "--bucket", BUCKET, "--signed-until", until)
    dies(old)
    assert is_served(new)


def test_d7_a_revocation_outlives_kill_9(fresh, name):
    server = fresh()
    put(server, name, b"x")
    url, other = link(server, name), link(server, name, subject="other")
    assert is_served(url)
    server.kill()
    link_command(server, "revoke", url)
    link_command(server, "revoke", "--subject", "other", "--end-transfers")
    server.listen = server.host
    server.start()
    assert fate(url) == REVOKED and fate(other) == REVOKED, "known before the first connection"


def test_d11_a_respelled_url_stays_dead(fresh, name):
    server = fresh()
    put(server, name, b"x")
    url = link(server, name, subject="bob")
    place, _, query = url.partition("?")
    items = query.split("&")
    respelled = [
        f"{place}?{'&'.join(reversed(items))}",
        f"{place}?{query.replace('X-Amz-', '%58-Amz-')}",
        f"{place}?{query.replace('%2F', '/')}",
        f"{place.replace(name, '%' + format(ord(name[0]), '02X') + name[1:])}?{query}",
    ]
    assert all(map(is_served, [url, *respelled]))
    link_command(server, "revoke", respelled[0])
    for each in [url, *respelled]:
        dies(each)


def test_d10_outsiders_are_told_nothing_about_which_links_there_are(fresh, name):
    server = fresh()
    put(server, name, b"x")
    known, revoked = link(server, name, id="known"), link(server, name, id="revoked")
    assert is_served(known)
    link_command(server, "revoke", revoked)
    dies(revoked)
    unknown = link(server, name, id="unknown")

    def shape(url):
        answer = request("GET", re.sub("Signature=.{4}", "Signature=0000", url))
        elements = re.findall(rb"<(\w+)>", answer.body)
        headers = sorted(set(answer.headers) - {"content-length"})
        return answer.status, answer.code, answer.message, elements, headers

    shapes = [shape(url) for url in (known, revoked, unknown)]
    assert shapes[0][:2] == (403, "SignatureDoesNotMatch")
    assert shapes[0] == shapes[1] == shapes[2]
    guessed = presign(Key(server.key.id, "guess"), "GET", server.object_url(name), query="x-cs-id=revoked")
    assert shape(guessed) == shapes[0]


class SlowDownload(threading.Thread):
    """Reads a little of a download, and the rest when it is told to."""

    def __init__(self, url):
        super().__init__(daemon=True)
        self.url = url
        self.bytes = 0
        self.began = threading.Event()
        self.go_on = threading.Event()

    def run(self):
        """The download."""
        host, _, path = self.url.partition("://")[2].partition("/")
        with connect(self.url) as sock:
            sock.sendall(f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            self.bytes += len(sock.recv(1000))
            self.began.set()
            self.go_on.wait(PATIENCE_S)
            try:
                while piece := sock.recv(1 << 20):
                    self.bytes += len(piece)
            except ConnectionResetError:
                pass


@pytest.mark.parametrize("end_transfers", [False, True])
def test_a_transfer_under_way_ends_only_if_that_was_asked_for(fresh, name, end_transfers):
    server = fresh()
    size = 48 << 20
    put(server, name, bytes(size))
    put(server, "small", b"x")
    watched = link(server, "small", subject="slow")
    slow = SlowDownload(link(server, name, subject="slow"))
    slow.start()
    assert slow.began.wait(PATIENCE_S)
    link_command(server, "revoke", "--subject", "slow", *(["--end-transfers"] if end_transfers else []))
    dies(watched)
    slow.go_on.set()
    slow.join(3 * PATIENCE_S)
    assert not slow.is_alive()
    assert (slow.bytes > size) != end_transfers, slow.bytes


def test_a_slowed_download_ends_without_what_was_read_already(fresh, name):
    server = fresh()
    size = 32 << 10
    put(server, name, bytes(size))
    put(server, "small", b"x")
    watched = link(server, "small", subject="slow")
    # It is in memory as a whole, and goes out in small pieces.
    slow = SlowDownload(link(server, name, subject="slow", rate=1024))
    slow.go_on.set()
    slow.start()
    assert slow.began.wait(PATIENCE_S)
    link_command(server, "revoke", "--subject", "slow", "--end-transfers")
    dies(watched)
    slow.join(3 * PATIENCE_S)
    assert not slow.is_alive()
    assert slow.bytes < size


def test_of_an_upload_that_is_ended_nothing_is_stored(fresh, name):
    server = fresh()
    put(server, "other", b"x")
    watched = link(server, "other", subject="slow")
    url = presign(server.key, "PUT", server.object_url(name), query="x-cs-subject=slow")
    host, _, path = url.partition("://")[2].partition("/")
    half = bytes(1 << 20)
    with connect(url) as sock:
        head = f"PUT /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {2 * len(half)}\r\n\r\n"
        sock.sendall(head.encode() + half)
        link_command(server, "revoke", "--subject", "slow", "--end-transfers")
        dies(watched)
        send_body(sock, half)
        assert b" 403 " in sock.recv(1000).partition(b"\r\n")[0]
    assert not exists(server, name)


def test_d4_a_used_up_link_is_given_its_uses_back(fresh, name):
    server = fresh()
    put(server, name, b"x" * 100)
    url = link(server, name, uses=1, bind="first")
    assert is_served(url)
    assert request("GET", url).element("Restriction") == "x-cs-uses"
    shown = link_command(server, "show", url)
    assert shown["uses"]["used"] == shown["uses"]["limit"] == 1
    assert shown["uses"]["network"] == "127.0.0.0/24"
    assert [row["link"] for row in link_command(server, "list", "--used-up")["links"]] == [shown["link"]]
    link_command(server, "rearm", "-", stdin=url)
    assert is_served(url)
    assert link_command(server, "show", url)["uses"]["used"] == 1


def test_what_is_revoked_is_listed_and_shown_with_the_entry_that_did_it(fresh, name):
    server = fresh()
    put(server, name, b"x")
    url = link(server, name, subject="bob")
    for target in (["--subject", "carol"], ["--subject", "bob"], ["--bucket", BUCKET]):
        link_command(server, "revoke", *target)
    listed = link_command(server, "revocations")["revocations"]
    assert [entry["kind"] for entry in listed] == ["bucket", "subject", "subject"]
    shown = link_command(server, "show", url)
    assert shown["revoked"] and [entry["serial"] for entry in shown["revocations"]] == [3, 2]
    page = link_command(server, "revocations", "--limit", "1")
    assert link_command(server, "revocations", "--before", page["next"])["revocations"] == listed[1:]


def test_a_mistyped_name_revokes_nothing_and_says_what_may_have_been_meant(fresh):
    server = fresh()
    done = countersign("link", "--data-dir", server.data, "revoke", "--bucket", BUCKET + "s", check=False)
    assert done.returncode == 4 and f"did you mean `{BUCKET}`?" in done.stderr
    done = countersign("link", "--data-dir", server.data, "revoke", "--user", "testr", check=False)
    assert done.returncode == 4 and "did you mean `tester`?" in done.stderr
    assert link_command(server, "revocations")["revocations"] == []
