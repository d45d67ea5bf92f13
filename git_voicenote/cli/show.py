"""`git voicenote show`: read notes and covers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from git_voicenote.characters import visible
from git_voicenote.errors import NoNoteError
from git_voicenote.git.commits import commits_in
from git_voicenote.git.repository import Repository
from git_voicenote.git.series import end_of_range
from git_voicenote.notes.covers import Covers, series_name
from git_voicenote.notes.format import parse_notes, render_notes, words_of
from git_voicenote.notes.store import Notes
from git_voicenote.notes.trailers import note_value
from git_voicenote.phrases import counted
from git_voicenote.targets import CommitTarget
from git_voicenote.terminal.console import put_product, say, settings
from git_voicenote.terminal.dialogue import TerminalDialogue
from git_voicenote.terminal.programs.pager import page
from git_voicenote.text.description.described import Described, DescribedCommit
from git_voicenote.text.description.formats import DESCRIPTIONS, JSON, TEXT, help_text
from git_voicenote.workflows.explain.orphaned_covers import argument_for, find_orphan, restored
from git_voicenote.workflows.explain.saving import Saving, notes_by_patch
from git_voicenote.workflows.leftovers import finish_leftovers, mention_unfinished_recordings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from git_voicenote.config import Settings
    from git_voicenote.datatypes import FoundNote, Note
    from git_voicenote.git.repository import Commit
    from git_voicenote.object_ids import ObjectId
    from git_voicenote.text.description.formats import DescriptionFormat

_HAVE = ("have", "has")


@click.command()
@click.argument("revisions", nargs=-1, metavar="[COMMIT | RANGE | BRANCH]...")
@click.option(
    "--cover", is_flag=True, help="Show the cover of a branch's series (default: HEAD's)."
)
@click.option(
    "--format", "name", type=click.Choice(tuple(DESCRIPTIONS)), default=TEXT.name,
    show_default=True, help=f"{help_text()}.",
)  # fmt: skip
@click.option("--json", "name", flag_value=JSON.name, help="The same as --format json.")
@click.option(
    "--adopt",
    is_flag=True,
    help="Keep notes found by their patch, or adopt the cover of a deleted branch.",
)
def show(revisions: tuple[str, ...], *, cover: bool, name: str, adopt: bool) -> None:
    """Show a commit's note, or the cover of a series.

    For a range (main..topic), show the note of each commit. A commit that lost its note, for
    example through cherry-pick, shows the note of the commit with the same patch; --adopt copies it
    to the new commit. With --cover and the name of a deleted branch, --adopt makes its cover that
    of the current branch.

    `show main.. --format markdown` prints the description of a pull request: the cover, then a
    section for each commit that has a note.
    """
    form = DESCRIPTIONS[name]
    repository = Repository.discover()
    chosen = settings(repository)
    dialogue = TerminalDialogue(repository)
    finish_leftovers(repository, chosen, dialogue)
    if cover:
        if len(revisions) > 1:
            raise click.UsageError("--cover takes one branch")
        _show_cover(repository, next(iter(revisions), None), form, adopt=adopt)
        return
    mention_unfinished_recordings(repository, chosen, dialogue)
    commits = commits_in(repository, revisions or ("HEAD",))
    answers = _answers(repository, chosen, commits)
    for commit in commits:
        _tell_answers(commit, answers.get(commit.id, ()))
    texts, found = _look_up(repository, chosen, dialogue, commits)
    is_list = len(commits) > 1 or any(".." in revision for revision in revisions)
    words = _cover_of(repository, revisions) if is_list and commits and form.in_order else ""
    if not (texts or found or words):
        _nothing(commits, revisions)
    shorts = repository.abbreviated(note.commit_id for note in found.values())
    elsewhere = {name: shorts[note.commit_id] for name, note in found.items()}
    for commit in commits:
        if commit.id in found:
            say(f"{commit.short} has no note; found by its patch on {elsewhere[commit.id]}")
            _adopt(Saving(repository, chosen, dialogue), commit, found[commit.id], adopt=adopt)
    texts |= {commit_id: note.text for commit_id, note in found.items()}
    described = [_described(commit, texts, found, answers) for commit in commits]
    if form.in_order:
        described.reverse()
        if silent := sum(not one.note for one in described):
            say(f"{counted(silent, 'commit')} of this range {_HAVE[silent == 1]} no note")
    _hand_over(form, Described(described, words, is_list))


def _hand_over(form: DescriptionFormat, described: Described) -> None:
    text = form.render(described)
    if form is TEXT:
        page(text)
    else:
        put_product(text.encode("utf-8", "replace"))


def _cover_of(repository: Repository, revisions: Sequence[str]) -> str:
    """Return the text of the cover of the series at the end of a range, or ""."""
    tip = end_of_range(revisions[-1])
    covers = Covers(repository)
    key = covers.key_for_tip(repository.commit(tip).id, tip)
    return words_of(covers.read(key)) if key else ""


def _show_cover(
    repository: Repository, branch: str | None, form: DescriptionFormat, *, adopt: bool
) -> None:
    covers = Covers(repository)
    key = covers.key_named(branch) if branch else covers.key_for_head()
    left = find_orphan(covers, branch) if branch else None
    text = covers.text_of(left) if left else covers.text(key)
    if text is None:
        is_mine = branch is None or repository.has_branch(key)
        raise NoNoteError(
            f"no cover for {series_name(repository, key)}",
            hint=_other_covers(covers, key, is_mine=is_mine),
        )
    if covers.is_restored(key):
        say(restored(series_name(repository, key)))
    notes = parse_notes(text)
    facts = {"cover": key, "notes": [note_value(note) for note in notes]}
    _hand_over(form, Described(cover=words_of(notes), stored_cover=text, facts=facts))
    if left and adopt:
        mine = covers.key_for_head()
        covers.adopt(left, mine)
        say(f"cover of {series_name(repository, mine)} saved")


def _other_covers(covers: Covers, key: str, *, is_mine: bool) -> str:
    """Return how to get a cover: record one, or show those of deleted branches."""
    record = "`git voicenote record --cover`"
    hint = f"record one with {record}" if is_mine else f"no branch is named {key!r}"
    if left := covers.orphaned():
        shown = (
            f"`git voicenote show --cover {argument_for(covers, one, key)}`" for one in left[:3]
        )
        hint += f"; of deleted branches: {', '.join(shown)}"
    return hint


def _look_up(
    repository: Repository,
    chosen: Settings,
    dialogue: TerminalDialogue,
    commits: tuple[Commit, ...],
) -> tuple[dict[ObjectId, str], dict[ObjectId, FoundNote]]:
    notes = Notes(repository, chosen.notes_ref)
    commit_ids = [commit.id for commit in commits]
    texts = notes.texts(commit_ids)
    bare = [commit_id for commit_id in commit_ids if commit_id not in texts]
    return texts, notes_by_patch(repository, notes, bare, dialogue)


def _answers(
    repository: Repository, chosen: Settings, commits: tuple[Commit, ...]
) -> dict[str, tuple[Note, ...]]:
    """Return the answers of reviewers, by commit."""
    texts = Notes(repository, chosen.review_ref).texts(commit.id for commit in commits)
    return {commit_id: parse_notes(text) for commit_id, text in texts.items()}


def _tell_answers(commit: Commit, answers: Sequence[Note]) -> None:
    names = dict.fromkeys(
        (note.reviewer or "").partition(" <")[0] or "somebody" for note in answers
    )
    if names:
        who = visible(", ".join(names))
        say(f"{commit.short} was answered by {who} \u00b7 git voicenote review {commit.short}")


def _nothing(commits: tuple[Commit, ...], revisions: tuple[str, ...]) -> None:
    if not commits:
        raise NoNoteError(f"{' '.join(revisions)} contains no commits")
    if len(commits) > 1:
        raise NoNoteError(
            f"none of these {len(commits)} commits has a note",
            hint="record one with `git voicenote record COMMIT`",
        )
    raise NoNoteError(
        f"no note for {commits[0].short}",
        hint=f"record one with `git voicenote record {commits[0].short}`",
    )


def _adopt(saving: Saving, commit: Commit, note: FoundNote, *, adopt: bool) -> None:
    """Save a note that was found elsewhere for the commit, or say how to."""
    if adopt:
        mine = parse_notes(note.text)
        # do not replace a note written in the meantime
        saving.note(CommitTarget(commit.id), mine, lambda now: now or render_notes(mine))
        say(f"note for {commit.short} saved")
    else:
        say(f"hint: `git voicenote show --adopt {commit.short}` keeps it here")


def _described(
    commit: Commit,
    texts: Mapping[ObjectId, str],
    found: Mapping[ObjectId, FoundNote],
    answers: Mapping[str, Sequence[Note]],
) -> DescribedCommit:
    note = texts.get(commit.id, "")
    words = words_of(parse_notes(note))
    facts = _commit_value(commit, texts, found, answers)
    return DescribedCommit(commit.short, commit.subject, words, note, facts)


def _commit_value(
    commit: Commit,
    texts: Mapping[ObjectId, str],
    found: Mapping[ObjectId, FoundNote],
    answers: Mapping[str, Sequence[Note]],
) -> dict[str, object]:
    return {
        "commit": commit.id,
        "subject": commit.subject,
        "found_on": found[commit.id].commit_id if commit.id in found else None,
        "notes": [note_value(note) for note in parse_notes(texts.get(commit.id, ""))],
        "answers": [
            {"reviewer": note.reviewer, **note_value(note)} for note in answers.get(commit.id, ())
        ],
    }
