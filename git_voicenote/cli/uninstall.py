"""`git voicenote uninstall`: list and remove the data of git-voicenote."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from git_voicenote.characters import visible
from git_voicenote.errors import NegativeAnswer, StoreError, UsageError
from git_voicenote.git.repository import repository_if_any
from git_voicenote.phrases import size
from git_voicenote.terminal.console import is_interactive, report, say, settings
from git_voicenote.terminal.dialogue import TerminalDialogue
from git_voicenote.terminal.questions import confirm
from git_voicenote.workflows.uninstall.parts import PARTS, REST
from git_voicenote.workflows.uninstall.traces import SearchScope

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from git_voicenote.workflows.uninstall.traces import RemovablePart, Trace


def _takes_parts(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command a flag for each part."""
    for part in reversed(PARTS):
        command = click.option(f"--{part.name}", is_flag=True, help=f"Remove {part.title}.")(
            command
        )
    return command


@click.command()
@_takes_parts
@click.option("--all", "everything", is_flag=True, help="Remove all of these, and everything else.")
@click.option("-n", "--dry-run", is_flag=True, help="Only list the data.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
def uninstall(*, everything: bool, dry_run: bool, yes: bool, **chosen: bool) -> None:
    """List the data of git-voicenote, with sizes, and remove what you choose.

    It covers this repository and your home folder. It does not know your other repositories, so run
    it in each. Without options, it asks about each part. With --all, nothing is left in the
    repository or in your home folder. At the end, it prints the command that removes the program
    itself.
    """
    if everything and any(chosen.values()):
        raise UsageError("--all includes all parts: do not name others")
    repository = repository_if_any()
    scene = SearchScope(repository, settings(repository), TerminalDialogue(repository))
    parts = [*PARTS, *([REST] if everything or not any(chosen.values()) else [])]
    found = {part.name: part.find(scene) for part in parts}
    if not dry_run and not (everything or any(chosen.values())) and not is_interactive():
        _list(parts, found, report)
        raise StoreError(
            "nothing is removed without a choice", hint="--all, or options such as --recordings"
        )
    _list(parts, found, report if dry_run else say)
    if dry_run:
        return
    meant = _meant(parts, found, chosen, everything=everything, yes=yes)
    for part in meant:
        part.remove(scene)
        say(f"{part.title}: removed")
    if not meant:
        raise NegativeAnswer("nothing was removed")
    say(f"the program itself is removed by `{_remove_program()}`")


def _list(
    parts: Sequence[RemovablePart], found: dict[str, Sequence[Trace]], tell: Callable[[str], None]
) -> None:
    for part in parts:
        traces = found[part.name]
        if part is REST and not traces:
            continue
        total = sum(one.octets for one in traces)
        tell(f"{part.title}: {size(total) if total else 'none' if not traces else 'there'}")
        for one in traces:
            tell(visible(f"    {one.what}{f' ({size(one.octets)})' if one.octets else ''}"))


def _meant(
    parts: Sequence[RemovablePart],
    found: dict[str, Sequence[Trace]],
    chosen: dict[str, bool],
    *,
    everything: bool,
    yes: bool,
) -> list[RemovablePart]:
    """Return the parts to remove; ask, unless they were chosen by options and --yes."""
    if not everything and not any(chosen.values()):
        there = [part for part in parts if found[part.name] and part is not REST]
        return [part for part in there if confirm(f"remove {part.title}?")]
    meant = [part for part in parts if everything or chosen.get(part.name)]
    if yes:
        return meant
    if not is_interactive():
        raise StoreError("removing needs confirmation", hint="use --yes")
    titles = "all of this" if everything else ", ".join(part.title for part in meant)
    return meant if confirm(f"remove {titles}? It cannot be undone.") else []


def _remove_program() -> str:
    installed = Path(sys.prefix).parent
    if (installed / "KIT").is_file():  # by `install` of a kit, templates/kit
        return shlex.quote(str(installed / "uninstall"))
    if "pipx" in sys.prefix.split("/"):
        return "pipx uninstall git-voicenote"
    return f"{shlex.quote(sys.executable)} -m pip uninstall git-voicenote"
