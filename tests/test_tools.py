"""Tools as Debian has them, unmodified: s3cmd, rclone and s3fs."""

import os
import shutil
import subprocess
import time

import pytest

from harness.objects import get, put
from harness.server import BUCKET, REGION, clean_environment

MIB = 1024 * 1024


def needs(program):
    """Skips, visibly, where a tool is not installed."""
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


def run(*command, check=True, timeout=120, **environment):
    """Runs a tool."""
    done = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        env={**clean_environment(), **environment},
        timeout=timeout,
        check=False,
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture
def s3cmd(either, tmp_path):
    """Runs s3cmd against the server."""
    config = tmp_path / "s3cfg"
    secure = "True" if either.ca else "False"
    ca = f"ca_certs_file = {either.ca}\n" if either.ca else ""
    config.write_text(
        f"[default]\naccess_key = {either.key.id}\nsecret_key = {either.key.secret}\n"
        f"host_base = {either.host}\nhost_bucket = {either.host}\nuse_https = {secure}\n"
        f"bucket_location = {REGION}\nsignature_v2 = False\nsignurl_use_https = {secure}\n{ca}"
    )
    return lambda *words, **options: run("s3cmd", "-c", config, *words, **options)


@needs("s3cmd")
def test_s3cmd_keeps_files(s3cmd, name, tmp_path):
    bucket = f"s3://{name}"
    s3cmd("mb", bucket)
    assert bucket in s3cmd("ls").stdout
    big, small, back = (tmp_path / file for file in ("big.bin", "small.txt", "back.bin"))
    big.write_bytes(os.urandom(11 * MIB))
    small.write_text("small")
    s3cmd("put", "--multipart-chunk-size-mb=5", big, f"{bucket}/dir/big.bin")
    s3cmd("put", small, f"{bucket}/ä ö.txt")
    listed = s3cmd("ls", "--recursive", bucket).stdout
    assert "dir/big.bin" in listed and "ä ö.txt" in listed
    assert "DIR" in s3cmd("ls", f"{bucket}/").stdout
    s3cmd("get", f"{bucket}/dir/big.bin", back)
    assert back.read_bytes() == big.read_bytes()
    assert str(11 * MIB + 5) in s3cmd("du", bucket).stdout
    assert "big.bin" in s3cmd("info", f"{bucket}/dir/big.bin").stdout
    s3cmd("info", bucket)
    s3cmd("cp", f"{bucket}/dir/big.bin", f"{bucket}/copy.bin")
    s3cmd("mv", f"{bucket}/copy.bin", f"{bucket}/moved.bin")
    listed = s3cmd("ls", "--recursive", bucket).stdout
    assert "moved.bin" in listed and "copy.bin" not in listed
    s3cmd("del", "--recursive", "--force", bucket)
    s3cmd("rb", bucket)


@needs("s3cmd")
def test_s3cmd_synchronises_a_folder(s3cmd, name, tmp_path):
    folder, back = tmp_path / "folder", tmp_path / "back"
    for path in ("a.txt", "deep/b.txt", "deep/er/c d.txt"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(path)
    target = f"s3://{BUCKET}/{name}/"
    assert "upload:" in s3cmd("sync", f"{folder}/", target).stdout
    assert "upload:" not in s3cmd("sync", f"{folder}/", target).stdout
    s3cmd("sync", target, f"{back}/")
    assert (back / "deep/er/c d.txt").read_text() == "deep/er/c d.txt"


@needs("s3cmd")
def test_a_url_that_s3cmd_signs_is_told_its_version_is_too_old(s3cmd, either, name):
    put(either, name, b"x")
    url = s3cmd("signurl", f"s3://{BUCKET}/{name}", "+300").stdout.strip()
    trust = ["--cacert", either.ca] if either.ca else []
    answer = run("curl", "-s", *trust, url).stdout
    assert "Please use AWS4-HMAC-SHA256" in answer


@pytest.fixture
def rclone(either, tmp_path):
    """Runs rclone against the server."""
    config = tmp_path / "rclone.conf"
    config.write_text(
        f"[cs]\ntype = s3\nprovider = Other\naccess_key_id = {either.key.id}\n"
        f"secret_access_key = {either.key.secret}\nendpoint = {either.url}\nregion = {REGION}\n"
        "acl = private\nupload_cutoff = 6M\nchunk_size = 5M\n"
    )
    trust = ["--ca-cert", either.ca] if either.ca else []
    return lambda *words, **options: run("rclone", "--config", config, *trust, *words, **options)


@needs("rclone")
def test_rclone_keeps_a_tree(rclone, either, name, tmp_path):
    tree, back = tmp_path / "tree", tmp_path / "back"
    for path, body in (("a.txt", b"a"), ("b/big.bin", os.urandom(13 * MIB)), ("b/ü €.txt", b"u")):
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_bytes(body)
    remote = f"cs:{BUCKET}/{name}"
    rclone("copy", tree, remote)
    rclone("check", tree, remote)
    assert "Transferred:            0 B" in rclone("sync", "-v", tree, remote).stderr.replace(
        "0 B / 0 B", "0 B"
    ) or "nothing to transfer" in rclone("sync", "-v", tree, remote).stderr
    listed = rclone("lsf", "-R", remote).stdout.splitlines()
    assert set(listed) == {"a.txt", "b/", "b/big.bin", "b/ü €.txt"}
    rclone("copy", remote, back)
    assert (back / "b/big.bin").read_bytes() == (tree / "b/big.bin").read_bytes()
    rclone("copyto", f"{remote}/b/big.bin", f"{remote}/copied.bin")
    rclone("moveto", f"{remote}/copied.bin", f"{remote}/moved.bin")
    assert "moved.bin" in rclone("lsjson", remote).stdout
    url = rclone("link", "--expire", "10m", f"{remote}/a.txt").stdout.strip()
    trust = ["--cacert", either.ca] if either.ca else []
    assert run("curl", "-sf", *trust, url).stdout == "a"
    rclone("purge", remote)
    assert rclone("lsf", remote, check=False).stdout == ""


@needs("s3fs")
def test_s3fs_mounts_a_bucket(safe, name, tmp_path):
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        pytest.skip("there is no FUSE here")
    password, mount = tmp_path / "password", tmp_path / "mount"
    password.write_text(f"{safe.key.id}:{safe.key.secret}\n")
    password.chmod(0o600)
    mount.mkdir()
    command = [
        "s3fs", BUCKET, mount, "-f", "-o", f"url={safe.url}", "-o", "use_path_request_style",
        "-o", f"passwd_file={password}", "-o", f"endpoint={REGION}", "-o", "sigv4",
    ]
    process = subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        deadline = time.monotonic() + 20
        while not os.path.ismount(mount) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        if process.poll() is not None and "fuse" in (said := process.stdout.read()).lower():
            pytest.skip(f"FUSE cannot be used here: {said.strip()}")
        assert os.path.ismount(mount)
        folder = mount / name
        folder.mkdir()
        body = os.urandom(7 * MIB)
        (folder / "file.bin").write_bytes(body)
        assert get(safe, f"{name}/file.bin").body == body
        put(safe, f"{name}/other.txt", b"other")
        assert sorted(os.listdir(folder)) == ["file.bin", "other.txt"]
        assert (folder / "other.txt").read_text() == "other"
        (folder / "file.bin").rename(folder / "renamed.bin")
        assert get(safe, f"{name}/renamed.bin").body == body
        (folder / "renamed.bin").unlink()
        assert get(safe, f"{name}/renamed.bin").status == 404
    finally:
        subprocess.run(["umount", mount], check=False, capture_output=True)
        process.terminate()
        process.wait(timeout=20)
