"""The engine `remote` of another machine, with this service: nothing of it is kept here."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest

from git_voicenote.audio.files.reading import read_blocks
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.config import Settings
from git_voicenote.datatypes import SAMPLE_RATE, PartialText
from git_voicenote.engines.base import Context, EngineOptions
from git_voicenote.engines.registry import make_engine
from git_voicenote.engines.remote.options import RemoteOptions
from tests.engines.remote.conftest import Keeper
from tests.support.dictating import dictating, pcm_of
from tests.support.serving import RENAME, TOKEN, WAIT, Client, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_voicenote.datatypes import Samples

SOUND = pcm_of(RENAME)
PASSING = {"keep": False, "keywords": ["rename"]}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("service")
    with serving(folder, settings=Settings(engine="moonshine", vocabulary=False)) as found:
        yield found


def kept(service: Client) -> list[str]:
    """What lies in the service's folders besides its own files."""
    return [path.name for path in (*service.uploads(), *service.folder.parent.rglob("*.wav"))]


def test_speech_comes_back_as_text_while_it_is_spoken(service: Client) -> None:
    told: list[str] = []
    partials: list[PartialText] = []
    are_words_there = threading.Event()

    def show(heard: PartialText) -> None:
        partials.append(heard)
        if heard.text:
            are_words_there.set()

    def blocks() -> Iterator[Samples]:
        yield np.zeros(SAMPLE_RATE, np.float32)
        sound = np.concatenate(list(read_blocks(RENAME)))
        yield sound[: 2 * SAMPLE_RATE]
        assert are_words_there.wait(WAIT)  # in the middle of the first sentence
        yield sound[2 * SAMPLE_RATE :]
        yield np.zeros(SAMPLE_RATE, np.float32)

    options = RemoteOptions(f"http://{service.host}", credentials=Keeper(TOKEN))
    engine = make_engine("remote", EngineOptions(tell=told.append, remote=options))
    context = Context(hotwords=("fsync",), partial=show)
    heard = list(engine.transcribe(VoiceActivity().pieces(blocks()), context))

    assert told == []
    text = " ".join(segment.text for segment in heard)
    assert text.startswith("We now write a new file and rename it at the end")
    assert partials[-1] == PartialText()
    assert 0.5 < heard[0].start < heard[0].words[0].end < heard[-1].end
    assert all(segment.confidence for segment in heard)
    assert kept(service) == []


def test_nothing_remains_if_the_connection_is_lost(service: Client) -> None:
    with dictating(service.host) as page:
        page.open(**PASSING)  # type: ignore[arg-type] # other values than texts
        page.play(SOUND[:SAMPLE_RATE])
        page.until("received")
        assert kept(service)
    until = time.monotonic() + WAIT
    while (left := kept(service)) and time.monotonic() < until:
        time.sleep(0.01)
    assert left == []


@pytest.mark.parametrize(
    "more",
    [{"keep": 0}, {"keep": False, "target": {"kind": "message"}}, {"keywords": "rename"}],
)
def test_an_opening_that_is_none_is_refused(service: Client, more: dict[str, object]) -> None:
    with dictating(service.host) as page:
        answer = page.open(**more)  # type: ignore[arg-type] # other values than texts
        assert answer["error"]["param"] in ("keep", "keywords")
        assert page.closed() == 4400
