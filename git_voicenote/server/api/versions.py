"""Versions of texts: the text that a client has read, in a form that it sends back."""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

from git_voicenote.server.responses.refusals import RefusalError

_ABSENT = "-"
_MAX_BYTES = 1 << 20


def version_of(text: str | None) -> str:
    """Return the version of a text: the text itself, compressed; None if there is no text."""
    if text is None:
        return _ABSENT
    return urlsafe_b64encode(zlib.compress(text.encode("utf-8", "surrogatepass"))).decode()


def text_of(version: str) -> str | None:
    """Return the text of a version. Raises RefusalError."""
    if version == _ABSENT:
        return None
    unpacking = zlib.decompressobj()
    try:
        content = unpacking.decompress(urlsafe_b64decode(version.encode("ascii")), _MAX_BYTES)
        text = content.decode("utf-8", "surrogatepass")
    except (ValueError, NotBase64, zlib.error) as exc:
        raise _no_version() from exc
    if unpacking.unconsumed_tail or not unpacking.eof:
        raise _no_version()
    return text


def _no_version() -> RefusalError:
    return RefusalError(
        400, "base is not the version of a text", param="base", code="invalid_value"
    )
