"""Threats C: what goes wrong where links are made."""

import json
import time
from urllib.parse import quote, urlsplit

import pytest

from harness.countries import write_table
from harness.http import request
from harness.links import allow, ask, call, error, link, use
from harness.objects import exists, get, put
from harness.oidc import needs_provider
from harness.server import BUCKET, countersign
from harness.signer import presign


@pytest.fixture(scope="session")
def issuing(run):
    """A server whose user may have links made."""
    server = run()
    allow(server)
    return server


def statement(effect, action, resource="*", **condition):
    """One statement of a policy."""
    return {"Effect": effect, "Action": action, "Resource": resource, **({"Condition": condition} if condition else {})}


def policy(*statements):
    """A policy."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


@pytest.mark.parametrize(
    "wanted",
    [
        {"key": "../secret"},
        {"key": "a/../../b"},
        {"key": "./a"},
        {"key_template": "../{uuid}"},
        {"key_template": "t/{subject}/{uuid}", "subject": ".."},
        {"key_template": "t/{subject}/{uuid}", "subject": "a/b"},
        {"key_template": "t/{subject}/{uuid}", "subject": "ｔenant1"},
        {"key_template": "t/{subject}{uuid}", "subject": "tenant1"},
        {"key_template": "t/{subject}/photo.png", "subject": "tenant1"},
        {"key_template": "t/{name}/{uuid}", "variables": {"name": "a/../b"}},
        {"key_template": "t/{name}/{uuid}", "variables": {"name": "."}},
        {"key_template": "t/{uuid}.{ext}", "extension": "../x"},
    ],
)
def test_c1_a_client_never_chooses_where_an_upload_goes(issuing, wanted):
    body = {"verb": "put", "bucket": BUCKET, "content": {"max_bytes": 10}, **wanted}
    answer = call(issuing, "POST", "/v1/links", body)
    assert answer.status == 400, answer.body


def test_c1_tenant1_has_no_room_in_tenant10(fresh):
    server = fresh()
    only = f"arn:aws:s3:::{BUCKET}/t/tenant1/*"
    allow(server, document=policy(statement("Allow", "countersign:CreateLink", only)))
    content = {"max_bytes": 10}
    template = "t/{subject}/{uuid}"
    assert ask(server, "put", key_template=template, subject="tenant1", content=content).status == 201
    for other in ("tenant10", "tenant", "Tenant1", "tenant1."):
        answer = ask(server, "put", key_template=template, subject=other, content=content)
        assert error(answer)[:2] == (403, "forbidden"), other


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"content": {"types": ["image/*"]}}, "content.max_bytes"),
        ({"content": {"max_bytes": 10}}, "content.types"),
        ({}, "content.max_bytes"),
    ],
)
def test_c2_a_form_that_leaves_size_or_type_open_is_not_made(issuing, wanted, field):
    answer = ask(issuing, "put", "a.png", shape="form", **wanted)
    assert error(answer) == (422, "refused", field)


@pytest.mark.parametrize("key", ["${filename}", "a${filename}", "/${filename}", "a/${filename}/b"])
def test_c2_a_form_that_leaves_the_key_open_is_not_made(issuing, key):
    answer = ask(issuing, "put", key, shape="form", content={"types": ["image/*"], "max_bytes": 10})
    assert error(answer) == (400, "invalid_value", "key")


PATHS = [
    ("POST", "/v1/links"),
    ("POST", "/v1/links:batch"),
    ("GET", "/v1/links"),
    ("GET", f"/v1/links/{'0' * 32}"),
    ("DELETE", f"/v1/links/{'0' * 32}"),
    ("POST", "/v1/revocations"),
    ("GET", "/v1/whoami"),
]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_c3_nobody_anonymous_is_answered(issuing, method, path):
    body = json.dumps({"verb": "get", "bucket": BUCKET, "key": "x"}).encode() if method == "POST" else None
    headers = {"content-type": "application/json"} if body else {}
    answer = request(method, issuing.admin_url + path, headers, body)
    assert answer.status == 401 and answer.headers["www-authenticate"]
    for mechanism in ("Basic dGVzdA==", "Bearer", "Bearer nonsense", "Bearer a.b.c", "AWS4-HMAC-SHA256 nonsense"):
        answer = request(method, issuing.admin_url + path, {**headers, "authorization": mechanism}, body)
        assert answer.status == 401, (mechanism, answer.body)
    # A presigned call may be held by somebody else than its signer.
    url = presign(issuing.key, method, issuing.admin_url + path, service="countersign")
    assert request(method, url, headers, body).status == 401


def test_c3_a_caller_makes_no_links_with_somebody_elses_rights(fresh):
    server = fresh()
    put(server, "a/x", b"x")
    put(server, "b/x", b"x")
    mine = f"arn:aws:s3:::{BUCKET}/a/*"
    allow(server, name="Links", document=policy(statement("Allow", "countersign:*", mine)))
    wait_for(lambda: ask(server, "get", "a/x").status == 201)
    answer = ask(server, "get", "b/x")
    assert error(answer)[:2] == (403, "forbidden")
    assert "countersign:CreateLink" in answer.json["error"]["message"]
    assert "identity-based policy" in answer.json["error"]["message"]


@pytest.mark.parametrize("key", ["", "/", "//"])
@pytest.mark.parametrize("verb", ["get", "put", "head"])
def test_c4_a_link_is_never_about_a_bucket(issuing, verb, key):
    assert error(ask(issuing, verb, key)) == (400, "invalid_value", "key")


def test_c4_a_query_in_a_key_is_part_of_the_key(issuing):
    put(issuing, quote("?list-type=2"), b"only an object")
    made = link(issuing, "get", "?list-type=2")
    assert use(made).body == b"only an object"
    for verb in ("list", "delete", "GET", "acl"):
        assert ask(issuing, verb, "x").status == 400


def test_c5_a_link_grants_no_more_than_its_maker_has(fresh):
    server = fresh()
    put(server, "a", b"x")
    allow(server)
    wait_for(lambda: ask(server, "get", "a").status == 201)
    deny = statement("Deny", ["s3:GetObject"], f"arn:aws:s3:::{BUCKET}/a")
    allow(server, name="NoRead", document=policy(deny))
    wait_for(lambda: ask(server, "get", "a").status == 403)
    answer = ask(server, "get", "a")
    assert "s3:GetObject" in answer.json["error"]["message"] and "NoRead" in answer.json["error"]["reason"]
    assert ask(server, "put", "a", content={"max_bytes": 1}).status == 201
    # A share leads to downloads as well.
    assert ask(server, "get", "a", shape="share").status == 403


def test_c5_policies_may_ask_for_verb_life_shape_subject_and_limits(fresh):
    server = fresh()
    put(server, "a", b"x")
    only = statement(
        "Allow",
        "countersign:CreateLink",
        StringEquals={"countersign:Verb": "get", "countersign:Subject": "alice", "countersign:Shape": "url"},
        NumericLessThanEquals={"countersign:Ttl": "60", "countersign:Uses": "3"},
    )
    allow(server, document=policy(only))
    good = {"subject": "alice", "ttl_seconds": 60, "restrictions": {"uses": 3}}
    wait_for(lambda: ask(server, "get", "a", **good).status == 201)
    for bad in (
        {**good, "subject": "bob"},
        {**good, "ttl_seconds": 61},
        {**good, "restrictions": {"uses": 4}},
        {**good, "restrictions": {}},
        {**good, "shape": "page"},
    ):
        assert ask(server, "get", "a", **bad).status == 403, bad
    assert ask(server, "head", "a", **good).status == 403


def test_c5_what_the_edge_would_refuse_is_said_at_once(fresh):
    server = fresh(tables='[[guardrails.prefix]]\nbucket = "examplebucket"\nprefix = "short/"\ndownload_ttl = "30s"\n')
    allow(server)
    put(server, "short/a", b"x")
    assert link(server, "get", "short/a", ttl_seconds=300)["ttl_seconds"] == 30
    answer = ask(server, "get", "short/a", ttl_seconds=300, ttl_exact=True)
    assert error(answer)[0] == 422
    guard = statement(
        "Deny", "s3:GetObject", NumericGreaterThan={"countersign:DeclaredTtl": "20"}
    )
    allow(server, name="Short", document=policy(guard))
    wait_for(lambda: ask(server, "get", "short/a", ttl_seconds=25).status == 403)
    assert ask(server, "get", "short/a", ttl_seconds=20).status == 201


def test_c6_a_link_dies_with_its_maker(fresh):
    server = fresh()
    put(server, "a", b"x")
    config = ("--config", server.config)
    countersign("user", "create", "mallory", *config)
    created = countersign("--json", "key", "create", "--user", "mallory", *config)
    key = key_of(json.loads(created.stdout))
    allow(server, user="mallory")
    wait_for(lambda: ask(server, "get", "a", key=key).status == 201)
    made = link(server, "get", "a", key=key)
    shared = link(server, "get", "a", key=key, shape="share")
    assert use(made).status == 200 and request("GET", shared["url"]).status == 303
    deny = policy(statement("Deny", "s3:*"))
    allow(server, user="mallory", name="Gone", document=deny)
    wait_for(lambda: use(made).status == 403)
    assert request("GET", shared["url"]).status == 404
    countersign("policy", "delete", "--user", "mallory", "--name", "Gone", *config)
    wait_for(lambda: use(made).status == 200)
    # What is deleted does not come back.
    delete_user(server, "mallory", key)
    wait_for(lambda: use(made).status == 403)
    assert request("GET", shared["url"]).status == 404


def key_of(report):
    """The key in a report of `key create`."""
    from harness.signer import Key

    return Key(report["access_key_id"], report["secret_access_key"])


def delete_user(server, name, key):
    """Takes everything away from a user, and then the user, by IAM's API."""
    iam = iam_of(server)
    for owned in iam.list_user_policies(UserName=name)["PolicyNames"]:
        iam.delete_user_policy(UserName=name, PolicyName=owned)
    iam.delete_access_key(UserName=name, AccessKeyId=key.id)
    iam.delete_user(UserName=name)


def iam_of(server):
    """IAM's API for root."""
    import boto3

    return boto3.client(
        "iam",
        endpoint_url=server.admin_url,
        region_name="us-east-1",
        aws_access_key_id=server.root.id,
        aws_secret_access_key=server.root.secret,
    )


def wait_for(holds, tries=100):
    """Waits for what every node hears of within a second."""
    for _ in range(tries):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never happened")


def test_c8_where_only_registered_links_are_served_only_the_issuer_signs_them(fresh):
    server = fresh(tables="[guardrails]\nregistered_only = true\n")
    allow(server)
    put(server, "a", b"x")
    answer = request("GET", presign(server.key, "GET", server.object_url("a")))
    assert (answer.status, answer.code) == (403, "AccessDenied") and "issuer" in answer.message
    assert use(link(server, "get", "a")).status == 200
    form = link(server, "put", "b", shape="form", content={"types": ["text/plain"], "max_bytes": 10})
    assert form["url"]
    # Requests that are signed by their header are no links.
    assert get(server, "a").status == 200


def test_c9_nothing_of_the_callers_key_or_of_the_machine_shows(issuing, name):
    put(issuing, name, b"x")
    for wanted in (
        {"verb": "get"},
        {"verb": "get", "shape": "share"},
        {"verb": "put", "content": {"max_bytes": 1}},
        {"verb": "put", "shape": "multipart", "multipart": {"size": 6_000_000}},
        {"verb": "put", "shape": "form", "content": {"types": ["text/plain"], "max_bytes": 1}},
    ):
        text = json.dumps(link(issuing, key_of=name, **wanted))
        for hidden in (issuing.key.id, issuing.key.secret, str(issuing.folder), "tester", issuing.admin_url):
            assert hidden not in text, (wanted, hidden)
    for answer in (ask(issuing, "get", "x" * 1025), ask(issuing, "get", name, version_id="nonsense")):
        assert str(issuing.folder) not in answer.body.decode()


def test_f1_no_url_signature_token_or_secret_reaches_the_log(issuing, name):
    put(issuing, name, b"x")
    made = link(issuing, "get", name, subject="alice")
    share = link(issuing, "get", name, shape="share")
    request("GET", share["url"])
    ask(issuing, "get", "")
    printed = issuing.output().decode()
    query = dict(part.split("=", 1) for part in urlsplit(made["url"]).query.split("&"))
    for secret in (
        query["X-Amz-Signature"],
        query["X-Amz-Security-Token"],
        share["url"].rsplit("/", 1)[1],
        issuing.key.secret,
    ):
        assert secret not in printed


def test_c10_a_page_of_another_origin_is_refused(issuing, fresh, name):
    put(issuing, name, b"x")
    evil = {"origin": "https://evil.example"}
    assert error(ask(issuing, "get", name, headers=evil))[:2] == (403, "forbidden")
    assert error(ask(issuing, "get", name, headers={"origin": "null"}))[:2] == (403, "forbidden")
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        body = json.dumps({"verb": "get", "bucket": BUCKET, "key": name}).encode()
        answer = call(issuing, "POST", "/v1/links", raw=body, headers={"content-type": kind})
        assert answer.status == 415, kind
    answer = request("OPTIONS", f"{issuing.admin_url}/v1/links", {**evil, "access-control-request-method": "POST"})
    assert "access-control-allow-origin" not in answer.headers
    listed = fresh(tables='[issuer]\nallowed_origins = ["https://app.example.com"]\n')
    allow(listed)
    put(listed, name, b"x")
    app = {"origin": "https://app.example.com"}
    made = ask(listed, "get", name, headers=app)
    assert made.status == 201 and made.headers["access-control-allow-origin"] == app["origin"]
    other = ask(listed, "get", name, headers=evil)
    assert other.status == 403 and "access-control-allow-origin" not in other.headers
    asks = {"access-control-request-method": "POST", "access-control-request-headers": "authorization"}
    answer = request("OPTIONS", f"{listed.admin_url}/v1/links", {**app, **asks})
    assert answer.status == 204 and answer.headers["access-control-allow-origin"] == app["origin"]
    answer = request("OPTIONS", f"{listed.admin_url}/v1/links", {**evil, **asks})
    assert "access-control-allow-origin" not in answer.headers


def test_c11_no_answer_may_be_kept_by_anybody_on_the_way(issuing, name):
    put(issuing, name, b"x")
    made = link(issuing, "get", name)
    answers = [
        ask(issuing, "get", name),
        ask(issuing, "get", ""),
        call(issuing, "POST", "/v1/links:batch", {"links": [{"verb": "get", "bucket": BUCKET, "key": name}]}),
        call(issuing, "GET", "/v1/links"),
        call(issuing, "GET", f"/v1/links/{made['id']}"),
        call(issuing, "DELETE", f"/v1/links/{made['id']}"),
        call(issuing, "POST", "/v1/revocations", {"target": {"subject": "nobody"}}),
        call(issuing, "GET", "/v1/whoami"),
        call(issuing, "GET", "/v1/nothing"),
        call(issuing, "PATCH", "/v1/links", {}),
        request("GET", f"{issuing.admin_url}/v1/whoami"),
    ]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store, private", answer
        assert "Authorization" in answer.headers["vary"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_c12_rates_and_quotas_are_kept(fresh):
    server = fresh(
        tables="[issuer]\nlinks_per_second = 1000\nburst = 1000\nsubject_links_per_second = 1\nsubject_burst = 3\n"
        "live_links_per_principal = 5\n"
    )
    allow(server)
    put(server, "a", b"x")
    answers = [ask(server, "get", "a", subject="alice") for _ in range(4)]
    assert [answer.status for answer in answers] == [201, 201, 201, 429]
    assert int(answers[3].headers["retry-after"]) >= 1
    assert ask(server, "get", "a", subject="bob").status == 201
    assert ask(server, "get", "a").status == 201
    full = ask(server, "get", "a")
    assert error(full)[:2] == (429, "quota_exceeded") and "retry-after" in full.headers
    few = fresh(tables="[issuer]\nlinks_per_second = 1\nburst = 2\n")
    allow(few)
    put(few, "a", b"x")
    assert [ask(few, "get", "a").status for _ in range(3)] == [201, 201, 429]
    many = {"links": [{"verb": "get", "bucket": BUCKET, "key": "a"}] * 3}
    assert call(few, "POST", "/v1/links:batch", many).status == 429


def test_c12_a_share_that_nobody_got_does_not_count(fresh):
    server = fresh(tables="[issuer]\nlive_links_per_principal = 1\n")
    allow(server)
    put(server, "a", b"x")
    link = {"verb": "get", "bucket": BUCKET, "key": "a"}
    share = {**link, "shape": "share"}
    # Two links are over the quota, and so the whole batch is refused, its share with it.
    assert call(server, "POST", "/v1/links:batch", {"links": [share, link, link]}).status == 429
    assert call(server, "POST", "/v1/links", share).status == 201
    assert call(server, "POST", "/v1/links", share).status == 429


def test_c12_an_answer_that_is_repeated_counts_as_well(fresh):
    few = fresh(tables="[issuer]\nlinks_per_second = 1\nburst = 2\n")
    allow(few)
    put(few, "a", b"x")
    answers = [ask(few, "get", "a", headers={"idempotency-key": "again"}) for _ in range(3)]
    assert [answer.status for answer in answers] == [201, 201, 429]


def test_h6_root_makes_no_links(issuing, name):
    put(issuing, name, b"x")
    for wanted in ({}, {"shape": "share"}):
        answer = ask(issuing, "get", name, key=issuing.root, **wanted)
        assert error(answer)[:2] == (403, "forbidden") and "root" in answer.json["error"]["message"]
    batch = {"links": [{"verb": "get", "bucket": BUCKET, "key": name}]}
    assert call(issuing, "POST", "/v1/links:batch", batch, key=issuing.root).status == 403
    # It administers.
    target = {"target": {"subject": "somebody"}}
    assert call(issuing, "POST", "/v1/revocations", target, key=issuing.root).status == 201


def test_a_link_of_somebody_else_is_as_if_it_were_not_there(fresh):
    server = fresh()
    put(server, "a/x", b"x")
    allow(server)
    wait_for(lambda: ask(server, "get", "a/x").status == 201)
    made = link(server, "get", "a/x")
    config = ("--config", server.config)
    countersign("user", "create", "other", *config)
    key = key_of(json.loads(countersign("--json", "key", "create", "--user", "other", *config).stdout))
    wait_for(lambda: call(server, "GET", "/v1/whoami", key=key).status == 200)
    path = f"/v1/links/{made['id']}"
    assert call(server, "GET", path, key=key).status == 404
    assert call(server, "DELETE", path, key=key).status == 404
    assert call(server, "GET", "/v1/links", key=key).status == 403
    assert use(made).status == 200


REVOKED = [
    {"object": {"bucket": BUCKET, "key": "revoked/x"}},
    {"prefix": {"bucket": BUCKET, "prefix": "revoked/"}},
    {"subject": "zed"},
    {"user": "tester"},
]


@pytest.mark.parametrize("target", REVOKED, ids=lambda target: next(iter(target)))
def test_d11_a_share_that_was_made_before_a_revocation_is_over_with_the_rest(fresh, target):
    server = fresh()
    allow(server)
    put(server, "revoked/x", b"x")
    made = link(server, "get", "revoked/x", shape="share", subject="zed")
    assert request("GET", made["url"]).status == 303
    assert call(server, "POST", "/v1/revocations", {"target": target}).status == 201
    # The row itself is revoked at once, and for as long as the share would have lived.
    assert request("GET", made["url"]).status == 404
    assert call(server, "GET", f"/v1/links/{made['id']}").json["revoked"]


def test_d4_whoever_may_not_download_uses_up_no_opening_of_a_share(fresh, tmp_path):
    table = write_table(tmp_path / "countries.mmdb")
    tables = f'[country]\ndatabase = "{table}"\n'
    server = fresh(top='trusted_proxies = ["127.0.0.0/8"]', tables=tables)
    allow(server)
    put(server, "x", b"x")
    both = {"uses": 1, "countries": ["DE"], "ip": ["198.51.100.0/25", "192.0.2.0/24"]}
    made = link(server, "get", "x", shape="share", restrictions=both)

    def open_from(client):
        forwarded = {"x-forwarded-for": client, "x-forwarded-proto": "https"}
        return request("GET", made["url"], forwarded).status

    # Another network of the country, another country of a network, and neither.
    assert [open_from(client) for client in ("198.51.100.200", "192.0.2.1", "203.0.113.1")] == [404] * 3
    assert call(server, "GET", f"/v1/links/{made['id']}").json["uses"]["used"] == 0
    assert (open_from("198.51.100.1"), open_from("198.51.100.1")) == (303, 404)


def test_d3_what_follows_links_takes_no_opening_where_a_button_does(fresh):
    server = fresh()
    allow(server)
    put(server, "x", b"x")
    made = link(server, "get", "x", shape="share", restrictions={"uses": 1, "page": True})
    for _ in range(3):
        page = request("GET", made["url"])
        assert page.status == 200 and b'<form method="post">' in page.body
        assert "form-action 'self'" in page.headers["content-security-policy"]
    assert request("POST", made["url"], {"sec-fetch-site": "cross-site"}).status == 404
    pressed = request("POST", made["url"])
    assert pressed.status == 303
    assert request("GET", pressed.headers["location"]).body == b"x"
    assert request("GET", made["url"]).status == request("POST", made["url"]).status == 404
    plain = link(server, "get", "x", shape="share", restrictions={"uses": 1})
    assert request("POST", plain["url"]).status == 404


def test_c3_who_may_revoke_one_object_revokes_no_others_that_begin_like_it(fresh):
    server = fresh()
    rights = f"arn:aws:s3:::{BUCKET}/report"
    below = f"arn:aws:s3:::{BUCKET}/mine/*"
    allow(server, document=policy(statement("Allow", "countersign:*", [rights, below])))

    def revoke(prefix):
        target = {"prefix": {"bucket": BUCKET, "prefix": prefix}}
        return call(server, "POST", "/v1/revocations", {"target": target}).status

    wait_for(lambda: revoke("mine/") == 201)
    assert (revoke("report"), revoke("mine"), revoke("")) == (403, 403, 403)


@needs_provider
def test_c3_a_link_that_names_a_role_is_never_made_with_another(fresh, provider):
    server = fresh(tables='[issuer]\nbearer_role = "ci"\n')
    put(server, "a", b"x")
    set_up_role(server, provider)
    token = provider.mint("repo:acme/site", "countersign")
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    wanted = {"verb": "get", "bucket": BUCKET, "key": "a"}
    links = [wanted, {**wanted, "role": "ci"}, {**wanted, "role": "narrow"}]
    body = json.dumps({"links": links}).encode()
    answer = request("POST", f"{server.admin_url}/v1/links:batch", headers, body)
    results = json.loads(answer.body)["results"]
    assert [result["status"] for result in results] == [201, 201, 400]
    assert results[2]["error"]["field"] == "role"
    one = json.dumps({**wanted, "role": "narrow"}).encode()
    answer = request("POST", f"{server.admin_url}/v1/links", {**headers, "x-countersign-role": "ci"}, one)
    assert answer.status == 400, answer.body


@needs_provider
def test_h4_a_bearer_token_makes_links_as_the_role_that_trusts_it(fresh, provider):
    server = fresh(tables='[issuer]\nbearer_role = "ci"\n')
    put(server, "a", b"x")
    set_up_role(server, provider)
    token = provider.mint("repo:acme/site", "countersign")
    body = json.dumps({"verb": "get", "bucket": BUCKET, "key": "a", "stable_seconds": 600}).encode()

    def ask_with(token, extra=None):
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json", **(extra or {})}
        return request("POST", f"{server.admin_url}/v1/links", headers, body)

    answer = ask_with(token)
    assert answer.status == 201, answer.body
    made = json.loads(answer.body)
    assert request("GET", made["url"]).body == b"x"
    again = json.loads(ask_with(token).body)
    assert again["url"] == made["url"] or again["signed_at"] != made["signed_at"]
    who = request("GET", f"{server.admin_url}/v1/whoami", {"authorization": f"Bearer {token}"})
    assert json.loads(who.body)["arn"].rpartition("-")[0].endswith(":assumed-role/ci/repo-acme-site")
    assert ask_with(provider.mint("repo:evil/site", "countersign")).status == 403
    assert ask_with(provider.mint("repo:acme/site", "somebody-else")).status == 401
    assert ask_with(token, {"x-countersign-role": "no-such-role"}).status == 403
    head, payload, signature = token.split(".")
    assert ask_with(f"{head}.{payload}.{signature[:-4]}AAAA").status == 401
    assert ask_with("x" * 30_000).status in (400, 401, 431)


def set_up_role(server, provider):
    """Registers the provider, and a role that trusts one subject of it."""
    iam = iam_of(server)
    iam.create_open_id_connect_provider(Url=provider.issuer, ClientIDList=["countersign"])
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Federated": provider.arn},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": {f"{provider.name}:sub": "repo:acme/site"}},
            }
        ],
    }
    iam.create_role(RoleName="ci", AssumeRolePolicyDocument=json.dumps(trust))
    rights = policy(statement("Allow", ["s3:GetObject", "countersign:*"]))
    iam.put_role_policy(RoleName="ci", PolicyName="ci", PolicyDocument=json.dumps(rights))
