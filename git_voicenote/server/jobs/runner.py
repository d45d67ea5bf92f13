"""Transcribes the queued files of all jobs, the oldest first, one at a time."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.errors import IncompleteSoundError, StoreError, VoicenoteError
from git_voicenote.log import Log
from git_voicenote.server.decoding.messages import SegmentHeard
from git_voicenote.server.jobs.changes import JobChanges
from git_voicenote.server.responses.refusals import refusal_of
from git_voicenote.store.jobs import Failure, Jobs, Result

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from git_voicenote.datatypes import Segment
    from git_voicenote.server.decoding.decoder import Decoder
    from git_voicenote.server.decoding.messages import Done
    from git_voicenote.server.monitoring.metrics import Metrics
    from git_voicenote.store.jobs import Task

_log = Log(__name__)


@asynccontextmanager
async def running_jobs(
    state: Path, decoder: Decoder, metrics: Metrics, warn: Callable[[str], None]
) -> AsyncIterator[JobRunner | None]:
    """Run the jobs in a state folder; None if another service runs them.

    Files that were interrupted by the end of a service are transcribed again.
    """
    try:
        with files.claim(state / "jobs.lock"):
            runner = JobRunner(Jobs(state), decoder, metrics, warn)
            async with runner.running():
                yield runner
    except BlockingIOError:
        yield None


class JobRunner:
    """The jobs of a service, and the task that works on them."""

    def __init__(
        self, jobs: Jobs, decoder: Decoder, metrics: Metrics, warn: Callable[[str], None]
    ) -> None:
        self.jobs = jobs
        self.changes = JobChanges()
        self.heard: dict[tuple[str, int], float] = {}
        """The processed seconds of files that are being transcribed."""
        self._decoder = decoder
        self._metrics = metrics
        self._warn = warn
        self._wake = asyncio.Event()
        self._taking = asyncio.Lock()  # for taking a file, and cancelling one
        self._current: tuple[Task, asyncio.Task[Result]] | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work on the jobs while the context lasts; its end interrupts the current file."""
        try:
            await asyncio.to_thread(self.jobs.discard_unknown)
            if await asyncio.to_thread(self.jobs.resume):
                self._wake.set()
        except StoreError as exc:
            self._warn(exc.message)
        work = asyncio.create_task(self._work())
        try:
            yield
        finally:
            self.changes.close()
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    def wake(self) -> None:
        """Look for queued files."""
        self._wake.set()

    async def cancel(self, job_id: str) -> None:
        """Cancel the unfinished files of a job. Raises StoreError."""
        numbers = await asyncio.to_thread(self.jobs.cancel, job_id)
        await self._interrupt(job_id)
        self.changes.publish(job_id, *numbers)

    async def retry(self, job_id: str) -> None:
        """Queue the failed and cancelled files of a job again. Raises StoreError."""
        numbers = await asyncio.to_thread(self.jobs.retry, job_id)
        self.changes.publish(job_id, *numbers)
        self.wake()

    async def delete(self, job_id: str) -> bool:
        """Delete a job; return whether there was one. Raises StoreError."""
        await asyncio.to_thread(self.jobs.cancel, job_id)
        await self._interrupt(job_id)
        is_deleted = await asyncio.to_thread(self.jobs.delete, job_id)
        self.changes.publish(job_id)
        return is_deleted

    async def _interrupt(self, job_id: str) -> None:
        """Cancel the current file if it belongs to this job, and wait until it has stopped."""
        async with self._taking:
            if self._current is None or self._current[0].job_id != job_id:
                return
            task, hearing = self._current
        hearing.cancel()
        await asyncio.wait([hearing])
        if hearing.cancelled():
            await self._finish(task, Result("cancelled"))

    async def _work(self) -> None:
        while True:
            try:
                async with self._taking:
                    task = await asyncio.to_thread(self.jobs.take)
                    if task is not None:
                        self._current = (task, asyncio.create_task(self._hear(task)))
                if self._current is not None:
                    await self._attend(*self._current)
                else:
                    await self._wake.wait()
                    self._wake.clear()
            except StoreError as exc:  # perhaps a full disk: continue with the next request
                self._warn(f"jobs are stopped: {exc.message}")
                self._wake.clear()
                await self._wake.wait()

    async def _attend(self, task: Task, hearing: asyncio.Task[Result]) -> None:
        self.changes.publish(task.job_id, task.number)
        try:
            await asyncio.wait([hearing])
        finally:
            self._current = None
            self.heard.pop((task.job_id, task.number), None)
            if not hearing.done():  # the service stops: the file is queued at the next start
                hearing.cancel()
                await asyncio.gather(hearing, return_exceptions=True)
        if not hearing.cancelled():
            await self._finish(task, hearing.result())

    async def _finish(self, task: Task, result: Result) -> None:
        await asyncio.to_thread(self.jobs.finish, task, result)
        self.changes.publish(task.job_id, task.number)

    async def _hear(self, task: Task) -> Result:
        """Return the result of a file, which may be a failure."""
        segments: list[Segment] = []

        def progress(seconds: float) -> None:
            self.heard[task.job_id, task.number] = seconds
            self.changes.publish(task.job_id, task.number)

        try:
            path = self.jobs.sound(task.job_id, task.number)
            events = self._decoder.hear(path, task.language, task.keywords, progress)
            async with aclosing(events):
                async for event in events:
                    if not isinstance(event, SegmentHeard):
                        return self._result(event, tuple(segments))
                    segments.append(event.segment)
        except VoicenoteError as exc:
            return Result("failed", error=_failure(exc))
        except Exception as exc:  # noqa: BLE001 - one file must not stop the others
            _log.failed("a file of a job failed", exc)
            self._warn(f"unexpected {type(exc).__name__}: {exc}")
            return Result(
                "failed", error=Failure("the service failed; see its terminal", code="unexpected")
            )
        raise RuntimeError("the decoder did not end the file")

    def _result(self, done: Done, segments: tuple[Segment, ...]) -> Result:
        if done.error is not None and not isinstance(done.error, IncompleteSoundError):
            return Result("failed", warnings=done.warnings, error=_failure(done.error))
        self._metrics.heard(done.duration, done.took)
        error = _failure(done.error) if done.error else None
        engine = self._decoder.info.name
        return Result("done", done.duration, engine, segments, done.warnings, error)


def _failure(error: VoicenoteError) -> Failure:
    return Failure(error.message, error.hint, refusal_of(error).code)
