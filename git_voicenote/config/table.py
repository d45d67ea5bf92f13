"""The table of settings.

Each field of Settings says how git's configuration names it, how its values are written, and what
it means. No other module knows a setting by its name in git.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_type_hints

from git_voicenote import recording_formats
from git_voicenote.config import forms
from git_voicenote.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from git_voicenote.config.forms import ControlKind, ValueForm

    FindOrigin = Callable[[str], str | None]
    """Finds the file that sets a key; None if there is none, as with `git -c`."""

NOTES_REF = "refs/notes/voicenote"
REVIEW_REF = "refs/notes/voicenote-review"
VARIABLE_PREFIX = "GIT_VOICENOTE_"
REMOTE_TOKEN = "GIT_VOICENOTE_REMOTE_TOKEN"  # noqa: S105 - its name
"""The variable with the token of the server; the token is not a setting."""
HookRecord = Literal["ask", "always", "never"]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the table of settings."""

    key: str
    form: ValueForm
    meaning: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings and their defaults. Times are in seconds."""

    engine: Annotated[
        str, _Row("voicenote.engine", forms.text_with("auto"), "the speech engine, or auto")
    ] = "auto"
    model: Annotated[
        str | None,
        _Row("voicenote.model", forms.TEXT, "the model: the name of an installed one, or a folder"),
    ] = None
    device: Annotated[
        str,
        _Row(
            "voicenote.device", forms.DEVICE, "the computing device: auto, cpu, mps, cuda or cuda:N"
        ),
    ] = "auto"
    language: Annotated[str, _Row("voicenote.language", forms.TEXT, "the spoken language")] = "en"
    microphone: Annotated[
        str | None,
        _Row(
            "voicenote.microphone",
            forms.TEXT,
            "the input device, by name, part of its name, or number; or browser",
        ),
    ] = None
    edit: Annotated[
        bool,
        _Row("voicenote.edit", forms.BOOLEAN, "open the text in the editor before it is saved"),
    ] = True
    editor: Annotated[
        str | None,
        _Row("voicenote.editor", forms.TEXT, "the editor that `dictate` opens, if not git's"),
    ] = None
    silence: Annotated[
        float,
        _Row(
            "voicenote.silence",
            forms.SECONDS,
            "stop after this many seconds without speech; 0 for never",
        ),
    ] = 0.0
    max_duration: Annotated[
        float,
        _Row(
            "voicenote.maxDuration", forms.SECONDS, "the maximum length of a recording, in seconds"
        ),
    ] = 1800.0
    vad_threshold: Annotated[
        float,
        _Row(
            "voicenote.vad.threshold",
            forms.number(0.05, 0.95),
            "the probability from which sound is speech; higher in noise",
        ),
    ] = 0.5
    vad_min_silence: Annotated[
        float,
        _Row(
            "voicenote.vad.minSilence",
            forms.number(0.2, 5),
            "the pause that ends a segment, in seconds; a long one needs less",
        ),
    ] = 0.7
    vad_max_segment: Annotated[
        float,
        _Row(
            "voicenote.vad.maxSegment",
            forms.number(5, 30),
            "the maximum length of a segment, in seconds",
        ),
    ] = 30.0
    vad_padding: Annotated[
        float,
        _Row(
            "voicenote.vad.padding",
            forms.number(0, 2),
            "how much is kept before and after speech, in seconds",
        ),
    ] = 0.35
    notes_ref: Annotated[
        str, _Row("voicenote.notesRef", forms.NOTES_REF, "the ref of the notes of commits")
    ] = NOTES_REF
    review_ref: Annotated[
        str,
        _Row("voicenote.reviewRef", forms.NOTES_REF, "the ref of reviewers' answers to commits"),
    ] = REVIEW_REF
    recording_format: Annotated[
        recording_formats.RecordingFormat,
        _Row(
            "voicenote.recordingFormat",
            forms.RECORDING_FORMAT,
            "the format of finished recordings; while recording, it is WAV",
        ),
    ] = recording_formats.DEFAULT
    vocabulary: Annotated[
        bool,
        _Row(
            "voicenote.vocabulary",
            forms.BOOLEAN,
            "pass the repository's terms to engines, and correct transcripts with them",
        ),
    ] = True
    learn: Annotated[
        bool,
        _Row("voicenote.learn", forms.BOOLEAN, "learn a repository's language from its history"),
    ] = True
    text: Annotated[
        str,
        _Row(
            "voicenote.text",
            forms.text_with("all", "off"),
            "the text passes to apply: all, off, or a comma-separated list of names",
        ),
    ] = "all"
    remote_url: Annotated[
        str | None,
        _Row(
            "voicenote.remote.url", forms.SERVER, "the server that the engine remote sends sound to"
        ),
    ] = None
    remote_path: Annotated[
        str, _Row("voicenote.remote.path", forms.PATH, "where that server takes sound")
    ] = "/v1/audio/transcriptions"
    remote_model: Annotated[
        str | None,
        _Row("voicenote.remote.model", forms.TEXT, "what that server calls the model to be used"),
    ] = None
    remote_concurrency: Annotated[
        int,
        _Row(
            "voicenote.remote.concurrency",
            forms.count(1, 64),
            "how many segments of files are sent to it at a time",
        ),
    ] = 4
    remote_timeout: Annotated[
        float,
        _Row(
            "voicenote.remote.timeout",
            forms.TIMEOUT,
            "how many seconds that server may take for an answer",
        ),
    ] = 60.0
    hook_record: Annotated[
        HookRecord,
        _Row(
            "voicenote.hook.record",
            forms.choice(*get_args(HookRecord)),
            "whether git commit asks for speech, records unasked, or does neither",
        ),
    ] = "ask"
    hook_strict: Annotated[
        bool, _Row("voicenote.hook.strict", forms.BOOLEAN, "abort the commit if the hook fails")
    ] = False
    server_idle: Annotated[
        float,
        _Row(
            "voicenote.server.idle",
            forms.SECONDS,
            "unload the service's model after this many seconds without work; 0 for never",
        ),
    ] = 600.0


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting, from the table."""

    field: str
    key: str
    """Its name in git's configuration, in its usual case: voicenote.maxDuration."""
    default: object
    meaning: str
    """One line, without a full stop."""
    form: ValueForm

    @property
    def name(self) -> str:
        """Its name without the section: maxDuration, hook.record."""
        return self.key.partition(".")[2]

    @property
    def kind(self) -> ControlKind:
        """The kind of value."""
        return self.form.kind

    @property
    def choices(self) -> tuple[str, ...]:
        """All values of a choice; for a text, values to suggest."""
        return self.form.choices

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return VARIABLE_PREFIX + self.field.upper()

    def from_git(self, raw: str | None, origin: FindOrigin | None) -> Any:  # noqa: ANN401 - the field's own type
        """Parse the value from git, or None for a key without one. Raises SettingError."""
        try:
            return self.form.read(raw)
        except ValueError as exc:
            hint = self.way_out(origin(self.key)) if origin else None
            raise SettingError(f"git config {self.key} is {raw!r}: {exc}", hint=hint) from exc

    def from_environment(self, raw: str) -> Any:  # noqa: ANN401
        """Parse the value of the variable. Raises SettingError."""
        try:
            return self.form.read(raw)
        except ValueError as exc:
            message = f"{self.variable} is {raw!r}: {exc}"
            raise SettingError(message, hint=f"`unset {self.variable}` removes it") from exc

    def way_out(self, file: str | None) -> str:
        """Return how to remove its value from a file, or from the command line."""
        if file is None:
            return "it is set for this command only, by `git -c` or in the environment"
        remove = f"git config --file {shlex.quote(file)} --unset-all {self.key}"
        return f"it is set in {file}; `{remove}` removes it"


def _rows() -> tuple[Setting, ...]:
    hints = get_type_hints(Settings, include_extras=True)
    found = []
    for field in fields(Settings):
        row: _Row = hints[field.name].__metadata__[0]
        found.append(Setting(field.name, row.key, field.default, row.meaning, row.form))
    return tuple(found)


SETTINGS = _rows()
