"""Change notes, answers and covers that other processes may change at the same time.

Our own processes take turns with a lock. Git's commands do not know the lock, so a ref is updated
only if it still has the value that was read; otherwise the change is made again.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from git_voicenote.errors import ChangedMeanwhileError, GitError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from git_voicenote.git.repository import Repository

_S = TypeVar("_S")
_T = TypeVar("_T")

_TRIES = 20
"""Other programs hold the lock of a ref for milliseconds; our own processes wait for ours."""


@contextmanager
def one_writer(repository: Repository) -> Iterator[None]:
    """Let one of our processes write notes at a time.

    If the lock cannot be created, nothing is locked: git then reports why it cannot write.
    """
    from git_voicenote import files  # not for format-patch, which only reads notes

    with ExitStack() as stack:
        with suppress(OSError):
            files.private_folder(repository.state_dir)
            stack.enter_context(files.lock(repository.state_dir / "notes.lock"))
        yield


def until_unmoved(ref: str, read: Callable[[], _S], change: Callable[[_S], _T]) -> _T:
    """Call `change` with what `read` found, until no other program moves the refs in between.

    Returns what `change` returns. If it fails although the refs did not move, its error is raised;
    GitError, which names `ref`, if they move every time.
    """
    for _ in range(_TRIES):
        found = read()
        try:
            return change(found)
        except GitError:
            if read() == found:
                raise
    raise GitError(
        f"{ref} was changed {_TRIES} times by other programs while it was written",
        hint="try again when they have finished",
    )


def reconciled(what: str, before: str | None, mine: str, now: str | None) -> str:
    """Return the text to save for a person who read `before` and wrote `mine`.

    `now` is the current text. Raises ChangedMeanwhileError if both cannot be kept: the text was
    removed, or the merge would drop a paragraph.
    """
    if now in (before, mine):
        return mine
    from git_voicenote.notes.merging.texts import lost_paragraphs, merge_texts

    hint = "copy what you want to keep from that file, and edit again"
    if now is None:
        raise ChangedMeanwhileError(f"the {what} was removed while you edited it", hint=hint)
    merged = merge_texts(before, now, mine)
    if lost_paragraphs(before, mine, merged) or lost_paragraphs(before, now, merged):
        raise ChangedMeanwhileError(f"the {what} was changed while you edited it", hint=hint)
    return merged
