"""IAM on two nodes that share a state in PostgreSQL: what one changes, the other knows."""

import time

import pytest

from harness.boto import refused
from harness.iam import arn, iam_for, policy, trust, user_with
from harness.nodes import Nodes
from harness.postgres import Postgres, is_left_out

pytestmark = pytest.mark.skipif(is_left_out(), reason="this run does without PostgreSQL")

PATIENCE_S = 30


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Clients of two nodes, as root, and the nodes."""
    database = Postgres().start()
    database.create_database("iam")
    nodes = Nodes(tmp_path_factory.mktemp("nodes"), database.url("iam"), count=2)
    try:
        nodes.start()
        first, second = nodes.servers
        yield iam_for(first), iam_for(second, first.root), second
    finally:
        nodes.stop()
        database.remove()


def test_everything_that_one_node_makes_is_there_on_the_other(two, name):
    one, other, _ = two
    one.create_user(UserName=name, Path="/a/", Tags=[{"Key": "k", "Value": "v"}])
    assert other.get_user(UserName=name)["User"]["Tags"] == [{"Key": "k", "Value": "v"}]
    one.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"AWS": arn("root")}))
    assert other.get_role(RoleName=name)["Role"]["MaxSessionDuration"] == 3600
    place = one.create_policy(PolicyName=name, PolicyDocument=policy("s3:*"))["Policy"]["Arn"]
    other.create_policy_version(PolicyArn=place, PolicyDocument=policy("s3:GetObject"), SetAsDefault=True)
    assert one.get_policy(PolicyArn=place)["Policy"]["DefaultVersionId"] == "v2"
    other.attach_user_policy(UserName=name, PolicyArn=place)
    other.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=place)
    entities = one.list_entities_for_policy(PolicyArn=place)
    assert entities["PolicyUsers"][0]["UserName"] == entities["PolicyRoles"][0]["RoleName"] == name
    provider = one.create_open_id_connect_provider(Url=f"https://{name}.example.com", ClientIDList=["a"])
    provider = {"OpenIDConnectProviderArn": provider["OpenIDConnectProviderArn"]}
    other.add_client_id_to_open_id_connect_provider(**provider, ClientID="b")
    assert one.get_open_id_connect_provider(**provider)["ClientIDList"] == ["a", "b"]
    assert refused(one.delete_user, UserName=name) == "DeleteConflict"
    one.detach_user_policy(UserName=name, PolicyArn=place)
    other.delete_user(UserName=name)
    other.delete_role(RoleName=name)
    one.delete_policy_version(PolicyArn=place, VersionId="v1")
    one.delete_policy(PolicyArn=place)


def test_a_right_that_is_taken_on_one_node_is_soon_gone_on_the_other(two, name):
    one, _, second = two
    delegate = iam_for(second, user_with(one, name, policy("iam:ListUsers")))
    assert delegate.list_users()
    one.delete_user_policy(UserName=name, PolicyName="p0")
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            delegate.list_users()
        except delegate.exceptions.ClientError as error:
            assert error.response["Error"]["Code"] == "AccessDenied"
            break
        assert time.monotonic() < end
        time.sleep(0.05)
