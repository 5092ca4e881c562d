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


def links():
    """The links of all documents that lead to a file, with where they stand."""
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")]
    for page in sorted(pages):
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text()):
            yield page, target


def test_every_link_of_a_document_leads_somewhere():
    assert [(page.name, target) for page, target in links() if not (page.parent / target).exists()] == []


def test_every_guide_can_be_found_from_the_readme():
    found, new = set(), {ROOT / "README.md"}
    while new:
        page = new.pop()
        found.add(page)
        leads_to = {(page.parent / target).resolve() for of, target in links() if of == page}
        new |= {other for other in leads_to if other.suffix == ".md"} - found
    assert set((ROOT / "docs/guide").glob("*.md")) - found == set()
