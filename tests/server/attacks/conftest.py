"""A service that is attacked, and what the attacks have in common."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support.serving import Client, serving

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A service with the scripted engine."""
    with serving(tmp_path_factory.mktemp("service")) as found:
        yield found


def answered(client: Client) -> dict[tuple[str, int], int]:
    """Count the requests that the service has answered, by path and status."""
    page = client.request(path="/metrics").body.decode()
    return {
        (found[1], int(found[2])): int(found[3])
        for found in re.finditer(
            r'^voicenote_requests_total\{path="([^"]*)",status="(\d+)"\} (\d+)$', page, re.MULTILINE
        )
    }


def since(before: dict[tuple[str, int], int], client: Client) -> dict[tuple[str, int], int]:
    """Count the requests since then, without those for the counts themselves."""
    counts = {key: count - before.get(key, 0) for key, count in answered(client).items()}
    return {key: count for key, count in counts.items() if count and key[0] != "/metrics"}
