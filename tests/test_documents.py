"""What the documents name is there."""

from __future__ import annotations

import re

import pytest

from git_voicenote import __version__
from tests.support.sandbox import CHECKOUT, Sandbox

SECURITY = (CHECKOUT / "docs/security.md").read_text()
NAMED = re.findall(r"`((?:tests|benchmarks)/[\w/.]+|\w+\.py)`", SECURITY)


@pytest.mark.parametrize("name", sorted(set(NAMED)))
def test_what_shows_that_a_promise_is_kept_is_there(name: str) -> None:
    places = ("", "tests/integration", "benchmarks/attack")
    assert any((CHECKOUT / place / name).exists() for place in places)


def test_chinese_speech_becomes_what_the_document_says(sandbox: Sandbox) -> None:
    table = (CHECKOUT / "docs/nano.md").read_text().partition("| said | written |\n|---|---|\n")[2]
    rows = [line.strip("| ").split(" | ") for line in table.partition("\n\n")[0].splitlines()]
    said = "".join(f"{row[0]}\n" for row in rows)

    written = sandbox.voicenote("text", "--language", "zh", stdin=said.encode()).stdout.decode()

    assert written.splitlines() == [row[1] for row in rows]


def test_the_newest_release_is_this_version() -> None:
    headings = re.findall(r"^## (.*)$", (CHECKOUT / "CHANGELOG.md").read_text(), re.MULTILINE)
    releases = [heading for heading in headings if heading != "Unreleased"]
    version, date = releases[0].split(" - ")

    assert version == __version__
    assert f'1 "{date}"' in (CHECKOUT / "man/man1/git-voicenote.1").read_text()
    assert version.rpartition(".")[0] in (CHECKOUT / "docs/upgrading.md").read_text()
