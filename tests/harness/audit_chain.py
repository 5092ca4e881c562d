"""A second implementation of the chain's check, written from docs/specs/audit.md and sharing nothing with the first."""

import hashlib
import json
import re

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ZERO = "0" * 64
RECORD = re.compile(
    rb'\A(\{"seq":([1-9][0-9]*),"prev":"([0-9a-f]{64})","(segment|event|gap|close)":(\{.*\}))'
    rb',"hash":"([0-9a-f]{64})"\}\Z'
)
SIGNED = re.compile(rb'\A(\{.*),"signature":"([0-9a-f]{128})"\}\Z')
PURPOSE = b"countersign-audit-digest-v1\n"


class Wrong(Exception):
    """What is wrong, and with which record (or digest)."""

    def __init__(self, what, number):
        super().__init__(f"{what} at {number}")
        self.what, self.number = what, number


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def read_digests(digests, public_key):
    """The digests as objects, in order, if each is signed and follows upon the one before."""
    key = Ed25519PublicKey.from_public_bytes(public_key)
    known = []
    for number, data in enumerate(digests, 1):
        match = SIGNED.match(data)
        if not match:
            raise Wrong("no digest", number)
        try:
            key.verify(bytes.fromhex(match[2].decode()), PURPOSE + match[1])
        except InvalidSignature:
            raise Wrong("digest signature", number) from None
        digest = json.loads(match[1] + b"}")
        before = known[-1] if known else {"to": 0, "head": ZERO, "number": 0}
        previous = sha256(digests[number - 2]) if known else ZERO
        follows = (
            digest["number"] == before["number"] + 1
            and digest["previous"] == previous
            and digest["from"] == before["to"] + 1
            and digest["prev"] == before["head"]
            and digest["key"] == sha256(public_key)
        )
        if not follows:
            raise Wrong("digest out of place", number)
        known.append(digest)
    return known


def verify(segments, digests, public_key):
    """Checks `segments` (pairs of name and bytes); gives the last record and the gaps."""
    covers = read_digests(digests, public_key)
    heads = {digest["to"]: digest["head"] for digest in covers}
    listed = {entry["name"]: entry for digest in covers for entry in digest["segments"]}
    seq, head, gaps, chain = 0, ZERO, [], None
    unexplained = None
    for index, (name, data) in enumerate(segments, 1):
        *lines, torn = data.split(b"\n")
        first, closed = seq + 1, False
        for at, line in enumerate(lines):
            match = RECORD.match(line)
            if not match:
                raise Wrong("no record", seq + 1)
            whole, number, prev, kind, body, own = match.groups()
            if sha256(whole) != own.decode():
                raise Wrong("hash", seq + 1)
            body = json.loads(body)
            if int(number) != seq + 1:
                raise Wrong("missing" if int(number) > seq + 1 else "out of place", seq + 1)
            if prev.decode() != head:
                raise Wrong("link", seq + 1)
            if closed or (kind == b"segment") != (at == 0):
                raise Wrong("order", seq + 1)
            if kind == b"segment":
                if body["number"] != index or chain not in (None, body["chain"]):
                    raise Wrong("segment", seq + 1)
                chain = body["chain"]
            crash = kind == b"gap" and body["cause"] == "crash"
            if at == 1 and unexplained is not None:
                told = (body.get("torn_bytes"), body.get("torn_sha256"))
                if not crash or told != unexplained:
                    raise Wrong("unexplained end", seq + 1)
            elif crash:
                raise Wrong("gap", seq + 1)
            if kind == b"gap":
                gaps.append((seq + 1, body["cause"]))
            closed = kind == b"close"
            seq, head = seq + 1, own.decode()
            if heads.get(seq, head) != head:
                raise Wrong("digest disagrees", seq)
        unexplained = None if closed and not torn else (len(torn), sha256(torn))
        if name in listed:
            wanted = {
                "name": name,
                "from": first,
                "to": seq,
                "bytes": len(data),
                "sha256": sha256(data),
            }
            if listed.pop(name) != wanted:
                raise Wrong("segment changed", seq)
    if unexplained not in (None, (0, sha256(b""))):
        raise Wrong("torn end", seq + 1)
    if listed or covers and covers[-1]["to"] > seq:
        raise Wrong("missing", seq + 1)
    return seq, gaps
