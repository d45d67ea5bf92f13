"""Pending work: unfinished recordings and texts, a series in git am, a push."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.errors import GitError, StoreError
from git_voicenote.notes.merging.refs import Tips, differences, local_tips, tips_below
from git_voicenote.notes.remotes import find_push_remote, find_remote
from git_voicenote.notes.selection import NoteSelection
from git_voicenote.notes.trees import read_note_tree
from git_voicenote.store.kept_texts import kept_texts
from git_voicenote.workflows.hearing.archive import open_archive

if TYPE_CHECKING:
    from git_voicenote.config import Settings
    from git_voicenote.git.repository import Repository
    from git_voicenote.notes.merging.refs import Difference, NoteRefs
    from git_voicenote.store.kept_texts import KeptText
    from git_voicenote.workflows.dialogue import Dialogue
    from git_voicenote.workflows.hearing.archive import InterruptedRecording


@dataclass(frozen=True, slots=True)
class AmProgress:
    """The progress of git am in a series: it has stopped at patch `number` of `total`."""

    number: int
    total: int


@dataclass(frozen=True, slots=True)
class Unfinished:
    """The unfinished work in a repository."""

    recordings: tuple[InterruptedRecording, ...]
    texts: tuple[KeptText, ...]
    am: AmProgress | None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What a remote lacked at the last contact; `remote` is None if there is none.

    `sync push` would send `sent`, and hold back `held`, because the remote has neither their
    commits nor their branches. `is_known` is whether there was any contact; `problem` is why no
    remote was chosen.
    """

    remote: str | None
    sent: tuple[Difference, ...] = ()
    held: tuple[Difference, ...] = ()
    is_known: bool = False
    problem: str | None = None


def find_unfinished(repository: Repository, settings: Settings, dialogue: Dialogue) -> Unfinished:
    """Return the unfinished work in a repository; what cannot be read is only a warning."""
    try:
        recordings = open_archive(repository, settings, dialogue.warn).cut_off()
    except StoreError as exc:
        dialogue.warn(exc.message)
        recordings = ()
    return Unfinished(
        recordings,
        kept_texts(repository.state_dir),
        _am_progress(repository),
    )


def _am_progress(repository: Repository) -> AmProgress | None:
    """Return the progress of git am; None for a rebase, whose state is in the same folder."""
    state = repository.git_dir / "rebase-apply"
    with suppress(OSError, ValueError):
        if (state / "applying").is_file():
            numbers = [int((state / name).read_text()) for name in ("next", "last")]
            return AmProgress(*numbers)
    return None


def find_outgoing(repository: Repository, note_refs: NoteRefs) -> Outgoing:
    """Return what this repository has and the remote did not have at the last contact.

    There is no connection: `sync` stores the state of the remote. Raises GitError.
    """
    try:
        remote = find_remote(repository, None)
        remote = find_push_remote(repository, None, remote)
    except GitError as exc:
        return Outgoing(None, problem=exc.message)
    ours, theirs = local_tips(repository, note_refs), tips_below(repository, remote.tracking)
    is_known = theirs != Tips(None, {})
    if (ours.notes, ours.reviews, ours.covers) == (theirs.notes, theirs.reviews, theirs.covers):
        return Outgoing(remote.name, is_known=is_known)
    found = [
        one
        for one in differences(repository, ours, theirs, theirs)
        if one.side != "there" and one.kind != "file"
    ]
    selection = NoteSelection(repository, remote.name, theirs)
    may_go = _known_there(repository, theirs)
    may_go |= selection.commits({one.name for one in found if one.kind != "cover"} - may_go)
    sent = tuple(
        one
        for one in found
        if (selection.cover(one.name) if one.kind == "cover" else one.name in may_go)
    )
    held = tuple(one for one in found if one not in sent)
    return Outgoing(remote.name, sent, held, is_known)


def _known_there(repository: Repository, theirs: Tips) -> set[str]:
    """Return the commits whose notes a remote already has."""
    trees = [read_note_tree(repository, tip) for tip in theirs.by_kind.values() if tip]
    return {name for tree in trees for name in tree.texts}
