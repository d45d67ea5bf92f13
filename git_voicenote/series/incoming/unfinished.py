"""The state of a series that git am applies, stored until its notes are kept.

The state is written before git starts, and hooks of git am add each commit. So the user may
continue with plain `git am`, and whichever process is killed, the next git-voicenote command keeps
the notes. git am removes its mails at the end, so they are copied.

    start, branch, tip      where it began; the last commit whose notes are kept
    mails/                  the mails as git am split them, and the options it reads them with
    applied/<number>-<id>   the patch that became a commit whose note is to be kept
    kept/<number>-<id>      one whose note is kept
    stopped                 git am ended by itself, in the middle of the series
    running                 locked by git am as long as it lives
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.errors import StoreError
from git_voicenote.files.failures import store_error
from git_voicenote.git.running.process import try_git
from git_voicenote.mail.incoming.kinds import has_diff
from git_voicenote.mail.incoming.mailinfo import ReadingOptions
from git_voicenote.mail.incoming.reading import read_mail
from git_voicenote.mail.incoming.received import ReceivedPatch
from git_voicenote.notes.store import Notes
from git_voicenote.object_ids import ObjectId
from git_voicenote.series.incoming.applying import (
    AppliedCommit,
    copy_mails,
    keep_notes,
    note_names,
    read_start,
)
from git_voicenote.series.incoming.covers import keep_covers
from git_voicenote.series.incoming.matching import AppliedCandidate, of_patch, pairs_of, plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from git_voicenote.git.repository import Repository


@dataclass(frozen=True, slots=True)
class KeptNotes:
    """The number of kept notes, the key of the cover, and titles that match several commits.

    `running` is the process that started git am, if that is still running.
    """

    notes: int = 0
    cover: str | None = None
    unclear: tuple[str, ...] = ()
    running: int | None = None


class UnfinishedAm:
    """The stored state of a series in one worktree, beside git am's own state."""

    def __init__(self, repository: Repository) -> None:
        self.folder = repository.git_dir / "voicenote" / "am"
        self.state = repository.git_dir / "rebase-apply"
        self._repository = repository

    @property
    def is_remembered(self) -> bool:
        """Whether there is a series with notes that may not have been kept. Raises StoreError."""
        try:
            return self.folder.is_dir()
        except OSError as exc:
            raise store_error(f"cannot read {self.folder}", exc) from exc

    @property
    def is_in_progress(self) -> bool:
        """Whether git am, and not a rebase, has stopped in any series."""
        return (self.state / "applying").is_file()

    @property
    def is_the_same_series(self) -> bool:
        """Whether git am is applying the stored series."""
        if not self.is_in_progress:
            return False
        with suppress(OSError):  # killed before the first hook had copied them
            copy_mails(self.state, self.folder / "mails")
        ours = {path.name: path for path in (self.folder / "mails").glob("[0-9]*")}
        return all(
            path.name in ours and path.read_bytes() == ours[path.name].read_bytes()
            for path in self.state.glob("[0-9]*")
        )

    @property
    def was_killed(self) -> bool:
        """Whether git am, or this program, was killed in the middle of a series."""
        return self.is_in_progress and (self.folder / "tip").is_file() and not self._marker.exists()

    @property
    def has_no_diff(self) -> bool:
        """Whether git am is at a mail without a patch for git apply."""
        with suppress(OSError):
            return not has_diff(read_start(self.state / "patch"))
        return False

    @property
    def is_committed(self) -> bool:
        """Whether git am's current patch is already a commit."""
        with suppress(OSError, ValueError):
            number = int((self.state / "next").read_text())
            head = self.commit("HEAD")
            return any(
                (self.folder / place / f"{number}-{head}").exists() for place in ("applied", "kept")
            )
        return False

    @property
    def has_commits(self) -> bool:
        """Whether there are commits since the stored series began."""
        return (self.folder / "tip").is_file() and bool(self._commits(self._tip()))

    def begin(self, start: str) -> None:
        """Record that a series begins or continues, before git is started. Raises StoreError."""
        try:
            if not (self.folder / "tip").is_file():
                files.private_folder(self.folder)
                self._write("start", start)
                self._write("branch", self._repository.current_branch() or "")
                self._write("tip", start)  # written last: without it, the state is incomplete
            for name in ("applied", "kept"):
                files.private_folder(self.folder / name)
            self._marker.unlink(missing_ok=True)
            copy_mails(self.state, self.folder / "mails")
        except OSError as exc:
            reason = exc.strerror or exc
            raise StoreError(f"the state of the series cannot be stored: {reason}") from exc

    def remember(self, start: str) -> None:
        """Store a series that the user began with git am, and that has stopped."""
        self.begin(start)
        self.end()

    def end(self) -> None:
        """Store that git am ended by itself, possibly in the middle of the series."""
        if self.is_in_progress:
            # the disk is full: it then counts as killed, and its patch is tried again
            with suppress(OSError):
                copy_mails(self.state, self.folder / "mails")
                self._write("stopped", "")

    @contextmanager
    def running(self) -> Iterator[int]:
        """Provide a descriptor whose lock lasts as long as any process that inherits it.

        Raises StoreError if another git am is running.
        """
        path = self.folder / "running"
        files.private_folder(self.folder)
        try:
            with files.inheritable_lock(path) as handle:
                yield handle
        except BlockingIOError as exc:
            raise StoreError(
                f"git am is at work here: process {files.claimed_by(path)} started it",
                hint="wait until it is done, or end it",
            ) from exc

    def commit(self, name: str) -> str:
        """Return the commit with a name, or "" if there is none."""
        revision = f"{name}^{{commit}}"
        done = try_git("rev-parse", "--verify", "--quiet", revision, cwd=self._repository.cwd)
        return done.stdout.decode("ascii").strip()

    def forget(self) -> None:
        """Delete the stored state."""
        with suppress(OSError):
            (self.folder / "tip").unlink(
                missing_ok=True
            )  # removed first: without it, the other files mean nothing
        shutil.rmtree(self.folder, ignore_errors=True)

    def mark_kept(self, number: int, commit_id: ObjectId) -> None:
        """Record that the note of a patch, by its number, has been kept."""
        with suppress(OSError):  # the next run will find it again
            files.create(self.folder / "kept" / f"{number}-{commit_id}", b"")

    def keep(self, notes_ref: str, *, has_ended: bool = False) -> KeptNotes:
        """Keep the notes of patches that became commits and, at the end, the cover.

        `has_ended` means that git am has ended, even if the lock is held: a hook may outlive a git
        am that was killed. Raises VoicenoteError or OSError if that cannot be written; a later
        call will do it.
        """
        # two concurrent commands would find the same notes, and both would report them
        with files.lock(self.folder.with_name("am.lock")):
            if not (self.folder / "tip").is_file():
                self.forget()
                return KeptNotes()
            if self.is_in_progress and not has_ended and self._is_running:
                return KeptNotes(running=files.claimed_by(self.folder / "running"))
            return self._keep(notes_ref)

    def _keep(self, notes_ref: str) -> KeptNotes:
        tip = self._tip()
        is_over = not self.is_the_same_series
        applied = self._applied()
        if not is_over and tip == self._read("tip") and not applied:
            return KeptNotes()
        count = keep_notes(self._repository, notes_ref, applied.values())
        for path in applied:
            files.move(path, self.folder / "kept" / path.name)
        known = {path.name.partition("-")[2] for path in (self.folder / "kept").glob("*-*")}
        commits = self._commits(tip)
        found: dict[str, ReceivedPatch] = {}
        unclear: tuple[str, ...] = ()
        if any(one.name not in known for one in commits):
            found, unclear = self._matched(commits)
            new = {commit: patch for commit, patch in found.items() if commit not in known}
            count += self._keep_notes(new, notes_ref)
        if not is_over:
            self._write("tip", tip)
            return KeptNotes(count)
        cover = None
        if found or any(one.name in known for one in commits):
            cover = keep_covers(
                self._repository, self.folder / "mails", self._read("branch") or None
            )
        self.forget()
        return KeptNotes(count, cover, unclear)

    def _tip(self) -> str:
        branch = self._read("branch")
        return self.commit(f"refs/heads/{branch}" if branch else "HEAD")

    def _applied(self) -> dict[Path, AppliedCommit]:
        """Return the data that the hook stored for each commit."""
        applied = {}
        for path in sorted((self.folder / "applied").glob("*-*")):
            number, _, commit_id = path.name.partition("-")
            mail = self.folder / "mails" / f"{int(number):04}"
            applied[path] = AppliedCommit(ObjectId(commit_id), read_start(path), mail)
        return applied

    def _matched(
        self, commits: list[AppliedCandidate]
    ) -> tuple[dict[str, ReceivedPatch], tuple[str, ...]]:
        """Return the patches by their commits, and the titles that match several commits."""
        patches = {}
        for path in sorted((self.folder / "mails").glob("[0-9]*")):
            read = read_mail(path, self._repository.cwd, ReadingOptions.of_am(path.parent))
            if isinstance(read, ReceivedPatch):
                patches[path.name] = read
        sent = [of_patch(name, patch) for name, patch in patches.items()]
        pairs, left = pairs_of(commits, sent)
        unclear = tuple(one.title for one in left if patches[one.name].note)
        return {commit: patches[mail] for commit, mail in pairs.items()}, unclear

    def _commits(self, tip: str) -> list[AppliedCandidate]:
        if not tip:
            return []
        start = self._read("start")
        listed = self._repository.read(
            "log", "--reverse", "--no-merges", "--no-show-signature", "--encoding=UTF-8",
            "--format=%H%x00%ae%x00%at%x00%s", f"{start}..{tip}" if start else tip, "--",
        )  # fmt: skip
        rows = [line.split("\0") for line in listed.split("\n") if line]
        return [
            AppliedCandidate(name, email, int(date) if date.isdigit() else None, plain(title))
            for name, email, date, title in rows
        ]

    def _keep_notes(self, found: dict[str, ReceivedPatch], notes_ref: str) -> int:
        names = note_names(notes_ref)
        texts = {
            ObjectId(commit): patch.note
            for commit, patch in found.items()
            if patch.note and patch.note_name in names
        }
        # an existing note was kept when the patch was applied, and may have been edited since
        new = Notes(self._repository, notes_ref).update(texts, lambda there: {**texts, **there})
        return len(new)

    @property
    def _is_running(self) -> bool:
        with suppress(FileNotFoundError):
            return files.is_locked(self.folder / "running")
        return False

    @property
    def _marker(self) -> Path:
        return self.folder / "stopped"

    def _write(self, name: str, text: str) -> None:
        files.replace(self.folder / name, os.fsencode(text))

    def _read(self, name: str) -> str:
        return os.fsdecode((self.folder / name).read_bytes())
