"""Settings: the command line beats the environment, which beats `git config voicenote.*`."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal

from git_voicenote.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HookRecord = Literal["ask", "always", "never"]
RecordingFormat = Literal["flac", "opus", "wav"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person may choose; the defaults are what most want. Seconds for all times."""

    engine: str = "auto"
    model: str | None = None
    """An installed model, by name, or a folder with one."""
    device: str = "auto"
    """What computes: auto, cpu, mps, cuda or cuda:N."""
    language: str = "en"
    microphone: str | None = None
    """The input device, by name, part of its name or number; None is the system's default."""
    edit: bool = True
    """Open what was heard in the editor before it is saved, where there is a terminal."""
    silence: float = 0.0
    """Stop recording after this long without speech; 0 waits for the stop key."""
    max_duration: float = 1800.0
    notes_ref: str = "refs/notes/voicenote"
    review_ref: str = "refs/notes/voicenote-review"
    """Where reviewers' answers to commits are kept."""
    recording_format: RecordingFormat = "flac"
    """What a finished recording is kept as; WAV is written while recording."""
    vocabulary: bool = True
    """Tell engines the repository's terms, and correct what they hear by them."""
    learn: bool = True
    """Learn a repository's language from its history, for engines that make use of it."""
    text: str = "all"
    """The passes that a text goes through: all, off, or their names with commas between."""
    hook_record: HookRecord = "ask"
    hook_strict: bool = False
    """Let a failure in a hook stop the commit."""


def load_settings(
    git_config: Mapping[str, str | None],
    environment: Mapping[str, str],
    **overrides: object,
) -> Settings:
    """Merge the sources into Settings.

    `git_config` holds the `voicenote.*` entries, keys in lower case as `git config --list`
    gives them, None for a key without a value. An override that is None was not given.
    Raises SettingError for a value that cannot be, naming where it was set.
    """
    chosen: dict[str, Any] = {}
    for setting in _SETTINGS:
        if setting.git_key.lower() in git_config:
            raw = git_config[setting.git_key.lower()]
            chosen[setting.field] = setting.parse(f"git config {setting.git_key}", raw)
        if setting.variable in environment:
            chosen[setting.field] = setting.parse(setting.variable, environment[setting.variable])
    chosen |= {name: value for name, value in overrides.items() if value is not None}
    return replace(Settings(), **chosen)


@dataclass(frozen=True, slots=True)
class _Setting:
    """One row of the table: where a field may be set, and how its text is read."""

    field: str
    git_key: str
    convert: Callable[[str | None], Any]

    @property
    def variable(self) -> str:
        return "GIT_VOICENOTE_" + self.field.upper()

    def parse(self, where: str, raw: str | None) -> Any:  # noqa: ANN401 - the field's own type
        try:
            return self.convert(raw)
        except ValueError as exc:
            raise SettingError(f"{where} is {raw!r}: {exc}") from exc


def _text(raw: str | None) -> str:
    if not raw:
        raise ValueError("it needs a value")
    return raw


def _boolean(raw: str | None) -> bool:
    """Read a boolean as `git config --type=bool` does: a key without a value is true."""
    if raw is None:
        return True
    match raw.lower():
        case "true" | "yes" | "on" | "1":
            return True
        case "false" | "no" | "off" | "0" | "":
            return False
    raise ValueError("expected true or false")


def _seconds(raw: str | None) -> float:
    try:
        seconds = float(_text(raw))
    except ValueError as exc:
        raise ValueError("expected a number of seconds") from exc
    if not 0 <= seconds < float("inf"):
        raise ValueError("expected a number of seconds, 0 or more")
    return seconds


def _choice(*choices: str) -> Callable[[str | None], str]:
    def convert(raw: str | None) -> str:
        if raw not in choices:
            raise ValueError(f"expected {', '.join(choices[:-1])} or {choices[-1]}")
        return raw

    return convert


def _device(raw: str | None) -> str:
    if raw in ("auto", "cpu", "mps", "cuda") or (raw and re.fullmatch(r"cuda:\d+", raw)):
        return raw
    raise ValueError("expected auto, cpu, mps, cuda or cuda:N")


def _notes_ref(raw: str | None) -> str:
    """Complete a short name as `git notes --ref` does."""
    name = _text(raw)
    if name.startswith("refs/notes/"):
        return name
    return "refs/" + name if name.startswith("notes/") else "refs/notes/" + name


_SETTINGS = (
    _Setting("engine", "voicenote.engine", _text),
    _Setting("model", "voicenote.model", _text),
    _Setting("device", "voicenote.device", _device),
    _Setting("language", "voicenote.language", _text),
    _Setting("microphone", "voicenote.microphone", _text),
    _Setting("edit", "voicenote.edit", _boolean),
    _Setting("silence", "voicenote.silence", _seconds),
    _Setting("max_duration", "voicenote.maxDuration", _seconds),
    _Setting("notes_ref", "voicenote.notesRef", _notes_ref),
    _Setting("review_ref", "voicenote.reviewRef", _notes_ref),
    _Setting("recording_format", "voicenote.recordingFormat", _choice("flac", "opus", "wav")),
    _Setting("vocabulary", "voicenote.vocabulary", _boolean),
    _Setting("learn", "voicenote.learn", _boolean),
    _Setting("text", "voicenote.text", _text),
    _Setting("hook_record", "voicenote.hook.record", _choice("ask", "always", "never")),
    _Setting("hook_strict", "voicenote.hook.strict", _boolean),
)

if {setting.field for setting in _SETTINGS} != {field.name for field in fields(Settings)}:
    raise AssertionError("every setting needs a row that says where it may be set")
