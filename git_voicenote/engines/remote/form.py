"""A WAV in memory, and a form that contains it (multipart/form-data, RFC 7578)."""

from __future__ import annotations

import secrets
import struct
from typing import TYPE_CHECKING

from git_voicenote.datatypes import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from git_voicenote.datatypes import Samples


def wav_of(samples: Samples) -> bytes:
    """Return samples as a 16-bit WAV, 32 kB a second.

    All servers read this format; whisper.cpp reads no other unless it is built with FFmpeg.
    """
    pcm = pcm_of(samples)
    header = struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", 36 + len(pcm), b"WAVE",
        b"fmt ", 16, 1, 1, SAMPLE_RATE, 2 * SAMPLE_RATE, 2, 16,
        b"data", len(pcm),
    )  # fmt: skip
    return header + pcm


def pcm_of(samples: Samples) -> bytes:
    """Return samples as signed 16-bit integers, little-endian."""
    return (samples * 32767).round().astype("<i2").tobytes()


def form_of(fields: Iterable[tuple[str, str]], wav: bytes) -> tuple[str, bytes]:
    """Return the content type and the body of a form: the fields, then the file.

    OpenAI's client uses this order, and a server may read the form as it arrives.
    """
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields
    ]
    parts.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="speech.wav"\r\n'
        "Content-Type: audio/wav\r\n\r\n"
    )
    body = "".join(parts).encode("utf-8", "replace") + wav + f"\r\n--{boundary}--\r\n".encode()
    return f"multipart/form-data; boundary={boundary}", body
