"""The real binary, `countersign serve`, in a directory of its own on free loopback ports."""

import json
import os
import signal
import socket
import subprocess
import threading
from pathlib import Path

from .signer import Key

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("COUNTERSIGN_BINARY", ROOT / "target/debug/countersign"))
REGION = "us-east-1"
BUCKET = "examplebucket"
START_S = 30
STOP_S = 15


class Server:
    """A server that can be started, stopped, killed and started again over the same data."""

    def __init__(
        self,
        folder,
        profile="safe",
        tls=None,
        top="",
        tables="",
        key=None,
        listen="127.0.0.1:0",
        public_url=None,
    ):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.profile = profile
        self.tls = tls
        self.top = top
        self.tables = tables
        self.listen = listen
        self.public_url = public_url
        self.key = key or Key("AKIATESTUSER00000001", "only-for-tests/+secret00000000000000000A")
        self.root = None
        self.process = None
        self.printed = []
        self.url = None
        self.admin_url = None
        self.readers = []

    @property
    def config(self):
        """The configuration file."""
        return self.folder / "countersign.toml"

    @property
    def data(self):
        """The data directory."""
        return self.folder / "data"

    @property
    def host(self):
        """Host and port, as they stand in URLs."""
        return self.url.partition("://")[2]

    @property
    def ca(self):
        """The CA file to trust, or nothing."""
        return self.tls.ca if self.tls else None

    def object_url(self, key, bucket=BUCKET):
        """The URL of an object; `key` is encoded already."""
        return f"{self.url}/{bucket}/{key}"

    def write_config(self):
        """Writes configuration and secret."""
        secret = self.folder / "secret"
        secret.write_text(self.key.secret + "\n")
        secret.chmod(0o600)
        tls = ""
        if self.public_url:
            # The server then says only how others know it, so its port must be known before.
            self.listen = free_address()
            self.top += f'public_url = "{self.public_url}"\n'
        if self.tls:
            tls = f'tls_cert = "{self.tls.certificate}"\ntls_key = "{self.tls.key}"\n'
        log = "" if "[log]" in self.tables else '[log]\nlevel = "debug"\n'
        self.config.write_text(
            f'data_dir = "{self.data}"\nlisten = "{self.listen}"\nadmin_listen = "127.0.0.1:0"\n'
            f'region = "{REGION}"\nprofile = "{self.profile}"\nworkers = 2\n{tls}{self.top}\n'
            f'{self.tables}\n{log}\n[[user]]\nname = "tester"\n'
            f'access_key_id = "{self.key.id}"\nsecret_access_key_file = "secret"\n'
        )

    def start(self, environment=None):
        """Starts the server and waits until it has said where it is."""
        self.write_config()
        self.process = subprocess.Popen(
            [BINARY, "--json", "serve", "--config", self.config],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**clean_environment(), **(environment or {})},
            cwd=self.folder,
        )
        started = self.read_report()
        self.readers = [
            threading.Thread(target=self.drain, args=(stream,), daemon=True)
            for stream in (self.process.stdout, self.process.stderr)
        ]
        for reader in self.readers:
            reader.start()
        self.url = f"http://{self.listen}" if self.public_url else started["s3_url"].rstrip("/")
        self.admin_url = started["admin_url"].rstrip("/")
        if started.get("root_key"):
            root = started["root_key"]
            self.root = Key(root["access_key_id"], root["secret_access_key"])
        return self

    def read_report(self):
        """Reads the JSON that says that the server is up."""
        watchdog = threading.Timer(START_S, self.process.kill)
        watchdog.start()
        text = b""
        try:
            for line in self.process.stdout:
                text += line
                try:
                    return json.loads(text)
                except json.JSONDecodeError:
                    continue
        finally:
            watchdog.cancel()
        complaint = self.process.stderr.read().decode()
        raise RuntimeError(f"the server did not start: {complaint or text.decode()}")

    def drain(self, stream):
        """Keeps what the server prints, so that it never blocks on a full pipe."""
        for line in stream:
            self.printed.append(line)

    def output(self):
        """All that was printed after the report."""
        return b"".join(self.printed)

    def stop(self):
        """Asks the server to stop, and gives its exit code."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            self.forget()

    def kill(self):
        """Ends the server with no chance to say goodbye."""
        self.process.kill()
        self.process.wait()
        self.forget()

    def forget(self):
        """Closes what belongs to the process that is gone."""
        for reader in self.readers:
            reader.join(5)
        self.process.stdout.close()
        self.process.stderr.close()
        self.process = None


def free_address():
    """An address on loopback with a port that is free at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def clean_environment():
    """The environment without settings of the person who runs the tests."""
    kept = {"PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH"}
    return {name: value for name, value in os.environ.items() if name in kept}


def countersign(*arguments, environment=None, check=True, stdin=None):
    """Runs another command of the binary."""
    return subprocess.run(
        [BINARY, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=check,
        input=stdin,
        env={**clean_environment(), **(environment or {})},
    )
