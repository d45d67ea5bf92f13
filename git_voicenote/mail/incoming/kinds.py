"""What a mail is: a patch, the cover letter of a series, a reply, or none of these.

Decided in one place, for whoever applies, reviews or answers mails. What git would apply is a
patch, whatever its subject says: git am looks at nothing else. Of mails without a diff, only the
subject can tell a cover letter from a reply, so that is a guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

_LEAD = re.compile(r"(?:[\s:]|re:|\[[^\]]*+\])*", re.IGNORECASE)
"""What git am cuts off a subject (cleanup_subject in mailinfo.c)."""
_BRACKETS = re.compile(r"\[[^\]]*+\]")
_REPLY = re.compile(r"re:", re.IGNORECASE)
_FOREIGN_REPLY = re.compile(
    r"\s*(?:aw|antw|sv|vs|fwd?|wg|odp|ynt|rif|tr|rv|\u56de\u590d|\u8f6c\u53d1)"
    r"(?:\[\d{1,3}\])?\s?[:\uff1a]",
    re.IGNORECASE,
)
"""What mailers set above an answer, or a mail that is passed on, in other languages."""
_PATCH = re.compile(r"patch|rfc", re.IGNORECASE)
_VERSION = re.compile(r"(?:\b|(?<=patch)|(?<=rfc))v(\d{1,4})\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\d.])(\d{1,5})(?:/|\s+of\s+)(\d{1,5})(?![\d.])", re.IGNORECASE)
_APPLIES = re.compile(rb"^(?:diff --git |--- [^\n]+\n\+\+\+ [^\n]+\n@@ -)", re.MULTILINE)


class MailKind(Enum):
    """What a mail is for whoever reads a series."""

    PATCH = auto()
    COVER = auto()
    REPLY = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Tags:
    """What stands in front of the title in a subject; number and total are 0 if there are none.

    `is_reply` says that the mail answers one with this subject, or passes it on.
    """

    number: int = 0
    total: int = 0
    version: int = 1
    is_reply: bool = False

    @property
    def are_of_cover(self) -> bool:
        """Whether the mail is the first of a series, ahead of the patches: 0/5."""
        return self.number == 0 and self.total > 0 and not self.is_reply


def read_tags(subject: str) -> Tags:
    """Read the tags of a subject, which git format-patch, b4 or hg email wrote."""
    found = _LEAD.match(subject)
    lead = found[0] if found else ""
    brackets = [(one.start(), one[0]) for one in _BRACKETS.finditer(lead)]
    # a list may set brackets of its own in front
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
    """Return whether git apply would find a patch in what git mailinfo found below the message."""
    return _APPLIES.search(patch) is not None


def kind_of(tags: Tags, patch: bytes, *, made_by_git: bool) -> MailKind:
    """Return what a mail is; `made_by_git` where git format-patch wrote it.

    A numbered mail without a diff is the patch of an empty commit.
    """
    if has_diff(patch):
        return MailKind.PATCH
    if tags.is_reply:
        return MailKind.REPLY
    if tags.are_of_cover:
        return MailKind.COVER
    return MailKind.PATCH if tags.total or made_by_git else MailKind.OTHER
