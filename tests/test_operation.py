"""Running the server: certificates, draining, health, metrics, logs."""

import socket
import ssl
import threading
import time

import pytest

from harness.certificates import make_tls, write_certificate
from harness.http import connect, request, trusting
from harness.objects import get, put
from harness.signer import presign


def certificate_of(server):
    """The certificate that a new connection is shown."""
    with connect(server.url, server.ca) as sock:
        return sock.getpeercert(binary_form=True)


def wait_until(condition, seconds=10):
    """Waits for something to come true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.05)


def test_a_new_certificate_is_served_without_a_restart(fresh, tmp_path, name):
    authority, tls = make_tls(tmp_path / "tls")
    server = fresh(tls=tls)
    put(server, name, b"x")
    first = certificate_of(server)
    with connect(server.url, server.ca) as old:
        write_certificate(authority, tls)
        wait_until(lambda: certificate_of(server) != first)
        # A connection that was open before goes on.
        target = presign(server.key, "GET", server.object_url(name)).removeprefix(server.url)
        old.sendall(f"GET {target} HTTP/1.1\r\nHost: {server.host}\r\n\r\n".encode())
        assert old.recv(12) == b"HTTP/1.1 200"
    assert get(server, name).body == b"x"


def test_a_broken_certificate_is_not_taken(fresh, tmp_path):
    authority, tls = make_tls(tmp_path / "tls")
    server = fresh(tls=tls)
    first = certificate_of(server)
    tls.certificate.write_text("-----BEGIN CERTIFICATE-----\nbroken\n")
    time.sleep(3)
    assert certificate_of(server) == first
    write_certificate(authority, tls)
    wait_until(lambda: certificate_of(server) != first)


def test_old_tls_is_refused(safe_tls):
    context = trusting(safe_tls.ca)
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    host, _, port = safe_tls.host.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as sock:
        with pytest.raises(OSError):
            context.wrap_socket(sock, server_hostname="localhost")


def test_http_2_is_spoken_where_the_client_asks_for_it(safe_tls):
    context = trusting(safe_tls.ca)
    context.set_alpn_protocols(["h2", "http/1.1"])
    host, _, port = safe_tls.host.partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as sock:
        with context.wrap_socket(sock, server_hostname="localhost") as tls:
            assert tls.selected_alpn_protocol() == "h2"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_running_download_is_finished_when_the_server_stops(fresh, tls, name, scheme):
    server = fresh(tls=tls if scheme == "https" else None)
    body = bytes(range(256)) * 128 * 1024
    put(server, name, body)
    url = presign(server.key, "GET", server.object_url(name))
    target = url.removeprefix(server.url)
    with connect(server.url, server.ca) as sock:
        sock.sendall(f"GET {target} HTTP/1.1\r\nHost: {server.host}\r\n\r\n".encode())
        received = sock.recv(1000)
        assert received.startswith(b"HTTP/1.1 200")
        codes = []
        stopping = threading.Thread(target=lambda: codes.append(server.stop()))
        stopping.start()
        wait_until(lambda: not accepts(server))
        length = len(received.partition(b"\r\n\r\n")[2])
        while piece := sock.recv(1 << 20):
            length += len(piece)
        assert length == len(body)
        stopping.join()
    assert codes == [0]


def accepts(server):
    """Whether the server takes new connections."""
    host, _, port = server.url.partition("://")[2].partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
        return True
    except OSError:
        return False


def test_an_idle_server_stops_at_once(fresh):
    server = fresh()
    with connect(server.url):
        begun = time.monotonic()
        assert server.stop() == 0
        # Far below the drain time: an idle connection is nothing to wait for.
        assert time.monotonic() - begun < 10


def test_objects_and_keys_survive_a_restart(fresh, name):
    server = fresh()
    put(server, name, b"kept", {"x-amz-meta-a": "b"})
    root = server.root
    server.stop()
    server.start()
    assert server.root == root, "keys are made and shown at the first start only"
    answer = get(server, name)
    assert (answer.body, answer.headers["x-amz-meta-a"]) == (b"kept", "b")


def test_two_servers_cannot_share_a_port(fresh, name):
    first = fresh()
    with pytest.raises(RuntimeError, match="listen"):
        fresh(listen=first.host)


def test_health_and_metrics_are_on_the_admin_port_only(safe, name):
    put(safe, name, b"x")
    assert request("GET", f"{safe.admin_url}/health").status == 200
    assert request("GET", f"{safe.admin_url}/ready").status == 200
    assert request("POST", f"{safe.admin_url}/metrics").status == 405
    assert request("GET", f"{safe.admin_url}/other").status == 404
    metrics = request("GET", f"{safe.admin_url}/metrics").body.decode()
    for family in ("requests_total", "responses_total", "sent_bytes_total", "open_connections"):
        assert f"# TYPE countersign_{family}" in metrics
    for path in ("/health", "/metrics"):
        assert request("GET", safe.url + path).status == 403


def test_what_is_counted_is_what_happened(fresh, name):
    server = fresh()
    put(server, name, b"x" * 1000)
    for _ in range(3):
        get(server, name)
    request("GET", server.object_url(name))
    metrics = request("GET", f"{server.admin_url}/metrics").body.decode()
    values = dict(line.rsplit(" ", 1) for line in metrics.splitlines() if line and line[0] != "#")
    assert values['countersign_requests_total{operation="PutObject"}'] == "1"
    assert values['countersign_requests_total{operation="GetObject"}'] == "4"
    assert values['countersign_refusals_total{code="AccessDenied"}'] == "1"
    assert int(values["countersign_sent_bytes_total"]) >= 3_000
    assert int(values["countersign_received_bytes_total"]) >= 1_000


def test_every_answer_carries_a_request_id_that_the_log_knows(fresh, name):
    server = fresh()
    answer = request("GET", server.object_url(name))
    request_id = answer.headers["x-amz-request-id"]
    assert answer.element("RequestId") == request_id
    server.stop()
    assert request_id.encode() in server.output()


def test_a_browser_may_ask_only_where_the_operator_says_so(fresh, name):
    tables = '[cors]\nallowed_origins = ["https://app.example"]\nallowed_headers = ["content-type"]\n'
    server = fresh(tables=tables)
    url = server.object_url(name)
    ask = {"origin": "https://app.example", "access-control-request-method": "PUT"}
    granted = request("OPTIONS", url, {**ask, "access-control-request-headers": "content-type"})
    assert granted.status == 200
    assert granted.headers["access-control-allow-origin"] == "https://app.example"
    for refused in (
        {**ask, "origin": "https://evil.example"},
        {**ask, "access-control-request-headers": "x-evil"},
    ):
        answer = request("OPTIONS", url, refused)
        assert answer.status == 403 and "access-control-allow-origin" not in answer.headers
    put(server, name, b"x")
    signed_url = presign(server.key, "GET", url)
    answer = request("GET", signed_url, {"origin": "https://app.example"})
    assert answer.headers["access-control-allow-origin"] == "https://app.example"
    answer = request("GET", signed_url, {"origin": "https://evil.example"})
    assert answer.status == 200 and "access-control-allow-origin" not in answer.headers


def test_an_upload_that_expects_continue_is_refused_before_it_is_sent(safe, name):
    def answer_to(url):
        target = url.removeprefix(safe.url)
        with connect(safe.url) as sock:
            head = f"PUT {target} HTTP/1.1\r\nHost: {safe.host}\r\nContent-Length: 5\r\n"
            sock.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
            first = sock.recv(65536)
            if b" 100 " in first:
                sock.sendall(b"hello")
                first += sock.recv(65536)
            return first

    good = presign(safe.key, "PUT", safe.object_url(name))
    assert answer_to(good).startswith(b"HTTP/1.1 100 ")
    assert get(safe, name).body == b"hello"
    assert answer_to(f"{good}0").startswith(b"HTTP/1.1 403 ")


def test_a_data_directory_is_for_its_owner_alone(safe):
    mode = safe.data.stat().st_mode & 0o777
    assert mode & 0o077 == 0, oct(mode)
    for secret in safe.data.glob("*key*"):
        assert secret.stat().st_mode & 0o077 == 0, secret
