"""The examples `verify` and `sign` of countersign-cloudfront: many questions in, as many answers out."""

import json
import subprocess

from .server import BINARY, ROOT

EXAMPLES = BINARY.parent / "examples"
VECTORS = ROOT / "vectors/cloudfront"
KEY_PAIR_ID = "K2JCJMDEHXQW5F"


def pem(name):
    """A key of the vectors, such as `rsa2048.private`."""
    return (VECTORS / f"{name}.pem").read_text()


def verify(requests):
    """The verdicts upon these requests, each a dictionary as `examples/verify.rs` has it."""
    return _ask("verify", requests)


def sign(orders):
    """What is signed for these orders, each a dictionary as `examples/sign.rs` has it."""
    return _ask("sign", orders)


def _ask(example, questions):
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    ran = subprocess.run(
        [EXAMPLES / example], input=lines, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(answers) == len(questions)
    return answers
