"""The completion of fish."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scripts.completion.lines import Line, Option, Values


def render(functions: str, lines: Sequence[Line], settings: Mapping[str, tuple[str, ...]]) -> str:
    """Return the script, with the functions that find values."""
    groups = " ".join(line.path[0] for line in lines if line.commands and line.path)
    parts = [functions, f"set -g __git_voicenote_groups {groups}", "", *_settings(settings)]
    parts += ["complete -c git-voicenote -f"]
    for line in lines:
        parts += ["", *_line(line)]
    return "\n".join([*parts, ""])


def _settings(settings: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    yield "function __git_voicenote_settings"
    yield f"    string split ' ' '{' '.join(settings)}'"
    yield "end"
    yield ""
    yield "function __git_voicenote_setting_values"
    yield "    switch (string replace voicenote. '' -- (commandline -opc)[-1])"
    for name, choices in settings.items():
        if choices:
            yield f"        case {name}"
            yield f"            string split ' ' '{' '.join(choices)}'"
    yield "        case microphone"
    yield "            __git_voicenote_devices"
    yield "        case model"
    yield "            __git_voicenote_models"
    yield "    end"
    yield "end"
    yield ""


def _line(line: Line) -> Iterator[str]:
    start = f"complete -c git-voicenote -n {_quoted('__git_voicenote_at ' + ' '.join(line.path))}"
    for name, summary in line.commands:
        yield f"{start} -a {name} -d {_quoted(summary)}"
    for option in line.options:
        yield f"{start} {_names(option)} -d {_quoted(option.help)}{_value(option)}"
    kinds = [one.kind for one in line.arguments]
    if len(kinds) > 1 and "words" not in kinds:
        yield f"{start} -a '(__git_voicenote_arguments {kinds[0]} {kinds[1]})'"
    elif line.arguments:
        yield f"{start} -a {_action(line.arguments[0])}"
    elif line.passes_to:
        yield f"{start} -a '(__git_voicenote_ranges)'"


def _names(option: Option) -> str:
    return " ".join(
        f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names
    )


def _value(option: Option) -> str:
    return "" if option.values is None else f" -x -a {_action(option.values)}"


def _action(values: Values) -> str:
    if values.kind == "words":
        return _quoted(" ".join(values.words))
    return f"'(__git_voicenote_{values.kind})'"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
