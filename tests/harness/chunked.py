"""aws-chunked bodies, as the SDKs frame and sign them."""

import base64
import hashlib
import hmac
import zlib

from .signer import EMPTY_SHA256, signing_key

SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
SIGNED_TRAILER = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
UNSIGNED_TRAILER = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
MODES = [SIGNED, SIGNED_TRAILER, UNSIGNED_TRAILER]
SMALLEST = 8 * 1024


def crc32(body):
    """The value of `x-amz-checksum-crc32`."""
    return base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()


def headers_for(mode, body):
    """The headers that announce a framed body; sign them with the request."""
    headers = {
        "content-encoding": "aws-chunked",
        "x-amz-decoded-content-length": str(len(body)),
    }
    if mode.endswith("TRAILER"):
        headers["x-amz-trailer"] = "x-amz-checksum-crc32"
    return headers


def frame(mode, body, headers, key, region="us-east-1", size=SMALLEST):
    """The framed body of a request with these signed headers."""
    date = headers["x-amz-date"]
    scope = f"{date[:8]}/{region}/s3/aws4_request"
    secret = signing_key(key.secret, date[:8], region, "s3")
    previous = headers["authorization"].rpartition("Signature=")[2]
    framed = b""

    def signature(kind, *digests):
        text = "\n".join([kind, date, scope, previous, *digests])
        return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()

    for chunk in [body[at : at + size] for at in range(0, len(body), size)] + [b""]:
        head = f"{len(chunk):x}"
        if mode != UNSIGNED_TRAILER:
            digest = hashlib.sha256(chunk).hexdigest()
            previous = signature("AWS4-HMAC-SHA256-PAYLOAD", EMPTY_SHA256, digest)
            head += f";chunk-signature={previous}"
        framed += head.encode() + b"\r\n" + chunk + (b"\r\n" if chunk else b"")
    if mode.endswith("TRAILER"):
        line = f"x-amz-checksum-crc32:{crc32(body)}"
        framed += line.encode() + b"\r\n"
        if mode == SIGNED_TRAILER:
            digest = hashlib.sha256(f"{line}\n".encode()).hexdigest()
            previous = signature("AWS4-HMAC-SHA256-TRAILER", digest)
            framed += f"x-amz-trailer-signature:{previous}\r\n".encode()
    return framed + b"\r\n"
