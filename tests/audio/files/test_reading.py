"""Sound files of any kind, good and bad."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from git_voicenote.audio.files.reading import import_sound, read_blocks
from git_voicenote.audio.files.wav import HEADER_SIZE
from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.errors import AudioFileError
from tests.support.sound import pcm, pitch, sound_of, tone, wav_header, write_sound

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox


@pytest.mark.parametrize(
    ("name", "subtype", "rate", "channels"),
    [
        ("a.wav", "PCM_16", 16000, 1),
        ("a.wav", "PCM_U8", 8000, 1),
        ("a.wav", "PCM_24", 96000, 2),
        ("a.wav", "FLOAT", 48000, 6),
        ("a.wav", "DOUBLE", 44100, 2),
        ("a.wav", "ULAW", 8000, 1),
        ("a.wav", "MS_ADPCM", 22050, 1),
        ("a.flac", "PCM_24", 192000, 2),
        ("a.ogg", "VORBIS", 44100, 2),
        ("a.ogg", "OPUS", 48000, 1),
        ("a.mp3", "MPEG_LAYER_III", 44100, 2),
        ("a.aiff", "PCM_16", 11025, 2),
        ("a.caf", "PCM_16", 32000, 1),
    ],
)
def test_any_format_rate_and_number_of_channels_is_read(
    name: str, subtype: str, rate: int, channels: int, tmp_path: Path
) -> None:
    sound = np.stack([tone(1.5, hertz=1000, rate=rate)] * channels, axis=1)
    heard = sound_of(write_sound(tmp_path / name, sound, rate=rate, subtype=subtype))
    assert len(heard) == pytest.approx(1.5 * SAMPLE_RATE, abs=0.1 * SAMPLE_RATE)
    assert pitch(heard) == pytest.approx(1000, rel=0.03)
    assert np.sqrt(np.mean(heard**2)) == pytest.approx(0.354, rel=0.05)


def test_blocks_are_about_a_tenth_of_a_second(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.wav", tone(2, rate=44100), rate=44100)
    sizes = [len(block) for block in read_blocks(path)]
    assert max(sizes) <= 0.15 * SAMPLE_RATE
    assert len(sizes) <= 25


def test_channels_are_mixed_down(tmp_path: Path) -> None:
    sound = np.stack([tone(1, loudness=0.8), np.zeros(16000, np.float32)], axis=1)
    heard = sound_of(write_sound(tmp_path / "a.wav", sound))
    np.testing.assert_allclose(heard, tone(1, loudness=0.4), atol=1e-4)


def test_an_extension_that_lies_does_not_matter(tmp_path: Path) -> None:
    for name in ("a.mp3", "a.raw", "a", "a.txt"):
        path = write_sound(tmp_path / "a.flac", tone(0.5), format="FLAC").rename(tmp_path / name)
        assert len(sound_of(path)) == 8000


def test_reading_an_mp3_leaves_the_terminal_alone(tmp_path: Path, sandbox: Sandbox) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 48000)
    path = write_sound(tmp_path / "a.mp3", noise.astype(np.float32))
    program = (
        "import sys, pathlib, git_voicenote.audio.files.reading as f\n"
        "for block in f.read_blocks(pathlib.Path(sys.argv[1])): pass"
    )
    assert sandbox.run(sys.executable, "-c", program, path).stderr == b""


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed (optional)")
@pytest.mark.parametrize("name", ["a.m4a", "a.webm", "a.wav"])
def test_the_rest_is_read_through_ffmpeg(name: str, tmp_path: Path) -> None:
    source = write_sound(tmp_path / "source.wav", tone(1.5, hertz=1000, rate=48000), rate=48000)
    codec = {"a.m4a": "aac", "a.webm": "libopus", "a.wav": "adpcm_yamaha"}[name]
    path = tmp_path / name
    subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-i", source, "-ac", "2", "-c:a", codec, path],
        check=True,
    )
    heard = sound_of(path)
    assert len(heard) == pytest.approx(1.5 * SAMPLE_RATE, abs=0.1 * SAMPLE_RATE)
    assert pitch(heard) == pytest.approx(1000, rel=0.03)
    assert len(sound_of(io.BytesIO(path.read_bytes()))) == len(heard)


def test_without_ffmpeg_the_rest_is_an_error_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "memo.m4a"
    path.write_bytes(b"\0\0\0\x1cftypM4A \0\0\0\0M4A mp42isom\0\0\0\0" + bytes(1000))
    with pytest.raises(AudioFileError) as caught:
        sound_of(path)
    assert caught.value.message == (
        f"{path} is not in a format that can be read without ffmpeg, which is not installed"
    )
    assert caught.value.hint == (
        "apt install ffmpeg (Debian), dnf install ffmpeg-free (Fedora), brew install ffmpeg; "
        "or convert it to wav, flac, ogg, opus or mp3"
    )


ONCE_MORE = "record or export it again: wav, flac, ogg, opus, mp3 or m4a will do"


@pytest.mark.parametrize(
    ("content", "complaint", "hint"),
    [
        (b"", "is empty", "nothing was recorded into it, or the copy went wrong"),
        (
            b"\n<!DOCTYPE html>\n<html><body>Please sign in</body></html>",
            "is a web page, not sound",
            "a proxy or a login page answered: fetch the sound again",
        ),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n",
            "is a git-lfs pointer, not sound",
            "`git lfs pull` fetches the sound itself",
        ),
        (wav_header(0), "holds no sound that can be read (it has 0 samples)", ONCE_MORE),
        (
            wav_header(882, rate=1_092_676) + bytes(882),
            "holds no sound that can be read (its header states a sample rate of 1,092,676 Hz)",
            ONCE_MORE,
        ),
        (
            wav_header(0).replace(b"\x10\0\0\0", b"ffff"),
            "holds no sound that can be read (damaged WAV: Error in WAV file. No 'data' chunk "
            "marker)",
            ONCE_MORE,
        ),
        (
            wav_header(0)[:36] + b"HURF9999" + b"x" * 5000,
            "holds no sound that can be read (damaged WAV: Error in WAV file. No 'data' chunk "
            "marker)",
            ONCE_MORE,
        ),
        (
            wav_header(200)
            .replace(b"\x01\0\x01\0", b"\x03\0\x01\0")
            .replace(b"\x02\0\x10\0", b"\x04\0\x20\0")
            + np.full(50, np.nan, "<f4").tobytes(),
            "holds no sound that can be read (none of its samples is a number)",
            ONCE_MORE,
        ),
    ],
    ids=["empty", "web page", "lfs", "null", "awful", "bad", "evil", "nan"],
)
def test_what_is_no_sound_is_told_apart(
    content: bytes, complaint: str, hint: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(AudioFileError) as caught:
        sound_of(path)
    assert (caught.value.message, caught.value.hint) == (f"{path} {complaint}", hint)
    with pytest.raises(AudioFileError) as caught:
        import_sound(path, tmp_path / "imported.wav")
    assert caught.value.message == f"{path} {complaint}"
    assert not (tmp_path / "imported.wav").exists()
    assert path.read_bytes() == content


@pytest.mark.parametrize("name", ["a.mp3", "a.wav", "a"])
@pytest.mark.parametrize("ffmpeg", [True, False])
def test_bytes_of_no_kind_are_no_sound(
    name: str, ffmpeg: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not ffmpeg:
        monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / name
    for content in (b"just some text\n" * 100, bytes(5000), b"RIFF"):
        path.write_bytes(content)
        with pytest.raises(AudioFileError, match=r"holds no sound|not in a format") as caught:
            sound_of(path)
        assert caught.value.hint


def test_what_is_no_file_is_told_apart(tmp_path: Path) -> None:
    for path, message in (
        (tmp_path / "none.wav", f"there is no file {tmp_path}/none.wav"),
        (tmp_path, f"{tmp_path} is a folder"),
        (tmp_path / ("n" * 300), f"{tmp_path}/{'n' * 300} could not be opened: File name too long"),
    ):
        with pytest.raises(AudioFileError) as caught:
            sound_of(path)
        assert caught.value.message == message


def test_a_file_that_one_may_not_read_says_so(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.wav", tone(0.1))
    path.chmod(0)
    if os.getuid() == 0:  # root may read everything: be nobody for a moment
        os.seteuid(65534)
    try:
        with pytest.raises(AudioFileError) as caught:
            sound_of(path)
    finally:
        if os.getuid() == 0:
            os.seteuid(0)
    assert caught.value.message == f"you may not read {path}"


@pytest.mark.parametrize(
    ("header", "trailer", "warning"),
    [
        (wav_header(0), b"", None),
        (wav_header(0xFFFFFFFF), b"", None),
        (wav_header(0x7FFFF000), b"", None),
        (wav_header(64_000), b"", "{} is cut off: 1.0 s of sound are missing"),
        (wav_header(3_200), b"", "{} has a damaged header: all sound up to its end is read"),
        (wav_header(32_000), b"LIST\x04\0\0\0abcd", None),
    ],
    ids=["zero", "ffffffff", "sox", "too much", "too little", "trailer"],
)
@pytest.mark.parametrize("piped", [False, True])
def test_a_header_that_lies_about_the_size_costs_no_sound(
    header: bytes, trailer: bytes, warning: str | None, piped: bool, tmp_path: Path
) -> None:
    content = header + pcm(tone(1.0)) + trailer
    path = tmp_path / "a.wav"
    warnings: list[str] = []
    if piped:
        os.mkfifo(path)
        writer = threading.Thread(target=path.write_bytes, args=(content,))
        writer.start()
        heard = sound_of(path, warnings)
        writer.join()
    else:
        path.write_bytes(content)
        heard = sound_of(path, warnings)
    assert len(heard) == 16000
    expected = [warning.format(path)] if warning else []
    assert warnings == expected + ["not whole"] * ("cut off" in (warning or ""))


@pytest.mark.parametrize(("name", "least"), [("a.flac", 0.5), ("a.ogg", 0.5), ("a.mp3", 0.5)])
def test_a_file_that_is_cut_off_is_read_as_far_as_it_goes(
    name: str, least: float, tmp_path: Path
) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, 48000).astype(np.float32)
    path = write_sound(tmp_path / name, noise)
    os.truncate(path, path.stat().st_size // 2)
    warnings: list[str] = []
    assert least <= len(sound_of(path, warnings)) / SAMPLE_RATE < 3
    assert "could be read" in warnings[0]
    assert warnings[1:] == ["not whole"]


def test_a_file_that_shrinks_while_it_is_read_is_an_error_after_what_there_was(
    tmp_path: Path,
) -> None:
    path = write_sound(tmp_path / "a.wav", tone(100))
    blocks = read_blocks(path)
    read = [next(blocks)]
    os.truncate(path, HEADER_SIZE + 80 * SAMPLE_RATE * 2)
    with pytest.raises(AudioFileError) as caught:
        read.extend(blocks)
    assert sum(map(len, read)) == 80 * SAMPLE_RATE
    assert caught.value.message == f"{path} became shorter while it was read"
    assert caught.value.hint


def test_samples_that_are_no_numbers_become_silence(tmp_path: Path) -> None:
    sound = tone(1.0)
    sound[100:200] = np.nan
    sound[300] = np.inf
    sound[400:500] = 1e30
    path = tmp_path / "a.wav"
    soundfile.write(path, sound, SAMPLE_RATE, subtype="FLOAT")
    warnings: list[str] = []
    heard = sound_of(path, warnings)
    assert not heard[100:200].any()
    assert heard[300] == 0
    assert not heard[400:500].any()
    np.testing.assert_array_equal(heard[500:], sound[500:])
    assert warnings == [
        f"{path} is damaged: 201 samples are not numbers, silence stands in for them"
    ]


def test_half_an_hour_takes_no_more_memory_than_a_minute(tmp_path: Path, sandbox: Sandbox) -> None:
    program = (
        "import sys, resource, pathlib, git_voicenote.audio.files.reading as f\n"
        "print(sum(map(len, f.read_blocks(pathlib.Path(sys.argv[1])))))\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    results = {}
    for seconds in (60, 1800):
        path = tmp_path / "a.wav"
        path.write_bytes(wav_header(seconds * SAMPLE_RATE * 2))
        os.truncate(path, HEADER_SIZE + seconds * SAMPLE_RATE * 2)  # a hole: no disk is used
        samples, memory = sandbox.run(sys.executable, "-c", program, path).stdout.split()
        assert int(samples) == seconds * SAMPLE_RATE
        results[seconds] = int(memory)
    assert results[1800] < results[60] * 1.2
