"""`git voicenote status`: show missing notes, unfinished work, and unsent notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from git_voicenote.characters import visible
from git_voicenote.cli.sync.messages import note_refs
from git_voicenote.errors import NegativeAnswer
from git_voicenote.git.repository import Repository
from git_voicenote.notes.covers import Covers, cover_argument
from git_voicenote.phrases import counted
from git_voicenote.store.kept_texts import story
from git_voicenote.terminal.console import as_report, as_row, print_json, settings
from git_voicenote.terminal.dialogue import TerminalDialogue
from git_voicenote.terminal.programs.pager import page
from git_voicenote.workflows.explain.orphaned_covers import argument_for
from git_voicenote.workflows.leftovers import (
    command_to_resume,
    describe_recording,
    keep_applied,
    next_step_for,
)
from git_voicenote.workflows.status.pending import find_outgoing, find_unfinished
from git_voicenote.workflows.status.series import find_series, status_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from git_voicenote.notes.merging.refs import Difference
    from git_voicenote.workflows.status.pending import Outgoing, Unfinished
    from git_voicenote.workflows.status.series import CommitStatus, Series, SeriesStatus


@click.command()
@click.argument("revisions", required=False, metavar="[RANGE | BRANCH]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(revisions: str | None, *, as_json: bool) -> None:
    """Show which commits lack a note, what is unfinished, and what sync would send.

    The commits are those of the current branch since it forked from its upstream, as with review.
    Exits with 1 if one of them lacks a note.
    """
    repository = Repository.discover()
    chosen = settings(repository)
    dialogue = TerminalDialogue(repository)
    keep_applied(repository, chosen, dialogue)
    found = status_of(repository, chosen, dialogue, find_series(repository, revisions))
    unfinished = find_unfinished(repository, chosen, dialogue)
    outgoing = find_outgoing(repository, note_refs(chosen))
    if as_json:
        print_json(_value(repository, found, unfinished, outgoing))
    else:
        page("".join(f"{line}\n" for line in _lines(repository, found, unfinished, outgoing)))
    if found.lacking:
        raise click.exceptions.Exit(NegativeAnswer.exit_code)


def _lines(
    repository: Repository, found: SeriesStatus, unfinished: Unfinished, outgoing: Outgoing
) -> Iterator[str]:
    yield as_report(visible(f"{_name(found.series)}: {_extent(found.series)}"))
    for one in found.commits:
        yield as_row(visible(f"  {one.commit.short}  {_mark(one)}  {one.commit.subject}"))
    for line in (
        *_series(repository, found),
        *_unfinished(repository, unfinished),
        *_outgoing(outgoing),
    ):
        yield as_report(visible(line))


def _series(repository: Repository, found: SeriesStatus) -> Iterator[str]:
    series = found.series
    found_on = repository.abbreviated(one.found_on for one in found.commits if one.found_on)
    for one in found.commits:
        if one.found_on:
            yield (
                f"{one.commit.short} has the patch of {found_on[one.found_on]}: "
                f"`git voicenote show --adopt {one.commit.short}` keeps its note"
            )
    if found.has_cover:
        argument = cover_argument(repository, found.cover or "")
        yield f"cover: recorded (git voicenote show --cover {argument})"
    elif len(found.commits) > 1:
        yield "cover: none (git voicenote record --cover)"
    for left in found.orphaned:
        argument = argument_for(Covers(repository), left, series.branch)
        yield (
            f"the deleted branch {left.name} has a cover: "
            f"`git voicenote show --cover {argument} --adopt` adopts it"
        )
    if found.lacking:
        first = found.lacking[0].commit.short
        lacking = counted(len(found.lacking), "commit lacks", "commits lack")
        yield f"{lacking} a note (git voicenote record {first})"
    elif found.commits:
        yield "no commit lacks a note"


def _name(series: Series) -> str:
    if series.named and ".." in series.named:
        return series.named
    if series.branch:
        return f"branch {series.branch}"
    if series.tip is None:
        return "HEAD"
    if series.named:
        return series.tip.short
    return f"HEAD detached at {series.tip.short}"


def _extent(series: Series) -> str:
    """Return the number of commits, and how they were chosen."""
    if series.tip is None:
        return "no commits yet"
    count = counted(len(series.commits), "commit") if series.commits else "no commits"
    if series.named:
        return count
    if series.base is None:
        return "it has no upstream, and there is no main branch to compare with: its last commit"
    return f"{count} since {series.base.name}"


def _mark(one: CommitStatus) -> str:
    mark = "elsewhere" if one.found_on else "no note"
    return f"{'note' if one.has_note else mark:9}"


def _unfinished(repository: Repository, unfinished: Unfinished) -> Iterator[str]:
    am = unfinished.am
    if am or unfinished.recordings or unfinished.texts:
        yield ""
        yield "unfinished:"
    if am:
        yield (
            f"  git am stopped at patch {am.number} of {am.total} "
            "(git voicenote am --continue, --skip or --abort)"
        )
    for found in unfinished.recordings:
        yield f"  {describe_recording(repository, found)}"
        yield f"    `{command_to_resume(repository, found)}` resumes it"
    for kept in unfinished.texts:
        yield f"  {story(kept)}: {kept.path}"
        yield f"    {next_step_for(repository, kept)}"


def _outgoing(outgoing: Outgoing) -> Iterator[str]:
    yield ""
    if outgoing.remote is None:
        yield f"sync: {outgoing.problem}"
        return
    when = "as of the last sync" if outgoing.is_known else "never synced"
    sent = f"would send {_listed(outgoing.sent)}" if outgoing.sent else "has nothing to send"
    yield f"sync push {sent} to {outgoing.remote}, {when}"
    if outgoing.held:
        yield (
            f"it would hold back {_listed(outgoing.held)}: {outgoing.remote} does not have the "
            "commits (sync push --all)"
        )


def _listed(found: Sequence[Difference]) -> str:
    names = {"note": "note", "answer": "reviewer's answer", "cover": "cover"}
    numbers = {kind: sum(one.kind == kind for one in found) for kind in names}
    return ", ".join(counted(number, names[kind]) for kind, number in numbers.items() if number)


def _value(
    repository: Repository, found: SeriesStatus, unfinished: Unfinished, outgoing: Outgoing
) -> dict[str, object]:
    series = found.series
    return {
        "branch": series.branch,
        "head": series.tip.id if series.tip else None,
        "range": series.named,
        "base": {"name": series.base.name, "id": series.base.id} if series.base else None,
        "commits": [
            {
                "id": one.commit.id,
                "subject": one.commit.subject,
                "has_note": one.has_note,
                "found_on": one.found_on,
            }
            for one in found.commits
        ],
        "lacking": len(found.lacking),
        "cover": {
            "name": found.cover,
            "has_note": found.has_cover,
            "of_gone_branches": [{"branch": one.name, "id": one.tip} for one in found.orphaned],
        },
        "unfinished": _unfinished_value(repository, unfinished),
        "outgoing": {
            "remote": outgoing.remote,
            "is_known": outgoing.is_known,
            "problem": outgoing.problem,
            "sent": [{"kind": one.kind, "name": one.name} for one in outgoing.sent],
            "held": [{"kind": one.kind, "name": one.name} for one in outgoing.held],
        },
    }


def _unfinished_value(repository: Repository, unfinished: Unfinished) -> dict[str, object]:
    return {
        "am": {"patch": unfinished.am.number, "total": unfinished.am.total}
        if unfinished.am
        else None,
        "recordings": [
            {
                "id": one.recording.id,
                "created": one.recording.created_at.isoformat(),
                "duration": round(one.recording.duration, 3),
                "target": str(one.subject.target) if one.subject else None,
                "title": one.subject.title if one.subject else None,
                "resume": command_to_resume(repository, one),
            }
            for one in unfinished.recordings
        ],
        "texts": [
            {
                "path": str(one.path),
                "title": one.purpose.title,
                "target": str(one.purpose.target) if one.purpose.target else None,
            }
            for one in unfinished.texts
        ],
    }
