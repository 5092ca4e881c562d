"""Every policy in the guides can be pasted as it stands."""

import json
import re
from pathlib import Path

import pytest

from harness.server import ROOT, countersign


def policies():
    """The JSON blocks of all guides, with where they stand."""
    for page in sorted((ROOT / "docs/guide").glob("*.md")):
        for block in re.finditer(r"```json\n(.*?)```", page.read_text(), re.S):
            if '"Effect"' in block[1]:
                line = page.read_text()[: block.start()].count("\n") + 1
                yield pytest.param(block[1], id=f"{Path(page).name}:{line}")


@pytest.mark.parametrize("text", policies())
def test_a_policy_of_the_guides_is_accepted(text):
    statements = json.loads(text)["Statement"]
    statements = statements if isinstance(statements, list) else [statements]
    principals = {"Principal", "NotPrincipal"} & set(statements[0])
    resources = {"Resource", "NotResource"} & set(statements[0])
    kind = ("bucket" if resources else "trust") if principals else "identity"
    done = countersign("policy", "check", "--kind", kind, "-", stdin=text, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_are_policies_in_the_guides():
    assert len(list(policies())) > 8
