"""HTTP/2 requests, frame by frame (RFC 9113), for what no client library would send.

Header fields are written without compression (RFC 7541, section 6.2.2), and of the answer only the
body is read: an object, or the document of a refusal.
"""

import struct

from .http import connect

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS, GOAWAY = 0, 1, 3, 4, 7
END_STREAM, END_HEADERS = 1, 4


def frame(kind, flags, stream, payload):
    """A frame."""
    return struct.pack("!I", len(payload))[1:] + struct.pack("!BBI", kind, flags, stream) + payload


def integer(value, bits):
    """A number of HPACK with this many bits in its first byte, whose other bits are zero."""
    most = (1 << bits) - 1
    if value < most:
        return bytes([value])
    encoded, value = bytes([most]), value - most
    while value >= 128:
        encoded += bytes([value % 128 + 128])
        value //= 128
    return encoded + bytes([value])


def field(name, value):
    """A header field, neither compressed nor indexed."""
    return b"\0" + b"".join(integer(len(part), 7) + part for part in (name.encode(), value.encode()))


def body_of(url, fields):
    """Sends a GET with exactly these fields and gives the body of the answer; nothing if the
    server ends the stream or the connection instead."""
    with connect(url) as sock:
        block = b"".join(field(name, value) for name, value in fields)
        sock.sendall(
            PREFACE + frame(SETTINGS, 0, 0, b"") + frame(HEADERS, END_STREAM | END_HEADERS, 1, block)
        )
        stream = sock.makefile("rb")
        body = b""
        while len(head := stream.read(9)) == 9:
            length = int.from_bytes(head[:3], "big")
            kind, flags, number = struct.unpack("!BBI", head[3:])
            payload = stream.read(length)
            if kind in (RST_STREAM, GOAWAY):
                return None
            if kind == DATA:
                body += payload
            if number == 1 and flags & END_STREAM and kind in (DATA, HEADERS):
                return body
        return None


def held(url, fields, streams):
    """Sends so many GETs on one connection, takes nothing but the heads of their answers, and gives the connection,
    to be closed. The server may send 65,535 bytes of bodies in all before it must wait."""
    sock = connect(url)
    block = b"".join(field(name, value) for name, value in fields)
    numbers = range(1, 2 * streams, 2)
    requests = [frame(HEADERS, END_STREAM | END_HEADERS, number, block) for number in numbers]
    sock.sendall(PREFACE + frame(SETTINGS, 0, 0, b"") + b"".join(requests))
    stream = sock.makefile("rb")
    answered = set()
    while len(answered) < streams:
        head = stream.read(9)
        assert len(head) == 9, answered
        kind, _, number = struct.unpack("!BBI", head[3:])
        assert kind not in (RST_STREAM, GOAWAY), kind
        stream.read(int.from_bytes(head[:3], "big"))
        if kind == HEADERS:
            answered.add(number)
    return sock
