"""Sessions that should not be, or should be less: threats B6, H2, H3, H4 and H5, through STS and used on S3."""

import base64
import dataclasses
import datetime
import hashlib
import hmac
import json
import time

import pytest
from botocore.exceptions import ClientError

from harness.http import request
from harness.oidc import needs_provider
from harness.roles import ACCOUNT, PATIENCE_S, Roles, Session, allow, deny, policy, trust, user_arn
from harness.server import countersign
from harness.signer import EMPTY_SHA256, Key, sign

AUDIENCE = "countersign-tests"


@pytest.fixture(scope="module")
def world(s3):
    """Roles on a server that lives on."""
    return Roles(s3)


@pytest.fixture()
def bucket(world, name):
    """A bucket with two objects."""
    return world.bucket(name, cat=b"cat", dog=b"dog")


@pytest.fixture()
def ann(world, name):
    """A user without policies: name and key."""
    return f"ann-{name}", world.user(f"ann-{name}")


@pytest.fixture()
def reader(world, ann, bucket):
    """A role that may read the bucket and trusts Ann: its ARN."""
    return world.role(
        f"reader-{bucket}",
        [trust({"AWS": user_arn(ann[0])})],
        allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*"),
    )


def refused(call, **arguments):
    """Code and status of a refusal."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def eventually(refuses):
    """Waits until a change has been heard of."""
    end = time.monotonic() + PATIENCE_S
    while not refuses():
        assert time.monotonic() < end, "it goes on working"
        time.sleep(0.02)


def cannot_get(client, bucket):
    """Whether the client is refused the cat."""
    try:
        client.get_object(Bucket=bucket, Key="cat")["Body"].read()
    except ClientError as error:
        return error.response["Error"]["Code"] == "AccessDenied"
    return False


def test_h2_tokens_and_keys_of_two_sessions_cannot_be_swapped(world, ann, reader, bucket):
    one = world.assume(ann[1], reader, "one")
    other = world.assume(ann[1], reader, "other")
    for mixed in [
        dataclasses.replace(one, token=other.token),
        dataclasses.replace(one, id=other.id),
        dataclasses.replace(one, id=other.id, secret=other.secret),
        Session(ann[1].id, ann[1].secret, one.token),
        Session(one.id, ann[1].secret, one.token),
    ]:
        code, status = refused(world.sts(mixed).get_caller_identity)
        assert code in {"InvalidClientTokenId", "SignatureDoesNotMatch"} and status == 403
        code, status = refused(world.s3(mixed).get_object, Bucket=bucket, Key="cat")
        assert (code, status) in {("InvalidToken", 400), ("SignatureDoesNotMatch", 403)}
    without = Key(one.id, one.secret)
    assert refused(world.s3(without).get_object, Bucket=bucket, Key="cat") == ("InvalidAccessKeyId", 403)
    assert refused(world.sts(without).get_caller_identity) == ("InvalidClientTokenId", 403)


def test_h2_a_token_that_was_changed_anywhere_is_no_token(world, ann, reader, bucket):
    session = world.assume(ann[1], reader)
    token = session.token
    changed = [token[:-1], token + "A", token[1:], token.swapcase(), f"{token}=", "A" * len(token), "x"]
    places = range(0, len(token), 7)
    changed += [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in places]
    for text in changed:
        other = dataclasses.replace(session, token=text)
        assert refused(world.sts(other).get_caller_identity) == ("InvalidClientTokenId", 403), text
    other = dataclasses.replace(session, token=changed[-1])
    assert refused(world.s3(other).get_object, Bucket=bucket, Key="cat") == ("InvalidToken", 400)


def test_h2_a_token_is_signed_and_stands_in_one_place(world, ann, reader, bucket):
    session = world.assume(ann[1], reader)
    other = world.assume(ann[1], reader, "other")
    url = world.server.object_url("cat", bucket)
    key = Key(session.id, session.secret)
    signed = sign(key, "GET", url, {"x-amz-security-token": session.token}, EMPTY_SHA256)
    assert request("GET", url, signed).status == 200
    unsigned = sign(key, "GET", url, {}, EMPTY_SHA256) | {"x-amz-security-token": session.token}
    assert request("GET", url, unsigned).status == 403
    link = world.s3(session).generate_presigned_url("get_object", {"Bucket": bucket, "Key": "cat"}, 60)
    assert request("GET", link).status == 200
    for token in [session.token, other.token]:
        twice = request("GET", link, {"x-amz-security-token": token})
        assert twice.status in {400, 403}
        assert request("GET", f"{link}&X-Amz-Security-Token={token}").status in {400, 403}
    swapped = link.replace(session.token, other.token)
    assert swapped != link and request("GET", swapped).status in {400, 403}


def test_h3_a_session_policy_gives_nothing_that_the_role_has_not(world, ann, reader, bucket):
    everything = policy(allow(["s3:*", "iam:*", "sts:*", "countersign:*"]))
    client = world.s3(world.assume(ann[1], reader, Policy=everything))
    assert client.get_object(Bucket=bucket, Key="cat")["Body"].read() == b"cat"
    assert refused(client.put_object, Bucket=bucket, Key="new", Body=b"") == ("AccessDenied", 403)
    assert refused(client.list_buckets) == ("AccessDenied", 403)


def test_h3_a_session_policy_takes_what_the_role_has(world, ann, reader, bucket):
    only_dog = policy(allow("s3:GetObject", f"arn:aws:s3:::{bucket}/dog"))
    not_cat = policy(allow("s3:*"), deny("s3:GetObject", f"arn:aws:s3:::{bucket}/cat"))
    for text in [only_dog, not_cat]:
        session = world.assume(ann[1], reader, Policy=text)
        client = world.s3(session)
        assert client.get_object(Bucket=bucket, Key="dog")["Body"].read() == b"dog"
        assert refused(client.get_object, Bucket=bucket, Key="cat") == ("AccessDenied", 403)
        url = client.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "cat"}, 60)
        assert request("GET", url).status == 403


def test_h3_what_a_bucket_gives_the_role_is_limited_by_the_session_policy(world, ann, reader, bucket):
    owner = world.s3(world.server.key)
    given = {
        "Effect": "Allow",
        "Principal": {"AWS": reader},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    owner.put_bucket_policy(Bucket=bucket, Policy=policy(given))
    world.s3(world.assume(ann[1], reader)).put_object(Bucket=bucket, Key="new", Body=b"new")
    narrowed = world.assume(ann[1], reader, Policy=policy(allow("s3:GetObject")))
    assert refused(world.s3(narrowed).put_object, Bucket=bucket, Key="new", Body=b"") == ("AccessDenied", 403)


def test_h3_a_session_that_is_narrowed_assumes_no_role_that_it_may_not(world, ann, reader, bucket):
    second = world.role(f"second-{bucket}", [trust({"AWS": reader})])
    whole = world.assume(ann[1], reader)
    assert world.assume(whole, second)
    narrowed = world.assume(ann[1], reader, Policy=policy(allow("s3:*")))
    assert refused(world.sts(narrowed).assume_role, RoleArn=second, RoleSessionName="s2") == ("AccessDenied", 403)


def test_h4_an_external_id_is_compulsory_where_the_role_asks_for_it(world, ann, name):
    arn = world.role(
        f"partner-{name}",
        [trust({"AWS": user_arn(ann[0])}, StringEquals={"sts:ExternalId": "partner-7"})],
    )
    assume = world.sts(ann[1]).assume_role
    for given in [{}, {"ExternalId": "partner-8"}, {"ExternalId": "PARTNER-7"}, {"ExternalId": "partner-77"}]:
        assert refused(assume, RoleArn=arn, RoleSessionName="s1", **given) == ("AccessDenied", 403)
    assert assume(RoleArn=arn, RoleSessionName="s1", ExternalId="partner-7")["Credentials"]


@pytest.fixture()
def federated(world, provider, bucket):
    """A role that trusts jobs of one repository, of a provider that is registered: its ARN."""
    registered = world.iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    if provider.arn not in [one["Arn"] for one in registered]:
        world.iam.create_open_id_connect_provider(Url=provider.issuer, ClientIDList=[AUDIENCE])
    return world.role(
        f"ci-{bucket}",
        [
            trust(
                {"Federated": provider.arn},
                "sts:AssumeRoleWithWebIdentity",
                StringEquals={f"{provider.name}:aud": AUDIENCE},
                StringLike={f"{provider.name}:sub": "repo:acme/site:*"},
            )
        ],
        allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*"),
    )


SUBJECT = "repo:acme/site:ref:refs/heads/main"


def encoded(value):
    """A part of a token."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@needs_provider
def test_h4_tokens_that_prove_too_little_begin_no_session(world, provider, federated):
    assume = world.sts().assume_role_with_web_identity

    def begin(token, arn=federated):
        return assume(RoleArn=arn, RoleSessionName="job-1", WebIdentityToken=token)

    now = int(time.time())
    good = provider.mint(SUBJECT, AUDIENCE)
    assert begin(good)["SubjectFromWebIdentityToken"] == SUBJECT
    header, claims, signature = good.split(".")
    body = json.loads(base64.urlsafe_b64decode(claims + "=="))
    unsigned = f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{claims}."
    confused = f"{encoded({'alg': 'HS256', 'typ': 'JWT'})}.{claims}"
    mac = hmac.digest(provider.issuer.encode(), confused.encode(), hashlib.sha256)
    confused += "." + base64.urlsafe_b64encode(mac).rstrip(b"=").decode()
    invalid, denied = ("InvalidIdentityToken", 400), ("AccessDenied", 403)
    for token, expected in [
        (provider.mint(SUBJECT, "somebody-else"), invalid),
        (provider.mint(SUBJECT, AUDIENCE, iss="https://token.actions.githubusercontent.com"), invalid),
        (provider.mint(SUBJECT, AUDIENCE, exp=now - 600, iat=now - 1200), ("ExpiredTokenException", 400)),
        (provider.mint(SUBJECT, AUDIENCE, iat=now + 3600, exp=now + 7200), ("IDPRejectedClaim", 403)),
        (provider.mint(SUBJECT, AUDIENCE, nbf=now + 3600), ("IDPRejectedClaim", 403)),
        (unsigned, invalid),
        (confused, invalid),
        (f"{header}.{encoded(body | {'sub': 'repo:acme/site:x'})}.{signature}", invalid),
        (f"{header}.{claims}.{signature[:-4]}AAAA", invalid),
        (good + ".x", invalid),
        ("none", invalid),
        (provider.mint("repo:acme/other:ref:refs/heads/main", AUDIENCE), denied),
        (provider.mint("repo:acme/site", AUDIENCE), denied),
    ]:
        assert refused(begin, token=token) == expected, token
    assert refused(begin, token=good, arn=federated + "x") == denied


@needs_provider
def test_h4_a_provider_is_trusted_by_the_roles_that_name_it_and_no_others(world, provider, federated, ann, name):
    token = provider.mint(SUBJECT, AUDIENCE)
    for principal in ["*", {"AWS": "*"}, {"AWS": ACCOUNT}, {"AWS": user_arn(ann[0])}]:
        arn = world.role(f"open-{name}-{len(str(principal))}", [trust(principal, "sts:*")])
        assert refused(
            world.sts().assume_role_with_web_identity,
            RoleArn=arn,
            RoleSessionName="job-1",
            WebIdentityToken=token,
        ) == ("AccessDenied", 403)


def test_h5_a_role_that_is_gone_ends_its_sessions_also_when_another_takes_its_name(world, ann, reader, bucket):
    session = world.assume(ann[1], reader)
    client = world.s3(session)
    link = client.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "cat"}, 3600)
    assert request("GET", link).status == 200
    role = f"reader-{bucket}"
    world.iam.delete_role_policy(RoleName=role, PolicyName="own")
    world.iam.delete_role(RoleName=role)
    eventually(lambda: request("GET", link).status != 200)
    world.role(
        role, [trust({"AWS": user_arn(ann[0])})], allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*")
    )
    again = world.s3(world.assume(ann[1], reader))
    assert again.get_object(Bucket=bucket, Key="cat")["Body"].read() == b"cat"
    assert request("GET", link).status in {400, 403}
    assert refused(client.get_object, Bucket=bucket, Key="cat")[1] in {400, 403}
    assert refused(world.sts(session).get_caller_identity)[1] == 403


def test_h5_rights_that_are_taken_from_a_role_are_gone_from_its_sessions(world, ann, reader, bucket):
    client = world.s3(world.assume(ann[1], reader))
    assert not cannot_get(client, bucket)
    world.iam.delete_role_policy(RoleName=f"reader-{bucket}", PolicyName="own")
    eventually(lambda: cannot_get(client, bucket))


def test_h5_sessions_that_began_before_an_instant_are_ended_by_a_deny(world, ann, reader, bucket):
    before = world.s3(world.assume(ann[1], reader))
    assert not cannot_get(before, bucket)
    cut = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=2)
    world.iam.put_role_policy(
        RoleName=f"reader-{bucket}",
        PolicyName="AWSRevokeOlderSessions",
        PolicyDocument=policy(
            deny("*", DateLessThan={"aws:TokenIssueTime": cut.strftime("%Y-%m-%dT%H:%M:%SZ")})
        ),
    )
    eventually(lambda: cannot_get(before, bucket))
    # Sessions go by whole seconds.
    eventually(lambda: datetime.datetime.now(datetime.timezone.utc) > cut + datetime.timedelta(seconds=1))
    after = world.s3(world.assume(ann[1], reader))
    assert not cannot_get(after, bucket) and cannot_get(before, bucket)


def test_h5_sessions_of_a_role_are_revoked_and_later_ones_are_not(world, ann, reader, bucket):
    session = world.assume(ann[1], reader)
    client = world.s3(session)
    link = client.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "cat"}, 3600)
    assert request("GET", link).status == 200 and not cannot_get(client, bucket)
    countersign("session", "--data-dir", world.server.data, "revoke", "role", f"reader-{bucket}")
    eventually(lambda: request("GET", link).status == 403)
    assert cannot_get(client, bucket)
    assert refused(world.sts(session).get_caller_identity) == ("AccessDenied", 403)
    # Sessions go by whole seconds: one of the second of the revocation is revoked too.
    eventually(lambda: not cannot_get(world.s3(world.assume(ann[1], reader)), bucket))
    assert request("GET", link).status == 403


def test_b6_a_link_dies_with_the_sessions_of_its_signer(world, name):
    bucket = world.bucket(name, cat=b"cat")
    user = f"bob-{name}"
    key = world.user(user, allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*"))
    of_key = world.s3(key).generate_presigned_url("get_object", {"Bucket": bucket, "Key": "cat"}, 3600)
    session = Session.of(world.sts(key).get_session_token(DurationSeconds=900))
    link = world.s3(session).generate_presigned_url("get_object", {"Bucket": bucket, "Key": "cat"}, 3600)
    assert request("GET", link).status == request("GET", of_key).status == 200
    countersign("link", "--data-dir", world.server.data, "revoke", "--sessions", user)
    eventually(lambda: request("GET", link).status == 403)
    assert request("GET", of_key).status == 200
    assert refused(world.sts(session).get_caller_identity) == ("AccessDenied", 403)


def test_b6_no_session_outlives_the_access_key_that_it_goes_back_to(world, ann, name):
    user, key = ann
    end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=30)
    instant = end.strftime("%Y-%m-%dT%H:%M:%SZ")
    countersign("key", "--data-dir", world.server.data, "expire", key.id, instant)
    role = world.role(f"loop-{name}", [trust({"AWS": "arn:aws:iam::000000000000:root"})], allow("sts:AssumeRole"))
    world.iam.put_user_policy(UserName=user, PolicyName="own", PolicyDocument=policy(allow("sts:AssumeRole")))
    of_user = None

    def begins():
        nonlocal of_user
        of_user = world.sts(key).get_session_token(DurationSeconds=7200)
        return of_user["Credentials"]["Expiration"] <= end

    eventually(begins)
    chain = [of_user]
    for number in range(3):
        client = world.sts(Session.of(chain[-1]))
        chain.append(client.assume_role(RoleArn=role, RoleSessionName=f"s{number}", DurationSeconds=3600))
    for begun in chain:
        assert begun["Credentials"]["Expiration"] <= end
