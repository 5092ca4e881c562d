"""Several servers over one database: one URL works on each, as behind a balancer."""

import shutil

from .http import request
from .objects import signed
from .server import BUCKET, Server
from .signer import presign

HOST = "files.example.com"
TRUSTING = 'trusted_proxies = ["127.0.0.0/8"]'


class Nodes:
    """Nodes with a data directory each, the same master key, and the same user."""

    def __init__(self, folder, state_url, count=3, tables=""):
        state = f'[state]\nurl = "{state_url}"\n{tables}'
        self.servers = [Server(folder / f"node{n}", top=TRUSTING, tables=state) for n in range(count)]
        self.first = self.servers[0]

    def start(self):
        """Starts the first, which makes the master key, and then the others with a copy of it."""
        self.first.start()
        for server in self.servers[1:]:
            server.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copy2(self.first.data / "master.key", server.data / "master.key")
            server.start()
        answer = signed(self.first, "PUT", f"{self.first.url}/{BUCKET}", body=b"", key=self.first.root)
        assert answer.status == 200, answer.body
        return self

    def stop(self):
        """Stops those that run."""
        for server in self.servers:
            if server.process is not None:
                server.stop()

    def put(self, key, body):
        """Gives every node its copy of an object."""
        for server in self.servers:
            answer = signed(server, "PUT", server.object_url(key), body=body)
            assert answer.status == 200, answer.body

    def link(self, name, method="GET", when=None, **restrictions):
        """A URL that works on every node."""
        pairs = [f"x-cs-{key.replace('_', '-')}={value}" for key, value in restrictions.items()]
        url = f"http://{HOST}/{BUCKET}/{name}"
        return presign(self.first.key, method, url, query="&".join(pairs), when=when)

    def fetch(self, number, url, client="192.0.2.1", method="GET", body=None, **headers):
        """Asks one node, as a client behind a trusted proxy that ends TLS."""
        server = self.servers[number % len(self.servers)]
        target = url.replace(f"http://{HOST}", server.url, 1)
        forwarded = {"host": HOST, "x-forwarded-for": client, "x-forwarded-proto": "https"}
        return request(method, target, {**forwarded, **headers}, body=body)
