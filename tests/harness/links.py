"""The issuer's API, called as a backend calls it: JSON, signed with SigV4 for the service `countersign`."""

import hashlib
import json
import time

from .http import request
from .server import BUCKET, REGION, countersign
from .signer import sign

SERVICE = "countersign"
MAY_MAKE_LINKS = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "countersign:*", "Resource": "*"}],
}


def allow(server, user="tester", name="Links", document=None):
    """Gives a user a policy, by the command line; without a document one that lets it do everything here."""
    path = server.folder / f"{name}.json"
    path.write_text(json.dumps(document or MAY_MAKE_LINKS))
    before = may(server) if document is None and user == "tester" else None
    countersign("policy", "put", "--user", user, "--name", name, path, "--config", server.config)


    while before is not None and not may(server):
        time.sleep(0.02)


def may(server):
    """Whether the server knows yet that its user may have links made."""
    return call(server, "GET", "/v1/whoami").json["may"]["create_links"]


def call(server, method, path, body=None, key=None, headers=None, raw=None, at=None):
    """Calls the API; `raw` replaces the body's JSON. The answer has its JSON in `json`."""
    url = f"{at or server.admin_url}{path}"
    content = raw if raw is not None else (json.dumps(body).encode() if body is not None else None)
    headers = {"content-type": "application/json", **(headers or {})} if content is not None else headers
    payload = hashlib.sha256(content or b"").hexdigest()
    signed = sign(key or server.key, method, url, headers, payload, region=REGION, service=SERVICE)
    return with_json(request(method, url, signed, content, server.ca if url.startswith("https") else None))


def with_json(answer):
    """The same answer with what its JSON says."""
    answer.json = json.loads(answer.body) if answer.body else None
    return answer


def ask(server, verb="get", key_of=None, key=None, headers=None, **wanted):
    """Asks for a link, and gives the answer whatever it is. `key_of` is the object's, `key` the caller's."""
    body = {"verb": verb, "bucket": BUCKET, **({"key": key_of} if key_of is not None else {}), **wanted}
    return call(server, "POST", "/v1/links", body, key, headers)


def link(server, verb="get", key_of=None, **wanted):
    """A link, and insists on getting one."""
    answer = ask(server, verb, key_of, **wanted)
    assert answer.status == 201, answer.body
    return answer.json


def use(made, body=None, headers=None, ca=None, method=None):
    """Uses a link exactly as its answer says."""
    named = {field["name"]: field["value"] for field in made["headers"]}
    return request(method or made["method"], made["url"], {**named, **(headers or {})}, body, ca)


def error(answer):
    """What went wrong: status, code, and the member it is about."""
    found = answer.json["error"]
    return answer.status, found["code"], found.get("field")
