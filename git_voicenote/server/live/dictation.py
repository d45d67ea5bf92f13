"""A dictation of the service: its recording, its segments and its text."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from git_voicenote.audio.capture.received import ReceivedSound
from git_voicenote.errors import EngineError, VoicenoteError
from git_voicenote.server.decoding.messages import Done, Partial, SegmentHeard
from git_voicenote.server.live import events
from git_voicenote.server.live.passing import DiscardingKeeper, passing_sound
from git_voicenote.server.live.speech import Speech
from git_voicenote.server.responses.refusals import RefusalError
from git_voicenote.workflows.hearing.archive import open_archive

if TYPE_CHECKING:
    from git_voicenote.datatypes import Recording, Segment
    from git_voicenote.server.decoding.decoder import LiveHearing
    from git_voicenote.server.live.passing import RecordingKeeper
    from git_voicenote.server.live.subjects import DictationSubject
    from git_voicenote.server.service import Service
    from git_voicenote.targets import Target


@dataclass(frozen=True, slots=True)
class BegunRecording:
    """A new recording: no other process uses it until `held` is closed.

    Without a target, nothing is kept, and there are segments only.
    """

    archive: RecordingKeeper
    recording: Recording
    sound: ReceivedSound
    held: ExitStack
    target: Target | None


def begin_recording(service: Service, found: DictationSubject, rate: int) -> BegunRecording:
    """Create a recording for sound that will arrive. Raises StoreError."""
    archive = open_archive(found.repository, service.settings, service.warn)
    with ExitStack() as stack:
        recording = stack.enter_context(archive.begun(found.subject))
        try:
            sound = ReceivedSound(recording.path, rate)
        except VoicenoteError:
            archive.forget(recording)
            raise
        return BegunRecording(archive, recording, sound, stack.pop_all(), found.subject.target)


def begin_passing(service: Service, rate: int) -> BegunRecording:
    """Create a place for sound that is not kept. Raises StoreError."""
    passing = passing_sound(service.spool, rate)
    return BegunRecording(DiscardingKeeper(), passing.recording, passing.sound, passing.held, None)


class DictationSession:
    """A dictation from its first sound to its text."""

    def __init__(
        self, service: Service, begun: BegunRecording, language: str, keywords: tuple[str, ...] = ()
    ) -> None:
        self.id = begun.recording.id
        settings, limits = service.settings, service.limits
        lost = limits.lost if begun.target else 0.0
        self.speech = Speech(
            self.id, begun.sound, settings.max_duration, lost, max_events=limits.events
        )
        self._service = service
        self._begun = begun
        self._language = language
        self._keywords = keywords
        self._engine = service.decoder.info.name
        self._segments: list[Segment] = []

    async def run(self) -> None:
        """Transcribe it to its end, and send its text to the client."""
        speech, archive = self.speech, self._begun.archive
        completing = asyncio.create_task(self._complete())
        hearing = asyncio.create_task(self._hear(completing))
        try:
            recording = await asyncio.shield(completing)
            match speech.ended.result():
                case "cancelled":
                    await asyncio.to_thread(archive.keep, recording)
                    speech.finish({"type": "cancelled", "id": self.id})
                case "lost":
                    speech.fail(_no_longer_waiting())
                case _:
                    await self._finish(recording, await hearing or await self._hear_again())
        except Exception as exc:  # noqa: BLE001 - what it is, the client is told
            speech.fail(self._service.refusal(exc))
        finally:
            hearing.cancel()
            speech.end("lost")  # the service ends: `record` offers the recording
            await asyncio.shield(completing)
            self._begun.held.close()
            if (finishing := self._service.finishing.pop(self.id, None)) is not None:
                finishing.set()

    async def _complete(self) -> Recording:
        """Wait for the end of the sound, and return its recording. Raises StoreError."""
        how = await self.speech.ended
        sound = self._begun.sound
        await asyncio.to_thread(sound.close)
        if how == "limit":
            text = f"the recording is {sound.seconds:.0f} s long, which is the limit"
            self._warn(text, "limit_reached")
        recording = replace(self._begun.recording, duration=sound.duration)
        if how != "lost":
            await asyncio.to_thread(self._begun.archive.complete, recording)
        return recording

    async def _hear(self, completing: asyncio.Task[Recording]) -> Done | None:
        """Return the engine's final message, None if it failed before."""
        try:
            with self._order() as heard:
                completing.add_done_callback(lambda _: heard.complete())
                async for event in heard:
                    match event:
                        case Partial(_, heard_so_far):
                            self.speech.outbox.put(events.partial(heard_so_far))
                        case SegmentHeard(_, segment):
                            self._segments.append(segment)
                            self.speech.outbox.put(events.segment(segment))
                        case Done():
                            return event
        except EngineError as exc:
            text = f"transcription stopped: {exc.message}; still recording"
            self._warn(text, "transcription_stopped")
        return None

    async def _hear_again(self) -> Done:
        """Transcribe the complete sound with a new engine process. Raises EngineError."""
        self._segments.clear()
        with self._order() as heard:
            heard.complete()
            async for event in heard:
                if isinstance(event, SegmentHeard):
                    self._segments.append(event.segment)
                elif isinstance(event, Done):
                    return event
        raise AssertionError("the engine process neither finished nor ended")

    async def _finish(self, recording: Recording, done: Done) -> None:
        """Store the transcript, send the text, and convert the sound to its final format."""
        archive, engine, language = self._begun.archive, self._engine, self._language
        if done.error is not None:
            await asyncio.to_thread(archive.failed, recording, engine, language, done.error)
            raise done.error
        for text in done.warnings:
            self._warn(text)
        await asyncio.to_thread(archive.transcribed, recording, engine, language, self._segments)
        self._service.finishing[self.id] = asyncio.Event()
        self.speech.finish(events.final(self.id, done.text, self._segments, recording.duration))
        await asyncio.to_thread(archive.compressed, recording)

    def _order(self) -> AbstractContextManager[LiveHearing]:
        begun = self._begun
        return self._service.decoder.dictation(
            begun.recording.path, self._language, self._keywords, begun.target
        )

    def _warn(self, text: str, code: str | None = None) -> None:
        self.speech.outbox.put(events.warning(text, code))


def _no_longer_waiting() -> RefusalError:
    return RefusalError(
        404, "the dictation ended while the connection was lost; its recording is kept",
        param="resume", code="dictation_not_found",
    )  # fmt: skip
