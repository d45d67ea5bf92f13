"""Parse ffmpeg's messages on stderr: the tracks of a file, its duration, and errors.

The alternative, ffprobe, is not always installed with ffmpeg. The lines have had this form since
ffmpeg 2. If it changes, a file appears to have one track and no duration.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path

_STREAM = re.compile(r"\[info\] {2,4}Stream #0:\d+(?:\[0x[0-9a-f]+\])?(?:\((\w+)\))?: (\w+): (.*)")
_TITLE = re.compile(r"\[info\] +title +: (.*)")
_DURATION = re.compile(r"\[info\] +Duration: (\d+):(\d\d):(\d\d\.\d+)")
_DISPOSITION = re.compile(r"\(([a-z ]+)\)")
_ESTIMATED = "Estimating duration"
_INPUT_ENDS = ("[info] Stream mapping:", "[info] Output #0")
_COMPLAINT = re.compile(r"(?:\[(\S+) @ 0x[0-9a-f]+\] )*\[(?:error|fatal|panic)\] (.*)")
"""Since ffmpeg 7, there may be two prefixes: a decoder's name follows that of its stream."""
_LOSSES = re.compile(
    r"while decoding|submitting packet|partial file|prematurely|input/output error|truncat", re.I
)
"""Errors that mean that sound is missing; others concern pictures or timestamps."""
_SIDE_TRACK = re.compile(r"comment|impaired|descriptive|karaoke", re.I)
_MAX_TITLE_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Track:
    """An audio track: its number among the audio tracks, from 0, and its description."""

    number: int
    language: str | None
    title: str
    dispositions: tuple[str, ...]

    @property
    def rank(self) -> tuple[bool, bool, int]:
        """Return the sort key of tracks: the one that most people would listen to comes first."""
        said = " ".join((self.title, *self.dispositions))
        return bool(_SIDE_TRACK.search(said)), "default" not in self.dispositions, self.number

    @property
    def description(self) -> str:
        """Return how to name it in a message."""
        known = (self.title[:_MAX_TITLE_LENGTH], self.language, *self.dispositions)
        return ", ".join(filter(None, known)) or "without a name"


@dataclass(frozen=True, slots=True)
class Report:
    """What ffmpeg has reported of one file so far."""

    tracks: tuple[Track, ...]
    duration: float | None
    """Seconds, if they are stated and not estimated, and the file contains only sound: pictures may
    be longer."""
    complaints: tuple[str, ...]

    @classmethod
    def parse(cls, said: bytes) -> Self:
        """Parse a report."""
        lines = said.decode("utf-8", "replace").splitlines()
        tracks: list[Track] = []
        kinds = []
        duration = None
        for line in lines:
            if line.startswith(_INPUT_ENDS):
                break
            if found := _STREAM.match(line):
                kinds.append(found[2])
                if found[2] == "Audio":
                    dispositions = tuple(_DISPOSITION.findall(found[3]))
                    known = tuple(name for name in dispositions if name in _DISPOSITIONS)
                    tracks.append(Track(len(tracks), found[1], "", known))
            elif (found := _TITLE.match(line)) and kinds and kinds[-1] == "Audio":
                last = tracks[-1]
                tracks[-1] = Track(last.number, last.language, found[1], last.dispositions)
            elif found := _DURATION.match(line):
                duration = int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3])
        if set(kinds) != {"Audio"} or len(kinds) > 1 or any(_ESTIMATED in line for line in lines):
            duration = None
        complaints = tuple(line for line in lines if _COMPLAINT.match(line))
        return cls(tuple(tracks), duration, complaints)

    def complaint(self, path: Path) -> str | None:
        """Return the first error in readable form, without `path`."""
        return next(filter(None, (_words(line, path) for line in self.complaints)), None)

    def loss(self, path: Path) -> str | None:
        """Return the first error that means that sound is missing."""
        lost = (line for line in self.complaints if _LOSSES.search(line))
        return next(filter(None, (_words(line, path) for line in lost)), None)


_DISPOSITIONS = frozenset(
    {"default", "dub", "original", "comment", "lyrics", "karaoke", "forced", "hearing impaired"}
    | {"visual impaired", "clean effects", "descriptions", "dependent"}
)


def _words(line: str, path: Path) -> str | None:
    # "[mov,mp4 @ 0x55d1] [error] moov atom not found": keep the message only
    found = _COMPLAINT.match(line)
    if found is None:
        return None
    words = found[2].removeprefix(f"file:{path.absolute()}: ").strip(" .")
    if "not on whitelist" in words:
        return f"a file of the kind {found[1] or 'unknown'} is not read"
    return f"ffmpeg: {words}" if words else None
