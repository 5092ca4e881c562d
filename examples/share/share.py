"""A file for somebody outside, for a month, until it was opened often enough or is taken back.

    python share.py create s3://reports/2026/q3.pdf --for partner@example.com --days 30 --opens 5
    python share.py show ID
    python share.py revoke ID

A presigned URL lives for a week at most, here for minutes. A share lives for months: its address leads, each time it is
opened, to a fresh link of minutes. Only the address's hash is stored, so `create` is the one time that it is shown.
The whole story, from an empty directory: docs/guide/share.md.

Needs boto3, for its credentials and its signatures. Settings, all in the environment:

    COUNTERSIGN_ISSUER   where shares are made: http://127.0.0.1:9001
    AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, or whatever else boto3 finds credentials by
"""

import argparse
import json
import os
import re
import sys
import urllib.error
import urllib.request

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

ISSUER = os.environ.get("COUNTERSIGN_ISSUER", "http://127.0.0.1:9001")
REGION = os.environ.get("AWS_DEFAULT_REGION", "us-east-1")
DAY_S = 24 * 60 * 60


def ask_issuer(method, path, body=None):
    """A call of the issuer, signed with whatever credentials boto3 finds."""
    data = json.dumps(body) if body is not None else None
    headers = {"content-type": "application/json"} if body is not None else {}
    request = AWSRequest(method, ISSUER + path, data=data, headers=headers)
    credentials = boto3.Session().get_credentials()
    if credentials is None:
        sys.exit("no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE")
    SigV4Auth(credentials.get_frozen_credentials(), "countersign", REGION).add_auth(request)
    call = urllib.request.Request(request.url, data and data.encode(), dict(request.headers), method=method)
    try:
        with urllib.request.urlopen(call, timeout=10) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refusal:
        document = json.load(refusal)
        sys.exit(f"refused: {document['error']['message']}")


def create(asked):
    found = re.fullmatch(r"s3://([^/]+)/(.+)", asked.object)
    if not found:
        sys.exit("the object is given as s3://BUCKET/KEY")
    restrictions = {"uses": asked.opens} if asked.opens else {}
    if asked.network:
        restrictions["ip"] = asked.network
    share = ask_issuer(
        "POST",
        "/v1/links",
        {
            "verb": "get",
            "shape": "share",
            "bucket": found[1],
            "key": found[2],
            "subject": asked.partner,
            "ttl_seconds": asked.days * DAY_S,
            "restrictions": restrictions,
            "download_name": found[2].rpartition("/")[2],
        },
    )
    for warning in share["warnings"]:
        print(f"note: {warning}", file=sys.stderr)
    print(f"id:      {share['id']}\nexpires: {share['expires_at']}\n\n{share['url']}")


def show(asked):
    print(json.dumps(ask_issuer("GET", f"/v1/links/{asked.id}"), indent=2))


def revoke(asked):
    ask_issuer("DELETE", f"/v1/links/{asked.id}")
    print(f"{asked.id} is revoked; its address leads nowhere from now on")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("create", help="make a share and print its address, once")
    command.add_argument("object", help="s3://BUCKET/KEY")
    command.add_argument("--for", dest="partner", required=True, help="whom it is for; it can be revoked by that, too")
    command.add_argument("--days", type=int, default=30)
    command.add_argument("--opens", type=int, help="how often it may be opened")
    command.add_argument("--network", action="append", help="an address or network that may open it; repeatable")
    command.set_defaults(run=create)
    for name, run, does in (("show", show, "what became of it"), ("revoke", revoke, "end it now")):
        command = commands.add_parser(name, help=does)
        command.add_argument("id")
        command.set_defaults(run=run)
    asked = parser.parse_args()
    asked.run(asked)


if __name__ == "__main__":
    main()
