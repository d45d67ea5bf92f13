"""`git voicenote history delete`: choose recordings, ask, and delete them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from git_voicenote.characters import visible
from git_voicenote.clock import age_of, day_of, length, local_time
from git_voicenote.errors import NegativeAnswer, StoreError, UsageError
from git_voicenote.git.repository import repository_if_any
from git_voicenote.phrases import counted, size
from git_voicenote.terminal.console import is_interactive, put, say, warn
from git_voicenote.terminal.dialogue import TerminalDialogue
from git_voicenote.terminal.questions import confirm
from git_voicenote.workflows.hearing.archive import state_root
from git_voicenote.workflows.history.choosing import RecordingChoice, stored_recordings
from git_voicenote.workflows.history.deleting import delete_recordings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import timedelta

    from git_voicenote.workflows.history.choosing import StoredRecording


class _Day(click.ParamType[datetime]):
    """A day, converted to its start."""

    name = "date"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the start of the day."""
        try:
            return value if isinstance(value, datetime) else day_of(value, datetime.now(UTC))[0]
        except ValueError as exc:
            self.fail(str(exc), param, ctx)


@click.command()
@click.argument("names", nargs=-1, metavar="[RECORDING | N | DAY | FROM..TO]...")
@click.option("--since", type=_Day(), metavar="DATE", help="Only those made on DATE or later.")
@click.option("--before", type=_Day(), metavar="DATE", help="Only those made before DATE.")
@click.option("--older-than", metavar="AGE", help="Only those older than AGE: 12h, 30d, 2w, 1y.")
@click.option("--all", "everything", is_flag=True, help="All recordings.")
@click.option("-n", "--dry-run", is_flag=True, help="Only list what would be deleted.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
def delete(
    names: tuple[str, ...],
    *,
    since: datetime | None,
    before: datetime | None,
    older_than: str | None,
    everything: bool,
    dry_run: bool,
    yes: bool,
) -> None:
    """Delete recordings: their sound and their entries in the history. Notes in git are kept.

    Recordings are named by their id or its start, by a day (today, yesterday, 2026-11-26), by their
    number in `history list` (1 is the newest), or by a range of any of these: 3..9. The recordings
    are listed before they are deleted.

    `git voicenote history delete yesterday` deletes the recordings of yesterday.
    """
    if everything and names:
        raise UsageError("--all cannot be used together with names of recordings")
    if not (names or everything or since or before or older_than):
        raise UsageError("name recordings, or select them: --older-than 30d, --before DATE, --all")
    choice = RecordingChoice(names, since, before, _age(older_than) if older_than else None)
    root = state_root(repository_if_any())
    chosen = choice.of(stored_recordings(root, warn))
    if not chosen:
        raise NegativeAnswer("no recording matches: nothing was deleted")
    if dry_run:
        _list(chosen, put)
        say(f"{_summary(chosen)}: nothing was deleted")
        return
    if not yes:
        _ask(chosen)
    delete_recordings(root, [one.id for one in chosen], TerminalDialogue(None))


def _age(written: str) -> timedelta:
    try:
        return age_of(written)
    except ValueError as exc:
        raise UsageError(str(exc)) from exc


def _ask(chosen: Sequence[StoredRecording]) -> None:
    what = chosen[0].id if len(chosen) == 1 else _summary(chosen)
    if not is_interactive():
        raise StoreError(f"deleting {what} needs confirmation", hint="use --yes")
    _list(chosen, say)
    if not confirm(f"delete {what}, with the sound?"):
        raise NegativeAnswer("nothing was deleted")


def _list(chosen: Sequence[StoredRecording], tell: Callable[[str], None]) -> None:
    for one in chosen:
        words = visible(one.title or one.text).replace("\n", " ")
        tell(
            f"{one.id:20}  {local_time(one.created_at)}  {length(one.duration):>6}  "
            f"{size(one.octets):>9}  {words}".rstrip()
        )


def _summary(chosen: Sequence[StoredRecording]) -> str:
    seconds = sum(one.duration for one in chosen)
    octets = sum(one.octets for one in chosen)
    return f"{counted(len(chosen), 'recording')} ({length(seconds)}, {size(octets)})"
