"""`git voicenote show`: read notes and covers."""

from __future__ import annotations

import shlex
import textwrap
from typing import TYPE_CHECKING

import click

from git_voicenote.characters import visible
from git_voicenote.errors import NoNoteError
from git_voicenote.git.commits import commits_in
from git_voicenote.git.repository import Repository
from git_voicenote.notes.covers import Covers
from git_voicenote.notes.format import parse_notes, render_notes
from git_voicenote.notes.store import Notes
from git_voicenote.notes.trailers import note_value
from git_voicenote.targets import CommitTarget, short_id
from git_voicenote.terminal.console import print_json, put, say, settings
from git_voicenote.terminal.dialogue import TerminalDialogue
from git_voicenote.workflows.explain.saving import Saving, notes_by_patch
from git_voicenote.workflows.leftovers import finish_leftovers, mention_unfinished_recordings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from git_voicenote.config import Settings
    from git_voicenote.datatypes import FoundNote, Note
    from git_voicenote.git.repository import Commit


@click.command()
@click.argument("revisions", nargs=-1, metavar="[COMMIT | RANGE | BRANCH]...")
@click.option(
    "--cover", is_flag=True, help="Show the cover of a branch's series (default: HEAD's)."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--adopt", is_flag=True, help="Keep notes that were found by their patch.")
def show(revisions: tuple[str, ...], *, cover: bool, as_json: bool, adopt: bool) -> None:
    """Show a commit's note, or the cover of a series.

    A range (main..topic) shows each commit's. A commit that lost its note, as cherry-pick makes
    it, shows the note of the commit with the same patch; --adopt writes it to the new commit.
    """
    repository = Repository.discover()
    chosen = settings(repository)
    dialogue = TerminalDialogue(repository)
    finish_leftovers(repository, chosen, dialogue)
    if cover:
        if len(revisions) > 1:
            raise click.UsageError("--cover takes one branch")
        _show_cover(repository, next(iter(revisions), None), as_json=as_json)
        return
    mention_unfinished_recordings(repository, chosen, dialogue)
    commits = commits_in(repository, revisions or ("HEAD",))
    answers = _answers(repository, chosen, commits)
    for commit in commits:
        _tell_answers(commit, answers.get(commit.id, ()))
    texts, found = _look_up(repository, chosen, dialogue, commits)
    if not texts and not found:
        _nothing(commits, revisions)
    for commit in commits:
        if commit.id in found:
            _adopt(Saving(repository, chosen, dialogue), commit, found[commit.id], adopt=adopt)
    texts |= {commit_id: note.text for commit_id, note in found.items()}
    is_list = len(commits) > 1 or any(".." in revision for revision in revisions)
    if as_json:
        values = [_commit_value(commit, texts, found, answers) for commit in commits]
        print_json(values if is_list else values[0])
    elif is_list:
        put("\n".join(_entry(commit, texts.get(commit.id)) for commit in commits), end="")
    else:
        put(visible(texts[commits[0].id]), end="")


def _show_cover(repository: Repository, branch: str | None, *, as_json: bool) -> None:
    covers = Covers(repository)
    key = branch or covers.key_for_head()
    text = covers.text(key)
    if text is None:
        hint = "record one with `git voicenote record --cover`"
        if left := covers.left_behind():
            # of branches that are gone; one that was renamed has its cover with it
            named = ", ".join(
                f"`git voicenote show --cover {shlex.quote(one)}`" for one in left[:3]
            )
            hint += f"; of branches that are gone: {named}"
        raise NoNoteError(f"no cover for {key}", hint=hint)
    if as_json:
        print_json({"cover": key, "notes": [note_value(note) for note in parse_notes(text)]})
    else:
        put(visible(text), end="")


def _look_up(
    repository: Repository,
    chosen: Settings,
    dialogue: TerminalDialogue,
    commits: tuple[Commit, ...],
) -> tuple[dict[str, str], dict[str, FoundNote]]:
    notes = Notes(repository, chosen.notes_ref)
    commit_ids = [commit.id for commit in commits]
    texts = notes.texts(commit_ids)
    bare = [commit_id for commit_id in commit_ids if commit_id not in texts]
    return texts, notes_by_patch(repository, notes, bare, dialogue)


def _answers(
    repository: Repository, chosen: Settings, commits: tuple[Commit, ...]
) -> dict[str, tuple[Note, ...]]:
    """Return what reviewers answered, by commit."""
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
        raise NoNoteError(f"{' '.join(revisions)} holds no commits")
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
    """Report where a note was found, and save it for the commit or say how to."""
    say(f"{commit.short} has no note; found by its patch on {short_id(note.commit_id)}")
    if adopt:
        mine = parse_notes(note.text)
        # one that somebody wrote since we looked stays
        saving.note(CommitTarget(commit.id), mine, lambda now: now or render_notes(mine))
        say(f"note for {commit.short} saved")
    else:
        say(f"hint: `git voicenote show --adopt {commit.short}` keeps it here")


def _entry(commit: Commit, text: str | None) -> str:
    words = visible(text) if text else "no note\n"
    return f"{commit.short} {visible(commit.subject)}\n\n{textwrap.indent(words, '    ')}"


def _commit_value(
    commit: Commit,
    texts: Mapping[str, str],
    found: Mapping[str, FoundNote],
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
