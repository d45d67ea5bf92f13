"""Speaking into the page: from the microphone of the browser to a note in the repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.browser import needs_browser
from tests.support.page import FIRST, HEARD, HOSTILE, Page, Wire
from tests.support.serving import TOKEN

if TYPE_CHECKING:
    from tests.support.browser import Browser
    from tests.support.sandbox import Sandbox
    from tests.support.serving import Client

pytestmark = [needs_browser, pytest.mark.xdist_group("page")]


def note_of(repository: Sandbox, revision: str) -> str:
    return repository.git("notes", "--ref=voicenote", "show", revision)


def test_a_commit_is_explained_and_the_note_is_added_to(page: Page, repository: Sandbox) -> None:
    browser = page.open().browser
    assert browser.run("location.href").endswith(f":{page.port}/#/speak")
    assert TOKEN not in browser.run(
        "location.href + document.cookie + JSON.stringify(localStorage)"
    )
    page.until_text(".commits", f"test: {HOSTILE}")

    # the key starts it, the text grows, Enter stops it
    page.focus("h1")
    browser.press("r")
    browser.until("partials.some((one) => one.startsWith('the retries'))")
    browser.until("tentative.some((one) => one)")
    standing, tentative = browser.run(
        "['.partial', '.tentative'].map((one) => getComputedStyle(document.querySelector(one)))"
        ".map((one) => [one.fontStyle, one.color])"
    )
    assert (standing[0], tentative[0]) == ("normal", "italic")
    assert standing[1] != tentative[1]
    browser.until("loudest > 0")
    page.until_text(".log", FIRST)
    assert browser.run("document.querySelector('.record').ariaPressed") == "true"
    page.focus("h1")
    browser.press("Enter")
    page.find(".result textarea")
    assert HEARD in page.value(".result textarea")

    # the doubtful word is marked, and plays; it is doubtful no more when it was written over
    assert page.text(".below mark") == "transfer"
    page.click(".doubts button")
    browser.until("!document.querySelector('.result audio').paused")
    assert browser.run("document.querySelector('.result textarea').selectionEnd") > 0
    browser.type("transport")
    browser.until("!document.querySelector('.below mark')")

    page.click(".result button", "Save as a note")
    page.until_text(".result .done", "saved")
    note = note_of(repository, "HEAD")
    assert note.startswith("The retries are now in the transport <b>layer</b>.")
    assert "Voicenote-Recording: " in note
    assert "Voicenote-Engine: unsure" in note

    # there is a note now: the page asks what becomes of it
    page.write(".result textarea", "And one thing more.")
    page.click(".record")  # what is not saved is not thrown away without a question
    page.until_text("dialog", "not saved")
    page.click("dialog button", "Cancel")
    assert page.value(".result textarea") == "And one thing more."
    page.click(".result button", "Save as a note")
    page.until_text("dialog", "transport <b>layer</b>")
    page.click("dialog button", "Append")
    page.until_text(".result .done", "saved")
    page.until_text(".commits", "has a note")
    note = note_of(repository, "HEAD")
    assert "transport <b>layer</b>." in note
    assert "And one thing more." in note
    assert browser.run("document.title") == "Speak · git voicenote"
    assert browser.complaints == []


_SPEAKS_AT_LENGTH = """
import("/static/parts/recorder.js").then(({ Recorder }) => {
  const recorder = new Recorder({});
  const { words } = recorder;
  document.body.append(words);
  words.style.maxHeight = "5rem";
  for (let number = 0; number < 9; number += 1) recorder.add({ text: "every caller waits" });
  recorder.showPartial("the same", "way");
  const last = words.scrollHeight - words.clientHeight;
  const seen = [last > 0, Math.round(last - words.scrollTop)];
  words.scrollTop = 0;
  recorder.showPartial("the same way", "as before");
  seen.push(words.scrollTop);
  words.remove();
  recorder.dispose();
  return seen;
})
"""


def test_the_latest_words_stay_in_sight_unless_one_scrolls_back(page: Page) -> None:
    assert page.open().browser.run(_SPEAKS_AT_LENGTH) == [True, 0, 0]


def test_the_cover_of_the_branch_is_spoken(page: Page, repository: Sandbox) -> None:
    page.open()
    page.click(".chip input[value=cover]")
    page.until_text(".targets", "already has a cover note")
    page.speak(FIRST)
    page.click(".result button", "Save as a note")
    page.click("dialog button", "Replace")
    page.until_text(".result .done", "Cover note saved.")
    cover = repository.git("show", "refs/voicenote/cover/topic:cover")
    assert cover.startswith(HEARD)


def test_a_connection_that_breaks_loses_no_sound(browser: Browser, client: Client) -> None:
    wire = Wire(client.port)
    try:
        page = Page(browser, wire.port).open()
        page.click(".chip input[value=text]")
        page.click(".record")
        page.until_text(".live", "the retries")
        wire.cut()
        page.find(".recorder[data-state=lost]")
        page.until_text(".phase", "Keep speaking")
        wire.mend()
        page.find(".recorder[data-state=speaking]")
        page.until_text(".log", FIRST)
        page.click(".record")
        page.find(".result textarea")
        spoken = page.text(".time")
        assert browser.run("document.querySelector('.notices').textContent") == ""
        (entry, *_) = client.request(path="/api/history?limit=1").json["entries"]
        minutes, seconds = spoken.split(":")
        # the last blocks come between what the clock shows and the end
        assert entry["duration"] == pytest.approx(int(minutes) * 60 + int(seconds), abs=1.2)
        page.click(".result button", "Save")
        page.until_text(".result .done", "Saved in the history.")
    finally:
        wire.close()


def test_a_dictation_is_cancelled_after_a_question(page: Page) -> None:
    page.open()
    page.click(".record")
    page.find(".recorder[data-state=speaking]")
    page.browser.press("Escape")
    page.click("dialog button", "Stop without transcribing")
    page.find(".recorder[data-state=done]")
    assert not page.browser.run("document.querySelector('.result').checkVisibility()")
    assert page.browser.run("document.querySelector('.record').ariaPressed") == "false"


def test_a_page_without_its_token_asks_for_the_link(page: Page) -> None:
    browser = page.browser
    browser.visit(f"http://127.0.0.1:{page.port}/")
    browser.run("sessionStorage.clear(), location.reload()")
    page.find(".token input")
    assert "token is missing" in page.text(".token [role=alert]")
    page.write(".token input", f"http://127.0.0.1:{page.port}/#token={TOKEN}")
    browser.press("Enter")
    page.find("#top nav a", "History")

    # a new link in the same tab is taken, too
    browser.run("sessionStorage.clear()")
    browser.visit(f"http://127.0.0.1:{page.port}/#token={TOKEN}")
    browser.until(f"sessionStorage.getItem('voicenote.token') === '{TOKEN}'")
    browser.until("document.querySelector('#top nav a')")
    assert TOKEN not in browser.run("location.href")


def test_everything_is_reached_by_the_keyboard(page: Page) -> None:
    browser = page.open().browser
    page.focus("#skip")
    assert page.text("#skip:focus") == "Skip to content"
    reached: list[str] = []
    for _ in range(40):
        browser.press("Tab")
        reached.append(
            browser.run(
                "document.activeElement.textContent.trim() || document.activeElement.type"
                " || document.activeElement.value"
            )
        )
        if reached[-1] == "Speak" and len(reached) > 3:
            break
    assert [one for one in reached if one in ("Files", "History", "Review", "Settings")]
    assert reached[-1] == "Speak"
    browser.press(" ")
    page.find(".recorder[data-state=speaking]")
    page.until_text(".log", FIRST)
    browser.press(" ")
    page.find(".result textarea:focus")

    # who leaves without saving is asked
    before = browser.questions
    browser.visit("about:blank")
    assert browser.questions == before + 1
