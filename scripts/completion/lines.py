"""The command lines that there are: what may follow each command, from what click knows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from git_voicenote.cli.commands import COMMANDS
from git_voicenote.engines.built_in import BUILT_IN

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Values:
    """What a value may be: one of some words, or what a function of the shell script finds.

    `kind` is the name of that function: commits, sounds, settings, …; "words"; or "any" for a value
    that nothing is known of.
    """

    kind: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """An option by all its names; without `values`, it takes none."""

    names: tuple[str, ...]
    help: str
    values: Values | None = None

    @property
    def long(self) -> tuple[str, ...]:
        """The names that begin with two hyphens."""
        return tuple(name for name in self.names if name.startswith("--"))


@dataclass(frozen=True, slots=True)
class Line:
    """What may follow a command; `path` are the words that call it, as ("sync", "push").

    `commands` has name and summary of each subcommand. `passes_to` is the command of git that takes
    the rest.
    """

    path: tuple[str, ...]
    summary: str
    options: tuple[Option, ...] = ()
    arguments: tuple[Values, ...] = ()
    commands: tuple[tuple[str, str], ...] = ()
    passes_to: str | None = None


HELP = Option(("-h", "--help"), "Show the usage.")
ROOT = Line(
    path=(),
    summary="Explain a patch by speaking.",
    options=(
        Option(("-v", "--verbose"), "Trace each step."),
        Option(("--version",), "Show the version."),
        HELP,
    ),
    commands=tuple((one.name, one.summary) for one in COMMANDS.values()),
)
_KINDS = (
    # what the placeholder of a value says; the first that is found counts
    (r"(FILE|SOUND)\|.*ID\b", "sounds"),
    (r"COMMIT.*RECORDING", "explained"),
    (r"RECORDING", "recordings"),
    (r"RANGE", "ranges"),
    (r"COMMIT|REV\b", "commits"),
    (r"BRANCH", "branches"),
    (r"REMOTE", "remotes"),
    (r"MBOX|FILE", "files"),
    (r"FOLDER|DIR", "folders"),
)
_BY_NAME = {"device": "devices", "microphone": "devices", "remote": "remotes"}
_OF_GIT = {
    "format-patch": (Option(("--record",), "First record the missing notes and the cover."),),
    "am": (),
}


def command_lines() -> Iterator[Line]:
    """Yield a line for the program, for each command and for each subcommand."""
    yield ROOT
    for command in COMMANDS.values():
        if command.takes_all:
            own = _OF_GIT[command.name]
            yield Line((command.name,), command.summary, own, passes_to=command.name)
        else:
            yield from _lines((command.name,), command.summary, command.load())


def _lines(path: tuple[str, ...], summary: str, command: click.Command) -> Iterator[Line]:
    options = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
    arguments = [one for one in command.params if isinstance(one, click.Argument)]
    subs = command.commands if isinstance(command, click.Group) else {}
    yield Line(
        path,
        summary,
        (*(_option(path, one) for one in options), HELP),
        tuple(_values(path, one) for one in arguments),
        tuple((name, _first(one.help)) for name, one in subs.items()),
    )
    for name, one in subs.items():
        yield from _lines((*path, name), _first(one.help), one)


def _option(path: tuple[str, ...], option: click.Option) -> Option:
    takes_value = not option.is_flag and not option.count
    names = (*option.opts, *option.secondary_opts)
    return Option(names, _first(option.help), _values(path, option) if takes_value else None)


def _values(path: tuple[str, ...], parameter: click.Parameter) -> Values:
    name = parameter.name or ""
    if isinstance(parameter.type, click.Choice):
        return Values("words", tuple(str(one) for one in parameter.type.choices))
    if path[0] == "settings":
        return Values("settings" if name == "name" else "setting_values")
    if (
        path[0] == "models"
        and name in ("name", "model")
        and path[1] in ("verify", "path", "remove")
    ):
        return Values("models")
    if path[0] == "help":
        return Values("words", tuple(COMMANDS))
    if name == "engine":
        return Values("words", ("auto", *(one.name for one in BUILT_IN)))
    if name in _BY_NAME:
        return Values(_BY_NAME[name])
    shown = parameter.make_metavar(click.Context(click.Command("x")))
    for pattern, kind in _KINDS:
        if re.search(pattern, shown):
            return Values(kind)
    if isinstance(parameter.type, click.Path):
        return Values("files" if parameter.type.file_okay else "folders")
    return Values("any")


def _first(text: str | None) -> str:
    """Return the first paragraph of a help text in one line."""
    return " ".join((text or "").partition("\n\n")[0].split())
