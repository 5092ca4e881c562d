"""The aws CLI's `iam` commands, and the calls that Terraform makes."""

import json

import pytest
from botocore.exceptions import ClientError

from harness.iam import arn, iam_for, policy, trust
from harness.programs import aws_cli
from harness.server import BUCKET
from harness.signer import Key

READ = policy("s3:GetObject", resource=f"arn:aws:s3:::{BUCKET}/*")
TRUST = trust({"AWS": arn("root")})


@pytest.fixture
def aws(safe, tmp_path):
    """Runs `aws iam` with root's key."""
    run = aws_cli(safe, tmp_path)

    def iam(*words, check=True):
        done = run("--endpoint-url", safe.admin_url, "iam", *words, key=safe.root, check=check)
        return json.loads(done.stdout) if check and done.stdout else done

    return iam


def test_the_aws_cli_makes_a_user_with_key_policy_and_group(aws, name, tmp_path):
    document = tmp_path / "policy.json"
    document.write_text(READ)
    made = aws("create-user", "--user-name", name, "--tags", "Key=team,Value=red")
    assert made["User"]["Arn"] == arn(f"user/{name}")
    key = aws("create-access-key", "--user-name", name)["AccessKey"]
    assert key["Status"] == "Active"
    aws("put-user-policy", "--user-name", name, "--policy-name", "p", "--policy-document", f"file://{document}")
    found = aws("get-user-policy", "--user-name", name, "--policy-name", "p")
    assert found["PolicyDocument"] == json.loads(READ)
    place = aws("create-policy", "--policy-name", name, "--policy-document", f"file://{document}")["Policy"]["Arn"]
    aws("attach-user-policy", "--user-name", name, "--policy-arn", place)
    attached = aws("list-attached-user-policies", "--user-name", name)["AttachedPolicies"]
    assert [one["PolicyArn"] for one in attached] == [place]
    aws("create-group", "--group-name", name)
    aws("add-user-to-group", "--group-name", name, "--user-name", name)
    assert aws("get-group", "--group-name", name)["Users"][0]["UserName"] == name
    aws("wait", "user-exists", "--user-name", name)
    assert name in [user["UserName"] for user in aws("list-users", "--page-size", "2")["Users"]]
    refusal = aws("delete-user", "--user-name", name, check=False)
    assert refusal.returncode != 0 and "DeleteConflict" in refusal.stderr
    aws("remove-user-from-group", "--group-name", name, "--user-name", name)
    aws("detach-user-policy", "--user-name", name, "--policy-arn", place)
    aws("delete-user-policy", "--user-name", name, "--policy-name", "p")
    aws("delete-access-key", "--user-name", name, "--access-key-id", key["AccessKeyId"])
    aws("delete-user", "--user-name", name)
    aws("delete-policy", "--policy-arn", place)
    aws("delete-group", "--group-name", name)


def test_the_aws_cli_makes_a_role_and_a_provider(aws, name, tmp_path):
    document = tmp_path / "trust.json"
    document.write_text(TRUST)
    made = aws("create-role", "--role-name", name, "--assume-role-policy-document", f"file://{document}")
    assert made["Role"]["AssumeRolePolicyDocument"] == json.loads(TRUST)
    aws("update-role", "--role-name", name, "--max-session-duration", "7200")
    assert aws("get-role", "--role-name", name)["Role"]["MaxSessionDuration"] == 7200
    aws("attach-role-policy", "--role-name", name, "--policy-arn", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    aws("detach-role-policy", "--role-name", name, "--policy-arn", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    aws("delete-role", "--role-name", name)
    url = f"https://{name}.example.com"
    place = aws("create-open-id-connect-provider", "--url", url, "--client-id-list", "a", "b")
    place = place["OpenIDConnectProviderArn"]
    found = aws("get-open-id-connect-provider", "--open-id-connect-provider-arn", place)
    assert found["ClientIDList"] == ["a", "b"]
    aws("delete-open-id-connect-provider", "--open-id-connect-provider-arn", place)


class Provider:
    """Terraform's AWS provider, re-enacted: what version 5 calls for these resources, in its order.

    It is not the provider itself, which cannot be had from a package registry. The calls for roles are taken from its source
    (internal/service/iam/role.go); those for the other resources are what it is known to make.
    """

    def __init__(self, iam):
        self.iam = iam

    def gone(self, call, **arguments):
        """Whether something is not there, as the provider asks: `NoSuchEntity` and no other error."""
        try:
            call(**arguments)
        except ClientError as error:
            assert error.response["Error"]["Code"] == "NoSuchEntity", error
            return True
        return False

    def read_user(self, name):
        return self.iam.get_user(UserName=name)["User"]

    def delete_user(self, name, force):
        for group in self.iam.list_groups_for_user(UserName=name)["Groups"]:
            self.iam.remove_user_from_group(UserName=name, GroupName=group["GroupName"])
        if force:
            for page in self.iam.get_paginator("list_access_keys").paginate(UserName=name):
                for key in page["AccessKeyMetadata"]:
                    self.iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
            assert self.iam.list_ssh_public_keys(UserName=name)["SSHPublicKeys"] == []
            assert self.iam.list_virtual_mfa_devices(AssignmentStatus="Any")["VirtualMFADevices"] == []
            assert self.iam.list_mfa_devices(UserName=name)["MFADevices"] == []
            assert self.gone(self.iam.delete_login_profile, UserName=name)
            assert self.iam.list_signing_certificates(UserName=name)["Certificates"] == []
            assert self.iam.list_service_specific_credentials(UserName=name)["ServiceSpecificCredentials"] == []
        self.iam.delete_user(UserName=name)

    def read_access_key(self, name, key_id):
        pages = self.iam.get_paginator("list_access_keys").paginate(UserName=name)
        return [key for page in pages for key in page["AccessKeyMetadata"] if key["AccessKeyId"] == key_id]

    def read_policy(self, place):
        found = self.iam.get_policy(PolicyArn=place)["Policy"]
        version = self.iam.get_policy_version(PolicyArn=place, VersionId=found["DefaultVersionId"])
        return found, version["PolicyVersion"]["Document"]

    def update_policy(self, place, document):
        versions = self.iam.list_policy_versions(PolicyArn=place)["Versions"]
        if len(versions) >= 5:
            others = [one for one in versions if not one["IsDefaultVersion"]]
            oldest = min(others, key=lambda one: (one["CreateDate"], int(one["VersionId"][1:])))
            self.iam.delete_policy_version(PolicyArn=place, VersionId=oldest["VersionId"])
        self.iam.create_policy_version(PolicyArn=place, PolicyDocument=document, SetAsDefault=True)

    def delete_policy(self, place):
        for version in self.iam.list_policy_versions(PolicyArn=place)["Versions"]:
            if not version["IsDefaultVersion"]:
                self.iam.delete_policy_version(PolicyArn=place, VersionId=version["VersionId"])
        self.iam.delete_policy(PolicyArn=place)

    def read_role(self, name):
        role = self.iam.get_role(RoleName=name)["Role"]
        inline = {}
        for page in self.iam.get_paginator("list_role_policies").paginate(RoleName=name):
            for policy_name in page["PolicyNames"]:
                found = self.iam.get_role_policy(RoleName=name, PolicyName=policy_name)
                inline[policy_name] = found["PolicyDocument"]
        pages = self.iam.get_paginator("list_attached_role_policies").paginate(RoleName=name)
        attached = [one["PolicyArn"] for page in pages for one in page["AttachedPolicies"]]
        return role, inline, attached

    def delete_role(self, name, force_detach):
        pages = self.iam.get_paginator("list_instance_profiles_for_role").paginate(RoleName=name)
        assert [one for page in pages for one in page["InstanceProfiles"]] == []
        if force_detach:
            for one in self.iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
                self.iam.detach_role_policy(RoleName=name, PolicyArn=one["PolicyArn"])
            for policy_name in self.iam.list_role_policies(RoleName=name)["PolicyNames"]:
                self.iam.delete_role_policy(RoleName=name, PolicyName=policy_name)
        self.iam.delete_role(RoleName=name)

    def read_attachment(self, kind, name, place):
        paginator = self.iam.get_paginator(f"list_attached_{kind}_policies")
        pages = paginator.paginate(**{f"{kind.title()}Name": name})
        return any(one["PolicyArn"] == place for page in pages for one in page["AttachedPolicies"])


@pytest.fixture(scope="module")
def provider(safe):
    """The provider, configured with root's key."""
    return Provider(iam_for(safe))


def test_terraform_re_enacted_a_user_and_its_key(provider, name):
    iam = provider.iam
    iam.create_user(UserName=name, Path="/system/", Tags=[{"Key": "env", "Value": "test"}])
    found = provider.read_user(name)
    assert (found["Path"], found["Tags"]) == ("/system/", [{"Key": "env", "Value": "test"}])
    made = iam.create_access_key(UserName=name)["AccessKey"]
    assert made["SecretAccessKey"]
    key_id = made["AccessKeyId"]
    assert provider.read_access_key(name, key_id)[0]["Status"] == "Active"
    iam.update_access_key(UserName=name, AccessKeyId=key_id, Status="Inactive")
    assert provider.read_access_key(name, key_id)[0]["Status"] == "Inactive"
    iam.untag_user(UserName=name, TagKeys=["env"])
    iam.tag_user(UserName=name, Tags=[{"Key": "env", "Value": "prod"}])
    assert provider.read_user(name)["Tags"] == [{"Key": "env", "Value": "prod"}]
    iam.delete_access_key(UserName=name, AccessKeyId=key_id)
    assert provider.read_access_key(name, key_id) == []
    iam.create_access_key(UserName=name)
    provider.delete_user(name, force=True)
    assert provider.gone(iam.get_user, UserName=name)
    assert provider.gone(iam.list_access_keys, UserName=name)


def test_terraform_re_enacted_a_policy_and_its_attachments(provider, name):
    iam = provider.iam
    place = iam.create_policy(PolicyName=name, Path="/", PolicyDocument=READ, Description="d")["Policy"]["Arn"]
    found, document = provider.read_policy(place)
    assert (found["Description"], document) == ("d", json.loads(READ))
    iam.create_user(UserName=name, Path="/")
    iam.create_group(GroupName=name, Path="/")
    iam.create_role(RoleName=name, Path="/", AssumeRolePolicyDocument=TRUST)
    for kind in ["user", "group", "role"]:
        getattr(iam, f"attach_{kind}_policy")(**{f"{kind.title()}Name": name}, PolicyArn=place)
        assert provider.read_attachment(kind, name, place)
    for number in range(6):
        changed = policy("s3:GetObject", resource=f"arn:aws:s3:::{BUCKET}/{number}/*")
        provider.update_policy(place, changed)
        assert provider.read_policy(place)[1] == json.loads(changed)
    for kind in ["user", "group", "role"]:
        getattr(iam, f"detach_{kind}_policy")(**{f"{kind.title()}Name": name}, PolicyArn=place)
        assert not provider.read_attachment(kind, name, place)
    provider.delete_policy(place)
    assert provider.gone(iam.get_policy, PolicyArn=place)
    provider.delete_role(name, force_detach=False)
    provider.delete_user(name, force=False)
    iam.delete_group(GroupName=name)


def test_terraform_re_enacted_a_role(provider, name):
    iam = provider.iam
    iam.create_role(
        RoleName=name, Path="/", AssumeRolePolicyDocument=TRUST, MaxSessionDuration=3600,
        Tags=[{"Key": "a", "Value": "b"}],
    )
    iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=READ)
    iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
    role, inline, attached = provider.read_role(name)
    assert role["AssumeRolePolicyDocument"] == json.loads(TRUST) and role["MaxSessionDuration"] == 3600
    assert inline == {"inline": json.loads(READ)}
    assert attached == ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]
    other = trust({"AWS": arn("user/ci")})
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=other)
    iam.update_role_description(RoleName=name, Description="new")
    iam.update_role(RoleName=name, MaxSessionDuration=43200)
    role, _, _ = provider.read_role(name)
    assert role["AssumeRolePolicyDocument"] == json.loads(other)
    assert (role["Description"], role["MaxSessionDuration"]) == ("new", 43200)
    provider.delete_role(name, force_detach=True)
    assert provider.gone(iam.get_role, RoleName=name)


def test_terraform_re_enacted_an_openid_connect_provider(provider, name):
    iam = provider.iam
    place = iam.create_open_id_connect_provider(
        Url=f"https://{name}.example.com", ClientIDList=["sts.amazonaws.com"], ThumbprintList=["a" * 40],
    )["OpenIDConnectProviderArn"]
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=place)
    assert found["Url"] == f"{name}.example.com"
    iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=place, ThumbprintList=["b" * 40])
    iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=place, ClientID="new")
    iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=place, ClientID="sts.amazonaws.com")
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=place)
    assert (found["ClientIDList"], found["ThumbprintList"]) == (["new"], ["b" * 40])
    iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=place)
    assert provider.gone(iam.get_open_id_connect_provider, OpenIDConnectProviderArn=place)
