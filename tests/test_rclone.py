"""rclone, as Debian has it."""

import json
import random

import pytest

from harness.http import request
from harness.objects import exists, get, keys, put, signed
from harness.programs import needs, run
from harness.server import BUCKET, REGION

pytestmark = needs("rclone")

MIB = 1024 * 1024
LARGE = random.Random(7).randbytes(11 * MIB + 3)
IN_PARTS = ["--s3-upload-cutoff=5M", "--s3-chunk-size=5M", "--s3-copy-cutoff=5M"]


@pytest.fixture
def rclone(either, tmp_path):
    """Runs `rclone` against the server, which it knows as `cs:`, as its user or as root."""

    def call(*arguments, key=None, **options):
        key = key or either.key
        settings = {
            "type": "s3",
            "provider": "Other",
            "access_key_id": key.id,
            "secret_access_key": key.secret,
            "endpoint": either.url,
            "region": REGION,
        }
        config = tmp_path / "rclone.conf"
        lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
        config.write_text(f"[cs]\n{lines}")
        once = ["--retries=1", "--low-level-retries=1"]
        trust = [f"--ca-cert={either.ca}"] if either.ca else []
        return run(["rclone", f"--config={config}", *once, *trust, *arguments], **options)

    return call


@pytest.fixture
def tree(tmp_path):
    """A folder with some files."""
    folder = tmp_path / "tree"
    bodies = {"a.txt": b"a", "empty": b"", "sub/b c+d%e.txt": b"b", "sub/ü 😀.txt": b"c", "large": LARGE}
    for name, body in bodies.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    return folder, bodies


def test_a_bucket_is_made_listed_and_purged(rclone, either, name):
    rclone("mkdir", f"cs:{name}", key=either.root)
    assert name in rclone("lsf", "cs:").stdout
    for key in ("a", "b/c"):
        put(either, key, b"x", bucket=name)
    rclone("purge", f"cs:{name}", key=either.root)
    assert name not in rclone("lsf", "cs:").stdout


def test_a_folder_is_copied_checked_and_listed(rclone, either, name, tree):
    folder, bodies = tree
    place = f"cs:{BUCKET}/{name}"
    rclone("copy", *IN_PARTS, folder, place)
    assert get(either, f"{name}/large").headers["etag"].endswith('-3"')
    rclone("check", folder, place)
    rclone("check", "--download", folder, place)
    sizes = {line.strip().partition(" ")[2]: int(line.split()[0]) for line in lines(rclone("ls", place))}
    assert sizes == {file: len(body) for file, body in bodies.items()}
    told = json.loads(rclone("lsjson", "--recursive", "--hash", place).stdout)
    # Modification times are kept in metadata and come back.
    times = {item["Path"]: item["ModTime"] for item in told if not item["IsDir"]}
    assert all((folder / file).exists() for file in times) and len(times) == len(bodies)
    assert [item["Path"] for item in told if item["IsDir"]] == ["sub"]
    back = folder.with_name("back")
    rclone("copy", place, back)
    assert {file: (back / file).read_bytes() for file in bodies} == bodies
    put(either, f"{name}/a.txt", b"b")
    differs = rclone("check", folder, place, check=False)
    assert differs.returncode != 0 and "1 differences found" in differs.stderr


def lines(done):
    """The lines that a program printed."""
    return done.stdout.splitlines()


def test_a_folder_is_synchronized_and_the_second_time_does_nothing(rclone, either, name, tree):
    folder, bodies = tree
    place = f"cs:{BUCKET}/{name}"
    rclone("sync", folder, place)
    again = rclone("sync", "--verbose", folder, place).stderr
    assert "There was nothing to transfer" in again
    (folder / "a.txt").unlink()
    rclone("sync", folder, place)
    assert not exists(either, f"{name}/a.txt")
    assert len(keys(either, query=f"list-type=2&prefix={name}%2F")) == len(bodies) - 1


def test_small_and_large_objects_are_copied_and_moved_on_the_server(rclone, either, name):
    put(either, f"{name}/small%20%C3%BC", b"small", {"content-type": "text/x-small"})
    put(either, f"{name}/large", LARGE)
    source = f"cs:{BUCKET}/{name}"
    done = rclone("copy", "-vv", *IN_PARTS, source, f"cs:{BUCKET}/{name}-copy").stderr
    assert "Copied (server-side copy)" in done
    assert get(either, f"{name}-copy/large").body == LARGE
    assert get(either, f"{name}-copy/small%20%C3%BC").headers["content-type"] == "text/x-small"
    rclone("move", *IN_PARTS, source, f"cs:{BUCKET}/{name}-moved")
    assert get(either, f"{name}-moved/large").body == LARGE
    assert keys(either, query=f"list-type=2&prefix={name}%2F") == []


def test_a_stream_of_unknown_length_goes_up_and_parts_of_it_come_back(rclone, either, name):
    place = f"cs:{BUCKET}/{name}"
    rclone("rcat", *IN_PARTS, "--streaming-upload-cutoff=1M", place, stdin=LARGE, text=False)
    assert get(either, name).body == LARGE
    window = ["--offset=6000000", "--count=10"]
    assert rclone("cat", *window, place, text=False).stdout == LARGE[6_000_000:6_000_010]


def test_objects_are_deleted_by_pattern_and_by_prefix(rclone, either, name):
    for key in ("a.txt", "b.bin", "sub/c.txt"):
        put(either, f"{name}/{key}", b"x")
    rclone("delete", "--include=*.txt", f"cs:{BUCKET}/{name}")
    assert keys(either, query=f"list-type=2&prefix={name}%2F") == [f"{name}/b.bin"]
    rclone("purge", f"cs:{BUCKET}/{name}")
    assert keys(either, query=f"list-type=2&prefix={name}%2F") == []


def test_the_time_of_an_object_is_set_without_sending_it_again(rclone, either, name):
    put(either, name, b"x")
    rclone("touch", "--timestamp=2020-01-02T03:04:05", f"cs:{BUCKET}/{name}")
    told = json.loads(rclone("lsjson", f"cs:{BUCKET}/{name}").stdout)
    assert told[0]["ModTime"].startswith("2020-01-02T03:04:05")
    assert get(either, name).body == b"x"


def test_a_link_works_as_long_as_is_allowed(rclone, either, name):
    put(either, f"{name}/a%20%C3%BC%27%22", b"linked")
    place = f"cs:{BUCKET}/{name}/a ü'\""
    url = rclone("link", "--expire=15m", place).stdout.strip()
    assert request("GET", url, ca=either.ca).body == b"linked"
    # rclone's own default is a week.
    week = rclone("link", place).stdout.strip()
    answer = request("GET", week, ca=either.ca)
    assert (answer.status, answer.code) == (403, "AccessDenied") and "604800" in answer.message


def test_versions_are_kept_and_shown(rclone, either, name):
    rclone("mkdir", f"cs:{name}", key=either.root)
    assert "Unversioned" in rclone("backend", "versioning", f"cs:{name}").stdout
    rclone("backend", "versioning", f"cs:{name}", "Enabled")
    for body in (b"one", b"second"):
        put(either, "a.txt", body, bucket=name)
    assert lines(rclone("lsf", f"cs:{name}")) == ["a.txt"]
    assert len(lines(rclone("lsf", "--s3-versions", f"cs:{name}"))) == 2
    rclone("delete", f"cs:{name}")
    assert lines(rclone("lsf", f"cs:{name}")) == []
    assert len(lines(rclone("lsf", "--s3-versions", f"cs:{name}"))) == 2
    rclone("backend", "cleanup-hidden", f"cs:{name}")
    assert lines(rclone("lsf", "--s3-versions", f"cs:{name}")) == []


def test_uploads_that_were_left_behind_are_cleaned_up(rclone, either, name):
    rclone("mkdir", f"cs:{name}", key=either.root)
    url = f"{either.object_url('left/behind', name)}?uploads"
    upload = signed(either, "POST", url, body=b"").element("UploadId")
    told = rclone("backend", "list-multipart-uploads", f"cs:{name}").stdout
    assert upload in told
    rclone("backend", "cleanup", "-o", "max-age=0s", f"cs:{name}")
    assert upload not in rclone("backend", "list-multipart-uploads", f"cs:{name}").stdout
