"""botocore's CloudFrontSigner and `aws cloudfront sign`, unmodified, against countersign-cloudfront, both ways.

They sign and we verify; we sign and OpenSSL verifies; and policies are the same byte for byte. No server is needed.
"""

import base64
import os
import random
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.signers import CloudFrontSigner
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from harness.cloudfront import EXAMPLES, KEY_PAIR_ID, VECTORS, pem, sign, verify

pytestmark = pytest.mark.skipif(
    not (EXAMPLES / "verify").exists(),
    reason="cargo build -p countersign-cloudfront --examples",
)

END = 1_767_225_600
START = 1_767_222_000
URLS = [
    "https://media.example.com/films/one.mp4",
    "http://media.example.com:8080/a%20b/%C3%BC.jpg?size=large&color=red",
    "https://media.example.com/it's/(1)+2~3/@:$,;=!.txt?a=b'c&d=%2F",
    "https://media.example.com/empty?",
    "https://media.example.com/p?x-cs-uses=3",
]
RSA = load_pem_private_key(pem("rsa2048.private").encode(), None)
P256 = load_pem_private_key(pem("p256.private").encode(), None)

SIGNERS = {
    "rsa-sha1": ("rsa2048", "SHA1", lambda m: RSA.sign(m, padding.PKCS1v15(), hashes.SHA1())),
    "rsa-sha256": ("rsa2048", "SHA256", lambda m: RSA.sign(m, padding.PKCS1v15(), hashes.SHA256())),
    "p256-sha1": ("p256", "SHA1", lambda m: P256.sign(m, ec.ECDSA(hashes.SHA1()))),
    "p256-sha256": ("p256", "SHA256", lambda m: P256.sign(m, ec.ECDSA(hashes.SHA256()))),
}


def utc(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc)


def request(key, url, **more):
    """A request for a URL, at the last second before its end, to a server that accepts SHA-1."""
    return {
        "keys": {KEY_PAIR_ID: pem(f"{key}.public")},
        "url": url,
        "now": END - 1,
        "client": "203.0.113.7",
        "sha1": True,
    } | more


def named(hash_name, url):
    """botocore does not know the parameter that names the hash."""
    return f"{url}&Hash-Algorithm=SHA256" if hash_name == "SHA256" else url


@pytest.mark.parametrize("name", SIGNERS)
def test_urls_of_botocore_are_let_in(name):
    key, hash_name, rsa_signer = SIGNERS[name]
    signer = CloudFrontSigner(KEY_PAIR_ID, rsa_signer)
    requests, kinds = [], []
    for url in URLS:
        signed = signer.generate_presigned_url(url, date_less_than=utc(END))
        requests.append(request(key, named(hash_name, signed)))
        kinds.append("canned")
        for network, start in [("203.0.113.0/24", None), ("203.0.113.7", START), (None, START)]:
            policy = signer.build_policy(url, utc(END), start and utc(start), network)
            signed = signer.generate_presigned_url(url, policy=policy)
            requests.append(request(key, named(hash_name, signed)))
            kinds.append("custom")
    for kind, answer in zip(kinds, verify(requests), strict=True):
        assert answer["permitted"] == {
            "kind": kind,
            "carrier": "url",
            "expires_at": END,
            "query_cover": "literal",
        }


def test_urls_of_the_aws_cli_are_let_in():
    aws = Path(sys.executable).parent / "aws"
    common = ["--key-pair-id", KEY_PAIR_ID, "--private-key", f"file://{VECTORS}/rsa2048.private.pem"]
    environment = os.environ | {"AWS_DEFAULT_REGION": "us-east-1"}

    def signed(*arguments):
        command = [aws, "cloudfront", "sign", *common, "--date-less-than", str(END), *arguments]
        ran = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.strip()

    canned = signed("--url", URLS[1])
    custom = signed(
        "--url", URLS[1], "--ip-address", "203.0.113.0/24", "--date-greater-than", str(START)
    )
    answers = verify([request("rsa2048", canned), request("rsa2048", custom)])
    assert [answer["permitted"]["kind"] for answer in answers] == ["canned", "custom"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"now": END}, "AccessDenied"),
        ({"now": START - 1}, "AccessDenied"),
        ({"client": "203.0.114.1"}, "AccessDenied"),
        ({"client": "2001:db8::1"}, "AccessDenied"),
        ({"sha1": False}, "AccessDenied"),
        ({"keys": {"K9": pem("rsa2048.public")}}, "InvalidKey"),
        ({"keys": {KEY_PAIR_ID: pem("p256.public")}}, "AccessDenied"),
    ],
)
def test_k7_what_botocore_did_not_sign_for_is_refused(change, code):
    signer = CloudFrontSigner(KEY_PAIR_ID, SIGNERS["rsa-sha1"][2])
    policy = signer.build_policy(URLS[0], utc(END), utc(START), "203.0.113.0/24")
    good = request("rsa2048", signer.generate_presigned_url(URLS[0], policy=policy))
    let_in, refused = verify([good, good | change])
    assert "permitted" in let_in
    assert refused["refused"] == code


def test_k5_no_changed_signature_or_policy_is_let_in():
    signer = CloudFrontSigner(KEY_PAIR_ID, SIGNERS["rsa-sha1"][2])
    policy = signer.build_policy("https://media.example.com/films/*", utc(END))
    url = signer.generate_presigned_url(URLS[0], policy=policy)
    start, letters = url.index("Policy="), random.Random(5)
    changed = []
    for _ in range(200):
        at = letters.randrange(start, len(url))
        other = letters.choice([c for c in "AZaz09-_~=&+/" if c != url[at]])
        changed.append(url[:at] + other + url[at + 1 :])
    for tried, answer in zip(changed, verify([request("rsa2048", u) for u in changed]), strict=True):
        assert "refused" in answer, tried


def test_policies_are_the_same_byte_for_byte():
    signer = CloudFrontSigner(KEY_PAIR_ID, SIGNERS["rsa-sha256"][2])
    orders, expected = [], []
    order = {"key": pem("rsa2048.private"), "key_pair_id": KEY_PAIR_ID, "expires_at": END}
    for url in URLS:
        orders.append(order | {"url": url})
        expected.append(signer.build_policy(url, utc(END)))
        orders.append(order | {"url": url, "network": "203.0.113.0/24"})
        expected.append(signer.build_policy(url, utc(END), ip_address="203.0.113.0/24"))
        orders.append(order | {"url": url, "not_before": START})
        expected.append(signer.build_policy(url, utc(END), date_greater_than=utc(START)))
    resource = "https://media.example.com/p/*\\?v=???>"
    orders.append(
        order | {"url": "https://media.example.com/p/x?v=abc>", "resource": resource}
    )
    expected.append(signer.build_policy(resource, utc(END)))
    signed = sign(orders)
    assert [answer["policy"] for answer in signed] == expected
    # PKCS #1 v1.5 has one signature for one text, so the URLs are the same as well.
    assert signed[0]["url"] == named(
        "SHA256", signer.generate_presigned_url(URLS[0], date_less_than=utc(END))
    )


@pytest.mark.parametrize("key", ["rsa2048", "p256"])
@pytest.mark.parametrize("network", [None, "203.0.113.0/24"])
def test_what_we_sign_others_verify(key, network):
    order = {"key": pem(f"{key}.private"), "key_pair_id": KEY_PAIR_ID, "expires_at": END}
    order |= {"url": URLS[1], "network": network}
    (signed,) = sign([order])
    parameters = {name: values[0] for name, values in parse_qs(urlsplit(signed["url"]).query).items()}
    cookies = {name.removeprefix("CloudFront-"): value for name, value in signed["cookies"].items()}
    assert parameters.items() >= cookies.items()
    assert parameters["Hash-Algorithm"] == "SHA256"
    if network:
        assert decoded(parameters["Policy"]) == signed["policy"].encode()
    else:
        assert parameters["Expires"] == str(END)
    signature, text = decoded(parameters["Signature"]), signed["policy"].encode()
    public = load_pem_public_key(pem(f"{key}.public").encode())
    scheme = (
        [padding.PKCS1v15(), hashes.SHA256()] if key == "rsa2048" else [ec.ECDSA(hashes.SHA256())]
    )
    public.verify(signature, text, *scheme)
    with pytest.raises(InvalidSignature):
        public.verify(signature, text + b" ", *scheme)


def decoded(text):
    """CloudFront's base64."""
    standard = text.replace("-", "+").replace("_", "=").replace("~", "/")
    return base64.b64decode(standard, validate=True)
