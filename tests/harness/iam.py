"""boto3's IAM client against the admin listener, and what tests of IAM share."""

import json

import boto3
from botocore.config import Config

from .server import REGION
from .signer import Key

ACCOUNT = "000000000000"


def arn(resource):
    """The ARN of something that IAM administers here."""
    return f"arn:aws:iam::{ACCOUNT}:{resource}"


def policy(*actions, resource="*", effect="Allow", **more):
    """A policy document of one statement."""
    statement = {"Effect": effect, "Action": list(actions), "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def trust(principal, action="sts:AssumeRole", **more):
    """A trust policy of one statement."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": action, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def iam_for(server, key=None, url=None, region=REGION, token=None):
    """A client, as root unless another key is given."""
    key = key or server.root
    return boto3.client(
        "iam",
        endpoint_url=url or server.admin_url,
        region_name=region,
        aws_access_key_id=key.id,
        aws_secret_access_key=key.secret,
        aws_session_token=token,
        config=Config(retries={"total_max_attempts": 1}),
    )


def user_with(iam, name, *documents):
    """Makes a user with these inline policies, and a key for it."""
    iam.create_user(UserName=name)
    for number, document in enumerate(documents):
        iam.put_user_policy(UserName=name, PolicyName=f"p{number}", PolicyDocument=document)
    made = iam.create_access_key(UserName=name)["AccessKey"]
    return Key(made["AccessKeyId"], made["SecretAccessKey"])
