"""The content of a description: commits with their notes, and a cover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class DescribedCommit:
    """A commit and the text of its note, "" if it has none.

    `short` is its abbreviated id; `note` is the note as stored, with its trailers; `facts` are all
    values, for JSON.
    """

    short: str
    subject: str
    text: str
    note: str
    facts: object


@dataclass(frozen=True, slots=True)
class Described:
    """A series, the newest commit first, with the text of its cover; or a cover alone.

    For a cover alone, `stored_cover` is the cover as stored, and `facts` are all its values. If it
    `is_list`, JSON is a list even for one commit.
    """

    commits: Sequence[DescribedCommit] = ()
    cover: str = ""
    is_list: bool = False
    stored_cover: str = ""
    facts: object = None
