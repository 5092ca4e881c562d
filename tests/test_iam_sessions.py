"""Sessions that call IAM: those of roles as their policies say, those of users never."""

import boto3
import pytest
from botocore.config import Config

from harness.boto import refused
from harness.iam import arn, iam_for, policy, trust, user_with
from harness.server import REGION
from harness.signer import Key


@pytest.fixture(scope="module")
def iam(safe):
    """A client with root's key."""
    return iam_for(safe)


def sts_for(server, key):
    """boto3's STS client on the S3 port."""
    return boto3.client(
        "sts", endpoint_url=server.url, region_name=REGION, aws_access_key_id=key.id,
        aws_secret_access_key=key.secret, config=Config(retries={"total_max_attempts": 1}),
    )


def as_session(server, answer, token=None):
    """An IAM client with the credentials of an answer of STS."""
    credentials = answer["Credentials"]
    key = Key(credentials["AccessKeyId"], credentials["SecretAccessKey"])
    return iam_for(server, key, token=token or credentials["SessionToken"])


@pytest.fixture
def admins(safe, iam, name):
    """A role that may look at users, and a user who may become it: its name, and that user's STS client."""
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"AWS": arn("root")}))
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy("iam:ListUsers", "iam:ListRoles"))
    key = user_with(iam, name, policy("sts:AssumeRole", resource=arn(f"role/{name}")))
    return name, sts_for(safe, key)


def assume(admins, **arguments):
    """Assumes the role."""
    name, sts = admins
    return sts.assume_role(RoleArn=arn(f"role/{name}"), RoleSessionName="session", **arguments)


def test_a_session_of_a_role_may_what_the_role_may(safe, iam, admins):
    session = as_session(safe, assume(admins))
    assert session.list_users()
    assert refused(session.create_user, UserName="x") == "AccessDenied"
    # It is no user, so what it asks about itself has no answer.
    assert refused(session.get_user) == "ValidationError"
    iam.delete_role_policy(RoleName=admins[0], PolicyName="p")
    assert refused(session.list_users) == "AccessDenied"


def test_h3_a_session_policy_narrows_what_the_session_may_administer(safe, admins):
    session = as_session(safe, assume(admins, Policy=policy("iam:ListUsers", "iam:CreateUser")))
    assert session.list_users()
    assert refused(session.list_roles) == "AccessDenied"
    assert refused(session.create_user, UserName="x") == "AccessDenied"


def test_h2_a_session_calls_with_its_own_token_only(safe, admins):
    one, other = assume(admins), assume(admins)
    swapped = as_session(safe, one, token=other["Credentials"]["SessionToken"])
    assert refused(swapped.list_users) == "InvalidClientTokenId"
    broken = as_session(safe, one, token=one["Credentials"]["SessionToken"][:-4] + "AAAA")
    assert refused(broken.list_users) == "InvalidClientTokenId"


def test_a_session_dies_with_its_role(safe, iam, admins):
    session = as_session(safe, assume(admins))
    assert session.list_users()
    iam.delete_role_policy(RoleName=admins[0], PolicyName="p")
    iam.delete_role(RoleName=admins[0])
    assert refused(session.list_users) == "InvalidClientTokenId"
    # A role of the same name is another role.
    iam.create_role(RoleName=admins[0], AssumeRolePolicyDocument=trust({"AWS": arn("root")}))
    iam.put_role_policy(RoleName=admins[0], PolicyName="p", PolicyDocument=policy("iam:*"))
    assert refused(session.list_users) == "InvalidClientTokenId"


def test_a_session_of_a_user_calls_nothing_of_iam(safe, iam, name):
    key = user_with(iam, name, policy("*"))
    assert iam_for(safe, key).list_users()
    session = as_session(safe, sts_for(safe, key).get_session_token())
    assert refused(session.list_users) == "InvalidClientTokenId"
    assert refused(session.create_access_key) == "InvalidClientTokenId"
