"""A series that git am stopped in, remembered until it is over: who goes on may type `git am`.

git am removes its mails when it is done. So they are copied, with where it began; later its commits
are told by what git am gives them of the mail: author, date and title.
"""

from __future__ import annotations

import calendar
import shutil
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parsedate_tz
from typing import TYPE_CHECKING

from git_voicenote.errors import StoreError, VoicenoteError
from git_voicenote.repo.notes import Notes
from git_voicenote.repo.process import try_git
from git_voicenote.repo.received import read_series
from git_voicenote.series.applying import copy_mails, keep_cover, note_names

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable
    from pathlib import Path

    from git_voicenote.repo.received import ReceivedPatch
    from git_voicenote.repo.repository import Repository


@dataclass(frozen=True, slots=True)
class Kept:
    """How many notes were kept, the key of the cover, and titles whose commits are not clear."""

    notes: int = 0
    cover: str | None = None
    unclear: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Made:
    """A commit that git am may have made, or the mail of one; `date` is in seconds."""

    name: str
    email: str
    date: int | None
    title: str


class UnfinishedAm:
    """What is remembered of a series in one worktree, beside git am's own state."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._folder = repository.git_dir / "voicenote" / "am"
        self._state = repository.git_dir / "rebase-apply"

    @property
    def is_remembered(self) -> bool:
        """Whether there is a series whose notes may not all be kept."""
        return self._folder.is_dir()

    @property
    def is_at_it(self) -> bool:
        """Whether git am has stopped in a series, ours or another; a rebase is none."""
        return (self._state / "applying").is_file()

    def remember(self, start: str, tip: str) -> None:
        """Remember the series that git am is at: where it began, and up to where notes are kept.

        Raises StoreError where that cannot be written.
        """
        try:
            if not self.is_remembered:
                self._folder.mkdir(mode=0o700, parents=True)
                self._write("start", start)
                self._write("branch", self._repository.current_branch() or "")
            copy_mails(self._state, self._folder / "mails")
            self._write("tip", tip)  # the last: without it, we were stopped while we wrote
        except OSError as exc:
            raise StoreError(f"the mails cannot be copied: {exc.strerror or exc}") from exc

    def commit(self, name: str) -> str:
        """Return the commit that a name stands for, or "" where there is none."""
        revision = f"{name}^{{commit}}"
        done = try_git("rev-parse", "--verify", "--quiet", revision, cwd=self._repository.cwd)
        return done.stdout.decode("ascii").strip()

    def forget(self) -> None:
        """Remember it no longer."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def keep(self, notes_ref: str) -> Kept:
        """Keep what was said of patches that git am has applied on its own, and the cover at last.

        Raises VoicenoteError where that cannot be written: another time will do.
        """
        if not (self._folder / "tip").is_file():
            self.forget()
            return Kept()
        branch = self._read("branch")
        tip = self.commit(f"refs/heads/{branch}" if branch else "HEAD")
        is_over = not self._is_the_same_series()
        if not is_over and tip == self._read("tip"):
            return Kept()
        mails = self._folder / "mails"
        found, unclear = self._matched(tip, mails)
        kept = self._keep_notes(found, notes_ref)
        cover = None
        if is_over:
            cover = keep_cover(self._repository, mails, branch or None) if found else None
            self.forget()
        else:
            self._write("tip", tip)
        return Kept(kept, cover, unclear if is_over else ())

    def _matched(self, tip: str, mails: Path) -> tuple[dict[str, ReceivedPatch], tuple[str, ...]]:
        """Return the patches by the commits that they became, and titles that fit several."""
        patches: dict[str, ReceivedPatch] = {}
        for path in sorted(mails.glob("[0-9]*")):
            try:
                read = read_series(path, self._repository.cwd).patches
            except VoicenoteError:
                continue  # git am says what it thinks of it
            if read:
                patches[path.name] = read[0]
        sent = [_of_patch(name, patch) for name, patch in patches.items()]
        pairs, left = _pairs(self._commits(tip), sent)
        unclear = tuple(one.title for one in left if patches[one.name].note)
        return {commit: patches[mail] for commit, mail in pairs.items()}, unclear

    def _commits(self, tip: str) -> list[_Made]:
        if not tip:
            return []
        start = self._read("start")
        listed = self._repository.read(
            "log", "--reverse", "--no-merges", "--no-show-signature", "--encoding=UTF-8",
            "--format=%H%x00%ae%x00%at%x00%s", f"{start}..{tip}" if start else tip, "--",
        )  # fmt: skip
        rows = [line.split("\0") for line in listed.split("\n") if line]
        return [_Made(name, email, int(date), _plain(title)) for name, email, date, title in rows]

    def _keep_notes(self, found: dict[str, ReceivedPatch], notes_ref: str) -> int:
        names = note_names(notes_ref)
        texts = {
            commit: patch.note
            for commit, patch in found.items()
            if patch.note and patch.note_name in names
        }
        notes = Notes(self._repository, notes_ref)
        # one that is there was kept when the patch was applied, and may have been edited since
        there = notes.texts(texts)
        new = {commit: text for commit, text in texts.items() if commit not in there}
        if new:
            notes.write_texts(new)
        return len(new)

    def _is_the_same_series(self) -> bool:
        if not self.is_at_it:
            return False
        ours = {path.name: path for path in (self._folder / "mails").glob("[0-9]*")}
        return all(
            path.name in ours and path.read_bytes() == ours[path.name].read_bytes()
            for path in self._state.glob("[0-9]*")
        )

    def _write(self, name: str, text: str) -> None:
        (self._folder / name).write_bytes(text.encode("utf-8", "surrogateescape"))

    def _read(self, name: str) -> str:
        return (self._folder / name).read_bytes().decode("utf-8", "surrogateescape")


def _of_patch(name: str, patch: ReceivedPatch) -> _Made:
    date = None
    if parsed := parsedate_tz(patch.date):
        with suppress(ValueError, OverflowError):  # a 32nd of March
            date = calendar.timegm(parsed[:6]) - (parsed[9] or 0)
    return _Made(name, patch.email, date, _plain(patch.subject))


def _pairs(commits: list[_Made], mails: list[_Made]) -> tuple[dict[str, str], list[_Made]]:
    """Return the mails of commits by their names, and the mails that may be of several.

    A commit whose message was changed is told by its author and date, one that was given another
    date by its author and title. Those that nothing tells apart are taken in their order, if none
    is missing.
    """
    pairs: dict[str, str] = {}
    keys: tuple[Callable[[_Made], Hashable], ...] = (
        lambda one: (one.email, one.date, one.title),
        lambda one: (one.email, one.date),
        lambda one: (one.email, one.title),
    )
    unclear: dict[str, _Made] = {}
    for key in keys:
        made = _grouped((one for one in commits if one.name not in pairs), key)
        sent = _grouped((one for one in mails if one.name not in pairs.values()), key)
        for same in made.keys() & sent.keys():
            if len(made[same]) == len(sent[same]) and (key is keys[0] or len(sent[same]) == 1):
                pairs |= {c.name: m.name for c, m in zip(made[same], sent[same], strict=True)}
            else:
                unclear |= {one.name: one for one in sent[same]}
    taken = set(pairs.values())
    return pairs, [one for name, one in unclear.items() if name not in taken]


def _grouped(
    things: Iterable[_Made], key: Callable[[_Made], Hashable]
) -> dict[Hashable, list[_Made]]:
    groups: dict[Hashable, list[_Made]] = defaultdict(list)
    for one in things:
        groups[key(one)].append(one)
    return groups


def _plain(title: str) -> str:
    return " ".join(title.split())
