"""/api/jobs: upload files, follow their transcription, cancel, retry and delete it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from git_voicenote import files
from git_voicenote.audio.files.finding import stated_duration
from git_voicenote.errors import StoreError
from git_voicenote.files.failures import store_error
from git_voicenote.server.jobs.values import file_value, job_value
from git_voicenote.server.requests.uploads import received_form
from git_voicenote.server.responses.events import EventStream
from git_voicenote.server.responses.refusals import RefusalError, json_response
from git_voicenote.server.v1.parameters import (
    parse_keywords,
    parse_language,
    without_brackets,
)
from git_voicenote.store.jobs import Job, JobFile, Jobs, Result
from git_voicenote.store.recordings import new_recording_id, recording_time

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from git_voicenote.server.jobs.runner import JobRunner
    from git_voicenote.server.requests.uploads import UploadForm
    from git_voicenote.server.service import Service

_MIN_FREE = 256 << 20
"""The bytes that uploads leave free on the disk."""
_IN_WORK = ("queued", "running")


def routes(service: Service) -> list[BaseRoute]:
    """Return the routes of jobs."""
    endpoints = _Endpoints(service)
    return [
        Route("/api/jobs", endpoints.list_jobs, methods=["GET"]),
        Route("/api/jobs", endpoints.create, methods=["POST"]),
        Route("/api/jobs/events", endpoints.all_events, methods=["GET"]),
        Route("/api/jobs/{id}", endpoints.show, methods=["GET"]),
        Route("/api/jobs/{id}", endpoints.delete, methods=["DELETE"]),
        Route("/api/jobs/{id}/cancel", endpoints.cancel, methods=["POST"]),
        Route("/api/jobs/{id}/retry", endpoints.retry, methods=["POST"]),
        Route("/api/jobs/{id}/events", endpoints.events, methods=["GET"]),
    ]


def runner_of(service: Service) -> JobRunner:
    """Return the runner of the jobs. Raises RefusalError if another service has it."""
    if service.jobs is None:
        raise RefusalError(
            409, "another service runs the jobs of this repository: use that one, or end it",
            code="jobs_elsewhere",
        )  # fmt: skip
    return service.jobs


async def job_of(service: Service, request: Request) -> Job:
    """Return the job that a path names. Raises RefusalError."""
    job_id = request.path_params["id"]
    job = None
    if recording_time(job_id) is not None:
        job = await service.workers.run(runner_of(service).jobs.job, job_id)
    if job is None:
        raise no_job()
    return job


def no_job() -> RefusalError:
    """Return the refusal for a job that does not exist."""
    return RefusalError(404, "this job does not exist", code="no_job")


class _Endpoints:
    def __init__(self, service: Service) -> None:
        self._service = service

    async def list_jobs(self, _request: Request) -> Response:
        """List the jobs, newest first, without their texts."""
        runner = runner_of(self._service)
        jobs = await self._service.workers.run(runner.jobs.all)
        used = await self._service.workers.run(runner.jobs.size)
        return json_response(
            {
                "jobs": [job_value(one, runner.heard, with_segments=False) for one in jobs],
                "storage": {"used": used, "limit": self._service.limits.stored},
            }
        )

    async def create(self, request: Request) -> Response:
        """Create a job from the files of a form."""
        service, runner = self._service, runner_of(self._service)
        await service.workers.run(_check_room, service, runner.jobs, _length(request))
        async with received_form(
            request, service.spool, service.limits, max_files=service.limits.files
        ) as form:
            fields = without_brackets(form.fields)
            language = dict(fields).get("language") or service.settings.language
            language = parse_language(language, service.decoder.info)
            keywords = parse_keywords(fields)
            await service.workers.run(_check_room, service, runner.jobs, 0)
            job = await service.workers.run(_store, runner.jobs, form, language, keywords)
        runner.changes.publish(job.id)
        runner.wake()
        value = job_value(job, {}, with_segments=False)
        return json_response(value, 201, {"Location": f"/api/jobs/{job.id}"})

    async def show(self, request: Request) -> Response:
        """Return a job with its texts."""
        return await self._job(request)

    async def delete(self, request: Request) -> Response:
        """Delete a job, with its sound and texts."""
        job = await job_of(self._service, request)
        await runner_of(self._service).delete(job.id)
        return Response(status_code=204)

    async def cancel(self, request: Request) -> Response:
        """Cancel the unfinished files."""
        job = await job_of(self._service, request)
        await runner_of(self._service).cancel(job.id)
        return await self._job(request)

    async def retry(self, request: Request) -> Response:
        """Transcribe the failed and cancelled files again."""
        job = await job_of(self._service, request)
        await runner_of(self._service).retry(job.id)
        return await self._job(request)

    async def events(self, request: Request) -> Response:
        """Send the job, then each change of a file, until the job has ended."""
        job = await job_of(self._service, request)
        return EventStream(_events(self._service, job.id))

    async def all_events(self, _request: Request) -> Response:
        """Send all jobs, then each change, while the client listens."""
        runner_of(self._service)
        return EventStream(_all_events(self._service))

    async def _job(self, request: Request) -> Response:
        job = await job_of(self._service, request)
        heard = runner_of(self._service).heard
        return json_response(job_value(job, heard, with_segments=True))


async def _events(service: Service, job_id: str) -> AsyncIterator[dict[str, object] | None]:
    """Yield the events of a job; None keeps the connection alive."""
    runner, workers = runner_of(service), service.workers
    with runner.changes.following(job_id) as follower:
        job = await workers.run(runner.jobs.job, job_id)
        if job is not None:
            yield {"type": "job", "job": job_value(job, runner.heard, with_segments=False)}
        while job is not None and job.state in _IN_WORK and not follower.is_closed:
            changed = await follower.changed(EventStream.SILENCE)
            if changed is None:
                yield None
                continue
            job = await workers.run(runner.jobs.job, job_id)
            if job is None:
                break
            for number in changed.get(job_id, ()):
                yield {"type": "file", "file": _file_value(runner, job, number)}
        if not follower.is_closed:
            yield {"type": "end", "state": "deleted" if job is None else job.state}


async def _all_events(service: Service) -> AsyncIterator[dict[str, object] | None]:
    """Yield the events of all jobs; None keeps the connection alive.

    A browser opens at most six connections to the service, so a page cannot follow each job
    separately.
    """
    runner, workers = runner_of(service), service.workers
    with runner.changes.following(None) as follower:
        jobs = await workers.run(runner.jobs.all)
        values = [job_value(one, runner.heard, with_segments=False) for one in jobs]
        yield {"type": "jobs", "jobs": values}
        while not follower.is_closed:
            changed = await follower.changed(EventStream.SILENCE)
            if changed is None:
                yield None
                continue
            for job_id, numbers in changed.items():
                job = await workers.run(runner.jobs.job, job_id)
                if job is None:
                    yield {"type": "deleted", "id": job_id}
                elif not numbers:
                    yield {"type": "job", "job": job_value(job, runner.heard, with_segments=False)}
                else:
                    found = [_file_value(runner, job, number) for number in numbers]
                    yield {"type": "files", "id": job_id, "state": job.state, "files": found}


def _file_value(runner: JobRunner, job: Job, number: int) -> dict[str, object]:
    heard = runner.heard.get((job.id, number))
    return file_value(job.files[number], heard, with_segments=False)


def _length(request: Request) -> int:
    stated = request.headers.get("content-length", "")
    return int(stated[:20]) if stated.isascii() and stated.isdigit() else 0


def _check_room(service: Service, jobs: Jobs, size: int) -> None:
    """Raise RefusalError if the sound of all jobs would exceed its limit."""
    if jobs.size() + size > service.limits.stored:
        raise RefusalError(
            507, f"the sound of jobs may take {service.limits.stored:,} bytes: delete some jobs",
            code="storage_full",
        )  # fmt: skip
    try:
        free = files.free_room(service.spool)
    except OSError as exc:
        raise store_error("cannot write jobs", exc) from exc
    if free < size + _MIN_FREE:
        raise RefusalError(507, "the disk is full", code="storage_full")


def _store(jobs: Jobs, form: UploadForm, language: str, keywords: tuple[str, ...]) -> Job:
    """Move the files of a form to a new job. Raises StoreError, and leaves nothing behind."""
    now = datetime.now(UTC)
    job_id = new_recording_id(now)
    jobs.prepare(job_id)
    try:
        stored = []
        for number, one in enumerate(form.files):
            duration = stated_duration(one.path)
            files.move(one.path, jobs.sound(job_id, number))
            stored.append(JobFile(number, one.name, Result("queued", duration)))
        job = Job(job_id, now, language, keywords, tuple(stored))
        jobs.add(job)
    except OSError as exc:
        jobs.discard(job_id)
        raise store_error("cannot write jobs", exc) from exc
    except StoreError:
        jobs.discard(job_id)
        raise
    return job
