"""The signatures of streams of sound, and of the tags around them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from git_voicenote.audio.containers import flac, ogg
from git_voicenote.audio.containers.view import BLOCK, MAX_MATCH_BYTES

if TYPE_CHECKING:
    from git_voicenote.audio.containers.view import View

W64_RIFF = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00"
W64_DATA = b"data\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a"
ASF = re.compile(rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c")
AMR = re.compile(rb"#!AMR(?:-WB)?\n")
FLV = re.compile(rb"FLV\x01[\x01\x04\x05]\x00\x00\x00\x09")
WAV = re.compile(rb"R(?:IFF|F64|IFX).{4}WAVE", re.DOTALL)
BW64 = re.compile(rb"BW64.{4}WAVE", re.DOTALL)
AIFF = re.compile(rb"FORM.{4}AIF[FC]", re.DOTALL)
AU = re.compile(rb"\.snd\x00\x00.{6}\x00\x00\x00[\x01-\x1b]\x00.{3}\x00\x00\x00.", re.DOTALL)
CAF = re.compile(rb"caff\x00\x01\x00\x00")
W64 = re.compile(re.escape(W64_RIFF))
BOXES = re.compile(rb"\x00\x00\x00.ftyp", re.DOTALL)
_INITIAL = b"".join(re.escape(bytes([octet])) for octet in range(256) if octet & 0x08)
WAVPACK = re.compile(rb"wvpk.{4}.\x04.{6}\x00{4}.{5}[" + _INITIAL + rb"]", re.DOTALL)
"""The first block of a file: its samples start at 0, and it is the first of its channels."""

ALL = (WAV, BW64, flac.SIGNATURE, ogg.SIGNATURE, AIFF, AU, CAF, W64, ASF, AMR, FLV, BOXES, WAVPACK)
"""The signatures that are too long to occur by chance."""

_OTHER_CONTAINERS = re.compile(
    # Matroska, AVI, MPEG-TS, MPEG-PS, AMR, AC-3, ADTS, WavPack, ADIF, CAF's and RIFF's kin
    rb"\x1a\x45\xdf\xa3|RIFF|.{4}(?:moov|mdat|free|wide|skip)|\x47.{187}\x47|\x00\x00\x01\xba"
    rb"|\x0b\x77|\xff[\xf0\xf1\xf8\xf9]|ADIF|FORM|MThd|\.RMF|OggS",
    re.DOTALL,
)
_ID3V2 = re.compile(rb"ID3[\x02-\x04].{2}[\x00-\x7f]{4}", re.DOTALL)


def starts_stream(view: View, offset: int) -> bool:
    """Return whether a stream begins here, by its signature."""
    head = view.at(offset, 64)
    return any(signature.match(head) for signature in ALL)


def is_other_container(view: View) -> bool:
    """Return whether a file is of a format that may contain streams of other formats."""
    return _OTHER_CONTAINERS.match(view.at(0, 188 + 1)) is not None


def first_stream(view: View, start: int, end: int | None = None) -> int | None:
    """Return the offset of the first signature of a stream in start … end, or None."""
    end = view.size if end is None else min(end, view.size)
    while start < end:
        # a block at a time, so as to stop at the first one
        stop = min(start + BLOCK, end)
        found = [view.find(signature, start, stop) for signature in ALL]
        if begins := [offset for offset in found if offset is not None]:
            return min(begins)
        start = stop if stop == end else stop - MAX_MATCH_BYTES
    return None


def after_tags(view: View, offset: int) -> int:
    """Return the offset after the tags (ID3, APE, Lyrics3) that begin here, one after the other."""
    while (following := _after_tag(view, offset)) > offset:
        offset = following
    return offset


def _after_tag(view: View, offset: int) -> int:
    head = view.at(offset, 32)
    if _ID3V2.match(head):
        size = 0
        for byte in head[6:10]:
            size = size << 7 | byte
        return min(offset + 10 + size + 10 * bool(head[5] & 0x10), view.size)
    if head.startswith(b"TAG"):
        return min(offset + 128, view.size)
    if head.startswith(b"APETAGEX"):
        return min(offset + 32 + int.from_bytes(head[12:16], "little"), view.size)
    if head.startswith(b"LYRICSBEGIN"):
        end = view.find(re.compile(rb"LYRICS200"), offset, offset + (1 << 20))
        return offset if end is None else end + 9
    return offset
