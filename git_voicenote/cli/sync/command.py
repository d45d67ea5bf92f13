"""`git voicenote sync`: exchange notes and covers with others, over a network or in a file."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from typing import TYPE_CHECKING

import click

from git_voicenote.characters import visible
from git_voicenote.cli.parsing.groups import Group
from git_voicenote.cli.sync.bundle import bundle, unbundle
from git_voicenote.cli.sync.messages import note_refs, prepare, tell_outcome
from git_voicenote.errors import NegativeAnswer
from git_voicenote.git.commits import subjects_of
from git_voicenote.notes.covers import COVER_PREFIX, Covers, series_name
from git_voicenote.notes.merging.refs import Merge, local_tips
from git_voicenote.notes.remotes import fetched, find_push_remote, find_remote
from git_voicenote.notes.store import Notes
from git_voicenote.object_ids import ObjectId
from git_voicenote.phrases import counted
from git_voicenote.terminal.console import print_error, print_json, put_row, report, say
from git_voicenote.workflows.exchange.network import PushOptions, compare, push_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.git.repository import Repository
    from git_voicenote.notes.merging.refs import Difference, NoteRefs
    from git_voicenote.notes.remotes import Remote
    from git_voicenote.workflows.exchange.network import PlacePush, RemoteDifferences

_OF_COMMITS = ("note", "answer")
_SIDES = {"here": "to push", "there": "to fetch", "both": "both"}


@click.group(cls=Group)
def sync() -> None:
    """Exchange notes and covers with others.

    Notes changed on both sides are merged, keeping every paragraph once; nothing is overwritten.
    Recordings stay on this machine, unless `bundle --audio` puts them into a file.
    """


@sync.command()
@click.argument("remote", required=False)
def fetch(remote: str | None) -> None:
    """Fetch notes and covers, and merge them with those that are here.

    Exit 1 if something was not taken.
    """
    repository, chosen = prepare()
    refs = note_refs(chosen)
    there = find_remote(repository, remote)
    with fetched(repository, there, refs) as tips:
        merge = Merge(repository, refs, tips, there.tracking, source=_shown(there), is_whole=True)
        outcome = merge.run()
    tell_outcome(outcome, _shown(there))
    if not (tips.notes or tips.reviews or tips.covers):
        say(f"hint: {_shown(there)} has none yet; `git voicenote sync push` sends yours")
    if outcome.left_out:
        raise click.exceptions.Exit(NegativeAnswer.exit_code)


@sync.command()
@click.argument("remote", required=False)
@click.argument("branches", nargs=-1, metavar="[BRANCH]...")
@click.option("--all", "is_all", is_flag=True, help="Push the notes of all commits, all covers.")
@click.option("-n", "--dry-run", is_flag=True, help="Only list what would be pushed.")
def push(remote: str | None, branches: tuple[str, ...], *, is_all: bool, dry_run: bool) -> None:
    """Push notes and covers, fast-forward only; exit 1 if you have to fetch first.

    What belongs to commits and branches that the other side has, or to a BRANCH that you name.

    They go where `git push` goes: remote.pushDefault, remote.<name>.pushurl and the like count.
    """
    if is_all and branches:
        raise click.UsageError("--all pushes everything; it takes no branch")
    repository, chosen = prepare()
    refs = note_refs(chosen)
    there = find_remote(repository, remote)
    status = 0
    target = find_push_remote(repository, remote, there)
    for result in push_all(repository, refs, there, target, PushOptions(branches, is_all, dry_run)):
        if result.failure is not None:
            print_error(result.failure)
        if dry_run:
            _list_sent(repository, refs, result, there)
        else:
            _tell_pushed(repository, result, refs, there, remote)
        _tell_held(repository, result)
        negative = NegativeAnswer.exit_code * result.is_refused
        failed = result.failure.exit_code if result.failure else negative
        status = max(status, failed)
    if status:
        raise click.exceptions.Exit(status)


def _tell_pushed(
    repository: Repository, result: PlacePush, refs: NoteRefs, remote: Remote, asked: str | None
) -> None:
    """Report the result of a push to one place, with the messages of the other side."""
    is_remote = result.place.tracking == remote.tracking
    name = _shown(result.place)
    for line in result.words:
        say(line)
    if not result.refs and result.failure is None:
        rest = "everything" if not result.held else "the rest"
        say(f"nothing to push: {name} has {rest}")
    for one in result.refs:
        what, done = _named(repository, one.ref, refs), "pushed" if one.new else "removed"
        where = "" if is_remote else f" {'to' if one.new else 'from'} {name}"
        if one.reason:
            say(f"error: {what} not {done}{where}: {one.reason}")
        else:
            say(f"{what} {done}{where}")
    if any(re.search(r"fetch first|non-fast|stale info", one.reason) for one in result.refs):
        again = ("" if asked is None else f" {asked}") if is_remote else f" {name}"
        say(f"hint: `git voicenote sync fetch{again}` merges the notes there; then push again")


def _list_sent(repository: Repository, refs: NoteRefs, result: PlacePush, remote: Remote) -> None:
    where = "" if result.place.tracking == remote.tracking else f"  ({_shown(result.place)})"
    for one, title in _titles(repository, refs, result.sent).items():
        put_row(f"{one.kind:6}  {title}{where}")
    if not result.sent and result.failure is None:
        say(f"nothing to push to {_shown(result.place)}")


def _tell_held(repository: Repository, result: PlacePush) -> None:
    """Report what was not sent, because its commit or branch is not on the other side."""
    covers = any(one.kind == "cover" for one in result.held)
    left = {one.ref for one in Covers(repository).orphaned()} if covers else set()
    gone = [one for one in result.held if one.kind == "cover" and COVER_PREFIX + one.name in left]
    held = [one for one in result.held if one not in gone]
    if held:
        counts = Counter(one.kind for one in held)
        what = " and ".join(counted(number, kind) for kind, number in counts.items())
        whose = "its commit or branch is" if len(held) == 1 else "their commits or branches are"
        say(f"{what} not sent: {whose} not in {_shown(result.place)}")
        say("hint: `git push` the branch first, or name it; --all sends everything")
    for one in gone:
        say(f"the cover of {visible(one.name)}, a branch that is gone, is not sent")
        named = shlex.quote(one.name)
        say(f"hint: `git voicenote remove --cover {named}` removes it; --all sends everything")


@sync.command()
@click.argument("remote", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(remote: str | None, *, as_json: bool) -> None:
    """Show what each side has that the other lacks; exit 1 unless they are in sync.

    What is held belongs to commits that the other side does not have: a push does not send it.

    Every place is asked that `git push` would push to.
    """
    repository, chosen = prepare()
    refs = note_refs(chosen)
    there = find_remote(repository, remote)
    standing = compare(repository, refs, there, find_push_remote(repository, remote, there))
    others = [place for place in standing.places if place.tracking != there.tracking]
    if as_json:
        print_json(_standing_value(there, standing))
    elif standing.differences:
        titles = _titles(repository, refs, [one.difference for one in standing.differences])
        for located in standing.differences:
            one = located.difference
            where = f"  ({_shown(located.place)})" if others else ""
            side = "held" if located.is_held else _SIDES[one.side]
            put_row(f"{side:8}  {one.kind:6}  {titles[one]}{where}")
    else:
        pushed = f" (pushed to: {', '.join(map(_shown, others))})" if others else ""
        report(f"in sync with {_shown(there)}{pushed}")
    if not as_json and any(one.is_held for one in standing.differences):
        say(
            "hint: held notes belong to commits or branches that the other side lacks; "
            "`git voicenote sync push --all` sends them too"
        )
    if not standing.is_in_sync:
        raise click.exceptions.Exit(NegativeAnswer.exit_code)


def _standing_value(remote: Remote, standing: RemoteDifferences) -> dict[str, object]:
    return {
        "remote": remote.name,
        "pushed_to": [place.name for place in standing.places],
        "in_step": standing.is_in_sync,
        "differences": [
            {
                "kind": one.difference.kind,
                "name": one.difference.name,
                "side": one.difference.side,
                "place": one.place.name,
                "held": one.is_held,
            }
            for one in standing.differences
        ],
    }


sync.add_command(bundle)
sync.add_command(unbundle)


def _titles(
    repository: Repository, refs: NoteRefs, found: Sequence[Difference]
) -> dict[Difference, str]:
    """Return the titles of what differs, and that it was removed here."""
    commits = [ObjectId(one.name) for one in found if one.kind in _OF_COMMITS]
    subjects = subjects_of(repository, commits)
    shorts = repository.abbreviated(commits)
    absent = "(a commit not in this repository)"
    here: set[tuple[str, str]] = {
        *(("note", name) for name in Notes(repository, refs.notes).which(commits)),
        *(("answer", name) for name in Notes(repository, refs.reviews).which(commits)),
        *(("cover", name) for name in local_tips(repository, refs).covers),
    }
    titles = {}
    for one in found:
        title = series_name(repository, one.name) if one.kind == "cover" else one.name
        if one.kind in _OF_COMMITS:
            title = f"{shorts[one.name]} {subjects.get(ObjectId(one.name), absent)}"
        is_removed = one.side == "here" and one.kind != "file" and (one.kind, one.name) not in here
        titles[one] = visible(f"{title} (removed)" if is_removed else title)
    return titles


def _named(repository: Repository, ref: str, refs: NoteRefs) -> str:
    names = {refs.notes: "notes", refs.reviews: "answers"}
    return names.get(ref) or f"cover of {visible(series_name(repository, ref.split('/', 3)[3]))}"


def _shown(remote: Remote) -> str:
    return visible(remote.name)
