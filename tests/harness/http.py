"""Sending requests: politely, or as raw bytes."""

import http.client
import re
import socket
import ssl
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.sax.saxutils import unescape

TIMEOUT_S = 20


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict
    body: bytes = field(repr=False)

    def element(self, name):
        """The text of an element of an XML body."""
        found = re.search(rb"<%s>(.*?)</%s>" % (name.encode(), name.encode()), self.body, re.S)
        return unescape(found[1].decode(), {"&quot;": '"'}) if found else None

    @property
    def code(self):
        """The code of an error document."""
        return self.element("Code")

    @property
    def message(self):
        """The message of an error document."""
        return self.element("Message")


def trusting(ca):
    """A TLS context that trusts this CA file, or nothing if there is none."""
    return ssl.create_default_context(cafile=str(ca)) if ca else None


def request(method, url, headers=None, body=None, ca=None):
    """Sends exactly these headers (and `Host`, and the body's length) and reads the answer."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(
            parts.hostname, parts.port, timeout=TIMEOUT_S, context=trusting(ca)
        )
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=TIMEOUT_S)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {name.lower(): value for name, value in (headers or {}).items()}
    try:
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", headers.pop("host", parts.netloc))
        for name, value in headers.items():
            connection.putheader(name, value)
        if body is not None and "content-length" not in headers:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        if body:
            send_body(connection.sock, body)
        response = connection.getresponse()
        lower = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, lower, response.read())
    finally:
        connection.close()


def send_body(sock, body):
    """Sends a body; a server that has answered already need not take the rest."""
    try:
        sock.sendall(body)
    except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError):
        pass


def connect(url, ca=None):
    """A socket to the server."""
    parts = urlsplit(url)
    sock = socket.create_connection((parts.hostname, parts.port), timeout=TIMEOUT_S)
    if parts.scheme == "https":
        sock = trusting(ca).wrap_socket(sock, server_hostname=parts.hostname)
    return sock


def raw(url, data, ca=None):
    """Sends bytes and reads until the server closes; `None` for the body of silence.

    Gives all bytes received and whether the server closed the connection within two seconds of its
    last byte.
    """
    received = b""
    with connect(url, ca) as sock:
        sock.settimeout(2)
        send_body(sock, data)
        try:
            while piece := sock.recv(65536):
                received += piece
            return received, True
        except (TimeoutError, ssl.SSLError):
            return received, False
        except ConnectionResetError:
            return received, True


def statuses(received):
    """The status codes of all answers in a stream of bytes."""
    return [int(code) for code in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]


def metric(server, name):
    """The value of a metric without labels."""
    text = request("GET", f"{server.admin_url}/metrics").body.decode()
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} "))
