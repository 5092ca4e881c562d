"""CloudTrail's log files as AWS describes their check, and a bucket to show them to AWS's own tool."""

import gzip
import hashlib
import json
import threading
from base64 import b64decode
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

ALGORITHM_RSA = bytes.fromhex("300d06092a864886f70d0101010500")


def der(tag, content):
    """One element of DER."""
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def load_pkcs1(data):
    """An RSA public key as `ListPublicKeys` has it: PKCS #1, here wrapped into a SubjectPublicKeyInfo."""
    return load_der_public_key(der(0x30, ALGORITHM_RSA + der(0x03, b"\0" + data)))


class Invalid(Exception):
    """A file is not what was delivered."""


def validate(objects, bucket, newest, public_key):
    """Walks from the newest digest to the first; gives how many digests and log files are right.

    `objects` are pairs of content, not compressed, and metadata, by their keys.
    """
    key = load_pkcs1(b64decode(public_key))
    digests = files = 0
    expected = None
    while newest is not None:
        if newest not in objects:
            raise Invalid(f"{newest} is missing")
        content, metadata = objects[newest]
        digest = json.loads(content)
        if (digest["digestS3Bucket"], digest["digestS3Object"]) != (bucket, newest):
            raise Invalid(f"{newest} was moved")
        own = hashlib.sha256(content).hexdigest()
        if expected not in (None, (own, metadata["signature"])):
            raise Invalid(f"{newest} is not the one that the next digest names")
        lines = [
            digest["digestEndTime"],
            f"{bucket}/{newest}",
            own,
            digest["previousDigestSignature"] or "null",
        ]
        signature = bytes.fromhex(metadata["signature"])
        assert metadata["signature-algorithm"] == "SHA256withRSA"
        try:
            key.verify(signature, "\n".join(lines).encode(), PKCS1v15(), SHA256())
        except InvalidSignature:
            raise Invalid(f"{newest} has another signature") from None
        for entry in digest["logFiles"]:
            if entry["s3Object"] not in objects:
                raise Invalid(f"{entry['s3Object']} is missing")
            log = objects[entry["s3Object"]][0]
            if hashlib.sha256(log).hexdigest() != entry["hashValue"]:
                raise Invalid(f"{entry['s3Object']} was changed")
            files += 1
        digests += 1
        expected = (digest["previousDigestHashValue"], digest["previousDigestSignature"])
        newest = digest["previousDigestS3Object"]
    return digests, files


class FakeAws:
    """As much of S3 and CloudTrail as `aws cloudtrail validate-logs` asks for."""

    def __init__(self, bucket, objects, public_key, fingerprint):
        fake = self
        self.bucket, self.objects = bucket, objects
        self.key = {"Value": public_key, "Fingerprint": fingerprint}
        self.key |= {"ValidityStartTime": 1767225600, "ValidityEndTime": 1798761600}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                fake.get(self)

            def do_POST(self):
                self.rfile.read(int(self.headers["content-length"]))
                fake.answer(self, 200, json.dumps({"PublicKeyList": [fake.key]}).encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def get(self, request):
        parts = urlsplit(request.path)
        query = parse_qs(parts.query, keep_blank_values=True)
        key = unquote(parts.path).removeprefix(f"/{self.bucket}").removeprefix("/")
        if "location" in query:
            body = b"<LocationConstraint xmlns='http://s3.amazonaws.com/doc/2006-03-01/'/>"
            return self.answer(request, 200, body)
        if not key:
            prefix, marker = query.get("prefix", [""])[0], query.get("marker", [""])[0]
            keys = [k for k in sorted(self.objects) if k.startswith(prefix) and k > marker]
            found = "".join(f"<Contents><Key>{escape(k)}</Key></Contents>" for k in keys)
            body = f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"
            return self.answer(request, 200, body.encode())
        if key not in self.objects:
            return self.answer(request, 404, b"<Error><Code>NoSuchKey</Code></Error>")
        content, metadata = self.objects[key]
        return self.answer(request, 200, gzip.compress(content), metadata)

    def answer(self, request, status, body, metadata=None):
        request.send_response(status)
        request.send_header("content-length", str(len(body)))
        request.send_header("last-modified", formatdate(0, usegmt=True))
        for name, value in (metadata or {}).items():
            request.send_header(f"x-amz-meta-{name}", value)
        request.end_headers()
        request.wfile.write(body)
