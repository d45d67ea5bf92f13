"""The completion of zsh."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scripts.completion.lines import Line, Option, Values


def render(functions: str, lines: Sequence[Line], settings: Mapping[str, tuple[str, ...]]) -> str:
    """Return the script, with the functions that find values."""
    parts = [functions, *_settings(settings)]
    for line in reversed(lines):
        parts += [*_function(line), ""]
    return "\n".join([*parts, '_git-voicenote "$@"', ""])


def _settings(settings: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    yield "__git_voicenote_settings () {"
    yield f"  local -a names=({' '.join(settings)})"
    yield "  _wanted settings expl setting compadd -a names"
    yield "}"
    yield ""
    yield "__git_voicenote_setting_values () {"
    yield "  local -a values"
    yield "  case ${words[CURRENT-1]#voicenote.} in"
    for name, choices in settings.items():
        if choices:
            yield f"    ({name}) values=({' '.join(choices)}) ;;"
    yield "    (microphone) __git_voicenote_devices; return ;;"
    yield "    (model) __git_voicenote_models; return ;;"
    yield "  esac"
    yield "  _wanted values expl value compadd -a values"
    yield "}"
    yield ""


def _function(line: Line) -> Iterator[str]:
    yield f"_{'-'.join(('git-voicenote', *line.path))} () {{"
    if line.passes_to:
        yield f"  _call_function ret _git-{line.passes_to} || _files"
        for option in line.options:
            yield f"  compadd -- {' '.join(option.names)}"
    elif line.commands:
        own = [one for one in line.options if "--help" not in one.names]
        specs = " ".join(spec for one in own for spec in _specs(one))
        yield f"  local -a __git_voicenote_options=({specs})"
        listed = " ".join(_quoted(f"{name}:{summary}") for name, summary in line.commands)
        called = "".join(f" {one}" for one in line.path)
        yield f"  __git_voicenote_group {_quoted(called)} {listed}"
    else:
        yield "  _arguments -S \\"
        specs_of_all = [spec for one in line.options for spec in _specs(one)]
        arguments = [*_arguments(line.arguments)]
        for spec in [*specs_of_all, *arguments]:
            yield f"    {spec} \\"
        yield "    && return 0"
    yield "}"


def _arguments(arguments: Sequence[Values]) -> Iterator[str]:
    *first, last = arguments or (None,)
    for number, values in enumerate(first, 1):
        assert values is not None  # noqa: S101 - for mypy
        yield _quoted(f"{number}:{values.kind}:{_action(values)}")
    if last is not None:
        yield _quoted(f"*:{last.kind}:{_action(last)}")


def _specs(option: Option) -> Iterator[str]:
    for name in option.names:
        help_text = option.help.replace("[", "(").replace("]", ")").replace(":", "\\:")
        if option.values is None:
            yield _quoted(f"{name}[{help_text}]")
        else:
            joint = "=" if name.startswith("--") else "+"
            yield _quoted(
                f"{name}{joint}[{help_text}]:{option.values.kind}:{_action(option.values)}"
            )


def _action(values: Values) -> str:
    if values.kind == "words":
        return f"({' '.join(values.words)})"
    return f"__git_voicenote_{values.kind}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
