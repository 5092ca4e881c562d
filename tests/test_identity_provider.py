"""The provider that other tests trust is one: what it publishes and signs is by the book."""

import base64
import json
import time

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from harness.http import request
from harness.oidc import identity_provider, needs_provider

pytestmark = needs_provider


def decoded(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def number(part):
    return int.from_bytes(decoded(part))


def keys_of(provider):
    """The published keys, found as discovery says."""
    found = json.loads(request("GET", f"{provider.issuer}/.well-known/openid-configuration").body)
    assert found["issuer"] == provider.issuer
    return json.loads(request("GET", found["jwks_uri"]).body)["keys"]


def claims_of(provider, token):
    """The header and claims of a token whose signature one of the published keys made."""
    header, claims, signature = token.split(".")
    signed = f"{header}.{claims}".encode()
    header = json.loads(decoded(header))
    [key] = [key for key in keys_of(provider) if key["kid"] == header["kid"]]
    assert "d" not in key and key["use"] == "sig" and key["alg"] == header["alg"]
    if key["kty"] == "RSA":
        public = rsa.RSAPublicNumbers(number(key["e"]), number(key["n"])).public_key()
        public.verify(decoded(signature), signed, padding.PKCS1v15(), SHA256())
    else:
        public = ec.EllipticCurvePublicNumbers(number(key["x"]), number(key["y"]), ec.SECP256R1()).public_key()
        raw = decoded(signature)
        pair = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
        public.verify(pair, signed, ec.ECDSA(SHA256()))
    return header, json.loads(decoded(claims))


def test_a_token_says_what_was_asked_for_and_is_signed_by_a_published_key(provider):
    token = provider.mint("repo:acme/site:ref:refs/heads/main", "countersign", repository="acme/site")
    header, claims = claims_of(provider, token)
    assert (header["typ"], header["alg"]) == ("JWT", "RS256")
    assert claims["iss"] == provider.issuer
    assert claims["sub"] == "repo:acme/site:ref:refs/heads/main"
    assert claims["aud"] == "countersign"
    assert claims["repository"] == "acme/site"
    assert claims["iat"] <= time.time() + 1 < claims["exp"]


def test_a_token_may_be_for_several_and_of_the_other_algorithm(provider):
    token = provider.mint("x", ["one", "two"], algorithm="ES256", typ="at+jwt", azp="two")
    header, claims = claims_of(provider, token)
    assert (header["typ"], header["alg"]) == ("at+jwt", "ES256")
    assert (claims["aud"], claims["azp"]) == (["one", "two"], "two")


def test_keys_rotate_with_and_without_overlap():
    with identity_provider() as provider:
        first = provider.mint("x", "y")
        provider.rotate(keep=True)
        second = provider.mint("x", "y")
        assert claims_of(provider, first)[0]["kid"] != claims_of(provider, second)[0]["kid"]
        provider.rotate()
        kids = {key["kid"] for key in keys_of(provider)}
        assert claims_of(provider, provider.mint("x", "y"))[0]["kid"] in kids
        assert len(kids) == 2


def test_a_job_is_told_who_it_is(provider):
    job = provider.job("repo:acme/site:ref:refs/heads/main", repository="acme/site")
    bearer = {"authorization": f"Bearer {job['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"}
    url = f"{job['ACTIONS_ID_TOKEN_REQUEST_URL']}&audience=countersign"
    assert request("GET", url).status == 401
    token = json.loads(request("GET", url, bearer).body)["value"]
    claims = claims_of(provider, token)[1]
    assert (claims["aud"], claims["repository"]) == ("countersign", "acme/site")
