"""boto3 clients as its documentation shows them."""

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from .server import REGION


def client_for(server, key=None, signature_version="s3v4", **options):
    """A client for the server, with its user's key unless another is given."""
    key = key or server.key
    return boto3.client(
        "s3",
        endpoint_url=server.url,
        region_name=REGION,
        aws_access_key_id=key.id,
        aws_secret_access_key=key.secret,
        verify=str(server.ca) if server.ca else None,
        config=Config(
            signature_version=signature_version,
            s3={"addressing_style": "path"},
            retries={"total_max_attempts": 1},
            **options,
        ),
    )


def refused(call, **arguments):
    """The error code that a call is refused with."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"]
