"""Which files of a folder are sound, and how long they say they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from git_voicenote.audio.files.finding import sound_files, stated_duration
from git_voicenote.errors import AudioFileError
from tests.support.sound import write_sound
from tests.support.speech import SPEECH

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox


def test_the_sound_files_of_a_folder_come_by_name_with_those_below_it(sandbox: Sandbox) -> None:
    wanted = ["a.WAV", "b.flac", "sub/a.mp3", "sub/deep/talk.m4a", "z.opus"]
    for name in (*wanted, ".hidden.wav", ".git/x.wav", "notes.txt", "wav", "sub/a.srt"):
        sandbox.write(name, "")
    found = sound_files(sandbox.folder)
    assert [str(path.relative_to(sandbox.folder)) for path in found] == wanted


def test_a_folder_without_sound_is_an_error(sandbox: Sandbox) -> None:
    sandbox.write("notes.txt", "")
    with pytest.raises(AudioFileError, match="holds no sound files"):
        sound_files(sandbox.folder)


def test_a_folder_that_is_gone_is_an_error(sandbox: Sandbox) -> None:
    with pytest.raises(AudioFileError, match="cannot be read: No such file"):
        sound_files(sandbox.folder / "gone")


def test_a_header_tells_the_duration_where_there_is_one(sandbox: Sandbox) -> None:
    two = write_sound(sandbox.folder / "two.flac", np.zeros(32_000, np.float32))
    assert stated_duration(two) == 2.0
    assert stated_duration(SPEECH / "rename.flac") == pytest.approx(7.6, abs=0.1)
    assert stated_duration(sandbox.write("page.wav", "<html>")) is None
    assert stated_duration(sandbox.write("empty.wav", "")) is None
    assert stated_duration(sandbox.folder) is None
    assert stated_duration(sandbox.folder / "absent.wav") is None
