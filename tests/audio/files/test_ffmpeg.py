"""ffmpeg, given files that would have it read others, or never end."""

from __future__ import annotations

import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from git_voicenote.audio.files.decoding import decode
from git_voicenote.audio.files.ffmpeg import FfmpegSound
from git_voicenote.audio.files.ffmpeg_report import Report, Track
from git_voicenote.errors import AudioFileError
from tests.support.processes import is_running, wait_until
from tests.support.sandbox import CHECKOUT
from tests.support.sound import pitch, sound_of, tone, wav_header, write_sound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_voicenote.datatypes import Samples

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
    path.write_bytes(_encoded(path.suffix))
    return path


@cache
def _encoded(suffix: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        sound = write_sound(Path(folder) / "sound.wav", tone(1.0))
        path = Path(folder) / f"sound{suffix}"
        command: list[str | Path] = ["ffmpeg", "-v", "error", "-i", sound, "-c:a", "aac", path]
        subprocess.run(command, check=True)
        return path.read_bytes()


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
    # since ffmpeg 7, a playlist whose name does not end in m3u8 is not even recognized
    said = ("is not read)", "an XML page", "Not detecting m3u8")
    assert any(words in caught.value.message for words in said)


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


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder whose files have short paths."""
    with tempfile.TemporaryDirectory(prefix="v", dir="/tmp") as folder:
        yield Path(folder)


@needs_ffmpeg
def test_an_mp4_whose_sound_lies_in_another_file_does_not_read_it(short_folder: Path) -> None:
    """A program that does as the file says would wait for a pipe, for ever."""
    tmp_path = short_folder  # ffmpeg cuts the path in a reference
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


HEADER = r".snd\0\0\0\030\377\377\377\377\0\0\0\006\0\0\076\200\0\0\0\001"
"""What ffmpeg writes before the samples of one channel, for printf."""


def fake(folder: Path, program: str) -> None:
    """Put a program into a folder that is called ffmpeg."""
    path = folder / "ffmpeg"
    path.write_text(f"#!/bin/sh\n{program}\n")
    path.chmod(0o700)


@pytest.mark.parametrize(
    "program",
    ["exec sleep 1000", f"printf '{HEADER}'; head -c 64000 /dev/zero; exec sleep 1000"],
    ids=["none", "some"],
)
def test_one_that_does_not_go_on_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    fake(tmp_path, f"echo $$ > {tmp_path}/pid; {program}")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(AudioFileError, match="takes ffmpeg too long"):
        list(FfmpegSound(tmp_path / "x.m4a", "x.m4a", None, print, patience=0.2).blocks())
    assert not is_running(int((tmp_path / "pid").read_text()))


def test_one_that_never_ends_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(tmp_path, f"echo $$ > {tmp_path}/pid; printf '{HEADER}'; exec cat /dev/zero")
    path = tmp_path / "x.m4a"
    path.write_bytes(b"\0\0\0\x1cftypM4A " + bytes(100))
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(AudioFileError, match=r"is longer than 0\.1 hours"):
        list(decode(path, "x.m4a", print, longest=360))
    assert not is_running(int((tmp_path / "pid").read_text()))


def test_it_ends_with_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is killed with -9 leaves none behind that decodes for nobody."""
    fake(tmp_path, f"echo $$ > {tmp_path}/pid; printf '{HEADER}'; exec cat /dev/zero")
    program = (
        "import os, signal, sys; from pathlib import Path\n"
        "from git_voicenote.audio.files.ffmpeg import FfmpegSound\n"
        "blocks = FfmpegSound(Path('x.m4a'), 'x.m4a', None, print).blocks(); next(blocks)\n"
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


def film(path: Path, *tracks: Samples, names: tuple[str, ...] = ()) -> Path:
    """Write a film with these audio tracks; a name may be a title, "=" a disposition."""
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "color=d=2:s=16x16:r=2"]
    for number, track in enumerate(tracks):
        sound = write_sound(path.with_suffix(f".{number}.wav"), track)
        command += ["-i", str(sound)]
    command += ["-map", "0:v"]
    for number in range(len(tracks)):
        command += ["-map", f"{number + 1}:a", f"-disposition:a:{number}", "0"]
    for number, name in enumerate(names):
        if name.startswith("="):
            command += [f"-disposition:a:{number}", name[1:]]
        elif name:
            command += [f"-metadata:s:a:{number}", f"title={name}"]
    subprocess.run([*command, "-c:v", "mpeg4", "-c:a", "aac", str(path)], check=True)
    return path


LOW, HIGH, SILENCE = tone(4, hertz=400), tone(4, hertz=1000), np.zeros(64_000, np.float32)


@needs_ffmpeg
@pytest.mark.parametrize(
    ("tracks", "names", "told"),
    [
        ((SILENCE, HIGH), (), "2 (without a name) is read, not 1 (silent)"),
        ((SILENCE, SILENCE, HIGH), (), "3 (without a name) is read, not 1 (silent), 2 (silent)"),
        ((HIGH, LOW), (), "1 (without a name) is read, not 2 (without a name)"),
        ((LOW, HIGH), ("Commentary",), "2 (without a name) is read, not 1 (Commentary)"),
        ((LOW, HIGH), ("=comment",), "2 (without a name) is read, not 1 (comment)"),
        ((LOW, HIGH), ("", "=default"), "2 (default) is read, not 1 (without a name)"),
        ((SILENCE, HIGH), ("=default", "Comments"), "2 (Comments) is read, not 1 (silent)"),
    ],
)
def test_of_several_tracks_the_one_that_is_meant_is_read_and_the_others_are_told(
    tracks: tuple[Samples, ...], names: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    path = film(tmp_path / "film.mkv", *tracks, names=names)
    warnings: list[str] = []
    assert pitch(sound_of(path, warnings)) == pytest.approx(1000, rel=0.03)
    assert warnings == [
        f"{path} has {len(tracks)} audio tracks: {told}; "
        "`ffmpeg -i FILE -map 0:a:NUMBER-1 track.wav` extracts another"
    ]


@needs_ffmpeg
def test_several_tracks_of_silence_are_one(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mkv", SILENCE, SILENCE)
    warnings: list[str] = []
    assert not sound_of(path, warnings).any()
    assert "is read, not 2 (silent)" in warnings[0]


@needs_ffmpeg
@pytest.mark.parametrize("ending", ["m4a", "aac", "mkv", "wma", "flv", "wv"])
def test_files_that_were_joined_are_read_to_the_end(ending: str, tmp_path: Path) -> None:
    low, high = (
        convert(tmp_path / f"{number}.{ending}", sound).read_bytes()
        for number, sound in enumerate((LOW, HIGH))
    )
    path = tmp_path / f"joined.{ending}"
    path.write_bytes(low + high)
    warnings: list[str] = []
    heard = sound_of(path, warnings)
    assert len(heard) == pytest.approx(128_000, abs=8000)
    assert pitch(heard[:48_000]) == pytest.approx(400, rel=0.03)
    assert pitch(heard[-48_000:]) == pytest.approx(1000, rel=0.03)
    assert warnings == []


@needs_ffmpeg
@pytest.mark.parametrize("ending", ["m4a", "aac", "ts", "mkv", "wma", "avi"])
def test_one_that_was_cut_off_is_told(ending: str, tmp_path: Path) -> None:
    path = convert(tmp_path / f"a.{ending}", np.tile(LOW, 4))
    os.truncate(path, path.stat().st_size // 2 + 7)  # not where a packet ends
    warnings: list[str] = []
    heard = sound_of(path, warnings)
    assert 4 < len(heard) / 16_000 < 12
    assert path.name in warnings[0]
    assert warnings[1:] == ["not whole"]


def convert(path: Path, sound: Samples) -> Path:
    source = write_sound(path.with_suffix(".source.wav"), sound)
    early = ["-movflags", "faststart"] if path.suffix == ".m4a" else []
    codec = ["-c:a", "aac"] if path.suffix == ".flv" else []
    command = ["ffmpeg", "-v", "error", "-y", "-i", str(source), *codec, *early, str(path)]
    subprocess.run(command, check=True)
    return path


REPORT = b"""\
[mov @ 0x1f] [warning] something
[info] Input #0, mov,mp4, from 'a.mp4':
[info]   Metadata:
[info]     title           : A film
[info]   Duration: 00:01:02.50, start: 0.000000, bitrate: 128 kb/s
[info]   Stream #0:0[0x1](und): Video: h264 (High), 64x64 (default)
[info]   Stream #0:1[0x2](eng): Audio: aac (LC) (mp4a / 0x6134706D), 48000 Hz, stereo (default)
[info]     Metadata:
[info]       title           : Main
[info]                       : Stream #0:9: Audio: none
[info]   Stream #0:2[0x3]: Audio: aac (LC), 48000 Hz (comment) (visual impaired)
[info] Stream mapping:
[info]   Stream #0:1 -> #0:0 (aac (native) -> pcm_f32be (native))
[info]   Stream #0:0: Audio: pcm_f32be, 16000 Hz, stereo (default)
[aac @ 0x2f] [error] channel element 0.0 is not allocated
[error] Error while decoding stream #0:1: Invalid data found when processing input
"""


def test_a_complaint_may_be_of_a_decoder_of_a_stream() -> None:
    said = (
        b"[aist#0:0/wmav2 @ 0x37] [dec:wmav2 @ 0x38] [error] Error submitting packet to decoder\n"
    )
    assert Report.parse(said).loss(Path("a")) == "ffmpeg: Error submitting packet to decoder"


def test_a_report_names_tracks_and_complaints() -> None:
    report = Report.parse(REPORT)
    assert report.tracks == (
        Track(0, "eng", "Main", ("default",)),
        Track(1, None, "", ("comment", "visual impaired")),
    )
    assert report.duration is None  # pictures may go on longer
    path = Path("/somewhere/a.mp4")
    assert report.complaint(path) == "ffmpeg: channel element 0.0 is not allocated"
    assert (
        report.loss(path) == "ffmpeg: Error while decoding stream #0:1: Invalid data found when "
        "processing input"
    )


@pytest.mark.parametrize(
    ("line", "duration"),
    [(b"", 62.5), (b"[aac @ 0x1] [warning] Estimating duration from bitrate, ...\n", None)],
)
def test_a_duration_counts_where_it_is_stated_and_of_sound(
    line: bytes, duration: float | None
) -> None:
    said = b"[info]   Duration: 00:01:02.50, bitrate: 1 kb/s\n[info]   Stream #0:0: Audio: aac\n"
    assert Report.parse(line + said).duration == duration
    assert Report.parse(b"something else").tracks == ()
