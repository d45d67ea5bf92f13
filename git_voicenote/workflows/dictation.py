"""Dictating at a terminal: the microphone opens, the person speaks, the words appear."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.clock import clock
from git_voicenote.errors import EngineError
from git_voicenote.store.recordings import state_dir
from git_voicenote.terminal.console import is_interactive, say, warn
from git_voicenote.terminal.recording_display import LiveDisplay, PlainDisplay, can_redraw
from git_voicenote.terminal.signals import Terminated
from git_voicenote.terminal.suspending import suspensions
from git_voicenote.terminal.walk import Walk
from git_voicenote.workflows.archive import Archive, Dictation, Subject
from git_voicenote.workflows.listening import chosen_engine, context_for, warn_of_failures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from git_voicenote.config import Settings
    from git_voicenote.datatypes import Recording, Segment
    from git_voicenote.engines.base import Context, Engine
    from git_voicenote.git.repository import Repository
    from git_voicenote.terminal.recording_display import Display
    from git_voicenote.terminal.suspending import Suspension
    from git_voicenote.workflows.live_dictation import LiveDictation
    from git_voicenote.workflows.walk_pages import Page

_REFRESH = 0.08
"""Seconds between two looks at the recording."""
_UNATTENDED_SILENCE = 3.0
"""Seconds without speech after which a recording ends where no key can end it."""
_RECORD = "git voicenote record "
TAKE_UP = f"{_RECORD}--from"
"""What a recording that became no text is taken up with, by its id."""


def open_archive(
    repository: Repository | None, settings: Settings, tell: Callable[[str], None] = warn
) -> Archive:
    """Return the recordings and the history of a repository, or of the person outside of one."""
    root = state_dir(repository.state_dir if repository else None)
    return Archive(root, settings.recording_format, tell)


@contextmanager
def dictate(
    repository: Repository | None,
    settings: Settings,
    *,
    target: str,
    title: str,
    take_up: str = TAKE_UP,
    pages: Sequence[Page] = (),
    explain: bool = False,
) -> Iterator[Dictation]:
    """Record from the microphone, and give the sound and what was heard in it.

    As long as the context lasts, which is until the words are kept, no other process takes the
    recording up. With `pages`, the person turns them while they speak, and each segment gets its
    place. Raises NothingHeardError, AudioError, EngineError, StoreError; on Ctrl-C
    KeyboardInterrupt, on a signal that ends us Terminated. But for a microphone that never gave
    sound, the recording is kept in each case, and named with `take_up`, the command that goes on
    from it. Ctrl-Z closes the microphone until the shell continues us.
    """
    warnings = _Warnings()  # in the middle of the display one would not be seen
    archive = open_archive(repository, settings, warnings.tell)
    engine = chosen_engine(settings)
    context = partial(
        context_for, repository, settings, engine, target, warnings.tell, explain=explain
    )
    with archive.begun(Subject(target, title)) as recording:
        microphone = _Microphone(archive, settings, engine, context, warnings, take_up)
        yield microphone.dictation(recording, pages)


class _Microphone:
    """A dictation from its first sound to its text."""

    def __init__(
        self,
        archive: Archive,
        settings: Settings,
        engine: Engine,
        context: Callable[[], Context],
        warnings: _Warnings,
        take_up: str,
    ) -> None:
        self._archive = archive
        self._settings = settings
        self._engine = engine
        self._context = context
        self._warnings = warnings
        self._take_up = take_up

    def dictation(self, recording: Recording, pages: Sequence[Page]) -> Dictation:
        """Record, and return what was heard; see `dictate`."""
        # these cost 0.2 s that no other command should pay
        from git_voicenote.audio.capture.microphone import Capture
        from git_voicenote.audio.voice_activity import VoiceActivity
        from git_voicenote.workflows.live_dictation import LiveDictation

        archive, settings, engine = self._archive, self._settings, self._engine
        capture = Capture(
            recording.path, device=settings.microphone, max_duration=settings.max_duration
        )
        dictation = LiveDictation(capture, engine, self._context, VoiceActivity())
        with suspensions() as suspension, capture:
            try:
                dictation.start()
            except BaseException:
                archive.forget(recording)  # nobody was told to speak yet
                raise
            try:
                with self._warnings.held_back():
                    turned = partial(archive.turned, recording)
                    walk = Walk(pages, capture, turned) if pages else None
                    delay = _record(dictation, settings, engine, walk, suspension)
            except (KeyboardInterrupt, Terminated):
                capture.cancel()
                recording = archive.keep(replace(recording, duration=capture.elapsed))
                say(
                    f"\nthe recording {recording.id} is kept ({clock(capture.elapsed)}) · "
                    f"`{self._take_up} {recording.id}` turns it into text"
                )
                raise
        recording = archive.complete(replace(recording, duration=capture.elapsed))
        if capture.failure:
            warn(capture.failure)
        try:
            segments = dictation.result()
            say(f"{clock(round(recording.duration))} spoken, text in {delay:.1f} s")
            return _heard(archive, recording, settings, engine, segments)
        except EngineError as exc:
            raise _engine_failed(archive, recording, settings, engine, exc, self._take_up) from exc


@contextmanager
def transcribe_source(
    repository: Repository | None,
    archive: Archive,
    settings: Settings,
    source: Path | BinaryIO | Recording,
    subject: Subject,
    *,
    take_up: str = TAKE_UP,
    explain: bool = False,
) -> Iterator[Dictation]:
    """Give what an engine hears in a sound file, a pipe or an earlier recording.

    A file's sound is copied to a recording first. Raises as `dictate` does, AudioFileError, and
    RecordingInUseError for a recording that another process is at work on.
    """
    from git_voicenote.datatypes import Recording

    engine = chosen_engine(settings)
    with ExitStack() as stack:
        if isinstance(source, Recording):
            stack.enter_context(archive.held(source))
            recording = source
        else:
            recording = stack.enter_context(archive.taken_in(source, subject))
        context = context_for(repository, settings, engine, subject.target, warn, explain=explain)
        try:
            dictation = _transcribed(archive, settings, recording, engine, context)
        except EngineError as exc:
            raise _engine_failed(archive, recording, settings, engine, exc, take_up) from exc
        yield dictation


def _transcribed(
    archive: Archive, settings: Settings, recording: Recording, engine: Engine, context: Context
) -> Dictation:
    from git_voicenote.audio.files.reading import read_blocks
    from git_voicenote.audio.voice_activity import VoiceActivity
    from git_voicenote.workflows.transcription import transcribe_recording

    segments: list[Segment] = []
    blocks = read_blocks(recording.path, warn=warn)
    for segment in transcribe_recording(blocks, engine, context, VoiceActivity()):
        say(f"  {visible(segment.marked_text)}")
        segments.append(segment)
    return _heard(archive, recording, settings, engine, segments)


def _record(
    dictation: LiveDictation,
    settings: Settings,
    engine: Engine,
    walk: Walk | None,
    suspension: Suspension,
) -> float:
    """Record until the person stops; return how long they then waited for the text."""
    from git_voicenote.terminal.keys import stop_key

    capture = dictation.capture
    interactive = is_interactive()
    silence = settings.silence or (0.0 if interactive else _UNATTENDED_SILENCE)
    say(
        f"engine {engine.info.name} ({engine.info.device}) "
        f"{'is ready' if dictation.is_loaded else 'is loading while you speak'} · "
        f"microphone: {capture.device_name}"
    )
    stops = [f"{silence:g} s of silence stop"] if silence else []
    stops += ["Enter stops", "Ctrl-C keeps the sound and quits"] if interactive else []
    display: Display = LiveDisplay() if interactive and can_redraw() else PlainDisplay()
    session = _Session(dictation, walk.display if walk else display, silence, suspension)
    while True:
        with walk.stop_key() if walk else stop_key() as pressed:
            # not before the key is watched: an Enter that is typed at once counts
            say(f"speak now · {', '.join(stops)}")
            if session.run(pressed):
                return time.monotonic() - session.stopped_at
        # the terminal is as the shell wants it
        capture.pause()
        say("paused, the microphone is off · `fg` goes on")
        suspension.stop_here()
        capture.resume()


class _Session:
    """A recording on the screen, up to its text or a Ctrl-Z."""

    def __init__(
        self, dictation: LiveDictation, display: Display, silence: float, suspension: Suspension
    ) -> None:
        self.stopped_at = 0.0
        """When the person was done; a time of time.monotonic."""
        self._dictation = dictation
        self._display = display
        self._silence = silence
        self._suspension = suspension
        self._is_stopped = False

    def run(self, pressed: Callable[[float], bool]) -> bool:
        """Show how it goes until all is text; return False at a Ctrl-Z before that."""
        with self._display:
            while not self._suspension.asked:
                self._display.update(self._dictation)
                if not self._is_stopped:
                    self._look_for_the_end(pressed)
                elif self._dictation.wait(_REFRESH):
                    self._display.update(self._dictation)
                    return True
        return False

    def _look_for_the_end(self, pressed: Callable[[float], bool]) -> None:
        capture = self._dictation.capture
        if capture.reason is not None:
            self._is_stopped = True
        elif pressed(_REFRESH) or _stops_by_itself(self._dictation, self._silence):
            capture.stop()
            self._is_stopped = True
        self.stopped_at = time.monotonic()


class _Warnings:
    """Warnings, which wait while something is drawn on the screen."""

    def __init__(self) -> None:
        self._held: list[str] | None = None

    def tell(self, text: str) -> None:
        if self._held is None:
            warn(text)
        else:
            self._held.append(text)

    @contextmanager
    def held_back(self) -> Iterator[None]:
        self._held = []
        try:
            yield
        finally:
            held, self._held = self._held, None
            for text in dict.fromkeys(held):
                warn(text)


def _stops_by_itself(dictation: LiveDictation, silence: float) -> bool:
    """Whether nobody has to stop it: after silence, or where no silence will be heard any more."""
    return silence > 0 and (dictation.failure is not None or dictation.has_fallen_silent(silence))


def _heard(
    archive: Archive,
    recording: Recording,
    settings: Settings,
    engine: Engine,
    segments: Sequence[Segment],
) -> Dictation:
    """Keep what was heard, and tell what of it was not understood."""
    dictation = archive.heard(recording, engine.info.name, settings.language, segments)
    warn_of_failures(segments)
    return dictation


def _engine_failed(
    archive: Archive,
    recording: Recording,
    settings: Settings,
    engine: Engine,
    error: EngineError,
    take_up: str,
) -> EngineError:
    archive.failed(recording, engine.info.name, settings.language, error)
    again = f"`{take_up} {recording.id}` tries again"
    if take_up.startswith(_RECORD):
        again += " (--engine: another one)"
    hint = f"{error.hint}; {again}" if error.hint else again
    return EngineError(f"{error.message}; the recording is kept", hint=hint)
