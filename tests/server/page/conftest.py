"""A browser with a sound file as its microphone, and a service in a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from git_voicenote.config import Settings
from tests.support.browser import Browser
from tests.support.page import WORDS, Page, microphone, spoken_series
from tests.support.serving import Client, serving
from tests.support.unsure import UNSURE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.sandbox import Sandbox


@pytest.fixture(scope="package")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    folder = tmp_path_factory.mktemp("browser")
    with Browser(folder, microphone(folder)) as opened:
        yield opened


@pytest.fixture(scope="package")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """A branch of two commits; the first one has a note, and the series a cover."""
    folder = tmp_path_factory.mktemp("repository")
    return spoken_series(folder / "project", folder / "home")


@pytest.fixture(scope="package")
def client(tmp_path_factory: pytest.TempPathFactory, repository: Sandbox) -> Iterator[Client]:
    """A service in that repository, whose engine hears two sentences and doubts one word."""
    chosen = Settings(engine=UNSURE, vocabulary=False)
    with serving(
        tmp_path_factory.mktemp("service"),
        settings=chosen,
        folder=repository.folder,
        state=repository.folder / ".git/voicenote",
    ) as found:
        found.lines.write_text(WORDS)
        yield found


@pytest.fixture
def page(browser: Browser, client: Client) -> Page:
    return Page(browser, client.port)
