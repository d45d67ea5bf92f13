"""Decide what a mail is: a patch, the cover letter of a series, a reply, or none of these.

This is the only place that decides it, for applying, reviewing and answering alike. Whatever git
would apply is a patch, whatever its subject: git am looks at nothing else. Without a diff, only the
subject distinguishes a cover letter from a reply, so that is a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

_LEAD = re.compile(r"(?:[\s:]|re:|\[[^\]]*+\])*", re.IGNORECASE)
"""What git am removes from a subject (cleanup_subject in mailinfo.c)."""
_BRACKETS = re.compile(r"\[[^\]]*+\]")
_REPLY = re.compile(r"re:", re.IGNORECASE)
_FOREIGN_REPLY = re.compile(
    r"\s*(?:aw|antw|sv|vs|fwd?|wg|odp|ynt|rif|tr|rv|\u56de\u590d|\u8f6c\u53d1)"
    r"(?:\[\d{1,3}\])?\s?[:\uff1a]",
    re.IGNORECASE,
)
"""Prefixes that mailers add to the subject of a reply or a forwarded mail, in other languages."""
_PATCH = re.compile(r"patch|rfc", re.IGNORECASE)
_VERSION = re.compile(r"(?:\b|(?<=patch)|(?<=rfc))v(\d{1,4})\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\d.])(\d{1,5})(?:/|\s+of\s+)(\d{1,5})(?![\d.])", re.IGNORECASE)
_APPLIES = re.compile(rb"^(?:diff --git |--- [^\n]+\n\+\+\+ [^\n]+\n@@ -)", re.MULTILINE)


class MailKind(Enum):
    """The kind of a mail."""

    PATCH = auto()
    COVER = auto()
    REPLY = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags in front of the title in a subject; number and total are 0 if there are none.

    With `is_reply`, the mail is a reply or is forwarded.
    """

    number: int = 0
    total: int = 0
    version: int = 1
    is_reply: bool = False

    @property
    def is_cover_letter(self) -> bool:
        """Whether they are those of a cover letter: 0/5."""
        return self.number == 0 and self.total > 0 and not self.is_reply


def read_tags(subject: str) -> Tags:
    """Read the tags of a subject, which git format-patch, b4 or hg email wrote."""
    found = _LEAD.match(subject)
    lead = found[0] if found else ""
    brackets = [(one.start(), one[0]) for one in _BRACKETS.finditer(lead)]
    # a mailing list may add a tag in brackets in front
    brackets.sort(key=lambda bracket: not _PATCH.search(bracket[1]))
    numbered = next(
        ((at, one) for at, text in brackets if (one := _NUMBER.search(text))), (len(lead), None)
    )
    at, number = numbered
    version = next((one for _, text in brackets if (one := _VERSION.search(text))), None)
    return Tags(
        number=int(number[1]) if number else 0,
        total=int(number[2]) if number else 0,
        version=int(version[1]) if version else 1,
        is_reply=bool(_REPLY.search(_BRACKETS.sub("", lead[:at])) or _FOREIGN_REPLY.match(subject)),
    )


def has_diff(patch: bytes) -> bool:
    """Return whether git apply would find a patch in what git mailinfo put below the message."""
    return _APPLIES.search(patch) is not None


def mail_kind(tags: Tags, patch: bytes, *, made_by_git: bool) -> MailKind:
    """Return the kind of a mail; `made_by_git` if git format-patch wrote it.

    A numbered mail without a diff is the patch of an empty commit.
    """
    if has_diff(patch):
        return MailKind.PATCH
    if tags.is_reply:
        return MailKind.REPLY
    if tags.is_cover_letter:
        return MailKind.COVER
    return MailKind.PATCH if tags.total or made_by_git else MailKind.OTHER
