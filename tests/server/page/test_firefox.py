"""The page in a Firefox: every view, and speech from a microphone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.firefox import Firefox, needs_firefox
from tests.support.page import FIRST, HEARD, PageIn
from tests.support.speech import SPEECH

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.microphone import VirtualMicrophone
    from tests.support.serving import Client

pytestmark = [needs_firefox, pytest.mark.xdist_group("page")]


def test_firefox_shows_every_view_and_hears_a_microphone(
    tmp_path: Path, microphone: VirtualMicrophone, client: Client
) -> None:
    with Firefox(tmp_path, microphone.environment) as browser:
        page = PageIn(browser, client.port).open()
        for view in ("files", "history", "review", "settings", "speak"):
            page.go(view)
            browser.until(f"document.querySelector('.view.{view} h1').checkVisibility()")

        page.until_text(".commits", "feat(http): retry")
        page.click(".chip input[value=text]")
        page.click(".record")
        page.find(".recorder[data-state=speaking]")
        microphone.say_in_background(SPEECH / "cover.flac")
        browser.until("loudest > 0")
        page.until_text(".log", FIRST)
        page.click(".record")
        assert HEARD in page.value(".result textarea")
        assert browser.complaints == []
    (entry, *_) = client.request(path="/api/history?limit=1").json["entries"]
    assert FIRST in entry["text"]
