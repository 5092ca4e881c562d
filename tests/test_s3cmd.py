"""s3cmd, as Debian has it."""

import random

import pytest

from harness.http import request
from harness.objects import exists, get, keys, put, signed
from harness.programs import needs, run
from harness.server import BUCKET, REGION

pytestmark = needs("s3cmd")

MIB = 1024 * 1024
LARGE = random.Random(6).randbytes(11 * MIB + 3)


@pytest.fixture
def s3cmd(either, tmp_path):
    """Runs `s3cmd` against the server, as its user or as root."""

    def call(*arguments, key=None, **options):
        key = key or either.key
        settings = {
            "access_key": key.id,
            "secret_key": key.secret,
            "host_base": either.host,
            "host_bucket": either.host,
            "bucket_location": REGION,
            "use_https": bool(either.ca),
            "ca_certs_file": either.ca or "",
            "signature_v2": False,
            "signurl_use_https": bool(either.ca),
            "max_retries": 1,
        }
        config = tmp_path / "s3cfg"
        lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
        config.write_text(f"[default]\n{lines}")
        return run(["s3cmd", "--config", config, "--no-progress", *arguments], **options)

    return call


@pytest.fixture
def tree(tmp_path):
    """A folder with some files."""
    folder = tmp_path / "tree"
    for name, body in {"a.txt": "a", "empty": "", "sub/b c+d%e.txt": "b", "sub/ü.txt": "c"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(body)
    return folder


def test_a_bucket_is_made_looked_at_and_removed(s3cmd, either, name):
    s3cmd("mb", f"s3://{name}", key=either.root)
    assert f"s3://{name}\n" in s3cmd("ls").stdout
    told = s3cmd("info", f"s3://{name}").stdout
    assert f"Location:  {REGION}" in told
    assert "Policy:    none" in told and "CORS:      none" in told
    s3cmd("rb", f"s3://{name}", key=either.root)
    assert f"s3://{name}\n" not in s3cmd("ls").stdout


def test_small_and_large_files_go_up_and_come_back(s3cmd, either, name, tmp_path):
    for size in (0, 5, len(LARGE)):
        source, target = tmp_path / "source", tmp_path / f"target{size}"
        source.write_bytes(LARGE[:size])
        place = f"s3://{BUCKET}/{name}/{size} ü+.bin"
        s3cmd("put", "--multipart-chunk-size-mb=5", source, place)
        s3cmd("get", place, target)
        assert target.read_bytes() == LARGE[:size]
    told = s3cmd("info", place).stdout
    assert f"File size: {len(LARGE)}" in told
    # Three parts: an ETag that is no MD5 of the whole.
    assert get(either, f"{name}/{len(LARGE)}%20%C3%BC%2B.bin").headers["etag"].endswith('-3"')
    used = s3cmd("du", f"s3://{BUCKET}/{name}/").stdout.split()
    assert used[:2] == [str(5 + len(LARGE)), "3"]
    listed = s3cmd("ls", "--recursive", f"s3://{BUCKET}/{name}/").stdout
    assert f"{place}\n" in listed


def test_a_stream_goes_up(s3cmd, either, name):
    place = f"s3://{BUCKET}/{name}"
    s3cmd("put", "--multipart-chunk-size-mb=5", "-", place, stdin=LARGE, text=False)
    assert get(either, name).body == LARGE


def test_objects_are_copied_moved_and_changed_on_the_server(s3cmd, either, name):
    for size in (3, 6 * MIB):
        put(either, f"{name}/source", LARGE[:size])
        source = f"s3://{BUCKET}/{name}/source"
        chunks = "--multipart-chunk-size-mb=5"
        s3cmd("cp", chunks, source, f"s3://{BUCKET}/{name}/copy")
        assert get(either, f"{name}/copy").body == LARGE[:size]
        s3cmd("mv", chunks, source, f"s3://{BUCKET}/{name}/moved")
        assert get(either, f"{name}/moved").body == LARGE[:size]
        assert not exists(either, f"{name}/source")
    put(either, f"{name}/changed", b"x")
    place = f"s3://{BUCKET}/{name}/changed"
    s3cmd("modify", "--add-header=Cache-Control: max-age=5", "--mime-type=text/x-new", place)
    changed = get(either, f"{name}/changed").headers
    assert changed["content-type"] == "text/x-new"
    assert changed["cache-control"] == "max-age=5"


def test_a_folder_is_synchronized_there_and_back(s3cmd, either, name, tree):
    place = f"s3://{BUCKET}/{name}/"
    first = s3cmd("sync", f"{tree}/", place).stdout
    assert first.count("upload: ") == 4
    assert "upload: " not in s3cmd("sync", f"{tree}/", place).stdout
    back = tree.with_name("back")
    back.mkdir()
    s3cmd("sync", place, f"{back}/")
    assert (back / "sub/ü.txt").read_text() == "c"
    assert sorted(path.name for path in back.rglob("*")) == sorted(path.name for path in tree.rglob("*"))
    (tree / "a.txt").unlink()
    s3cmd("sync", "--delete-removed", f"{tree}/", place)
    assert not exists(either, f"{name}/a.txt")
    s3cmd("sync", place, f"s3://{BUCKET}/{name}-copy/")
    prefix = f"list-type=2&prefix={name}-copy%2F"
    assert keys(either, query=prefix) == [
        f"{name}-copy/empty",
        f"{name}-copy/sub/b c+d%e.txt",
        f"{name}-copy/sub/ü.txt",
    ]


def test_a_folder_is_removed(s3cmd, either, name):
    for number in range(5):
        put(either, f"{name}/{number}", b"x")
    put(either, f"{name}-beside", b"x")
    s3cmd("del", "--recursive", "--force", f"s3://{BUCKET}/{name}/")
    assert keys(either, query=f"list-type=2&prefix={name}") == [f"{name}-beside"]


def test_an_upload_that_was_left_behind_is_found_and_aborted(s3cmd, either, name):
    begun = signed(either, "POST", f"{either.object_url(name)}?uploads", body=b"")
    upload = begun.element("UploadId")
    listed = s3cmd("multipart", f"s3://{BUCKET}").stdout
    assert f"s3://{BUCKET}/{name}" in listed and upload in listed
    s3cmd("abortmp", f"s3://{BUCKET}/{name}", upload)
    assert upload not in s3cmd("multipart", f"s3://{BUCKET}").stdout


def test_rules_for_other_origins_are_set_and_shown(s3cmd, either, name, tmp_path):
    s3cmd("mb", f"s3://{name}", key=either.root)
    rules = tmp_path / "cors.xml"
    rules.write_text(
        "<CORSConfiguration><CORSRule><AllowedOrigin>https://app.example</AllowedOrigin>"
        "<AllowedMethod>PUT</AllowedMethod></CORSRule></CORSConfiguration>"
    )
    s3cmd("setcors", rules, f"s3://{name}")
    assert "https://app.example" in s3cmd("info", f"s3://{name}").stdout
    s3cmd("delcors", f"s3://{name}")
    assert "CORS:      none" in s3cmd("info", f"s3://{name}").stdout


def test_a13_its_links_are_sigv2_and_are_told_so(s3cmd, either, name):
    put(either, name, b"x")
    url = s3cmd("signurl", f"s3://{BUCKET}/{name}", "+600").stdout.strip()
    assert "AWSAccessKeyId=" in url
    answer = request("GET", url, ca=either.ca)
    assert (answer.status, answer.code) == (400, "InvalidRequest")
    assert "Please use AWS4-HMAC-SHA256" in answer.message
