"""Files, history, review and settings, used as a person uses them."""

from __future__ import annotations

import time
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.support.browser import needs_browser
from tests.support.page import FIRST, HEARD, HOSTILE, Page
from tests.support.serving import RENAME

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox
    from tests.support.serving import Client

pytestmark = [needs_browser, pytest.mark.xdist_group("page")]


def saved_file(folder: Path, suffix: str) -> Path:
    """Wait for a file that the browser saves."""
    deadline = time.monotonic() + 60
    while not (found := [one for one in folder.iterdir() if one.suffix == suffix]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found[0]


def test_files_are_transcribed_shown_beside_their_sound_and_packed(
    page: Page, tmp_path: Path
) -> None:
    page.browser.save_to(tmp_path)
    page.open("files")
    broken = tmp_path / f"{HOSTILE.replace('/', '')}.wav"
    broken.write_bytes(b"no sound")
    page.browser.choose_files("input[type=file]", RENAME, broken)
    page.find(".job[data-state=failed]")
    assert page.text(".state[data-state=failed]") == "failed"
    assert page.text("td .problem")
    assert "onerror" in page.text(".job table")

    page.click(".job button", "Show")
    page.click(".segments button")
    page.find(".segments button[aria-current=true]")
    page.until_text(".segments", FIRST)

    page.click(".menu summary")
    page.click(".menu input[value=srt]")
    page.click(".menu button", "Download")
    names = zipfile.ZipFile(saved_file(tmp_path, ".zip")).namelist()
    assert {"rename.txt", "rename.srt"} <= set(names)

    page.click(".job button", "Delete")
    page.click("dialog button", "Delete")
    page.browser.until("!document.querySelector('.job')")
    assert page.browser.complaints == []


def test_the_history_is_searched_edited_and_deleted(page: Page, client: Client) -> None:
    page.open("speak")
    page.click(".chip input[value=text]")
    page.speak(FIRST)
    page.find(".result textarea")
    page.go("history")
    page.write("input[type=search]", "transfer")
    page.until_text(".snippet mark", "transfer")
    page.click(".entry .head")
    page.until_text(".entry .segments", FIRST)
    page.write(".entry textarea", f"Edited by hand. {HOSTILE}")
    page.click(".entry button", "Save")
    page.until_said("saved")
    before = len(client.request(path="/api/history").json["entries"])
    page.write("input[type=search]", "edited")
    page.until_text(".snippet mark", "Edited")
    assert HOSTILE in page.text(".entry .snippet")
    page.click(".history button", "Delete all found")
    page.until_text("dialog", "“edited”")
    page.click("dialog button", "Cancel")
    page.click(".entry .head")
    page.click(".entry button", "Delete")
    page.click("dialog button", "Delete")
    page.until_said("Deleted")
    assert len(client.request(path="/api/history").json["entries"]) == before - 1
    page.write("input[type=search]", "nobody said this")
    page.until_text(".history [role=status]", "Nothing matches.")
    assert page.browser.run("document.title") == "History · git voicenote"


def test_the_series_is_reviewed_and_answered_by_voice(page: Page, repository: Sandbox) -> None:
    page.open("review")
    page.until_text(".patches", "The cover letter")
    page.until_text(".patches", f"It retries, and is heard. {HOSTILE}")
    page.until_text(".outline", HOSTILE)
    assert "content 1" in page.text(".patch .file ins")
    page.click(".answering summary")
    page.speak(FIRST, ".answering[open]")
    page.browser.until("document.querySelector('.answering textarea').value")
    page.write(".answering[open] textarea", "Good, but why here?")
    page.click(".answering[open] button", "Save the answer")
    page.until_text(".answers .reply", "Good, but why here?")
    kept = repository.git("notes", "--ref=voicenote-review", "show", "topic~1")
    assert kept.startswith("Good, but why here?")
    assert "Ada Lovelace" in kept


def test_one_hunk_is_answered_by_voice(page: Page, repository: Sandbox) -> None:
    page.open("review")
    page.write(".review form input", "main..coloured")
    page.browser.press("Enter")
    page.until_text(".outline", "wait for calls")
    page.click(
        ".file .answering:last-of-type summary[aria-label='Answer here: http/retry.py:20-23']"
    )
    page.speak(FIRST, ".file .answering[open]")
    page.browser.until("document.querySelector('.file .answering[open] textarea').value")
    # a second click while the answer is on its way sends no second one
    button = page.find(".file .answering[open] button", "Save the answer")
    page.browser.run(f"(one => {{ one.click(); one.click(); }})({button})")
    page.until_text(".file div:has(+ pre) .here", HEARD)
    page.until_said("The answer is saved.")
    assert page.browser.run("document.querySelectorAll('.here').length") == 1
    assert page.browser.run("document.querySelectorAll('.answers .reply').length") == 1
    above = "document.querySelector('.here').parentElement.nextElementSibling.textContent"
    assert "@@ -20,4 +20,4 @@" in page.browser.run(above)
    kept = repository.git("notes", "--ref=voicenote-review", "show", "coloured")
    assert kept.startswith("http/retry.py:20-23: ")
    assert "Voicenote-Recording: " in kept
    assert page.browser.complaints == []


def test_an_upload_is_stopped_and_nothing_of_it_stays(
    page: Page, client: Client, tmp_path: Path
) -> None:
    page.open("files")
    page.browser.until("document.querySelector('.files .empty').checkVisibility()")
    big = tmp_path / "lecture.wav"
    big.write_bytes(bytes(20_000_000))
    network = {"offline": False, "latency": 0, "downloadThroughput": -1}
    page.browser.call("Network.emulateNetworkConditions", uploadThroughput=500_000, **network)
    try:
        page.browser.choose_files("input[type=file]", big)
        page.browser.until("document.querySelector('.sending progress')?.value > 0")
        page.until_text(".sending", "20 MB")
        deadline = time.monotonic() + 60
        while not spooled(client):
            assert time.monotonic() < deadline
        page.click(".sending button", "Stop")
        page.until_said("stopped")
        assert page.browser.run("!document.querySelector('.sending')")
        while spooled(client):
            assert time.monotonic() < deadline
    finally:
        page.browser.call("Network.emulateNetworkConditions", uploadThroughput=-1, **network)
    assert client.request(path="/api/jobs").json["jobs"] == []
    assert page.browser.complaints == []


def spooled(client: Client) -> list[Path]:
    """The files of uploads that are on their way."""
    return [path for path in client.folder.glob("uploads-*/*") if path.is_file()]


def test_only_the_answer_to_the_latest_question_is_used(page: Page) -> None:
    late = """
    import("/static/latest.js").then(async ({ Latest, InTurn }) => {
      const latest = new Latest();
      let free;
      const slow = latest.read(() => new Promise((resolve) => { free = resolve; }));
      const fast = await latest.read(async () => "new");
      free("old");
      const turn = new InTurn();
      const order = [];
      const first = turn.run(async () => { await null; order.push(1); throw new Error("no"); });
      const second = turn.run(async () => { order.push(2); return "done"; });
      const refused = await first.catch((error) => error.message);
      return [fast, (await slow) ?? "unused", refused, await second, order];
    })
    """
    assert page.open().browser.run(late) == ["new", "unused", "no", "done", [1, 2]]


def test_a_text_that_is_being_edited_outlives_views_and_hasty_clicks(page: Page) -> None:
    page.open("speak")
    page.click(".chip input[value=text]")
    page.speak(FIRST)
    page.find(".result textarea")
    page.go("history")
    hasty = "(one => { for (let i = 0; i < 5; i += 1) one.click(); })"
    page.browser.run(f"{hasty}({page.find('.entry .head')})")
    page.until_text(".entry .segments", FIRST)
    assert page.browser.run("document.querySelectorAll('.entry audio').length") == 1
    page.write(".entry textarea", "Half of a thought")
    page.go("speak")
    page.go("history")
    page.write("input[type=search]", "nobody said this")
    page.browser.until("document.querySelectorAll('.entry').length === 1")
    assert page.value(".entry textarea") == "Half of a thought"
    page.click(".entry .head")
    page.click("dialog button", "Discard")
    page.browser.until("!document.querySelector('.entry textarea')")
    assert page.browser.complaints == []


def test_settings_change_the_service_and_are_kept_if_asked(
    page: Page, client: Client, repository: Sandbox
) -> None:
    page.open("settings")
    selector = "input[type=number][aria-describedby]"
    page.find(selector)
    assert page.value("#" + labelled(page, "Maximum length of a segment")) == "30"
    page.choose("#" + labelled(page, "Maximum length of a segment"), "12.5")
    page.until_said("Changed.")
    settings = {one["name"]: one for one in client.request(path="/api/settings").json["settings"]}
    assert settings["vad_max_segment"]["value"] == 12.5
    assert repository.run("git", "config", "voicenote.vad.maxSegment", check=False).returncode == 1

    page.click("label", "Save changes to git’s configuration, not only until the service ends")
    page.choose("#" + labelled(page, "Padding"), "0.5")
    page.until_said("Changed.")
    page.browser.until("true")
    deadline = time.monotonic() + 60
    while not repository.run("git", "config", "voicenote.vad.padding", check=False).stdout:
        assert time.monotonic() < deadline
    page.choose("#" + labelled(page, "Maximum length of a segment"), "900")
    page.until_said("from 5 to 30")
    page.until_text(".field .problem:not([hidden])", "from 5 to 30")

    page.click("button", "Free memory")
    page.until_text("dl.facts", "not loaded")
    page.write(".adding .field:first-child input", "strbuf")
    page.write(".adding .field:nth-child(2) input", "stir buff")
    page.click(".adding button")
    page.until_text(".terms", "strbuf")
    page.click(".terms button[aria-label='Remove strbuf']")
    page.browser.until("!document.querySelector('.terms').textContent.includes('strbuf')")


def labelled(page: Page, text: str) -> str:
    """The id of the control with a label."""
    page.find("label", text)
    return str(
        page.browser.run(
            f"[...document.querySelectorAll('label')].find(l => l.textContent === {text!r}).htmlFor"
        )
    )


def test_the_page_is_in_chinese_for_who_wants_it(page: Page) -> None:
    page.open("speak")
    page.choose(".tools select:last-child", "zh")
    page.find("#top nav a", "设置")
    assert page.browser.run("document.documentElement.lang") == "zh-Hans"
    for view, title in (("speak", "口述说明"), ("files", "转写文件"), ("history", "说过的话")):
        page.go(view)
        page.find("h1", title)
    page.listen()
    page.go("settings")
    page.write(".adding .field:first-child input", "###")
    page.click(".adding button")
    page.until_said("服务不接受此内容：术语应含字母或数字")
    damaged = (
        "the file is damaged (it is cut off): 2.0 s could be read from 0:05 on, 1.5 s could not"
    )
    said = f"import('/static/i18n.js').then((module) => module.said({damaged!r}))"
    assert page.browser.run(said) == (
        "此文件已损坏（被截断）：读出 2.0 秒（自 0:05 起），另有 1.5 秒无法读取"
    )
    page.choose(".tools select:last-child", "en")
    page.find("#top nav a", "Settings")
