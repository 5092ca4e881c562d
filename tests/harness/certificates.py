"""A certificate authority for one test run."""

from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass
class Tls:
    """Files for a server, and the CA that its clients trust."""

    certificate: Path
    key: Path
    ca: Path


def write_certificate(authority, tls):
    """Issues a new certificate for loopback and writes it, certificate before key."""
    leaf = authority.issue_cert("localhost", "127.0.0.1")
    chain = b"".join(pem.bytes() for pem in leaf.cert_chain_pems)
    for path, content in ((tls.certificate, chain), (tls.key, leaf.private_key_pem.bytes())):
        fresh = path.with_suffix(".new")
        fresh.write_bytes(content)
        fresh.chmod(0o600)
        fresh.replace(path)


def make_tls(folder):
    """A new authority and its first certificate."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    authority = trustme.CA()
    tls = Tls(folder / "certificate.pem", folder / "key.pem", folder / "ca.pem")
    authority.cert_pem.write_to_path(str(tls.ca))
    write_certificate(authority, tls)
    return authority, tls
