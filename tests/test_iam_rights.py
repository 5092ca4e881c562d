"""Who may call what of IAM: nobody without a policy, a delegate what its policy says, and nobody more by a detour."""

import hashlib
import re
from urllib.parse import urlencode

import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from harness.boto import refused
from harness.http import request
from harness.iam import arn, iam_for, policy, trust, user_with
from harness.objects import put
from harness.server import BUCKET, ROOT
from harness.signer import Key, amz_date, presign, signature_of

TRUST = trust({"AWS": arn("root")})
ACTIONS = re.findall(r'^    "(\w+)" => ', (ROOT / "crates/serve/iam/src/actions.rs").read_text(), re.M)


@pytest.fixture(scope="module")
def iam(safe):
    """A client with root's key."""
    return iam_for(safe)


def example(shape):
    """A value that is right for a parameter of the service's model."""
    if shape.type_name == "structure":
        return {name: example(shape.members[name]) for name in shape.required_members}
    if shape.type_name == "list":
        return [example(shape.member)]
    if shape.type_name in ("integer", "boolean"):
        return {"integer": 3600, "boolean": True}[shape.type_name]
    if shape.enum:
        return shape.enum[0]
    special = {
        "accessKeyIdType": "AKIANOSUCHKEY0000000",
        "arnType": arn("policy/no-such"),
        "policyVersionIdType": "v1",
        "thumbprintType": "a" * 40,
        "OpenIDConnectProviderUrlType": "https://no-such.example.com",
        "policyDocumentType": TRUST,
    }
    return special.get(shape.name, "no-such")


def attempt(client, action):
    """The code that an action is refused with, called with what it needs and no more."""
    method = {client.meta.method_to_api_mapping[name]: name for name in client.meta.method_to_api_mapping}
    shape = client.meta.service_model.operation_model(action).input_shape
    arguments = example(shape) if shape else {}
    if shape and "UserName" in shape.members:
        arguments["UserName"] = "no-such"
    return refused(getattr(client, method[action]), **arguments)


def test_the_table_of_actions_was_found():
    assert len(ACTIONS) > 80 and "CreateUser" in ACTIONS


@pytest.fixture(scope="module")
def nobody(safe, iam):
    """A user who may do everything to objects and nothing else."""
    return iam_for(safe, user_with(iam, "nobody-special", policy("s3:*")))


@pytest.mark.parametrize("action", ACTIONS)
def test_an_ordinary_user_is_refused_every_action(nobody, action):
    assert attempt(nobody, action) == "AccessDenied"


def test_a_refusal_says_who_what_and_on_what(nobody):
    with pytest.raises(ClientError) as caught:
        nobody.delete_user(UserName="somebody")
    assert caught.value.response["Error"]["Message"] == (
        f"User: {arn('user/nobody-special')} is not authorized to perform: iam:DeleteUser on resource: "
        f"{arn('user/somebody')} because no identity-based policy allows the iam:DeleteUser action"
    )


def test_f8_whether_something_is_there_is_told_only_to_who_may_do_it(safe, iam, nobody, name):
    iam.create_user(UserName=name)
    codes = {refused(nobody.get_user, UserName=one) for one in [name, f"{name}x"]}
    assert codes == {"AccessDenied"}


def test_a_delegate_may_do_what_its_policy_says_and_nothing_else(safe, iam, name):
    document = policy("iam:CreateUser", "iam:GetUser", resource=arn("user/team/*"))
    delegate = iam_for(safe, user_with(iam, name, document))
    delegate.create_user(UserName=f"{name}a", Path="/team/")
    assert delegate.get_user(UserName=f"{name}a")["User"]["Path"] == "/team/"
    assert refused(delegate.create_user, UserName=f"{name}b") == "AccessDenied"
    assert refused(delegate.create_user, UserName=f"{name}b", Path="/other/") == "AccessDenied"
    assert refused(delegate.delete_user, UserName=f"{name}a") == "AccessDenied"
    assert refused(delegate.list_users) == "AccessDenied"


def test_a_deny_wins(safe, iam, name):
    deny = policy("iam:Delete*", effect="Deny")
    delegate = iam_for(safe, user_with(iam, name, policy("iam:*"), deny))
    delegate.create_user(UserName=f"{name}a")
    assert refused(delegate.delete_user, UserName=f"{name}a") == "AccessDenied"


def test_rights_of_a_group_are_rights_of_its_members(safe, iam, name):
    iam.create_group(GroupName=name)
    iam.put_group_policy(GroupName=name, PolicyName="p", PolicyDocument=policy("iam:ListUsers"))
    member = iam_for(safe, user_with(iam, name))
    assert refused(member.list_users) == "AccessDenied"
    iam.add_user_to_group(GroupName=name, UserName=name)
    assert member.list_users()
    iam.remove_user_from_group(GroupName=name, UserName=name)
    assert refused(member.list_users) == "AccessDenied"


ESCALATIONS = [
    ("attach_user_policy", {"UserName": "SELF", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
    ("put_user_policy", {"UserName": "SELF", "PolicyName": "p", "PolicyDocument": policy("*")}),
    ("delete_user_policy", {"UserName": "SELF", "PolicyName": "p0"}),
    ("delete_user_permissions_boundary", {"UserName": "SELF"}),
    ("add_user_to_group", {"GroupName": "admins", "UserName": "SELF"}),
    ("create_policy_version", {"PolicyArn": "BOUND", "PolicyDocument": policy("*"), "SetAsDefault": True}),
    ("set_default_policy_version", {"PolicyArn": "BOUND", "VersionId": "v1"}),
    ("create_access_key", {"UserName": "other"}),
    ("update_assume_role_policy", {"RoleName": "admins", "PolicyDocument": TRUST}),
]


@pytest.mark.parametrize(("call", "arguments"), ESCALATIONS, ids=[call for call, _ in ESCALATIONS])
def test_nobody_gets_more_rights_without_the_right_to(safe, iam, name, call, arguments):
    """A delegate who may read everything and make users, bound by a policy it could change if it were let."""
    bound = iam.create_policy(PolicyName=name, PolicyDocument=policy("iam:*", "s3:*"))["Policy"]["Arn"]
    key = user_with(iam, name, policy("iam:Get*", "iam:List*", "iam:CreateUser"))
    iam.put_user_permissions_boundary(UserName=name, PermissionsBoundary=bound)
    stand_ins = {"SELF": name, "BOUND": bound}
    arguments = {word: stand_ins.get(value, value) for word, value in arguments.items()}
    assert refused(getattr(iam_for(safe, key), call), **arguments) == "AccessDenied"


def test_a_boundary_may_be_made_compulsory_for_whom_a_delegate_makes(safe, iam, name):
    place = iam.create_policy(PolicyName=name, PolicyDocument=policy("s3:GetObject"))["Policy"]["Arn"]
    below = {"StringEquals": {"iam:PermissionsBoundary": place}}
    document = policy("iam:CreateUser", "iam:PutUserPolicy", "iam:AttachUserPolicy", Condition=below)
    delegate = iam_for(safe, user_with(iam, name, document))
    assert refused(delegate.create_user, UserName=f"{name}a") == "AccessDenied"
    assert refused(
        delegate.create_user, UserName=f"{name}a",
        PermissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess",
    ) == "AccessDenied"
    delegate.create_user(UserName=f"{name}a", PermissionsBoundary=place)
    delegate.put_user_policy(UserName=f"{name}a", PolicyName="p", PolicyDocument=policy("*"))
    # Somebody who has no such boundary cannot be given rights, the delegate itself least of all.
    assert refused(
        delegate.put_user_policy, UserName=name, PolicyName="p", PolicyDocument=policy("*")
    ) == "AccessDenied"


def test_which_policies_may_be_attached_can_be_said(safe, iam, name):
    allowed = iam.create_policy(PolicyName=name, PolicyDocument=policy("s3:GetObject"))["Policy"]["Arn"]
    document = policy("iam:AttachUserPolicy", Condition={"ArnEquals": {"iam:PolicyARN": allowed}})
    delegate = iam_for(safe, user_with(iam, name, document))
    delegate.attach_user_policy(UserName=name, PolicyArn=allowed)
    assert refused(
        delegate.attach_user_policy, UserName=name,
        PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess",
    ) == "AccessDenied"


def test_tags_decide_where_policies_say_so(safe, iam, name):
    iam.create_user(UserName=f"{name}r", Tags=[{"Key": "team", "Value": "red"}])
    iam.create_user(UserName=f"{name}b", Tags=[{"Key": "team", "Value": "blue"}])
    red = policy("iam:GetUser", Condition={"StringEquals": {"aws:ResourceTag/team": "red"}})
    made = policy(
        "iam:CreateUser", "iam:TagUser",
        Condition={"StringEquals": {"aws:RequestTag/team": "red"}, "ForAllValues:StringEquals": {"aws:TagKeys": "team"}},
    )
    delegate = iam_for(safe, user_with(iam, name, red, made))
    assert delegate.get_user(UserName=f"{name}r")
    assert refused(delegate.get_user, UserName=f"{name}b") == "AccessDenied"
    delegate.create_user(UserName=f"{name}c", Tags=[{"Key": "team", "Value": "red"}])
    for tags in [[], [{"Key": "team", "Value": "blue"}],
                 [{"Key": "team", "Value": "red"}, {"Key": "x", "Value": ""}]]:
        assert refused(delegate.create_user, UserName=f"{name}d", Tags=tags) == "AccessDenied"


def test_tagging_at_creation_needs_the_right_to_tag(safe, iam, name):
    delegate = iam_for(safe, user_with(iam, name, policy("iam:CreateUser", "iam:CreateRole", "iam:CreatePolicy")))
    tags = [{"Key": "a", "Value": "b"}]
    assert refused(delegate.create_user, UserName=f"{name}a", Tags=tags) == "AccessDenied"
    assert refused(
        delegate.create_role, RoleName=f"{name}a", AssumeRolePolicyDocument=TRUST, Tags=tags
    ) == "AccessDenied"
    assert refused(
        delegate.create_policy, PolicyName=f"{name}a", PolicyDocument=policy("s3:*"), Tags=tags
    ) == "AccessDenied"
    delegate.create_user(UserName=f"{name}a")


def test_a_delegate_with_every_right_makes_no_key_for_root(safe, iam, name):
    delegate = iam_for(safe, user_with(iam, name, policy("*")))
    assert refused(delegate.create_access_key, UserName="root") == "NoSuchEntity"
    assert refused(delegate.list_access_keys, UserName="root") == "NoSuchEntity"
    assert refused(delegate.update_access_key, UserName="root", AccessKeyId=safe.root.id, Status="Inactive") == (
        "NoSuchEntity"
    )
    assert refused(delegate.delete_access_key, UserName=name, AccessKeyId=safe.root.id) == "NoSuchEntity"


def test_an_explicit_deny_and_a_boundary_bind_calls_as_they_bind_requests(safe, iam, name):
    bound = iam.create_policy(PolicyName=name, PolicyDocument=policy("iam:ListUsers"))["Policy"]["Arn"]
    delegate = iam_for(safe, user_with(iam, name, policy("iam:*")))
    iam.put_user_permissions_boundary(UserName=name, PermissionsBoundary=bound)
    assert delegate.list_users()
    assert refused(delegate.list_roles) == "AccessDenied"


def call(server, key, body, service="iam", when=None, headers=None, sign_body=None, url=None):
    """Posts a form that this file signs itself."""
    url = url or server.admin_url
    date = amz_date(when)
    host = url.partition("://")[2]
    kind = "application/x-www-form-urlencoded; charset=utf-8"
    digest = hashlib.sha256((body if sign_body is None else sign_body).encode()).hexdigest()
    canonical = (
        f"POST\n/\n\ncontent-type:{kind}\nhost:{host}\nx-amz-date:{date}\n\n"
        f"content-type;host;x-amz-date\n{digest}"
    )
    signature = signature_of(key, date, "us-east-1", service, canonical)
    scope = f"{date[:8]}/us-east-1/{service}/aws4_request"
    authorization = (
        f"AWS4-HMAC-SHA256 Credential={key.id}/{scope}, "
        f"SignedHeaders=content-type;host;x-amz-date, Signature={signature}"
    )
    sent = {"content-type": kind, "x-amz-date": date, "authorization": authorization, **(headers or {})}
    return request("POST", f"{url}/", headers=sent, body=body.encode())


FORM = urlencode({"Action": "GetUser", "Version": "2010-05-08"})


def code(answer):
    """The code in an error document."""
    return re.search(r"<Code>(\w+)</Code>", answer.body.decode())[1]


def test_a_call_is_answered_in_the_service_s_namespace_with_a_request_id(safe):
    answer = call(safe, safe.root, FORM)
    assert answer.status == 200, answer.body
    text = answer.body.decode()
    assert text.startswith('<GetUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetUserResult>')
    assert re.search(r"<ResponseMetadata><RequestId>[0-9a-f-]{36}</RequestId></ResponseMetadata>", text)
    assert answer.headers["content-type"] == "text/xml"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-amzn-requestid"] in text


def test_calls_that_are_not_signed_right_are_refused(safe):
    wrong = Key(safe.root.id, "x" * 40)
    unknown = Key("AKIANOSUCHKEY0000000", "x" * 40)
    unsigned = request(
        "POST", f"{safe.admin_url}/", body=FORM.encode(),
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    for answer, expected in [
        (unsigned, "MissingAuthenticationToken"),
        (call(safe, wrong, FORM), "SignatureDoesNotMatch"),
        (call(safe, unknown, FORM), "InvalidClientTokenId"),
        (call(safe, safe.root, FORM, service="sts"), "SignatureDoesNotMatch"),
        (call(safe, safe.root, FORM, service="s3"), "SignatureDoesNotMatch"),
        (call(safe, safe.root, FORM + "&x=1", sign_body=FORM), "SignatureDoesNotMatch"),
        (call(safe, safe.root, FORM, headers={"x-amz-extra": "1"}), "SignatureDoesNotMatch"),
    ]:
        assert (answer.status, code(answer)) == (403, expected)


def test_calls_that_are_no_calls_are_refused(safe):
    again = FORM + "&Action=DeleteUser"
    for body, expected in [
        (again, "MalformedInput"),
        (FORM + "&Tags.member.2.Key=x", None),
        ("Version=2010-05-08", "MissingAction"),
        ("Action=GetUser", "InvalidAction"),
        ("Action=GetUser&Version=2011-06-15", "InvalidAction"),
        ("Action=getuser&Version=2010-05-08", "InvalidAction"),
        (FORM + "&username=ann", "MalformedInput"),
        (FORM + "&UserName=%ff", "MalformedInput"),
    ]:
        answer = call(safe, safe.root, body)
        assert (answer.status, expected) == (200, None) or code(answer) == expected, body
    large = FORM + "&x=" + "a" * (600 * 1024)
    assert call(safe, safe.root, large).status == 413


def test_a_presigned_call_is_refused(safe):
    """Whoever holds a URL is not its signer, and nothing here is to be done by a URL."""
    kind = {"content-type": "application/x-www-form-urlencoded"}
    call = AWSRequest("POST", f"{safe.admin_url}/", data=dict(Action="GetUser", Version="2010-05-08"), headers=kind)
    SigV4QueryAuth(Credentials(safe.root.id, safe.root.secret), "iam", "us-east-1", expires=60).add_auth(call)
    answer = request("POST", call.url, headers=kind)
    assert (answer.status, code(answer)) == (403, "AccessDenied"), answer.body
    assert b"Authorization header" in answer.body


def test_h6_a_key_that_root_makes_for_itself_signs_no_links(safe, iam, name):
    put(safe, name, b"x")
    made = iam.create_access_key()["AccessKey"]
    key = Key(made["AccessKeyId"], made["SecretAccessKey"])
    try:
        assert iam_for(safe, key).list_users()
        answer = request("GET", presign(key, "GET", safe.object_url(name)))
        assert answer.status == 403
    finally:
        iam.delete_access_key(AccessKeyId=key.id)


def test_the_s3_port_has_no_iam(safe):
    answer = call(safe, safe.root, FORM, url=safe.url)
    assert answer.status >= 400 and b"GetUserResult" not in answer.body


def test_f7_secrets_and_documents_stay_out_of_the_log(fresh, name):
    server = fresh(bucket=False)
    iam = iam_for(server)
    key = user_with(iam, name, policy("s3:GetObject", resource=f"arn:aws:s3:::never-logged-{name}"))
    refused(iam_for(server, key).list_users)
    server.stop()
    log = server.output().decode()
    assert "CreateAccessKey" in log and "iam: refused" in log
    assert key.secret not in log and "never-logged" not in log


def test_what_another_process_changes_holds_for_calls_as_well(safe, iam, name):
    key = user_with(iam, name, policy("iam:ListUsers"))
    delegate = iam_for(safe, key)
    assert delegate.list_users()
    iam.update_access_key(UserName=name, AccessKeyId=key.id, Status="Inactive")
    assert refused(delegate.list_users) == "InvalidClientTokenId"
