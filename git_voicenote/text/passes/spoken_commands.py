"""The dictation commands, for engines that prefer expected phrases."""

from __future__ import annotations

_EDITS = ("new paragraph", "new line", "scratch that", "bullet point")
_TYPES = ("fix", "feat", "docs", "test", "refactor", "perf", "build", "chore")
_FOOTERS = ("closes issue", "fixes issue", "refs issue", "breaking change", "co-authored by",
            "signed off by", "reviewed by")  # fmt: skip


def spoken_commands(*, of_message: bool) -> tuple[tuple[str, ...], ...]:
    """Return the English commands, as words in lower case; `of_message` adds those for messages."""
    said = list(_EDITS)
    if of_message:
        said += [f"{kind} scope" for kind in _TYPES]
        said += _FOOTERS
    return tuple(tuple(phrase.split()) for phrase in said)
