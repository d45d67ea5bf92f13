"""Markup in everything that the page shows: what was said, and what others wrote into commits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from git_voicenote.config import Settings
from tests.support.browser import Browser, needs_browser
from tests.support.dictating import dictating, pcm_of
from tests.support.engines import SCRIPTED
from tests.support.sandbox import Sandbox
from tests.support.serving import BOUNDARY, FORM_TYPE, RENAME, TOKEN, Client, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [needs_browser, pytest.mark.xdist_group("page texts")]

MARKUP = "<img src=x onerror=owned=1><script>owned=1</script>"
BUTTONS = "[...document.querySelectorAll('main button')].filter(one => one.innerText === 'Show')"
JAVASCRIPT = "javascript:owned=1"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A service in a repository of an attacker, with words that are an attack."""
    folder = tmp_path_factory.mktemp("work")
    made = Sandbox(folder, home=folder)
    made.git("init", "--quiet", "--initial-branch=main")
    made.commit("begin", {"README": "hello\n"})
    made.git("checkout", "--quiet", "-b", "<b>owned")
    made.commit(f"fix: {MARKUP}\n\n{JAVASCRIPT} {MARKUP}", {"<i>owned.c": f"{MARKUP}\n"})
    made.git("notes", "--ref=voicenote", "add", "-m", f"The note {MARKUP}")
    state = folder / ".git/voicenote"
    settings = Settings(engine=SCRIPTED, vocabulary=False)
    with serving(folder, settings=settings, state=state) as found:
        found.lines.write_text(f"we said {MARKUP}\nand {MARKUP} !! it failed {MARKUP}\n")
        _dictate(found)
        _upload(found)
        yield found


def _dictate(client: Client) -> None:
    sound = pcm_of(RENAME)
    with dictating(client.host) as page:
        page.open(target={"kind": "commit", "commit": "HEAD"})
        page.play(sound)
        page.stop(len(sound) // 2)


def _upload(client: Client) -> None:
    name = f"{MARKUP.replace('/', '')}.flac"
    disposition = f'form-data; name="file"; filename="{name}"'
    head = f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n\r\n"
    body = head.encode() + RENAME.read_bytes() + f"\r\n--{BOUNDARY}--\r\n".encode()
    assert client.request("POST", "/api/jobs", body, {"Content-Type": FORM_TYPE}).status == 201


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory, client: Client) -> Iterator[Browser]:
    with Browser(tmp_path_factory.mktemp("browser")) as found:
        found.visit(f"http://{client.host}/#token={TOKEN}")
        yield found


@pytest.mark.parametrize("view", ["speak", "files", "history", "review"])
def test_markup_is_shown_as_text(browser: Browser, view: str) -> None:
    browser.complaints.clear()
    browser.run(f"location.hash = '#/{view}'")
    if view == "files":
        browser.until(f"{BUTTONS}.length")
        browser.run(f"{BUTTONS}[0].click()")
    browser.until(f"document.querySelector('main').innerText.includes({MARKUP!r})")
    assert browser.run("typeof owned") == "undefined"
    assert browser.run("document.querySelectorAll('main img, main script, [onerror]').length") == 0
    links = "[...document.querySelectorAll('[href]')].filter(one => one.href.startsWith('java'))"
    assert browser.run(f"{links}.length") == 0
    # the policy would have stopped it, and told: nothing was there to stop
    assert browser.complaints == []


def test_the_token_is_not_left_in_the_address(browser: Browser) -> None:
    assert TOKEN not in str(browser.run("location.href"))
    assert TOKEN not in str(browser.run("JSON.stringify(history.state) + document.cookie"))
    assert TOKEN not in str(browser.run("JSON.stringify(localStorage)"))
    asked = [one for one in browser.requests if TOKEN in one.partition("#")[0]]
    assert asked == []
