"""`SimulatePrincipalPolicy`: asked beforehand, decided as requests are."""

import pytest

from harness.boto import client_for, refused
from harness.iam import arn, iam_for, policy, trust, user_with
from harness.objects import put
from harness.server import BUCKET

PLACE = f"arn:aws:s3:::{BUCKET}"


@pytest.fixture(scope="module")
def iam(safe):
    """A client with root's key."""
    return iam_for(safe)


def decisions(iam, source, actions, **arguments):
    """The decision for each action and resource."""
    pages = iam.get_paginator("simulate_principal_policy").paginate(
        PolicySourceArn=source, ActionNames=actions, **arguments
    )
    results = [one for page in pages for one in page["EvaluationResults"]]
    return {(one["EvalActionName"], one["EvalResourceName"]): one["EvalDecision"] for one in results}


def test_what_is_simulated_is_what_happens(safe, iam, name):
    put(safe, f"{name}/a", b"x")
    deny = policy("s3:GetObject", resource=f"{PLACE}/{name}/secret/*", effect="Deny")
    key = user_with(iam, name, policy("s3:GetObject", resource=f"{PLACE}/{name}/*"), deny)
    source = arn(f"user/{name}")
    found = decisions(
        iam, source, ["s3:GetObject", "s3:PutObject"],
        ResourceArns=[f"{PLACE}/{name}/a", f"{PLACE}/{name}/secret/b"], PaginationConfig={"PageSize": 3},
    )
    assert found == {
        ("s3:GetObject", f"{PLACE}/{name}/a"): "allowed",
        ("s3:GetObject", f"{PLACE}/{name}/secret/b"): "explicitDeny",
        ("s3:PutObject", f"{PLACE}/{name}/a"): "implicitDeny",
        ("s3:PutObject", f"{PLACE}/{name}/secret/b"): "implicitDeny",
    }
    s3 = client_for(safe, key)
    assert s3.get_object(Bucket=BUCKET, Key=f"{name}/a")
    assert refused(s3.get_object, Bucket=BUCKET, Key=f"{name}/secret/b") == "AccessDenied"
    assert refused(s3.put_object, Bucket=BUCKET, Key=f"{name}/a", Body=b"") == "AccessDenied"


def test_the_policy_that_decided_and_the_keys_that_were_missing_are_named(iam, name):
    conditioned = policy("s3:GetObject", Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})
    user_with(iam, name, conditioned)
    call = {"PolicySourceArn": arn(f"user/{name}"), "ActionNames": ["s3:getobject"], "ResourceArns": [f"{PLACE}/a"]}
    result = iam.simulate_principal_policy(**call)["EvaluationResults"][0]
    assert (result["EvalActionName"], result["EvalDecision"]) == ("s3:GetObject", "implicitDeny")
    assert result["MissingContextValues"] == ["aws:sourceip"]
    inside = {"ContextKeyName": "aws:SourceIp", "ContextKeyValues": ["203.0.113.9"], "ContextKeyType": "ip"}
    result = iam.simulate_principal_policy(**call, ContextEntries=[inside])["EvaluationResults"][0]
    assert result["EvalDecision"] == "allowed" and result["MissingContextValues"] == []
    assert result["MatchedStatements"] == [{"SourcePolicyId": "p0", "SourcePolicyType": "user"}]


def test_roles_boundaries_and_policies_to_be_are_simulated(iam, name):
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust({"AWS": arn("root")}))
    iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    role = arn(f"role/{name}")
    wanted = {"actions": ["s3:GetObject", "s3:PutObject"], "ResourceArns": [f"{PLACE}/a"]}
    assert list(decisions(iam, role, **wanted).values()) == ["allowed", "implicitDeny"]
    more = decisions(iam, role, **wanted, PolicyInputList=[policy("s3:PutObject")])
    assert list(more.values()) == ["allowed", "allowed"]
    bound = decisions(iam, role, **wanted, PermissionsBoundaryPolicyInputList=[policy("s3:PutObject")])
    assert list(bound.values()) == ["implicitDeny", "implicitDeny"]


def test_what_cannot_be_simulated_is_refused(safe, iam, name):
    key = user_with(iam, name, policy("s3:*"))
    source = {"PolicySourceArn": arn(f"user/{name}"), "ActionNames": ["s3:GetObject"]}
    simulate = iam.simulate_principal_policy
    assert refused(simulate, **{**source, "ActionNames": ["s3:Fly"]}) == "InvalidInput"
    assert refused(simulate, **source, CallerArn=arn("user/other")) == "InvalidInput"
    assert refused(simulate, **source, PolicyExclusionList=[{"PolicyType": "inline"}]) == "InvalidInput"
    assert refused(simulate, **source, PolicyInputList=["{}"]) == "MalformedPolicyDocument"
    assert refused(simulate, **{**source, "PolicySourceArn": arn("user/no-such-user")}) == "NoSuchEntity"
    assert refused(simulate, **{**source, "PolicySourceArn": arn(f"user/wrong/path/{name}")}) == "NoSuchEntity"
    assert refused(simulate, **{**source, "PolicySourceArn": arn("group/no-such-group")}) == "InvalidInput"
    assert refused(iam_for(safe, key).simulate_principal_policy, **source) == "AccessDenied"
