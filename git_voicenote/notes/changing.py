"""Texts in git that others may change at the same time: notes, answers, covers.

Our processes take turns with a lock. Git's own commands do not know it, so a ref is only updated if
it still has the value that was read; otherwise the change is made again.
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
"""Other programs write for milliseconds; our own wait for the lock."""


@contextmanager
def one_writer(repository: Repository) -> Iterator[None]:
    """Keep two of us from writing notes at the same time.

    Where no lock can be had, git goes first: it knows best why nothing can be written.
    """
    from git_voicenote import files  # not for format-patch, which only reads notes

    with ExitStack() as stack:
        with suppress(OSError):
            files.private_folder(repository.state_dir)
            stack.enter_context(files.lock(repository.state_dir / "notes.lock"))
        yield


def until_unmoved(ref: str, read: Callable[[], _S], change: Callable[[_S], _T]) -> _T:
    """Return what `change` returns, which moves refs from where `read` found them.

    Where `change` fails because another program moved one of them, it is called again. Raises its
    error where they stand where they stood, and GitError where they never do; `ref` is named then.
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
        hint="try again when they are done",
    )


def reconciled(what: str, before: str | None, mine: str, now: str | None) -> str:
    """Return the text to save for a person who read `before` and wrote `mine`.

    `now` is what stands there at this moment. Raises ChangedMeanwhileError if they cannot both be
    kept: the text was removed, or the merge would leave out a paragraph.
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
