"""A13: SigV2, which boto3 and the AWS CLI v1 still presign with unless told otherwise.

URLs and headers of it are refused everywhere. Forms are taken where the operator says so, as the profile
`s3` does, and are then held to everything that other forms are held to.
"""

import base64
import json

import boto3
import pytest
import urllib3

from harness.boto import client_for, refused
from harness.form import CLOSED, body_of, fields_of, part, policy_of, post, send, v2_fields_of
from harness.http import request
from harness.objects import exists, get, put
from harness.server import BUCKET, REGION
from harness.signer import Key

NOT_SUPPORTED = "Please use AWS4-HMAC-SHA256."
ACCEPTING = "[guardrails]\nallow_sigv2_forms = true\n"
REFUSING = "[guardrails]\nallow_sigv2_forms = false\n"
HOUR = 3600
DAY = 24 * HOUR


@pytest.fixture(params=["safe", "safe_tls", "s3", "s3_tls"])
def any_server(request):
    """Each profile, over HTTP and over HTTPS."""
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["get_object", "put_object"])
def url(request, any_server, name):
    """A URL from boto3 with nothing configured."""
    client = boto3.client(
        "s3",
        endpoint_url=any_server.url,
        region_name=REGION,
        aws_access_key_id=any_server.key.id,
        aws_secret_access_key=any_server.key.secret,
    )
    params = {"Bucket": BUCKET, "Key": name}
    url = client.generate_presigned_url(request.param, Params=params, ExpiresIn=300)
    assert "AWSAccessKeyId=" in url
    return request.param, url


def test_a13_a_sigv2_url_is_refused_by_name(any_server, name, url):
    operation, url = url
    put(any_server, f"{name}-other", b"x")
    method = operation.partition("_")[0].upper()
    answer = request(method, url, body=b"v2" if method == "PUT" else None, ca=any_server.ca)
    assert (answer.status, answer.code) == (400, "InvalidRequest")
    assert "AWS4-HMAC-SHA256" in answer.message
    assert not exists(any_server, name)


def test_a13_a_sigv2_header_is_refused_by_name(any_server, name):
    headers = {
        "authorization": f"AWS {any_server.key.id}:frJIUN8DYpKDtOLCwo//yllqDzg=",
        "date": "Mon, 23 Nov 2026 12:00:00 GMT",
    }
    answer = request("PUT", any_server.object_url(name), headers, b"v2", any_server.ca)
    assert answer.status in (400, 403), answer.body
    assert not exists(any_server, name)


def test_a13_boto3_signed_with_sigv2_does_nothing_else(s3, name):
    client = client_for(s3, signature_version="s3")
    assert refused(client.put_object, Bucket=BUCKET, Key=name, Body=b"v2") == "InvalidRequest"
    assert refused(client.list_objects_v2, Bucket=BUCKET) == "InvalidRequest"


# Forms


def submit(server, presigned, content):
    """Posts what boto3 gives to a page, as `requests` does."""
    options = {"ca_certs": str(server.ca)} if server.ca else {}
    pool = urllib3.PoolManager(retries=False, timeout=20, **options)
    fields = [*presigned["fields"].items(), ("file", ("cat.jpg", content))]
    return pool.request("POST", presigned["url"], fields=fields, redirect=False)


def boto3_form(server, name, **options):
    """A form of SigV2, as boto3 makes them."""
    client = client_for(server, signature_version="s3")
    form = client.generate_presigned_post(BUCKET, name, **options)
    assert set(form["fields"]) >= {"AWSAccessKeyId", "policy", "signature"}
    return form


def test_a13_a_form_of_boto3_is_refused_by_name_in_safe(either, name):
    answer = submit(either, boto3_form(either, name), b"x")
    assert answer.status == 400 and NOT_SUPPORTED.encode() in answer.data
    assert not exists(either, name)


def test_a13_safe_refuses_by_name_whatever_else_is_wrong(safe, name):
    fields = v2_fields_of(safe.key, name)
    for changed in (
        fields,
        without(fields, "signature"),
        without(fields, "AWSAccessKeyId"),
        without(fields, "policy"),
        {**fields, "signature": "c2ln"},
        {**fields, "AWSAccessKeyId": "AKIANOBODY"},
        v2_fields_of(safe.key, name, expires=-10),
    ):
        answer = post(safe, changed)
        assert (answer.status, answer.code) == (400, "InvalidRequest")
        assert NOT_SUPPORTED in answer.message
    assert not exists(safe, name)


@pytest.mark.parametrize("size", [0, 5, 3_000_000])
def test_a_form_of_boto3_uploads_in_s3(either_s3, name, size):
    content = b"f" * size
    answer = submit(either_s3, boto3_form(either_s3, name), content)
    assert (answer.status, answer.data) == (204, b"")
    stored = get(either_s3, name)
    assert (stored.status, stored.body) == (200, content)


def test_its_fields_describe_the_object(s3, name):
    extra = {
        "acl": "private",
        "Content-Type": "image/png",
        "x-amz-meta-owner": "me",
        "success_action_status": "201",
        "tagging": "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>",
    }
    answer = post(s3, v2_fields_of(s3.key, name, extra=extra))
    assert answer.status == 201 and f"<Key>{name}</Key>".encode() in answer.body
    headers = get(s3, name).headers
    assert (headers["content-type"], headers["x-amz-meta-owner"]) == ("image/png", "me")
    assert headers["x-amz-tagging-count"] == "1"


def test_names_of_its_fields_have_no_case_and_the_name_of_the_file_goes_into_the_key(s3, name):
    fields = v2_fields_of(s3.key, f"{name}/${{filename}}", prefix=f"{name}/")
    renamed = {field.swapcase(): value for field, value in fields.items()}
    assert post(s3, renamed).status == 204
    assert get(s3, f"{name}/a.txt").body == b"hello"


def without(fields, field):
    """The form without one of its fields."""
    return {name: value for name, value in fields.items() if name != field}


def flipped(signature):
    """Another signature of the same length."""
    mac = bytearray(base64.b64decode(signature))
    mac[7] ^= 1
    return base64.b64encode(mac).decode()


def test_what_is_missing_is_told_as_s3_tells_it(s3, name):
    fields = v2_fields_of(s3.key, name)
    for field in ("AWSAccessKeyId", "signature", "key"):
        # Behind the file it is as if it were not there.
        for after in (b"", part(field, fields[field])):
            answer = post(s3, without(fields, field), after=after)
            assert (answer.status, answer.code) == (400, "InvalidArgument")
            assert f"must contain a field named '{field}'" in answer.message
            assert answer.element("ArgumentName") == field
    unsigned = without(without(fields, "signature"), "AWSAccessKeyId")
    for anonymous in (unsigned, without(fields, "policy"), {"key": name}):
        answer = post(s3, anonymous)
        assert (answer.status, answer.code) == (403, "AccessDenied")
    assert not exists(s3, name)


def test_a12_a_wrong_signature_key_or_policy_is_refused(s3, name):
    fields = v2_fields_of(s3.key, name)
    other_policy = policy_of([["starts-with", "$key", ""], {"bucket": BUCKET}])
    by_version_4 = fields_of(s3.key, name)["x-amz-signature"]
    for changed in (
        v2_fields_of(Key(s3.key.id, "another-secret"), name),
        {**fields, "signature": flipped(fields["signature"])},
        {**fields, "signature": fields["signature"].rstrip("=")},
        {**fields, "signature": base64.b64decode(fields["signature"]).hex()},
        {**fields, "signature": by_version_4},
        {**fields, "policy": other_policy},
        {**fields, "policy": fields["policy"] + "="},
    ):
        answer = post(s3, changed)
        assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")
        assert answer.element("StringToSign") == changed["policy"]
        right = base64.b64decode(v2_fields_of(s3.key, name, policy=changed["policy"])["signature"])
        assert base64.b64encode(right) not in answer.body.replace(changed["signature"].encode(), b"")
    nobody = post(s3, {**fields, "AWSAccessKeyId": "AKIANOBODY"})
    assert (nobody.status, nobody.code) == (403, "InvalidAccessKeyId")
    assert not exists(s3, name)
    # And a signature of SigV2 is none of SigV4.
    version_4 = fields_of(s3.key, name)
    old = v2_fields_of(s3.key, name, policy=version_4["policy"])["signature"]
    assert post(s3, {**version_4, "x-amz-signature": old}).code == "SignatureDoesNotMatch"


def test_e8_every_condition_counts_although_the_signature_is_right(s3, name):
    form = v2_fields_of(s3.key, name)
    answers = [
        (post(s3, {**form, "key": f"{name}-other"}), "Policy Condition failed"),
        (post(s3, {**form, "acl": "private"}), "Extra input fields: acl"),
        (send(s3, body_of(form), bucket=f"{BUCKET}-other"), "Policy Condition failed"),
        (post(s3, v2_fields_of(s3.key, name, expires=-10)), "Policy expired."),
    ]
    for answer, words in answers:
        assert (answer.status, answer.code) == (403, "AccessDenied"), answer.body
        assert words in answer.message
    sizes = [["content-length-range", 2, 4]]
    for content, code in ((b"x", "EntityTooSmall"), (b"hello", "EntityTooLarge")):
        assert post(s3, v2_fields_of(s3.key, name, sizes), content).code == code
    for document, words in (({"conditions": []}, "expiration"), ({"expiration": "soon"}, "expiration")):
        policy = base64.b64encode(json.dumps(document).encode()).decode()
        answer = post(s3, v2_fields_of(s3.key, name, policy=policy))
        assert (answer.status, answer.code) == (400, "InvalidPolicyDocument")
        assert words in answer.message
    assert not exists(s3, name) and not exists(s3, f"{name}-other")


def test_a1_no_header_speaks_of_the_object(s3, name):
    answer = send(s3, body_of(v2_fields_of(s3.key, name)), {"x-amz-acl": "public-read"})
    assert (answer.status, answer.code) == (403, "AccessDenied")


def test_h2_a_session_token_signs_no_such_form(s3, name):
    fields = v2_fields_of(s3.key, name, extra={"x-amz-security-token": "t"})
    answer = post(s3, fields)
    assert (answer.status, answer.code) == (400, "InvalidToken")


def test_b2_no_more_of_its_life_may_be_left_than_the_ceiling(s3, fresh, name):
    assert post(s3, v2_fields_of(s3.key, name, expires=6 * DAY)).status == 204
    answer = post(s3, v2_fields_of(s3.key, name, expires=8 * DAY))
    assert answer.status == 403 and "604800 seconds at most" in answer.message
    careful = fresh(tables=ACCEPTING)
    assert post(careful, v2_fields_of(careful.key, name, expires=HOUR)).status == 204
    answer = post(careful, v2_fields_of(careful.key, name, expires=2 * HOUR))
    assert answer.status == 403 and "3600 seconds at most" in answer.message
    # Nor does taking them open anything else.
    answer = post(careful, v2_fields_of(careful.key, name, conditions=[]))
    assert answer.status == 403 and "content-length-range" in answer.message


def test_the_setting_counts_and_not_the_profile(fresh, name):
    server = fresh(profile="s3", tables=REFUSING)
    answer = post(server, v2_fields_of(server.key, name))
    assert (answer.status, answer.code) == (400, "InvalidRequest")
    assert post(server, fields_of(server.key, name)).status == 204


def test_a13_aws_s_guardrail_denies_it(s3, name):
    client = client_for(s3)
    client.create_bucket(Bucket=name)
    statement = {
        "Sid": "DenySignatureVersion2",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
        "Condition": {"StringEquals": {"s3:signatureversion": "AWS"}},
    }
    policy = policy_of([{"bucket": name}, ["starts-with", "$key", ""], *CLOSED])
    form = body_of(v2_fields_of(s3.key, "k", policy=policy))
    assert send(s3, form, bucket=name).status == 204
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client.put_bucket_policy(Bucket=name, Policy=document)
    answer = send(s3, form, bucket=name)
    assert (answer.status, answer.code) == (403, "AccessDenied")
    assert client.get_object(Bucket=name, Key="k")["Body"].read() == b"hello"
    by_version_4 = client.generate_presigned_post(name, "k")
    assert submit(s3, by_version_4, b"x").status == 204


def test_d1_its_uses_are_counted(s3, name):
    fields = v2_fields_of(s3.key, f"{name}/${{filename}}", extra={"x-cs-uses": "2"}, prefix=name)
    answers = [post(s3, fields, file_name=f"{number}.txt") for number in range(3)]
    assert [answer.status for answer in answers] == [204, 204, 403]
    assert answers[2].element("Restriction") == "x-cs-uses"
    left_out = without(fields, "x-cs-uses")
    assert "Policy Condition failed" in post(s3, left_out).message
