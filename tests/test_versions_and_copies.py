"""Versions, delete markers, copies, batch deletes, tags and attributes by boto3."""

from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from harness.boto import client_for, refused
from harness.objects import exists, signed
from harness.server import BUCKET


@pytest.fixture
def client(either):
    """A client of the safe server."""
    return client_for(either)


@pytest.fixture
def versioned(client, name):
    """A bucket that keeps versions."""
    client.create_bucket(Bucket=name)
    enabled = {"Status": "Enabled"}
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration=enabled)
    return name


def put(client, bucket, key, body):
    """Stores an object and gives its version."""
    return client.put_object(Bucket=bucket, Key=key, Body=body).get("VersionId")


def get(client, bucket, key, **options):
    """The bytes of an object or version."""
    return client.get_object(Bucket=bucket, Key=key, **options)["Body"].read()


def test_versions_are_kept_hidden_and_shown_again(client, versioned):
    first, second = (put(client, versioned, "k", body) for body in (b"one", b"two"))
    assert first != second
    assert get(client, versioned, "k") == b"two"
    assert get(client, versioned, "k", VersionId=first) == b"one"
    hidden = client.delete_object(Bucket=versioned, Key="k")
    assert hidden["DeleteMarker"]
    with pytest.raises(ClientError) as caught:
        client.get_object(Bucket=versioned, Key="k")
    headers = caught.value.response["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amz-delete-marker"] == "true"
    assert headers["x-amz-version-id"] == hidden["VersionId"]
    code = refused(client.get_object, Bucket=versioned, Key="k", VersionId=hidden["VersionId"])
    assert code == "MethodNotAllowed"
    assert get(client, versioned, "k", VersionId=second) == b"two"
    shown = client.delete_object(Bucket=versioned, Key="k", VersionId=hidden["VersionId"])
    assert shown["DeleteMarker"]
    assert get(client, versioned, "k") == b"two"
    client.delete_object(Bucket=versioned, Key="k", VersionId=second)
    assert get(client, versioned, "k") == b"one"


def test_versions_are_listed_newest_first_and_in_pages(client, versioned):
    made = [put(client, versioned, key, b"x") for key in ("a", "a", "b/1", "b/2")]
    client.delete_object(Bucket=versioned, Key="a")
    listed = client.list_object_versions(Bucket=versioned)
    assert [v["VersionId"] for v in listed["Versions"] if v["Key"] == "a"] == [made[1], made[0]]
    assert [m["IsLatest"] for m in listed["DeleteMarkers"]] == [True]
    pages = client.get_paginator("list_object_versions").paginate(
        Bucket=versioned, PaginationConfig={"PageSize": 2}
    )
    entries = [e for p in pages for e in p.get("Versions", []) + p.get("DeleteMarkers", [])]
    assert len(entries) == 5
    rolled = client.list_object_versions(Bucket=versioned, Delimiter="/")
    assert [p["Prefix"] for p in rolled["CommonPrefixes"]] == ["b/"]
    assert refused(client.list_object_versions, Bucket=versioned, VersionIdMarker="x") == "InvalidArgument"


def test_suspended_versioning_replaces_the_null_version_only(client, versioned):
    kept = put(client, versioned, "k", b"kept")
    suspended = {"Status": "Suspended"}
    client.put_bucket_versioning(Bucket=versioned, VersioningConfiguration=suspended)
    assert client.get_bucket_versioning(Bucket=versioned)["Status"] == "Suspended"
    for body in (b"null 1", b"null 2"):
        assert put(client, versioned, "k", body) is None
    assert client.head_object(Bucket=versioned, Key="k")["VersionId"] == "null"
    assert get(client, versioned, "k") == b"null 2"
    assert get(client, versioned, "k", VersionId=kept) == b"kept"
    assert len(client.list_object_versions(Bucket=versioned)["Versions"]) == 2


def test_ids_that_are_none_are_told_from_those_that_are_not_there(client, versioned):
    put(client, versioned, "k", b"x")
    code = refused(client.get_object, Bucket=versioned, Key="k", VersionId="no-version")
    assert code == "InvalidArgument"
    code = refused(client.get_object, Bucket=versioned, Key="k", VersionId="0" * 32)
    assert code == "NoSuchVersion"
    assert refused(client.delete_bucket, Bucket=versioned) == "BucketNotEmpty"


def test_copies_take_metadata_along_or_have_their_own(client, name):
    source = {"Bucket": BUCKET, "Key": f"{name} ü+%"}
    client.put_object(
        **source, Body=b"copied", ContentType="text/css", Metadata={"a": "1"}, Tagging="t=1"
    )
    copied = client.copy_object(Bucket=BUCKET, Key=name, CopySource=source)
    head = client.head_object(Bucket=BUCKET, Key=name)
    assert (head["ContentType"], head["Metadata"]) == ("text/css", {"a": "1"})
    assert head["ETag"] == copied["CopyObjectResult"]["ETag"]
    assert client.get_object_tagging(Bucket=BUCKET, Key=name)["TagSet"] == [{"Key": "t", "Value": "1"}]
    client.copy_object(
        Bucket=BUCKET, Key=name, CopySource=source, MetadataDirective="REPLACE",
        Metadata={"b": "2"}, TaggingDirective="REPLACE", Tagging="u=2",
    )
    head = client.head_object(Bucket=BUCKET, Key=name)
    assert (head["ContentType"], head["Metadata"]) == ("binary/octet-stream", {"b": "2"})
    assert client.get_object_tagging(Bucket=BUCKET, Key=name)["TagSet"] == [{"Key": "u", "Value": "2"}]
    client.delete_object(**source)
    assert get(client, BUCKET, name) == b"copied"


def test_a_copy_to_itself_must_change_something(client, name):
    place = {"Bucket": BUCKET, "Key": name}
    client.put_object(**place, Body=b"x", Metadata={"a": "1"})
    assert refused(client.copy_object, **place, CopySource=place) == "InvalidRequest"
    client.copy_object(**place, CopySource=place, MetadataDirective="REPLACE", Metadata={"a": "2"})
    assert client.head_object(**place)["Metadata"] == {"a": "2"}
    assert get(client, BUCKET, name) == b"x"


def test_conditions_and_sources_of_copies_are_held(client, name):
    source = {"Bucket": BUCKET, "Key": name}
    tag = client.put_object(**source, Body=b"x")["ETag"]
    copy = {"Bucket": BUCKET, "Key": f"{name}-copy", "CopySource": source}
    assert refused(client.copy_object, **copy, CopySourceIfMatch='"other"') == "PreconditionFailed"
    assert refused(client.copy_object, **copy, CopySourceIfNoneMatch=tag) == "PreconditionFailed"
    client.copy_object(**copy, CopySourceIfMatch=tag)
    missing = {**copy, "CopySource": {"Bucket": BUCKET, "Key": f"{name}-missing"}}
    assert refused(client.copy_object, **missing) == "NoSuchKey"
    nowhere = {**copy, "CopySource": {"Bucket": "no-such-bucket-here", "Key": "k"}}
    assert refused(client.copy_object, **nowhere) == "NoSuchBucket"
    assert refused(client.copy_object, **{**copy, "CopySource": "nonsense"}) == "InvalidArgument"


def test_a_version_is_copied_back(client, versioned):
    first = put(client, versioned, "k", b"one")
    put(client, versioned, "k", b"two")
    source = {"Bucket": versioned, "Key": "k", "VersionId": first}
    copied = client.copy_object(Bucket=versioned, Key="k", CopySource=source)
    assert copied["CopySourceVersionId"] == first
    assert get(client, versioned, "k") == b"one"
    assert get(client, versioned, "k", VersionId=copied["VersionId"]) == b"one"


def test_e5_a_batch_of_deletes_proves_that_it_came_whole(either, client, name):
    put(client, BUCKET, name, b"x")
    body = f"<Delete><Object><Key>{name}</Key></Object></Delete>".encode()
    url = f"{either.url}/{BUCKET}?delete="
    # Nothing that only looks like a proof is one: what counts is what the body is held to.
    for query, headers in [
        ("", {}),
        ("", {"x-amz-checksum-algorithm": "CRC32"}),
        ("", {"x-amz-checksum-type": "FULL_OBJECT"}),
        ("", {"x-amz-trailer": "x-amz-meta-a"}),
        ("&a=x-amz-checksum-crc32", {}),
        ("&x-amz-checksum-algorithm=CRC32", {}),
    ]:
        answer = signed(either, "POST", url + query, headers, body)
        assert (answer.status, answer.code) == (400, "InvalidRequest"), (query, headers)
    wrong = signed(either, "POST", url, {"x-amz-checksum-crc32": "AAAAAA=="}, body)
    assert (wrong.status, wrong.code) == (400, "BadDigest")
    assert exists(either, name)


def test_a_thousand_objects_are_deleted_in_one_request(client, name):
    keys = [f"{name}/{number:04}" for number in range(30)]
    for key in keys:
        put(client, BUCKET, key, b"x")
    many = [{"Key": key} for key in keys] + [{"Key": f"{name}/none/{n}"} for n in range(970)]
    done = client.delete_objects(Bucket=BUCKET, Delete={"Objects": many})
    assert len(done["Deleted"]) == 1000 and "Errors" not in done
    assert "Contents" not in client.list_objects_v2(Bucket=BUCKET, Prefix=f"{name}/")
    quiet = client.delete_objects(Bucket=BUCKET, Delete={"Objects": many[:2], "Quiet": True})
    assert "Deleted" not in quiet
    more = [*many, {"Key": "one more"}]
    assert refused(client.delete_objects, Bucket=BUCKET, Delete={"Objects": more}) == "MalformedXML"


def test_deleting_many_versions_empties_a_bucket(client, versioned):
    for key in ("a", "b"):
        put(client, versioned, key, b"x")
        client.delete_object(Bucket=versioned, Key=key)
    listed = client.list_object_versions(Bucket=versioned)
    entries = [
        {"Key": e["Key"], "VersionId": e["VersionId"]}
        for e in listed["Versions"] + listed["DeleteMarkers"]
    ]
    done = client.delete_objects(Bucket=versioned, Delete={"Objects": entries})
    assert len(done["Deleted"]) == 4
    client.delete_bucket(Bucket=versioned)


def test_tags_are_put_told_and_removed(client, name):
    put(client, BUCKET, name, b"x")
    place = {"Bucket": BUCKET, "Key": name}
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}]
    client.put_object_tagging(**place, Tagging={"TagSet": tags})
    assert client.get_object_tagging(**place)["TagSet"] == tags
    assert client.get_object(**place)["TagCount"] == 2
    for wrong in ([{"Key": "a", "Value": "1"}] * 2, [{"Key": "aws:x", "Value": "1"}]):
        code = refused(client.put_object_tagging, **place, Tagging={"TagSet": wrong})
        assert code == "InvalidTag"
    client.delete_object_tagging(**place)
    assert client.get_object_tagging(**place)["TagSet"] == []
    missing = {"Bucket": BUCKET, "Key": f"{name}-missing"}
    assert refused(client.get_object_tagging, **missing) == "NoSuchKey"


def test_attributes_are_told_as_asked(client, name):
    tag = client.put_object(Bucket=BUCKET, Key=name, Body=b"four", ChecksumAlgorithm="SHA256")
    told = client.get_object_attributes(
        Bucket=BUCKET, Key=name, ObjectAttributes=["ETag", "Checksum", "ObjectSize", "StorageClass"]
    )
    assert told["ETag"] == tag["ETag"].strip('"')
    assert told["Checksum"]["ChecksumSHA256"] == tag["ChecksumSHA256"]
    assert (told["ObjectSize"], told["StorageClass"]) == (4, "STANDARD")
    only = client.get_object_attributes(Bucket=BUCKET, Key=name, ObjectAttributes=["ObjectSize"])
    assert "ETag" not in only


def test_conditional_writes_and_deletes(client, name):
    place = {"Bucket": BUCKET, "Key": name}
    tag = client.put_object(**place, Body=b"1", IfNoneMatch="*")["ETag"]
    assert refused(client.put_object, **place, Body=b"2", IfNoneMatch="*") == "PreconditionFailed"
    assert refused(client.put_object, **place, Body=b"2", IfMatch='"x"') == "PreconditionFailed"
    client.put_object(**place, Body=b"2", IfMatch=tag)
    assert refused(client.delete_object, **place, IfMatch=tag) == "PreconditionFailed"
    assert get(client, BUCKET, name) == b"2"
    client.delete_object(**place, IfMatch="*")
    assert refused(client.get_object, **place) == "NoSuchKey"


def test_an_object_of_another_size_or_time_is_not_deleted(client, versioned, name):
    for place in ({"Bucket": BUCKET, "Key": name}, {"Bucket": versioned, "Key": "k"}):
        client.delete_object(**place, IfMatchSize=3)
        for wanted in ({"IfMatchSize": 3}, {"IfMatchLastModifiedTime": None}):
            client.put_object(**place, Body=b"abc")
            stored = client.head_object(**place)["LastModified"]
            wanted = {k: v if v is not None else stored for k, v in wanted.items()}
            for wrong in (
                {"IfMatchSize": 4},
                {"IfMatchLastModifiedTime": stored + timedelta(seconds=1)},
                {"IfMatchSize": 4, "IfMatchLastModifiedTime": stored},
                {"IfMatchSize": 3, "IfMatch": '"x"'},
            ):
                assert refused(client.delete_object, **place, **wrong) == "PreconditionFailed", wrong
            assert get(client, **{"bucket": place["Bucket"], "key": place["Key"]}) == b"abc"
            client.delete_object(**place, **wanted)
            assert refused(client.get_object, **place) == "NoSuchKey"
            assert refused(client.delete_object, **place, IfMatch="*", IfMatchSize=3) == "NoSuchKey"


def test_a_batch_deletes_only_what_is_as_each_entry_says(client, versioned):
    for key in "abcde":
        put(client, versioned, key, key.encode())
    stored = client.head_object(Bucket=versioned, Key="a")
    tag, time = stored["ETag"], stored["LastModified"]
    done = client.delete_objects(
        Bucket=versioned,
        Delete={
            "Objects": [
                {"Key": "a", "ETag": tag, "Size": 1, "LastModifiedTime": time},
                {"Key": "b", "ETag": tag},
                {"Key": "c", "Size": 2},
                {"Key": "d", "LastModifiedTime": time - timedelta(days=1)},
                {"Key": "missing", "ETag": tag},
            ]
        },
    )
    assert [deleted["Key"] for deleted in done["Deleted"]] == ["a"]
    codes = [(error["Key"], error["Code"]) for error in done["Errors"]]
    failed = "PreconditionFailed"
    assert codes == [("b", failed), ("c", failed), ("d", failed), ("missing", "NoSuchKey")]
    kept = client.list_objects_v2(Bucket=versioned)["Contents"]
    assert [entry["Key"] for entry in kept] == ["b", "c", "d", "e"]


def test_a_condition_of_a_deletion_that_cannot_be_held_is_refused(either, client, name):
    put(client, BUCKET, name, b"abc")
    size, time = "x-amz-if-match-size", "x-amz-if-match-last-modified-time"
    for header, value in ((size, "-1"), (size, "3.0"), (size, ""), (time, "yesterday")):
        answer = signed(either, "DELETE", either.object_url(name), {header: value})
        assert (answer.status, answer.code) == (400, "InvalidArgument"), (header, value)
        assert answer.element("ArgumentName") == header
    for method in ("GET", "PUT", "HEAD"):
        answer = signed(either, method, either.object_url(name), {size: "3"})
        assert answer.status == 501, method
    assert get(client, BUCKET, name) == b"abc"


@pytest.mark.parametrize("paginator", ["list_objects", "list_objects_v2"])
def test_both_listings_walk_through_all_keys(client, name, paginator):
    keys = sorted(f"{name}/{key}" for key in ("a", "a/b", "a/c", "d//", "e&f<", "ü", "z z"))
    for key in keys:
        put(client, BUCKET, key, b"x")
    for size in (1, 2, 1000):
        pages = client.get_paginator(paginator).paginate(
            Bucket=BUCKET, Prefix=f"{name}/", PaginationConfig={"PageSize": size}
        )
        assert [o["Key"] for page in pages for o in page.get("Contents", [])] == keys
        pages = client.get_paginator(paginator).paginate(
            Bucket=BUCKET, Prefix=f"{name}/", Delimiter="/", PaginationConfig={"PageSize": size}
        )
        pages = list(pages)
        prefixes = [p["Prefix"] for page in pages for p in page.get("CommonPrefixes", [])]
        assert prefixes == [f"{name}/a/", f"{name}/d/"]
        assert len([o for page in pages for o in page.get("Contents", [])]) == 4
