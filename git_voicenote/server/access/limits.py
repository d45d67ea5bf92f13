"""Limits for clients: sizes and times."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServiceLimits:
    """Sizes in bytes, times in seconds.

    `upload` is the size of a whole request: some nine hours of a recording as a 16 kHz WAV.
    A form may have `fields` besides its files, each of at most `field` bytes. A job may have
    `files`, and the sound of all jobs `stored` bytes. A client has `head`
    seconds for the head of a request, `silence` between two pieces of its body, and
    `upload_time` for all of it. Of what was sent to it, it has to read some in `unread` seconds.

    `message` is the size of a message of a WebSocket. A client has `opening` seconds for the first
    one, `silence` between two of them, and `lost` to resume a dictation whose connection broke.
    At most `events` may wait for it. A realtime connection may have `buffered` seconds of sound
    that is not committed, and `commits` whose text was not sent yet.
    """

    upload: int = 1 << 30
    fields: int = 256
    field: int = 64 << 10
    files: int = 1000
    stored: int = 20 << 30
    head: float = 10.0
    silence: float = 30.0
    upload_time: float = 900.0
    unread: float = 30.0
    message: int = 4 << 20
    opening: float = 5.0
    lost: float = 600.0
    events: int = 1000
    buffered: float = 600.0
    commits: int = 8
