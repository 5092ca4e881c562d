"""The tour of the README, as far as it guards links."""

import urllib.error
import urllib.request

import pytest

from harness.boto import client_for
from harness.objects import put
from harness.server import BUCKET


def fetch(url):
    """As the README does."""
    with urllib.request.urlopen(url) as answer:
        return answer.read()


def test_a_link_for_one_use_from_one_network_is_refused_once_it_is_used(safe, name):
    put(safe, name, b"meow")
    s3 = client_for(safe)

    def once_from_here(request, **_):
        request.params.update({"x-cs-uses": "1", "x-cs-ip": "127.0.0.0/8", "x-cs-id": name})

    s3.meta.events.register("before-sign.s3.GetObject", once_from_here)
    url = s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": name}, ExpiresIn=600)
    assert fetch(url) == b"meow"
    with pytest.raises(urllib.error.HTTPError) as refused:
        fetch(url)
    assert refused.value.code == 403
    document = refused.value.read()
    assert b"<Message>This link works once, and it has been used. Ask for a new one.</Message>" in document
    assert b"<Restriction>x-cs-uses</Restriction>" in document


def test_from_another_network_it_is_refused_from_the_start(safe, name):
    put(safe, name, b"meow")
    s3 = client_for(safe)

    def elsewhere(request, **_):
        request.params.update({"x-cs-uses": "1", "x-cs-ip": "192.0.2.0/24"})

    s3.meta.events.register("before-sign.s3.GetObject", elsewhere)
    url = s3.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": name}, ExpiresIn=600)
    with pytest.raises(urllib.error.HTTPError) as refused:
        fetch(url)
    assert b"<Restriction>x-cs-ip</Restriction>" in refused.value.read()
