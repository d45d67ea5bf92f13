"""From sound to screen in the page: a real Chromium, with a sound file for its microphone.

The time of the first sample is that of the block that the page sent soonest after it was heard. A
text is on the screen with the first frame after it was put into the page.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.service.live import play
from benchmarks.service.running import pcm, running
from benchmarks.word_lag import HEADING, WordLags
from git_voicenote.datatypes import SAMPLE_RATE, PartialText
from tests.support.browser import Browser

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.service.running import Setup

_WATCH = """
(() => {
  const seen = { began: Infinity, samples: 0, rate: 0, shown: [], stopped: 0, final: 0 };
  const now = () => performance.now() / 1000;
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    if (typeof data === "string") {
      seen.rate = JSON.parse(data).rate ?? seen.rate;
    } else {
      seen.samples += data.length;
      seen.began = Math.min(seen.began, now() - seen.samples / seen.rate);
    }
    return send.call(this, data);
  };
  const [log, partial] = document.querySelector(".speak .live").children;
  const look = () => {
    const words = [...partial.children].map((one) => one.textContent);
    const found = [log.childElementCount, ...words];
    requestAnimationFrame(() => seen.shown.push([now(), ...found]));
  };
  const how = { childList: true, subtree: true, characterData: true };
  new MutationObserver(look).observe(log.parentElement, how);
  const result = document.querySelector(".speak .result");
  new MutationObserver(() => {
    if (!result.hidden) requestAnimationFrame(() => { seen.final ||= now(); });
  }).observe(result, { attributes: true });
  window.seen = seen;
})()
"""


def measure_page(setup: Setup) -> tuple[Sequence[str], Sequence[Sequence[object]]]:
    """Return a row for one dictation into the page."""
    heading = (*HEADING, "stop to final text")
    if not shutil.which("chromium"):
        return heading, [("no Chromium here", *[""] * (len(heading) - 1))]
    silence = np.zeros(SAMPLE_RATE, np.float32)
    sound = np.concatenate([silence, setup.sound(setup.seconds), silence])
    microphone = setup.wav("microphone.wav", sound)
    with running(setup) as service, Browser(setup.folder, microphone) as browser:
        play(service, pcm(setup.sound(3.0)), is_live=False)  # let the engine load
        browser.visit(f"http://{service.host}/#token={service.token}")
        browser.until("document.querySelector('.speak .record')")
        browser.until("document.querySelector('.chip input[value=text]')")
        browser.run("document.querySelector('.chip input[value=text]').click()")
        browser.run(_WATCH)
        browser.run("document.querySelector('.speak .record').click()")
        _await_sound(browser, setup.seconds + 1.0)
        stop = "seen.stopped = performance.now() / 1000; document.querySelector('.record').click()"
        browser.run(stop)
        browser.until("seen.final")
        seen: dict[str, Any] = browser.run("seen")
        entry = service.json("/api/history?limit=1")["entries"][0]["id"]
        segments: list[dict[str, Any]] = service.json(f"/api/history/{entry}")["segments"]
    lags = _lags(seen, segments)
    return heading, [(*lags.row(), f"{seen['final'] - seen['stopped']:.2f} s")]


def _await_sound(browser: Browser, seconds: float) -> None:
    """Wait until the page has sent so much sound, in parts: `until` waits for a minute."""
    for part in np.arange(20.0, seconds, 20.0):
        browser.until(f"seen.samples >= {part} * seen.rate && seen.rate")
    browser.until(f"seen.samples >= {seconds} * seen.rate && seen.rate")


def _lags(seen: dict[str, Any], segments: Sequence[dict[str, Any]]) -> WordLags:
    found = WordLags()
    finished = 0
    for now, count, *words in seen["shown"]:
        at = now - seen["began"]
        for segment in segments[finished:count]:
            found.finish(at, [(word["text"], word["end"]) for word in segment["words"]])
        finished = max(finished, count)
        found.show(at, PartialText(*words))
    return found
