"""What the documents name is there."""

from __future__ import annotations

import re

import pytest

from tests.support.sandbox import CHECKOUT

SECURITY = (CHECKOUT / "docs/security.md").read_text()
NAMED = re.findall(r"`((?:tests|benchmarks)/[\w/.]+|\w+\.py)`", SECURITY)


@pytest.mark.parametrize("name", sorted(set(NAMED)))
def test_what_shows_that_a_promise_is_kept_is_there(name: str) -> None:
    places = ("", "tests/integration", "benchmarks/attack")
    assert any((CHECKOUT / place / name).exists() for place in places)
