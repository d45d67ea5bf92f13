"""The targets of a recording: a commit, a series, a message, a text, a file, or an answer.

A target has one text form, `kind:name`, which is stored in the history, with edited texts and in
bundles. Only this module writes and parses it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from git_voicenote.errors import ContentError
from git_voicenote.object_ids import ObjectId

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class _OfCommit:
    """A target that is a commit; `commit_id` is the full object name."""

    kind: ClassVar[str]
    commit_id: ObjectId

    def __str__(self) -> str:
        return f"{self.kind}:{self.commit_id}"


@dataclass(frozen=True, slots=True)
class CommitTarget(_OfCommit):
    """A commit, explained by its note."""

    kind: ClassVar[str] = "commit"


@dataclass(frozen=True, slots=True)
class CoverTarget:
    """A series, explained by its cover; `key` is its branch, or `detached/<id>`."""

    kind: ClassVar[str] = "cover"
    key: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


@dataclass(frozen=True, slots=True)
class MessageTarget:
    """The message of the commit that is being created."""

    kind: ClassVar[str] = "message"

    def __str__(self) -> str:
        return f"{self.kind}:"


@dataclass(frozen=True, slots=True)
class TextTarget:
    """Plain text, which is not stored in git."""

    kind: ClassVar[str] = "text"

    def __str__(self) -> str:
        return f"{self.kind}:"


@dataclass(frozen=True, slots=True)
class FileTarget:
    """A sound file that is transcribed."""

    kind: ClassVar[str] = "file"
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True)
class ReviewTarget(_OfCommit):
    """A reviewer's answer to a commit, which is stored as a note."""

    kind: ClassVar[str] = "review"


@dataclass(frozen=True, slots=True)
class ReplyTarget:
    """A reviewer's answer to a mail; `name` is its message id, or the number of the patch."""

    kind: ClassVar[str] = "reply"
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


Target: TypeAlias = (
    CommitTarget
    | CoverTarget
    | MessageTarget
    | TextTarget
    | FileTarget
    | ReviewTarget
    | ReplyTarget
)

_OF_COMMITS: Mapping[str, type[CommitTarget | ReviewTarget]] = {
    target.kind: target for target in (CommitTarget, ReviewTarget)
}
_NAMED: Mapping[str, type[CoverTarget | FileTarget | ReplyTarget]] = {
    target.kind: target for target in (CoverTarget, FileTarget, ReplyTarget)
}


def parse_target(text: str) -> Target:
    """Parse the text form of a target. Raises ContentError."""
    kind, colon, name = text.partition(":")
    for unnamed in (MessageTarget, TextTarget):
        if kind == unnamed.kind and colon:
            return unnamed()
    if kind in _OF_COMMITS and colon:
        commit_id = ObjectId.parse(name)
        if commit_id is None:
            raise ContentError(f"{name[:80]!r} is not the id of a commit")
        return _OF_COMMITS[kind](commit_id)
    if kind not in _NAMED or not colon:
        raise ContentError(f"{text[:80]!r} is not the target of a recording")
    return _NAMED[kind](name)
