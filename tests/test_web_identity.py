"""Sessions for tokens of a real OpenID Connect provider: boto3 and the AWS CLI, unmodified."""

import json

import pytest
from botocore.exceptions import ClientError

from harness.http import request
from harness.oidc import identity_provider, needs_provider
from harness.programs import AWS, run
from harness.roles import ACCOUNT, Roles, Session, allow, policy, role_arn, trust
from harness.server import REGION

pytestmark = needs_provider

AUDIENCE = "countersign-tests"
SUBJECT = "repo:acme/site:ref:refs/heads/main"
WITH_TOKEN = "sts:AssumeRoleWithWebIdentity"


@pytest.fixture(scope="module")
def world(s3):
    """Roles on a server that lives on."""
    return Roles(s3)


@pytest.fixture(scope="module")
def registered(world, provider):
    """The provider, registered."""
    known = world.iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    if provider.arn not in [one["Arn"] for one in known]:
        made = world.iam.create_open_id_connect_provider(Url=provider.issuer, ClientIDList=[AUDIENCE])
        assert made["OpenIDConnectProviderArn"] == provider.arn
    return provider


@pytest.fixture()
def bucket(world, name):
    """A bucket with one object."""
    return world.bucket(name, cat=b"cat")


@pytest.fixture()
def role(world, registered, bucket):
    """A role for jobs of one repository, which may read the bucket: its ARN."""
    trusted = trust(
        {"Federated": registered.arn},
        WITH_TOKEN,
        "sts:TagSession",
        "sts:SetSourceIdentity",
        StringLike={f"{registered.name}:sub": "repo:acme/site:*"},
    )
    return world.role(f"ci-{bucket}", [trusted], allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*"))


def begin(world, role, token, **options):
    """Begins a session with a token."""
    return world.sts().assume_role_with_web_identity(
        RoleArn=role, RoleSessionName="job-1", WebIdentityToken=token, **options
    )


def refused(call, *arguments, **options):
    """Code and status of a refusal."""
    with pytest.raises(ClientError) as caught:
        call(*arguments, **options)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def test_a_token_becomes_a_session_that_reads(world, registered, role, bucket):
    answer = begin(world, role, registered.mint(SUBJECT, AUDIENCE))
    assert answer["SubjectFromWebIdentityToken"] == SUBJECT
    assert answer["Provider"] == registered.issuer and answer["Audience"] == AUDIENCE
    assert answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/ci-{bucket}/job-1"
    session = Session.of(answer)
    client = world.s3(session)
    assert client.get_object(Bucket=bucket, Key="cat")["Body"].read() == b"cat"
    url = client.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "cat"}, 60)
    assert request("GET", url).body == b"cat"
    assert refused(client.put_object, Bucket=bucket, Key="dog", Body=b"") == ("AccessDenied", 403)
    narrowed = policy(allow("s3:GetObject", f"arn:aws:s3:::{bucket}/dog"))
    session = Session.of(begin(world, role, registered.mint(SUBJECT, AUDIENCE), Policy=narrowed))
    assert refused(world.s3(session).get_object, Bucket=bucket, Key="cat") == ("AccessDenied", 403)


def test_claims_of_every_kind_are_condition_keys(world, registered, name):
    key = registered.name
    arn = world.role(
        f"claims-{name}",
        [
            trust(
                {"Federated": registered.arn},
                WITH_TOKEN,
                StringEquals={f"{key}:repository": "acme/site", f"{key}:run_attempt": "1"},
                Bool={f"{key}:protected": "true"},
                **{"ForAnyValue:StringEquals": {f"{key}:groups": "release"}},
            )
        ],
    )
    claims = {"repository": "acme/site", "run_attempt": 1, "protected": True, "groups": ["dev", "release"]}
    assert begin(world, arn, registered.mint(SUBJECT, AUDIENCE, **claims))["Credentials"]
    for changed in [
        {"repository": "acme/other"},
        {"run_attempt": 2},
        {"protected": False},
        {"groups": ["dev"]},
        {"groups": []},
        {"repository": None},
    ]:
        token = registered.mint(SUBJECT, AUDIENCE, **(claims | changed))
        assert refused(begin, world, arn, token) == ("AccessDenied", 403), changed
    twice = registered.mint(SUBJECT, AUDIENCE, **claims, Repository="acme/site")
    assert refused(begin, world, arn, twice) == ("InvalidIdentityToken", 400)


def test_tags_and_source_identity_come_in_claims(world, registered, role, bucket):
    tags = {"principal_tags": {"team": ["web"], "cost": ["7"]}, "transitive_tag_keys": ["team"]}
    token = registered.mint(
        SUBJECT,
        AUDIENCE,
        **{"https://aws.amazon.com/tags": tags, "https://aws.amazon.com/source_identity": "octocat"},
    )
    answer = begin(world, role, token)
    assert answer["SourceIdentity"] == "octocat" and answer["PackedPolicySize"] > 0
    world.allow(
        f"ci-{bucket}",
        allow("s3:GetObject", "*", StringEquals={"aws:PrincipalTag/team": "web", "aws:SourceIdentity": "octocat"}),
    )
    client = world.s3(Session.of(begin(world, role, token)))
    assert client.get_object(Bucket=bucket, Key="cat")["Body"].read() == b"cat"
    for odd in ["x", {}, {"principal_tags": {"team": ["a", "b"]}}, {"principal_tags": {"team": 7}}, {"principals": {}}]:
        token = registered.mint(SUBJECT, AUDIENCE, **{"https://aws.amazon.com/tags": odd})
        assert refused(begin, world, role, token) == ("InvalidIdentityToken", 400), odd


def test_a_provider_that_does_not_answer_is_said_to(world, name):
    with identity_provider() as gone:
        world.iam.create_open_id_connect_provider(Url=gone.issuer, ClientIDList=[AUDIENCE])
        arn = world.role(f"gone-{name}", [trust({"Federated": gone.arn}, WITH_TOKEN)])
        token = gone.mint(SUBJECT, AUDIENCE)
    assert refused(begin, world, arn, token) == ("IDPCommunicationError", 400)
    world.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=gone.arn)


def test_rotated_keys_are_fetched(world, registered, role):
    assert begin(world, role, registered.mint(SUBJECT, AUDIENCE))
    assert begin(world, role, registered.mint(SUBJECT, AUDIENCE, algorithm="ES256"))


def test_the_aws_cli_takes_its_credentials_from_a_token(world, registered, role, bucket, tmp_path):
    token = tmp_path / "token"
    token.write_text(registered.mint(SUBJECT, AUDIENCE))
    environment = {
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": world.server.url,
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_PAGER": "",
        "AWS_ROLE_ARN": role,
        "AWS_ROLE_SESSION_NAME": "cli",
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(token),
    }
    who = json.loads(run([AWS, "sts", "get-caller-identity", "--output", "json"], environment).stdout)
    assert who["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/ci-{bucket}/cli"
    fetched = run([AWS, "s3api", "get-object", "--bucket", bucket, "--key", "cat", tmp_path / "cat"], environment)
    assert fetched.returncode == 0 and (tmp_path / "cat").read_bytes() == b"cat"


def test_who_brings_bad_tokens_over_and_over_is_slowed_down(fresh):
    world = Roles(fresh(bucket=False))
    codes = {refused(begin, world, role_arn("any"), f"{number:04}.x.y")[0] for number in range(80)}
    assert codes == {"InvalidIdentityToken", "Throttling"}
    # Signed calls of others behind the same address are not concerned.
    assert world.sts(world.server.key).get_caller_identity()["Account"] == ACCOUNT
