"""Bucket policies put by boto3, and AWS's published guardrails for presigned URLs (threats B2, B3, C5, H6)."""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from harness.boto import client_for, refused
from harness.http import request
from harness.server import Server
from harness.signer import presign

ALL = {"AWS": "*"}
VECTORS = Path(__file__).resolve().parent.parent / "vectors" / "policy"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server with S3's own lifetimes, so that only policies limit them."""
    server = Server(tmp_path_factory.mktemp("policies"), profile="s3")
    server.start()
    yield server
    server.stop()


@pytest.fixture()
def client(server):
    """boto3 with the key of an ordinary user."""
    return client_for(server)


@pytest.fixture()
def bucket(client, name):
    """A bucket with one object."""
    client.create_bucket(Bucket=name)
    client.put_object(Bucket=name, Key="cat.jpg", Body=b"cat")
    return name


def deny(bucket, condition, sid="Guardrail", action="s3:*", version="2012-10-17"):
    """A bucket policy with one Deny, as AWS's guidance writes them."""
    statement = {
        "Sid": sid,
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": condition,
    }
    return json.dumps({"Version": version, "Statement": [statement]})


def link(server, bucket, key="cat.jpg", method="GET", age=0, expires=604_800, query=""):
    """A presigned URL that is so many seconds old."""
    when = datetime.now(timezone.utc) - timedelta(seconds=age)
    return presign(
        server.key, method, server.object_url(key, bucket), expires=expires, when=when, query=query
    )


def status(*arguments, **named):
    """What a link answers."""
    return request("GET", link(*arguments, **named)).status


def test_a_policy_is_told_as_it_was_put(client, bucket):
    assert refused(client.get_bucket_policy, Bucket=bucket) == "NoSuchBucketPolicy"
    assert refused(client.get_bucket_policy_status, Bucket=bucket) == "NoSuchBucketPolicy"
    policy = deny(bucket, {"Bool": {"aws:SecureTransport": "false"}}, action="s3:DeleteObject")
    client.put_bucket_policy(Bucket=bucket, Policy=policy)
    assert client.get_bucket_policy(Bucket=bucket)["Policy"] == policy
    assert client.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"] == {"IsPublic": False}
    assert refused(client.delete_object, Bucket=bucket, Key="cat.jpg") == "AccessDenied"
    client.delete_bucket_policy(Bucket=bucket)
    assert refused(client.get_bucket_policy, Bucket=bucket) == "NoSuchBucketPolicy"
    client.delete_object(Bucket=bucket, Key="cat.jpg")


@pytest.mark.parametrize(
    "policy",
    [
        "",
        "{",
        "[]",
        '{"Statement": []}',
        '{"Statement": {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::%s/*"}}',
        '{"Statement": {"Effect": "deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::%s/*"}}',
        '{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::other/*"}}',
        '{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::%s/*",'
        ' "Condition": {"StringEqual": {"s3:authType": "POST"}}}}',
        '{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::%s/*",'
        ' "Effect": "Allow"}}',
    ],
)
def test_a_malformed_policy_is_refused_and_nothing_is_kept(client, bucket, policy):
    text = policy.replace("%s", bucket)
    with pytest.raises(ClientError) as caught:
        client.put_bucket_policy(Bucket=bucket, Policy=text)
    error = caught.value.response
    assert error["Error"]["Code"] == "MalformedPolicy", error
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert refused(client.get_bucket_policy, Bucket=bucket) == "NoSuchBucketPolicy"


def test_a_public_policy_is_refused_while_the_bucket_blocks_it(client, server, bucket):
    policy = json.dumps(
        {
            "Statement": {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{bucket}/*",
            }
        }
    )
    assert refused(client.put_bucket_policy, Bucket=bucket, Policy=policy) == "AccessDenied"
    client.delete_public_access_block(Bucket=bucket)
    client.put_bucket_policy(Bucket=bucket, Policy=policy)
    assert client.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"] is True
    # Nothing is given to anybody who does not sign, whatever a policy says.
    assert request("GET", server.object_url("cat.jpg", bucket)).status == 403


def test_b3_guardrail_limit_the_age(client, server, bucket):
    client.put_bucket_policy(
        Bucket=bucket,
        Policy=deny(
            bucket, {"NumericGreaterThan": {"s3:signatureAge": "600000"}}, sid="DenyPresignedOver10Minutes"
        ),
    )
    assert status(server, bucket, age=590) == 200
    assert status(server, bucket, age=605) == 403
    # It limits the age at use, not the life that is declared; header requests have no age.
    assert status(server, bucket, age=0, expires=604_800) == 200
    assert client.get_object(Bucket=bucket, Key="cat.jpg")["Body"].read() == b"cat"


def test_b2_a_policy_can_limit_the_declared_life(client, server, bucket):
    client.put_bucket_policy(
        Bucket=bucket, Policy=deny(bucket, {"NumericGreaterThan": {"countersign:DeclaredTtl": "300"}})
    )
    assert status(server, bucket, expires=300) == 200
    assert status(server, bucket, expires=301) == 403


def test_guardrail_no_signature_version_2(client, server, bucket):
    client.put_bucket_policy(
        Bucket=bucket,
        Policy=deny(bucket, {"StringEquals": {"s3:signatureversion": "AWS"}}, sid="DenySignatureVersion2"),
    )
    assert status(server, bucket) == 200
    client.put_bucket_policy(
        Bucket=bucket, Policy=deny(bucket, {"StringEquals": {"s3:signatureversion": "AWS4-HMAC-SHA256"}})
    )
    assert status(server, bucket) == 403


def test_guardrail_forbid_presigned_requests(client, server, bucket):
    client.put_bucket_policy(
        Bucket=bucket, Policy=deny(bucket, {"StringNotEquals": {"s3:authType": "REST-HEADER"}})
    )
    answer = request("GET", link(server, bucket))
    assert (answer.status, answer.code) == (403, "AccessDenied")
    # Who holds the link is not told who signed it.
    assert "tester" not in answer.message and "a policy denies s3:GetObject" in answer.message
    assert client.get_object(Bucket=bucket, Key="cat.jpg")["Body"].read() == b"cat"


def test_guardrail_presigned_requests_from_expected_networks(client, server, bucket):
    condition = {
        "NotIpAddressIfExists": {"aws:SourceIp": ["192.0.2.0/24"]},
        "StringNotEqualsIfExists": {"aws:SourceVpc": ["vpc-111bbb22"]},
        "BoolIfExists": {"aws:ViaAWSService": "false"},
        "StringEquals": {"s3:authType": "REST-QUERY-STRING"},
    }
    client.put_bucket_policy(Bucket=bucket, Policy=deny(bucket, condition))
    assert status(server, bucket) == 403
    assert client.get_object(Bucket=bucket, Key="cat.jpg")["Body"].read() == b"cat"
    condition["NotIpAddressIfExists"] = {"aws:SourceIp": ["127.0.0.0/8"]}
    client.put_bucket_policy(Bucket=bucket, Policy=deny(bucket, condition))
    assert status(server, bucket) == 200


def published(name, bucket):
    """A published guardrail as it stands in the vectors, for this bucket."""
    vector = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    text = json.dumps(vector["document"])
    return text.replace(f"arn:aws:s3:::{vector['bucket']}/", f"arn:aws:s3:::{bucket}/")


@pytest.mark.parametrize(
    ("guardrail", "age", "by_link"),
    [
        ("age-bucket", 890, 200),
        ("age-bucket", 910, 403),
        ("age-ten-minutes", 590, 200),
        ("age-ten-minutes", 610, 403),
        ("header-only-bucket-services", 0, 403),
        ("authorization-header-only", 0, 403),
        # Spelt `REST-query-string` by AWS.
        ("no-presigned-urls", 0, 403),
    ],
)
def test_b3_guardrails_work_as_they_are_published(client, server, bucket, guardrail, age, by_link):
    client.put_bucket_policy(Bucket=bucket, Policy=published(guardrail, bucket))
    assert status(server, bucket, age=age) == by_link
    assert client.get_object(Bucket=bucket, Key="cat.jpg")["Body"].read() == b"cat"


def test_d12_guardrail_nothing_is_overwritten(client, bucket):
    client.put_bucket_policy(Bucket=bucket, Policy=published("conditional-writes", bucket))
    assert refused(lambda: client.put_object(Bucket=bucket, Key="new", Body=b"1")) == "AccessDenied"
    client.put_object(Bucket=bucket, Key="new", Body=b"1", IfNoneMatch="*")
    upload = {"Bucket": bucket, "Key": "large"}
    upload["UploadId"] = client.create_multipart_upload(**upload)["UploadId"]
    part = client.upload_part(**upload, PartNumber=1, Body=b"2")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    complete = lambda **more: client.complete_multipart_upload(**upload, MultipartUpload=parts, **more)
    assert refused(complete) == "AccessDenied"
    complete(IfNoneMatch="*")
    assert client.get_object(Bucket=bucket, Key="large")["Body"].read() == b"2"


def test_a_header_signed_refusal_speaks_as_aws_does(client, bucket):
    client.put_bucket_policy(Bucket=bucket, Policy=deny(bucket, {}, action="s3:GetObject"))
    with pytest.raises(ClientError) as caught:
        client.get_object(Bucket=bucket, Key="cat.jpg")
    assert caught.value.response["Error"]["Message"] == (
        "User: arn:aws:iam::000000000000:user/tester is not authorized to perform: s3:GetObject on resource: "
        f'"arn:aws:s3:::{bucket}/cat.jpg" with an explicit deny in a resource-based policy'
    )


def test_tags_of_the_object_decide(client, server, bucket):
    condition = {"StringNotEquals": {"s3:ExistingObjectTag/scan": "clean"}}
    client.put_bucket_policy(Bucket=bucket, Policy=deny(bucket, condition, action="s3:GetObject"))
    assert status(server, bucket) == 403
    tags = {"TagSet": [{"Key": "scan", "Value": "clean"}]}
    client.put_object_tagging(Bucket=bucket, Key="cat.jpg", Tagging=tags)
    assert status(server, bucket) == 200
    # A copy reads its source, so it is held to the source's tags.
    client.put_object(Bucket=bucket, Key="dog.jpg", Body=b"dog")
    source = {"Bucket": bucket, "Key": "dog.jpg"}
    assert refused(client.copy_object, Bucket=bucket, Key="copy", CopySource=source) == "AccessDenied"
    source = {"Bucket": bucket, "Key": "cat.jpg"}
    client.copy_object(Bucket=bucket, Key="copy", CopySource=source)


def test_a_batch_of_deletes_is_judged_key_by_key(client, bucket):
    for key in ("keep/a", "drop/a"):
        client.put_object(Bucket=bucket, Key=key, Body=b"x")
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:DeleteObject",
        "Resource": f"arn:aws:s3:::{bucket}/keep/*",
    }
    client.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Statement": statement}))
    answer = client.delete_objects(
        Bucket=bucket, Delete={"Objects": [{"Key": "keep/a"}, {"Key": "drop/a"}]}
    )
    assert [done["Key"] for done in answer["Deleted"]] == ["drop/a"]
    assert [(bad["Key"], bad["Code"]) for bad in answer["Errors"]] == [("keep/a", "AccessDenied")]


def test_a_policy_can_require_restrictions(client, server, bucket):
    condition = {
        "StringEquals": {"s3:authType": "REST-QUERY-STRING"},
        "ForAllValues:StringNotEquals": {"countersign:Restricted": "x-cs-ip"},
    }
    client.put_bucket_policy(Bucket=bucket, Policy=deny(bucket, condition))
    assert status(server, bucket) == 403
    assert status(server, bucket, query="x-cs-id=a") == 403
    assert status(server, bucket, query="x-cs-id=a&x-cs-ip=127.0.0.1") == 200


def test_h6_an_explicit_deny_binds_root_but_does_not_lock_it_out(server, client, bucket):
    root = client_for(server, key=server.root)
    client.put_bucket_policy(Bucket=bucket, Policy=deny(bucket, {}))
    assert refused(root.get_object, Bucket=bucket, Key="cat.jpg") == "AccessDenied"
    assert refused(client.delete_bucket_policy, Bucket=bucket) == "AccessDenied"
    root.delete_bucket_policy(Bucket=bucket)
    assert root.get_object(Bucket=bucket, Key="cat.jpg")["Body"].read() == b"cat"


def test_l2_a_policy_made_to_be_slow_is_refused_or_costs_its_own_keys(server, client, bucket):
    def policy(pattern, count):
        statement = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["s3:DeleteObject"],
            "Resource": [f"arn:aws:s3:::{bucket}/{pattern}"] * count,
        }
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    for pattern, count, told in [
        ("*a" + "?" * 90 + "x", 1, "more than 64 wildcards"),
        ("*a" + "?" * 60 + "x", 20, "at most 1024"),
    ]:
        with pytest.raises(ClientError) as caught:
            client.put_bucket_policy(Bucket=bucket, Policy=policy(pattern, count))
        error = caught.value.response["Error"]
        assert error["Code"] == "MalformedPolicy" and told in error["Message"], error
    # What is still taken cannot be paid for with keys like these; all others are decided upon.
    client.put_bucket_policy(Bucket=bucket, Policy=policy("*a" + "?" * 60 + "x", 16))
    keys = ["a" * 1_018 + f"{n:05}" for n in range(999)]
    objects = [{"Key": key} for key in [*keys, "cat.jpg"]]
    answer = client.delete_objects(Bucket=bucket, Delete={"Objects": objects})
    assert [done["Key"] for done in answer["Deleted"]] == ["cat.jpg"]
    assert {bad["Code"] for bad in answer["Errors"]} == {"AccessDenied"}
    assert len(answer["Errors"]) == len(keys)
    client.delete_bucket_policy(Bucket=bucket)
    assert client.delete_objects(Bucket=bucket, Delete={"Objects": objects[:5]})["Deleted"]
