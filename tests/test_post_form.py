"""Browser forms: POST with a policy, from real clients and by hand."""

import base64
import hashlib
import subprocess
from datetime import datetime, timedelta, timezone
from urllib.parse import quote, urlsplit

import pytest
import urllib3

from harness.boto import client_for
from harness.chunked import MODES, crc32
from harness.form import BOUNDARY, CLOSED, body_of, fields_of, part, policy_of, post, send
from harness.http import connect, raw, request, statuses
from harness.objects import exists, get, keys, put, signed
from harness.server import BUCKET
from harness.signer import Key, presign, sign

SECOND = timedelta(seconds=1)


def refused(answer):
    """Status, code and message of a refusal."""
    return answer.status, answer.code, answer.message


def boto3_post(server, name, fields=None, conditions=(), expires=300, key=None):
    """What boto3 gives to a page."""
    client = client_for(server, key)
    everything = [*CLOSED, *conditions]
    return client.generate_presigned_post(BUCKET, name, fields, everything, expires)


def submit(server, presigned, content, file_name="cat.jpg", kind=None):
    """Posts it as `requests` does: urllib3 encodes the form."""
    options = {"ca_certs": str(server.ca)} if server.ca else {}
    pool = urllib3.PoolManager(retries=False, timeout=20, **options)
    file = (file_name, content, kind) if kind else (file_name, content)
    fields = [*presigned["fields"].items(), ("file", file)]
    return pool.request("POST", presigned["url"], fields=fields, redirect=False)


# Real clients


@pytest.mark.parametrize("size", [0, 5, 3_000_000])
def test_boto3_makes_a_form_that_uploads(either, name, size):
    content = b"f" * size
    presigned = client_for(either).generate_presigned_post(
        BUCKET, name, Conditions=[["content-length-range", 0, 3_000_000]]
    )
    answer = submit(either, presigned, content)
    assert (answer.status, answer.data) == (204, b"")
    assert answer.headers["etag"] == f'"{hashlib.md5(content).hexdigest()}"'
    assert answer.headers["location"] == f"{either.url}/{BUCKET}/{name}"
    stored = get(either, name)
    assert (stored.status, stored.body) == (200, content)


def test_boto3_puts_the_name_of_the_file_into_the_key(either, name):
    presigned = boto3_post(either, f"{name}/${{filename}}")
    answer = submit(either, presigned, b"x", "käse 1.txt")
    assert answer.status == 204, answer.data
    assert answer.headers["location"].endswith(f"/{name}%2Fk%C3%A4se%201.txt")
    assert get(either, f"{name}/{quote('käse 1.txt')}").body == b"x"


def test_boto3_forms_work_in_profile_s3(either_s3, name):
    presigned = client_for(either_s3).generate_presigned_post(BUCKET, name)
    assert submit(either_s3, presigned, b"x").status == 204
    assert get(either_s3, name).body == b"x"


def test_a_longer_life_than_the_ceiling_is_refused_at_first_use_b2(safe, s3, name):
    day = 24 * 3600
    answer = submit(safe, boto3_post(safe, name, expires=day), b"x")
    assert answer.status == 403 and b"3600 seconds at most" in answer.data
    assert not exists(safe, name)
    assert submit(s3, boto3_post(s3, name, expires=day), b"x").status == 204


def test_curl_uploads_a_form(either, name, tmp_path):
    (tmp_path / "cat.txt").write_bytes(b"by curl" * 300_000)
    fields = fields_of(
        either.key,
        f"{name}/${{filename}}",
        [["content-length-range", 1, 10_000_000]],
        {"success_action_status": "201"},
        prefix=f"{name}/",
    )
    command = ["curl", "--silent", "--show-error", "--write-out", "\n%{http_code}"]
    command += ["--cacert", str(either.ca)] if either.ca else []
    for field, value in fields.items():
        command += ["--form-string", f"{field}={value}"]
    command += ["--form", f"file=@{tmp_path / 'cat.txt'}", f"{either.url}/{BUCKET}"]
    done = subprocess.run(command, capture_output=True, timeout=30, check=True)
    document, _, status = done.stdout.rpartition(b"\n")
    assert status == b"201", done
    assert f"<Key>{name}/cat.txt</Key>".encode() in document
    assert get(either, f"{name}/cat.txt").body == b"by curl" * 300_000


def test_field_names_have_no_case(safe, name):
    fields = fields_of(safe.key, name, extra={"Content-Type": "text/plain"})
    renamed = {field.upper().replace("POLICY", "pOLICY"): value for field, value in fields.items()}
    assert post(safe, renamed).status == 204
    assert get(safe, name).headers["content-type"] == "text/plain"


# What is stored


def test_fields_describe_the_object(either, name):
    extra = {
        "Content-Type": "image/png",
        "Cache-Control": "no-cache",
        "Content-Disposition": 'attachment; filename="a.png"',
        "Content-Encoding": "identity",
        "Expires": "Wed, 21 Oct 2026 07:28:00 GMT",
        "x-amz-meta-owner": "alice",
        "x-amz-storage-class": "STANDARD_IA",
        "acl": "private",
        "tagging": "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>",
        "x-amz-checksum-crc32": crc32(b"hello"),
    }
    fields = fields_of(either.key, name, extra=extra)
    answer = post(either, fields, file_more="\r\nContent-Type: text/html")
    assert answer.status == 204, answer.body
    head = signed(either, "HEAD", either.object_url(name), {"x-amz-checksum-mode": "ENABLED"})
    # The type is what the policy promised, not what the part says of itself.
    assert head.headers["content-type"] == "image/png"
    assert head.headers["content-encoding"] == "identity"
    assert head.headers["expires"] == extra["Expires"]
    assert head.headers["x-amz-meta-owner"] == "alice"
    assert head.headers["x-amz-storage-class"] == "STANDARD_IA"
    assert head.headers["x-amz-tagging-count"] == "1"
    assert head.headers["x-amz-checksum-crc32"] == crc32(b"hello")


def test_e2_the_type_must_be_the_promised_one(safe, name):
    conditions = [*CLOSED, ["starts-with", "$Content-Type", "image/"]]
    fields = fields_of(safe.key, name, conditions)
    for kind in ["text/html", "image/png, text/html", "imag", ""]:
        answer = post(safe, {**fields, "Content-Type": kind})
        expected = 'Policy Condition failed: ["starts-with", "$Content-Type", "image/"]'
        assert refused(answer) == (403, "AccessDenied", f"Invalid according to Policy: {expected}")
    assert post(safe, fields).status == 403
    assert not exists(safe, name)
    assert post(safe, {**fields, "Content-Type": "image/png"}).status == 204
    assert get(safe, name).headers["content-type"] == "image/png"


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"acl": "public-read"}, 400, "AccessControlListNotSupported"),
        ({"x-amz-acl": "public-read"}, 400, "AccessControlListNotSupported"),
        ({"x-amz-server-side-encryption-customer-key": "a"}, 501, "NotImplemented"),
        ({"x-amz-object-lock-mode": "COMPLIANCE"}, 501, "NotImplemented"),
        ({"x-amz-copy-source": f"/{BUCKET}/secret"}, 501, "NotImplemented"),
        ({"x-amz-storage-class": "ICE"}, 400, "InvalidStorageClass"),
        ({"tagging": "a=b"}, 400, "MalformedXML"),
        ({"x-amz-meta-a": "x" * 3_000}, 400, "MetadataTooLarge"),
        ({"x-amz-meta-a": "a\r\nset-cookie: b"}, 400, "InvalidArgument"),
        ({"x-amz-checksum-crc32": "AAAAAA=="}, 400, "BadDigest"),
        ({"x-amz-checksum-crc32": "no"}, 400, "InvalidRequest"),
        ({"x-amz-trailer": "x-amz-checksum-crc32"}, 501, "NotImplemented"),
        ({"Content-MD5": base64.b64encode(bytes(16)).decode()}, 400, "BadDigest"),
    ],
)
def test_e5_e6_fields_that_are_permitted_but_do_not_hold_store_nothing(safe, name, fields, status, code):
    answer = post(safe, fields_of(safe.key, name, extra=fields))
    assert (answer.status, answer.code) == (status, code), answer.body
    assert not exists(safe, name)


def test_a_document_that_is_no_tagging_means_no_tags(safe, name):
    fields = fields_of(safe.key, name, extra={"tagging": "<Other/>"})
    assert post(safe, fields).status == 204
    assert "x-amz-tagging-count" not in get(safe, name).headers


# Sizes


@pytest.mark.parametrize(("size", "status"), [(9, 400), (10, 204), (20, 204), (21, 400), (500_000, 400)])
def test_e1_the_size_is_held_while_the_file_comes(either, name, size, status):
    fields = fields_of(either.key, name, [["content-length-range", 10, "20"]])
    answer = post(either, fields, b"x" * size)
    assert answer.status == status, answer.body
    if status == 204:
        assert len(get(either, name).body) == size
        return
    assert not exists(either, name)
    if size < 10:
        message = "Your proposed upload is smaller than the minimum allowed size"
        assert refused(answer) == (400, "EntityTooSmall", message)
        assert (answer.element("ProposedSize"), answer.element("MinSizeAllowed")) == (str(size), "10")
    else:
        message = "Your proposed upload exceeds the maximum allowed size"
        assert refused(answer) == (400, "EntityTooLarge", message)
        assert answer.element("MaxSizeAllowed") == "20"
        assert 20 < int(answer.element("ProposedSize")) <= size


def test_e1_the_size_is_that_of_the_file_and_not_of_the_form(safe, name):
    padding = {f"x-ignore-{number}": "x" * 1_000 for number in range(10)}
    fields = fields_of(safe.key, name, [["content-length-range", 0, 5]])
    assert post(safe, {**padding, **fields}, b"12345").status == 204


def test_e1_the_largest_object_counts_for_forms_too(fresh, name):
    server = fresh(profile="s3", tables="[limits]\nmax_object_bytes = 1000\n")
    fields = fields_of(server.key, name, [])
    answer = post(server, fields, b"x" * 1_001)
    assert (answer.code, answer.element("MaxSizeAllowed")) == ("EntityTooLarge", "1000")
    assert post(server, fields, b"x" * 1_000).status == 204


def test_e1_a_file_that_breaks_off_or_has_no_end_stores_nothing(either, name):
    fields = fields_of(either.key, name)
    whole = body_of(fields, b"x" * 200_000)
    for cut in [5, 30, 100_000]:
        answer = send(either, whole[:-cut])
        assert (answer.status, answer.code) == (400, "MalformedPOSTRequest"), cut
        assert not exists(either, name)
    head = (
        f"POST /{BUCKET} HTTP/1.1\r\nHost: {either.host}\r\nContent-Length: {len(whole)}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n"
    )
    fields = fields_of(either.key, f"{name}-cut")
    with connect(either.url, either.ca) as sock:
        sock.sendall(head.encode() + body_of(fields, b"x" * 200_000)[:-5_000])
    assert not exists(either, f"{name}-cut")


def test_e12_a_form_that_stalls_is_given_up(fresh, name):
    server = fresh(tables='[limits]\nbody_idle_timeout = "1s"\n')
    fields = fields_of(server.key, name)
    body = body_of(fields, b"x" * 10_000)
    head = (
        f"POST /{BUCKET} HTTP/1.1\r\nHost: {server.host}\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n"
    )
    for sent in [b"", body[:200], body[:-500]]:
        with connect(server.url) as sock:
            sock.settimeout(10)
            sock.sendall(head.encode() + sent)
            received = b""
            while piece := sock.recv(65536):
                received += piece
        assert statuses(received) == [400] and b"<Code>RequestTimeout</Code>" in received
    assert not exists(server, name)


# The policy


def test_e8_every_condition_is_held_against_the_form(either, name):
    fields = fields_of(either.key, f"{name}/a", prefix=f"{name}/")
    for key in ["elsewhere/a", f"{name}", f"{name.upper()}/a"]:
        answer = post(either, {**fields, "key": key})
        expected = f'Policy Condition failed: ["starts-with", "$key", "{name}/"]'
        assert refused(answer) == (403, "AccessDenied", f"Invalid according to Policy: {expected}")
    assert post(either, {**fields, "bucket": "otherbucket"}).status == 403
    assert keys(either, query=f"list-type=2&prefix={name}") == []
    assert post(either, {**fields, "bucket": BUCKET}).status == 204


@pytest.mark.parametrize(
    ("extra", "named"),
    [
        ({"Content-Type": "text/html"}, "content-type"),
        ({"ACL": "public-read"}, "acl"),
        ({"x-amz-meta-a": "b"}, "x-amz-meta-a"),
        ({"X-Amz-Website-Redirect-Location": "https://evil.example"}, "x-amz-website-redirect-location"),
        ({"success_action_redirect": "https://evil.example"}, "success_action_redirect"),
        ({"success_action_status": "201"}, "success_action_status"),
        ({"tagging": "<Tagging/>"}, "tagging"),
        ({"x-ignor": "a"}, "x-ignor"),
    ],
)
def test_e8_a_field_without_a_condition_is_refused(safe, s3, name, extra, named):
    for server in (safe, s3):
        answer = post(server, {**fields_of(server.key, name), **extra})
        message = f"Invalid according to Policy: Extra input fields: {named}"
        assert refused(answer) == (403, "AccessDenied", message)
        assert not exists(server, name)


def test_e8_a_field_stands_once_in_any_case(safe, name):
    fields = list(fields_of(safe.key, name).items())
    for again in [("key", name), ("Key", "other"), ("KEY", ""), ("Policy", "x"), ("X-Amz-Date", "x")]:
        for where in (0, len(fields)):
            pairs = fields[:where] + [again] + fields[where:]
            answer = post(safe, pairs)
            assert (answer.status, answer.code) == (400, "InvalidArgument")
            assert answer.element("ArgumentName") == again[0].lower()
    assert not exists(safe, name)


def test_e8_an_altered_policy_or_signature_is_refused(either, name):
    fields = fields_of(either.key, name)
    wider = policy_of([{"bucket": BUCKET}, ["starts-with", "$key", ""], *CLOSED])
    flipped = fields["x-amz-signature"][:-1] + ("0" if fields["x-amz-signature"][-1] != "0" else "1")
    for change in [{"policy": wider}, {"x-amz-signature": flipped}, {"x-amz-signature": "zz"}]:
        answer = post(either, {**fields, **change})
        assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")
        assert answer.element("StringToSign") == {**fields, **change}["policy"]
        assert answer.element("CanonicalRequest") is None
    other = fields_of(Key(either.key.id, "another-secret"), name)
    assert post(either, other).code == "SignatureDoesNotMatch"
    unknown = fields_of(Key("AKIANOBODY0000000000", "x"), name)
    assert refused(post(either, unknown))[:2] == (403, "InvalidAccessKeyId")
    assert not exists(either, name)


def test_e8_an_expired_policy_is_refused(safe, s3, name):
    before = datetime.now(timezone.utc) - 120 * SECOND
    for server in (safe, s3):
        answer = post(server, fields_of(server.key, name, when=before, expires=60))
        expected = (403, "AccessDenied", "Invalid according to Policy: Policy expired.")
        assert refused(answer) == expected
        assert post(server, fields_of(server.key, name, when=before, expires=240)).status == 204


def test_b1_a_form_dated_ahead_is_refused(safe, s3, name):
    ahead = datetime.now(timezone.utc) + timedelta(hours=1)
    for server in (safe, s3):
        answer = post(server, fields_of(server.key, name, when=ahead))
        assert refused(answer) == (403, "AccessDenied", "Request is not yet valid")
    within = datetime.now(timezone.utc) + timedelta(minutes=10)
    answer = post(safe, fields_of(safe.key, name, when=within, expires=3_600))
    assert answer.status == 403 and "dated ahead" in answer.message
    assert not exists(safe, name)


def test_c2_a_policy_must_say_how_much_and_where(safe, s3, name):
    open_policies = [([], f"{name}/"), (CLOSED, "")]
    for (conditions, prefix), word in zip(open_policies, ["content-length-range", "key condition"]):
        fields = fields_of(safe.key, f"{name}/a", conditions, prefix=prefix)
        answer = post(safe, fields)
        assert (answer.status, answer.code) == (403, "AccessDenied") and word in answer.message
        assert not exists(safe, f"{name}/a")
        fields = fields_of(s3.key, f"{name}/a", conditions, prefix=prefix)
        assert post(s3, fields).status == 204


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ("%%%", "Invalid Policy: invalid Base64 encoding."),
        ("e30=", "Invalid Policy: Policy missing expiration."),
        ("W10=", "Invalid Policy: Invalid JSON."),
        (policy_of({}), "Invalid Policy: Invalid 'conditions' value: must be a List."),
        (
            policy_of([{}]),
            "Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property "
            "specified.",
        ),
        (
            policy_of([["content-length-range", 1]]),
            "Invalid Policy: Invalid content-length-range: wrong number of arguments.",
        ),
        (policy_of([], Expiration="x"), "Invalid Policy: Unexpected: 'Expiration'"),
    ],
    # Not from the policies: they hold the time, and every process must find the same tests.
    ids=["base64", "expiration", "json", "list", "empty-condition", "range", "unexpected"],
)
def test_policies_that_make_no_sense_are_refused_as_by_s3(safe, name, policy, message):
    answer = post(safe, fields_of(safe.key, name, policy=policy))
    assert refused(answer) == (400, "InvalidPolicyDocument", message)


def test_h6_root_keys_sign_no_forms(safe, s3, name):
    answer = post(safe, fields_of(safe.root, name))
    assert answer.status == 403 and "Root keys" in answer.message
    assert post(s3, fields_of(s3.root, name)).status == 204


# Who signs


def test_a_form_without_policy_or_signature_is_anonymous(either, name):
    fields = fields_of(either.key, name)
    anonymous = {"key": name}
    only_policy = {"key": name, "policy": fields["policy"]}
    without = {field: value for field, value in fields.items() if field != "policy"}
    for form in (anonymous, only_policy, without):
        assert refused(post(either, form)) == (403, "AccessDenied", "Access Denied")
    assert not exists(either, name)


@pytest.mark.parametrize(
    ("field", "named"),
    [
        ("key", "key"),
        ("x-amz-signature", "X-Amz-Signature"),
        ("x-amz-algorithm", "X-Amz-Algorithm"),
        ("x-amz-credential", "X-Amz-Credential"),
        ("x-amz-date", "X-Amz-Date"),
    ],
)
def test_a_missing_field_is_named_also_where_it_stands_behind_the_file(safe, name, field, named):
    fields = fields_of(safe.key, name)
    late = part(field, fields.pop(field))
    for after in (b"", late):
        answer = post(safe, fields, after=after)
        assert refused(answer) == (
            400,
            "InvalidArgument",
            f"Bucket POST must contain a field named '{named}'.  "
            "If it is specified, please check the order of the fields.",
        )
        assert (answer.element("ArgumentName"), answer.element("ArgumentValue")) == (named, "")


def test_a14_a_form_of_both_versions_is_refused(safe, s3, name):
    for server in (safe, s3):
        for more in ("AWSAccessKeyId", "signature"):
            mixed = {**fields_of(server.key, name), more: "x"}
            answer = post(server, mixed)
            assert (answer.status, answer.code) == (400, "InvalidArgument")
            assert "Only one auth mechanism" in answer.message
        assert not exists(server, name)


def test_a14_a_form_and_another_mechanism_are_refused_together(either, name):
    fields = fields_of(either.key, name)
    url = f"{either.url}/{BUCKET}"
    kind = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    body = body_of(fields)
    by_header = sign(either.key, "POST", url, kind)
    answers = [
        request("POST", url, by_header, body, either.ca),
        request("POST", presign(either.key, "POST", url), kind, body, either.ca),
        # Nor does another mechanism replace the policy.
        request("POST", url, by_header, body_of({"key": name}), either.ca),
        send(either, body, {"authorization": "AWS AKID:c2ln"}),
    ]
    for answer in answers:
        assert answer.status == 400, answer.body
    assert [answer.code for answer in answers[:3]] == ["InvalidArgument"] * 3
    assert not exists(either, name)


@pytest.mark.parametrize("mode", MODES)
def test_a3_a_streaming_header_opens_nothing(safe, name, mode):
    wrong = fields_of(Key(safe.key.id, "another-secret"), name)
    answer = send(safe, body_of(wrong), {"x-amz-content-sha256": mode})
    assert answer.code == "SignatureDoesNotMatch"
    # And with the right secret the body is what it is: a form.
    right = fields_of(safe.key, name)
    assert send(safe, body_of(right), {"x-amz-content-sha256": mode}).status == 204
    assert get(safe, name).body == b"hello"


def test_a4_flipping_any_byte_of_what_is_signed_is_refused(safe, name):
    fields = fields_of(safe.key, name)
    for field in ("policy", "x-amz-signature"):
        text = fields[field]
        for at in range(0, len(text), 37):
            other = "A" if text[at] != "A" else "B"
            answer = post(safe, {**fields, field: text[:at] + other + text[at + 1 :]})
            assert answer.code == "SignatureDoesNotMatch"
    assert not exists(safe, name)


@pytest.mark.parametrize("header", ["x-amz-acl", "x-amz-tagging", "x-amz-meta-a", "x-amz-copy-source"])
def test_a1_headers_beside_a_form_say_nothing_of_the_object(safe, s3, name, header):
    for server in (safe, s3):
        answer = send(server, body_of(fields_of(server.key, name)), {header: "x"})
        assert (answer.status, answer.element("HeadersNotSigned")) == (403, header)
        assert not exists(server, name)


def test_f8_only_a_signer_learns_whether_a_bucket_exists(safe, name):
    bucket = f"nowhere-{name}"
    own = ["x-amz-algorithm", "x-amz-credential", "x-amz-date"]
    any_value = [["starts-with", f"${field}", ""] for field in own]
    policy = policy_of([{"bucket": bucket}, {"key": name}, *CLOSED, *any_value])
    good = fields_of(safe.key, name, policy=policy)
    assert send(safe, body_of(good), bucket=bucket).code == "NoSuchBucket"
    assert send(safe, body_of({"key": name}), bucket=bucket).code == "AccessDenied"


def test_g4_forms_over_plain_http_from_elsewhere_are_refused(safe, name):
    # A forwarding header of a proxy that nobody listed: the client may be anywhere.
    answer = send(safe, body_of(fields_of(safe.key, name)), {"x-forwarded-for": "192.0.2.1"})
    assert answer.status == 403 and "HTTPS only" in answer.message
    assert not exists(safe, name)


# The body


def test_a_body_of_another_type_is_refused_as_by_s3(either):
    for kind in ["application/x-www-form-urlencoded", "text/plain", "multipart/mixed; boundary=x"]:
        answer = send(either, b"a=b", {"content-type": kind})
        message = "At least one of the pre-conditions you specified did not hold"
        assert refused(answer) == (412, "PreconditionFailed", message)
        expected = "Bucket POST must be of the enclosure-type multipart/form-data"
        assert answer.element("Condition") == expected


def test_bodies_that_are_no_forms_are_refused(safe, name):
    fields = fields_of(safe.key, name)
    good = body_of(fields)
    start = f"--{BOUNDARY}\r\n".encode()
    named = start + b"Content-Disposition: form-data; name="
    bodies = {
        "nothing": b"",
        "no boundary": b"hello",
        "only an end": f"--{BOUNDARY}".encode(),
        "a part without a name": start + b"Content-Disposition: form-data\r\n\r\nx\r\n" + good,
        "a part without a disposition": start + b"Content-Type: text/plain\r\n\r\nx\r\n" + good,
        "two names": named + b'"a"; name="b"\r\n\r\nx\r\n' + good,
        "an open quote": named + b'"a\r\n\r\nx\r\n' + good,
        "a name that is not utf-8": named + b'"\xff"\r\n\r\nx\r\n' + good,
        "a value that is not utf-8": named + b'"x-ignore-a"\r\n\r\n\xff\r\n' + good,
        "a control character": named + b'"a\0b"\r\n\r\nx\r\n' + good,
        "line feeds only": good.replace(b"\r\n", b"\n"),
    }
    for what, body in bodies.items():
        answer = send(safe, body)
        message = "The body of your POST request is not well-formed multipart/form-data."
        assert refused(answer) == (400, "MalformedPOSTRequest", message), what
    for boundary in ["", "; boundary=", "; boundary=" + "x" * 71]:
        kind = {"content-type": f"multipart/form-data{boundary}"}
        assert send(safe, good, kind).code == "MalformedPOSTRequest", kind
    assert not exists(safe, name)


def test_a_form_has_exactly_one_file(either, name):
    fields = fields_of(either.key, name)
    message = "POST requires exactly one file upload per request."
    answer = post(either, fields, None)
    assert refused(answer) == (400, "InvalidArgument", message)
    assert (answer.element("ArgumentName"), answer.element("ArgumentValue")) == ("file", "0")
    for second in [part("file", "x"), part("x-ignore", "y") + part("File", "x", '; filename="b"')]:
        answer = post(either, fields, after=second)
        assert refused(answer) == (400, "InvalidArgument", message)
    assert not exists(either, name)


def test_fields_behind_the_file_are_ignored(safe, name):
    late = part("acl", "public-read") + part("key", "elsewhere") + part("Content-Type", "text/html")
    assert post(safe, fields_of(safe.key, name), after=late).status == 204
    head = signed(safe, "HEAD", safe.object_url(name))
    assert head.headers["content-type"] == "binary/octet-stream"
    assert not exists(safe, "elsewhere")


def test_what_is_behind_the_file_is_not_read_for_ever(safe, name):
    late = part("x-ignore-a", b"x" * 3_000_000)
    body = body_of(fields_of(safe.key, name), after=late)
    head = (
        f"POST /{BUCKET} HTTP/1.1\r\nHost: {safe.host}\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n"
    )
    # The answer may be lost with the connection; the object is stored, or nothing is.
    received, closed = raw(safe.url, head.encode() + body)
    assert closed
    assert statuses(received) in ([], [204])
    assert get(safe, name).body == b"hello"


@pytest.mark.parametrize("size", [25_000, 70_000, 500_000])
def test_l2_fields_before_the_file_are_bounded(either, name, size):
    fields = {**fields_of(either.key, name), "x-ignore-a": "x" * size}
    answer = post(either, fields)
    message = "Your POST request fields preceding the upload file were too large."
    assert refused(answer) == (400, "MaxPostPreDataLengthExceeded", message)
    assert answer.element("MaxPostPreDataLengthBytes") == "20480"


def test_l2_many_fields_long_part_heads_and_preambles_are_bounded(safe, name):
    fields = list(fields_of(safe.key, name).items())
    many = [(f"x-ignore-{number}", "") for number in range(130)]
    assert post(safe, many + fields).code == "MaxPostPreDataLengthExceeded"
    assert send(safe, b"x" * 100_000 + body_of(fields)).code == "MaxPostPreDataLengthExceeded"
    long_head = f"--{BOUNDARY}\r\nX-Long: {'x' * 100_000}\r\n".encode()
    assert send(safe, long_head + body_of(fields)).code == "MaxPostPreDataLengthExceeded"
    assert send(safe, b"preamble\r\n" + body_of(fields)).status == 204


def test_a_file_may_hold_what_looks_like_boundaries(either, name):
    almost = [f"\r\n--{BOUNDARY[:-1]}".encode(), f"--{BOUNDARY}\r\n".encode()]
    content = b"".join([b"\r\n", b"\r\n--", *almost, b"\r", b"x" * 70_000]) * 20
    fields = fields_of(either.key, name, [["content-length-range", 0, 10_000_000]])
    assert post(either, fields, content).status == 204
    assert get(either, name).body == content


def test_a_form_in_pieces_of_any_size_is_the_same_form(safe, name):
    content = bytes(range(256)) * 40
    body = body_of(fields_of(safe.key, name), content)
    for size in (1, 7, 1_000):
        head = (
            f"POST /{BUCKET} HTTP/1.1\r\nHost: {safe.host}\r\nTransfer-Encoding: chunked\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nConnection: close\r\n\r\n"
        )
        pieces = [body[at : at + size] for at in range(0, len(body), size)]
        chunked = b"".join(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces)
        received, _ = raw(safe.url, head.encode() + chunked + b"0\r\n\r\n")
        assert statuses(received) == [204]
        assert get(safe, name).body == content


# The name of the file


@pytest.mark.parametrize(
    ("file_name", "stored"),
    [
        ("cat.jpg", "cat.jpg"),
        ("C:\\fakepath\\cat.jpg", "cat.jpg"),
        ("/etc/passwd", "passwd"),
        ("../../../etc/passwd", "passwd"),
        ("..\\..\\passwd", "passwd"),
        ("a\u0085b\u009fc", "abc"),
        ("${filename}", "${filename}"),
        ("x; name=key", "x; name=key"),
        ("%2e%2e%2fa", "%2e%2e%2fa"),
        (None, "${filename}"),
        ("", ""),
    ],
)
def test_e8_the_name_of_a_file_is_its_last_part(safe, name, file_name, stored):
    fields = fields_of(safe.key, f"{name}/${{filename}}", prefix=f"{name}/")
    answer = post(safe, fields, file_name=file_name)
    assert answer.status == 204, answer.body
    assert keys(safe, query=f"list-type=2&prefix={name}/") == [f"{name}/{stored}"]


def test_e8_a_name_of_dots_or_a_very_long_one_is_refused(safe, s3, name):
    fields = fields_of(safe.key, f"{name}/${{filename}}", prefix=f"{name}/")
    for dots in [".", "..", "a/..", "..\\.."]:
        assert refused(post(safe, fields, file_name=dots))[:2] == (400, "InvalidURI"), dots
    answer = post(safe, fields, file_name="n" * 1_100)
    assert refused(answer)[:2] == (400, "KeyTooLongError")
    assert answer.element("Size") == str(len(name) + 1 + 1_100)
    assert keys(safe, query=f"list-type=2&prefix={name}/") == []
    # S3 takes any key.
    fields = fields_of(s3.key, f"{name}/${{filename}}", prefix=f"{name}/")
    assert post(s3, fields, file_name="..").status == 204


def test_e8_the_name_of_the_file_is_held_against_the_policy(safe, name):
    conditions = [*CLOSED, ["eq", "$key", f"{name}/cat.jpg"]]
    fields = fields_of(safe.key, f"{name}/${{filename}}", conditions, prefix=f"{name}/")
    answer = post(safe, fields, file_name="dog.jpg")
    assert f'["eq", "$key", "{name}/cat.jpg"]' in answer.message
    assert post(safe, fields, file_name="dir\\cat.jpg").status == 204


def test_keys_that_are_none_are_refused(safe, name):
    for key, code in [("n" * 1_025, "KeyTooLongError"), ("a\0b", "InvalidArgument")]:
        assert post(safe, fields_of(safe.key, key)).code == code


# The answer


@pytest.mark.parametrize(
    ("asked", "status"), [("200", 200), ("201", 201), ("204", 204), ("404", 204), ("", 204)]
)
def test_the_status_is_one_of_three(either, name, asked, status):
    fields = fields_of(either.key, f"{name}/a&b", extra={"success_action_status": asked})
    answer = post(either, fields)
    assert answer.status == status
    etag = f'"{hashlib.md5(b"hello").hexdigest()}"'
    location = f"{either.url}/{BUCKET}/{name}%2Fa%26b"
    assert (answer.headers["etag"], answer.headers["location"]) == (etag, location)
    if status != 201:
        assert answer.body == b""
        return
    assert answer.headers["content-type"] == "application/xml"
    assert answer.element("Location") == location
    assert (answer.element("Bucket"), answer.element("ETag")) == (BUCKET, etag)
    assert answer.element("Key") == f"{name}/a&b"
    got = signed(either, "GET", answer.element("Location"))
    assert got.body == b"hello"


PAGE = "https://app.example.com/done?x=1#top"


def redirected(server, name, page, field="success_action_redirect", **extra):
    """Posts a form that asks for a redirect."""
    return post(server, fields_of(server.key, name, extra={field: page, **extra}))


def test_e9_redirects_of_the_safe_profile_go_to_listed_origins_only(fresh, name):
    server = fresh(tables='[guardrails]\nredirect_origins = ["https://app.example.com"]\n')
    etag = quote(f'"{hashlib.md5(b"hello").hexdigest()}"', safe="")
    for field in ("success_action_redirect", "redirect"):
        answer = redirected(server, name, PAGE, field, success_action_status="201")
        expected = f"https://app.example.com/done?x=1&bucket={BUCKET}&key={name}&etag={etag}#top"
        assert (answer.status, answer.body) == (303, b"")
        assert answer.headers["location"] == expected
    for page in [
        "https://evil.example/",
        "http://app.example.com/done",
        "https://app.example.com:8443/",
        "https://app.example.com.evil.example/",
        "https://app.example.com@evil.example/",
        "https://evil.example\\@app.example.com/",
        "//app.example.com/",
        "javascript:alert(1)",
    ]:
        answer = redirected(server, f"{name}-other", page)
        assert answer.status == 204, page
        assert urlsplit(answer.headers["location"]).netloc == server.host


def test_e9_without_a_list_the_safe_profile_redirects_nowhere(safe, s3, name):
    answer = redirected(safe, name, PAGE)
    assert answer.status == 204
    assert answer.headers["location"] == f"{safe.url}/{BUCKET}/{name}"
    answer = redirected(s3, name, "http://anywhere.example:81/x")
    assert answer.status == 303
    assert answer.headers["location"].startswith("http://anywhere.example:81/x?bucket=")
    for page in ["ftp://anywhere.example", "javascript:alert(1)", "/x", "https://a b.example", "nonsense"]:
        assert redirected(s3, name, page).status == 204, page


def test_pages_of_other_origins_may_read_answer_and_refusal(fresh, name):
    server = fresh(tables='[cors]\nallowed_origins = ["https://app.example.com"]\n')
    origin = {"origin": "https://app.example.com"}
    good = send(server, body_of(fields_of(server.key, name)), origin)
    bad = send(server, body_of({"key": name}), origin)
    for answer, status in [(good, 204), (bad, 403)]:
        assert answer.status == status
        assert answer.headers["access-control-allow-origin"] == "https://app.example.com"
        assert "ETag" in answer.headers["access-control-expose-headers"]
    preflight = request(
        "OPTIONS", f"{server.url}/{BUCKET}", {**origin, "access-control-request-method": "POST"}
    )
    assert preflight.status == 200


def test_an_upload_replaces_the_object_or_leaves_it(safe, name):
    put(safe, name, b"old")
    assert post(safe, fields_of(safe.key, name, [["content-length-range", 0, 3]]), b"longer").status == 400
    assert get(safe, name).body == b"old"
    assert post(safe, fields_of(safe.key, name), b"new").status == 204
    assert get(safe, name).body == b"new"


def test_whoever_is_refused_in_the_middle_of_sending_can_read_why(safe, name):
    body = body_of(fields_of(Key(safe.key.id, "another-secret"), name), b"x" * 500_000)
    answer = send(safe, body)
    assert answer.code == "SignatureDoesNotMatch"


def test_whoever_sends_a_form_without_a_boundary_can_send_it_all_and_read_why(safe):
    # To close with bytes unread would reset the connection, in the middle of sending or of reading.
    body = b"x" * 900_000
    for boundary in ("", "; boundary=", f"; boundary={'x' * 71}"):
        head = (
            f"POST /{BUCKET} HTTP/1.1\r\nHost: {safe.host}\r\nContent-Length: {len(body)}\r\n"
            f"Content-Type: multipart/form-data{boundary}\r\n\r\n"
        )
        with connect(safe.url) as sock:
            sock.sendall(head.encode() + body[:100])
            received = sock.recv(65_536)
            sock.sendall(body[100:])
            received += b"".join(iter(lambda: sock.recv(65_536), b""))
        assert statuses(received) == [400]
        assert b"<Code>MalformedPOSTRequest</Code>" in received


def test_f1_no_field_of_a_form_is_logged(fresh, name):
    server = fresh()
    good = fields_of(server.key, name)
    bad = {**fields_of(server.key, name, extra={"x-amz-meta-a": "b"}), "x-amz-meta-c": "d"}
    assert post(server, good).status == 204
    assert post(server, bad).status == 403
    assert server.stop() == 0
    output = server.output().decode()
    assert "Extra" in output or "extra" in output
    for form in (good, bad):
        assert form["x-amz-signature"] not in output
        assert form["policy"] not in output


def test_a_form_waits_for_the_permission_to_send(safe, name):
    body = body_of(fields_of(safe.key, name), b"x" * 5_000)
    head = (
        f"POST /{BUCKET} HTTP/1.1\r\nHost: {safe.host}\r\nContent-Length: {len(body)}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nExpect: 100-continue\r\n\r\n"
    )
    with connect(safe.url) as sock:
        sock.sendall(head.encode())
        assert sock.recv(1_000).startswith(b"HTTP/1.1 100 ")
        sock.sendall(body)
        assert sock.recv(1_000).startswith(b"HTTP/1.1 204 ")
    assert len(get(safe, name).body) == 5_000


def test_buckets_in_the_host_name_take_forms(fresh, name):
    server = fresh(top='domains = ["s3.example.com"]')
    body = body_of(fields_of(server.key, name))
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    headers = {"host": f"{BUCKET}.s3.example.com", "content-type": kind}
    answer = request("POST", f"{server.url}/", headers, body)
    assert answer.status == 204, answer.body
    assert answer.headers["location"] == f"http://{BUCKET}.s3.example.com/{name}"
    assert get(server, name).body == b"hello"
