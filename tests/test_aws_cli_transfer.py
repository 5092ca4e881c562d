"""The AWS CLI as people use it: files and folders, large and small, with its own settings."""

import os

import pytest

from harness.server import BUCKET
from test_aws_cli import aws  # noqa: F401  (a fixture)

MIB = 1024 * 1024


def test_a_large_file_goes_up_in_parts_and_down_again(aws, name, tmp_path):  # noqa: F811
    source, target = tmp_path / "source.bin", tmp_path / "target.bin"
    source.write_bytes(os.urandom(20 * MIB + 1))
    aws("s3", "cp", source, f"s3://{BUCKET}/{name}")
    head = aws("s3api", "head-object", "--bucket", BUCKET, "--key", name).stdout
    assert '-3\\"' in head, head
    aws("s3", "cp", f"s3://{BUCKET}/{name}", target)
    assert target.read_bytes() == source.read_bytes()
    aws("s3", "cp", f"s3://{BUCKET}/{name}", f"s3://{BUCKET}/{name}-copy")
    aws("s3", "mv", f"s3://{BUCKET}/{name}-copy", target)
    assert target.read_bytes() == source.read_bytes()
    assert f"{name}-copy" not in aws("s3", "ls", f"s3://{BUCKET}/{name}").stdout


def test_a_folder_is_synchronised_moved_and_removed(aws, name, tmp_path):  # noqa: F811
    folder = tmp_path / "folder"
    paths = ["a.txt", "b/c.txt", "b/d e.txt", "ü/€.txt"]
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    place = f"s3://{BUCKET}/{name}/"
    assert aws("s3", "sync", folder, place).stdout.count("upload:") == len(paths)
    assert "upload:" not in aws("s3", "sync", folder, place).stdout
    listed = aws("s3", "ls", "--recursive", place).stdout
    assert all(path in listed for path in paths)
    assert "PRE b/" in aws("s3", "ls", place).stdout
    (folder / "a.txt").unlink()
    assert "delete:" in aws("s3", "sync", "--delete", folder, place).stdout
    aws("s3", "mv", "--recursive", place, f"s3://{BUCKET}/{name}-moved/")
    aws("s3", "sync", f"s3://{BUCKET}/{name}-moved/", tmp_path / "back")
    assert (tmp_path / "back/b/d e.txt").read_text() == "b/d e.txt"
    aws("s3", "rm", "--recursive", f"s3://{BUCKET}/{name}-moved/")
    assert aws("s3", "ls", f"s3://{BUCKET}/{name}-moved/", check=False).stdout == ""


def test_a_bucket_is_configured(aws, name):  # noqa: F811
    aws("s3api", "create-bucket", "--bucket", name)
    place = ["--bucket", name]
    aws("s3api", "put-bucket-versioning", *place, "--versioning-configuration", "Status=Enabled")
    assert "Enabled" in aws("s3api", "get-bucket-versioning", *place).stdout
    aws("s3api", "put-bucket-tagging", *place, "--tagging", "TagSet=[{Key=a,Value=b}]")
    assert '"a"' in aws("s3api", "get-bucket-tagging", *place).stdout
    rules = '{"CORSRules":[{"AllowedOrigins":["https://a.example"],"AllowedMethods":["PUT"]}]}'
    aws("s3api", "put-bucket-cors", *place, "--cors-configuration", rules)
    assert "https://a.example" in aws("s3api", "get-bucket-cors", *place).stdout
    aws("s3api", "delete-bucket-cors", *place)
    assert "NoSuchCORSConfiguration" in aws("s3api", "get-bucket-cors", *place, check=False).stderr
    aws("s3api", "put-public-access-block", *place, "--public-access-block-configuration",
        "BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true")
    assert "true" in aws("s3api", "get-public-access-block", *place).stdout
    assert "FULL_CONTROL" in aws("s3api", "get-bucket-acl", *place).stdout
    public = aws("s3api", "put-bucket-acl", *place, "--acl", "public-read", check=False)
    assert "AccessControlListNotSupported" in public.stderr
    aws("s3api", "put-object", *place, "--key", "k", "--tagging", "x=1")
    assert '"x"' in aws("s3api", "get-object-tagging", *place, "--key", "k").stdout
    aws("s3api", "delete-object", *place, "--key", "k")
    versions = aws("s3api", "list-object-versions", *place).stdout
    assert "DeleteMarkers" in versions and "Versions" in versions


@pytest.mark.parametrize("method", ["put-bucket-policy", "put-bucket-lifecycle-configuration"])
def test_what_is_not_offered_is_said(aws, method):  # noqa: F811
    arguments = {
        "put-bucket-policy": ["--policy", "{}"],
        "put-bucket-lifecycle-configuration": ["--lifecycle-configuration", '{"Rules":[]}'],
    }
    done = aws("s3api", method, "--bucket", BUCKET, *arguments[method], check=False)
    assert "NotImplemented" in done.stderr
