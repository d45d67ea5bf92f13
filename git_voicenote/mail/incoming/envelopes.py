"""What of a mail's headers an answer to it needs, kept as it came and read with distrust.

Anybody may have written them: what is no address, or no message's id, is left out, and what is
longer than a person could mean is cut.
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
"""Octets of one header that are read; a thousand people fit in."""
_MAX_WORDS_LENGTH = 2 << 10
"""Characters of a subject or a name whose encoded words are read.

The email package takes the square of the length of what only begins them: 0.1 s for 8,000.
"""
_MAX_ID_LENGTH = 400
_MAX_IDS = 60
# no dash at its start: git send-email hands addresses to a mail server's program as arguments
_ADDRESS = re.compile(r"(?!-)[!#-'*+\--9=?A-Z^-~]{1,200}@[!#-'*+\--9=?A-Z^-~]{1,250}")
_ID = re.compile(r"<[!-;=?-~]+>")


@dataclass(frozen=True, slots=True)
class Envelope:
    """The headers of a mail, unfolded, as they came; b"" for one that is not there."""

    subject: bytes = b""
    sender: bytes = b""
    reply_to: bytes = b""
    to: bytes = b""
    cc: bytes = b""
    references: bytes = b""
    in_reply_to: bytes = b""
    message_id: bytes = b""


def read_envelope(headers: Mapping[bytes, bytes]) -> Envelope:
    """Take what an answer needs from headers whose names are in lower case."""
    names = (b"subject", b"from", b"reply-to", b"to", b"cc", b"references", b"in-reply-to",
             b"message-id")  # fmt: skip
    return Envelope(*(headers.get(name, b"")[:_MAX_BYTES] for name in names))


def people_in(header: bytes) -> tuple[Person, ...]:
    """Return the people in a header of addresses, each once; what is no address is left out."""
    text = header.decode("utf-8", "replace")
    if len(header) >= _MAX_BYTES:
        text = text.rpartition(",")[0]  # what was cut in two may be somebody else's address
    found: dict[str, Person] = {}
    try:
        pairs = getaddresses([text])
    except RecursionError:  # a thousand brackets in one another
        return ()
    # names are decoded afterwards: `=?utf-8?q?Bob=2C_Ed?=` is one person
    for name, address in pairs:
        # a mail server reads other characters differently than we do
        if is_address(address):
            person = Person(" ".join(visible(decoded(name)).split()), address)
            found.setdefault(address.casefold(), person)
    return tuple(found.values())


def is_address(text: str) -> bool:
    """Return whether a text is an address that any mail server takes, and nothing else."""
    return _ADDRESS.fullmatch(text) is not None


def ids_in(header: bytes) -> tuple[str, ...]:
    """Return the messages' ids in a header, each once and in order; the newest of very many."""
    found = _ID.findall(header.decode("ascii", "replace"))
    return tuple(dict.fromkeys(one for one in found if len(one) <= _MAX_ID_LENGTH))[-_MAX_IDS:]


def subject_of(header: bytes) -> str:
    """Return a subject as people read it, on one line."""
    return " ".join(visible(decoded(header.decode("utf-8", "replace"))).split())


def decoded(text: str) -> str:
    """Return a header's value with its encoded words read, as far as they can be.

    One that is longer than any subject or name stays as it came.
    """
    if "=?" not in text or len(text) > _MAX_WORDS_LENGTH:
        return text
    try:
        return str(make_header(decode_header(text)))
    except (MessageError, LookupError, ValueError):  # CharsetError is no HeaderParseError
        return text
