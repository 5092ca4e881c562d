"""Clients that are programs: whether they are there, and running them with nobody's settings."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .server import REGION, clean_environment

AWS = Path(sys.executable).with_name("aws")


def needs(*programs):
    """A mark that skips tests where a program is missing, and says which."""
    missing = [program for program in programs if shutil.which(program) is None]
    reason = f"not installed: {' '.join(missing)}"
    return pytest.mark.skipif(bool(missing), reason=reason)


def run(command, environment=None, check=True, stdin=None, text=True, timeout=120):
    """Runs a program to its end; failing is an error unless it is wanted."""
    done = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=text,
        env={**clean_environment(), **(environment or {})},
        input=stdin,
        timeout=timeout,
        check=False,
    )
    assert not check or done.returncode == 0, (done.stdout, done.stderr)
    return done


def aws_cli(server, folder, settings=""):
    """The AWS CLI with its user's or another key; `settings` are those of `s3` in its configuration."""
    config = folder / "aws-config"
    config.write_text(
        f"[default]\ns3 =\n  signature_version = s3v4\n  addressing_style = path\n{settings}"
    )

    def aws(*arguments, key=None, **options):
        key = key or server.key
        environment = {
            "AWS_CONFIG_FILE": str(config),
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "none"),
            "AWS_ACCESS_KEY_ID": key.id,
            "AWS_SECRET_ACCESS_KEY": key.secret,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": server.url,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
            "AWS_PAGER": "",
        }
        if server.ca:
            environment["AWS_CA_BUNDLE"] = str(server.ca)
        return run([AWS, *arguments], environment, **options)

    return aws
