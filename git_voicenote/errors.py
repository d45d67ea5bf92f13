"""Everything that can go wrong, each with the way out.

VoicenoteError                 exit 128: failed, with an explanation
 ├─ GitError                   git refused, or could not be run
 │   ├─ NotARepositoryError
 │   ├─ MissingObjectsError    a partial clone lacks what is needed; nothing is fetched
 │   └─ UnknownRevisionError
 ├─ ChangedMeanwhileError      two people wrote one text, and both cannot be kept in one place
 ├─ AudioError
 │   ├─ AudioDeviceError       no PortAudio, no microphone, a device that died
 │   └─ AudioFileError         a file that is not sound
 │       └─ IncompleteSoundError    all that could be read was read, and some is missing
 ├─ EngineError                an engine is missing, or failed
 ├─ StoreError                 a full disk, a read-only repository, a broken database
 │   └─ UnsafePathError        a link or a pipe where a repository should have a file
 │   └─ RecordingInUseError   another process records or transcribes it
 ├─ ContentError               a text from elsewhere is not what it should be, or too large
 ├─ SettingError               a setting has a value that it cannot have
 ├─ PatchError                 a series that would not survive the mail
 ├─ HookError                  a hook that cannot be installed or removed
 ├─ UsageError                 exit 129: an argument that cannot be
 └─ NegativeAnswer             exit 1: it worked, and the answer is no
     ├─ NothingHeardError
     └─ NoNoteError

Errors of foreign libraries are translated where the library is called.

Cancelled and Terminated are no failures: the person, or a signal, ended the work.
"""

from __future__ import annotations

from typing import ClassVar


class VoicenoteError(Exception):
    """A failure that a person can act on.

    `message` names the thing; `hint`, where there is one, names the way out.
    """

    exit_code: ClassVar[int] = 128

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class GitError(VoicenoteError):
    """Git refused a command, or could not be run."""


class NotARepositoryError(GitError):
    """The command needs a repository and there is none here."""


class MissingObjectsError(GitError):
    """A partial clone lacks objects, and git was told not to fetch them."""


class UnknownRevisionError(GitError):
    """A revision names no commit."""


class ChangedMeanwhileError(VoicenoteError):
    """A text was changed or removed while it was edited, and a merge would lose words."""


class AudioError(VoicenoteError):
    """Sound could not be recorded, read or played."""


class AudioDeviceError(AudioError):
    """PortAudio or a device is missing, or stopped working."""


class AudioFileError(AudioError):
    """A file holds no sound that can be read."""


class IncompleteSoundError(AudioFileError):
    """Sound is missing in a file; the `seconds` of it that could be read were."""

    def __init__(self, message: str, *, hint: str | None = None, seconds: float = 0.0) -> None:
        super().__init__(message, hint=hint)
        self.seconds = seconds


class EngineError(VoicenoteError):
    """A speech engine is missing or failed."""


class StoreError(VoicenoteError):
    """Recordings or history could not be read or written."""


class UnsafePathError(StoreError):
    """A path leads through a link, or to a pipe, that a repository may have brought along."""


class RecordingInUseError(StoreError):
    """Another process is at work on a recording."""


class ContentError(VoicenoteError):
    """A text that came from elsewhere is damaged, too large, or holds what no caller expects."""


class SettingError(VoicenoteError):
    """A setting has a value that it cannot have."""


class PatchError(VoicenoteError):
    """A series would not survive the mail."""


class HookError(VoicenoteError):
    """A hook could not be installed or removed."""


class UsageError(VoicenoteError):
    """A command was called with an argument that it does not take: exit 129."""

    exit_code: ClassVar[int] = 129


class NegativeAnswer(VoicenoteError):  # noqa: N818 - the command worked; its answer is no
    """The command did its work and the answer is no: exit 1."""

    exit_code: ClassVar[int] = 1


class NothingHeardError(NegativeAnswer):
    """A recording holds no speech that could be understood."""


class NoNoteError(NegativeAnswer):
    """What was asked for has no note."""


class Cancelled(Exception):  # noqa: N818 - no error: the person ended it
    """The person broke off: Ctrl-C in the editor, or the end of input at a question."""


class Terminated(BaseException):
    """A signal ends this process; it unwinds as KeyboardInterrupt does."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number
