"""STS as its clients know it: boto3 and the AWS CLI, unmodified; its sessions then used on S3."""

import datetime
import hashlib
import json
import xml.etree.ElementTree as ElementTree

import pytest
from botocore.exceptions import ClientError

from harness.http import request
from harness.programs import aws_cli
from harness.roles import (
    ACCOUNT,
    Roles,
    Session,
    allow,
    policy,
    role_arn,
    service,
    trust,
    user_arn,
)
from harness.server import REGION
from harness.signer import Key, sign

NAMESPACE = "{https://sts.amazonaws.com/doc/2011-06-15/}"
HOUR = 3600


@pytest.fixture(scope="module")
def world(safe):
    """Roles on a server that lives on."""
    return Roles(safe)


@pytest.fixture()
def ann(world, name):
    """A user who may do nothing by a policy of her own: name and key."""
    return f"ann-{name}", world.user(f"ann-{name}")


@pytest.fixture()
def reader(world, ann, name):
    """A role that may read a bucket with one object, and trusts Ann: its ARN."""
    world.bucket(name, cat=b"cat")
    return world.role(
        f"reader-{name}",
        [trust({"AWS": user_arn(ann[0])}, "sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")],
        allow("s3:GetObject", f"arn:aws:s3:::{name}/*"),
        MaxSessionDuration=7200,
    )


def failure(call, **arguments):
    """How a call fails: code, status, sentence."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    error = answer["Error"]
    return error["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], error["Message"]


def seconds_left(credentials):
    """How long credentials live, as they say."""
    now = datetime.datetime.now(datetime.timezone.utc)
    return (credentials["Expiration"] - now).total_seconds()


def test_a_role_is_assumed_and_its_session_used(world, ann, reader, name):
    answer = world.sts(ann[1]).assume_role(RoleArn=reader, RoleSessionName="build-7")
    who = answer["AssumedRoleUser"]
    assert who["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/reader-{name}/build-7"
    assert who["AssumedRoleId"].startswith("AROA") and who["AssumedRoleId"].endswith(":build-7")
    assert "PackedPolicySize" not in answer
    assert HOUR - 30 < seconds_left(answer["Credentials"]) <= HOUR
    session = Session.of(answer)
    assert session.id.startswith("ASIA") and len(session.id) == 20
    identity = world.sts(session).get_caller_identity()
    assert (identity["UserId"], identity["Arn"]) == (who["AssumedRoleId"], who["Arn"])
    client = world.s3(session)
    assert client.get_object(Bucket=name, Key="cat")["Body"].read() == b"cat"
    code, status, sentence = failure(client.put_object, Bucket=name, Key="dog", Body=b"")
    assert (code, status) == ("AccessDenied", 403) and who["Arn"] in sentence
    url = client.generate_presigned_url("get_object", {"Bucket": name, "Key": "cat"}, 60)
    assert "X-Amz-Security-Token=" in url and request("GET", url).body == b"cat"


def test_callers_are_told_who_they_are(world, ann, safe):
    who = world.sts(ann[1]).get_caller_identity()
    assert who["Arn"] == user_arn(ann[0]) and who["UserId"].startswith("AIDA")
    assert who["Account"] == ACCOUNT
    root = world.sts(safe.root).get_caller_identity()
    assert (root["Arn"], root["UserId"]) == (f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT)
    info = world.sts(ann[1]).get_access_key_info
    assert info(AccessKeyId=ann[1].id)["Account"] == ACCOUNT
    assert failure(info, AccessKeyId="AKIAIOSFODNN7EXAMPLE")[:2] == ("ValidationError", 400)


def test_a_presigned_call_proves_an_identity(world, ann):
    url = world.sts(ann[1]).generate_presigned_url(
        "get_caller_identity", ExpiresIn=60, HttpMethod="GET"
    )
    answer = request("GET", url)
    assert answer.status == 200
    root = ElementTree.fromstring(answer.body)
    assert root.tag == f"{NAMESPACE}GetCallerIdentityResponse"
    assert root.find(f"{NAMESPACE}GetCallerIdentityResult/{NAMESPACE}Arn").text == user_arn(ann[0])
    assert answer.headers["cache-control"] == "no-store, private"
    tampered = request("GET", url.replace("GetCallerIdentity", "GetSessionToken"))
    assert tampered.status == 403 and b"<Code>SignatureDoesNotMatch</Code>" in tampered.body
    long = world.sts(ann[1]).generate_presigned_url(
        "get_caller_identity", ExpiresIn=901, HttpMethod="GET"
    )
    assert request("GET", long).status == 400


def test_answers_and_refusals_have_the_form_of_aws(world, ann, safe):
    def call(form, key=ann[1], service="sts", region=REGION):
        body = form.encode()
        headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
        digest = hashlib.sha256(body).hexdigest()
        url = f"{safe.url}/"
        signed = sign(key, "POST", url, headers, digest, region=region, service=service)
        return request("POST", f"{safe.url}/", signed, body)

    answer = call("Action=GetCallerIdentity&Version=2011-06-15")
    assert answer.status == 200 and answer.headers["content-type"] == "text/xml"
    root = ElementTree.fromstring(answer.body)
    request_id = root.find(f"{NAMESPACE}ResponseMetadata/{NAMESPACE}RequestId").text
    assert answer.headers["x-amzn-requestid"] == request_id and len(request_id) == 36

    for form, options, status, code in [
        ("Action=GetFederationToken&Version=2011-06-15&Name=bob", {}, 400, "InvalidAction"),
        ("Action=GetCallerIdentity&Version=2010-05-08", {}, 400, "InvalidAction"),
        ("Action=GetCallerIdentity", {}, 400, "InvalidAction"),
        ("Version=2011-06-15", {}, 400, "MissingAction"),
        ("Action=GetCallerIdentity&Version=2011-06-15", {"service": "s3"}, 403, "SignatureDoesNotMatch"),
        ("Action=GetCallerIdentity&Version=2011-06-15", {"region": "eu-west-9"}, 403, "SignatureDoesNotMatch"),
        (
            "Action=GetCallerIdentity&Version=2011-06-15",
            {"key": Key(ann[1].id, "wrong" + ann[1].secret)},
            403,
            "SignatureDoesNotMatch",
        ),
        (
            "Action=GetCallerIdentity&Version=2011-06-15",
            {"key": Key("AKIAIOSFODNN7EXAMPLE", ann[1].secret)},
            403,
            "InvalidClientTokenId",
        ),
        (f"Action=GetCallerIdentity&Version=2011-06-15&X={'x' * 70_000}", {}, 413, "RequestEntityTooLarge"),
    ]:
        refused = call(form, **options)
        root = ElementTree.fromstring(refused.body)
        assert root.tag == f"{NAMESPACE}ErrorResponse"
        error = root.find(f"{NAMESPACE}Error")
        assert error.find(f"{NAMESPACE}Type").text == "Sender"
        assert (refused.status, error.find(f"{NAMESPACE}Code").text) == (status, code), form
        assert root.find(f"{NAMESPACE}RequestId").text == refused.headers["x-amzn-requestid"]
    unsigned = request(
        "POST",
        f"{safe.url}/",
        {"content-type": "application/x-www-form-urlencoded"},
        b"Action=GetSessionToken&Version=2011-06-15",
    )
    assert unsigned.status == 403 and b"<Code>MissingAuthenticationToken</Code>" in unsigned.body


def test_sessions_of_users_have_what_the_user_has(world, ann, name):
    world.bucket(name, cat=b"cat")
    world.iam.put_user_policy(
        UserName=ann[0],
        PolicyName="own",
        PolicyDocument=policy(allow("s3:GetObject", f"arn:aws:s3:::{name}/*")),
    )
    sts = world.sts(ann[1])
    answer = sts.get_session_token()
    assert 12 * HOUR - 30 < seconds_left(answer["Credentials"]) <= 12 * HOUR
    session = Session.of(sts.get_session_token(DurationSeconds=900))
    assert session.id != answer["Credentials"]["AccessKeyId"]
    assert world.sts(session).get_caller_identity()["Arn"] == user_arn(ann[0])
    assert world.s3(session).get_object(Bucket=name, Key="cat")["Body"].read() == b"cat"
    assert failure(world.sts(session).get_session_token) == (
        "AccessDenied",
        403,
        "Cannot call GetSessionToken with session credentials",
    )
    assert failure(service(world.server, "iam", session).get_user)[1] == 403
    sts = world.sts(ann[1], parameter_validation=False)
    for seconds, word in [(899, "greater than or equal to 900"), (129_601, "less than or equal to 129600")]:
        code, status, sentence = failure(sts.get_session_token, DurationSeconds=seconds)
        assert (code, status) == ("ValidationError", 400) and word in sentence


def test_what_a_call_must_be_is_said_in_the_words_of_aws(world, ann, reader):
    assume = world.sts(ann[1], parameter_validation=False).assume_role
    invalid = "1 validation error detected: Value '{}' at '{}' failed to satisfy constraint: Member must {}"
    pattern = r"satisfy regular expression pattern: [\w+=,.@-]*"
    for changed, sentence in [
        ({"RoleSessionName": "Session1:2"}, invalid.format("Session1:2", "roleSessionName", pattern)),
        ({"RoleSessionName": "x"}, invalid.format("x", "roleSessionName", "have length greater than or equal to 2")),
        ({"DurationSeconds": 899}, invalid.format(899, "durationSeconds", "have value greater than or equal to 900")),
        (
            {"DurationSeconds": 43_201},
            invalid.format(43_201, "durationSeconds", "have value less than or equal to 43200"),
        ),
        ({"DurationSeconds": 7201}, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."),
        (
            {"SourceIdentity": "a b"},
            invalid.format("a b", "sourceIdentity", pattern),
        ),
        (
            {"ExternalId": "a b"},
            invalid.format("a b", "externalId", r"satisfy regular expression pattern: [\w+=,.@:\/-]*"),
        ),
        ({"RoleArn": "arn:aws:iam::000000000000:user/ann"}, "arn:aws:iam::000000000000:user/ann is invalid"),
        ({"RoleArn": "arn:aws:s3:::photos-of-everybody"}, "arn:aws:s3:::photos-of-everybody is invalid"),
        ({"PolicyArns": [{"arn": f"arn:aws:iam::{ACCOUNT}:policy/nope"}]}, f"arn:aws:iam::{ACCOUNT}:policy/nope is invalid"),
    ]:
        arguments = {"RoleArn": reader, "RoleSessionName": "s1", **changed}
        assert failure(assume, **arguments) == ("ValidationError", 400, sentence)
    assert seconds_left(assume(RoleArn=reader, RoleSessionName="s1", DurationSeconds=7200)["Credentials"]) > 7100


def test_who_is_not_trusted_learns_nothing_of_the_role(world, ann, reader, name):
    stranger = world.user(f"bob-{name}", allow("sts:AssumeRole"))
    missing = role_arn(f"nothing-{name}")
    foreign = "arn:aws:iam::111122223333:role/app"
    for arn in [reader, missing, foreign, reader.replace("role/", "role/path/")]:
        assert failure(world.sts(stranger).assume_role, RoleArn=arn, RoleSessionName="s1") == (
            "AccessDenied",
            403,
            f"User: {user_arn(f'bob-{name}')} is not authorized to perform: sts:AssumeRole on resource: {arn}",
        )
    assert failure(
        world.sts(world.server.root).assume_role, RoleArn=reader, RoleSessionName="s1"
    ) == ("AccessDenied", 403, "Roles may not be assumed by root accounts.")


def test_naming_the_account_needs_a_policy_of_the_caller(world, name):
    arn = world.role(f"shared-{name}", [trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})])
    without = world.user(f"without-{name}", allow("s3:*"))
    allowed = world.user(f"allowed-{name}", allow("sts:AssumeRole", arn))
    elsewhere = world.user(f"elsewhere-{name}", allow("sts:AssumeRole", arn + "x"))
    for key in [without, elsewhere]:
        assert failure(world.sts(key).assume_role, RoleArn=arn, RoleSessionName="s1")[0] == "AccessDenied"
    assert world.assume(allowed, arn)


def test_sessions_chain_for_an_hour_at_most(world, ann, reader, name):
    first = world.assume(ann[1], reader)
    second = world.role(
        f"second-{name}",
        [trust({"AWS": reader})],
        allow("s3:ListAllMyBuckets"),
        MaxSessionDuration=43_200,
    )
    chained = world.sts(first).assume_role(RoleArn=second, RoleSessionName="s2")
    assert seconds_left(chained["Credentials"]) <= HOUR
    assert world.s3(Session.of(chained)).list_buckets()["Buckets"]
    assert failure(
        world.sts(first).assume_role, RoleArn=second, RoleSessionName="s2", DurationSeconds=3601
    ) == (
        "ValidationError",
        400,
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    )
    # A session of a user is no link of a chain.
    of_user = Session.of(world.sts(ann[1]).get_session_token())
    assert world.assume(of_user, reader, DurationSeconds=7200)


def tagged(key, value):
    """A tag."""
    return {"Key": key, "Value": value}


def test_session_tags_are_tags_of_the_principal_and_transitive_ones_stay(world, ann, reader, name):
    for owner in ["web", "ops"]:
        world.bucket(f"{name}-{owner}", cat=owner.encode())
    second = world.role(
        f"team-{name}",
        [trust({"AWS": reader}, "sts:AssumeRole", "sts:TagSession")],
        allow("s3:GetObject", f"arn:aws:s3:::{name}-${{aws:PrincipalTag/team}}/*"),
    )
    first = world.assume(
        ann[1], reader, Tags=[tagged("team", "web"), tagged("Cost", "1")], TransitiveTagKeys=["Team"]
    )
    session = world.assume(first, second, Tags=[tagged("cost", "2")])
    client = world.s3(session)
    assert client.get_object(Bucket=f"{name}-web", Key="cat")["Body"].read() == b"web"
    assert failure(client.get_object, Bucket=f"{name}-ops", Key="cat")[0] == "AccessDenied"
    assume = world.sts(first).assume_role
    for options, sentence in [
        (
            {"Tags": [tagged("TEAM", "ops")]},
            "One of the specified tags can't be set because it conflicts with a transitive tag key from the calling session.",
        ),
        (
            {"Tags": [tagged("x", "y")], "TransitiveTagKeys": ["team"]},
            "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the "
            "calling session.",
        ),
        (
            {"TransitiveTagKeys": ["x"]},
            "The specified transitive tag key must be included in the requested tags.",
        ),
        (
            {"Tags": [tagged("x", "1"), tagged("X", "2")]},
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        ),
    ]:
        refused = failure(assume, RoleArn=second, RoleSessionName="s2", **options)
        assert refused == ("InvalidParameterValue", 400, sentence)


def test_tags_need_the_right_to_give_them(world, ann, name):
    plain = world.role(f"plain-{name}", [trust({"AWS": user_arn(ann[0])})])
    code, _, sentence = failure(
        world.sts(ann[1]).assume_role, RoleArn=plain, RoleSessionName="s1", Tags=[tagged("a", "b")]
    )
    assert code == "AccessDenied" and "sts:TagSession" in sentence
    bounded = world.role(
        f"bounded-{name}",
        [
            trust({"AWS": user_arn(ann[0])}),
            trust(
                {"AWS": user_arn(ann[0])},
                "sts:TagSession",
                StringEquals={"aws:RequestTag/team": "web"},
                **{"ForAllValues:StringEquals": {"aws:TagKeys": ["team"]}},
            ),
        ],
    )
    assert world.assume(ann[1], bounded, Tags=[tagged("team", "web")])
    for tags in [[tagged("team", "ops")], [tagged("team", "web"), tagged("x", "y")]]:
        assert failure(world.sts(ann[1]).assume_role, RoleArn=bounded, RoleSessionName="s1", Tags=tags)[0] == (
            "AccessDenied"
        )


def test_a_source_identity_needs_its_right_and_stays(world, ann, reader, name):
    answer = world.sts(ann[1]).assume_role(RoleArn=reader, RoleSessionName="s1", SourceIdentity="ann@example.com")
    assert answer["SourceIdentity"] == "ann@example.com"
    first = Session.of(answer)
    named = world.role(
        f"named-{name}",
        [
            trust(
                {"AWS": reader},
                "sts:AssumeRole",
                "sts:SetSourceIdentity",
                StringEquals={"sts:SourceIdentity": "ann@example.com"},
            )
        ],
    )
    unnamed = world.role(f"unnamed-{name}", [trust({"AWS": reader})])
    chained = world.sts(first).assume_role(RoleArn=named, RoleSessionName="s2")
    assert chained["SourceIdentity"] == "ann@example.com"
    code, _, sentence = failure(world.sts(first).assume_role, RoleArn=unnamed, RoleSessionName="s2")
    assert code == "AccessDenied" and "sts:SetSourceIdentity" in sentence
    assert failure(
        world.sts(first).assume_role, RoleArn=named, RoleSessionName="s2", SourceIdentity="bob@example.com"
    )[:2] == ("ValidationError", 400)


def test_session_policies_are_read_measured_and_bounded(world, ann, reader, name):
    assume = world.sts(ann[1]).assume_role
    narrowed = policy(allow("s3:GetObject", f"arn:aws:s3:::{name}/public/*"))
    answer = assume(RoleArn=reader, RoleSessionName="s1", Policy=narrowed)
    assert 0 < answer["PackedPolicySize"] < 20
    code, status, sentence = failure(
        assume, RoleArn=reader, RoleSessionName="s1", Policy=narrowed.replace("GetObject", "GetObjct")
    )
    assert (code, status) == ("MalformedPolicyDocument", 400) and "did you mean `s3:GetObject`?" in sentence
    tags = [tagged(f"{'k' * 100}{number}", "v" * 256) for number in range(10)]
    code, status, sentence = failure(assume, RoleArn=reader, RoleSessionName="s1", Tags=tags)
    assert (code, status) == ("PackedPolicyTooLarge", 400) and "of allotted space" in sentence
    long = policy(allow("s3:GetObject", [f"arn:aws:s3:::{name}/{'x' * 900}{number}" for number in range(3)]))
    assert failure(assume, RoleArn=reader, RoleSessionName="s1", Policy=long)[0] == "ValidationError"


def test_managed_policies_narrow_a_session_by_what_they_say_when_it_is_used(world, ann, reader, name):
    world.bucket(f"{name}-other", cat=b"other")
    managed = world.iam.create_policy(
        PolicyName=f"narrow-{name}",
        PolicyDocument=policy(allow("s3:GetObject", f"arn:aws:s3:::{name}/*")),
    )["Policy"]["Arn"]
    world.allow(f"reader-{name}", allow("s3:GetObject"))
    session = world.assume(ann[1], reader, PolicyArns=[{"arn": managed}])
    client = world.s3(session)
    assert client.get_object(Bucket=name, Key="cat")["Body"].read() == b"cat"
    assert failure(client.get_object, Bucket=f"{name}-other", Key="cat")[0] == "AccessDenied"


def test_the_aws_cli_gets_sessions(world, ann, reader, safe, tmp_path):
    def aws(*arguments):
        done = aws_cli(safe, tmp_path)("sts", *arguments, "--output", "json", key=ann[1])
        return json.loads(done.stdout)

    assert aws("get-caller-identity")["Arn"] == user_arn(ann[0])
    assumed = aws(
        *("assume-role", "--role-arn", reader, "--role-session-name", "cli"),
        *("--duration-seconds", "900", "--tags", "Key=team,Value=web", "--transitive-tag-keys", "team"),
    )
    assert assumed["AssumedRoleUser"]["Arn"].endswith("/cli")
    assert aws("get-session-token")["Credentials"]["SessionToken"]
