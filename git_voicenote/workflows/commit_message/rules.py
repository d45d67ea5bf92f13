"""The rules and the people for commit messages of a repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.git.authors import authors
from git_voicenote.git.commit_config import commit_configs
from git_voicenote.text.commit_message.people import candidates, named_people
from git_voicenote.text.commit_message.rules import (
    CONVENTIONAL,
    commitizen_rules,
    commitlint_rules,
    joined,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.datatypes import Person
    from git_voicenote.git.repository import Repository
    from git_voicenote.text.commit_message.rules import CommitRules
    from git_voicenote.workflows.dialogue import Dialogue

_READERS = {"commitlint": commitlint_rules, "commitizen": commitizen_rules}
_MAX_CHOICES = 9


def rules_for(repository: Repository, dialogue: Dialogue) -> CommitRules:
    """Return the rules of the repository's commitlint and commitizen, both if it has both.

    A configuration that cannot be read is a warning, and the conventional defaults apply.
    """
    rules: CommitRules | None = None
    for config in commit_configs(repository):
        if config.problem:
            dialogue.warn(f"the rules in {config.file} cannot be read: {config.problem}")
        found = _READERS[config.tool](config.entries)
        rules = found if rules is None else joined(rules, found)
    return rules or CONVENTIONAL


def people_for(
    repository: Repository, sentences: Sequence[str], dialogue: Dialogue
) -> dict[str, Person]:
    """Find the names in sentences such as "reviewed by …" among the authors of the history.

    The user is asked about a name that matches several authors, or only sounds like one. A name
    without a match is left out.
    """
    named = [found for sentence in sentences if (found := named_people(sentence))]
    known: dict[str, Person] = {}
    everybody = authors(repository) if named else ()
    for each in named:
        for name in each.names:
            meant, is_sure = candidates(name, everybody)
            person = meant[0] if is_sure and len(meant) == 1 else None
            if person is None and meant:
                person = _ask_who(f"{each.said} {name}", meant[:_MAX_CHOICES], dialogue)
            if person is not None:
                known[name] = person
    return known


def _ask_who(said: str, people: Sequence[Person], dialogue: Dialogue) -> Person | None:
    dialogue.say(f'who is "{said}"?')
    for number, person in enumerate(people, 1):
        dialogue.say(f"  {number} {person.name} <{person.email}>")
    while True:
        answer = dialogue.ask("number (Enter: leave the name in the text):")
        if not answer:
            return None
        if answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(people):
            return people[int(answer) - 1]
        dialogue.say("a number from the list, or Enter")
