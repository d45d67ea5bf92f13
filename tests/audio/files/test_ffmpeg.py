"""ffmpeg, given files that would have it read others, or never end."""

from __future__ import annotations

import os
import shutil
import signal
import struct
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from git_voicenote.audio.files import ffmpeg
from git_voicenote.audio.files.decoding import decode
from git_voicenote.errors import AudioFileError
from tests.support.processes import is_running, wait_until
from tests.support.sandbox import CHECKOUT
from tests.support.sound import sound_of, tone, wav_header, write_sound

if TYPE_CHECKING:
    from pathlib import Path

needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")

PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nother.ts\n"
LISTS = {
    "hls": f"{PLAYLIST}#EXT-X-ENDLIST\n",
    "hls without an end": PLAYLIST,
    "concat": "ffconcat version 1.0\nfile other.m4a\n",
    "sdp": "v=0\no=- 0 0 IN IP4 ::1\ns=x\nc=IN IP4 ::1\nt=0 0\nm=audio 5004 RTP/AVP 0\n",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"></MPD>',
    "subtitles": "1\n00:00:00,000 --> 00:00:01,000\nhello\n",
    "metadata": ";FFMETADATA1\ntitle=x\n",
}


def encoded(path: Path) -> Path:
    """Write a second of a tone in the format of the name."""
    sound = write_sound(path.with_suffix(".wav"), tone(1.0))
    command = [
        "ffmpeg",
        "-loglevel",
        "error",
        "-y",
        "-i",
        str(sound),
        "-c:a",
        "aac",
        f"file:{path}",
    ]
    subprocess.run(command, check=True)
    sound.unlink()
    return path


@needs_ffmpeg
@pytest.mark.parametrize("kind", LISTS)
@pytest.mark.parametrize("ending", ["m4a", "mp4", "aac"])
def test_what_names_other_files_is_not_followed(tmp_path: Path, kind: str, ending: str) -> None:
    encoded(tmp_path / "other.ts")
    encoded(tmp_path / "other.m4a")
    path = tmp_path / f"list.{ending}"
    path.write_text(LISTS[kind])
    with pytest.raises(AudioFileError) as caught:
        sound_of(path)
    assert "is not read)" in caught.value.message or "an XML page" in caught.value.message


@needs_ffmpeg
@pytest.mark.parametrize("ending", ["m4a", "mp4", "mov", "mka", "aac", "ts", "avi", "wma"])
def test_single_files_are_read(tmp_path: Path, ending: str) -> None:
    path = encoded(tmp_path / f"sound.{ending}")
    assert len(sound_of(path)) == pytest.approx(16000, abs=2000)


@needs_ffmpeg
@pytest.mark.parametrize("name", ["-y.m4a", "concat:a|b.m4a", "-i.m4a", "%d.m4a", "http:x.m4a"])
def test_a_name_is_no_option_and_no_protocol(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded(tmp_path / "x.m4a").rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert len(sound_of(tmp_path.relative_to(tmp_path) / name)) > 14000


def boxes(content: bytes) -> list[tuple[bytes, bytes]]:
    """Take the boxes of an MP4 apart."""
    found = []
    while content:
        size = int.from_bytes(content[:4], "big")
        found.append((content[4:8], content[8:size]))
        content = content[size:]
    return found


def with_reference(content: bytes, reference: bytes) -> bytes:
    """Return an MP4 whose sound lies in another file, as QuickTime's aliases say it."""
    changed = b""
    for name, body in boxes(content):
        if name in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
            body = with_reference(body, reference)
        elif name == b"dref":
            record = bytes(10) + b"\0" * 28 + bytes(12) + b"\0" * 64 + bytes(16)
            record += struct.pack(">hh", 0, 0) + bytes(16)
            record += struct.pack(">hH", 2, len(reference)) + reference
            record += struct.pack(">hH", -1, 0)
            entry = b"alis" + bytes(4) + record
            body = bytes(4) + struct.pack(">I", 1) + struct.pack(">I", len(entry) + 4) + entry
        changed += struct.pack(">I", len(body) + 8) + name + body
    return changed


@needs_ffmpeg
def test_an_mp4_whose_sound_lies_in_another_file_does_not_read_it(tmp_path: Path) -> None:
    """A program that does as the file says would wait for a pipe, for ever."""
    own = encoded(tmp_path / "own.m4a")
    other = encoded(tmp_path / "other.m4a")
    path = tmp_path / "changed.m4a"
    path.write_bytes(with_reference(own.read_bytes(), str(other).encode()))
    follows = ["ffmpeg", "-v", "debug", "-enable_drefs", "1", "-use_absolute_path", "1"]
    told = subprocess.run([*follows, "-i", path], capture_output=True, check=False).stderr
    assert f"Opening '{other}' for reading".encode() in told  # the reference is one
    other.unlink()
    os.mkfifo(other)  # whoever opens it waits for ever
    with suppress(AudioFileError):
        sound_of(path)


def fake(folder: Path, program: str) -> None:
    """Put a program into a folder that is called ffmpeg."""
    path = folder / "ffmpeg"
    path.write_text(f"#!/bin/sh\n{program}\n")
    path.chmod(0o700)


@pytest.mark.parametrize(
    "program", ["exec sleep 1000", "head -c 64000 /dev/zero; exec sleep 1000"], ids=["none", "some"]
)
def test_one_that_does_not_go_on_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    fake(tmp_path, f"echo $$ > {tmp_path}/pid; {program}")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(AudioFileError, match="takes ffmpeg too long"):
        list(ffmpeg.decode(tmp_path / "x.m4a", "x.m4a", None, print, patience=0.2))
    assert not is_running(int((tmp_path / "pid").read_text()))


def test_one_that_never_ends_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(tmp_path, f"echo $$ > {tmp_path}/pid; exec cat /dev/zero")
    path = tmp_path / "x.m4a"
    path.write_bytes(b"\0\0\0\x1cftypM4A " + bytes(100))
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(AudioFileError, match=r"is longer than 0\.1 hours"):
        list(decode(path, "x.m4a", print, longest=360))
    assert not is_running(int((tmp_path / "pid").read_text()))


def test_it_ends_with_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is killed with -9 leaves none behind that decodes for nobody."""
    fake(tmp_path, f"echo $$ > {tmp_path}/pid; exec cat /dev/zero")
    program = (
        "import os, signal, sys; from pathlib import Path\n"
        "from git_voicenote.audio.files import ffmpeg\n"
        "next(ffmpeg.decode(Path('x.m4a'), 'x.m4a', None, print))\n"
        "blocks = ffmpeg.decode(Path('x.m4a'), 'x.m4a', None, print); next(blocks)\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(CHECKOUT)},
        check=False,
    )
    assert done.returncode == -signal.SIGKILL
    wait_until(lambda: not is_running(int((tmp_path / "pid").read_text())))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"rate": 0}, "holds no sound"),
        ({"rate": 2**31 - 1}, "sample rate of 2,147,483,647 Hz"),
        ({"channels": 1024}, "1024 channels"),
    ],
)
def test_a_header_that_states_what_cannot_be(
    tmp_path: Path, change: dict[str, int], complaint: str
) -> None:
    content = bytearray(wav_header(2048) + bytes(2048))
    if "rate" in change:
        struct.pack_into("<I", content, 24, change["rate"])
    if "channels" in change:
        struct.pack_into("<H", content, 22, change["channels"])
        struct.pack_into("<H", content, 32, 2 * change["channels"])
    path = tmp_path / "x.wav"
    path.write_bytes(content)
    with pytest.raises(AudioFileError, match=complaint):
        sound_of(path)


def test_a_few_bytes_that_stand_for_hours(tmp_path: Path) -> None:
    """FLAC writes a block of silence in a few bytes, whatever its rate."""
    path = tmp_path / "x.flac"
    soundfile.write(path, np.zeros(3600 * 1000, np.int16), 1000)
    assert path.stat().st_size < 100_000
    with pytest.raises(AudioFileError, match=r"is longer than 0\.5 hours"):
        list(decode(path, "x.flac", print, longest=1800))
