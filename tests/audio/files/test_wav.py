"""WAV files that survive what happens to their writer."""

from __future__ import annotations

import stat
import struct
import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest

from git_voicenote.audio.files.wav import WavWriter, is_being_written, repair_wav
from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.errors import AudioFileError, StoreError
from tests.support.sound import tone, write_sound

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.disk import SmallDisk


def seconds_in(path: Path) -> float:
    """What Python's own reader makes of a file, which trusts its header."""
    with wave.open(str(path)) as file:
        assert file.getparams()[:3] == (1, 2, SAMPLE_RATE)
        return len(file.readframes(file.getnframes())) / 2 / SAMPLE_RATE


def test_a_file_is_whole_after_every_write(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with WavWriter(path) as wav:
        assert seconds_in(path) == 0
        wav.write(tone(0.5))
        assert seconds_in(path) == wav.duration == 0.5
        wav.write(tone(1.0))
        assert seconds_in(path) == wav.duration == 1.5
    assert seconds_in(path) == 1.5
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_too_loud_is_clipped_and_does_not_wrap_around(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with WavWriter(path) as wav:
        wav.write(np.array([0, 0.5, 1, 3, -1, -3], dtype=np.float32))
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(6), dtype="<i2")
    assert samples.tolist() == [0, 16384, 32767, 32767, -32768, -32768]


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"precious")
    with pytest.raises(StoreError, match="File exists"):
        WavWriter(path)
    assert path.read_bytes() == b"precious"


def test_a_file_is_locked_while_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    assert not is_being_written(path)
    with WavWriter(path) as wav:
        wav.write(tone(0.1))
        assert is_being_written(path)
        with pytest.raises(AudioFileError, match="still being written"):
            repair_wav(path)
    assert not is_being_written(path)


def test_a_full_disk_leaves_what_was_written(small_disk: SmallDisk) -> None:
    path = small_disk.folder / "a.wav"
    with WavWriter(path) as wav:
        wav.write(tone(1.0))
        small_disk.fill(leave=4096)
        with pytest.raises(StoreError, match="No space left on device") as caught:
            wav.write(tone(1.0))
        assert (
            caught.value.hint
            == "free some disk space; `git voicenote history delete` removes old recordings"
        )
    assert 1.0 <= seconds_in(path) < 2.0


def _as_it_is(content: bytes) -> bytes:
    return content


def _sizes_zero(content: bytes) -> bytes:
    return content[:4] + bytes(4) + content[8:40] + bytes(4) + content[44:]


def _sizes_behind(content: bytes) -> bytes:
    return content[:40] + struct.pack("<I", 3200) + content[44:]


def _sizes_ahead(content: bytes) -> bytes:
    return content[:40] + struct.pack("<I", 3_000_000) + content[44:]


def _sizes_of_a_pipe(content: bytes) -> bytes:
    return content[:4] + b"\xff" * 4 + content[8:40] + b"\xff" * 4 + content[44:]


def _odd(content: bytes) -> bytes:
    return content + b"\x01"


def _no_header(content: bytes) -> bytes:
    return bytes(44) + content[44:]


def _half_a_header(content: bytes) -> bytes:
    return content[:20]


def _empty(content: bytes) -> bytes:
    return b""


@pytest.mark.parametrize(
    ("damage", "seconds"),
    [
        (_as_it_is, 1.0),
        (_sizes_zero, 1.0),
        (_sizes_behind, 1.0),
        (_sizes_ahead, 1.0),
        (_sizes_of_a_pipe, 1.0),
        (_odd, 1.0),
        (_no_header, 1.0),
        (_half_a_header, 0.0),
        (_empty, 0.0),
    ],
)
def test_repair_keeps_every_whole_sample(
    damage: Callable[[bytes], bytes], seconds: float, tmp_path: Path
) -> None:
    path = write_sound(tmp_path / "a.wav", tone(1.0))
    before = path.read_bytes()
    path.write_bytes(damage(before))
    assert repair_wav(path) == seconds
    assert seconds_in(path) == seconds
    if seconds:
        assert path.read_bytes() == before


def test_repair_knows_other_shapes_than_ours(tmp_path: Path) -> None:
    stereo = np.stack([tone(1.0, rate=44100)] * 2, axis=1)
    path = write_sound(tmp_path / "a.wav", stereo, rate=44100, subtype="PCM_24")
    before = path.read_bytes()
    path.write_bytes(_sizes_zero(before) + b"\x01\x02")
    assert repair_wav(path) == 1.0
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><html><body>sign in</body></html>",
        b"fLaC" + bytes(100),
        b"RIFF\x24\0\0\0WAVEfmt \xff\xff\xff\xff" + bytes(100),
    ],
)
def test_repair_leaves_alone_what_is_no_recording(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(AudioFileError, match="is not a WAV recording"):
        repair_wav(path)
    assert path.read_bytes() == content


def test_repair_does_not_take_what_follows_the_sound_for_sound(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.wav", tone(1.0))
    path.write_bytes(path.read_bytes() + b"LIST" + struct.pack("<I", 4) + b"abcd")
    before = path.read_bytes()
    with pytest.raises(AudioFileError, match="was not made by a recording"):
        repair_wav(path)
    assert path.read_bytes() == before


def test_repair_of_a_file_that_is_gone_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="No such file"):
        repair_wav(tmp_path / "a.wav")
