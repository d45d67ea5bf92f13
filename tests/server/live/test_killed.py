"""The service ends in the middle of a dictation: what was said is on disk, and is offered."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from git_voicenote.audio.files.wav import repair_wav
from tests.server.test_serve import running
from tests.support.dictating import RATE, dictating, pcm_of
from tests.support.recording import recordings
from tests.support.serving import RENAME, WAIT

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

SOUND = pcm_of(RENAME)[: 6 * RATE]
SECONDS = 3.0


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_what_was_said_is_offered_after_the_service_ended(
    repo: Sandbox, number: signal.Signals
) -> None:
    with running(repo, "--port", "0") as (link, process):
        parts = urlsplit(link)
        with dictating(parts.netloc) as page:
            page.open(
                token=parts.fragment.removeprefix("token="),
                target={"kind": "commit", "commit": "HEAD"},
            )
            page.play(SOUND)
            while page.until("received")["samples"] < len(SOUND) // 2:
                pass
            process.send_signal(number)
            process.wait(WAIT)
            assert page.closed() in (1006, 1012)
    (recording,) = recordings(repo)
    assert repair_wav(recording) >= SECONDS - 1.0
    told = repo.voicenote("history", "list").stderr.decode()
    assert "was not finished" in told
    assert f"git voicenote record {repo.git('rev-parse', 'HEAD')[:7]} --from" in told
