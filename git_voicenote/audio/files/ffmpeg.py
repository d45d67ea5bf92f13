"""The optional decoder: ffmpeg, if it is installed, reads what libsndfile cannot.

ffmpeg recognizes a format by the content, not by the name, and some of its formats are lists of
other files: a playlist named .m4a could make it read any file, without end. So formats and
protocols are restricted, and time, memory and output are limited.
"""

from __future__ import annotations

import os
import resource
import select
import shutil
import struct
import subprocess
import tempfile
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Self

import numpy as np

from git_voicenote.audio.files.ffmpeg_report import Report
from git_voicenote.audio.files.formats import DEMUXERS
from git_voicenote.audio.files.sndfile import MAX_CHANNELS, not_sound_error
from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.errors import AudioFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import TracebackType

    from git_voicenote.audio.files.ffmpeg_report import Track
    from git_voicenote.datatypes import Samples

_FRAMES = SAMPLE_RATE // 10
_HEAD = struct.Struct(">4s5I")
"""A header of Sun's AU: magic, offset of the samples, size, encoding, rate, channels."""
_MAX_BLOCK_BYTES = 512 << 20
_MEMORY_BYTES = 4 << 30
_CPU_SECONDS = 1800
"""Seconds of CPU time; a day of sound takes 170. This limit is for an ffmpeg whose parent was
killed before it wrote anything; any other ends when it writes to the closed pipe."""
_TIMEOUT_SECONDS = 60.0
"""Seconds without output, in addition to one for each second of sound."""
_SILENT_RMS = 10 ** (-65 / 20)
"""A block whose RMS is above this is loud."""
_MIN_LOUD_BLOCKS = 5
"""Loud blocks that a track needs so as not to count as silent."""
_MAX_TRACKS = 8
"""Tracks that are examined, as long as each one is silent."""
_MAX_REPORT_BYTES = 1 << 20
"""Bytes that are read of ffmpeg's report on a file."""
INSTALL = "apt install ffmpeg (Debian), dnf install ffmpeg-free (Fedora), brew install ffmpeg"


class FfmpegSound:
    """A stream of sound that ffmpeg decodes, at 16 kHz, with all channels of one audio track.

    Of several tracks, one that is neither silent nor a commentary is preferred, and `warn` is
    called with the others. `reason` is why the first decoder failed, if it said so. `patience` is
    the number of seconds without output after which ffmpeg is given up.
    """

    rate = SAMPLE_RATE

    def __init__(
        self,
        path: Path,
        name: str,
        reason: str | None,
        warn: Callable[[str], None],
        *,
        patience: float = _TIMEOUT_SECONDS,
    ) -> None:
        """Raise AudioFileError if ffmpeg is missing; the hint says how to install it."""
        if not shutil.which("ffmpeg"):
            if reason:
                raise not_sound_error(name, reason)
            raise AudioFileError(
                f"{name} is not in a format that can be read without ffmpeg, which is not "
                "installed",
                hint=f"{INSTALL}; or convert it to wav, flac, ogg, opus or mp3",
            )
        self.failure: str | None = None
        self.stated: float | None = None
        self._path = path
        self._name = name
        self._reason = reason
        self._warn = warn
        self._patience = patience

    def blocks(self) -> Iterator[Samples]:
        """Yield blocks of about 0.1 s, of shape (frames, channels).

        Raises AudioFileError if ffmpeg finds no sound or takes too long.
        """
        with self._run(0) as run:
            blocks = run.blocks()
            first = next(blocks, None)
            tracks = run.report().tracks
            if len(tracks) < 2:
                yield from self._all(run, first, blocks)
                return
        chosen = self._choose(tracks)
        with self._run(chosen) as run:
            blocks = run.blocks()
            yield from self._all(run, next(blocks, None), blocks)

    def _run(self, track: int) -> _Run:
        return _Run(self._path, self._name, track, self._patience)

    def _all(self, run: _Run, first: Samples | None, rest: Iterator[Samples]) -> Iterator[Samples]:
        """Yield all blocks, and record how ffmpeg ended."""
        if first is not None:
            yield first
        yield from rest
        is_done = run.end()
        report = run.report()
        complaint = report.complaint(self._path)
        if first is None:
            found = "ffmpeg found no sound in it" if not run.has_crashed else "ffmpeg crashed"
            raise not_sound_error(self._name, self._reason or complaint or found)
        if not is_done:
            self.failure = complaint or "ffmpeg stopped"
        else:
            self.failure = report.loss(self._path)
        if self.failure is None:
            self.stated = report.duration

    def _choose(self, tracks: tuple[Track, ...]) -> int:
        """Return the number, from 0, of the track to read, and report the others."""
        order = sorted(tracks, key=lambda track: track.rank)
        silent = set()
        chosen = order[0]
        for track in order[:_MAX_TRACKS]:
            if self._is_heard(track):
                chosen = track
                break
            silent.add(track)
        others = ", ".join(
            f"{track.number + 1} ({'silent' if track in silent else track.description})"
            for track in tracks
            if track is not chosen
        )
        self._warn(
            f"{self._name} has {len(tracks)} audio tracks: {chosen.number + 1} "
            f"({chosen.description}) is read, not {others}; "
            f"`ffmpeg -i FILE -map 0:a:NUMBER-1 track.wav` extracts another"
        )
        return chosen.number

    def _is_heard(self, track: Track) -> bool:
        """Return whether a track is not silent; a silent one is decoded to its end."""
        loud = 0
        with self._run(track.number) as run:
            for block in run.blocks():
                loud += bool(np.square(block, dtype=np.float64).mean() > _SILENT_RMS**2)
                if loud >= _MIN_LOUD_BLOCKS:
                    return True
        return False


class _Run:
    """An ffmpeg process that decodes a track; it is killed when the context ends."""

    def __init__(self, path: Path, name: str, track: int, patience: float) -> None:
        self._name = name
        self._patience = patience
        self._report = tempfile.TemporaryFile()  # noqa: SIM115 - the context ends it
        self._process = subprocess.Popen(
            _command(path, track),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._report,
        )  # fmt: skip
        _limit(self._process.pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._process, self._report:
            self._process.kill()  # no effect if it has ended; else nobody reads it any more

    def end(self) -> bool:
        """Wait until it has ended; return whether it succeeded."""
        return self._process.wait() == 0

    @property
    def has_crashed(self) -> bool:
        """Whether a signal ended it."""
        return (self._process.returncode or 0) < 0

    def report(self) -> Report:
        """Return its report so far."""
        self._report.flush()
        return Report.parse(os.pread(self._report.fileno(), _MAX_REPORT_BYTES, 0))

    def blocks(self) -> Iterator[Samples]:
        """Yield samples of shape (frames, channels). Raises AudioFileError on a timeout."""
        rest, width = b"", 0
        for read in self._reads():
            rest += read
            if not width:
                if len(rest) < _HEAD.size or len(rest) < (start := _HEAD.unpack_from(rest)[1]):
                    continue
                magic, _, _, _, _, channels = _HEAD.unpack_from(rest)
                if magic != b".snd" or not 0 < channels <= MAX_CHANNELS:
                    raise not_sound_error(self._name, f"ffmpeg gave {channels} channels")
                rest, width = rest[start:], channels * 4
            whole = len(rest) // width * width
            if whole:
                samples = np.frombuffer(rest[:whole], dtype=">f4").astype(np.float32)
                rest = rest[whole:]
                yield samples.reshape(-1, width // 4)

    def _reads(self) -> Iterator[bytes]:
        """Yield its output. Raises AudioFileError on a timeout."""
        if self._process.stdout is None:
            raise AssertionError("a pipe was asked for")
        pipe = self._process.stdout.fileno()
        waited, allowed = 0.0, self._patience
        while True:
            began = time.monotonic()
            ready, _, _ = select.select([pipe], [], [], min(self._patience, allowed - waited))
            waited += time.monotonic() - began
            if not ready or waited > allowed:
                raise AudioFileError(
                    f"{self._name} takes ffmpeg too long: no output for {waited:.0f} s",
                    hint="convert it to wav, flac, ogg, opus or mp3 with a program that you trust",
                )
            read = os.read(pipe, _FRAMES * 4)
            if not read:
                return
            allowed += len(read) / 4 / SAMPLE_RATE
            yield read


def _limit(process: int) -> None:
    """Limit the resources of a process, on systems that can do so (Linux)."""
    if hasattr(resource, "prlimit"):
        with suppress(OSError):  # it has ended
            resource.prlimit(process, resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
            resource.prlimit(process, resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


def _command(path: Path, track: int) -> list[str]:
    return [
        "ffmpeg", "-nostdin", "-hide_banner", "-nostats", "-loglevel", "level+info",
        "-max_alloc", str(_MAX_BLOCK_BYTES),
        "-protocol_whitelist", "file", "-format_whitelist", ",".join(DEMUXERS),
        "-i", f"file:{path.absolute()}",
        "-map", f"0:a:{track}", "-ar", str(SAMPLE_RATE), "-c:a", "pcm_f32be", "-f", "au", "pipe:1",
    ]  # fmt: skip
