"""A series of patches on its way to the mail: git's own, with what was said in its place.

git format-patch runs once, as the person called it, and writes notes as it always does. In what it
wrote, each note takes the form that readers want, the placeholders of the cover letter give way
to its words, and text that would break a patch is set in. Then git reads it all back.
"""

from __future__ import annotations

import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.errors import PatchError
from git_voicenote.repo import mail as mails_of
from git_voicenote.repo.covers import Covers
from git_voicenote.repo.note_format import format_duration, parse_notes
from git_voicenote.repo.notes import Notes
from git_voicenote.repo.patches import (
    Arguments,
    Walk,
    collect,
    find_walk,
    has_several,
    range_diff_environment,
    remove_files,
    start_format_patch,
)
from git_voicenote.text.mail_safety import indent_hazards, quote_diffs
from git_voicenote.text.prose import cover_letter, wrap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from git_voicenote.config import Settings
    from git_voicenote.datatypes import FoundNote, Note
    from git_voicenote.repo.mail import Mail, MailedCommit
    from git_voicenote.repo.notes import Remembered
    from git_voicenote.repo.patches import Written
    from git_voicenote.repo.repository import Repository

_THEIRS = frozenset(("--cover-from-description", "--description-file"))


@dataclass(frozen=True, slots=True)
class Formatted:
    """What a run leaves for the person: git's exit status, stdout, and remarks for stderr."""

    status: int
    stdout: bytes
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known before git format-patch runs.

    `cover` is the text that was recorded for the series, under `cover_key`; `wants_cover` that
    a cover letter would have more than one patch to speak of.
    """

    arguments: Arguments
    git_config: Mapping[str, str | None]
    walk: Walk
    cover: str | None
    cover_key: str | None
    has_several: bool

    @property
    def is_covered(self) -> bool:
        """Whether the cover letter is ours to fill: the person brought no words of another kind."""
        return self.cover is not None and not self.arguments.has(*_THEIRS)

    @property
    def charset(self) -> str:
        """The encoding that git writes mails in."""
        for flag in self.arguments.flags:
            if flag.startswith("--encoding="):
                return flag.partition("=")[2]
        configured = self.git_config.get("i18n.logoutputencoding")
        return configured or self.git_config.get("i18n.commitencoding") or "UTF-8"


def plan_series(repository: Repository, arguments: Sequence[str]) -> Plan:
    """Find out what a call of git format-patch will be about."""
    parsed = Arguments.parse(arguments)
    with ThreadPoolExecutor(3) as pool:
        config = pool.submit(repository.config, r"^(format|i18n)\.")
        covers = Covers(repository)
        keys = pool.submit(covers.keys)
        walk = find_walk(repository, parsed, repository.current_branch())
    cover = key = None
    several = True
    if keys.result() and walk.tip:
        several = has_several(repository, walk, parsed)
        key = walk.branch if walk.branch in keys.result() else None
        key = key or covers.key_for_tip(repository.commit(walk.tip).id, walk.branch)
        notes = parse_notes((covers.text(key) if key else None) or "")
        cover = "\n\n".join(note.text for note in notes if note.text.strip()) or None
    return Plan(parsed, config.result(), walk, cover, key, several)


def format_series(
    repository: Repository,
    settings: Settings,
    plan: Plan,
    remembered: Remembered | None = None,
) -> Formatted:
    """Write the patches of a series with all that was said about it.

    Raises PatchError where they would not survive the mail or a cover letter has no words; the
    files that this run wrote are removed then.
    """
    arguments = plan.arguments
    mark = f"X-Voicenote-Mark: {secrets.token_hex(16)}"
    process = start_format_patch(
        repository,
        arguments,
        (f"--notes={_quiet_ref(settings.notes_ref)}", *_cover_options(plan)),
        ("--no-quiet", "--no-zero-commit")
        + ((f"--add-header={mark}",) if arguments.has("--stdout", "--output") else ()),
        range_diff_environment(arguments, plan.git_config, settings.notes_ref),
    )
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(_read_commits, repository, plan)
        written = collect(repository, arguments, process)
        commits = reading.result()
    try:
        if written.status:
            remove_files(written.paths)
            return Formatted(written.status, b"", ())
        raw = (
            [path.read_bytes() for path in written.paths]
            if written.stream is None
            else mails_of.split_stream(written.stream, mark.encode() + b"\n")
            if written.stream
            else []
        )
        series = _Series(repository, settings, plan, commits, remembered)
        final = series.finish(raw)
    except PatchError:
        remove_files(written.paths)
        raise
    return Formatted(0, _hand_over(written, raw, final, arguments), tuple(series.remarks))


def reader_note(text: str) -> str:
    """Return a note as readers want it: wrapped, and of the trailers only how long it is to hear.

    Diffs in it are quoted, so that patch(1) does not apply them.
    """
    return "\n\n".join(filter(None, map(_reader_text, parse_notes(text))))


def _reader_text(note: Note) -> str:
    parts = [quote_diffs(wrap(visible(note.text)))]
    if note.duration is not None:
        parts.append(f"Voicenote-Duration: {format_duration(note.duration)}")
    return "\n\n".join(part for part in parts if part)


def _quiet_ref(ref: str) -> str:
    """Return a pattern that only this ref matches: git warns of a ref that is not there yet."""
    return f"{ref[:-1]}[{ref[-1]}]"


def _cover_options(plan: Plan) -> list[str]:
    """Return the options that make git write a cover letter we can fill, ahead of theirs."""
    if plan.is_covered:
        wanted = ["--cover-letter"] if plan.has_several else []
        return [*wanted, "--cover-from-description=none"]
    if "format.coverfromdescription" in plan.git_config:
        return []
    # git's own default leaves a placeholder for the subject
    return ["--cover-from-description=subject"]


def _read_commits(repository: Repository, plan: Plan) -> dict[str, MailedCommit]:
    return mails_of.read_commits(
        repository,
        (*plan.walk.revisions, *plan.arguments.pathspec),
        [flag for flag in plan.arguments.flags if flag.startswith("--encoding=")],
    )


def _hand_over(
    written: Written, before: Sequence[bytes], final: Sequence[bytes], arguments: Arguments
) -> bytes:
    """Put the finished mails where git put its own; return what goes to stdout."""
    if written.stream is None:
        for path, old, new in zip(written.paths, before, final, strict=True):
            if new != old:
                path.write_bytes(new)
        return b"" if arguments.is_quiet else written.printed
    if written.paths:
        written.paths[0].write_bytes(b"".join(final))
        return b""
    return b"".join(final)


class _Series:
    """The mails of one series, between git's first writing and the last reading."""

    def __init__(
        self,
        repository: Repository,
        settings: Settings,
        plan: Plan,
        commits: dict[str, MailedCommit],
        remembered: Remembered | None,
    ) -> None:
        self.repository = repository
        self.settings = settings
        self.plan = plan
        self.commits = commits
        self.remembered = remembered
        self.remarks: list[str] = []
        self._heading = mails_of.note_heading(settings.notes_ref)
        self._suspects: set[int] = set()

    def finish(self, raw: Sequence[bytes]) -> list[bytes]:
        """Return the mails as they are to be sent."""
        if not raw:
            return []
        ids = [mails_of.take_apart(one, None).commit_id for one in raw]
        self._fetch(ids)
        # git names the newest commit in a cover, which is also that of the last mail
        covers = int(len(ids) > 1 and ids[0] == ids[-1])
        mails = [
            mails_of.take_apart(one, None if number < covers else self.commits.get(commit_id))
            for number, (one, commit_id) in enumerate(zip(raw, ids, strict=True))
        ]
        self._report_unused_cover(covers, len(ids))
        patches = [
            self._patch(mail, number, covers)
            for number, mail in enumerate(mails)
            if number >= covers
        ]
        patches = self._explain(patches)
        finished = [self._cover(mail) for mail in mails[:covers]] + patches
        finished = [mails_of.declare_charset(mail, self.plan.charset.encode()) for mail in finished]
        self._verify(finished, covers)
        return self._zeroed([mail.raw for mail in finished])

    def _fetch(self, ids: Sequence[str]) -> None:
        """Read commits that the walk was not expected to meet."""
        missing = [commit_id for commit_id in ids if commit_id not in self.commits]
        if missing:
            self.commits |= mails_of.read_commits(
                self.repository, ("--no-walk", *dict.fromkeys(missing))
            )

    def _report_unused_cover(self, covers: int, count: int) -> None:
        if self.plan.is_covered and not covers and not self.plan.arguments.has("--no-cover-letter"):
            what = (
                "a single patch has no cover letter" if count == 1 else "no cover letter was made"
            )
            self.remarks.append(
                f"{what}: the cover of {self.plan.cover_key} is left out (--cover-letter sends it)"
            )

    def _cover(self, mail: Mail) -> Mail:
        self._suspects.add(0)
        if not mails_of.has_placeholder(mail):
            return self._without_patch(mail)
        filled = None
        if self.plan.is_covered and self.plan.cover is not None:
            letter = cover_letter(self.plan.cover)
            body = indent_hazards(quote_diffs(letter.body)).encode()
            filled = mails_of.fill_cover(mail, letter.subject, body + b"\n" if body else b"")
        if filled is None:
            raise PatchError(
                "the cover letter has no words yet",
                hint="speak them with `git voicenote record --cover`, or now with --record; "
                "plain `git format-patch` leaves a letter to fill in by hand",
            )
        return self._without_patch(filled)

    def _without_patch(self, mail: Mail) -> Mail:
        """Return a cover in which git am finds no patch: an interdiff is one, where git puts it."""
        text = mail.rest.decode("utf-8", "surrogateescape")
        return replace(mail, rest=indent_hazards(text).encode("utf-8", "surrogateescape"))

    def _patch(self, mail: Mail, number: int, covers: int) -> Mail:
        """Return a patch whose message git am takes for nothing but a message."""
        commit = self.commits.get(mail.commit_id)
        if commit is None or not mails_of.is_plain(mail, commit):
            self._suspects.add(number)
        text = mail.body.decode("utf-8", "surrogateescape")
        if mail.boundary:
            border = "--" + mail.boundary.decode("utf-8", "surrogateescape")
            text = re.sub(f"^(?={re.escape(border)})", " ", text, flags=re.MULTILINE)
        safe = indent_hazards(text).encode("utf-8", "surrogateescape")
        if safe == mail.body:
            return mail
        self._suspects.add(number)
        changed = sum(
            old != new for old, new in zip(mail.body.split(b"\n"), safe.split(b"\n"), strict=True)
        )
        lines = "a line" if changed == 1 else f"{changed} lines"
        self.remarks.append(
            f"patch {number + 1 - covers}: {lines} of the message set in by a space, "
            "git am would take them for something else"
        )
        return replace(mail, body=safe)

    def _explain(self, patches: Sequence[Mail]) -> list[Mail]:
        """Return the patches with their notes as readers want them; tell which have none."""
        explained, bare = [], []
        for number, mail in enumerate(patches):
            where = mails_of.find_note(mail.rest, self._heading) if mail.is_exact else None
            if where is None:
                bare.append(number)
                explained.append(mail)
                continue
            start, end = where
            lines = mail.rest[start:end].split(b"\n")
            block = self._block(b"\n".join(line[4:] for line in lines))
            new = mail.rest[:start] + block + mail.rest[end:] if block else mail.rest
            explained.append(replace(mail, rest=new))
        if bare and not self.plan.arguments.has("--no-notes"):
            self._explain_bare(explained, bare)
        return explained

    def _explain_bare(self, patches: list[Mail], bare: Sequence[int]) -> None:
        """Give patches back the notes that they lost; name those that never had one."""
        notes = Notes(self.repository, self.settings.notes_ref)
        exact = [number for number in bare if patches[number].is_exact]
        found = notes.find_all([patches[number].commit_id for number in exact], self.remembered)
        for number in exact:
            note = found.get(patches[number].commit_id)
            if note and self._insert(patches, number, note):
                self.remarks.append(
                    f"patch {number + 1} takes the note of {note.commit_id[:7]}, which is the same "
                    f"patch (git voicenote show --adopt {patches[number].commit_id[:7]} keeps it)"
                )
        annotated = set(notes.annotated())
        silent = [
            number
            for number in bare
            if patches[number].commit_id not in found and patches[number].commit_id not in annotated
        ]
        if silent:
            self.remarks.append(self._name_silent(patches, silent))

    def _insert(self, patches: list[Mail], number: int, note: FoundNote) -> bool:
        mail = patches[number]
        block = self._block(note.text.encode())
        after = len(b"---\n")
        if block:
            # git leaves a blank line between a note and the diffstat, and none after the dashes
            rest = mail.rest[:after] + self._heading + block + b"\n" + mail.rest[after:]
            patches[number] = replace(mail, rest=rest)
        return bool(block)

    def _block(self, text: bytes) -> bytes:
        """Return the lines of a note, set in as git does; none where it cannot be encoded."""
        try:
            read = reader_note(text.decode(self.plan.charset)).split("\n")
            lines = [f"    {line}\n" if line else "\n" for line in read]
            return "".join(lines).encode(self.plan.charset) if any(read) else b""
        except (LookupError, UnicodeError):
            return b""

    def _name_silent(self, patches: Sequence[Mail], silent: Sequence[int]) -> str:
        if len(silent) == 1:
            which, is_are = f"patch {silent[0] + 1}", "has"
        elif len(silent) == len(patches):
            which, is_are = f"all {len(patches)} patches", "have"
        else:
            which, is_are = f"patches {_ranges([one + 1 for one in silent])}", "have"
        commit = self._revision(patches, silent[-1])
        return f"{which} {is_are} no note (git voicenote record {commit}, or --record)"

    def _revision(self, patches: Sequence[Mail], number: int) -> str:
        """Name a commit as the person would: HEAD~2 where that is what it is."""
        commit_id = patches[number].commit_id
        if self.plan.walk.is_head:
            at = len(patches) - 1
            while at > number:
                commit = self.commits.get(patches[at].commit_id)
                if commit is None or commit.parents[:1] != (patches[at - 1].commit_id,):
                    return commit_id[:7]
                at -= 1
            back = len(patches) - 1 - number
            return f"HEAD~{back}" if back else "HEAD"
        return commit_id[:7]

    def _zeroed(self, mails: Sequence[bytes]) -> list[bytes]:
        """Return the mails without the object names, where --zero-commit asks for that."""
        if "--zero-commit" not in self.plan.arguments.flags:
            return list(mails)
        return [re.sub(rb"\AFrom [0-9a-f]+", _zeros, one) for one in mails]

    def _verify(self, mails: Sequence[Mail], covers: int) -> None:
        """Read all mails back and compare what git am finds with the commits."""
        arguments = self.plan.arguments
        read = mails_of.read_back(
            self.repository,
            [mail.raw for mail in mails],
            sorted(self._suspects),
            keep_subject=arguments.has("-k", "--keep-subject"),
            mboxrd=arguments.has("--stdout") and "format.mboxrd" in self.plan.git_config,
        )
        for number, found in read.items():
            mail = mails[number]
            if number < covers:
                if found.patch:
                    raise PatchError("git am would take the cover letter for a patch")
                continue
            patch = number + 1 - covers
            commit = self.commits.get(mail.commit_id)
            if commit is None:
                raise PatchError(f"patch {patch} is of no commit that git knows")
            self._compare(mail, commit, found, patch)

    def _compare(
        self, mail: Mail, commit: MailedCommit, found: mails_of.MailInfo, patch: int
    ) -> None:
        if mail.is_exact and found.patch.rstrip(b"\n") != mails_of.patch_in(mail).rstrip(b"\n"):
            raise PatchError(f"patch {patch} would not be read as it was written")
        charset = self.plan.charset
        title, body, author = (
            part.decode(charset, "replace") for part in (commit.title, commit.body, commit.author)
        )
        if not _squash(found.message).startswith(_squash(body)):
            raise PatchError(
                f"the message of patch {patch} would not survive the mail",
                hint="`git commit --amend` or `git rebase -i` can reword it",
            )
        subject = found.subject.decode("utf-8", "replace")
        if _squash(title) != _squash(subject):
            self.remarks.append(f"patch {patch}: git am makes its title {subject!r}")
        name = found.author.decode("utf-8", "replace")
        if _squash(author) != _squash(name):
            self.remarks.append(f"patch {patch}: git am makes its author {name!r}")


def _squash(text: str | bytes) -> str:
    """Return a text without its blank space: git am may change that, and nothing else."""
    return "".join((text.decode("utf-8", "replace") if isinstance(text, bytes) else text).split())


def _ranges(numbers: Sequence[int]) -> str:
    """Return numbers as people list them: 2, 5-7."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(str(p[0]) if len(p) == 1 else f"{p[0]}-{p[-1]}" for p in parts)


def _zeros(found: re.Match[bytes]) -> bytes:
    return b"From " + b"0" * (len(found[0]) - len(b"From "))
