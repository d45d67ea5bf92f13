"""`git voicenote history`: list, search, show, export and delete recordings."""

from __future__ import annotations

import itertools
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from git_voicenote.characters import visible
from git_voicenote.cli.history.delete import delete
from git_voicenote.cli.parsing.groups import Group
from git_voicenote.clock import clock, length, local_time
from git_voicenote.errors import NegativeAnswer
from git_voicenote.git.repository import repository_if_any
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings
from git_voicenote.store.search import snippet_of
from git_voicenote.targets import CommitTarget
from git_voicenote.terminal.colours import coloured
from git_voicenote.terminal.console import (
    as_report,
    as_row,
    print_json,
    put_product,
    settings,
    warn,
)
from git_voicenote.terminal.dialogue import TerminalDialogue
from git_voicenote.terminal.fitting import row_width
from git_voicenote.terminal.programs.pager import page, wants_colour
from git_voicenote.text.diff.anchors import anchor
from git_voicenote.text.export.formats import FORMATS, TEXT, help_text
from git_voicenote.workflows.hearing.archive import state_root
from git_voicenote.workflows.history.choosing import LIST_HINT
from git_voicenote.workflows.history.values import entry_value, exported
from git_voicenote.workflows.leftovers import mention_unfinished_recordings, mention_unsaved_texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from git_voicenote.datatypes import Place
    from git_voicenote.git.repository import Repository
    from git_voicenote.store.entries import Attempt, HistoryEntry
    from git_voicenote.store.search import Snippet


_WIDE = 110
"""Columns of a terminal that has room for all that is known of a recording."""
_TEXT_COLUMN = 12
"""Where the text of a segment begins, behind its time."""


@click.group(cls=Group)
def history() -> None:
    """List, search, show, export and delete the recordings of this repository.

    Outside of a repository, those made outside of any repository.
    """


@history.command("list")
@click.option("-n", "--max-count", type=click.IntRange(min=1), help="Show at most this number.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(max_count: int | None, *, as_json: bool) -> None:
    """List recordings, the newest first."""
    repository = repository_if_any()
    dialogue = TerminalDialogue(repository)
    if repository is not None:
        mention_unsaved_texts(repository, dialogue)
    mention_unfinished_recordings(repository, settings(repository), dialogue)
    entries = _readable(History(state_root(repository)).entries(max_count))
    if as_json:
        print_json([entry_value(entry) for entry in entries])
        return
    is_numbered = sys.stdout.isatty()  # the numbers for `delete 3..9`
    width = len(str(len(entries)))
    numbers = (f"{number:{width}}  " if is_numbered else "" for number in itertools.count(1))
    names = _target_names(entries, repository)
    page("".join(f"{_row(entry, names, next(numbers))}\n" for entry in entries))


@history.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def search(words: tuple[str, ...], *, as_json: bool) -> None:
    """List the recordings in whose title, text or notes all these words occur, with the passage.

    Parts of words count: foo finds foo_bar. Case does not.
    """
    query = " ".join(words)
    repository = repository_if_any()
    found = History(state_root(repository)).search(query)
    if not found:
        raise NegativeAnswer(f"nothing in the history matches {query!r}")
    entries = _readable(found)
    if as_json:
        print_json(
            [{**entry_value(entry), "snippet": _snippet_value(entry, query)} for entry in entries]
        )
        return
    colours = wants_colour("auto", "color.grep")
    names = _target_names(entries, repository)
    lines = []
    for entry in entries:
        lines.append(_row(entry, names))
        if snippet := snippet_of(entry, query):
            lines.append(f"    {_marked(snippet) if colours else snippet.text}")
    page("".join(f"{line}\n" for line in lines))


@history.command()
@click.argument("recording_id", metavar="RECORDING")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(recording_id: str, *, as_json: bool) -> None:
    """Show the details of a recording."""
    (entry,) = _readable([_entry(recording_id)])
    if as_json:
        print_json(entry_value(entry))
    else:
        page(as_report(visible(_describe(entry)), hanging=_TEXT_COLUMN))


@history.command()
@click.argument("recording_ids", nargs=-1, metavar="[RECORDING]...")
@click.option(
    "--format", "name", type=click.Choice(tuple(FORMATS)), default=TEXT.name,
    show_default=True, help=f"{help_text()}.",
)  # fmt: skip
def export(recording_ids: tuple[str, ...], name: str) -> None:
    """Print the transcripts of recordings (default: of all, the oldest first).

    A format with times exports a single recording.
    """
    form = FORMATS[name]
    if form.together is None and len(recording_ids) != 1:
        raise click.UsageError(f"{form.holds} are written for one recording: name it")
    named = [_entry(name) for name in recording_ids]
    entries = _readable(named or [*reversed(_history().entries())])
    found = [exported(entry) for entry in entries if entry.transcript or form.has_failures]
    if not found and not form.has_failures:
        raise NegativeAnswer("there is no transcript to export", hint=LIST_HINT)
    text = form.together(found) if form.together else form.render(found[0])
    put_product(text.encode())


history.add_command(delete)


def _history() -> History:
    return History(state_root(repository_if_any()))


def _entry(recording_id: str) -> HistoryEntry:
    entry = _history().entry(recording_id)
    if entry is None:
        raise NegativeAnswer(f"there is no recording {recording_id}", hint=LIST_HINT)
    return entry


def _readable(entries: Sequence[HistoryEntry]) -> Sequence[HistoryEntry]:
    """Return the entries unchanged, and warn about those with values that cannot be read."""
    damaged = [entry for entry in entries if entry.unreadable]
    if damaged:
        first = damaged[0]
        more = f" and of {len(damaged) - 1} more" if damaged[1:] else ""
        warn(
            f"the history of {visible(first.id)}{more} contains values that cannot be read "
            f"({', '.join(first.unreadable)}); the others are shown"
        )
    return entries


def _row(entry: HistoryEntry, names: Mapping[str, str], number: str = "") -> str:
    words = visible(entry.title or entry.text).replace("\n", " ")
    when, how_long = local_time(entry.created_at), length(entry.duration)
    target = names[entry.id]
    if (row_width(sys.stdout) or _WIDE) < _WIDE:
        # without what is seldom asked: the year is in the id, and most are transcribed
        state = "" if entry.state == "transcribed" else f"{entry.state}: "
        return as_row(f"{number}{entry.id}  {when[5:]}  {how_long:>5}  {target:7}  {state}{words}")
    return as_row(
        f"{number}{entry.id:20}  {when}  {how_long:>6}  {entry.state:11}  {target:12}  {words}"
    )


def _marked(snippet: Snippet) -> str:
    """Return a passage with its hits marked, as git grep marks them."""
    parts, at = [], 0
    for start, end in snippet.hits:
        parts += [snippet.text[at:start], coloured(snippet.text[start:end], "red", bold=True)]
        at = end
    return "".join([*parts, snippet.text[at:]])


def _snippet_value(entry: HistoryEntry, query: str) -> dict[str, object] | None:
    snippet = snippet_of(entry, query)
    return asdict(snippet) if snippet else None


def _target_names(entries: Sequence[HistoryEntry], repository: Repository | None) -> dict[str, str]:
    """Return how targets are named in a row, by recording: commits abbreviated, others by kind."""
    commits = {
        one.id: one.target.commit_id for one in entries if isinstance(one.target, CommitTarget)
    }
    shorts = repository.abbreviated(commits.values()) if repository and commits else {}
    named = {name: shorts.get(commit_id, commit_id) for name, commit_id in commits.items()}
    return {one.id: named.get(one.id, one.target.kind) for one in entries}


def _describe(entry: HistoryEntry) -> str:
    lines = [
        f"recording {entry.id}",
        f"Date:      {entry.created_at.astimezone():%Y-%m-%d %H:%M:%S %z}",
        f"Duration:  {length(entry.duration)}",
        f"For:       {str(entry.target).replace(':', ' ', 1).strip()}",
        f"Title:     {entry.title}",
        f"State:     {entry.state}",
        f"Sound:     {_sound(entry.id)}",
    ]
    for attempt in entry.attempts:
        lines += ["", _heading(attempt), "", *_body(attempt)]
    for note in entry.notes:
        title = f"note saved {local_time(note.created_at)}"
        lines += ["", title, "", *(f"    {line}".rstrip() for line in note.text.splitlines())]
    return "\n".join(lines) + "\n"


def _sound(recording_id: str) -> str:
    path = Recordings(state_root(repository_if_any())).path_of(recording_id)
    return str(path) if path else "not on this machine"


def _heading(attempt: Attempt) -> str:
    return (
        f"{'failed' if attempt.error else 'heard'} by {attempt.engine} ({attempt.language}) "
        f"{local_time(attempt.created_at)}"
    )


def _body(attempt: Attempt) -> list[str]:
    if attempt.transcript is None:
        return [f"    {attempt.error}"]
    lines: list[str] = []
    place: Place | None = None
    for segment in attempt.transcript.segments:
        if segment.place != place:
            place = segment.place
            lines.append(f"            {anchor(place)}")
        failure = f" ({segment.failure})" if segment.failure else ""
        lines.append(f"    {clock(segment.start):>6}  {segment.marked_text}{failure}")
    return lines
