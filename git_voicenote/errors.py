"""The errors that users see, each with a hint if there is a way out.

VoicenoteError                 exit 128: failed, with an explanation
 ├─ GitError                   git failed, or could not be run
 │   ├─ NotARepositoryError
 │   ├─ MissingObjectsError    a partial clone lacks objects; nothing is fetched
 │   ├─ GitConfigError         a wrong value or line in git's configuration
 │   └─ UnknownRevisionError
 ├─ ChangedMeanwhileError      concurrent changes of a text cannot be merged
 ├─ AudioError
 │   ├─ AudioDeviceError       no PortAudio, no microphone, or the device failed
 │   └─ AudioFileError         a file that is not sound
 │       └─ IncompleteSoundError   a file whose sound is readable only in part
 ├─ EngineError                an engine is missing, or failed
 ├─ StoreError                 a full disk, a read-only repository, a broken database
 │   ├─ UnsafePathError        a link or a pipe in a repository instead of a file
 │   └─ RecordingInUseError   another process records or transcribes it
 ├─ ContentError               untrusted data is invalid or too large
 ├─ SettingError               a setting has an invalid value
 ├─ PatchError                 a series would be changed or broken by mail
 ├─ HookError                  a hook cannot be installed or removed
 ├─ UsageError                 exit 129: an argument is invalid
 └─ NegativeAnswer             exit 1: the command succeeded, and the answer is negative
     ├─ NothingHeardError
     └─ NoNoteError

Exceptions of other libraries are translated where the library is called. Cancelled and Terminated
are not failures: the user or a signal ended the command.
"""

from __future__ import annotations

from typing import ClassVar


class VoicenoteError(Exception):
    """A failure that is reported to the user.

    `message` names the problem; `hint`, if there is one, names the way out.
    """

    exit_code: ClassVar[int] = 128

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class GitError(VoicenoteError):
    """Git failed, or could not be run."""


class NotARepositoryError(GitError):
    """The command was run outside a repository, but needs one."""


class MissingObjectsError(GitError):
    """A partial clone lacks objects; they are not fetched."""


class GitConfigError(GitError):
    """A file or a value of git's configuration is wrong."""


class UnknownRevisionError(GitError):
    """A revision does not name a commit."""


class ChangedMeanwhileError(VoicenoteError):
    """A text was changed or removed while it was edited, and merging would lose text."""


class AudioError(VoicenoteError):
    """Sound could not be recorded, read or played."""


class AudioDeviceError(AudioError):
    """PortAudio or a device is missing or failed."""


class AudioFileError(AudioError):
    """A file does not contain sound that can be read."""


class IncompleteSoundError(AudioFileError):
    """Sound is missing in a file; the `seconds` of it that could be read were."""

    def __init__(self, message: str, *, hint: str | None = None, seconds: float = 0.0) -> None:
        super().__init__(message, hint=hint)
        self.seconds = seconds


class EngineError(VoicenoteError):
    """A speech engine is missing or failed."""


class StoreError(VoicenoteError):
    """Recordings or the history could not be read or written."""


class UnsafePathError(StoreError):
    """A path contains a link, or names a pipe, that may come from a repository."""


class RecordingInUseError(StoreError):
    """Another process works on a recording."""


class ContentError(VoicenoteError):
    """Untrusted data is damaged or too large, or contains invalid values."""


class SettingError(VoicenoteError):
    """A setting has an invalid value."""


class PatchError(VoicenoteError):
    """A series would be changed or broken by mail."""


class HookError(VoicenoteError):
    """A hook could not be installed or removed."""


class UsageError(VoicenoteError):
    """A command was called with an invalid argument: exit 129."""

    exit_code: ClassVar[int] = 129


class NegativeAnswer(VoicenoteError):  # noqa: N818 - the command succeeded
    """The command succeeded, and the answer is negative: exit 1."""

    exit_code: ClassVar[int] = 1


class NothingHeardError(NegativeAnswer):
    """A recording contains no speech."""


class NoNoteError(NegativeAnswer):
    """The requested commit or series has no note."""


class Cancelled(Exception):  # noqa: N818 - not an error
    """The user cancelled: Ctrl-C in the editor, or the end of input at a question."""


class Terminated(BaseException):
    """A signal ends this process; it unwinds the stack like KeyboardInterrupt."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
