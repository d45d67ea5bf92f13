"""The page of a series, in a real browser."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from git_voicenote.datatypes import Note, Segment
from git_voicenote.notes.format import render_note
from tests.support.browser import Browser, needs_browser
from tests.support.review import RECORDING, page_of, remember_recording
from tests.support.series import make_branch, write_cover

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

HOSTILE = (
    "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    "<a href='javascript:1'>x</a> &amp; {{ 7*7 }} \u202egnp.exe\u202c"
)
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')


@pytest.fixture
def series(repo: Sandbox) -> Sandbox:
    """Three commits: one explained by a recording of 2 s, one by a stranger, one not at all."""
    spoken = Note("Retry moved. It is in the transport.", (RECORDING,), "moonshine", "en", 2.0)
    make_branch(
        repo,
        ("feat: retry\n\nWhy.\n", f"feat: {HOSTILE}\n\n{HOSTILE}\n", "test: x\n"),
        (render_note(spoken), HOSTILE, None),
    )
    write_cover(repo, "Move retries. The old loop lived in the client.")
    segments = (Segment(0.0, 0.9, "Retry moved."), Segment(1.0, 2.0, "It is in the transport."))
    remember_recording(repo, 2.0, segments)
    return repo


def test_the_page_is_whole_and_escaped(series: Sandbox) -> None:
    text = page_of(series, "topic").read_text()

    policy = POLICY.search(text)
    assert policy
    assert policy[1].startswith("default-src &#39;none&#39;; style-src &#39;sha256-")
    assert text.count("<script>") == text.count("</script>") == 1
    assert "<img" not in text
    assert "\u202e" not in text
    assert "&lt;img src=x" in text
    assert "49" not in re.findall(r"&amp;amp; (.*?) gnp", text)
    assert not re.search(r"(?:src|href)=\"(?!#|data:)", text)
    assert f"git voicenote play {RECORDING}" in text
    assert "data:audio" not in text
    assert not list(series.folder.glob(".page*"))


def test_long_files_are_folded(repo: Sandbox) -> None:
    repo.commit("feat: much", {"long": "line\n" * 601, "short": "line\n"})

    text = page_of(repo, "HEAD").read_text()

    folds = re.findall(r'<details class="file"( open)?>\n<summary><h3><bdi>(\w+)', text)
    assert folds == [("", "long"), (" open", "short")]


def test_recordings_are_in_it_only_when_asked(series: Sandbox) -> None:
    text = page_of(series, "topic", "--audio").read_text()

    assert 'src="data:audio/wav;base64,' in text
    assert text.count("data-start=") == 2


def test_where_the_page_cannot_go(series: Sandbox) -> None:
    done = series.voicenote("review", "topic", "--html", "missing/page.html")
    assert done.returncode == 128
    assert "missing/page.html cannot be written: No such file" in done.stderr.decode()

    done = series.voicenote("review", "topic", "--audio")
    assert done.returncode == 129
    assert "--audio requires --html" in done.stderr.decode()

    done = series.voicenote("review", "topic", "--html", "-")
    assert done.stdout.startswith(b"<!doctype html>")


SETTLED = "new Promise(done => requestAnimationFrame(() => setTimeout(done, 100)))"
"""The page was drawn anew, and those who watch what is in view were told."""


@needs_browser
def test_a_reader_finds_their_way(series: Sandbox, browser: Browser) -> None:
    path = page_of(series, "topic")
    browser.open(path)

    def current() -> object:
        return browser.run("document.querySelector('nav [aria-current]')?.hash")

    outline = browser.run("[...document.querySelectorAll('nav a')].map(a => a.innerText.trim())")
    assert outline[:2] == ["0 Cover letter", "1 feat: retry said 0:02"]
    assert len(outline) == 4
    browser.until("document.querySelector('nav [aria-current]')?.hash === '#cover'")
    for key, there in [("n", "#patch-1"), ("n", "#patch-2"), ("n", "#patch-3"), ("n", "#patch-3"),
                       ("p", "#patch-2"), ("p", "#patch-1"), ("p", "#cover"), ("p", "#cover"),
                       ("n", "#patch-1")]:  # fmt: skip
        browser.press(key)
        browser.run(SETTLED)
        assert current() == there
        assert browser.run("'#' + document.activeElement.id") == there
    browser.press("j")
    assert browser.run("document.activeElement.innerText").startswith("file-1")
    browser.press("j")
    assert browser.run("document.activeElement.innerText").startswith("shared")
    browser.press("k")
    assert browser.run("document.activeElement.innerText").startswith("file-1")
    browser.run("document.querySelectorAll('nav a')[3].click()")
    browser.until("document.querySelector('nav [aria-current]')?.hash === '#patch-3'")
    browser.press("?")
    assert browser.run("document.getElementById('help').open") is True
    browser.run("document.getElementById('help').close()")
    assert browser.complaints == []
    assert browser.requests == [path.as_uri()]


@needs_browser
def test_nothing_a_stranger_wrote_runs(series: Sandbox, browser: Browser) -> None:
    path = page_of(series, "topic")
    browser.open(path)

    assert browser.run("document.title") == "Move retries"
    assert browser.run("document.querySelectorAll('img, main a, main script').length") == 0
    shown = browser.run("document.querySelector('#patch-2 .note .words').textContent")
    assert shown == HOSTILE.replace("\u202e", "").replace("\u202c", "")
    # and if a hole were there, the policy would hold
    tries = (
        "(async () => { const s = document.createElement('script'); s.textContent = 'owned = 1';"
        "document.body.append(s); let f = 0;"
        "try { await fetch('https://example.org/') } catch { f = 1 } return [f, typeof owned] })()"
    )
    assert browser.run(tries) == [1, "undefined"]
    assert not [address for address in browser.requests if not address.startswith("file:")]
    browser.complaints.clear()


@needs_browser
def test_light_dark_and_paper(series: Sandbox, browser: Browser) -> None:
    browser.open(page_of(series, "topic"))

    def ground() -> object:
        return browser.run("getComputedStyle(document.body).backgroundColor")

    def prefer(scheme: str) -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.call("Emulation.setEmulatedMedia", media="", features=features)

    white, dark = "rgb(255, 255, 255)", "rgb(20, 23, 28)"
    prefer("light")
    assert ground() == white
    prefer("dark")
    assert ground() == dark
    browser.press("t")
    assert ground() == white
    browser.run("document.getElementById('theme').click()")
    assert ground() == dark
    browser.call("Emulation.setEmulatedMedia", media="print", features=[])
    assert ground() == white
    assert browser.run("getComputedStyle(document.querySelector('.tools')).display") == "none"
    browser.call("Emulation.setEmulatedMedia", media="", features=[])
    printed = browser.call("Page.printToPDF")["data"]
    assert printed.startswith("JVBERi")  # %PDF-
    assert browser.complaints == []


@needs_browser
def test_words_light_up_as_they_are_spoken(series: Sandbox, browser: Browser) -> None:
    browser.open(page_of(series, "topic", "--audio"))
    lit = "JSON.stringify([...document.querySelectorAll('.segments [aria-current]')]" \
        ".map(b => b.textContent))"  # fmt: skip
    audio = "document.querySelector('audio')"

    assert browser.run(lit) == "[]"
    browser.until(f"{audio}.readyState > 0")
    assert browser.run(f"Math.round({audio}.duration)") == 2
    browser.run("document.querySelectorAll('.segments button')[1].click()")
    browser.until(f"{audio}.currentTime >= 1")
    browser.until(f"{lit} === {json.dumps(json.dumps(['0:01 It is in the transport.']))}")
    browser.run(f"{audio}.pause(); {audio}.currentTime = 0.2")
    browser.until(f"{lit} === {json.dumps(json.dumps(['0:00 Retry moved.']))}")
    browser.run("document.activeElement.blur()")
    browser.press("n")
    browser.press("Enter")
    browser.until(f"!{audio}.paused || {audio}.ended")
    assert browser.complaints == []


@needs_browser
def test_a_screen_reader_gets_landmarks_headings_and_names(
    series: Sandbox, browser: Browser
) -> None:
    browser.open(page_of(series, "topic", "--audio"))

    seen = browser.accessible()
    roles = [role for role, _ in seen]
    assert {"banner", "navigation", "main", "article", "complementary", "list"} <= set(roles)
    assert ("link", "Skip to the patches") in seen
    assert ("heading", "1/3 feat: retry") in seen
    unnamed = [role for role, name in seen if role in ("button", "link", "Audio") and not name]
    assert unnamed == []
    levels = browser.run(
        "[...document.querySelectorAll('h1, h2, h3')].map(h => Number(h.tagName[1]))"
    )
    assert all(after - before <= 1 for before, after in pairwise(levels))
