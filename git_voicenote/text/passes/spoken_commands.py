"""The dictation commands, for engines that recognize expected phrases better."""

from __future__ import annotations

_EDITS = ("new paragraph", "new line", "scratch that", "bullet point")
_TYPES = ("fix", "feat", "docs", "test", "refactor", "perf", "build", "chore")
_FOOTERS = ("closes issue", "fixes issue", "refs issue", "breaking change", "co-authored by",
            "signed off by", "reviewed by")  # fmt: skip


def spoken_commands(*, of_message: bool) -> tuple[tuple[str, ...], ...]:
    """Return the commands as phrases, words in small letters; for a commit message, its parts too.

    English alone.
    """
    said = list(_EDITS)
    if of_message:
        said += [f"{kind} scope" for kind in _TYPES]
        said += _FOOTERS
    return tuple(tuple(phrase.split()) for phrase in said)
