"""Artifacts between jobs of a CI system that holds no key of ours.

    python artifact.py up dist/site.tar.gz builds/4711/site.tar.gz       # in the job that builds
    python artifact.py down builds/4711/site.tar.gz site.tar.gz          # in the job that deploys

A job on GitHub Actions (`permissions: id-token: write`) can ask for a token that says which repository and branch
it runs for. Countersign trusts those tokens as far as a role's trust policy says, and answers with a link for one
object, one direction, a few minutes. There is nothing to leak in the CI system's settings and nothing to rotate.
The whole story, from an empty directory: docs/guide/ci.md. A workflow that uses it: workflow.yml.

Needs nothing but Python. Settings, all in the environment:

    COUNTERSIGN_ISSUER     where links are made: https://issuer.example.com
    COUNTERSIGN_ROLE       the role's ARN, unless the server has a role for bearer tokens
    COUNTERSIGN_AUDIENCE   whom the token is for, as the provider is registered: countersign
    COUNTERSIGN_BUCKET     artifacts
    ACTIONS_ID_TOKEN_REQUEST_URL, ACTIONS_ID_TOKEN_REQUEST_TOKEN   GitHub sets these
"""

import hashlib
import json
import os
import shutil
import sys
import urllib.error
import urllib.parse
import urllib.request

ISSUER = os.environ["COUNTERSIGN_ISSUER"]
ROLE = os.environ.get("COUNTERSIGN_ROLE")
AUDIENCE = os.environ.get("COUNTERSIGN_AUDIENCE", "countersign")
BUCKET = os.environ.get("COUNTERSIGN_BUCKET", "artifacts")
LIFE_S = 600


def sent(request):
    """Sends a request; a refusal ends the job with what it says."""
    try:
        return urllib.request.urlopen(request, timeout=600)
    except urllib.error.HTTPError as refusal:
        sys.exit(f"{request.method} {request.host} answers {refusal.code}: {refusal.read().decode()}")


def identity_token():
    """Who this job is, signed by the CI system, for us alone."""
    url = os.environ["ACTIONS_ID_TOKEN_REQUEST_URL"]
    url += ("&" if "?" in url else "?") + urllib.parse.urlencode({"audience": AUDIENCE})
    bearer = {"authorization": f"Bearer {os.environ['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"}
    with sent(urllib.request.Request(url, headers=bearer, method="GET")) as answer:
        return json.load(answer)["value"]


def link(verb, key, **more):
    """A link for one object."""
    body = {"verb": verb, "bucket": BUCKET, "key": key, "ttl_seconds": LIFE_S, **more}
    if ROLE:
        body["role"] = ROLE
    headers = {"content-type": "application/json", "authorization": f"Bearer {identity_token()}"}
    request = urllib.request.Request(f"{ISSUER}/v1/links", json.dumps(body).encode(), headers, method="POST")
    with sent(request) as answer:
        return json.load(answer)


def up(path, key):
    """Uploads a file; exactly its bytes, and only where nothing is yet."""
    with open(path, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        content = {"sha256": digest, "length": size}
        made = link("put", key, content=content, restrictions={"create_only": True})
        headers = {header["name"].lower(): header["value"] for header in made["headers"]}
        # urllib would call a body without a type a form, and one without a length would be chunked.
        headers = {"content-type": "application/octet-stream", "content-length": str(size), **headers}
        request = urllib.request.Request(made["url"], file, headers, method=made["method"])
        sent(request).close()
    print(f"{path} is {key} ({size} bytes, sha256 {digest})")


def down(key, path):
    """Downloads a file."""
    made = link("get", key)
    with sent(urllib.request.Request(made["url"], method="GET")) as answer, open(path, "wb") as file:
        shutil.copyfileobj(answer, file)
    print(f"{key} is {path}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["up", path, key]:
            up(path, key)
        case ["down", key, path]:
            down(key, path)
        case _:
            sys.exit(__doc__)
