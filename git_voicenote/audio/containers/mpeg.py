"""MPEG audio (ISO 11172-3, 13818-3): a sequence of frames, each with its own header.

A file has no header. The encoder may store its length in a first frame without sound (a "Xing" or
"Info" tag). Decoders stop there, and lose what follows. Without a tag, libsndfile guesses the
length from the first frame, and stops there. So frames with no tag or a wrong one get a new tag
with their number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from git_voicenote.audio.containers.signatures import after_tags, starts_stream
from git_voicenote.audio.containers.stream import Stream

if TYPE_CHECKING:
    from git_voicenote.audio.containers.view import Piece, View

_SYNC = re.compile(rb"\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff]")
_RATES = (44100, 48000, 32000)
_KBITS = {
    # (is MPEG-1, layer): kilobits a second
    (True, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 3): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_SAMPLES = {(True, 1): 384, (True, 2): 1152, (True, 3): 1152,
            (False, 1): 384, (False, 2): 1152, (False, 3): 576}  # fmt: skip
_MIN_FRAMES = 3
"""Consecutive frames of one kind that are taken as evidence; fewer may be chance."""
_MAX_GAP_BYTES = 1 << 20
"""Bytes between two frames that still belong to one stream."""
_MAX_CANDIDATES = 200_000
"""Offsets that are examined for a frame; 500 MB of noise have fewer."""
_LAYER_3 = 3
_MAX_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame's header. `kind` is the part that is constant within a stream."""

    kind: tuple[int, int, int, bool]
    """Version, layer, hertz, whether it is mono."""
    length: int
    samples: int

    @property
    def tag_offset(self) -> int:
        """Offset of the encoder's tag in a frame of layer III."""
        is_mpeg1, is_mono = self.kind[0] == 1, self.kind[3]
        return 4 + ((17 if is_mono else 32) if is_mpeg1 else (9 if is_mono else 17))


def frame_at(view: View, offset: int) -> Frame | None:
    """Return the frame that begins here, if any."""
    return _parsed(view.at(offset, 4))


def _parsed(head: bytes) -> Frame | None:
    if len(head) < 4 or not _SYNC.match(head):
        return None
    version = (25, 0, 2, 1)[head[1] >> 3 & 3]
    layer = 4 - (head[1] >> 1 & 3)
    kbits, rate = head[2] >> 4, head[2] >> 2 & 3
    if not version or layer == 4 or kbits in (0, 15) or rate == 3:
        return None
    shape = (version == 1, layer)
    hertz = _RATES[rate] // {1: 1, 2: 2, 25: 4}[version]
    samples = _SAMPLES[shape]
    bits = _KBITS[shape][kbits - 1] * 1000
    padding = head[2] >> 1 & 1
    length = (12 * bits // hertz + padding) * 4 if layer == 1 else (
        samples // 8 * bits // hertz + padding
    )  # fmt: skip
    return Frame((version, layer, hertz, head[3] >> 6 == 3), length, samples)


def begins(view: View, offset: int) -> bool:
    """Return whether frames begin here: several of one kind, or all up to the end of the file."""
    first = frame = frame_at(view, offset)
    for _ in range(_MIN_FRAMES - 1):
        if first is None or frame is None or frame.kind != first.kind:
            return False
        offset += frame.length
        if offset == view.size:
            return True
        frame = frame_at(view, offset)
    return first is not None and frame is not None and frame.kind == first.kind


def first(view: View, start: int, end: int | None = None) -> int | None:
    """Return the first offset in start … end at which frames begin."""
    candidates = islice(view.matches(_SYNC, start, end), _MAX_CANDIDATES)
    return next((offset for offset in candidates if begins(view, offset)), None)


def measure(view: View, start: int) -> Stream:
    """Return the frames of one kind from here on, without the tags and gaps between them."""
    return _Walk(view, start).stream()


def tag(header: bytes, frames: int) -> bytes:
    """Return a tag frame of the same kind as this header, which states the number of frames."""
    # no checksum, the highest bit rate, no padding
    head = bytes([header[0], header[1] | 1, 14 << 4 | header[2] & 0x0C, header[3]])
    frame = _parsed(head)
    if frame is None or frame.kind[1] != _LAYER_3:
        return b""
    body = (
        bytes(frame.tag_offset - 4) + b"Xing" + (1).to_bytes(4, "big") + frames.to_bytes(4, "big")
    )
    return (head + body).ljust(frame.length, b"\0")


@dataclass
class _Walk:
    """A walk from frame to frame."""

    view: View
    start: int
    frames: int = 0
    stated: int = 0
    """The number of frames: as stated in the encoder's tag, or else counted."""
    tagged: int = 0
    """The number of frames that encoders' tags state."""
    tags: int = 0
    hole: int = 0
    """Bytes between frames that are neither frames nor tags."""
    pieces: list[Piece] = field(default_factory=list)
    _gap: int = 0
    _since_tag: int = 0
    _by_tag: int = 0

    def stream(self) -> Stream:
        frame = frame_at(self.view, self.start)
        if frame is None:
            raise AssertionError("a walk begins at a frame")
        kind, samples = frame.kind, frame.samples
        offset = piece = before = self.start
        is_torn = False
        while True:
            frame = frame_at(self.view, offset)
            if frame is None or frame.kind != kind:
                # the last frame of a file that was cut off reaches into the file that was appended
                inside = first(self.view, before + 4, offset) if offset > before else None
                if inside is None:
                    self._keep(piece, offset)
                else:
                    self._keep(piece, before)
                    self.frames -= 1
                    offset = inside
                following = self._resume(offset, kind)
                if following is None:
                    break
                offset = piece = following
                continue
            if self._is_tag(offset, frame):
                self._keep(piece, offset)
                piece = offset + frame.length
            else:
                self.frames += 1
                self.hole += self._gap
            self._gap, before = 0, offset
            offset += frame.length
            if offset > self.view.size:
                is_torn, offset = True, self.view.size
                self._keep(piece, offset)
                break
        self._end_of_part()
        return self._stream(offset, samples / kind[2], is_torn=is_torn)

    def _stream(self, end: int, frame_seconds: float, *, is_torn: bool) -> Stream:
        frames = float(self.stated)
        if self.hole and self.frames:
            sound = sum(map(len, self.pieces))
            frames = max(frames, self.frames * (1 + self.hole / sound))
        is_as_stated = self.tags == 1 and self.tagged == self.frames and len(self.pieces) == 1
        pieces = (range(self.start, end),) if is_as_stated else (
            tag(self.view.at(self.start, 4), self.frames), *self.pieces
        )  # fmt: skip
        seconds = frames * frame_seconds
        if is_as_stated:  # the tag makes the decoder skip the encoder's padding
            seconds -= 2 * frame_seconds
        torn = "frame" if is_torn and self.tagged != self.frames else None
        return Stream(self.start, end, pieces, seconds, torn=torn)

    def _keep(self, start: int, end: int) -> None:
        if end > start:
            self.pieces.append(range(start, end))

    def _is_tag(self, offset: int, frame: Frame) -> bool:
        """Return whether a frame is an encoder's tag, and add its number of frames."""
        head = self.view.at(offset, 64)
        place = frame.tag_offset
        tag = head[place : place + 4]
        is_vbri = head[36:40] == b"VBRI"
        if len(head) < 64 or frame.kind[1] != _LAYER_3:
            return False
        if not is_vbri and tag not in (b"Xing", b"Info"):
            return False
        self._end_of_part()
        self.tags += 1
        if is_vbri:
            self._by_tag = int.from_bytes(head[50:54], "big")
        elif head[place + 7] & 1:
            self._by_tag = int.from_bytes(head[place + 8 : place + 12], "big")
        if self._by_tag * frame.samples > _MAX_SECONDS * frame.kind[2]:
            self._by_tag = 0
        return True

    def _end_of_part(self) -> None:
        walked = self.frames - self._since_tag
        self.stated += max(walked, self._by_tag)
        self.tagged += self._by_tag
        self._since_tag, self._by_tag = self.frames, 0

    def _resume(self, offset: int, kind: tuple[int, int, int, bool]) -> int | None:
        """Return where frames of the same kind continue, after tags and gaps; None at their end."""
        following = after_tags(self.view, offset)
        if starts_stream(self.view, following):
            return None
        found = first(self.view, following, following + _MAX_GAP_BYTES)
        frame = None if found is None else frame_at(self.view, found)
        if found is None or frame is None or frame.kind != kind:
            return None
        self._gap = found - following  # before the first frame of another file, it is not a gap
        return found
