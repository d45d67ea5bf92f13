"""The completion of bash."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scripts.completion.lines import Line, Option, Values


def render(functions: str, lines: Sequence[Line], settings: Mapping[str, tuple[str, ...]]) -> str:
    """Return the script, with the functions that find values."""
    return "\n".join([functions, *_settings(settings), *_main(lines), ""])


def _settings(settings: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    yield "__git_voicenote_settings ()"
    yield "{"
    yield f'\t__gitcomp_nl "{chr(10).join(settings)}"'
    yield "}"
    yield ""
    yield "__git_voicenote_setting_values ()"
    yield "{"
    yield '\tcase "${prev#voicenote.}" in'
    for name, choices in settings.items():
        if choices:
            yield f'\t{name}) __gitcomp_nl "{chr(10).join(choices)}" ;;'
    yield "\tmicrophone) __git_voicenote_devices ;;"
    yield "\tmodel) __git_voicenote_models ;;"
    yield "\tesac"
    yield "}"
    yield ""


def _main(lines: Sequence[Line]) -> Iterator[str]:
    root, *commands = lines
    groups = "|".join(f"{line.path[0]}/*" for line in commands if line.commands)
    yield "_git_voicenote ()"
    yield "{"
    yield '\tlocal n=$((${__git_cmd_idx:-1} + 1)) called=""'
    yield '\twhile [ "$n" -lt "$cword" ]; do'
    yield '\t\tcase "$called/${words[n]}" in'
    yield "\t\t*/-*) ;;"
    yield "\t\t/*) called=${words[n]} ;;"
    yield f'\t\t{groups}) called="$called ${{words[n]}}" ;;'
    yield "\t\tesac"
    yield "\t\tn=$((n + 1))"
    yield "\tdone"
    yield '\tcase "$called" in'
    yield '\t"")'
    yield from _choices(root)
    yield "\t\t;;"
    for line in commands:
        yield f'\t"{" ".join(line.path)}")'
        yield from _command(line)
        yield "\t\t;;"
    yield "\tesac"
    yield "}"


def _choices(line: Line) -> Iterator[str]:
    yield '\t\tcase "$cur" in'
    yield f'\t\t-*) __gitcomp "{_names(line.options)}" ;;'
    yield f'\t\t*) __gitcomp "{" ".join(name for name, _ in line.commands)}" ;;'
    yield "\t\tesac"


def _command(line: Line) -> Iterator[str]:
    if line.passes_to:
        yield from _passed(line, line.passes_to)
        return
    valued = [one for one in line.options if one.values]
    if valued:
        yield '\t\tcase "$prev" in'
        for option in valued:
            assert option.values is not None  # noqa: S101 - for mypy
            yield f"\t\t{'|'.join(option.names)}) {_call(option.values)}; return ;;"
        yield "\t\tesac"
    yield '\t\tcase "$cur" in'
    for option in valued:
        if option.values and option.values.kind == "words":
            for name in option.long:
                words = " ".join(option.values.words)
                yield f'\t\t{name}=*) __gitcomp "{words}" "" "${{cur##{name}=}}" ;;'
    yield f'\t\t-*) __gitcomp "{_names(line.options)}" ;;'
    if line.commands:
        yield f'\t\t*) __gitcomp "{" ".join(name for name, _ in line.commands)}" ;;'
    elif len(line.arguments) > 1:
        yield "\t\t*)"
        yield '\t\t\tcase "$prev" in'
        yield f"\t\t\t{line.path[-1]}|-*) {_call(line.arguments[0])} ;;"
        yield f"\t\t\t*) {_call(line.arguments[1])} ;;"
        yield "\t\t\tesac"
        yield "\t\t\t;;"
    elif line.arguments:
        yield f"\t\t*) {_call(line.arguments[0])} ;;"
    yield "\t\tesac"


def _passed(line: Line, to: str) -> Iterator[str]:
    """Yield what leaves the rest to git, and adds our own options to its."""
    if line.options:
        yield '\t\tcase "$cur" in'
        yield '\t\t--record=*) __gitcomp "newest cover" "" "${cur##--record=}"; return ;;'
        yield "\t\tesac"
    yield f"\t\t_git_{to.replace('-', '_')}"
    yield "\t\t__git_voicenote_quote_revisions"
    if line.options:
        yield '\t\tcase "$cur" in'
        yield "\t\t--*)"
        yield "\t\t\tlocal IFS=$'\\n'"
        yield f'\t\t\tCOMPREPLY+=($(compgen -S " " -W "{_names(line.options)}" -- "$cur"))'
        yield "\t\t\t;;"
        yield "\t\tesac"


def _names(options: Sequence[Option]) -> str:
    return " ".join(name for one in options for name in one.long)


def _call(values: Values) -> str:
    if values.kind == "words":
        return f'__gitcomp "{" ".join(values.words)}"'
    return f"__git_voicenote_{values.kind}"
