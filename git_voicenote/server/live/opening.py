"""The first message of a dictation: its sample rate and its target."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.audio.capture.received import RATES
from git_voicenote.characters import visible
from git_voicenote.server.responses.refusals import RefusalError
from git_voicenote.server.v1.parameters import parse_keywords

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS = ("commit", "cover", "message", "answer", "text")
"""The kinds of targets."""
_OF_COMMIT = ("commit", "answer")
_REVISION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/~^@{}-]{0,255}")
"""Excludes options of git and ranges."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A request for a dictation. `commit` is a revision, for a commit or an answer to one.

    `resume` is the id of a dictation whose connection broke. `keywords` are terms that are likely
    to be spoken. Unless `is_kept`, nothing remains of the dictation after its text.
    """

    rate: int
    kind: str = "text"
    commit: str = ""
    language: str = ""
    resume: str = ""
    keywords: tuple[str, ...] = ()
    is_kept: bool = True


def parse_opening(message: Mapping[str, object]) -> Opening:
    """Read the first message. Raises RefusalError."""
    rate = message.get("rate")
    if not isinstance(rate, int) or isinstance(rate, bool) or rate not in RATES:
        raise _bad("rate", f"rate may be {RATES.start} to {RATES.stop - 1}, in hertz")
    resume = _text(message, "resume")
    if resume:
        return Opening(rate, resume=resume)
    target = message.get("target")
    if not isinstance(target, dict):
        raise _bad("target", "target is not an object")
    kind = target.get("kind")
    if kind not in KINDS:
        raise _bad("target", f"the kind of target may be {', '.join(KINDS)}")
    commit = _text(target, "commit") if kind in _OF_COMMIT else ""
    if kind in _OF_COMMIT and not _REVISION.fullmatch(commit):
        raise _bad("target", f"{visible(commit)[:64]!r} does not name a commit")
    is_kept = message.get("keep", True)
    if not isinstance(is_kept, bool) or not (is_kept or kind == "text"):
        raise _bad("keep", "keep may be false for the target text")
    return Opening(rate, kind, commit, _text(message, "language"), "", _keywords(message), is_kept)


def _keywords(message: Mapping[str, object]) -> tuple[str, ...]:
    terms = message.get("keywords", [])
    if not isinstance(terms, list):
        raise _bad("keywords", "keywords is not a list")
    return parse_keywords(("keywords", term) for term in terms if isinstance(term, str))


def _text(message: Mapping[str, object], name: str) -> str:
    value = message.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _bad(name, f"{name} is not a text")
    return value


def _bad(param: str, message: str) -> RefusalError:
    return RefusalError(400, message, param=param, code="bad_message")
