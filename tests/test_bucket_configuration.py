"""The configuration of buckets: what is put comes back, what AWS refuses is refused as by AWS."""

import base64
import hashlib

import pytest
from botocore.exceptions import ClientError

from harness import chunked
from harness.boto import client_for, refused
from harness.http import request
from harness.objects import make_bucket, put, signed
from harness.server import BUCKET
from harness.signer import presign, sign

ALL_BLOCKED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
ENFORCED = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
CORS = (
    b"<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>"
    b"</CORSRule></CORSConfiguration>"
)
ENABLE = b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"
# What S3 answers where nothing of a kind is configured.
NOT_CONFIGURED = {
    "encryption": "ServerSideEncryptionConfigurationNotFoundError",
    "lifecycle": "NoSuchLifecycleConfiguration",
    "object-lock": "ObjectLockConfigurationNotFoundError",
    "replication": "ReplicationConfigurationNotFoundError",
    "website": "NoSuchWebsiteConfiguration",
}
CONFIGURED = ["cors", "ownershipControls", "publicAccessBlock", "tagging", "versioning"]


@pytest.fixture
def client(either):
    """A client of the safe server."""
    return client_for(either)


@pytest.fixture
def bucket(either, name):
    """A bucket of this test alone."""
    return make_bucket(either, name)


@pytest.fixture
def ask(either, bucket):
    """Sends a request about the bucket, signed by its header."""

    def send(method, sub_resource, body=None, headers=None):
        return signed(either, method, f"{either.url}/{bucket}?{sub_resource}", headers, body)

    return send


def test_versioning_is_unset_then_enabled_then_suspended(client, bucket):
    assert "Status" not in client.get_bucket_versioning(Bucket=bucket)
    for status in ("Enabled", "Suspended", "Enabled"):
        wanted = {"VersioningConfiguration": {"Status": status}}
        client.put_bucket_versioning(Bucket=bucket, **wanted)
        assert client.get_bucket_versioning(Bucket=bucket)["Status"] == status


@pytest.mark.parametrize(
    "content, status, code",
    [
        ("", 400, "IllegalVersioningConfigurationException"),
        ("<Status/>", 400, "IllegalVersioningConfigurationException"),
        ("<Status>enabled</Status>", 400, "MalformedXML"),
        ("<Status>Unversioned</Status>", 400, "MalformedXML"),
        ("<Status>Enabled</Status><Status>Suspended</Status>", 400, "MalformedXML"),
        ("<Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>", 501, "NotImplemented"),
        ("<Status>Enabled</Status><Other/>", 400, "MalformedXML"),
    ],
)
def test_a_wrong_versioning_document_changes_nothing(ask, content, status, code):
    body = f"<VersioningConfiguration>{content}</VersioningConfiguration>".encode()
    answer = ask("PUT", "versioning", body)
    assert (answer.status, answer.code) == (status, code), answer.body
    assert b"<Status>" not in ask("GET", "versioning").body


def test_a_new_bucket_belongs_to_its_owner_and_blocks_public_access(client, bucket):
    owned = client.get_bucket_ownership_controls(Bucket=bucket)
    assert owned["OwnershipControls"] == ENFORCED
    blocked = client.get_public_access_block(Bucket=bucket)
    assert blocked["PublicAccessBlockConfiguration"] == ALL_BLOCKED


def test_public_access_is_blocked_as_it_was_put(client, bucket):
    wanted = {**ALL_BLOCKED, "BlockPublicPolicy": False}
    del wanted["RestrictPublicBuckets"]
    client.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=wanted)
    told = client.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert told == {**wanted, "RestrictPublicBuckets": False}
    for _ in range(2):
        client.delete_public_access_block(Bucket=bucket)
        code = refused(client.get_public_access_block, Bucket=bucket)
        assert code == "NoSuchPublicAccessBlockConfiguration"
    nothing = {"PublicAccessBlockConfiguration": {}}
    assert refused(client.put_public_access_block, Bucket=bucket, **nothing) == "InvalidRequest"


def test_only_the_owner_of_a_bucket_can_own_what_is_in_it(client, bucket):
    for _ in range(2):
        client.delete_bucket_ownership_controls(Bucket=bucket)
        code = refused(client.get_bucket_ownership_controls, Bucket=bucket)
        assert code == "OwnershipControlsNotFoundError"
    client.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=ENFORCED)
    for ownerships, code in (
        (["ObjectWriter"], "NotImplemented"),
        (["BucketOwnerPreferred"], "NotImplemented"),
        (["Nobody"], "MalformedXML"),
        (["BucketOwnerEnforced"] * 2, "MalformedXML"),
        ([], "MalformedXML"),
    ):
        wanted = {"Rules": [{"ObjectOwnership": ownership} for ownership in ownerships]}
        call = client.put_bucket_ownership_controls
        assert refused(call, Bucket=bucket, OwnershipControls=wanted) == code
    told = client.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]
    assert told == ENFORCED


def test_a_bucket_is_created_as_its_headers_and_tags_say(either, name):
    root = client_for(either, either.root)
    tags = [{"Key": "team", "Value": "files"}]
    root.create_bucket(
        Bucket=name,
        ObjectOwnership="BucketOwnerEnforced",
        ACL="private",
        ObjectLockEnabledForBucket=False,
        CreateBucketConfiguration={"Tags": tags},
    )
    assert root.get_bucket_tagging(Bucket=name)["TagSet"] == tags
    for wrong, code in (
        ({"ObjectOwnership": "ObjectWriter"}, "NotImplemented"),
        ({"ObjectOwnership": "RandomValue"}, "InvalidArgument"),
        ({"ObjectLockEnabledForBucket": True}, "NotImplemented"),
        ({"ACL": "public-read"}, "InvalidBucketAclWithObjectOwnership"),
        ({"GrantRead": "id=1"}, "InvalidBucketAclWithObjectOwnership"),
        ({"CreateBucketConfiguration": {"Tags": tags * 2}}, "InvalidTag"),
    ):
        assert refused(root.create_bucket, Bucket=f"{name}-2", **wrong) == code
        assert refused(root.head_bucket, Bucket=f"{name}-2") == "404"


def test_up_to_fifty_tags_of_a_bucket_come_back(client, bucket):
    assert refused(client.get_bucket_tagging, Bucket=bucket) == "NoSuchTagSet"
    tags = [{"Key": f"k{number:02}", "Value": f"v {number}"} for number in range(51)]
    client.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags[:50]})
    assert client.get_bucket_tagging(Bucket=bucket)["TagSet"] == tags[:50]
    for wrong in (
        tags,
        [tags[0], tags[0]],
        [{"Key": "aws:x", "Value": "y"}],
        [{"Key": "k" * 129, "Value": "v"}],
        [{"Key": "k", "Value": "v" * 257}],
        [{"Key": "a,b", "Value": "v"}],
    ):
        with pytest.raises(ClientError) as caught:
            client.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": wrong})
        answer = caught.value.response
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400, answer
        assert answer["Error"]["Code"] in ("InvalidTag", "BadRequest"), answer
    assert client.get_bucket_tagging(Bucket=bucket)["TagSet"] == tags[:50]
    for _ in range(2):
        client.delete_bucket_tagging(Bucket=bucket)
        assert refused(client.get_bucket_tagging, Bucket=bucket) == "NoSuchTagSet"


def test_rules_for_other_origins_come_back_as_they_were_put(client, bucket):
    rules = [
        {
            "ID": "a <name>",
            "AllowedHeaders": ["x-amz-*", "Content-Type"],
            "AllowedMethods": ["PUT", "POST"],
            "AllowedOrigins": ["https://*.example.com", "http://localhost:3000"],
            "ExposeHeaders": ["ETag"],
            "MaxAgeSeconds": 0,
        },
        {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]},
    ]
    client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})
    assert client.get_bucket_cors(Bucket=bucket)["CORSRules"] == rules
    for _ in range(2):
        client.delete_bucket_cors(Bucket=bucket)
        assert refused(client.get_bucket_cors, Bucket=bucket) == "NoSuchCORSConfiguration"


@pytest.mark.parametrize(
    "change, code, message",
    [
        (
            {"AllowedMethods": ["GET", "PATCH"]},
            "InvalidRequest",
            "Found unsupported HTTP method in CORS config. Unsupported method is PATCH",
        ),
        (
            {"AllowedOrigins": ["http://*.*"]},
            "InvalidRequest",
            'AllowedOrigin "http://*.*" can not have more than one wildcard.',
        ),
        (
            {"AllowedHeaders": ["**"]},
            "InvalidRequest",
            'AllowedHeader "**" can not have more than one wildcard.',
        ),
        (
            {"ExposeHeaders": ["x-amz-*"]},
            "InvalidRequest",
            'ExposeHeader "x-amz-*" contains wildcard. We currently do not support wildcard for '
            "ExposeHeader.",
        ),
        ({"AllowedOrigins": []}, "MalformedXML", None),
        ({"AllowedMethods": []}, "MalformedXML", None),
        ({"MaxAgeSeconds": -1}, "MalformedXML", None),
        ({"ExposeHeaders": ["a\r\nset-cookie: b"]}, "InvalidRequest", None),
    ],
)
def test_rules_that_aws_refuses_are_refused_in_its_words(client, bucket, change, code, message):
    rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"], **change}
    with pytest.raises(ClientError) as caught:
        client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
    error = caught.value.response["Error"]
    assert error["Code"] == code
    assert message is None or error["Message"] == message
    assert refused(client.get_bucket_cors, Bucket=bucket) == "NoSuchCORSConfiguration"


def test_a_bucket_has_at_most_a_hundred_rules(client, bucket):
    rule = {"AllowedMethods": ["GET"], "AllowedOrigins": ["https://a.example"]}
    client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule] * 100})
    for count, code in ((101, "InvalidRequest"), (0, "MalformedXML")):
        wrong = {"CORSRules": [rule] * count}
        assert refused(client.put_bucket_cors, Bucket=bucket, CORSConfiguration=wrong) == code
    assert len(client.get_bucket_cors(Bucket=bucket)["CORSRules"]) == 100


def test_access_lists_are_those_of_a_bucket_without_any(client, either, bucket):
    put(either, "a", b"x", bucket=bucket)
    place = {"Bucket": bucket, "Key": "a"}
    told = client.get_bucket_acl(Bucket=bucket)
    assert told["Grants"] == client.get_object_acl(**place)["Grants"]
    (grant,) = told["Grants"]
    assert grant["Permission"] == "FULL_CONTROL"
    assert grant["Grantee"]["ID"] == told["Owner"]["ID"]
    same = {"Owner": told["Owner"], "Grants": told["Grants"]}
    everyone = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}
    to_everyone = {"Grantee": everyone, "Permission": "READ"}
    other = {**same, "Grants": [*told["Grants"], to_everyone]}
    for call, where in (
        (client.put_bucket_acl, {"Bucket": bucket}),
        (client.put_object_acl, place),
    ):
        call(**where, ACL="private")
        call(**where, ACL="bucket-owner-full-control")
        call(**where, AccessControlPolicy=same)
        for wrong in (
            {"ACL": "public-read"},
            {"ACL": "authenticated-read"},
            {"GrantRead": f"uri={everyone['URI']}"},
            {"AccessControlPolicy": other},
        ):
            assert refused(call, **where, **wrong) == "AccessControlListNotSupported", wrong
        assert refused(call, **where) == "MissingSecurityHeader"
    assert refused(client.put_object, **place, ACL="public-read") == "AccessControlListNotSupported"


def test_what_is_not_there_has_no_access_list(client, either, bucket):
    def codes(key, version=None):
        place = {"Bucket": bucket, "Key": key, **({"VersionId": version} if version else {})}
        return (
            refused(client.get_object_acl, **place),
            refused(client.put_object_acl, **place, ACL="private"),
        )

    assert codes("k") == ("NoSuchKey", "NoSuchKey")
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    place = {"Bucket": bucket, "Key": "k"}
    version = client.put_object(**place, Body=b"x")["VersionId"]
    marker = client.delete_object(**place)["VersionId"]
    assert codes("k") == ("NoSuchKey", "MethodNotAllowed")
    assert codes("k", marker) == ("MethodNotAllowed", "MethodNotAllowed")
    client.get_object_acl(**place, VersionId=version)
    client.put_object_acl(**place, VersionId=version, ACL="private")
    client.delete_object(**place, VersionId=version)
    assert codes("k", version) == ("NoSuchVersion", "NoSuchVersion")


@pytest.mark.parametrize("sub_resource, code", NOT_CONFIGURED.items())
def test_what_is_not_configured_is_told_as_by_aws_and_cannot_be(ask, sub_resource, code):
    answer = ask("GET", sub_resource)
    assert (answer.status, answer.code) == (404, code)
    answer = ask("PUT", sub_resource, b"<a/>")
    assert (answer.status, answer.code) == (501, "NotImplemented")


def test_what_a_bucket_never_has_is_told_in_full(client, ask, bucket):
    assert client.get_bucket_request_payment(Bucket=bucket)["Payer"] == "BucketOwner"
    for call, member in (
        (client.get_bucket_accelerate_configuration, "Status"),
        (client.get_bucket_logging, "LoggingEnabled"),
        (client.get_bucket_notification_configuration, "TopicConfigurations"),
    ):
        assert member not in call(Bucket=bucket)
    for sub_resource in ("accelerate", "logging", "notification", "requestPayment"):
        answer = ask("PUT", sub_resource, b"<a/>")
        assert (answer.status, answer.code) == (501, "NotImplemented")


@pytest.mark.parametrize("sub_resource", ["acl", *CONFIGURED, *NOT_CONFIGURED])
def test_a_bucket_that_is_missing_has_no_configuration(either, name, sub_resource):
    answer = signed(either, "GET", f"{either.url}/{name}?{sub_resource}")
    assert (answer.status, answer.code) == (404, "NoSuchBucket")
    assert answer.element("BucketName") == name


@pytest.mark.parametrize("sub_resource", CONFIGURED)
@pytest.mark.parametrize(
    "body, code",
    [
        (b"", "MalformedXML"),
        (b"<", "MalformedXML"),
        (b"<a/>", "MalformedXML"),
        (b"\xff\xfe", "MalformedXML"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "MalformedXML"),
        (b"<a>" * 100 + b"</a>" * 100, "MalformedXML"),
        (b"<a>" + b"<b/>" * 10_000 + b"</a>", "MalformedXML"),
        (b"<a>" + b" " * 70_000 + b"</a>", "MaxMessageLengthExceeded"),
    ],
    ids=["empty", "broken", "other", "no-utf8", "doctype", "deep", "many", "long"],
)
def test_l2_a_document_that_is_none_is_refused(ask, sub_resource, body, code):
    def told():
        return ask("GET", sub_resource).body.partition(b"<RequestId>")[0]

    before = told()
    answer = ask("PUT", sub_resource, body)
    assert (answer.status, answer.code) == (400, code), answer.body
    assert told() == before


def test_e5_a_document_is_held_to_what_is_promised(either, ask, bucket):
    md5 = base64.b64encode(hashlib.md5(ENABLE).digest()).decode()
    for headers in ({"content-md5": md5}, {"x-amz-checksum-crc32": chunked.crc32(ENABLE)}):
        assert ask("PUT", "versioning", ENABLE, headers).status == 200
    suspend = ENABLE.replace(b"Enabled", b"Suspended")
    for headers, code in (
        ({"content-md5": md5}, "BadDigest"),
        ({"content-md5": "x"}, "InvalidDigest"),
        ({"x-amz-checksum-crc32": chunked.crc32(ENABLE)}, "BadDigest"),
        ({"x-amz-checksum-sha256": "x"}, "InvalidRequest"),
    ):
        answer = ask("PUT", "versioning", suspend, headers)
        assert (answer.status, answer.code) == (400, code), headers
    url = f"{either.url}/{bucket}?versioning"
    answer = signed(either, "PUT", url, body=suspend, payload=hashlib.sha256(ENABLE).hexdigest())
    assert (answer.status, answer.code) == (400, "XAmzContentSHA256Mismatch")
    assert b"<Status>Enabled</Status>" in ask("GET", "versioning").body


@pytest.mark.parametrize("mode", chunked.MODES)
def test_e5_a_document_may_come_in_chunks_with_a_trailer(either, bucket, ask, mode):
    url = f"{either.url}/{bucket}?cors"
    headers = sign(either.key, "PUT", url, chunked.headers_for(mode, CORS), payload=mode)
    framed = chunked.frame(mode, CORS, headers, either.key)
    answer = request("PUT", url, headers, framed.replace(b"GET", b"PUT", 1), either.ca)
    assert 400 <= answer.status < 500, answer.body
    assert ask("GET", "cors").status == 404
    answer = request("PUT", url, headers, framed, either.ca)
    assert answer.status == 200, answer.body
    assert b"<AllowedMethod>GET</AllowedMethod>" in ask("GET", "cors").body


@pytest.mark.parametrize("sub_resource", ["acl", "policy", *CONFIGURED])
def test_c4_a_link_does_not_reach_the_configuration_of_a_bucket(safe, name, sub_resource):
    bucket = make_bucket(safe, name)
    for method in ("GET", "PUT", "DELETE"):
        if method == "DELETE" and sub_resource in ("acl", "versioning"):
            continue
        url = presign(safe.key, method, f"{safe.url}/{bucket}", query=sub_resource)
        answer = request(method, url, body=CORS if method == "PUT" else None)
        assert (answer.status, answer.code) == (403, "AccessDenied"), method
    assert signed(safe, "GET", f"{safe.url}/{bucket}?cors").code == "NoSuchCORSConfiguration"


def test_a_link_for_an_access_list_is_judged_like_a_header(s3, name):
    put(s3, name, b"x")
    url = s3.object_url(name)
    for acl, status in (("private", 200), ("public-read", 400)):
        headers = {"x-amz-acl": acl}
        by_header = presign(s3.key, "PUT", url, query="acl", headers=headers)
        assert request("PUT", by_header, headers).status == status
        hoisted = presign(s3.key, "PUT", url, query=f"acl&x-amz-acl={acl}")
        assert request("PUT", hoisted).status == status


def test_a_bucket_made_anew_has_nothing_of_the_old_one(either, client, bucket):
    root = client_for(either, either.root)
    enable = {"VersioningConfiguration": {"Status": "Enabled"}}
    client.put_bucket_versioning(Bucket=bucket, **enable)
    client.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    client.delete_public_access_block(Bucket=bucket)
    root.delete_bucket(Bucket=bucket)
    root.create_bucket(Bucket=bucket)
    assert "Status" not in client.get_bucket_versioning(Bucket=bucket)
    assert refused(client.get_bucket_tagging, Bucket=bucket) == "NoSuchTagSet"
    blocked = client.get_public_access_block(Bucket=bucket)
    assert blocked["PublicAccessBlockConfiguration"] == ALL_BLOCKED


def test_configuration_outlives_the_server(fresh):
    server = fresh()
    for sub_resource, body in (("versioning", ENABLE), ("cors", CORS)):
        url = f"{server.url}/{BUCKET}?{sub_resource}"
        assert signed(server, "PUT", url, body=body).status == 200
    server.kill()
    server.start()
    url = f"{server.url}/{BUCKET}"
    assert b"Enabled" in signed(server, "GET", f"{url}?versioning").body
    ask = {"origin": "https://a.example", "access-control-request-method": "GET"}
    assert request("OPTIONS", f"{url}/a", ask).status == 200
