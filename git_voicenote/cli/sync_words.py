"""What the commands that exchange notes say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.cli.console import say, warn

if TYPE_CHECKING:
    from git_voicenote.repo.merging import Outcome


def tell_outcome(outcome: Outcome, source: str) -> None:
    """Say what a merge changed here."""
    for remark in outcome.remarks:
        warn(visible(remark))
    parts = []
    if outcome.notes:
        parts.append(count(len(outcome.notes), "note"))
    if outcome.covers:
        parts.append(count(len(outcome.covers), "cover"))
    told = " and ".join(parts) + f" from {source}" if parts else ""
    if outcome.both:
        told += f", {outcome.both} of them changed on both sides: every paragraph is kept"
    if outcome.removed:
        told += f"{'; ' if told else ''}{outcome.removed} removed, as in {source}"
    say(told or f"nothing new in {source}")


def count(number: int, what: str) -> str:
    """Return a number with what is counted: 1 note, 2 notes."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
