"""s3fs, as Debian has it: a bucket mounted as a folder."""

import os
import random
import shutil
import subprocess
import time

import pytest

from harness.boto import client_for
from harness.objects import exists, get, keys, put
from harness.programs import needs
from harness.server import clean_environment

pytestmark = needs("s3fs")

MIB = 1024 * 1024
LARGE = random.Random(8).randbytes(12 * MIB + 5)
MOUNT_S = 15
FUSERMOUNT = "fusermount" if shutil.which("fusermount") else "fusermount3"


def why_not_mounted():
    """Why nothing can be mounted here, if so: sandboxes often do not allow it."""
    try:
        os.close(os.open("/dev/fuse", os.O_RDWR))
    except OSError as error:
        return f"/dev/fuse cannot be opened: {error.strerror}"
    return None


@pytest.fixture
def bucket(either, name):
    """A bucket of this test alone."""
    client_for(either, either.root).create_bucket(Bucket=name)
    return name


class Mount:
    """A bucket as a folder."""

    def __init__(self, server, bucket, folder):
        self.server, self.bucket = server, bucket
        self.path = folder / "mount"
        self.log = folder / "s3fs.log"
        self.password = folder / "password"
        self.process = None

    def start(self):
        """Mounts and waits until the folder is there."""
        self.path.mkdir(exist_ok=True)
        self.password.write_text(f"{self.server.key.id}:{self.server.key.secret}\n")
        self.password.chmod(0o600)
        options = [
            f"url={self.server.url}",
            "use_path_request_style",
            f"passwd_file={self.password}",
            "multipart_size=5",
            # It tries without the CA of its environment first.
            "retries=3",
            "dbglevel=info",
            f"logfile={self.log}",
        ]
        words = [word for option in options for word in ("-o", option)]
        trust = {"CURL_CA_BUNDLE": str(self.server.ca)} if self.server.ca else {}
        self.process = subprocess.Popen(
            ["s3fs", self.bucket, self.path, "-f", *words],
            env={**clean_environment(), **trust},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        end = time.monotonic() + MOUNT_S
        while not self.path.is_mount():
            if self.process.poll() is not None:
                return self.process.stdout.read()
            if time.monotonic() > end:
                return "it took too long"
            time.sleep(0.05)
        return None

    def stop(self):
        """Unmounts, whatever happened, and ends the process."""
        if self.process is None:
            return
        for options in ("-u", "-uz"):
            if self.path.is_mount():
                subprocess.run([FUSERMOUNT, options, self.path], timeout=30, check=False)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def printed(self):
        """The log."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""


@pytest.fixture
def mount(either, bucket, tmp_path):
    """The bucket, mounted."""
    if impossible := why_not_mounted():
        pytest.skip(impossible)
    mounted = Mount(either, bucket, tmp_path)
    try:
        trouble = mounted.start()
        printed = f"{trouble}\n{mounted.printed()}"
        failures = [line for line in printed.splitlines() if "mount failed" in line]
        if trouble is not None and failures:
            pytest.skip(f"FUSE file systems cannot be mounted here: {failures[0]}")
        assert trouble is None, printed
        yield mounted
    finally:
        mounted.stop()


def test_files_are_written_read_listed_renamed_and_deleted(mount, either, bucket):
    (mount.path / "hello ü.txt").write_text("hello")
    assert get(either, "hello%20%C3%BC.txt", bucket=bucket).body == b"hello"
    (mount.path / "sub/deep").mkdir(parents=True)
    (mount.path / "sub/deep/empty").touch()
    put(either, "from-outside", b"outside", bucket=bucket)
    assert (mount.path / "from-outside").read_bytes() == b"outside"
    assert sorted(path.name for path in mount.path.iterdir()) == ["from-outside", "hello ü.txt", "sub"]
    (mount.path / "hello ü.txt").rename(mount.path / "sub/moved.txt")
    assert not exists(either, "hello%20%C3%BC.txt", bucket)
    assert get(either, "sub/moved.txt", bucket=bucket).body == b"hello"
    with (mount.path / "sub/moved.txt").open("a") as file:
        file.write(" again")
    assert get(either, "sub/moved.txt", bucket=bucket).body == b"hello again"
    (mount.path / "from-outside").unlink()
    assert not exists(either, "from-outside", bucket)
    shutil.rmtree(mount.path / "sub")
    assert keys(either, bucket) == []


def test_a_large_file_goes_up_in_parts_and_comes_back(mount, either, bucket):
    (mount.path / "large").write_bytes(LARGE)
    stored = get(either, "large", bucket=bucket)
    assert stored.body == LARGE and "-" in stored.headers["etag"]
    # Renaming copies on the server, part by part.
    (mount.path / "large").rename(mount.path / "renamed")
    assert get(either, "renamed", bucket=bucket).body == LARGE
    put(either, "other", LARGE, bucket=bucket)
    assert (mount.path / "other").read_bytes() == LARGE


def test_modes_and_times_of_files_are_kept(mount, either, bucket):
    file = mount.path / "script"
    file.write_text("#!/bin/sh\n")
    file.chmod(0o750)
    os.utime(file, (1_000_000_000, 1_000_000_000))
    assert file.stat().st_mode & 0o777 == 0o750
    assert file.stat().st_mtime == 1_000_000_000
    headers = get(either, "script", bucket=bucket).headers
    assert headers["x-amz-meta-mode"] == str(0o100750)
    assert headers["x-amz-meta-mtime"].startswith("1000000000")
