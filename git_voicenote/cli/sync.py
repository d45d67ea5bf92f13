"""`git voicenote sync`: exchange notes and covers with others, over a network or on a stick."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from git_voicenote.characters import visible
from git_voicenote.cli.sync_bundle import bundle, unbundle
from git_voicenote.cli.sync_words import note_refs, tell_outcome
from git_voicenote.git.repository import Repository
from git_voicenote.notes.merging import Merge, differences, local_tips, tips_below
from git_voicenote.notes.remotes import fetched, find_remote, push_refs, remote_tips
from git_voicenote.terminal.console import print_json, put, say, settings
from git_voicenote.terminal.dialogue import TerminalDialogue
from git_voicenote.workflows.leftovers import finish_leftovers

if TYPE_CHECKING:
    from git_voicenote.notes.merging import Difference, NoteRefs, Tips
    from git_voicenote.notes.remotes import Remote

_ANSWER_NO = 1
_SIDES = {"here": "to push", "there": "to fetch", "both": "both"}


@click.group()
def sync() -> None:
    """Exchange notes and covers with others; nothing is sent that was not asked for.

    Notes that both sides wrote are merged, every paragraph once; nothing is ever overwritten.
    Recordings stay on this machine: only `bundle --audio` puts them into a file.
    """


@sync.command()
@click.argument("remote", required=False)
def fetch(remote: str | None) -> None:
    """Fetch notes and covers, and merge them with those that are here."""
    repository, refs = _prepare()
    there = find_remote(repository, remote)
    with fetched(repository, there, refs) as tips:
        merge = Merge(repository, refs, tips, there.tracking, source=_shown(there), is_whole=True)
        outcome = merge.run()
    tell_outcome(outcome, _shown(there))
    if not (tips.notes or tips.reviews or tips.covers):
        say(f"hint: {_shown(there)} has none yet; `git voicenote sync push` brings yours there")


@sync.command()
@click.argument("remote", required=False)
def push(remote: str | None) -> None:
    """Push notes and covers, forwards only; exit 1 where the other side has to be fetched first."""
    repository, refs = _prepare()
    there = find_remote(repository, remote)
    tips = remote_tips(repository, there, refs)
    updates = _updates(repository, refs, there, tips)
    if not updates:
        say(f"nothing to push: {_shown(there)} has all that is here")
        return
    pushed = push_refs(repository, there, updates)
    _record(repository, refs, there, [(done.ref, done.new) for done in pushed if not done.reason])
    refused = [done for done in pushed if done.reason]
    for done in pushed:
        name = _named(done.ref, refs)
        if not done.reason:
            say(f"{name} {'pushed' if done.new else 'removed'}")
        else:
            say(f"error: {name} not pushed: {done.reason}")
    if refused:
        if any("fetch first" in done.reason or "non-fast" in done.reason for done in refused):
            again = "" if remote is None else f" {remote}"
            say(f"hint: `git voicenote sync fetch{again}` merges what is there; then push again")
        raise click.exceptions.Exit(_ANSWER_NO)


@sync.command()
@click.argument("remote", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(remote: str | None, *, as_json: bool) -> None:
    """Say what each side has that the other lacks; exit 1 unless they are in step."""
    repository, refs = _prepare()
    there = find_remote(repository, remote)
    with fetched(repository, there, refs) as tips:
        ours = local_tips(repository, refs)
        found = differences(repository, ours, tips, tips_below(repository, there.tracking))
    titles = _titles(repository, found)
    if as_json:
        print_json(
            {
                "remote": there.name,
                "in_step": not found,
                "differences": [
                    {"kind": one.kind, "name": one.name, "side": one.side} for one in found
                ],
            }
        )
    elif found:
        for one in found:
            put(f"{_SIDES[one.side]:8}  {one.kind:6}  {titles[one]}")
    else:
        put(f"in step with {_shown(there)}")
    if found:
        raise click.exceptions.Exit(_ANSWER_NO)


sync.add_command(bundle)
sync.add_command(unbundle)


def _prepare() -> tuple[Repository, NoteRefs]:
    repository = Repository.discover()
    chosen = settings(repository)
    finish_leftovers(repository, chosen, TerminalDialogue(repository))
    return repository, note_refs(chosen)


def _updates(
    repository: Repository, refs: NoteRefs, remote: Remote, theirs: Tips
) -> list[tuple[str, str | None, str | None]]:
    """Return what has to be pushed: (ref, new, what is there now)."""
    from git_voicenote.notes.covers import COVER_PREFIX
    from git_voicenote.notes.merging import contains

    ours, last = local_tips(repository, refs), tips_below(repository, remote.tracking)
    pairs = [(ref, ours.by_kind[kind], theirs.by_kind[kind]) for kind, ref in refs.by_kind.items()]
    pairs += [(COVER_PREFIX + key, tip, theirs.covers.get(key)) for key, tip in ours.covers.items()]
    updates: list[tuple[str, str | None, str | None]] = [
        (ref, tip, there)
        for ref, tip, there in pairs
        if tip is not None and (there is None or not contains(repository, there, tip))
    ]
    for key, tip in last.covers.items():
        if key not in ours.covers and theirs.covers.get(key) == tip:
            updates.append((COVER_PREFIX + key, None, tip))  # it was removed here
    return updates


def _record(
    repository: Repository,
    refs: NoteRefs,
    remote: Remote,
    pushed: list[tuple[str, str | None]],
) -> None:
    """Remember what the remote has now."""
    from git_voicenote.notes.covers import COVER_PREFIX
    from git_voicenote.notes.merging import NOTES, REVIEWS, update_refs

    last = tips_below(repository, remote.tracking)
    changes = []
    for ref, new in pushed:
        if ref == refs.notes:
            changes.append((remote.tracking + NOTES, new, last.notes))
        elif ref == refs.reviews:
            changes.append((remote.tracking + REVIEWS, new, last.reviews))
        else:
            key = ref.removeprefix(COVER_PREFIX)
            changes.append((f"{remote.tracking}cover/{key}", new, last.covers.get(key)))
    update_refs(repository, changes)


def _titles(repository: Repository, found: tuple[Difference, ...]) -> dict[Difference, str]:
    """Return what people call the things that differ."""
    from git_voicenote.git.commits import subjects_of

    subjects = subjects_of(repository, [one.name for one in found if one.kind != "cover"])
    return {
        one: visible(f"{one.name[:7]} {subjects.get(one.name, '(a commit that is not here)')}")
        if one.kind != "cover"
        else visible(one.name)
        for one in found
    }


def _named(ref: str, refs: NoteRefs) -> str:
    names = {refs.notes: "notes", refs.reviews: "answers"}
    return names.get(ref) or f"cover of {visible(ref.split('/', 3)[3])}"


def _shown(remote: Remote) -> str:
    return visible(remote.name)
