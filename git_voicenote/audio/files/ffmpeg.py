"""The optional decoder: ffmpeg, where it is installed, reads what libsndfile does not.

ffmpeg tells a format by the content and not by the name, and some of its formats are lists of other
files: a playlist that is called .m4a would have it read any file, and never end. So formats and
protocols are named here, and its time, its memory and its output are limited.
"""

from __future__ import annotations

import os
import re
import resource
import select
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import numpy as np

from git_voicenote.audio.files.formats import DEMUXERS
from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.errors import AudioFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from git_voicenote.datatypes import Samples

_BLOCK_BYTES = SAMPLE_RATE // 10 * 4
_LARGEST_BLOCK = 512 << 20
_MEMORY = 4 << 30
_CPU = 1800
"""Seconds: a day of sound takes 170. It ends one whose parent was killed before it wrote anything;
any other ends as soon as it writes to a pipe that nobody reads."""
_PATIENCE = 60.0
"""Seconds in which nothing comes, beyond one for each second of sound."""
_INSTALL = "apt install ffmpeg (Debian), dnf install ffmpeg-free (Fedora), brew install ffmpeg"


def decode(
    path: Path,
    name: str,
    reason: str | None,
    warn: Callable[[str], None],
    *,
    patience: float = _PATIENCE,
) -> Iterator[Samples]:
    """Yield a file of any format as mono float32 16 kHz blocks, through ffmpeg.

    `reason` is what the first decoder had against the file, where it could tell. `patience` are the
    seconds in which nothing may come. Raises AudioFileError where ffmpeg is missing (the hint says
    how to install it), finds no sound or takes too long.
    """
    if not shutil.which("ffmpeg"):
        if reason:
            raise not_sound(name, reason)
        raise AudioFileError(
            f"{name} is not in a format that can be read without ffmpeg, which is not installed",
            hint=f"{_INSTALL}; or convert it to wav, flac, ogg, opus or mp3",
        )
    seconds = 0.0
    with tempfile.TemporaryFile() as complaints:
        with _running(path, complaints.fileno()) as process:
            for block in _blocks(process, name, patience):
                samples = np.frombuffer(block[: len(block) // 4 * 4], dtype="<f4")
                seconds += len(samples) / SAMPLE_RATE
                # a damaged file may give what is no number
                yield np.nan_to_num(samples.astype(np.float32), posinf=0.0, neginf=0.0)
            is_done = process.wait() == 0
        if is_done and seconds:
            return
        complaints.seek(0)
        complaint = _first_line(complaints.read(_BLOCK_BYTES).decode("utf-8", "replace"), path)
    if not seconds:
        raise not_sound(name, reason or complaint)
    warn(f"{name} is damaged ({complaint}): {seconds:.1f} s could be read")


@contextmanager
def _running(path: Path, complaints: int) -> Iterator[subprocess.Popen[bytes]]:
    """Give ffmpeg, which is gone when the context ends."""
    process = subprocess.Popen(
        _command(path), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints
    )
    with process:
        try:
            _limit(process.pid)
            yield process
        finally:
            process.kill()  # nothing to it when it is done; else our reader went away


def _limit(process: int) -> None:
    """Limit what a process takes, where the system can: on Linux."""
    if hasattr(resource, "prlimit"):
        with suppress(OSError):  # it has ended
            resource.prlimit(process, resource.RLIMIT_CPU, (_CPU, _CPU))
            resource.prlimit(process, resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _blocks(process: subprocess.Popen[bytes], name: str, patience: float) -> Iterator[bytes]:
    """Yield what a process prints, in whole samples. Raises AudioFileError where it takes long."""
    if process.stdout is None:
        raise AssertionError("a pipe was asked for")
    pipe = process.stdout.fileno()
    waited, allowed, rest = 0.0, patience, b""
    while True:
        began = time.monotonic()
        ready, _, _ = select.select([pipe], [], [], min(patience, allowed - waited))
        waited += time.monotonic() - began
        if not ready or waited > allowed:
            raise AudioFileError(
                f"{name} takes ffmpeg too long: nothing came for {waited:.0f} s",
                hint="convert it to wav, flac, ogg, opus or mp3 with a program that you trust",
            )
        read = os.read(pipe, _BLOCK_BYTES)
        if not read:
            return
        whole = len(rest + read) // 4 * 4
        block, rest = (rest + read)[:whole], (rest + read)[whole:]
        allowed += whole / 4 / SAMPLE_RATE
        yield block


def not_sound(name: str, reason: str) -> AudioFileError:
    """Return the error for a file that is there and is no sound."""
    return AudioFileError(
        f"{name} holds no sound that can be read ({reason})",
        hint="record or export it again: wav, flac, ogg, opus, mp3 or m4a will do",
    )


def _command(path: Path) -> list[str]:
    return [
        "ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error",
        "-max_alloc", str(_LARGEST_BLOCK),
        "-protocol_whitelist", "file", "-format_whitelist", ",".join(DEMUXERS),
        "-i", f"file:{path.absolute()}",
        "-map", "0:a:0", "-ac", "1", "-ar", str(SAMPLE_RATE), "-f", "f32le", "pipe:1",
    ]  # fmt: skip


def _first_line(complaints: str, path: Path) -> str:
    for line in complaints.splitlines():
        # "[mov,mp4 @ 0x55d1] moov atom not found": who says it, and of which file, helps nobody
        words = re.sub(r"^\[.*? @ 0x[0-9a-f]+\] ", "", line)
        words = words.removeprefix(f"file:{path.absolute()}: ").strip(" .")
        if "not on whitelist" in words:
            found = re.match(r"\[(\S+) @", line)
            return f"a file of the kind {found[1] if found else 'unknown'} is not read"
        if words:
            return f"ffmpeg: {words}"
    return "ffmpeg found no sound in it"
