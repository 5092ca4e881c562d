"""A PostgreSQL server of the machine's own binaries, in a directory of its own on a free loopback port.

It can be stopped, killed and started again, copied to a replica that commits wait for, and the replica can
be promoted. Run as root it is run as the user `postgres` or `nobody`, because it refuses to be root.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

START_S = 60
STOP_S = 30
USER = "app"
BINARIES = Path("/usr/lib/postgresql")
# Set where PostgreSQL cannot be installed, so that a run says what it leaves out instead of failing.
WITHOUT = "COUNTERSIGN_WITHOUT_POSTGRES"


def is_left_out():
    """Whether there is no PostgreSQL, and this run was told to do without."""
    return bool(os.environ.get(WITHOUT)) and not any(BINARIES.glob("*/bin/initdb"))


def binaries():
    """The folder of PostgreSQL's programs, of the newest version that is there."""
    found = [path.parent for path in BINARIES.glob("*/bin/initdb")]
    if not found:
        raise RuntimeError(f"PostgreSQL is not in {BINARIES}; install the package `postgresql`")
    return max(found, key=lambda path: int(path.parent.name))


class Postgres:
    """A server. `replica_of` makes it a copy of another that goes on following it."""

    def __init__(self, settings=(), replica_of=None):
        # Not among pytest's folders, which are for their owner alone.
        self.folder = Path(tempfile.mkdtemp(prefix="countersign-postgres-"))
        self.settings = list(settings)
        self.bin = binaries()
        self.port = None
        self.process = None
        account = run_as()
        if account is not None:
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        if replica_of is None:
            self.program(
                "initdb",
                "--auth=trust",
                f"--username={USER}",
                "--encoding=UTF8",
                "--locale=C",
                "--pgdata",
                self.data,
            )
        else:
            self.copy(replica_of)

    @property
    def data(self):
        """The data directory of the server."""
        return self.folder / "data"

    def url(self, database="postgres", *others):
        """The URL of a database, on this server or whichever of the others takes writes."""
        hosts = ",".join(f"127.0.0.1:{server.port}" for server in (self, *others))
        return f"postgres://{USER}@{hosts}/{database}"

    def start(self):
        """Starts the server, and waits until it answers."""
        if self.port is None:
            self.port = free_port()
        log = open(self.folder / "log", "ab")
        arguments = ["-D", self.data, "-p", str(self.port), "-c", "listen_addresses=127.0.0.1"]
        arguments += ["-c", f"unix_socket_directories={self.folder}"]
        for setting in self.settings:
            arguments += ["-c", setting]
        with log:
            self.process = subprocess.Popen(
                self.command("postgres", *arguments), stdout=log, stderr=log, cwd=self.folder
            )
        deadline = time.monotonic() + START_S
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()}")
            time.sleep(0.05)
        return self

    def answers(self):
        """Whether the server takes connections."""
        asked = [self.bin / "pg_isready", "--quiet", "--host=127.0.0.1", f"--port={self.port}"]
        return subprocess.run(asked, check=False).returncode == 0

    def stop(self):
        """Stops the server without waiting for its clients."""
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self.kill()
            self.process = None

    def kill(self):
        """Ends the server and all that belongs to it, as when its machine loses power."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        self.process = None
        # Those who serve find out by themselves, later; nobody is to serve a moment longer.
        while left := self.workers():
            for process in left:
                end(process)

    def workers(self):
        """The processes that work in the data directory, which is where all of them are."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and os.readlink(entry / "cwd") == str(self.data):
                    found.append(int(entry.name))
            except OSError:
                continue
        return found

    def remove(self):
        """Stops the server and forgets what it knew."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def create_database(self, name):
        """Makes an empty database."""
        self.execute(f"CREATE DATABASE {name}")

    def execute(self, sql, database="postgres"):
        """Executes SQL, and gives what it printed."""
        arguments = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]
        arguments += ["--host=127.0.0.1", f"--port={self.port}", f"--username={USER}"]
        arguments += [f"--dbname={database}", f"--command={sql}"]
        done = subprocess.run(
            [self.bin / "psql", *arguments], capture_output=True, text=True, timeout=60, check=True
        )
        return done.stdout.strip()

    def replica(self):
        """A running copy that follows this server, and that every commit waits for from now on."""
        copy = Postgres(replica_of=self).start()
        self.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.execute("SELECT pg_reload_conf()")
        wait_for(lambda: self.execute("SELECT sync_state FROM pg_stat_replication") == "sync")
        return copy

    def promote(self):
        """Makes a replica take writes, alone from now on."""
        self.execute("SELECT pg_promote(true, 60)")
        self.execute("ALTER SYSTEM RESET synchronous_standby_names")
        self.execute("SELECT pg_reload_conf()")
        wait_for(lambda: self.execute("SHOW synchronous_standby_names") == "")

    def copy(self, primary):
        """Copies another server's data, as it is at this moment."""
        self.program(
            "pg_basebackup",
            "--host=127.0.0.1",
            f"--port={primary.port}",
            f"--username={USER}",
            "--pgdata",
            self.data,
            "--checkpoint=fast",
            "--wal-method=stream",
            "--write-recovery-conf",
        )

    def program(self, name, *arguments):
        """Runs one of PostgreSQL's programs to its end."""
        done = subprocess.run(
            self.command(name, *arguments), capture_output=True, text=True, timeout=120, cwd=self.folder
        )
        if done.returncode != 0:
            raise RuntimeError(f"{name}: {done.stderr}")

    def command(self, program, *arguments):
        """The command line of a program, as somebody who may run it, ended when these tests are."""
        account = run_as()
        as_whom = []
        if account is not None:
            as_whom = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        return ["setpriv", *as_whom, "--pdeathsig", "QUIT", self.bin / program, *map(str, arguments)]


def run_as():
    """The account that runs servers, if these tests run as root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def end(process):
    """Kills one process of a server, if it is still there."""
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        pass


def wait_for(condition):
    """Waits until something holds that will hold soon."""
    deadline = time.monotonic() + START_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("it never came true")
        time.sleep(0.05)


def free_port():
    """A port that is free at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
