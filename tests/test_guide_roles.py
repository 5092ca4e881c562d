"""The commands of the guide about roles, run as they stand, from an empty directory."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.objects import make_bucket
from harness.server import BINARY, ROOT, clean_environment

PAGE = ROOT / "docs/guide/roles.md"


@pytest.mark.skipif(shutil.which("jq") is None, reason="not installed: jq")
def test_the_guide_of_roles_runs_as_it_stands(fresh, tmp_path):
    server = fresh(bucket=False)
    make_bucket(server, "releases")
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.S)
    assert len(blocks) >= 5
    script = "set -eu\n" + "".join(blocks)
    script = script.replace("http://127.0.0.1:9000", server.url).replace(
        "http://127.0.0.1:9001", server.admin_url
    )
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "countersign").symlink_to(Path(BINARY).resolve())
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        env={
            **clean_environment(),
            "PATH": f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "AWS_ACCESS_KEY_ID": server.root.id,
            "AWS_SECRET_ACCESS_KEY": server.root.secret,
            "AWS_CONFIG_FILE": str(tmp_path / "none"),
            "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
        },
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "assumed-role/release/build-7" in done.stdout
    assert "X-Amz-Security-Token=" in done.stdout.splitlines()[-1]
