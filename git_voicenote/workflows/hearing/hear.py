"""Transcribe speech: from the microphone, a sound file, or an earlier recording."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.clock import length
from git_voicenote.datatypes import Recording
from git_voicenote.errors import (
    AudioFileError,
    Cancelled,
    EngineError,
    IncompleteSoundError,
    NegativeAnswer,
    Terminated,
    VoicenoteError,
)
from git_voicenote.targets import MessageTarget
from git_voicenote.workflows.dialogue import DiffWalk
from git_voicenote.workflows.hearing.archive import Subject, open_archive
from git_voicenote.workflows.hearing.browser_link import show_link
from git_voicenote.workflows.leftovers import NEXT_COMMIT, NEXT_RECORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import BinaryIO, TypeAlias

    from git_voicenote.datatypes import Segment
    from git_voicenote.workflows.dialogue import Dialogue
    from git_voicenote.workflows.explain.walk_pages import Page
    from git_voicenote.workflows.hearing.archive import Archive, Dictation
    from git_voicenote.workflows.hearing.listening import Listening
    from git_voicenote.workflows.hearing.live_dictation import LiveDictation

    SoundSource: TypeAlias = Path | BinaryIO | Recording
    """A sound file, a pipe, or an earlier recording."""

UNATTENDED_SILENCE = 3.0
"""Seconds without speech that end a recording if no key can."""
_RECORD = "git voicenote record "
RESUME = f"{_RECORD}--from"
"""The command that resumes from a recording, before its id."""


@contextmanager
def hear(
    listening: Listening,
    dialogue: Dialogue,
    title: str,
    source: SoundSource | str | None = None,
    *,
    resume: str = RESUME,
    pages: Sequence[Page] = (),
) -> Iterator[Dictation]:
    """Record from the microphone, or read a `source`, and provide the recording and its transcript.

    A `source` may be a string from --from: a file, or the id of a recording. The sound of a file is
    copied to a new recording. `title` is the name of the subject for people. The context should
    last until the words are saved: meanwhile, no other process resumes the recording, and if the
    context ends with an exception, the next command that can use the recording offers it. With
    `pages`, the user turns them while they speak, and each segment gets its place.

    Raises NothingHeardError, AudioError, EngineError, StoreError and RecordingInUseError;
    KeyboardInterrupt on Ctrl-C, and Terminated on a signal. In each case, the recording is kept,
    unless it has no sound; `resume` is the command that resumes from it. If sound is missing in a
    source, the end of the context raises IncompleteSoundError.
    """
    settings = listening.settings
    archive = open_archive(listening.repository, settings, dialogue.warn)
    hearing = _Hearing(archive, listening, dialogue, resume)
    subject = Subject(listening.target, title)
    if source is None:
        with archive.begun(subject) as recording:
            dictation = hearing.from_microphone(recording, pages, title)
            with hearing.set_aside_unless_saved(dictation):
                yield dictation
        return
    sound = _named(archive, source) if isinstance(source, str) else source
    incomplete: list[IncompleteSoundError] = []
    if isinstance(sound, Recording):
        with archive.held(sound):
            dictation = hearing.from_recording(sound, incomplete.append)
            with hearing.set_aside_unless_saved(dictation):
                yield dictation
    else:
        with archive.taken_in(sound, subject) as recording:
            dictation = hearing.from_recording(recording, incomplete.append)
            with hearing.set_aside_unless_saved(dictation):
                yield dictation
    if incomplete:
        raise incomplete[0]


def _named(archive: Archive, name: str) -> Path | Recording:
    """Return the file or the recording with a name. Raises AudioFileError."""
    path = Path(name)
    if path.exists():
        return path
    recording = archive.find(name)
    if recording is None:
        raise AudioFileError(
            f"there is no file and no recording {name!r}",
            hint="`git voicenote history list` shows the recordings",
        )
    return recording


class _Hearing:
    """A dictation for one target, from the first sound to the transcript."""

    def __init__(
        self, archive: Archive, listening: Listening, dialogue: Dialogue, resume: str
    ) -> None:
        self._archive = archive
        self._listening = listening
        self._dialogue = dialogue
        self._resume = resume
        self._is_message = isinstance(listening.target, MessageTarget)
        self._engine = listening.engine  # report an unknown one before recording

    def from_microphone(self, recording: Recording, pages: Sequence[Page], title: str) -> Dictation:
        """Record until the user stops, and return the dictation."""
        # these take 0.2 s to import
        from git_voicenote.audio.capture.microphone import Capture
        from git_voicenote.audio.voice_activity import Detection, VoiceActivity
        from git_voicenote.workflows.hearing.live_dictation import LiveDictation

        settings = self._listening.settings
        capture = Capture(
            recording.path, device=settings.microphone, max_duration=settings.max_duration,
            title=title, waiting=lambda link: show_link(link, self._dialogue),
        )  # fmt: skip
        live = LiveDictation(
            capture, self._engine, lambda: self._listening.context,
            VoiceActivity(Detection.of(settings)),
        )  # fmt: skip
        silence = settings.silence
        if not (silence or self._dialogue.is_interactive):
            silence = UNATTENDED_SILENCE
        walk = DiffWalk(pages, partial(self._archive.turned, recording)) if pages else None
        with capture:
            try:
                delay = self._dialogue.attend(live, silence, walk)
            except BaseException as exc:
                if not live.is_started:
                    self._archive.forget(recording)  # recording has not started yet
                elif isinstance(exc, (KeyboardInterrupt, Terminated)):
                    capture.cancel()
                    self._keep(replace(recording, duration=capture.elapsed))
                raise
            return self._spoken(replace(recording, duration=capture.elapsed), live, delay)

    def _spoken(self, recording: Recording, live: LiveDictation, delay: float) -> Dictation:
        """Return the dictation of a recording whose sound is complete."""
        capture = live.capture
        if capture.reason == "cancelled":
            self._keep(recording)
            raise NegativeAnswer("the dictation was cancelled in the browser")
        recording = self._archive.complete(recording)
        if capture.failure:
            self._dialogue.warn(capture.failure)
        with self._failures_kept(recording):
            segments = live.result()
            spoken = length(recording.duration)
            self._dialogue.say(f"{spoken} spoken, text in {delay:.1f} s")
            dictation = self._heard(recording, segments)
        if capture.shows_text:
            from git_voicenote.workflows.hearing.writing import written_text

            capture.conclude(written_text(self._listening, segments)[0])
        return dictation

    def from_recording(
        self, recording: Recording, incomplete: Callable[[IncompleteSoundError], None]
    ) -> Dictation:
        """Transcribe a recording; `incomplete` is set if sound is missing in it."""
        from git_voicenote.audio.files.reading import read_blocks, tolerate_missing_sound
        from git_voicenote.audio.voice_activity import Detection, VoiceActivity
        from git_voicenote.workflows.hearing.transcription import transcribe_recording

        context = self._listening.context
        if self._engine.info.server:
            self._dialogue.say(f"the sound is sent to {self._engine.info.server}")
        with self._failures_kept(recording):
            segments: list[Segment] = []
            blocks = tolerate_missing_sound(
                read_blocks(recording.path, warn=self._dialogue.warn), incomplete
            )
            activity = VoiceActivity(Detection.of(self._listening.settings))
            for segment in transcribe_recording(blocks, self._engine, context, activity):
                self._dialogue.say(f"  {visible(segment.marked_text)}")
                segments.append(segment)
            return self._heard(recording, segments)

    def _heard(self, recording: Recording, segments: Sequence[Segment]) -> Dictation:
        """Store the transcript, and report its failed segments."""
        dictation = self._archive.heard(
            recording, self._engine.info.name, self._listening.settings.language, segments
        )
        warn_of_failures(segments, self._dialogue.warn)
        return dictation

    @contextmanager
    def set_aside_unless_saved(self, dictation: Dictation) -> Iterator[None]:
        """Offer the recording again if a failure, or the user, stops the work."""
        try:
            yield
        except NegativeAnswer:
            raise  # the user retracted everything
        except (VoicenoteError, Cancelled, KeyboardInterrupt, Terminated):
            recording = self._archive.set_aside(dictation.recording)
            then = NEXT_RECORD if self._resume.startswith(_RECORD) else self._again(recording)
            self._dialogue.say(f"the recording {recording.id} is kept")
            self._dialogue.say(NEXT_COMMIT if self._is_message else then)
            raise

    def _again(self, recording: Recording) -> str:
        return f"`{self._resume} {recording.id}` transcribes it"

    def _keep(self, recording: Recording) -> None:
        then = self._again(recording)
        if self._is_message:
            self._archive.set_aside(recording)
            then = NEXT_COMMIT
        else:
            self._archive.keep(recording)
        kept = f"the recording {recording.id} is kept ({length(recording.duration)})"
        self._dialogue.say(f"\n{kept}\n{then}")

    @contextmanager
    def _failures_kept(self, recording: Recording) -> Iterator[None]:
        """Store the failure of an engine, and name the command that resumes."""
        try:
            yield
        except EngineError as exc:
            language = self._listening.settings.language
            self._archive.failed(recording, self._engine.info.name, language, exc)
            again = f"`{self._resume} {recording.id}` tries it again"
            if self._is_message:
                self._archive.set_aside(recording)
                again = NEXT_COMMIT
            elif self._resume.startswith(_RECORD):
                again += " (--engine: another one)"
            hint = f"{exc.hint}; {again}" if exc.hint else again
            raise EngineError(f"{exc.message}; the recording is kept", hint=hint) from exc


def warn_of_failures(
    segments: Iterable[Segment], warn: Callable[[str], None], name: str = ""
) -> None:
    """Report the failed segments of a recording, with the reasons; `name` is its file's."""
    marks: dict[str, list[str]] = {}
    for segment in segments:
        if segment.failure is not None:
            marks.setdefault(segment.failure, []).append(segment.mark)
    for failure, found in marks.items():
        warn(visible(f"{name}: " if name else "") + f"{' '.join(found)} ({visible(failure)})")
