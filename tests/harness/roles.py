"""Users, roles and sessions for tests: made through IAM's API by root, begun through STS, used on S3."""

import json
from dataclasses import dataclass

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from .boto import client_for
from .server import REGION
from .signer import Key

ACCOUNT = "000000000000"
PATIENCE_S = 30


@dataclass(frozen=True)
class Session:
    """Temporary credentials."""

    id: str
    secret: str
    token: str

    @classmethod
    def of(cls, answer):
        """Those of an answer of STS."""
        credentials = answer["Credentials"]
        return cls(
            credentials["AccessKeyId"],
            credentials["SecretAccessKey"],
            credentials["SessionToken"],
        )


def service(server, name, key=None, url=None, **options):
    """A boto3 client of a service, with a key, a session or nothing."""
    options = {"retries": {"total_max_attempts": 1}, **options}
    if name == "s3":
        options["s3"] = {"addressing_style": "path"}
    if key is None:
        options["signature_version"] = UNSIGNED
    return boto3.client(
        name,
        endpoint_url=url or (server.admin_url if name == "iam" else server.url),
        region_name=REGION,
        aws_access_key_id=key.id if key else None,
        aws_secret_access_key=key.secret if key else None,
        aws_session_token=getattr(key, "token", None),
        verify=str(server.ca) if server.ca else None,
        config=Config(**options),
    )


def policy(*statements):
    """A policy's text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", **conditions):
    """A statement of an identity policy that allows."""
    return statement("Allow", action, resource, **conditions)


def deny(action, resource="*", **conditions):
    """A statement of an identity policy that denies."""
    return statement("Deny", action, resource, **conditions)


def statement(effect, action, resource, **conditions):
    """A statement of an identity policy; `StringEquals={key: value}` and the like are its conditions."""
    written = {"Effect": effect, "Action": action, "Resource": resource}
    return written | ({"Condition": conditions} if conditions else {})


def trust(principal, *actions, effect="Allow", **conditions):
    """A statement of a trust policy."""
    actions = list(actions) or ["sts:AssumeRole"]
    written = {"Effect": effect, "Principal": principal, "Action": actions}
    return written | ({"Condition": conditions} if conditions else {})


def user_arn(name):
    """A user's ARN."""
    return f"arn:aws:iam::{ACCOUNT}:user/{name}"


def role_arn(name):
    """A role's ARN."""
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


class Roles:
    """What root makes of a server: users with keys, roles, providers, and the sessions that they begin."""

    def __init__(self, server):
        self.server = server
        self.iam = service(server, "iam", server.root)

    def user(self, name, *statements):
        """A user with a key and one policy, if there is any statement."""
        self.iam.create_user(UserName=name)
        if statements:
            self.iam.put_user_policy(
                UserName=name, PolicyName="own", PolicyDocument=policy(*statements)
            )
        key = self.iam.create_access_key(UserName=name)["AccessKey"]
        return Key(key["AccessKeyId"], key["SecretAccessKey"])

    def role(self, name, trusted, *statements, **options):
        """A role that these statements trust, with one policy; its ARN."""
        made = self.iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=policy(*trusted), **options
        )
        if statements:
            self.allow(name, *statements)
        return made["Role"]["Arn"]

    def allow(self, role, *statements):
        """Makes the role's one policy this."""
        self.iam.put_role_policy(
            RoleName=role, PolicyName="own", PolicyDocument=policy(*statements)
        )

    def sts(self, key=None, **options):
        """STS with a key, a session, or unsigned."""
        return service(self.server, "sts", key, **options)

    def s3(self, key):
        """S3 with a key or a session."""
        return service(self.server, "s3", key, signature_version="s3v4")

    def assume(self, key, role, name="s1", **options):
        """Begins a session of a role."""
        answer = self.sts(key).assume_role(RoleArn=role, RoleSessionName=name, **options)
        return Session.of(answer)

    def bucket(self, name, **objects):
        """A bucket with objects."""
        client = client_for(self.server)
        client.create_bucket(Bucket=name)
        for key, body in objects.items():
            client.put_object(Bucket=name, Key=key, Body=body)
        return name
