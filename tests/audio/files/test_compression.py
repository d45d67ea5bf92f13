"""Recordings made smaller, and never lost in it."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import numpy as np
import pytest

from git_voicenote.audio.files.compression import compress
from git_voicenote.audio.files.reading import read_blocks
from git_voicenote.audio.files.wav import WavWriter
from git_voicenote.errors import AudioFileError, StoreError
from git_voicenote.recording_formats import FLAC, FORMATS, WAV, format_named
from tests.support.sound import tone, write_sound

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.datatypes import Samples
    from git_voicenote.recording_formats import RecordingFormat
    from tests.support.disk import SmallDisk

OPUS = format_named("opus")
COMPRESSED = [form for form in FORMATS if form is not WAV]


def sound_of(path: Path) -> Samples:
    return np.concatenate(list(read_blocks(path)))


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    noise = np.random.default_rng(0).normal(0, 0.05, 40_000)
    return write_sound(tmp_path / "a.wav", (tone(2.5) + noise).astype(np.float32))


def test_flac_holds_every_sample_and_replaces_the_wav(recording: Path) -> None:
    before = sound_of(recording)
    size = recording.stat().st_size
    smaller = compress(recording, FLAC)
    assert smaller == recording.with_suffix(".flac")
    assert smaller.stat().st_size < size
    assert stat.S_IMODE(smaller.stat().st_mode) == 0o600
    np.testing.assert_array_equal(sound_of(smaller), before)
    assert sorted(recording.parent.glob("a.*")) == [smaller]


def test_opus_is_much_smaller_and_sounds_the_same(recording: Path) -> None:
    before = sound_of(recording)
    size = recording.stat().st_size
    smaller = compress(recording, OPUS)
    assert smaller == recording.with_suffix(".opus")
    assert smaller.stat().st_size < size / 4
    assert stat.S_IMODE(smaller.stat().st_mode) == 0o600
    assert len(sound_of(smaller)) == pytest.approx(len(before), abs=1600)
    assert sorted(recording.parent.glob("a.*")) == [smaller]


@pytest.mark.parametrize(("name", "form"), [("a.wav", WAV), ("a.flac", OPUS)])
def test_what_need_not_be_compressed_stays(
    name: str, form: RecordingFormat, tmp_path: Path
) -> None:
    path = write_sound(tmp_path / name, tone(0.5))
    before = path.read_bytes()
    assert compress(path, form) == path
    assert path.read_bytes() == before


@pytest.mark.parametrize("form", COMPRESSED, ids=lambda form: form.name)
def test_a_recording_without_a_sample_stays(form: RecordingFormat, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    WavWriter(path).close()
    assert compress(path, form) == path
    assert list(tmp_path.glob("a.*")) == [path]


@pytest.mark.parametrize("form", COMPRESSED, ids=lambda form: form.name)
def test_a_full_disk_leaves_the_wav(form: RecordingFormat, small_disk: SmallDisk) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 64_000).astype(np.float32)
    path = write_sound(small_disk.folder / "a.wav", noise)
    before = path.read_bytes()
    small_disk.fill(leave=8192)
    with pytest.raises(StoreError) as caught:
        compress(path, form)
    assert caught.value.hint == f"is that disk full? the recording is kept as {path}"
    assert path.read_bytes() == before
    assert list(small_disk.folder.glob("a.*")) == [path]


def test_a_recording_that_goes_on_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with WavWriter(path) as wav:
        wav.write(tone(0.5))
        with pytest.raises(AudioFileError, match="still being written"):
            compress(path, FLAC)
    assert compress(path, FLAC).exists()


def test_a_wav_that_cannot_be_read_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF\x24\0\0\0WAVE" + b"x" * 100)
    with pytest.raises(AudioFileError):
        compress(path, FLAC)
    assert list(tmp_path.glob("a.*")) == [path]
