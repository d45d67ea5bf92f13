"""The optional decoder: ffmpeg, where it is installed, reads what libsndfile does not."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from typing import TYPE_CHECKING

import numpy as np

from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.errors import AudioFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from git_voicenote.datatypes import Samples

_BLOCK_BYTES = SAMPLE_RATE // 10 * 4
_INSTALL = "apt install ffmpeg (Debian), dnf install ffmpeg-free (Fedora), brew install ffmpeg"


def decode(
    path: Path, name: str, reason: str | None, warn: Callable[[str], None]
) -> Iterator[Samples]:
    """Yield a file of any format as mono float32 16 kHz blocks, through ffmpeg.

    `reason` is what the first decoder had against the file, where it could tell. Raises
    AudioFileError where ffmpeg is missing (the hint says how to install it) or finds no sound.
    """
    if not shutil.which("ffmpeg"):
        if reason:
            raise not_sound(name, reason)
        raise AudioFileError(
            f"{name} is not in a format that can be read without ffmpeg, which is not installed",
            hint=f"{_INSTALL}; or convert it to wav, flac, ogg, opus or mp3",
        )
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(
            _command(path), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints
        ) as process,
    ):
        if process.stdout is None:
            raise AssertionError("a pipe was asked for")
        seconds = 0.0
        try:
            while block := process.stdout.read(_BLOCK_BYTES):
                samples = np.frombuffer(block[: len(block) // 4 * 4], dtype="<f4")
                seconds += len(samples) / SAMPLE_RATE
                yield samples.astype(np.float32)
        finally:
            process.kill()  # nothing to it when it is done; else our reader went away
        if process.wait() == 0 and seconds:
            return
        complaints.seek(0)
        complaint = _first_line(complaints.read().decode("utf-8", "replace"), path)
    if not seconds:
        raise not_sound(name, reason or complaint)
    warn(f"{name} is damaged ({complaint}): {seconds:.1f} s could be read")


def not_sound(name: str, reason: str) -> AudioFileError:
    """Return the error for a file that is there and is no sound."""
    return AudioFileError(
        f"{name} holds no sound that can be read ({reason})",
        hint="record or export it again: wav, flac, ogg, opus, mp3 or m4a will do",
    )


def _command(path: Path) -> list[str]:
    # file: and the whitelist: a playlist that poses as sound may not open a network connection
    return [
        "ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error",
        "-protocol_whitelist", "file", "-i", f"file:{path.absolute()}",
        "-map", "0:a:0", "-ac", "1", "-ar", str(SAMPLE_RATE), "-f", "f32le", "pipe:1",
    ]  # fmt: skip


def _first_line(complaints: str, path: Path) -> str:
    for line in complaints.splitlines():
        # "[mov,mp4 @ 0x55d1] moov atom not found": who says it, and of which file, helps nobody
        words = re.sub(r"^\[.*? @ 0x[0-9a-f]+\] ", "", line)
        words = words.removeprefix(f"file:{path.absolute()}: ").strip(" .")
        if words:
            return f"ffmpeg: {words}"
    return "ffmpeg found no sound in it"
