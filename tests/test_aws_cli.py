"""The AWS CLI, version 1 as PyPI has it."""

import subprocess

import pytest

from harness.http import request
from harness.objects import exists, get, put
from harness.programs import aws_cli
from harness.server import BUCKET, REGION, countersign

@pytest.fixture
def aws(either, tmp_path):
    """Runs `aws` against the server, as its user or as root."""
    return aws_cli(either, tmp_path)


def test_a_bucket_is_made_and_removed(aws, either, name):
    aws("s3", "mb", f"s3://{name}", key=either.root)
    assert name in aws("s3", "ls", key=either.root).stdout
    aws("s3", "rb", f"s3://{name}", key=either.root)
    assert name not in aws("s3", "ls", key=either.root).stdout


@pytest.mark.parametrize("size", [0, 11, 8 * 1024 * 1024 + 1])
def test_files_are_copied_up_and_down(aws, name, tmp_path, size):
    source, target = tmp_path / "source.bin", tmp_path / "target.bin"
    source.write_bytes((b"0123456789abcdef" * (size // 16 + 1))[:size])
    aws("s3", "cp", source, f"s3://{BUCKET}/{name}/file.bin")
    listed = aws("s3", "ls", f"s3://{BUCKET}/{name}/").stdout
    assert str(size) in listed.split() and "file.bin" in listed
    aws("s3", "cp", f"s3://{BUCKET}/{name}/file.bin", target)
    assert target.read_bytes() == source.read_bytes()


def test_an_object_is_removed(aws, either, name):
    put(either, name, b"x")
    aws("s3", "rm", f"s3://{BUCKET}/{name}")
    assert not exists(either, name)


def test_a_presigned_url_works_in_curl(aws, either, name):
    put(either, name, b"for curl")
    url = aws("s3", "presign", f"s3://{BUCKET}/{name}", "--expires-in", "300").stdout.strip()
    command = ["curl", "--silent", "--show-error", "--fail", url]
    command += ["--cacert", str(either.ca)] if either.ca else []
    done = subprocess.run(command, capture_output=True, timeout=30, check=True)
    assert done.stdout == b"for curl"


def test_object_commands_of_the_api_level_work(aws, either, name, tmp_path):
    source = tmp_path / "body"
    source.write_bytes(b"api")
    place = ["--bucket", BUCKET, "--key", name]
    aws("s3api", "put-object", *place, "--body", source, "--metadata", "a=b")
    assert '"a": "b"' in aws("s3api", "head-object", *place).stdout
    aws("s3api", "get-object", *place, tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == b"api"
    assert name in aws("s3api", "list-objects-v2", "--bucket", BUCKET, "--prefix", name).stdout
    assert get(either, name).body == b"api"


def test_an_operation_that_is_not_there_yet_is_named(aws):
    done = aws("s3api", "delete-bucket-website", "--bucket", BUCKET, check=False)
    assert done.returncode != 0
    assert "NotImplemented" in done.stderr and "DeleteBucketWebsite" in done.stderr


def test_both_presigners_make_the_same_url(aws, either, name):
    """Same key, same instant, same object: then the same URL, letter for letter."""
    put(either, name, b"same")
    theirs = aws("s3", "presign", f"s3://{BUCKET}/{name}", "--expires-in", "300").stdout.strip()
    date = theirs.partition("X-Amz-Date=")[2].partition("&")[0]
    ours = countersign(
        "presign",
        f"s3://{BUCKET}/{name}",
        "--expires-in",
        300,
        "--region",
        REGION,
        "--endpoint-url",
        either.url,
        "--date",
        date,
        environment={
            "AWS_ACCESS_KEY_ID": either.key.id,
            "AWS_SECRET_ACCESS_KEY": either.key.secret,
        },
    ).stdout.strip()
    assert ours == theirs
    assert request("GET", ours, ca=either.ca).body == b"same"
