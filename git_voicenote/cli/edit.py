"""`git voicenote edit`: change or write a note by hand."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from git_voicenote.errors import NegativeAnswer, UnknownRevisionError
from git_voicenote.git.commits import commit_summary, series_summary
from git_voicenote.git.repository import Repository
from git_voicenote.notes.changing import reconciled
from git_voicenote.notes.covers import Covers
from git_voicenote.notes.format import parse_notes, render_notes
from git_voicenote.notes.store import Notes
from git_voicenote.terminal.console import ask, is_interactive, say, settings, warn
from git_voicenote.terminal.editor import edit_text
from git_voicenote.workflows.doubts import known_transcripts, with_doubts
from git_voicenote.workflows.kept_texts import KeptText, Purpose, kept_texts, story
from git_voicenote.workflows.saving import found_by_patch, save_cover, save_note
from git_voicenote.workflows.unfinished import mention_unfinished
from git_voicenote.workflows.unfinished_am import keep_rest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.datatypes import Note
    from git_voicenote.git.repository import Commit
    from git_voicenote.workflows.saving import Change


@click.command()
@click.argument("revision", required=False, metavar="[COMMIT | BRANCH]")
@click.option(
    "--cover", is_flag=True, help="Edit the cover of a branch's series (default: HEAD's)."
)
def edit(revision: str | None, *, cover: bool) -> None:
    """Edit a note in git's editor; where there is none, write one.

    What the note is about is shown below a line with scissors, and cut off again. Lines that
    begin with # stay. Where the editor fails, or nothing is left, the note stays as it was.
    """
    repository = Repository.discover()
    keep_rest(repository)
    mention_unfinished(repository, settings())
    if cover:
        _edit_cover(repository, revision)
    else:
        _edit_note(repository, revision or "HEAD")


def _edit_note(repository: Repository, revision: str) -> None:
    chosen = settings()
    commit = repository.commit(revision)
    notes = Notes(repository, chosen.notes_ref)
    before = notes.text(commit.id)
    text = before or ""
    found = None
    if before is None:
        found = found_by_patch(repository, notes, [commit.id]).get(commit.id)
    if found:
        say(f"starting from the note of {found.commit_id[:7]}, which has the same patch")
        text = found.text
    about = f"note for {commit_summary(repository, commit.id)}"
    purpose = Purpose(f"commit:{commit.id}", f"the note for {commit.short}", saved=text)
    edited = _edited(repository, text, about, purpose)
    remove = f"git notes --ref={chosen.notes_ref} remove {commit.short}"
    name = f"note for {commit.short}"
    if _is_new(edited, before, name, remove):
        mine = parse_notes(edited or "")
        change = _change(name, before, mine)
        _say_saved(name, mine, save_note(repository, chosen, commit.id, mine, change))
        _mention_rewrite(repository, chosen.notes_ref, revision, commit)


def _edit_cover(repository: Repository, branch: str | None) -> None:
    covers = Covers(repository)
    key = branch or covers.key_for_head()
    before = covers.text(key)
    tip = key.removeprefix("detached/") if key.startswith("detached/") else f"refs/heads/{key}"
    if before is None and branch is not None:
        _check_branch(repository, branch)
    about = f"cover of {key}\n\n{series_summary(repository, tip)}"
    purpose = Purpose(f"cover:{key}", f"the cover of {key}", saved=before or "")
    edited = _edited(repository, before or "", about, purpose)
    remove = f"git update-ref -d refs/voicenote/cover/{key}"
    name = f"cover of {key}"
    if _is_new(edited, before, name, remove):
        mine = parse_notes(edited or "")
        change = _change(name, before, mine)
        _say_saved(name, mine, save_cover(repository, key, mine, change))


def _change(name: str, before: str | None, mine: Sequence[Note]) -> Change:
    return partial(reconciled, name, before, render_notes(mine))


def _say_saved(name: str, mine: Sequence[Note], saved: str) -> None:
    if saved != render_notes(mine):
        say(f"somebody else changed the {name} while you edited it: both are merged, read it over")
    say(f"{name} saved")


def _mention_rewrite(repository: Repository, notes_ref: str, revision: str, edited: Commit) -> None:
    """Warn a person whose commit was amended or rebased while the editor was open."""
    try:
        now = repository.commit(revision)
    except UnknownRevisionError:
        return
    if now.id != edited.id:
        warn(
            f"{revision} is {now.short} by now; the note was saved for {edited.short}: "
            f"`git notes --ref={notes_ref} copy -f {edited.short} {now.short}` takes it over"
        )


def _edited(repository: Repository, text: str, about: str, purpose: Purpose) -> str | None:
    """Let the person edit notes, with what the engine was not sure of in view.

    Where an earlier text was not saved, they may start from that.
    """
    kept = _taken_up(repository, purpose.target)
    text = kept.text if kept else text
    transcripts = known_transcripts(repository, parse_notes(text))
    edited = edit_text(repository, text, with_doubts(about, text, transcripts), purpose)
    if kept:
        kept.remove()  # it is in what was edited now
    return edited


def _taken_up(repository: Repository, target: str) -> KeptText | None:
    """Return the text that an earlier edit left, if the person wants to start from it."""
    for kept in reversed(kept_texts(repository.state_dir, target)):
        if not is_interactive():
            return None  # it was named
        answers = {"t": "take it up", "k": "keep it for later", "d": "delete"}
        match ask(f"{story(kept)}.", answers, default="t"):
            case "t":
                return kept
            case "d":
                kept.remove()
    return None


def _is_new(edited: str | None, before: str | None, name: str, remove: str) -> bool:
    """Return whether there is something to save, and say so where there is not."""
    if edited is None:
        if before is None:
            raise NegativeAnswer(f"the text is empty: no {name} was saved")
        raise NegativeAnswer(
            f"the text is empty: the {name} stays as it was", hint=f"to remove it: `{remove}`"
        )
    if edited == before:
        say(f"the {name} stays as it was")
    return edited != before


def _check_branch(repository: Repository, name: str) -> None:
    found = repository.run("rev-parse", "--verify", "--quiet", f"refs/heads/{name}", accept=(0, 1))
    if not found:
        raise UnknownRevisionError(
            f"no branch is named {name!r}", hint="`git branch` lists the branches"
        )
