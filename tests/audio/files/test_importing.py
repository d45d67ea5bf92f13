"""Any sound becomes a WAV of ours, or what came of it is kept."""

from __future__ import annotations

import io
import os
import signal
import stat
import sys
import threading
from typing import TYPE_CHECKING

import pytest
import soundfile

from git_voicenote.audio.files.reading import import_sound
from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.errors import IncompleteSoundError, StoreError, Terminated
from tests.support.sound import pcm, sound_of, tone, wav_header, write_sound

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.disk import SmallDisk
    from tests.support.sandbox import Sandbox


def test_import_gives_a_wav_of_ours(tmp_path: Path) -> None:
    source = write_sound(tmp_path / "a.flac", tone(1.0, rate=48000), rate=48000)
    destination = tmp_path / "b.wav"
    assert import_sound(source, destination) == pytest.approx(1.0, abs=0.01)
    info = soundfile.info(destination)
    assert (info.samplerate, info.channels, info.subtype) == (16000, 1, "PCM_16")
    assert stat.S_IMODE(destination.stat().st_mode) == 0o600
    assert sorted(tmp_path.glob("*.*")) == [source, destination]


def test_import_does_not_overwrite(tmp_path: Path) -> None:
    source = write_sound(tmp_path / "a.wav", tone(1.0))
    destination = tmp_path / "b.wav"
    destination.write_bytes(b"precious")
    with pytest.raises(StoreError, match="File exists"):
        import_sound(source, destination)
    assert destination.read_bytes() == b"precious"


def test_import_reads_a_stream_that_cannot_go_back(tmp_path: Path) -> None:
    for name, sound in (
        ("wav", wav_header(0xFFFFFFFF) + pcm(tone(1.0))),
        ("flac", write_sound(tmp_path / "a.flac", tone(1.0)).read_bytes()),
        ("mp3", write_sound(tmp_path / "a.mp3", tone(1.0)).read_bytes()),
    ):
        read, write = os.pipe()
        writer = threading.Thread(target=_write_slowly, args=(write, sound))
        writer.start()
        with os.fdopen(read, "rb") as pipe:
            destination = tmp_path / f"from-{name}.wav"
            assert import_sound(pipe, destination) == pytest.approx(1.0, abs=0.1)
        writer.join()
    assert not list(tmp_path.glob(".*"))


def test_a_stream_of_no_sound_is_called_by_its_name(tmp_path: Path, sandbox: Sandbox) -> None:
    program = (
        "import sys, pathlib, git_voicenote.audio.files.reading as f\n"
        "try: f.import_sound(sys.stdin.buffer, pathlib.Path('b.wav'))\n"
        "except f.AudioFileError as error: print(error.message)"
    )
    done = sandbox.run(sys.executable, "-c", program, stdin=b"")
    assert done.stdout == b"standard input is empty\n"
    assert not list(sandbox.folder.iterdir())


class _Interrupted(io.BytesIO):
    """A stream that a person, or a signal, interrupts after its last byte."""

    def __init__(self, content: bytes, how: BaseException) -> None:
        super().__init__(content)
        self._how = how

    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(size)
        if not found:
            raise self._how
        return found


@pytest.mark.parametrize("how", [KeyboardInterrupt(), Terminated(signal.SIGTERM)], ids=repr)
def test_an_interrupted_stream_is_kept_as_far_as_it_came(
    tmp_path: Path, how: BaseException
) -> None:
    destination = tmp_path / "b.wav"
    stream = _Interrupted(wav_header(0xFFFFFFFF) + pcm(tone(1.0)), how)
    with pytest.raises(type(how)):
        import_sound(stream, destination)
    assert len(sound_of(destination)) == 16000
    assert not list(tmp_path.glob(".*"))


def test_what_can_be_read_of_a_file_is_imported_before_the_error(tmp_path: Path) -> None:
    source, destination = tmp_path / "a.wav", tmp_path / "b.wav"
    source.write_bytes(wav_header(64_000) + pcm(tone(1.0)))
    for sound in (source, io.BytesIO(source.read_bytes())):
        with pytest.raises(IncompleteSoundError) as caught:
            import_sound(sound, destination)
        assert caught.value.seconds == 1.0
        assert len(sound_of(destination)) == 16_000
        destination.unlink()
    assert list(tmp_path.glob("*.*")) == [source]


def test_a_full_disk_leaves_the_file_and_names_the_disk(
    small_disk: SmallDisk, tmp_path: Path
) -> None:
    source = write_sound(tmp_path / "a.wav", tone(60))
    destination = small_disk.folder / "b.wav"
    with pytest.raises(StoreError) as caught:
        import_sound(source, destination)
    assert caught.value.message == f"could not write {destination}: No space left on device"
    assert not list(small_disk.folder.iterdir())
    assert source.exists()


def test_a_full_disk_keeps_what_came_of_a_stream(small_disk: SmallDisk, tmp_path: Path) -> None:
    source = write_sound(tmp_path / "a.wav", tone(60))
    with pytest.raises(StoreError) as caught:
        import_sound(io.BytesIO(source.read_bytes()), small_disk.folder / "b.wav")
    assert caught.value.hint is not None
    (kept,) = small_disk.folder.iterdir()
    assert caught.value.hint.endswith(f"is kept in {kept}")
    assert len(sound_of(kept)) > SAMPLE_RATE


def _write_slowly(pipe: int, content: bytes) -> None:
    with os.fdopen(pipe, "wb", buffering=0) as file:
        for start in range(0, len(content), 1000):
            file.write(content[start : start + 1000])
