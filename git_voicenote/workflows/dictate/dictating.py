"""Dictate a text to stdout, or into a file that the user then edits."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.errors import NegativeAnswer, StoreError, VoicenoteError
from git_voicenote.git.pending_commit import PendingCommit
from git_voicenote.store.kept_texts import Purpose, keep_text
from git_voicenote.targets import MessageTarget, TextTarget
from git_voicenote.workflows.commit_message.dictate import has_type, put_spoken_message
from git_voicenote.workflows.dialogue import report_error
from git_voicenote.workflows.dictate.placing import (
    TextFileKind,
    insert_dictation,
    text_kind_of,
    titled,
)
from git_voicenote.workflows.explain.explain import spoken_text
from git_voicenote.workflows.hearing.archive import state_root
from git_voicenote.workflows.hearing.hear import hear
from git_voicenote.workflows.hearing.listening import Listening

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from git_voicenote.config import Settings
    from git_voicenote.git.repository import Repository
    from git_voicenote.targets import Target
    from git_voicenote.workflows.dialogue import Dialogue
    from git_voicenote.workflows.hearing.archive import Dictation
    from git_voicenote.workflows.hearing.hear import SoundSource

RESUME = "git voicenote dictate --from"
_MESSAGE_FILE = "COMMIT_EDITMSG"
_MAX_FILE_BYTES = 1 << 24
"""The largest file to dictate into, in bytes."""


class Dictating:
    """Transcribes a dictation, and writes its text; a repository is optional.

    `as_message` is whether to compose a commit message by the repository's rules: True, False, or
    None to decide by the file and the words.
    """

    def __init__(
        self,
        repository: Repository | None,
        settings: Settings,
        dialogue: Dialogue,
        *,
        as_message: bool | None = None,
    ) -> None:
        self._repository = repository
        self._settings = settings
        self._dialogue = dialogue
        self._as_message = as_message

    @contextmanager
    def text(self, source: SoundSource | str | None) -> Iterator[str]:
        """Provide the text of a dictation, or of a `source`; see `hear`, also for the errors.

        No other process resumes the recording while the context lasts.
        """
        with self._heard("a text", TextTarget(), source) as (listening, dictation):
            yield spoken_text(listening, self._dialogue, dictation, resume=RESUME)

    def into_first(self, paths: Sequence[Path], source: SoundSource | str | None) -> None:
        """Put a dictation into the first file that can contain prose; report if there is none.

        A failure is reported, and the file stays unchanged, so that the editor still opens. Raises
        KeyboardInterrupt and Terminated, after the recording is kept.
        """
        for path in paths:
            content = _content_of(path)
            kind = text_kind_of(path, content)
            if kind is TextFileKind.NOTHING or content is None:
                continue
            try:
                self._into(path, kind, content, source)
            except VoicenoteError as exc:
                report_error(self._dialogue, exc)
                self._dialogue.say("the editor opens without a dictation")
            return

    def keep(self, paths: Sequence[Path]) -> None:
        """Keep copies of files whose editor failed, because the calling program may delete them."""
        for path in paths:
            content = _content_of(path)
            if not content or not content.strip() or self._is_gits(path):
                continue
            root = state_root(self._repository)
            kept = keep_text(root, content, Purpose(title=path.name), name=path.name)
            self._dialogue.say(f"the text is kept in {kept}")

    @contextmanager
    def _heard(
        self, title: str, target: Target, source: SoundSource | str | None
    ) -> Iterator[tuple[Listening, Dictation]]:
        listening = Listening(self._repository, self._settings, target, self._dialogue.warn)
        with hear(listening, self._dialogue, title, source, resume=RESUME) as dictation:
            yield listening, dictation

    def _into(
        self, path: Path, kind: TextFileKind, content: str, source: SoundSource | str | None
    ) -> None:
        self._dialogue.say(f"dictating {path.name}; say nothing to continue to the editor")
        is_message = self._is_message_of_commit(path)
        target = MessageTarget() if is_message else TextTarget()
        with self._heard(path.name, target, source) as (listening, dictation):
            try:
                if self._is_composed(path, content, listening, dictation):
                    put_spoken_message(self._pending(path), self._dialogue, listening, dictation)
                    return
                words = spoken_text(listening, self._dialogue, dictation, resume=RESUME)
                if is_message:  # which may be in another encoding
                    self._pending(path).insert(
                        titled(words, self._comment(path)), ends_in_trailers=False
                    )
                else:
                    _write(path, insert_dictation(kind, words, content, self._comment(path)))
            except (VoicenoteError, OSError) as exc:
                hint = f"`{RESUME} {dictation.recording.id}` prints the text"
                message = exc.message if isinstance(exc, VoicenoteError) else str(exc)
                negative = isinstance(exc, NegativeAnswer)
                raise (NegativeAnswer if negative else StoreError)(message, hint=hint) from exc

    def _is_composed(
        self, path: Path, content: str, listening: Listening, dictation: Dictation
    ) -> bool:
        """Return whether to compose a commit message by the repository's rules.

        This is the case for a new message, if somebody can be asked for its type. If nobody can, or
        the message has words already, it is only if a type was spoken.
        """
        if self._as_message is not None or not self._is_message_of_commit(path):
            return bool(self._as_message)
        if self._repository is not None and has_type(
            self._repository, self._dialogue, listening, dictation
        ):
            return True
        comment = self._comment(path)
        lines = (line.strip() for line in content.split("\n"))
        is_new = not any(line and not line.startswith(comment) for line in lines)
        return is_new and self._dialogue.is_interactive

    def _pending(self, path: Path) -> PendingCommit:
        if self._repository is None:
            raise StoreError("a commit message needs a repository, and there is none here")
        return PendingCommit(self._repository, path, None)

    def _is_message_of_commit(self, path: Path) -> bool:
        return path.name == _MESSAGE_FILE and self._is_gits(path)

    def _is_gits(self, path: Path) -> bool:
        return self._repository is not None and path.resolve().is_relative_to(
            self._repository.git_dir.resolve()
        )

    def _comment(self, path: Path) -> str:
        if self._repository is None or not path.exists():
            return "#"
        return PendingCommit(self._repository, path, None).comment()


def _content_of(path: Path) -> str | None:
    """Return the text of a file, "" if it does not exist; None if it cannot be dictated into."""
    try:
        if path.exists() and not path.is_file():
            return None
        with path.open("rb") as file:
            content = file.read(_MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        return ""
    except OSError:
        return None
    if len(content) > _MAX_FILE_BYTES or b"\0" in content:
        return None
    return content.decode("utf-8", "surrogateescape")


def _write(path: Path, content: str) -> None:
    files.replace(path, content.encode("utf-8", "surrogateescape"), keep=True)
