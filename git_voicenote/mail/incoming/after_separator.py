"""Split the part of a mail between its `---` and its diff: notes, a comment, the diffstat.

git mailinfo treats this part as the start of the patch, and git am ignores it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from git_voicenote.mail.incoming.kinds import has_diff

_DIFF = re.compile(rb"^(?:diff --git |diff -|Index: |--- [^\n]+\n\+\+\+ )", re.MULTILINE)
_HEADING = re.compile(r"Notes(?: \((.*)\))?:")
_SIGNATURE = re.compile(r"^-- \n.*\Z", re.MULTILINE | re.DOTALL)
_SIGNATURE_OF_DIFF = (b"\n-- \n", b"\n-- \r\n")
_OF_DIFF = re.compile(rb"^(?:[ +@\\-]|diff )", re.MULTILINE)
_STAT = re.compile(
    r" .* \| +(?:\d+ [+-]*|Bin .*|\d+|Unmerged)"
    r"| \d+ files? changed.*| 0 files changed.*"
    r"| (?:create|delete) mode \d+ .*| mode change \d+ .*| (?:rename|copy|rewrite) .* \(\d+%\)"
)


@dataclass(frozen=True, slots=True)
class SeparatedText:
    """The text below the `---`.

    `note` is the note as stored in git, and `name` the name of its notes ref ("" for git's
    default); `comment` is the rest. If a mail has no notes, its text is the note, without a name.
    """

    note: str | None
    name: str | None
    comment: str


def split_patch(patch: bytes) -> tuple[bytes, bytes]:
    """Split the patch that mailinfo found: the text below the `---`, and the diff alone.

    If there is nothing that git would apply, all of it is text.
    """
    found = _DIFF.search(patch) if has_diff(patch) else None
    if found is None:
        return patch, b""
    words, diff = patch[: found.start()], patch[found.start() :]
    at = max(map(diff.rfind, _SIGNATURE_OF_DIFF)) + 1
    # a removed line `- ` looks like the start of a signature, but lines of a diff follow it
    is_signature = at and diff[at + 4 :].strip() and not _OF_DIFF.search(diff, at + 4)
    return words, diff[:at] if is_signature else diff


def parse_below_separator(words: str, preferred: str = "voicenote") -> SeparatedText:
    """Split the text between `---` and diff. The `preferred` notes come first."""
    lines = _SIGNATURE.sub("", words).split("\n")
    if lines[0] == "---":
        del lines[0]
    while lines and (not lines[-1].strip() or _STAT.fullmatch(lines[-1])):
        lines.pop()
    notes, rest = _notes(lines)
    comment = "\n".join(rest).strip("\n")
    if not notes:
        return SeparatedText(comment + "\n" if comment.strip() else None, None, "")
    name = preferred if preferred in notes else next(iter(notes))
    others = [_titled(other, text) for other, text in notes.items() if other != name]
    return SeparatedText(notes[name], name, "\n\n".join([*others, *([comment] if comment else [])]))


def _notes(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """Return the notes by name, and the lines that belong to none."""
    notes: dict[str, list[str]] = {}
    rest: list[str] = []
    at = 0
    while at < len(lines):
        heading = _HEADING.fullmatch(lines[at])
        end = at + 1
        # mailers strip blanks: an empty line may be part of the note
        while heading and end < len(lines) and (lines[end][:4] == "    " or not lines[end].strip()):
            end += 1
        words = "\n".join(line.removeprefix("    ") for line in lines[at + 1 : end]).strip("\n")
        if heading and words.strip():
            notes.setdefault(heading[1] or "", []).append(words + "\n")
            at = end
        else:
            rest.append(lines[at])
            at += 1
    return {name: "\n".join(words) for name, words in notes.items()}, rest


def _titled(name: str, text: str) -> str:
    return f"Notes ({name}):\n{text.rstrip()}" if name else f"Notes:\n{text.rstrip()}"
