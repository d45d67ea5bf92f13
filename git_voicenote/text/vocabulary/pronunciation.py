"""Convert commit messages to spoken text, from which an engine learns a repository's language.

"Fix `read_tree()` in v2.6.1" becomes "fix read tree in v2.6.1". Words are in lower case; names that
are written as one word are kept (`mailinfo`), and numbers are digits, as engines write them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from git_voicenote.text.vocabulary.evidence import without_trailers
from git_voicenote.text.vocabulary.identifiers import parts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_QUOTED = re.compile(r"^(?:[ \t]|[>|$#+@]|diff --git ).*$", re.MULTILINE)
_WITH_AT = re.compile(r"(?<!\S)\S[^\s@]*+@(\S++)")
_ADDRESSES = re.compile(r"<?\b(?:\w+://|www\.)\S+|\b[0-9a-f]{7,64}\b")
_PARAGRAPH = re.compile(r"\n\s*\n")
_STOP = re.compile(r"(?:(?<![.!?:;])[.!?:;]++[\"')\]]*+|\s--|\s[-*•])(?=\s)|[()\[\]]|,(?=\s)")
_TOKEN = re.compile(
    r"--?[a-zA-Z][\w-]*(?==)?"  # a flag
    r"|v?\d+(?:\.\d+)+"  # a version
    r"|[\w'’]+(?:[./+-]+[\w'’]+)*"
)
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")
_VERSION = re.compile(r"v?\d+(?:\.\d+)+")
_HUMP = re.compile(r"[a-z][A-Z]")
_MAX_CACHED_WORDS = 50_000
"""All words of a long history would take 100 MB."""
_MAX_WORD_CHARACTERS = 60
"""Longer words are not spoken."""
_BETWEEN = {".": "dot", "/": "slash"}


def spoken_sentences(messages: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Yield the sentences of commit messages as words in lower case.

    Trailers, code, quotes, addresses, hashes and very long words are omitted.
    """
    known: dict[str, tuple[str, ...]] = {}
    for message in messages:
        text = _QUOTED.sub("\n", without_trailers(message))
        text = _ADDRESSES.sub(" . ", _WITH_AT.sub(_address, text)).replace("()", "")
        for paragraph in _PARAGRAPH.split(text):
            for sentence in _STOP.split(paragraph):
                words: list[str] = []
                for written in sentence.split():
                    if len(written) > _MAX_WORD_CHARACTERS:
                        continue
                    if written not in known:
                        if len(known) >= _MAX_CACHED_WORDS:
                            known.clear()
                        known[written] = tuple(_said(written))
                    words += known[written]
                if words:
                    yield tuple(words)


def _address(found: re.Match[str]) -> str:
    """Return a dot in place of a mail address, or the match itself if it is not an address."""
    return " . " if "." in found[1][1:-1] else found[0]


def _said(written: str) -> Iterator[str]:
    """Yield the spoken words for a written word."""
    for token in _TOKEN.findall(written.replace("’", "'")):
        if token.startswith("--"):
            yield from ("dash", "dash")
        elif token.startswith("-"):
            yield "dash"
        if _VERSION.fullmatch(token):
            yield token.lower()
            continue
        for piece in re.split(r"([./])", token):
            if piece in _BETWEEN:
                yield _BETWEEN[piece]
            else:
                yield from _named(piece)


def _named(piece: str) -> Iterator[str]:
    small = piece.lower()
    if _WORD.fullmatch(small) and (piece[1:].islower() or piece.isupper() or "'" in piece):
        yield small
        return
    for part in re.split(r"[_+-]+", piece):
        if _WORD.fullmatch(part.lower()) and not _HUMP.search(part):
            yield part.lower()
        else:
            yield from (one.lower() for one in parts_of(part))
