"""`git voicenote doctor`: check the installation, and name the fix for each problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from git_voicenote.characters import visible
from git_voicenote.cli.git_hooks import HOOKS
from git_voicenote.config import Settings
from git_voicenote.errors import GitError, NegativeAnswer, NotARepositoryError, SettingError
from git_voicenote.git.repository import Repository
from git_voicenote.phrases import counted
from git_voicenote.terminal.console import flush, print_json, report, say, settings, warn
from git_voicenote.terminal.dialogue import TerminalDialogue
from git_voicenote.workflows.doctor.checks import examine
from git_voicenote.workflows.doctor.findings import CheckedSetup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_voicenote.workflows.doctor.findings import Finding

_INDENT = 21


@click.command()
@click.option("--no-microphone", is_flag=True, help="Do not listen to the microphone.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def doctor(*, no_microphone: bool, as_json: bool) -> None:
    """Check what is installed, and listen to the microphone for a second.

    Each line is ok, a note, or a problem with its solution. Exits with 1 if there is a problem.
    """
    repository = _repository()
    dialogue = TerminalDialogue(repository)
    patient = CheckedSetup(
        repository, _settings(repository), dialogue, tuple(HOOKS), hears=not no_microphone
    )
    found: list[tuple[str, Finding]] = []
    for check, finding in examine(patient):
        found.append((check.name, finding))
        if not as_json:
            for line in _lines(check.name, finding):
                report(visible(line), hanging=_INDENT)
            flush()  # the next check may take a while
    problems = sum(finding.verdict == "problem" for _, finding in found)
    if as_json:
        print_json(
            {
                "works": problems == 0,
                "findings": [
                    {"check": name, "verdict": one.verdict, "text": one.text, "hint": one.hint}
                    for name, one in found
                ],
            }
        )
    if problems:
        say(f"{counted(problems, 'problem')} found")
        raise click.exceptions.Exit(NegativeAnswer.exit_code)


def _repository() -> Repository | None:
    try:
        return Repository.discover()
    except NotARepositoryError:
        return None
    except (
        GitError
    ) as exc:  # there is no git, or it refuses this repository; other checks still run
        warn(exc.message)
        return None


def _settings(repository: Repository | None) -> Settings:
    """Return the settings, or the defaults if one is invalid; another check reports that."""
    try:
        return settings(repository)
    except (SettingError, GitError):
        return Settings()


def _lines(name: str, finding: Finding) -> Iterator[str]:
    yield f"{finding.verdict:8} {name:11} {finding.text}"
    if finding.hint:
        yield f"{' ' * _INDENT}{finding.hint}"
