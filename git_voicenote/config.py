"""Settings from the command line, the environment and `git config voicenote.*`, in this order.

The class Settings is the one table of them: each field says how git's configuration names it, how
its text is read and what it means. No other module knows a setting by its name in git.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_type_hints

from git_voicenote import recording_formats
from git_voicenote.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    FindOrigin = Callable[[str], str | None]
    """Find the file that sets a key, or None, as with `git -c`."""

NOTES_REF = "refs/notes/voicenote"
REVIEW_REF = "refs/notes/voicenote-review"
REMOTE_TOKEN = "GIT_VOICENOTE_REMOTE_TOKEN"  # noqa: S105 - its name
"""The variable that may hold the token of the server; no setting does."""
_LONGEST_TIMEOUT = 3600
HookRecord = Literal["ask", "always", "never"]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the table of settings. `read` raises ValueError for an invalid text."""

    key: str
    read: Callable[[str | None], Any]
    meaning: str


def _text(raw: str | None) -> str:
    if not raw:
        raise ValueError("it needs a value")
    return raw


def _boolean(raw: str | None) -> bool:
    """Parse a boolean as `git config --type=bool` does: a key without a value is true."""
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


def _count(low: int, high: int) -> Callable[[str | None], int]:
    def convert(raw: str | None) -> int:
        if not (raw and re.fullmatch(r"[0-9]{1,9}", raw) and low <= int(raw) <= high):
            raise ValueError(f"expected a number from {low} to {high}")
        return int(raw)

    return convert


def _timeout(raw: str | None) -> float:
    seconds = _seconds(raw)
    if not 0 < seconds <= _LONGEST_TIMEOUT:
        raise ValueError(f"expected seconds, more than 0 and at most {_LONGEST_TIMEOUT}")
    return seconds


def _server(raw: str | None) -> str:
    """Check the URL of a server. A secret in it would be shown and kept where URLs are."""
    from urllib.parse import urlsplit

    url = _text(raw)
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as exc:
        raise ValueError(f"it is no URL: {exc}") from exc
    if parts.username is not None or parts.password is not None:
        raise ValueError("it may hold no user or password: `git credential` keeps them")
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise ValueError("expected http://… or https://…")
    if not re.fullmatch(r"[\x21-\x7e]+", url) or parts.query or parts.fragment:
        raise ValueError("expected a URL of ASCII characters, without ? and #")
    return url


def _path(raw: str | None) -> str:
    path = _text(raw)
    if not re.fullmatch(r"/[\x21-\x7e]*", path) or "#" in path:
        raise ValueError("expected a path that begins with /, of ASCII characters")
    return path


def _notes_ref(raw: str | None) -> str:
    """Expand a short name as `git notes --ref` does."""
    name = _text(raw)
    if name.startswith("refs/notes/"):
        return name
    return "refs/" + name if name.startswith("notes/") else "refs/notes/" + name


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings and their defaults. Times are in seconds."""

    engine: Annotated[str, _Row("voicenote.engine", _text, "the speech engine, or auto")] = "auto"
    model: Annotated[
        str | None,
        _Row("voicenote.model", _text, "the model: the name of an installed one, or a folder"),
    ] = None
    device: Annotated[
        str,
        _Row("voicenote.device", _device, "the computing device: auto, cpu, mps, cuda or cuda:N"),
    ] = "auto"
    language: Annotated[str, _Row("voicenote.language", _text, "the spoken language")] = "en"
    microphone: Annotated[
        str | None,
        _Row(
            "voicenote.microphone",
            _text,
            "the input device, by name, part of its name or number; the system's default if unset",
        ),
    ] = None
    edit: Annotated[
        bool,
        _Row("voicenote.edit", _boolean, "open the text in the editor before it is saved"),
    ] = True
    silence: Annotated[
        float,
        _Row("voicenote.silence", _seconds, "stop after this long without speech; 0 for never"),
    ] = 0.0
    max_duration: Annotated[
        float, _Row("voicenote.maxDuration", _seconds, "the maximum length of a recording")
    ] = 1800.0
    notes_ref: Annotated[
        str, _Row("voicenote.notesRef", _notes_ref, "the ref of the notes of commits")
    ] = NOTES_REF
    review_ref: Annotated[
        str, _Row("voicenote.reviewRef", _notes_ref, "the ref of reviewers' answers to commits")
    ] = REVIEW_REF
    recording_format: Annotated[
        recording_formats.RecordingFormat,
        _Row(
            "voicenote.recordingFormat",
            recording_formats.format_named,
            "the format of finished recordings; while recording, it is WAV",
        ),
    ] = recording_formats.DEFAULT
    vocabulary: Annotated[
        bool,
        _Row(
            "voicenote.vocabulary",
            _boolean,
            "pass the repository's terms to engines, and correct transcripts with them",
        ),
    ] = True
    learn: Annotated[
        bool,
        _Row("voicenote.learn", _boolean, "learn a repository's language from its history"),
    ] = True
    text: Annotated[
        str,
        _Row(
            "voicenote.text",
            _text,
            "the text passes to apply: all, off, or a comma-separated list of names",
        ),
    ] = "all"
    remote_url: Annotated[
        str | None,
        _Row("voicenote.remote.url", _server, "the server that the engine remote sends sound to"),
    ] = None
    remote_path: Annotated[
        str, _Row("voicenote.remote.path", _path, "where that server takes sound")
    ] = "/v1/audio/transcriptions"
    remote_model: Annotated[
        str | None,
        _Row("voicenote.remote.model", _text, "what that server calls the model to be used"),
    ] = None
    remote_concurrency: Annotated[
        int,
        _Row(
            "voicenote.remote.concurrency",
            _count(1, 64),
            "how many segments of files are sent to it at a time",
        ),
    ] = 4
    remote_timeout: Annotated[
        float,
        _Row("voicenote.remote.timeout", _timeout, "how long that server may take for an answer"),
    ] = 60.0
    hook_record: Annotated[
        HookRecord,
        _Row("voicenote.hook.record", _choice(*get_args(HookRecord)), "whether the hook records"),
    ] = "ask"
    hook_strict: Annotated[
        bool, _Row("voicenote.hook.strict", _boolean, "abort the commit if the hook fails")
    ] = False
    server_idle: Annotated[
        float,
        _Row(
            "voicenote.server.idle",
            _seconds,
            "let the service unload the model after this long without work; 0 for never",
        ),
    ] = 600.0


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting, from the table."""

    field: str
    key: str
    """Its name in git's configuration, as people write it: voicenote.maxDuration."""
    default: object
    meaning: str
    _read: Callable[[str | None], Any]

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return "GIT_VOICENOTE_" + self.field.upper()

    def from_git(self, raw: str | None, origin: FindOrigin | None) -> Any:  # noqa: ANN401 - the field's own type
        """Parse the value from git, or None for a key without one. Raises SettingError."""
        try:
            return self._read(raw)
        except ValueError as exc:
            hint = self._way_out(origin(self.key)) if origin else None
            raise SettingError(f"git config {self.key} is {raw!r}: {exc}", hint=hint) from exc

    def from_environment(self, raw: str) -> Any:  # noqa: ANN401
        """Parse the value of the variable. Raises SettingError."""
        try:
            return self._read(raw)
        except ValueError as exc:
            message = f"{self.variable} is {raw!r}: {exc}"
            raise SettingError(message, hint=f"`unset {self.variable}` removes it") from exc

    def _way_out(self, file: str | None) -> str:
        if file is None:
            return "it is set for this command only, by `git -c` or in the environment"
        remove = f"git config --file {shlex.quote(file)} --unset-all {self.key}"
        return f"it is set in {file}; `{remove}` removes it"


def _rows() -> tuple[Setting, ...]:
    hints = get_type_hints(Settings, include_extras=True)
    found = []
    for field in fields(Settings):
        row: _Row = hints[field.name].__metadata__[0]
        found.append(Setting(field.name, row.key, field.default, row.meaning, row.read))
    return tuple(found)


SETTINGS = _rows()


def load_settings(
    git_config: Mapping[str, str | None],
    environment: Mapping[str, str],
    origin: FindOrigin | None = None,
    **overrides: object,
) -> Settings:
    """Merge the sources into Settings.

    `git_config` contains the `voicenote.*` entries, with keys in lower case as printed by `git
    config --list`, and None for a key without a value. `origin` finds the file that sets a key, and
    is only called for an invalid value. An override of None was not given. Raises SettingError.
    """
    chosen: dict[str, Any] = {}
    for setting in SETTINGS:
        key = setting.key.lower()
        if key in git_config:
            chosen[setting.field] = setting.from_git(git_config[key], origin)
        if setting.variable in environment:
            chosen[setting.field] = setting.from_environment(environment[setting.variable])
    chosen |= {name: value for name, value in overrides.items() if value is not None}
    return replace(Settings(), **chosen)
