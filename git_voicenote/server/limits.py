"""How much the service takes from a client, and how long it waits for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds.

    `upload` is the size of a whole request: some nine hours of a recording as a 16 kHz WAV.
    `parts` are those of a form, `field` is the size of each that is no file. A client has `head`
    seconds for the head of a request, `silence` between two pieces of its body, and
    `upload_time` for all of it.
    """

    upload: int = 1 << 30
    parts: int = 256
    field: int = 64 << 10
    head: float = 10.0
    silence: float = 30.0
    upload_time: float = 900.0
