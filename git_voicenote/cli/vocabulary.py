"""`git voicenote vocabulary`: the terms to listen for."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click

from git_voicenote.cli.parsing.groups import Group
from git_voicenote.columns import columns, padded
from git_voicenote.errors import NegativeAnswer, NotARepositoryError, UsageError, VoicenoteError
from git_voicenote.git.repository import repository_if_any
from git_voicenote.targets import CommitTarget, MessageTarget
from git_voicenote.terminal.console import as_row, print_json, report, say, warn
from git_voicenote.terminal.programs.pager import page
from git_voicenote.text.vocabulary.lists import parse_entry, with_entry, without_term
from git_voicenote.text.vocabulary.ordinary_words import is_ordinary, ordinary_words
from git_voicenote.workflows.hearing.listening import likely_target
from git_voicenote.workflows.vocabulary.harvested import vocabulary_for
from git_voicenote.workflows.vocabulary.lists import personal_list, project_list

if TYPE_CHECKING:
    from git_voicenote.text.vocabulary.ranking import Term
    from git_voicenote.workflows.vocabulary.harvested import Vocabulary
    from git_voicenote.workflows.vocabulary.lists import VocabularyList

_PASSED_MARK = ">"


class _ListByDefault(Group):
    """A group that runs `list` if no command is given."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = ["list", *args]
        return super().parse_args(ctx, args)


_for = click.option(
    "--for",
    "revision",
    metavar="REV",
    help="For this commit, instead of the staged change (or HEAD).",
)
_personal = click.option(
    "--personal",
    is_flag=True,
    help="Use your own list, for all repositories, instead of the repository's.",
)


@click.group(cls=_ListByDefault)
def vocabulary() -> None:
    """List, add and explain the terms to listen for.

    They are the names in the change and in the repository, and the terms of two lists:
    .voicenote/vocabulary in the repository, and your own. Without a command: list.
    """


@vocabulary.command("list")
@_for
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(revision: str | None, *, as_json: bool) -> None:
    """List the terms, most relevant first; those marked > are passed to the engine."""
    found = _vocabulary(revision)
    told = frozenset(found.hotwords)
    if as_json:
        print_json([_as_value(number, term, found) for number, term in enumerate(found.terms, 1)])
        return
    width = min(30, max((columns(term.text) for term in found.terms), default=0))
    lines = []
    for term in found.terms:
        mark = _PASSED_MARK if term.text in told else " "
        places = ", ".join(sighting.place for sighting in term.sightings)
        lines.append(as_row(f"{mark} {padded(term.text, width)}  {places}") + "\n")
    page("".join(lines))
    if not lines:
        say("no terms were found; `git voicenote vocabulary add TERM` adds one")


@vocabulary.command()
@click.argument("entry", metavar="TERM|'HEARD => TERM'")
@_personal
def add(entry: str, *, personal: bool) -> None:
    """Add a TERM to the list, with the text that is HEARD in its place, if any."""
    parsed = parse_entry(entry)
    if parsed is None or parsed.term.startswith("#"):
        raise UsageError(
            f"{entry!r} is not a valid entry", hint="one is `kubectl`, or `cube cuttle => kubectl`"
        )
    chosen = _list_to_edit(personal=personal)
    if chosen.edit(lambda text: with_entry(text, parsed)):
        say(f"{parsed} added to {chosen.path}")
    else:
        say(f"{parsed} is already in {chosen.path}")


@vocabulary.command()
@click.argument("term")
@_personal
def remove(term: str, *, personal: bool) -> None:
    """Remove a TERM from the list, with all its misheard forms."""
    chosen = _list_to_edit(personal=personal)
    if not chosen.edit(lambda text: without_term(text, term)):
        raise NegativeAnswer(
            f"{term!r} is not in {chosen.path}",
            hint=f"`git voicenote vocabulary explain {shlex.quote(term)}` says where",
        )
    say(f"{term} removed from {chosen.path}")


@vocabulary.command()
@click.argument("term")
@_for
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def explain(term: str, revision: str | None, *, as_json: bool) -> None:
    """Show where a TERM was found, its weight, its spoken forms, and whether the engine gets it."""
    found = _vocabulary(revision)
    named = [each for each in found.terms if each.text == term] or [
        each for each in found.terms if each.text.lower() == term.lower()
    ]
    if not named:
        raise _no_term(term)
    value = _as_value(found.terms.index(named[0]) + 1, named[0], found)
    if as_json:
        print_json(value)
        return
    report(_explanation(named[0], found), hanging=8)


def _vocabulary(revision: str | None) -> Vocabulary:
    repository = repository_if_any()
    if repository is None:
        if revision is not None:
            raise NotARepositoryError("--for needs a repository", hint="run this inside of one")
        return vocabulary_for(None, MessageTarget(), warn)
    if revision is None:
        return vocabulary_for(repository, likely_target(repository), warn)
    return vocabulary_for(repository, CommitTarget(repository.commit(revision).id), warn)


def _list_to_edit(*, personal: bool) -> VocabularyList:
    if personal:
        return personal_list()
    repository = repository_if_any()
    if repository is None:
        raise NotARepositoryError(
            "there is no repository here, and so no list to edit",
            hint="--personal edits your own list, which applies everywhere",
        )
    chosen = project_list(repository)
    if chosen is None:
        raise VoicenoteError(
            "a bare repository has no files to edit",
            hint="edit .voicenote/vocabulary in a clone, or your own list with --personal",
        )
    return chosen


def _no_term(term: str) -> NegativeAnswer:
    if is_ordinary(term.lower(), ordinary_words()):
        return NegativeAnswer(
            f"{term!r} is an ordinary English word, which engines know: it is not a term",
            hint=f"`git voicenote vocabulary add {shlex.quote(term)}` makes it a term anyway",
        )
    return NegativeAnswer(
        f"{term!r} is not among the terms for this change",
        hint=f"`git voicenote vocabulary add {shlex.quote(term)}` adds it permanently",
    )


def _as_value(rank: int, term: Term, found: Vocabulary) -> dict[str, object]:
    return {
        "term": term.text,
        "rank": rank,
        "score": round(term.score, 2),
        "told": term.text in found.hotwords,
        "found": [
            {"place": each.place, "count": each.count, "worth": round(each.worth, 2)}
            for each in term.sightings
        ],
        "said": [" ".join(saying.words) for saying in term.sayings],
        "heard": list(term.aliases),
    }


def _explanation(term: Term, found: Vocabulary) -> str:
    rank = found.terms.index(term) + 1
    lines = [f"{term.text}", f"rank:   {rank} of {len(found.terms)} (worth {term.score:.1f})"]
    for number, each in enumerate(term.sightings):
        head = "found:" if number == 0 else ""
        times = "once" if each.count == 1 else f"{each.count} times"
        lines.append(f"{head:<7} {each.place}, {times} (worth {each.worth:.1f})")
    lines.append("said:   " + ", ".join(" ".join(saying.words) for saying in term.sayings))
    if term.aliases:
        lines.append("heard:  " + ", ".join(term.aliases))
    if term.text in found.hotwords:
        number = found.hotwords.index(term.text) + 1
        lines.append(f"engine: passed, as number {number} of {len(found.hotwords)}")
    else:
        lines.append("engine: not passed, but the transcript is still corrected with it")
    return "\n".join(lines)
