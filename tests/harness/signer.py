"""AWS Signature Version 4, written a second time from AWS's rules.

Real clients refuse to make the requests that attackers make, so hostile requests are signed here:
any parameter can be replaced before signing, and then the signature is right for what is sent.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timezone
from urllib.parse import quote, unquote_plus, unquote_to_bytes, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class Key:
    """An access key."""

    id: str
    secret: str


def amz_date(when=None):
    """An instant as AWS writes it; now, if none is given."""
    return (when or datetime.now(timezone.utc)).strftime("%Y%m%dT%H%M%SZ")


def encode(text, safe="-_.~"):
    """Percent-encoding as S3 wants it."""
    return quote(text, safe=safe)


def signing_key(secret, day, region, service):
    """The four-step derivation."""
    key = ("AWS4" + secret).encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def string_to_sign(date, scope, canonical):
    """What the signature is made over."""
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return "\n".join([ALGORITHM, date, scope, digest])


def signature_of(key, date, region, service, canonical, terminator="aws4_request"):
    """The signature of a canonical request."""
    scope = f"{date[:8]}/{region}/{service}/{terminator}"
    text = string_to_sign(date, scope, canonical)
    derived = signing_key(key.secret, date[:8], region, service)
    return hmac.new(derived, text.encode(), hashlib.sha256).hexdigest()


def canonical_request(method, path, pairs, headers, signed, payload):
    """The canonical request; `pairs` are decoded, `path` is as sent, `headers` lower case."""
    uri = encode(unquote_to_bytes(path), "/-_.~")
    query = "&".join(f"{n}={v}" for n, v in sorted((encode(n), encode(v)) for n, v in pairs))
    block = "".join(f"{name}:{' '.join(headers[name].split())}\n" for name in signed)
    return "\n".join([method, uri or "/", query, block, ";".join(signed), payload])


def query_pairs(query):
    """The decoded pairs of a raw query."""
    items = [item.partition("=") for item in query.split("&") if item]
    return [(unquote_plus(name), unquote_plus(value)) for name, _, value in items]


def presign(
    key,
    method,
    url,
    expires=300,
    headers=None,
    query="",
    when=None,
    region="us-east-1",
    service="s3",
    replace=None,
    signed=None,
    payload=UNSIGNED,
):
    """A presigned URL.

    `headers` are covered by the signature and must be sent. `replace` changes auth parameters before
    signing (`None` leaves one out), `signed` the list of signed headers.
    """
    parts = urlsplit(url)
    headers = {name.lower(): value for name, value in (headers or {}).items()}
    headers.setdefault("host", parts.netloc)
    signed = sorted(headers) if signed is None else signed
    date = amz_date(when)
    parameters = {
        "X-Amz-Algorithm": ALGORITHM,
        "X-Amz-Credential": f"{key.id}/{date[:8]}/{region}/{service}/aws4_request",
        "X-Amz-Date": date,
        "X-Amz-Expires": str(expires),
        "X-Amz-SignedHeaders": ";".join(signed),
    }
    parameters.update(replace or {})
    pairs = query_pairs(query)
    pairs += [(name, value) for name, value in parameters.items() if value is not None]
    canonical = canonical_request(method, parts.path, pairs, headers, signed, payload)
    signature = signature_of(key, date, region, service, canonical)
    raw = "&".join(f"{encode(name)}={encode(value)}" for name, value in pairs)
    return f"{parts.scheme}://{parts.netloc}{parts.path}?{raw}&X-Amz-Signature={signature}"


def sign(
    key, method, url, headers=None, payload=UNSIGNED, when=None, region="us-east-1", service="s3", signed=None
):
    """The headers of a request that is signed by its `Authorization` header."""
    parts = urlsplit(url)
    date = amz_date(when)
    headers = {name.lower(): value for name, value in (headers or {}).items()}
    headers.setdefault("host", parts.netloc)
    headers["x-amz-date"] = date
    if payload is not None:
        headers["x-amz-content-sha256"] = payload
    names = sorted(headers) if signed is None else signed
    canonical = canonical_request(
        method, parts.path, query_pairs(parts.query), headers, names, payload or EMPTY_SHA256
    )
    signature = signature_of(key, date, region, service, canonical)
    scope = f"{date[:8]}/{region}/{service}/aws4_request"
    headers["authorization"] = (
        f"{ALGORITHM} Credential={key.id}/{scope}, SignedHeaders={';'.join(names)}, Signature={signature}"
    )
    return headers
