"""Runs a guide as it stands: what a reader would type, in an empty directory, and what they should see.

In a guide, in order,

- a block after a line that is a file's name, "`links.json`:", is that file;
- a block of `sh` is typed into one shell; if it starts a server (`countersign serve`, `python app.py`, `node server.js`), that runs
  in another terminal until the end;
- a block of `text` is what the block before it shows; `…` stands for anything;
- `AKIA…  # of NAME, as printed` and the line of the secret below are filled in from what was printed before.

The rest is for reading. Addresses are replaced, so that guides can run beside each other.
"""

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

from .server import BINARY, ROOT, clean_environment, free_address

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.S | re.M)
NAMED = re.compile(r"(?:^|\n)`([\w./-]+)`:\s*$")
SERVERS = ("countersign serve", "python app.py", "node server.js")
PRINTED = re.compile(r"(?:Key of|user) (\S+?)[,.:]?(?:\s.*)?$")
MARK = "---- done"
PATIENCE_S = 60


@dataclass
class Block:
    """One block of a guide."""

    kind: str
    text: str
    line: int
    file: str = None
    shown: str = None


def blocks(page):
    """The blocks of a page that are done, each with what it shows."""
    text = (ROOT / "docs/guide" / page).read_text()
    found = []
    for match in BLOCK.finditer(text):
        kind, body = match.groups()
        named = NAMED.search(text[: match.start()].rstrip())
        line = text[: match.start()].count("\n") + 1
        if kind == "text":
            assert found[-1].kind == "sh", f"{page}:{line} shows what nothing did"
            found[-1].shown = body
        elif named or kind == "sh":
            found.append(Block(kind, body, line, file=named and named[1]))
    return found


class Reader:
    """Somebody who follows a guide."""

    def __init__(self, folder, page, replaced=None, environment=None):
        self.folder = Path(folder)
        self.page = page
        self.replaced = {
            "127.0.0.1:9000": free_address(),
            "127.0.0.1:9001": free_address(),
            "127.0.0.1:8000": free_address(),
            "~/countersign": str(ROOT),
            **(replaced or {}),
        }
        self.environment = {
            **clean_environment(),
            "HOME": str(self.folder),
            "PATH": os.pathsep.join([str(self.programs()), str(Path(sys.executable).parent), os.environ["PATH"]]),
            "COUNTERSIGN_LISTEN": self.replaced["127.0.0.1:9000"],
            "COUNTERSIGN_ADMIN_LISTEN": self.replaced["127.0.0.1:9001"],
            "APP_LISTEN": self.replaced["127.0.0.1:8000"],
            "COUNTERSIGN_ISSUER": f"http://{self.replaced['127.0.0.1:9001']}",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_PAGER": "",
            "NO_COLOR": "1",
            **(environment or {}),
        }
        self.keys = {}
        self.others = []
        self.screen, self.screens = "", None
        self.lines = Queue()
        self.shell = self.start("exec 2>&1; cd " + str(self.folder), self.lines)

    def programs(self):
        """A folder with the binary in it, under the name that it is installed by."""
        folder = self.folder / ".programs"
        folder.mkdir(exist_ok=True)
        (folder / "countersign").symlink_to(Path(BINARY).resolve())
        return folder

    def start(self, first, lines):
        """A shell whose output goes to a queue."""
        shell = subprocess.Popen(
            ["bash"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self.environment,
            cwd=self.folder,
            text=True,
        )
        shell.stdin.write(first + "\n")
        shell.stdin.flush()

        def read():
            for line in shell.stdout:
                lines.put(line)
            lines.put(None)

        reader = Thread(target=read, daemon=True)
        reader.start()
        shell.reader = reader
        return shell

    def follow(self):
        """Does all that the page says."""
        for block in blocks(self.page):
            text = self.told(block.text)
            if block.file:
                self.write(block)
            elif text.startswith(SERVERS):
                self.serve(text)
            else:
                self.type(block, text)

    def write(self, block):
        """Writes the file that a block is."""
        path = self.folder / block.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.told(block.text))

    def told(self, text):
        """A text as this reader must type it."""
        for old, new in self.replaced.items():
            text = text.replace(old, new)
        owner = re.search(r"# of (\S+), as printed", text)
        if owner:
            key_id, secret = self.key_of(owner[1])
            text = text.replace("AKIA…", key_id, 1).replace("SECRET_ACCESS_KEY=…", f"SECRET_ACCESS_KEY={secret}", 1)
        return text

    def key_of(self, owner):
        """The key of somebody, as it was printed, or will be by the server that was started last."""
        while owner not in self.keys:
            self.screen += self.next_line(self.screens, f"the key of {owner}")
            self.remember(self.screen)
        return self.keys[owner]

    def serve(self, text):
        """Runs a server in another terminal, with what the shell has exported, and waits until it says something."""
        exported = self.run("export -p")[0]
        lines = Queue()
        shell = self.start(f"{exported}\nexec {text.strip()}", lines)
        self.others.append(shell)
        self.screen = self.next_line(lines, text)
        self.screens = lines

    def stop_serving(self, owner):
        """Ends the server that was started last, once it has told the key of somebody."""
        self.key_of(owner)
        end(self.others.pop())

    def type(self, block, text):
        """Types a block and looks at what it shows."""
        printed, status = self.run(text)
        self.remember(printed)
        where = f"{self.page}:{block.line}"
        if block.shown is None:
            assert status == 0, f"{where} fails with {status}:\n{printed}\n{self.log()}"
        else:
            wanted = pattern(self.told(block.shown))
            shown = f"{where} shows\n{printed}\ninstead of\n{block.shown}"
            assert re.fullmatch(wanted, printed.strip(), re.S), f"{shown}\n{self.log()}"

    def log(self):
        """What the server that was started last has printed since."""
        lines = []
        while self.screens and not self.screens.empty():
            lines.append(self.screens.get() or "")
        return "".join(lines)

    def run(self, text):
        """Runs a text in the shell; gives what it prints and the status of its last command."""
        self.shell.stdin.write(f"{text.rstrip()}\nstatus=$?; echo; echo '{MARK}' $status\n")
        self.shell.stdin.flush()
        printed = ""
        while True:
            line = self.next_line(self.lines, text)
            if line.startswith(MARK):
                return printed.removesuffix("\n"), int(line.removeprefix(MARK))
            printed += line

    def next_line(self, lines, text):
        """The next line, which must come."""
        try:
            line = lines.get(timeout=PATIENCE_S)
        except Empty:
            raise AssertionError(f"{self.page}: nothing comes from\n{text}") from None
        assert line is not None, f"{self.page}: it ended:\n{text}\n{self.screen}"
        return line

    def remember(self, printed):
        """Notes the keys in an output, by whose they are."""
        owner = key_id = None
        for line in printed.splitlines():
            if found := PRINTED.search(line):
                owner = found[1]
            if found := re.search(r"AWS_ACCESS_KEY_ID=(\S+)", line):
                key_id = found[1]
            if found := re.search(r"AWS_SECRET_ACCESS_KEY=(\S+)", line):
                self.keys[owner] = (key_id, found[1])

    def close(self):
        """Ends the shell and everything that runs in other terminals."""
        for shell in [*self.others, self.shell]:
            end(shell)


def end(shell):
    """Ends what runs in a terminal, and closes it."""
    shell.terminate()
    shell.stdin.close()
    shell.wait(PATIENCE_S)
    shell.reader.join(PATIENCE_S)
    shell.stdout.close()


def pattern(shown):
    """A regular expression for what a guide shows."""
    return ".*?".join(re.escape(piece) for piece in shown.strip().split("…"))


@contextmanager
def reader_of(page, folder, **options):
    """A reader of a guide, in an empty folder."""
    reader = Reader(folder, page, **options)
    try:
        yield reader
    finally:
        reader.close()
