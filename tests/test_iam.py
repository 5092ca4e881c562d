"""IAM's query API as boto3 speaks it: every action, as root."""

import json
from datetime import datetime, timezone

import boto3
import pytest
from botocore.exceptions import ClientError

from harness.boto import client_for, refused
from harness.iam import ACCOUNT, arn, iam_for, policy, trust, user_with
from harness.objects import put
from harness.server import BUCKET
from harness.signer import Key

READ = policy("s3:GetObject", resource=f"arn:aws:s3:::{BUCKET}/*")
TRUST = trust({"AWS": arn("root")})


@pytest.fixture(scope="module")
def iam(safe):
    """A client with root's key."""
    return iam_for(safe)


@pytest.fixture
def user(iam, name):
    """A user without anything."""
    iam.create_user(UserName=name)
    return name


@pytest.fixture
def role(iam, name):
    """A role that the account trusts."""
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    return name


def tags_of(answer):
    """Tags as a dictionary."""
    return {tag["Key"]: tag["Value"] for tag in answer["Tags"]}


def message(call, **arguments):
    """The sentence that a call is refused with."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Message"]


def test_a_user_is_made_found_listed_and_deleted(iam, name):
    made = iam.create_user(UserName=name, Path="/team/a/", Tags=[{"Key": "k", "Value": "ü v"}])["User"]
    assert made["Arn"] == arn(f"user/team/a/{name}")
    assert made["UserId"].startswith("AIDA") and made["Path"] == "/team/a/"
    assert abs((datetime.now(timezone.utc) - made["CreateDate"]).total_seconds()) < 120
    iam.get_waiter("user_exists").wait(UserName=name)
    found = iam.get_user(UserName=name)["User"]
    assert tags_of(found) == {"k": "ü v"} and found["UserId"] == made["UserId"]
    listed = [user["UserName"] for user in iam.list_users(PathPrefix="/team/")["Users"]]
    assert name in listed
    assert name not in [user["UserName"] for user in iam.list_users(PathPrefix="/other/")["Users"]]
    assert "root" not in [user["UserName"] for user in iam.list_users()["Users"]]
    iam.delete_user(UserName=name)
    assert refused(iam.get_user, UserName=name) == "NoSuchEntity"
    assert message(iam.delete_user, UserName=name) == f"The user with name {name} cannot be found."


def test_names_differ_beyond_case(iam, user):
    assert refused(iam.create_user, UserName=user.upper()) == "EntityAlreadyExists"
    assert iam.get_user(UserName=user.upper())["User"]["UserName"] == user


def test_a_call_without_a_name_is_about_the_caller(safe, iam, user):
    assert iam.get_user()["User"]["Arn"] == arn("root")
    key = user_with(iam, f"{user}b", policy("iam:*", resource=arn(f"user/{user}b")))
    own = iam_for(safe, key)
    assert own.get_user()["User"]["UserName"] == f"{user}b"
    assert [one["AccessKeyId"] for one in own.list_access_keys()["AccessKeyMetadata"]] == [key.id]


def test_h6_root_is_no_user_that_can_be_named(iam):
    for call in [iam.get_user, iam.create_access_key, iam.list_access_keys, iam.delete_user]:
        assert refused(call, UserName="root") == "NoSuchEntity"
    assert refused(iam.create_user, UserName="Root") == "EntityAlreadyExists"
    assert refused(
        iam.put_user_policy, UserName="root", PolicyName="p", PolicyDocument=READ
    ) == "NoSuchEntity"


def test_users_are_not_renamed(iam, user):
    iam.update_user(UserName=user, NewUserName=user, NewPath="/")
    assert "not renamed" in message(iam.update_user, UserName=user, NewUserName=f"{user}x")
    assert refused(iam.update_user, UserName=user, NewPath="/x/") == "InvalidInput"


def test_an_access_key_works_until_it_is_disabled_and_again_after(safe, iam, user, name):
    iam.put_user_policy(UserName=user, PolicyName="read", PolicyDocument=READ)
    put(safe, name, b"x")
    made = iam.create_access_key(UserName=user)["AccessKey"]
    assert made["UserName"] == user and made["Status"] == "Active"
    assert made["AccessKeyId"].startswith("AKIA") and len(made["SecretAccessKey"]) == 40
    key = Key(made["AccessKeyId"], made["SecretAccessKey"])
    s3 = client_for(safe, key)
    assert s3.get_object(Bucket=BUCKET, Key=name)["Body"].read() == b"x"
    iam.update_access_key(UserName=user, AccessKeyId=key.id, Status="Inactive")
    assert refused(s3.get_object, Bucket=BUCKET, Key=name) == "InvalidAccessKeyId"
    assert iam.list_access_keys(UserName=user)["AccessKeyMetadata"][0]["Status"] == "Inactive"
    iam.update_access_key(UserName=user, AccessKeyId=key.id, Status="Active")
    assert s3.get_object(Bucket=BUCKET, Key=name)["Body"].read() == b"x"
    iam.delete_access_key(UserName=user, AccessKeyId=key.id)
    assert refused(s3.get_object, Bucket=BUCKET, Key=name) == "InvalidAccessKeyId"
    assert iam.list_access_keys(UserName=user)["AccessKeyMetadata"] == []


def test_a_user_has_two_access_keys_at_most(iam, user):
    for _ in range(2):
        iam.create_access_key(UserName=user)
    assert refused(iam.create_access_key, UserName=user) == "LimitExceeded"
    assert refused(iam.delete_user, UserName=user) == "DeleteConflict"


def test_an_access_key_is_changed_only_as_its_own_users(iam, user, name):
    other = f"{name}o"
    key = user_with(iam, other)
    for call, more in [(iam.update_access_key, {"Status": "Inactive"}), (iam.delete_access_key, {})]:
        assert refused(call, UserName=user, AccessKeyId=key.id, **more) == "NoSuchEntity"


def test_a_declared_key_is_changed_where_it_is_declared(safe, iam):
    assert refused(
        iam.delete_access_key, UserName="tester", AccessKeyId=safe.key.id
    ) == "UnmodifiableEntity"


def test_the_last_use_of_a_key_is_told(safe, iam, user):
    key = user_with(iam, f"{user}u")
    used = iam.get_access_key_last_used(AccessKeyId=key.id)
    assert used["UserName"] == f"{user}u"
    assert used["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}
    assert refused(iam.get_access_key_last_used, AccessKeyId="AKIANOSUCHKEY0000000") == "NoSuchEntity"


@pytest.mark.parametrize("kind", ["user", "group", "role"])
def test_inline_policies_come_back_as_they_were_put(iam, name, kind):
    make = {
        "user": lambda: iam.create_user(UserName=name),
        "group": lambda: iam.create_group(GroupName=name),
        "role": lambda: iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST),
    }
    make[kind]()
    of = {f"{kind.title()}Name": name}
    verb = lambda words: getattr(iam, words.replace("KIND", kind))
    text = json.dumps(json.loads(READ), indent=2).replace("s3:GetObject", "s3:Get*").replace("/*", "/é+ &<*")
    verb("put_KIND_policy")(**of, PolicyName="a", PolicyDocument=text)
    verb("put_KIND_policy")(**of, PolicyName="b", PolicyDocument=READ)
    found = verb("get_KIND_policy")(**of, PolicyName="a")
    assert found["PolicyDocument"] == json.loads(text) and found["PolicyName"] == "a"
    pages = iam.get_paginator(f"list_{kind}_policies").paginate(**of, PaginationConfig={"PageSize": 1})
    assert [page["PolicyNames"] for page in pages] == [["a"], ["b"]]
    assert refused(verb("delete_KIND"), **of) == "DeleteConflict"
    for policy_name in "ab":
        verb("delete_KIND_policy")(**of, PolicyName=policy_name)
    assert refused(verb("get_KIND_policy"), **of, PolicyName="a") == "NoSuchEntity"
    assert message(verb("delete_KIND_policy"), **of, PolicyName="a") == (
        f"The {kind} policy with name a cannot be found."
    )
    verb("delete_KIND")(**of)


def test_a_policy_that_is_none_is_refused_with_its_place_and_a_hint(iam, user):
    text = '{"Version": "2012-10-17",\n "Statement": [{"Effect": "Allow", "Action": "s3:GetObjekt", "Resource": "*"}]}'
    arguments = {"UserName": user, "PolicyName": "p", "PolicyDocument": text}
    assert refused(iam.put_user_policy, **arguments) == "MalformedPolicyDocument"
    told = message(iam.put_user_policy, **arguments)
    assert told.startswith("line 2, column ") and "did you mean `s3:GetObject`" in told
    long = policy("s3:GetObject", resource=[f"arn:aws:s3:::{BUCKET}/{n:050}" for n in range(100)])
    assert refused(
        iam.put_user_policy, UserName=user, PolicyName="p", PolicyDocument=long
    ) == "LimitExceeded"


def test_a_managed_policy_lives_from_its_creation_to_its_end(iam, name):
    made = iam.create_policy(
        PolicyName=name, Path="/p/", PolicyDocument=READ, Description="what it is for",
        Tags=[{"Key": "a", "Value": "b"}],
    )["Policy"]
    place = made["Arn"]
    assert place == arn(f"policy/p/{name}") and made["PolicyId"].startswith("ANPA")
    iam.get_waiter("policy_exists").wait(PolicyArn=place)
    found = iam.get_policy(PolicyArn=place)["Policy"]
    assert found["Description"] == "what it is for" and tags_of(found) == {"a": "b"}
    assert found["DefaultVersionId"] == "v1" and found["AttachmentCount"] == 0 and found["IsAttachable"]
    assert refused(iam.create_policy, PolicyName=name, PolicyDocument=READ) == "EntityAlreadyExists"
    # The ARN is the policy's, and not another's with the same name.
    assert refused(iam.get_policy, PolicyArn=arn(f"policy/{name}")) == "NoSuchEntity"
    iam.delete_policy(PolicyArn=place)
    assert refused(iam.get_policy, PolicyArn=place) == "NoSuchEntity"


def test_versions_of_a_policy_are_made_put_in_force_and_deleted(iam, name):
    place = iam.create_policy(PolicyName=name, PolicyDocument=READ)["Policy"]["Arn"]
    for number in range(2, 6):
        made = iam.create_policy_version(
            PolicyArn=place, PolicyDocument=policy(f"s3:*", resource=f"arn:aws:s3:::b{number}"),
            SetAsDefault=number == 3,
        )["PolicyVersion"]
        assert (made["VersionId"], made["IsDefaultVersion"]) == (f"v{number}", number == 3)
    assert refused(
        iam.create_policy_version, PolicyArn=place, PolicyDocument=READ
    ) == "LimitExceeded"
    listed = iam.list_policy_versions(PolicyArn=place)["Versions"]
    assert [one["VersionId"] for one in listed] == ["v5", "v4", "v3", "v2", "v1"]
    assert [one["VersionId"] for one in listed if one["IsDefaultVersion"]] == ["v3"]
    document = iam.get_policy_version(PolicyArn=place, VersionId="v4")["PolicyVersion"]["Document"]
    assert document["Statement"][0]["Resource"] == "arn:aws:s3:::b4"
    assert refused(iam.delete_policy_version, PolicyArn=place, VersionId="v3") == "DeleteConflict"
    assert refused(iam.delete_policy, PolicyArn=place) == "DeleteConflict"
    iam.set_default_policy_version(PolicyArn=place, VersionId="v1")
    assert iam.get_policy(PolicyArn=place)["Policy"]["DefaultVersionId"] == "v1"
    for number in range(2, 6):
        iam.delete_policy_version(PolicyArn=place, VersionId=f"v{number}")
    assert refused(iam.get_policy_version, PolicyArn=place, VersionId="v2") == "NoSuchEntity"
    assert refused(iam.set_default_policy_version, PolicyArn=place, VersionId="v9") == "NoSuchEntity"
    iam.delete_policy(PolicyArn=place)


@pytest.mark.parametrize("kind", ["user", "group", "role"])
def test_managed_policies_are_attached_and_detached(iam, name, kind):
    {
        "user": lambda: iam.create_user(UserName=name),
        "group": lambda: iam.create_group(GroupName=name),
        "role": lambda: iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST),
    }[kind]()
    of = {f"{kind.title()}Name": name}
    place = iam.create_policy(PolicyName=name, PolicyDocument=READ)["Policy"]["Arn"]
    attach, detach = getattr(iam, f"attach_{kind}_policy"), getattr(iam, f"detach_{kind}_policy")
    listed = getattr(iam, f"list_attached_{kind}_policies")
    attach(**of, PolicyArn=place)
    attach(**of, PolicyArn=place)
    assert listed(**of)["AttachedPolicies"] == [{"PolicyName": name, "PolicyArn": place}]
    assert iam.get_policy(PolicyArn=place)["Policy"]["AttachmentCount"] == 1
    entities = iam.list_entities_for_policy(PolicyArn=place)
    having = entities[f"Policy{kind.title()}s"]
    assert [one[f"{kind.title()}Name"] for one in having] == [name] and having[0][f"{kind.title()}Id"]
    assert sum(len(entities[f"Policy{one}s"]) for one in ["User", "Group", "Role"]) == 1
    assert refused(iam.delete_policy, PolicyArn=place) == "DeleteConflict"
    assert refused(getattr(iam, f"delete_{kind}"), **of) == "DeleteConflict"
    detach(**of, PolicyArn=place)
    assert refused(detach, **of, PolicyArn=place) == "NoSuchEntity"
    assert refused(attach, **of, PolicyArn=arn("policy/no-such")) == "NoSuchEntity"
    iam.delete_policy(PolicyArn=place)
    getattr(iam, f"delete_{kind}")(**of)


def test_an_attached_policy_gives_what_its_version_in_force_says(safe, iam, user, name):
    put(safe, name, b"x")
    place = iam.create_policy(PolicyName=name, PolicyDocument=policy("s3:ListBucket"))["Policy"]["Arn"]
    iam.attach_user_policy(UserName=user, PolicyArn=place)
    made = iam.create_access_key(UserName=user)["AccessKey"]
    s3 = client_for(safe, Key(made["AccessKeyId"], made["SecretAccessKey"]))
    assert refused(s3.get_object, Bucket=BUCKET, Key=name) == "AccessDenied"
    iam.create_policy_version(PolicyArn=place, PolicyDocument=READ, SetAsDefault=True)
    assert s3.get_object(Bucket=BUCKET, Key=name)["Body"].read() == b"x"
    iam.set_default_policy_version(PolicyArn=place, VersionId="v1")
    assert refused(s3.get_object, Bucket=BUCKET, Key=name) == "AccessDenied"


def test_policies_are_listed_by_scope_and_use(iam, user, name):
    place = iam.create_policy(PolicyName=name, Path=f"/{name}/", PolicyDocument=READ)["Policy"]["Arn"]

    def listed(**arguments):
        pages = iam.get_paginator("list_policies").paginate(**arguments)
        return {one["Arn"] for page in pages for one in page["Policies"]}

    assert listed(PathPrefix=f"/{name}/") == {place}
    assert place in listed(Scope="Local") and place not in listed(Scope="AWS")
    assert listed(PathPrefix=f"/{name}/", OnlyAttached=True) == set()
    iam.put_user_permissions_boundary(UserName=user, PermissionsBoundary=place)
    assert listed(PathPrefix=f"/{name}/", PolicyUsageFilter="PermissionsBoundary") == {place}
    assert listed(PathPrefix=f"/{name}/", PolicyUsageFilter="PermissionsPolicy") == set()


def test_the_policies_of_aws_can_be_attached_and_not_changed(iam, user):
    built_in = {one["PolicyName"]: one["Arn"] for one in iam.list_policies(Scope="AWS")["Policies"]}
    wanted = {"AdministratorAccess", "AmazonS3FullAccess", "AmazonS3ReadOnlyAccess"}
    assert wanted <= set(built_in)
    place = built_in["AmazonS3ReadOnlyAccess"]
    assert place == "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    version = iam.get_policy(PolicyArn=place)["Policy"]["DefaultVersionId"]
    assert iam.get_policy_version(PolicyArn=place, VersionId=version)["PolicyVersion"]["Document"]
    iam.attach_user_policy(UserName=user, PolicyArn=place)
    assert iam.list_attached_user_policies(UserName=user)["AttachedPolicies"][0]["PolicyArn"] == place
    assert refused(iam.delete_policy, PolicyArn=place) == "AccessDenied"
    assert refused(iam.create_policy_version, PolicyArn=place, PolicyDocument=READ) == "AccessDenied"
    assert "outside your own account" in message(iam.delete_policy, PolicyArn=place)


def test_a_permissions_boundary_holds_and_is_taken_away(safe, iam, user, name):
    put(safe, name, b"x")
    everything = iam.create_policy(PolicyName=f"{name}e", PolicyDocument=policy("s3:*"))["Policy"]["Arn"]
    narrow = iam.create_policy(PolicyName=f"{name}n", PolicyDocument=policy("s3:PutObject"))["Policy"]["Arn"]
    iam.attach_user_policy(UserName=user, PolicyArn=everything)
    made = iam.create_access_key(UserName=user)["AccessKey"]
    s3 = client_for(safe, Key(made["AccessKeyId"], made["SecretAccessKey"]))
    assert s3.get_object(Bucket=BUCKET, Key=name)
    iam.put_user_permissions_boundary(UserName=user, PermissionsBoundary=narrow)
    assert iam.get_user(UserName=user)["User"]["PermissionsBoundary"] == {
        "PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": narrow,
    }
    assert refused(s3.get_object, Bucket=BUCKET, Key=name) == "AccessDenied"
    assert refused(iam.delete_policy, PolicyArn=narrow) == "DeleteConflict"
    iam.delete_user_permissions_boundary(UserName=user)
    assert s3.get_object(Bucket=BUCKET, Key=name)
    assert refused(iam.delete_user_permissions_boundary, UserName=user) == "NoSuchEntity"
    assert refused(
        iam.put_user_permissions_boundary, UserName=user, PermissionsBoundary=arn("policy/none")
    ) == "NoSuchEntity"


def test_a_boundary_may_be_given_at_once(iam, name):
    place = iam.create_policy(PolicyName=name, PolicyDocument=READ)["Policy"]["Arn"]
    iam.create_user(UserName=name, PermissionsBoundary=place)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, PermissionsBoundary=place)
    for found in [iam.get_user(UserName=name)["User"], iam.get_role(RoleName=name)["Role"]]:
        assert found["PermissionsBoundary"]["PermissionsBoundaryArn"] == place
    iam.delete_role_permissions_boundary(RoleName=name)
    iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=place)
    assert "PermissionsBoundary" in iam.get_role(RoleName=name)["Role"]
    assert refused(iam.create_user, UserName=f"{name}x", PermissionsBoundary=arn("policy/none")) == (
        "NoSuchEntity"
    )
    assert refused(iam.get_user, UserName=f"{name}x") == "NoSuchEntity"


def test_groups_have_members(iam, user, name):
    made = iam.create_group(GroupName=f"{name}g")["Group"]
    assert made["Arn"] == arn(f"group/{name}g") and made["GroupId"].startswith("AGPA")
    assert refused(iam.create_group, GroupName=f"{name}g") == "EntityAlreadyExists"
    iam.add_user_to_group(GroupName=f"{name}g", UserName=user)
    found = iam.get_group(GroupName=f"{name}g")
    assert [one["UserName"] for one in found["Users"]] == [user]
    assert [one["GroupName"] for one in iam.list_groups_for_user(UserName=user)["Groups"]] == [f"{name}g"]
    assert f"{name}g" in [one["GroupName"] for one in iam.list_groups()["Groups"]]
    assert refused(iam.delete_group, GroupName=f"{name}g") == "DeleteConflict"
    assert refused(iam.delete_user, UserName=user) == "DeleteConflict"
    iam.remove_user_from_group(GroupName=f"{name}g", UserName=user)
    assert refused(
        iam.remove_user_from_group, GroupName=f"{name}g", UserName=user
    ) == "NoSuchEntity"
    assert refused(iam.add_user_to_group, GroupName=f"{name}g", UserName="no-such") == "NoSuchEntity"
    iam.delete_group(GroupName=f"{name}g")
    assert refused(iam.get_group, GroupName=f"{name}g") == "NoSuchEntity"


def test_a_role_lives_from_its_creation_to_its_end(iam, name):
    made = iam.create_role(
        RoleName=name, Path="/service/", AssumeRolePolicyDocument=TRUST, Description="for ci",
        MaxSessionDuration=7200, Tags=[{"Key": "a", "Value": ""}],
    )["Role"]
    assert made["Arn"] == arn(f"role/service/{name}") and made["RoleId"].startswith("AROA")
    iam.get_waiter("role_exists").wait(RoleName=name)
    found = iam.get_role(RoleName=name)["Role"]
    assert found["AssumeRolePolicyDocument"] == json.loads(TRUST)
    assert found["Description"] == "for ci" and found["MaxSessionDuration"] == 7200
    assert tags_of(found) == {"a": ""} and found["RoleLastUsed"] == {}
    assert name in [one["RoleName"] for one in iam.list_roles(PathPrefix="/service/")["Roles"]]
    iam.update_role(RoleName=name, Description="for all", MaxSessionDuration=3600)
    found = iam.get_role(RoleName=name)["Role"]
    assert (found["Description"], found["MaxSessionDuration"]) == ("for all", 3600)
    assert iam.update_role_description(RoleName=name, Description="x")["Role"]["Description"] == "x"
    other = trust({"AWS": arn("user/ann")})
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=other)
    assert iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"] == json.loads(other)
    assert iam.list_instance_profiles_for_role(RoleName=name)["InstanceProfiles"] == []
    iam.delete_role(RoleName=name)
    assert message(iam.get_role, RoleName=name) == f"The role with name {name} cannot be found."


def test_a_trust_policy_is_held_to_what_it_is(iam, role):
    for bad in [READ, trust({"AWS": "*"}, action="s3:GetObject"), "{}"]:
        assert refused(
            iam.update_assume_role_policy, RoleName=role, PolicyDocument=bad
        ) == "MalformedPolicyDocument"


@pytest.mark.parametrize("kind", ["user", "role", "policy", "provider"])
def test_tags_are_added_replaced_and_removed(iam, name, kind):
    if kind == "user":
        iam.create_user(UserName=name)
        words, of = "user", {"UserName": name}
    elif kind == "role":
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
        words, of = "role", {"RoleName": name}
    elif kind == "policy":
        made = iam.create_policy(PolicyName=name, PolicyDocument=READ)
        words, of = "policy", {"PolicyArn": made["Policy"]["Arn"]}
    else:
        made = iam.create_open_id_connect_provider(Url=f"https://{name}.example.com")
        words, of = "open_id_connect_provider", {"OpenIDConnectProviderArn": made["OpenIDConnectProviderArn"]}
    tag, untag = getattr(iam, f"tag_{words}"), getattr(iam, f"untag_{words}")
    listed = getattr(iam, f"list_{words}_tags")
    tag(**of, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    tag(**of, Tags=[{"Key": "A", "Value": "3"}])
    assert tags_of(listed(**of)) == {"A": "3", "b": "2"}
    untag(**of, TagKeys=["B", "none"])
    assert tags_of(listed(**of)) == {"A": "3"}
    twice = [{"Key": "x", "Value": ""}, {"Key": "X", "Value": ""}]
    assert refused(tag, **of, Tags=twice) == "InvalidInput"
    assert refused(tag, **of, Tags=[{"Key": "aws:x", "Value": ""}]) == "InvalidInput"
    many = [{"Key": f"k{n}", "Value": ""} for n in range(50)]
    assert refused(tag, **of, Tags=many) == "LimitExceeded"


def test_tags_of_a_user_are_what_policies_mean_by_principal_tags(safe, iam, name):
    document = policy("s3:GetObject", resource=f"arn:aws:s3:::{BUCKET}/${{aws:PrincipalTag/team}}/*")
    key = user_with(iam, name, document)
    put(safe, f"{name}/x", b"x")
    s3 = client_for(safe, key)
    assert refused(s3.get_object, Bucket=BUCKET, Key=f"{name}/x") == "AccessDenied"
    iam.tag_user(UserName=name, Tags=[{"Key": "team", "Value": name}])
    assert s3.get_object(Bucket=BUCKET, Key=f"{name}/x")


def test_providers_are_made_changed_and_deleted(iam, name):
    thumbprint = "a" * 40
    place = iam.create_open_id_connect_provider(
        Url=f"https://{name}.example.com/realm/", ClientIDList=["one"], ThumbprintList=[thumbprint],
    )["OpenIDConnectProviderArn"]
    assert place == arn(f"oidc-provider/{name}.example.com/realm")
    iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=place, ClientID="two")
    iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=place, ClientID="two")
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=place)
    assert found["Url"] == f"{name}.example.com/realm"
    assert found["ClientIDList"] == ["one", "two"] and found["ThumbprintList"] == [thumbprint]
    assert {"Arn": place} in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=place, ClientID="one")
    iam.update_open_id_connect_provider_thumbprint(
        OpenIDConnectProviderArn=place, ThumbprintList=["b" * 40]
    )
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=place)
    assert found["ClientIDList"] == ["two"] and found["ThumbprintList"] == ["b" * 40]
    again = {"Url": f"https://{name}.example.com/realm"}
    assert refused(iam.create_open_id_connect_provider, **again) == "EntityAlreadyExists"
    assert refused(iam.create_open_id_connect_provider, Url="http://example.com") == "ValidationError"
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=place)
    assert refused(iam.get_open_id_connect_provider, OpenIDConnectProviderArn=place) == "NoSuchEntity"


def test_what_users_cannot_have_here_is_not_there(iam, user):
    assert iam.list_account_aliases()["AccountAliases"] == []
    assert iam.list_mfa_devices(UserName=user)["MFADevices"] == []
    assert iam.list_virtual_mfa_devices()["VirtualMFADevices"] == []
    assert iam.list_ssh_public_keys(UserName=user)["SSHPublicKeys"] == []
    assert iam.list_signing_certificates(UserName=user)["Certificates"] == []
    assert iam.list_service_specific_credentials(UserName=user)["ServiceSpecificCredentials"] == []
    assert refused(iam.get_login_profile, UserName=user) == "NoSuchEntity"
    assert refused(iam.delete_login_profile, UserName=user) == "NoSuchEntity"
    summary = iam.get_account_summary()["SummaryMap"]
    assert summary["Users"] >= 1 and summary["AccessKeysPerUserQuota"] == 2


def test_what_is_not_here_is_called_an_invalid_action(iam):
    for call, arguments in [
        (iam.create_login_profile, {"UserName": "x", "Password": "not-a-secret"}),
        (iam.list_instance_profiles, {}),
        (iam.get_account_password_policy, {}),
        (iam.list_saml_providers, {}),
    ]:
        assert refused(call, **arguments) == "InvalidAction"
    assert message(iam.list_server_certificates) == (
        "Could not find operation ListServerCertificates for version 2010-05-08"
    )


@pytest.mark.parametrize("action", ["list_users", "list_roles", "list_groups"])
def test_paginators_show_everything_once(iam, name, action):
    for number in range(5):
        each = f"{name}{number}"
        iam.create_user(UserName=each)
        iam.create_group(GroupName=each)
        iam.create_role(RoleName=each, AssumeRolePolicyDocument=TRUST)
    kind = action.removeprefix("list_").title()
    pages = list(iam.get_paginator(action).paginate(PaginationConfig={"PageSize": 2}))
    assert all(len(page[kind]) <= 2 for page in pages) and len(pages) >= 3
    shown = [one[f"{kind[:-1]}Name"] for page in pages for one in page[kind]]
    assert len(shown) == len(set(shown))
    assert [one for one in shown if one.startswith(name)] == [f"{name}{n}" for n in range(5)]


def test_parameters_are_validated_in_the_words_of_aws(safe):
    session = boto3.session.Session()
    client = iam_for(safe)
    unchecked = session.client(
        "iam", endpoint_url=safe.admin_url, region_name="us-east-1",
        aws_access_key_id=safe.root.id, aws_secret_access_key=safe.root.secret,
        config=boto3.session.Config(parameter_validation=False, retries={"total_max_attempts": 1}),
    )
    assert message(client.create_user, UserName="a b") == (
        "1 validation error detected: Value 'a b' at 'userName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [\\w+=,.@-]+"
    )
    assert message(unchecked.create_user) == (
        "1 validation error detected: Value null at 'userName' failed to satisfy constraint: "
        "Member must not be null"
    )
    assert message(unchecked.update_access_key, AccessKeyId="A" * 16, Status="On") == (
        "1 validation error detected: Value 'On' at 'status' failed to satisfy constraint: "
        "Member must satisfy enum value set: [Active, Inactive]"
    )


def test_calls_are_signed_for_this_region_or_for_the_one_that_iam_has(fresh, name):
    server = fresh(bucket=False, environment={"COUNTERSIGN_REGION": "eu-central-1"})
    iam_for(server, region="eu-central-1").create_user(UserName=name)
    assert iam_for(server, region="us-east-1").get_user(UserName=name)
    elsewhere = iam_for(server, region="eu-west-1")
    assert refused(elsewhere.get_user, UserName=name) == "SignatureDoesNotMatch"


def test_account_of_arns_is_the_one_account(iam, user):
    assert iam.get_user(UserName=user)["User"]["Arn"].split(":")[4] == ACCOUNT
