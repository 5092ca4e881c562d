"""The issuer's API: links of every shape, made by a backend and used exactly as the answer says."""

import hashlib
import json
import subprocess
from datetime import datetime, timedelta, timezone

import pytest

from harness.form import BOUNDARY, body_of
from harness.http import request
from harness.links import allow, ask, call, error, link, use
from harness.objects import exists, get, put
from harness.server import BUCKET


@pytest.fixture(scope="session")
def issuing(run):
    """A server whose user may have links made."""
    server = run()
    allow(server)
    return server


@pytest.fixture(scope="session")
def issuing_tls(run, tls):
    """The same over HTTPS."""
    server = run(tls=tls)
    allow(server)
    return server


def test_a_download_works_as_the_answer_says(issuing, issuing_tls, name):
    for server in (issuing, issuing_tls):
        put(server, name, b"hello")
        made = link(server, "get", name, subject="alice", ttl_seconds=60)
        assert made["method"] == "GET" and made["shape"] == "url" and made["headers"] == []
        assert (made["ttl_seconds"], made["limited_by"], made["subject"]) == (60, "requested", "alice")
        answer = use(made, ca=server.ca)
        assert (answer.status, answer.body) == (200, b"hello")
        assert use(made, ca=server.ca, method="HEAD").status == 200


def test_the_line_for_a_shell_works(issuing, name, tmp_path):
    put(issuing, name, b"hello")
    made = link(issuing, "get", name, download_name="it's $(here).txt")
    done = subprocess.run(made["snippets"]["curl"], shell=True, cwd=tmp_path, capture_output=True, check=True)
    assert done.stderr == b""
    assert (tmp_path / "it's $(here).txt").read_bytes() == b"hello"
    (tmp_path / "FILE").write_bytes(b"up")
    up = link(issuing, "put", f"{name}-up", content={"types": ["text/plain"], "max_bytes": 10})
    subprocess.run(up["snippets"]["curl"], shell=True, cwd=tmp_path, capture_output=True, check=True)
    assert get(issuing, f"{name}-up").body == b"up"


def test_a_download_has_the_name_that_was_asked_for(issuing, name):
    put(issuing, name, b"x")
    answer = use(link(issuing, "get", name, download_name="größe 1.txt"))
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "UTF-8''gr%C3%B6%C3%9Fe%201.txt" in answer.headers["content-disposition"]


def test_head_is_a_verb_of_its_own(issuing, name):
    put(issuing, name, b"hello")
    made = link(issuing, "head", name)
    assert made["method"] == "HEAD"
    assert use(made).headers["content-length"] == "5"
    assert use(made, method="GET").status == 403


def test_an_upload_takes_what_was_agreed_upon_and_nothing_else(issuing, name):
    content = b"\x89PNG\r\n\x1a\n" + b"x" * 20
    made = link(issuing, "put", name, content={"types": ["image/png"], "min_bytes": 10, "max_bytes": 40})
    assert {"name": "content-type", "value": "image/png"} in made["headers"]
    assert use(made, content, {"content-type": "image/gif"}).status == 403
    assert use(made, content + b"x" * 40).status in (400, 403)
    assert use(made, b"short").status in (400, 403)
    assert not exists(issuing, name)
    assert use(made, content).status == 200
    assert get(issuing, name).body == content


def test_an_upload_of_one_exact_content(issuing, name):
    content = b"exactly this"
    digest = hashlib.sha256(content).hexdigest()
    made = link(issuing, "put", name, content={"sha256": digest, "length": len(content)})
    names = {header["name"] for header in made["headers"]}
    assert names == {"content-length", "x-amz-checksum-sha256"}
    assert use(made, b"exactly that").status == 400
    assert use(made, content).status == 200


def test_an_upload_by_template_goes_where_the_server_says(issuing):
    made = link(
        issuing,
        "put",
        key_template="up/{subject}/{year}/{uuid}.{ext}",
        subject="alice",
        extension="txt",
        variables={"year": "2026"},
        content={"types": ["text/plain"], "max_bytes": 10},
    )
    assert made["key"].startswith("up/alice/2026/") and made["key"].endswith(".txt")
    assert use(made, b"hello").status == 200
    assert get(issuing, made["key"]).body == b"hello"
    other = link(issuing, "put", key_template="up/{uuid}", content={"max_bytes": 1})
    assert len(other["key"]) == len("up/") + 36


def form_body(made, content, file_name="a.png", more=()):
    """The body of a form with the fields of an answer, in their order."""
    fields = [(field["name"], field["value"]) for field in made["fields"]]
    return body_of([*fields, *more], content, file_name)


def send_form(made, content, **options):
    """Sends a form as a browser does."""
    headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    return request("POST", made["url"], headers, form_body(made, content, **options))


def test_a_form_uploads_with_the_fields_of_the_answer(issuing, name):
    made = link(issuing, "put", name, shape="form", content={"types": ["text/plain"], "max_bytes": 10})
    assert made["method"] == "POST"
    assert send_form(made, b"x" * 11).status in (400, 403)
    assert send_form(made, b"hello").status == 204
    assert get(issuing, name).body == b"hello"


def test_a_form_may_leave_the_name_to_the_file_and_the_type_to_a_list(issuing, name):
    made = link(
        issuing,
        "put",
        f"{name}/${{filename}}",
        shape="form",
        subject="alice",
        content={"types": ["text/plain", "text/csv"], "max_bytes": 10},
    )
    assert made["warnings"]
    csv = [("Content-Type", "text/csv")]
    assert send_form(made, b"a,b", file_name="my.csv", more=csv).status == 204
    assert get(issuing, f"{name}/my.csv").body == b"a,b"
    html = [("Content-Type", "text/html")]
    assert send_form(made, b"a,b", file_name="my.html", more=html).status == 403
    assert send_form(made, b"a,b", file_name="no.csv").status == 403


def test_a_large_upload_is_begun_sent_in_parts_and_completed(issuing, name):
    size = 6 * 1024 * 1024
    content = bytes(range(256)) * (size // 256)
    made = link(
        issuing,
        "put",
        name,
        shape="multipart",
        multipart={"size": size, "part_size": 5 * 1024 * 1024},
        content={"types": ["application/x-test"]},
        restrictions={"create_only": True},
    )
    assert [part["size"] for part in made["parts"]] == [5 * 1024 * 1024, 1024 * 1024]
    tags, at = [], 0
    for part in made["parts"]:
        piece = content[at : at + part["size"]]
        at += part["size"]
        assert request("PUT", part["url"], {"content-length": "1"}, b"x").status == 403
        answer = request("PUT", part["url"], {}, piece)
        assert answer.status == 200, answer.body
        tags.append((part["number"], answer.headers["etag"]))
    listed = "".join(f"<Part><PartNumber>{n}</PartNumber><ETag>{tag}</ETag></Part>" for n, tag in tags)
    document = f"<CompleteMultipartUpload>{listed}</CompleteMultipartUpload>".encode()
    complete = made["complete"]
    answer = request(complete["method"], complete["url"], {}, document)
    assert answer.status == 200 and b"<ETag>" in answer.body, answer.body
    stored = get(issuing, name)
    assert stored.body == content and stored.headers["content-type"] == "application/x-test"


def test_a_large_upload_can_be_given_up(issuing, name):
    made = link(issuing, "put", name, shape="multipart", multipart={"size": 20_000_000})
    abort = made["abort"]
    assert request(abort["method"], abort["url"]).status == 204
    assert request("PUT", made["parts"][0]["url"], {}, b"x" * made["parts"][0]["size"]).status == 404


def test_a_page_shows_browsers_a_button_first(issuing, name):
    put(issuing, name, b"hello")
    made = link(issuing, "get", name, shape="page")
    page = use(made, headers={"accept": "text/html", "sec-fetch-mode": "navigate"})
    assert page.status == 200 and b"<form" in page.body


def test_restrictions_are_held(issuing, name):
    put(issuing, name, b"hello")
    elsewhere = link(issuing, "get", name, restrictions={"ip": ["203.0.113.0/24"]})
    assert use(elsewhere).status == 403
    here = link(issuing, "get", name, restrictions={"ip": ["127.0.0.0/8", "::1"], "rate_bytes_per_second": 100000})
    assert use(here).status == 200
    once = link(issuing, "get", name, restrictions={"uses": 1})
    assert [use(once).status, use(once).status] == [200, 403]
    bound = link(issuing, "get", name, restrictions={"bind_first": True})
    assert use(bound).status == 200
    soon = (datetime.now(timezone.utc) + timedelta(seconds=200)).strftime("%Y-%m-%dT%H:%M:%SZ")
    later = link(issuing, "get", name, ttl_seconds=600, restrictions={"not_before": soon})
    assert use(later).status == 403
    fresh = link(issuing, "put", f"{name}-new", restrictions={"create_only": True}, content={"max_bytes": 5})
    assert [use(fresh, b"a").status, use(fresh, b"b").status] == [200, 403]


def test_a_life_is_shortened_and_the_answer_says_by_what(issuing, name):
    put(issuing, name, b"x")
    made = link(issuing, "get", name, ttl_seconds=86400)
    assert (made["ttl_seconds"], made["limited_by"]) == (900, "ceiling")
    assert link(issuing, "get", name)["limited_by"] == "default"
    assert link(issuing, "put", name, ttl_seconds=3000)["ttl_seconds"] == 3000
    answer = ask(issuing, "get", name, ttl_seconds=86400, ttl_exact=True)
    assert error(answer) == (422, "refused", "ttl_seconds")


def test_a_stable_link_is_byte_for_byte_the_same(issuing, fresh, name):
    put(issuing, name, b"x")
    made = [link(issuing, "get", name, stable_seconds=3600 - 3000, ttl_seconds=100) for _ in range(3)]
    # The window may have turned between two calls, never between all three.
    assert len({one["url"] for one in made}) <= 2
    assert use(made[-1]).status == 200
    other = link(issuing, "get", name, stable_seconds=600, ttl_seconds=101)
    assert other["url"] not in {one["url"] for one in made}
    server = fresh()
    allow(server)
    put(server, name, b"x")
    before = link(server, "get", name, stable_seconds=600, ttl_seconds=100)
    address = server.url.partition("://")[2]
    server.stop()
    server.listen = address
    server.start()
    after = link(server, "get", name, stable_seconds=600, ttl_seconds=100)
    assert after["url"] == before["url"] or after["signed_at"] != before["signed_at"]


def test_a_link_is_listed_inspected_and_revoked(issuing, name):
    put(issuing, name, b"x")
    subject = f"subject-{name}"
    made = link(issuing, "get", name, subject=subject, restrictions={"uses": 5})
    assert use(made).status == 200
    listed = call(issuing, "GET", f"/v1/links?subject={subject}&bucket={BUCKET}&live=true").json["links"]
    assert [row["id"] for row in listed] == [made["id"]]
    seen = call(issuing, "GET", f"/v1/links/{made['id']}").json
    assert seen["live"] and not seen["revoked"] and seen["uses"]["used"] == 1 and seen["uses"]["limit"] == 5
    assert made["url"] not in json.dumps(seen) and "X-Amz-Signature" not in json.dumps(seen)
    first = call(issuing, "DELETE", f"/v1/links/{made['id']}")
    assert first.status == 200 and first.json["revoked"]
    wait_until(lambda: use(made).status == 403)
    assert call(issuing, "DELETE", f"/v1/links/{made['id']}").status == 200
    seen = call(issuing, "GET", f"/v1/links/{made['id']}").json
    assert seen["revoked"] and not seen["live"]


def wait_until(holds, tries=100):
    """Waits for what every node hears of within a second."""
    import time

    for _ in range(tries):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never happened")


def test_pages_of_links_come_one_after_the_other(issuing, name):
    subject = f"pages-{name}"
    put(issuing, name, b"x")
    made = {link(issuing, "get", name, subject=subject)["id"] for _ in range(5)}
    seen, cursor = [], ""
    while True:
        page = call(issuing, "GET", f"/v1/links?subject={subject}&limit=2{cursor}").json
        seen += [row["id"] for row in page["links"]]
        if "next_cursor" not in page:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert sorted(seen) == sorted(made) and len(seen) == 5


def test_a_batch_answers_for_each_link(issuing, name):
    put(issuing, name, b"x")
    wanted = [
        {"verb": "get", "bucket": BUCKET, "key": name},
        {"verb": "get", "bucket": BUCKET, "key": ""},
        {"verb": "get", "bucket": "no-such-bucket", "key": name},
    ]
    answer = call(issuing, "POST", "/v1/links:batch", {"links": wanted})
    assert answer.status == 200
    results = answer.json["results"]
    assert [result["status"] for result in results] == [201, 400, 422]
    assert use(results[0]["link"]).status == 200
    assert results[1]["error"]["field"] == "key"
    assert call(issuing, "POST", "/v1/links:batch", {"links": []}).status == 400
    assert call(issuing, "POST", "/v1/links:batch", {"links": wanted * 34}).status == 400
    large = {"verb": "put", "bucket": BUCKET, "key": name, "shape": "multipart", "multipart": {"size": 1}}
    assert call(issuing, "POST", "/v1/links:batch", {"links": [large]}).status == 400


def test_the_same_idempotency_key_gives_the_same_answer(issuing, name):
    put(issuing, name, b"x")
    headers = {"idempotency-key": f"once-{name}"}
    first = ask(issuing, "get", name, headers=headers, ttl_seconds=100)
    again = ask(issuing, "get", name, headers=headers, ttl_seconds=100)
    assert first.status == again.status == 201
    for member in ("id", "url", "expires_at", "signed_at", "key"):
        assert first.json[member] == again.json[member]
    other = ask(issuing, "get", name, headers=headers, ttl_seconds=101)
    assert error(other)[:2] == (409, "idempotency_conflict")
    upload = {"idempotency-key": f"up-{name}"}
    parts = {"shape": "multipart", "multipart": {"size": 9_000_000}}
    one = ask(issuing, "put", name, headers=upload, **parts).json
    two = ask(issuing, "put", name, headers=upload, **parts).json
    assert one["upload_id"] == two["upload_id"] and one["parts"] == two["parts"]
    share = {"idempotency-key": f"share-{name}"}
    assert (
        ask(issuing, "get", name, headers=share, shape="share").json["url"]
        == ask(issuing, "get", name, headers=share, shape="share").json["url"]
    )


def test_who_am_i(issuing):
    who = call(issuing, "GET", "/v1/whoami").json
    assert who["arn"].endswith(":user/tester") and who["kind"] == "user" and who["may"]["create_links"]
    root = call(issuing, "GET", "/v1/whoami", key=issuing.root).json
    assert root["kind"] == "root" and not root["may"]["create_links"]


def test_a_share_is_swapped_for_a_url_of_minutes(issuing, name):
    put(issuing, name, b"hello")
    made = link(issuing, "get", name, shape="share", ttl_seconds=30 * 86400, subject="partner")
    assert made["ttl_seconds"] == 30 * 86400 and "/_share/" in made["url"]
    opened = request("GET", made["url"])
    assert opened.status == 303 and "no-store" in opened.headers["cache-control"]
    assert opened.headers["referrer-policy"] == "no-referrer"
    assert request("GET", opened.headers["location"]).body == b"hello"
    assert call(issuing, "GET", f"/v1/links/{made['id']}").json["uses"]["used"] == 1
    assert call(issuing, "DELETE", f"/v1/links/{made['id']}").status == 200
    assert request("GET", made["url"]).status == 404
    wait_until(lambda: request("GET", opened.headers["location"]).status == 403)


def test_a_share_is_opened_so_often_and_not_once_more(issuing, name):
    put(issuing, name, b"hello")
    made = link(issuing, "get", name, shape="share", restrictions={"uses": 2})
    for ahead in ({"sec-purpose": "prefetch;prerender"}, {"purpose": "prefetch"}):
        assert request("GET", made["url"], ahead).status == 503
    assert request("HEAD", made["url"]).status == 200
    urls = [request("GET", made["url"]).headers["location"] for _ in range(2)]
    assert request("GET", made["url"]).status == 404
    for url in urls:
        assert [request("GET", url).status, request("GET", url).status] == [200, 403]


def test_d10_a_share_that_is_unknown_over_or_revoked_gets_one_same_answer(issuing, name):
    put(issuing, name, b"hello")
    made = link(issuing, "get", name, shape="share", restrictions={"uses": 1})
    assert request("GET", made["url"]).status == 303
    unknown = made["url"][:-1] + ("A" if made["url"][-1] != "A" else "B")
    answers = [request("GET", url) for url in (made["url"], unknown, made["url"] + "x", made["url"][:-20])]
    assert {answer.status for answer in answers} == {404}
    assert len({answer.body for answer in answers}) == 1


def test_a_share_can_show_a_page_first(issuing, name):
    put(issuing, name, b"hello")
    made = link(issuing, "get", name, shape="share", restrictions={"page": True})
    opened = request("GET", made["url"])
    page = request("GET", opened.headers["location"], {"accept": "text/html"})
    assert b"<form" in page.body


def test_curl_signs_for_the_service(issuing, name, tmp_path):
    put(issuing, name, b"hello")
    body = json.dumps({"verb": "get", "bucket": BUCKET, "key": name})
    done = subprocess.run(
        [
            *("curl", "-sS", "--aws-sigv4", "aws:amz:us-east-1:countersign"),
            *("--user", f"{issuing.key.id}:{issuing.key.secret}"),
            *("-H", "content-type: application/json", "-d", body, f"{issuing.admin_url}/v1/links"),
        ],
        capture_output=True,
        check=True,
    )
    made = json.loads(done.stdout)
    assert request("GET", made["url"]).body == b"hello"


def test_boto3_signs_for_the_service(issuing, name):
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    put(issuing, name, b"hello")
    url = f"{issuing.admin_url}/v1/links"
    body = json.dumps({"verb": "get", "bucket": BUCKET, "key": name})
    asked = AWSRequest("POST", url, data=body, headers={"content-type": "application/json"})
    SigV4Auth(Credentials(issuing.key.id, issuing.key.secret), "countersign", "us-east-1").add_auth(asked)
    answer = request("POST", url, dict(asked.headers.items()), body.encode())
    assert answer.status == 201, answer.body


def test_the_issuer_may_have_a_listener_of_its_own(run, tls, name):
    from harness.server import free_address

    address = free_address()
    server = run(tls=tls, tables=f'[issuer]\nlisten = "{address}"\n')
    allow(server)
    put(server, name, b"hello")
    body = {"verb": "get", "bucket": BUCKET, "key": name}
    answer = call(server, "POST", "/v1/links", body, at=f"https://{address}")
    assert answer.status == 201, answer.body
    assert use(answer.json, ca=server.ca).body == b"hello"


def test_the_issuer_can_be_switched_off(run):
    server = run(tables="[issuer]\nenabled = false\n")
    assert request("GET", f"{server.admin_url}/v1/whoami").status == 404


def test_the_document_of_the_api_is_served(issuing):
    answer = request("GET", f"{issuing.admin_url}/v1/openapi.json")
    document = json.loads(answer.body)
    assert document["openapi"].startswith("3.1") and "/v1/links" in document["paths"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"verb": "get", "bucket": BUCKET, "kee": "x"}, (400, "malformed", "kee")),
        ({"verb": "get", "bucket": BUCKET}, (400, "invalid_value", "key")),
        ({"verb": "list", "bucket": BUCKET, "key": "x"}, (400, "malformed", None)),
        ({"verb": "get", "bucket": "UPPER", "key": "x"}, (400, "invalid_value", "bucket")),
        ({"verb": "get", "bucket": BUCKET, "key": "x", "role": "ci"}, (400, "invalid_value", "role")),
        ({"verb": "get", "bucket": "not-there", "key": "x"}, (422, "refused", None)),
        ([], (400, "malformed", None)),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(issuing, body, expected):
    answer = call(issuing, "POST", "/v1/links", body)
    assert error(answer) == expected
    assert answer.json["error"]["request_id"] == answer.headers["x-amz-request-id"]


def test_methods_paths_and_bodies_that_are_none(issuing):
    assert error(call(issuing, "GET", "/v1/nothing"))[:2] == (404, "not_found")
    assert error(call(issuing, "PUT", "/v1/links", {}))[:2] == (405, "method_not_allowed")
    assert error(call(issuing, "POST", "/v1/links", raw=b"{" * 70_000))[:2] == (413, "too_large")
    text = {"content-type": "text/plain"}
    assert error(call(issuing, "POST", "/v1/links", raw=b"{}", headers=text))[:2] == (415, "unsupported_media_type")
    assert error(call(issuing, "GET", "/v1/links/nonsense"))[:2] == (404, "not_found")
    assert error(call(issuing, "GET", f"/v1/links/{'0' * 32}"))[:2] == (404, "not_found")
    assert error(call(issuing, "GET", "/v1/links?limit=0")) == (400, "invalid_value", "limit")
    assert error(call(issuing, "GET", "/v1/links?unknown=1")) == (400, "invalid_value", "unknown")


def test_a_revocation_ends_what_was_signed_so_far(issuing, name):
    put(issuing, name, b"x")
    subject = f"revoked-{name}"
    made = link(issuing, "get", name, subject=subject)
    answer = call(issuing, "POST", "/v1/revocations", {"target": {"subject": subject}})
    assert answer.status == 201 and answer.json["serial"] > 0
    wait_until(lambda: use(made).status == 403)
    for target in (
        {"object": {"bucket": BUCKET, "key": name}},
        {"prefix": {"bucket": BUCKET, "prefix": f"{name}/"}},
        {"link": "0" * 32},
    ):
        answer = call(issuing, "POST", "/v1/revocations", {"target": target, "end_transfers": True})
        assert answer.status == 201, answer.body
    missing = {"target": {"user": "nobody-of-that-name"}}
    assert call(issuing, "POST", "/v1/revocations", missing).status == 404
    two = {"target": {"subject": "a", "link": "0" * 32}}
    assert call(issuing, "POST", "/v1/revocations", two).status == 400


def test_the_command_line_asks_for_links(issuing, name):
    from harness.server import countersign

    put(issuing, name, b"hello")
    environment = {
        "AWS_ACCESS_KEY_ID": issuing.key.id,
        "AWS_SECRET_ACCESS_KEY": issuing.key.secret,
        "COUNTERSIGN_ISSUER_URL": issuing.admin_url,
    }
    place = f"s3://{BUCKET}/{name}"
    done = countersign("link", "create", place, "--uses", "1", environment=environment)
    url = done.stdout.strip()
    assert [request("GET", url).status for _ in range(2)] == [200, 403]
    template = f"s3://{BUCKET}/up/{{subject}}/{{uuid}}.{{ext}}"
    options = ["--verb=put", "--subject=alice", "--extension=txt", "--type=text/plain", "--max-bytes=9"]
    done = countersign("--json", "link", "create", template, *options, environment=environment)
    made = json.loads(done.stdout)
    assert use(made, b"hello").status == 200
    no = countersign("link", "create", f"s3://no-such-bucket/{name}", environment=environment, check=False)
    assert no.returncode == 1 and "422" in no.stderr
