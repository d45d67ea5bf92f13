"""Read the headers that an answer to a mail needs, and distrust them.

They are kept as they came. Anybody may have written them: an invalid address or message id is left
out, and an oversized value is cut.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header, make_header
from email.utils import getaddresses
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.datatypes import Person

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_BYTES = 32 << 10
"""The most octets to read of one header; a thousand addresses fit."""
_MAX_WORDS_LENGTH = 2 << 10
"""The longest subject or name whose encoded words are decoded.

The email package takes quadratic time for text that only starts like one: 0.1 s for 8,000
characters.
"""
_MAX_ID_LENGTH = 400
_MAX_IDS = 60
# no dash at its start: git send-email hands addresses to a mail server's program as arguments
_ADDRESS = re.compile(r"(?!-)[!#-'*+\--9=?A-Z^-~]{1,200}@[!#-'*+\--9=?A-Z^-~]{1,250}")
_ID = re.compile(r"<[!-;=?-~]+>")


@dataclass(frozen=True, slots=True)
class Envelope:
    """The headers of a mail, unfolded; b"" for a missing one."""

    subject: bytes = b""
    sender: bytes = b""
    reply_to: bytes = b""
    to: bytes = b""
    cc: bytes = b""
    references: bytes = b""
    in_reply_to: bytes = b""
    message_id: bytes = b""


def read_envelope(headers: Mapping[bytes, bytes]) -> Envelope:
    """Select what an answer needs from headers with lower-case names."""
    names = (b"subject", b"from", b"reply-to", b"to", b"cc", b"references", b"in-reply-to",
             b"message-id")  # fmt: skip
    return Envelope(*(headers.get(name, b"")[:_MAX_BYTES] for name in names))


def people_in(header: bytes) -> tuple[Person, ...]:
    """Return the people in a header of addresses, each once; invalid addresses are left out."""
    text = header.decode("utf-8", "replace")
    if len(header) >= _MAX_BYTES:
        text = text.rpartition(",")[0]  # an address that was cut may be that of somebody else
    found: dict[str, Person] = {}
    try:
        pairs = getaddresses([text])
    except RecursionError:  # a thousand nested brackets
        return ()
    # names are decoded afterwards: `=?utf-8?q?Bob=2C_Ed?=` is one person
    for name, address in pairs:
        # mail servers interpret other characters differently
        if is_address(address):
            person = Person(" ".join(visible(decoded(name)).split()), address)
            found.setdefault(address.casefold(), person)
    return tuple(found.values())


def is_address(text: str) -> bool:
    """Return whether a text is exactly one address that every mail server accepts."""
    return _ADDRESS.fullmatch(text) is not None


def ids_in(header: bytes) -> tuple[str, ...]:
    """Return the message ids in a header, each once and in order; of very many, the newest."""
    found = _ID.findall(header.decode("ascii", "replace"))
    return tuple(dict.fromkeys(one for one in found if len(one) <= _MAX_ID_LENGTH))[-_MAX_IDS:]


def subject_of(header: bytes) -> str:
    """Return a decoded subject on one line."""
    return " ".join(visible(decoded(header.decode("utf-8", "replace"))).split())


def decoded(text: str) -> str:
    """Return the value of a header with its encoded words decoded, as far as possible.

    A value that is longer than any subject or name is returned undecoded.
    """
    if "=?" not in text or len(text) > _MAX_WORDS_LENGTH:
        return text
    try:
        return str(make_header(decode_header(text)))
    except (MessageError, LookupError, ValueError):  # CharsetError is no HeaderParseError
        return text
