"""Spoken English about code, as developers write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.text.itn import (
    english_amounts,
    english_dates,
    english_numbered,
    english_paths,
    english_versions,
)
from git_voicenote.text.itn.words import find

if TYPE_CHECKING:
    from git_voicenote.text.itn.words import Rule
    from git_voicenote.text.passes import Change

# names before numbers: "dash j four", "main dot py"; dates before the numbers in them
_RULES: tuple[Rule, ...] = (
    english_paths.flag,
    english_paths.short_flag,
    english_paths.url,
    english_paths.revision,
    english_paths.path,
    english_dates.iso_date,
    english_dates.month_and_day,
    english_dates.time_of_day,
    english_dates.year_after,
    english_dates.ordinal,
    english_dates.seconds,
    english_versions.hexadecimal,
    english_versions.commit_hash,
    english_numbered.cve,
    english_numbered.issue,
    english_numbered.numbered_name,
    english_versions.version,
    english_versions.host_port,
    english_numbered.cued,
    english_amounts.amount,
)


def changes(text: str) -> list[Change]:
    """Return where numbers, versions, addresses, flags, paths and dates were said in words.

    What is written so already, and what could mean something else, stays as it is: one to ten
    alone are words. Nothing reaches over punctuation or a line feed.
    """
    return find(text, _RULES, "itn")
