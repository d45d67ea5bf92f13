"""Put a dictation into a file that a program opens in an editor.

git commit, merge          COMMIT_EDITMSG, MERGE_MSG    a message: a title, then paragraphs
git tag -a                 TAG_EDITMSG                  the same
git notes, and others      NOTES_EDITMSG, …             paragraphs, above all that is there
git send-email --compose   .gitsendemail.msg.XXXXXX     the body, and the subject if it is empty
b4 prep --edit-cover       begins with EDITME           the title in its place, then the body
git rebase -i, add -e, …   git-rebase-todo, …           nothing: these files are no prose
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

from git_voicenote.text.prose import cover_letter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_TODO = "git-rebase-todo"
_NOT_PROSE = frozenset(
    {_TODO, "todo", "addp-hunk-edit.diff", "ADD_EDIT.patch", "REPLACE_EDITOBJ", "sparse-checkout",
     "config", "config.worktree", ".gitconfig", ".gitattributes", ".gitignore", "exclude"}
)  # fmt: skip
"""Files that git and others open in an editor, in which prose would be an error."""
_NOT_PROSE_SUFFIXES = frozenset({".diff", ".patch", ".mbox", ".ini", ".json", ".toml", ".yaml"})
_MESSAGES = frozenset({"COMMIT_EDITMSG", "MERGE_MSG", "SQUASH_MSG", "TAG_EDITMSG"})
_MAIL = ".gitsendemail.msg."
_EMPTY_SUBJECT = re.compile(r"^Subject:[ \t]*$", re.MULTILINE)
_TO_REPLACE = "EDITME"


class TextFileKind(Enum):
    """The kind of text that a file contains."""

    NOTHING = "nothing"
    MESSAGE = "message"
    PROSE = "prose"
    MAIL = "mail"
    COVER = "cover"


def text_kind_of(path: Path, content: str | None) -> TextFileKind:
    """Return the kind of text for a file; `content` is None if it is not text."""
    if content is None or path.name in _NOT_PROSE or path.suffix in _NOT_PROSE_SUFFIXES:
        return TextFileKind.NOTHING
    if path.name.startswith(_MAIL):
        return TextFileKind.MAIL
    if content.startswith(_TO_REPLACE):
        return TextFileKind.COVER
    return TextFileKind.MESSAGE if path.name in _MESSAGES else TextFileKind.PROSE


def insert_dictation(kind: TextFileKind, words: str, content: str, comment: str = "#") -> str:
    """Return the content of a file with a dictation in the right place.

    `words` are wrapped. The existing content stays, except for placeholders. No line of the words
    begins with `comment` or `#`, because git would drop it.
    """
    return _PLACES[kind](_without_comments(words, comment), content)


def titled(words: str, comment: str = "#") -> str:
    """Return a dictation as a message, whose title is the first sentence."""
    letter = cover_letter(words)
    return _without_comments(f"{letter.subject}\n\n{letter.body}".rstrip() + "\n", comment)


def _on_top(words: str, content: str) -> str:
    rest = content.lstrip("\n")
    return f"{words.rstrip()}\n" + (f"\n{rest}" if rest else "")


def _as_message(words: str, content: str) -> str:
    return _on_top(titled(words), content)


def _in_mail(words: str, content: str) -> str:
    head, blank, body = content.partition("\n\n")
    if blank and _EMPTY_SUBJECT.search(head):
        letter = cover_letter(words)
        head = _EMPTY_SUBJECT.sub(lambda _: f"Subject: {letter.subject}", head, count=1)
        words = letter.body or words  # git send-email drops a summary without a body
    rest = body.lstrip("\n")
    return "\n".join([head, "", words.rstrip(), *(["", rest] if rest else [""])])


def _in_cover(words: str, content: str) -> str:
    letter = cover_letter(words)
    rest = content.partition("\n")[2]
    body = f"\n{letter.body.rstrip()}\n" if letter.body.strip() else ""
    return f"{letter.subject}\n{body}{rest}"


def _without_comments(words: str, comment: str) -> str:
    lines = words.split("\n")
    return "\n".join(f" {one}" if one.startswith(("#", comment)) else one for one in lines)


_PLACES: dict[TextFileKind, Callable[[str, str], str]] = {
    TextFileKind.NOTHING: lambda _, content: content,
    TextFileKind.MESSAGE: _as_message,
    TextFileKind.PROSE: _on_top,
    TextFileKind.MAIL: _in_mail,
    TextFileKind.COVER: _in_cover,
}
