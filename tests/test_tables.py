"""Each kind of thing that grows has one table: what a new one touches is that table and itself.

A row's own words stand in the table's module and nowhere else in the package, and what follows
from the table is complete for every row.
"""

from __future__ import annotations

import ast
import re
from dataclasses import fields, replace
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

import click
import pytest

from git_voicenote import recording_formats
from git_voicenote.audio.files.checking import check_recording
from git_voicenote.audio.files.compression import compress
from git_voicenote.audio.files.finding import sound_files
from git_voicenote.audio.files.formats import DEMUXERS, SUFFIXES
from git_voicenote.cli.commands import COMMANDS
from git_voicenote.cli.git_hooks import HOOKS
from git_voicenote.cli.history.command import export
from git_voicenote.cli.hook import hook
from git_voicenote.cli.parsing.root import root
from git_voicenote.cli.text import text
from git_voicenote.cli.transcribe import transcribe
from git_voicenote.config import SETTINGS, ControlKind, Settings, load_settings
from git_voicenote.datatypes import Note, Segment
from git_voicenote.engines.built_in import BUILT_IN
from git_voicenote.engines.model_kinds import KINDS
from git_voicenote.engines.registry import ENTRY_POINT_GROUP, engine_names, make_engine
from git_voicenote.notes.format import join_notes, parse_notes, render_note, trailers_for_readers
from git_voicenote.notes.merging.texts import merge_texts
from git_voicenote.notes.trailers import (
    PREFIX,
    TRAILERS,
    Duration,
    Identity,
    Name,
    Several,
    note_value,
)
from git_voicenote.store.recordings import Recordings
from git_voicenote.store.results import ResultFolder
from git_voicenote.text.export.formats import FORMATS, ExportFormat
from git_voicenote.text.passes.base import Passed
from git_voicenote.text.passes.chain import PASSES, build_chain, named_passes
from git_voicenote.workflows.hearing.batch import FileResult
from git_voicenote.workflows.transcribe.results import (
    ListedResults,
    PrintedResult,
    Rendering,
    WrittenResults,
)
from tests.support.sandbox import CHECKOUT
from tests.support.sound import tone, write_sound

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from git_voicenote.cli.commands import Command
    from git_voicenote.config import Setting
    from git_voicenote.engines.built_in import BuiltIn
    from git_voicenote.notes.trailers import Trailer
    from git_voicenote.recording_formats import RecordingFormat
    from git_voicenote.text.passes.base import Pass

PACKAGE = CHECKOUT / "git_voicenote"
MANUAL = "".join(
    path.read_text().replace("\\-", "-") for path in sorted((CHECKOUT / "man/man1").iterdir())
)
SCRIPTS = "".join(path.read_text() for path in sorted((CHECKOUT / "hooks").iterdir()))


@cache
def literals(module: Path) -> tuple[str, ...]:
    """The string literals of a module, those in f-strings too; docstrings are none."""
    tree = ast.parse(module.read_text())
    prose = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return tuple(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
    )


def modules_with(pattern: str) -> set[str]:
    """The modules that have a literal in which a pattern is found."""
    return {str(module.relative_to(PACKAGE)) for module, _ in found(pattern)}


def found(pattern: str) -> Iterator[tuple[Path, str]]:
    """The modules and the literals in which a pattern is found."""
    for module in sorted(PACKAGE.rglob("*.py")):
        for literal in literals(module):
            if re.search(pattern, literal):
                yield module, literal


# note trailers: a field of Note and a row in notes/trailers.py

SAMPLES: dict[type, Any] = {
    Several: ("20261122-101400-3f2a",),
    Name: "en",
    Identity: "Ada <ada@example.org>",
    Duration: 14.0,
}
FULL = replace(Note("Words."), **{one.field: SAMPLES[type(one.kind)] for one in TRAILERS})


def test_every_field_of_a_note_is_a_trailer() -> None:
    assert {field.name for field in fields(Note)} == {"text", *(one.field for one in TRAILERS)}
    assert None not in [one.value(FULL) for one in TRAILERS]


@pytest.mark.parametrize("trailer", TRAILERS, ids=lambda one: one.token)
def test_a_trailer_is_kept_by_all_that_handles_notes(trailer: Trailer) -> None:
    value = trailer.value(FULL)
    note = replace(Note("Words."), **{trailer.field: value})
    text = render_note(note)
    (line,) = trailer.lines(note)

    assert line.startswith(f"{PREFIX}{trailer.token}: ")
    assert text == f"Words.\n\n{line}\n"
    assert parse_notes(text) == (note,)
    assert trailer.value(join_notes(note, Note("typed"))) == value
    assert note_value(note)[trailer.json_name] == value
    assert trailers_for_readers(note) == (line if trailer.for_readers else "")


@pytest.mark.parametrize("trailer", TRAILERS, ids=lambda one: one.token)
def test_a_trailer_survives_a_merge(trailer: Trailer) -> None:
    line = "\n".join(trailer.lines(FULL))
    base, older, newer = (f"{words}\n\n{line}\n" for words in ("A.", "A.\n\nB.", "A.\n\nC."))

    assert merge_texts(base, older, newer) == f"A.\n\nB.\n\nC.\n\n{line}\n"


def test_trailers_are_named_in_their_table_only() -> None:
    assert modules_with(PREFIX) == {
        "datatypes.py",  # from which the table and the search of the history take it
        "series/outgoing/run.py",  # the header of a mail that is never sent, X-Voicenote-Mark
    }


# recording formats: a row in recording_formats.py


@pytest.mark.parametrize("form", recording_formats.FORMATS, ids=lambda form: form.name)
def test_a_recording_format_is_known_to_all_that_handles_recordings(
    form: RecordingFormat, tmp_path: Path
) -> None:
    settings = load_settings({"voicenote.recordingformat": form.name}, {})
    recordings = Recordings(tmp_path)
    wav = write_sound(recordings.new_path("20261122-101400-3f2a"), tone(0.5))

    kept = compress(wav, settings.recording_format)

    assert recordings.ids() == ("20261122-101400-3f2a",)
    assert recordings.path_of("20261122-101400-3f2a") == kept
    assert check_recording(kept) == pytest.approx(0.5, abs=0.1)
    assert sound_files(recordings.folder) == (kept,)
    assert form.suffix in SUFFIXES
    assert f"\\fB{form.name}\\fR" in MANUAL


def test_recording_formats_are_named_in_their_table_only() -> None:
    names = "|".join(form.name for form in recording_formats.FORMATS)
    assert modules_with(rf"(?i)^\.?({names})$") == {
        "recording_formats.py",
        "audio/files/formats.py",  # the formats of sound that is handed in
        "server/responses/sounds.py",  # how files begin that browsers play
    }


# settings: a field of Settings


def test_settings_are_named_in_their_table_only() -> None:
    assert modules_with(r"^voicenote\.[\w.]+$|^GIT_VOICENOTE_") == {
        "config/table.py",
        "log/variable.py",  # GIT_VOICENOTE_TRACE, as GIT_TRACE: no setting of git's
        "series/incoming/git_am.py",  # GIT_VOICENOTE_AM: what it tells its own hooks
        "terminal/programs/editors.py",  # GIT_VOICENOTE_DICTATING: for the editor's children
    }


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda one: one.field)
def test_a_setting_has_all_that_is_shown_of_it(setting: Setting) -> None:
    default = setting.form.written(setting.default)

    assert setting.kind in get_args(ControlKind)
    assert setting.choices or setting.kind != "choice"
    assert re.fullmatch(r"[^\n]*[^.\n]", setting.meaning)
    assert len(setting.meaning) <= 80
    if setting.default is not None:
        assert setting.form.read(default) == setting.default
    for choice in setting.choices:
        assert setting.form.written(setting.form.read(choice)) == choice


def test_each_field_of_settings_is_a_row() -> None:
    assert [one.name for one in fields(Settings)] == [one.field for one in SETTINGS]


def test_a_default_is_known_to_its_row_only() -> None:
    assert modules_with(r"^refs/notes/voicenote") == {
        "config/table.py",
        "notes/merging/refs.py",  # what answers are called in a bundle, whatever the setting
    }


def test_messages_and_documents_name_settings_that_there_are() -> None:
    texts = [literal for _, literal in found(r"\bvoicenote\.\w")]
    texts += [path.read_text() for path in (CHECKOUT / "README.md", *CHECKOUT.glob("docs/*.md"))]
    named = re.findall(r"(?<![\w.-])voicenote\.[A-Za-z]+(?:\.[A-Za-z]+)*", "\n".join(texts))
    assert set(named) <= {setting.key for setting in SETTINGS}


def test_the_manual_lists_the_settings() -> None:
    listed = re.findall(r"^\\fB(voicenote\.\S+)\\fR, \\fB(\w+)\\fR$", MANUAL, re.MULTILINE)
    assert listed == [(setting.key, setting.variable) for setting in SETTINGS]
    for name in re.findall(r"GIT_VOICENOTE_\w+|(?<=config )voicenote\.[\w.]*\w", SCRIPTS):
        assert name in {name for pair in listed for name in pair} | {"GIT_VOICENOTE_AM"}


# export formats: a row in text/export/formats.py


def test_an_export_format_needs_its_row_alone(tmp_path: Path) -> None:
    """One that is handed in is rendered, named and written like the others."""
    loud = ExportFormat("loud", ".loud", "shouts", lambda it: "".join(it.lines).upper())
    heard = FileResult(1.0, (Segment(0, 1, "hello there"),))
    rendering = Rendering(loud, "moonshine", None, "en")

    with ResultFolder(tmp_path, rendering.suffix) as folder:
        printed = WrittenResults(folder, ["talk.wav"], rendering, again=False).finished(0, heard)

    assert printed == f"{tmp_path / 'talk.loud'}\n"
    assert (tmp_path / "talk.loud").read_text() == "HELLO THERE."
    assert PrintedResult("talk.wav", rendering).segment(heard.segments[0]) == ""
    assert PrintedResult("talk.wav", rendering).finished(0, heard) == "HELLO THERE."
    assert ListedResults(["talk.wav"], rendering).finished(0, heard) == ""


@pytest.mark.parametrize("form", FORMATS.values(), ids=lambda form: form.name)
@pytest.mark.parametrize("command", [transcribe, export])
def test_an_export_format_is_a_choice_of_each_command(
    form: ExportFormat, command: click.Command
) -> None:
    (option,) = (one for one in command.params if "--format" in one.opts)
    assert option.type.get_metavar(option, click.Context(command)) == f"[{'|'.join(FORMATS)}]"
    assert form.name in (option.help or "")


def test_export_formats_are_named_in_their_table_only() -> None:
    names = "|".join(name for name in FORMATS if name not in ("text", "json"))
    assert modules_with(rf"^\.?({names})$") == {"text/export/formats.py"}


# subcommands: a row in cli/commands.py


@pytest.mark.parametrize("command", COMMANDS.values(), ids=lambda command: command.name)
def test_a_command_is_found_and_listed_by_its_row(command: Command) -> None:
    loaded = command.load()

    assert callable(loaded)
    assert command.takes_all is not isinstance(loaded, click.Command)
    assert command.name in help_of_all()
    assert f"\\fBgit-voicenote-{command.name}\\fR(1)\n{command.summary}" in MANUAL.replace(
        r"\(aq", "'"
    )


@cache
def help_of_all() -> str:
    return root.get_help(click.Context(root))


# engines: a row in engines/built_in.py, or an entry point of an installed package


@pytest.mark.parametrize("engine", BUILT_IN, ids=lambda engine: engine.name)
def test_an_engine_that_comes_with_the_program_needs_its_row_alone(engine: BuiltIn) -> None:
    assert engine_names()[engine.name] == engine.location
    if engine.models is not None:
        assert engine.models in KINDS
        assert engine.models.engine == engine.name


def test_engines_are_named_in_their_table_only() -> None:
    names = "|".join(engine.name for engine in BUILT_IN)
    own = {f"engines/{engine.name}/{what}.py" for engine in BUILT_IN for what in OWN_NAMES}
    assert modules_with(rf"^(?:{names})$") - own == {
        "engines/built_in.py",
        "engines/registry.py",  # which one `auto` means
        "cli/models.py",  # how to get a model, where `auto` or nano finds none
        "models/installed.py",  # records of models before there were two engines
        "cli/status.py",  # the git remotes
        "cli/sync/command.py",
        "notes/pushing.py",
        "notes/remotes.py",
    }


OWN_NAMES = ("engine", "model_kind")
"""The modules in which an engine says its own name."""


def test_an_engine_of_another_package_needs_its_entry_point_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "other-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        f"[{ENTRY_POINT_GROUP}]\nother = tests.support.engines:ScriptedEngine\n"
    )
    monkeypatch.syspath_prepend(tmp_path)

    assert engine_names()["other"] == "tests.support.engines:ScriptedEngine"
    assert type(make_engine("other")).__name__ == "ScriptedEngine"


# text passes: a row in text/passes/chain.py


def test_a_text_pass_is_in_the_chain_and_a_choice_by_its_row() -> None:
    correct: Pass = Passed
    chain = build_chain("en", correct=correct)
    (option,) = (one for one in text.params if "--pass" in one.opts)

    assert tuple(name for name, _ in chain) == named_passes("all") == tuple(PASSES)
    assert option.type.get_metavar(option, click.Context(text)) == f"[{'|'.join(PASSES)}]"
    assert [name for name in PASSES if f"\\fB{name}\\fR" not in MANUAL] == []


# templates: a file in templates/


def test_each_template_is_used_and_each_one_that_is_used_is_there() -> None:
    """The page of the service has a table of its own; tests/server/page holds it."""
    templates = CHECKOUT / "templates"
    paths = [*templates.glob("*.*"), *templates.glob("kit/*.*")]
    shipped = {str(path.relative_to(templates)) for path in paths}
    used = {
        text
        for module, text in found(r"^(?!html\.)(kit/)?[\w-]+(\.html|\.md)?\.(j2|css|js|py)$")
        if module != PACKAGE / "server/page.py"
    }
    assert used == shipped


# audio input formats: a row in audio/files/formats.py


def test_a_format_of_sound_files_is_named_in_its_table_only(tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        (tmp_path / f"talk{suffix}").touch()
    own = {form.suffix for form in recording_formats.FORMATS}
    elsewhere = "|".join(re.escape(suffix) for suffix in SUFFIXES - own)

    assert len(sound_files(tmp_path)) == len(SUFFIXES)
    assert modules_with(rf"(?:^|[ ,])(?:{elsewhere})(?:[ ,]|$)") == {
        "audio/files/finding.py",  # an example in a hint: (.wav, .flac, .mp3, ...)
        "audio/files/formats.py",
    }
    assert modules_with("(?:^|,)nistsphere(?:,|$)") == {"audio/files/formats.py"}
    assert len(set(DEMUXERS)) == len(DEMUXERS)


# hooks: a row in cli/git_hooks.py and a script in hooks/


def test_each_hook_has_a_script_that_runs_it_and_each_script_a_hook() -> None:
    scripts = {path.name: path.read_text() for path in (CHECKOUT / "hooks").iterdir()}

    assert scripts.keys() == HOOKS.keys()
    for name, script in scripts.items():
        assert f"git-voicenote hook run {name}" in script
        assert name in MANUAL
    for command in hook.commands.values():
        argument = next(one for one in command.params if isinstance(one, click.Argument))
        assert isinstance(argument.type, click.Choice)
        assert tuple(argument.type.choices) == tuple(HOOKS)


def test_hooks_are_named_in_their_table_only() -> None:
    assert modules_with(rf"^(?:{'|'.join(HOOKS)})$") == {
        "cli/git_hooks.py",
        "git/hooks/managers.py",  # what managers call git's hooks
        "git/hooks/status.py",  # the hook that is meant where none is named
        "series/incoming/hooks.py",  # hooks of the `git am` that we run ourselves
    }
