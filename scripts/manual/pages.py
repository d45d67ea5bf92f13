"""The pages of the manual: the prose in man/, with the options as click knows them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from git_voicenote.cli.commands import COMMANDS
from git_voicenote.config import SETTINGS
from scripts.manual.roff import Prose, bold, defined, italic, plain, read_prose

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from git_voicenote.cli.commands import Command
    from git_voicenote.config import Setting

PROGRAM = "git-voicenote"
_DATE = "2026-11-27"
_OTHERS = ("EXIT STATUS", "SEE ALSO")
"""Sections of the end."""


def render_pages(prose: Path) -> dict[str, str]:
    """Return the text of each page by the name of its file.

    `prose` holds a file for each command, NAME.md, and that of the overview. Raises
    FileNotFoundError if one is missing.
    """
    overview = read_prose((prose / f"{PROGRAM}.md").read_text())
    pages = {f"{PROGRAM}.1": _overview(overview)}
    for command in COMMANDS.values():
        read = read_prose((prose / f"{command.name}.md").read_text())
        pages[f"{PROGRAM}-{command.name}.1"] = _page(command, read, overview)
    return pages


def _overview(prose: Prose) -> str:
    summaries = "".join(
        defined(f"{bold(f'{PROGRAM}-{one.name}')}(1)", plain(one.summary))
        for one in COMMANDS.values()
    )
    usage = rf"{bold('git voicenote')} [\fB\-v\fR] \fICOMMAND\fR [\fIARGUMENT\fR]..."
    sections = dict(prose.sections)
    configuration = sections.pop("CONFIGURATION")
    return "".join(
        (
            _head(PROGRAM, "explain a patch by speaking"),
            f".SH SYNOPSIS\n{usage}\n",
            f".SH DESCRIPTION\n{prose.lead}",
            f".SH COMMANDS\n{summaries}",
            f".SH CONFIGURATION\n{configuration.lead}",
            *(_setting(one, configuration.sections.get(one.key)) for one in SETTINGS),
            *_sections(sections),
        )
    )


def _page(command: Command, prose: Prose, overview: Prose) -> str:
    loaded = None if command.takes_all else command.load()
    sections = dict(prose.sections)
    usage = [*_usages(command, loaded)]
    if loaded is None:
        usage = [re.sub(r"^\.\w+\n", "", sections.pop("SYNOPSIS").lead, flags=re.MULTILINE)]
    body = ""
    if isinstance(loaded, click.Group):
        for name, sub in loaded.commands.items():
            own = sections.pop(name, Prose(_text(sub.help)))
            body += f".SS {_usage(f'{command.name} {name}', sub)}\n{own.lead}{_options(sub)}"
        body = f".SH COMMANDS\n{body}"
    elif loaded is not None:
        body = f".SH OPTIONS\n{_options(loaded)}"
    ends = {name: sections.pop(name, overview.sections[name]) for name in _OTHERS}
    return "".join(
        (
            _head(f"{PROGRAM}-{command.name}", _as_name(command.summary)),
            ".SH SYNOPSIS\n" + ".br\n".join(f"{one}\n" for one in usage),
            f".SH DESCRIPTION\n{prose.lead or _text(loaded and loaded.help)}",
            body,
            *_sections(sections),
            *_sections({"EXIT STATUS": ends["EXIT STATUS"]}),
            f".SH SEE ALSO\n{bold(PROGRAM)}(1), {ends['SEE ALSO'].lead}",
        )
    )


def _head(name: str, summary: str) -> str:
    title = plain(name)
    return f'.TH {title.upper()} 1 "{_DATE}" "git\\-voicenote" "Git Manual"\n' + (
        f".SH NAME\n{title} \\- {plain(summary)}\n"
    )


def _as_name(summary: str) -> str:
    return summary[:1].lower() + summary[1:].removesuffix(".")


def _sections(sections: dict[str, Prose]) -> Iterator[str]:
    for title, prose in sections.items():
        yield f".SH {plain(title)}\n{prose.lead}"
        for heading, below in prose.sections.items():
            yield f".SS {plain(heading)}\n{below.lead}"


def _usages(command: Command, loaded: click.Command | None) -> Iterator[str]:
    if isinstance(loaded, click.Group):
        for name, sub in loaded.commands.items():
            yield f"{bold('git voicenote')} {_usage(f'{command.name} {name}', sub)}"
    elif loaded is not None:
        yield f"{bold('git voicenote')} {_usage(command.name, loaded)}"


def _usage(name: str, command: click.Command) -> str:
    context = click.Context(command)
    has_options = any(isinstance(one, click.Option) for one in command.params)
    pieces = [one for one in command.collect_usage_pieces(context) if one != "[OPTIONS]"]
    return " ".join([bold(name), *["[<options>]"] * has_options, *map(plain, pieces)])


def _options(command: click.Command) -> str:
    context = click.Context(command)
    options = [one for one in command.params if isinstance(one, click.Option)]
    records = [one.get_help_record(context) for one in options]
    return "".join(defined(_names(names), _sentence(text)) for names, text in filter(None, records))


def _names(names: str) -> str:
    """Return the names of an option in bold, and its value in italics: `-o, --output FOLDER`."""
    return re.sub(
        r"(--?[\w-]+)|(\[[^]]*\]|[^\s,/][^,/]*(?:/[^,]+)?)",
        lambda found: bold(found[1]) if found[1] else italic(found[2]),
        names,
    )


def _sentence(text: str) -> str:
    """Return the help of an option; what click adds in brackets follows as it is."""
    return _text(" ".join(text.split()))


def _text(text: str | None) -> str:
    """Return a docstring of a command as roff."""
    return read_prose((text or "").replace("\b\n", "").replace("<", r"\<")).lead


def _setting(setting: Setting, more: Prose | None) -> str:
    meaning = plain(setting.meaning[:1].upper() + setting.meaning[1:]) + "."
    if setting.kind == "choice":
        *others, last = (bold(one) for one in setting.choices)
        meaning += f"\nOne of {', '.join(others)} and {last}."
    default = setting.form.written(setting.default)
    if default:
        meaning += f"\nThe default is {bold(default)}."
    tag = f"{bold(setting.key)}, {bold(setting.variable)}"
    return defined(tag, f"{meaning}\n{more.lead if more else ''}")
