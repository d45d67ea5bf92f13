"""Store recordings together with their entries in the history.

The sound has priority. A failure of the history (a broken database, a full disk) is only a warning,
so that no recording is lost because of it.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from git_voicenote.audio.files.wav import is_being_written, repair_wav
from git_voicenote.datatypes import SAMPLE_RATE, Recording, Transcript, placed
from git_voicenote.errors import (
    EngineError,
    IncompleteSoundError,
    NothingHeardError,
    StoreError,
    VoicenoteError,
)
from git_voicenote.recording_formats import WAV
from git_voicenote.store.entries import INTERRUPTED, UNFINISHED
from git_voicenote.store.history import History
from git_voicenote.store.recordings import (
    Recordings,
    new_recording_id,
    recording_time,
    state_dir,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from git_voicenote.config import Settings
    from git_voicenote.datatypes import Segment, Turn
    from git_voicenote.git.repository import Repository
    from git_voicenote.recording_formats import RecordingFormat
    from git_voicenote.store.entries import HistoryEntry
    from git_voicenote.targets import Target


@dataclass(frozen=True, slots=True)
class Subject:
    """The subject of a recording; `title` is its name for people."""

    target: Target
    title: str


@dataclass(frozen=True, slots=True)
class Dictation:
    """A recording and its transcript."""

    recording: Recording
    transcript: Transcript


@dataclass(frozen=True, slots=True)
class InterruptedRecording:
    """A recording whose words were not saved, because of a crash, or because the user stopped.

    Closing the terminal counts as a crash.
    """

    recording: Recording
    subject: Subject | None


def state_root(repository: Repository | None) -> Path:
    """Return the folder of recordings and history, in a repository or outside."""
    return state_dir(repository.state_dir if repository else None)


def open_archive(
    repository: Repository | None, settings: Settings, warn: Callable[[str], None]
) -> Archive:
    """Return the archive of a repository, or the user's archive outside of one."""
    return Archive(state_root(repository), settings.recording_format, warn)


class Archive:
    """The recordings and the history in one folder (`store.recordings.state_dir`)."""

    def __init__(self, root: Path, form: RecordingFormat, tell: Callable[[str], None]) -> None:
        self.recordings = Recordings(root)
        self._form = form
        self._history = History(root)
        self._tell_person = tell
        self._told: set[str] = set()
        self._turns: dict[str, list[Turn]] = {}  # those of this process, in case the history fails
        self._missed: list[Callable[[History], object]] = []

    @contextmanager
    def begun(self, subject: Subject) -> Iterator[Recording]:
        """Create a new recording, and lock it. Raises StoreError."""
        recording = self._begin(subject)
        with self.held(recording):
            yield recording

    @contextmanager
    def taken_in(self, source: Path | BinaryIO, subject: Subject) -> Iterator[Recording]:
        """Copy a sound file, or the content of a pipe, to a new recording, and lock it.

        Raises AudioFileError; then no recording is left behind. If sound is missing, the recording
        contains the rest, and the end of the context raises IncompleteSoundError.
        """
        from git_voicenote.audio.files.reading import import_sound

        incomplete: IncompleteSoundError | None = None
        with self.begun(subject) as recording:
            try:
                duration = import_sound(source, recording.path, warn=self._tell)
            except IncompleteSoundError as exc:
                incomplete, duration = exc, exc.seconds
            except VoicenoteError:
                self.forget(recording)
                raise
            yield self.complete(replace(recording, duration=duration))
        if incomplete is not None:
            raise incomplete

    @contextmanager
    def held(self, recording: Recording) -> Iterator[None]:
        """Lock a recording against other processes.

        Raises RecordingInUseError if another process holds it.
        """
        with self.recordings.held(recording.id):
            yield

    def _begin(self, subject: Subject) -> Recording:
        created_at = datetime.now(UTC)
        recording_id = new_recording_id(created_at)
        path = self.recordings.new_path(recording_id)
        recording = Recording(recording_id, path, SAMPLE_RATE, 0.0, created_at)
        self._remember(
            lambda history: history.begin(
                recording_id, target=subject.target, title=subject.title, created_at=created_at
            )
        )
        return recording

    def complete(self, recording: Recording) -> Recording:
        """Record that the sound is complete."""
        self._remember(lambda history: history.finish(recording))
        return recording

    def turned(self, recording: Recording, turn: Turn) -> None:
        """Record which part of a diff is on the screen from now on."""
        self._turns.setdefault(recording.id, []).append(turn)
        self._remember(lambda history: history.turned(recording.id, turn))

    def heard(
        self, recording: Recording, engine: str, language: str, segments: Sequence[Segment]
    ) -> Dictation:
        """Store a transcript, and the sound in its final format.

        If pages of a diff were turned in the meantime, each segment gets its place. Raises
        NothingHeardError, and EngineError if the engine failed on all segments; then nothing is
        stored.
        """
        transcript = self.transcribed(recording, engine, language, segments)
        recording = self.compressed(recording)
        if not transcript.text:
            raise NothingHeardError(
                f"no speech was found in the recording {recording.id}",
                hint=f"`git voicenote play {recording.id}` plays it; `git voicenote devices` "
                "lists the microphones",
            )
        return Dictation(recording, transcript)

    def transcribed(
        self, recording: Recording, engine: str, language: str, segments: Sequence[Segment]
    ) -> Transcript:
        """Store the transcript, as `heard` does, without compressing the sound."""
        turns = self._turns_of(recording)
        transcript = Transcript(recording.id, engine, language, placed(segments, turns))
        if transcript.failure is not None:
            raise EngineError(transcript.failure)
        self._remember(lambda history: history.attempt(transcript))
        return transcript

    def dictation(self, recording_id: str) -> Dictation | None:
        """Return a recording with its latest transcript; None unless both are here."""
        recording, entry = self.find(recording_id), self._recall(recording_id)
        if recording is None or entry is None or entry.transcript is None:
            return None
        return Dictation(recording, entry.transcript)

    def failed(self, recording: Recording, engine: str, language: str, error: Exception) -> None:
        """Store the reason why an engine failed."""
        self._remember(
            lambda history: history.failed_attempt(recording.id, engine, language, str(error))
        )

    def keep(self, recording: Recording) -> Recording:
        """Keep only the sound, and do not offer it again."""
        self._remember(lambda history: history.keep(recording.id))
        return self.compressed(recording)

    def set_aside(self, recording: Recording) -> Recording:
        """Keep the sound; the next command that can use it offers it."""
        self._remember(lambda history: history.interrupt(recording.id))
        return self.compressed(recording)

    def forget(self, recording: Recording) -> None:
        """Delete a recording with its sound."""
        self.recordings.delete(recording.id)
        self._remember(lambda history: history.delete(recording.id))

    def find(self, recording_id: str) -> Recording | None:
        """Return the recording with an id, or None if there is no sound."""
        path = self.recordings.path_of(recording_id)
        if path is None:
            return None
        entry = self._recall(recording_id)
        if entry is None:
            created_at = recording_time(recording_id) or datetime.now(UTC)
            return Recording(recording_id, path, SAMPLE_RATE, 0.0, created_at)
        return Recording(recording_id, path, SAMPLE_RATE, entry.duration, entry.created_at)

    def cut_off(self) -> tuple[InterruptedRecording, ...]:
        """Return the interrupted recordings, repaired; those without sound are deleted.

        Those that were set aside are first. Recordings that another process has locked are left
        out.
        """
        finished: frozenset[str] = frozenset()
        aside: tuple[str, ...] = ()
        try:
            finished = self._history.finished_ids()
            aside = self._history.interrupted_ids()
        except StoreError as exc:
            self._tell(exc.message)
        found = []
        for recording_id in (*aside, *self.recordings.unfinished(finished, is_being_written)):
            # locked, gone, or on a read-only disk: not ours to repair
            with suppress(VoicenoteError), self.recordings.held(recording_id):
                recording = self._repaired(recording_id)
                if recording is not None:
                    entry = self._recall(recording_id)
                    subject = Subject(entry.target, entry.title) if entry else None
                    found.append(InterruptedRecording(recording, subject))
        return tuple(found)

    def is_cut_off(self, recording: Recording) -> bool:
        """Return whether a recording is still unfinished."""
        entry = self._recall(recording.id)
        path = self.recordings.path_of(recording.id)
        if path is None or (entry is not None and entry.state == INTERRUPTED):
            return path is not None
        is_finished = entry is not None and entry.state not in UNFINISHED
        return path.suffix == WAV.suffix and not is_finished

    def _repaired(self, recording_id: str) -> Recording | None:
        """Return a recording, repaired; None if another process finished it or it has no sound."""
        recording = self.find(recording_id)
        if recording is None or not self.is_cut_off(recording):
            return None
        if recording.path.suffix != WAV.suffix:
            return recording  # it was set aside with all its sound
        recording = replace(recording, duration=repair_wav(recording.path))
        if not recording.duration:
            self.forget(recording)
            return None
        return self.complete(recording)

    def _tell(self, text: str) -> None:
        """Warn once if the history cannot be used."""
        if text not in self._told:
            self._told.add(text)
            self._tell_person(text)

    def _turns_of(self, recording: Recording) -> Sequence[Turn]:
        if recording.id in self._turns:
            return self._turns[recording.id]
        entry = self._recall(recording.id)
        return entry.turns if entry else ()

    def _recall(self, recording_id: str) -> HistoryEntry | None:
        try:
            return self._history.entry(recording_id)
        except StoreError as exc:
            self._tell(exc.message)
            return None

    def compressed(self, recording: Recording) -> Recording:
        """Return a recording in its final format; a failure is a warning."""
        from git_voicenote.audio.files.compression import compress

        try:
            recording = replace(recording, path=compress(recording.path, self._form))
        except VoicenoteError as exc:
            self._tell(f"the recording stays a WAV: {exc.message}")
            return recording
        return self.complete(recording)

    def _remember(self, change: Callable[[History], object]) -> None:
        """Change the history, after the changes that failed earlier because it was locked."""
        had_missed = bool(self._missed)
        self._missed.append(change)
        try:
            while self._missed:
                self._missed[0](self._history)
                del self._missed[0]
        except StoreError as exc:
            self._tell(f"this was not saved in the history: {exc.message}")
            return
        if had_missed:
            self._tell("the history is up to date again")
