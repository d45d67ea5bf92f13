"""/api/jobs/ID/files and /archive: the sound and the transcripts of a job."""

from __future__ import annotations

import os
import secrets
import zipfile
from typing import TYPE_CHECKING

from starlette.routing import Route

from git_voicenote import files
from git_voicenote.characters import visible
from git_voicenote.errors import VoicenoteError
from git_voicenote.files.failures import store_error
from git_voicenote.server.api.exporting import format_of
from git_voicenote.server.api.jobs import job_of, no_job, runner_of
from git_voicenote.server.requests.labels import result_names
from git_voicenote.server.responses.downloads import attachment, file_attachment
from git_voicenote.server.responses.refusals import RefusalError
from git_voicenote.server.responses.sounds import upload_response
from git_voicenote.text.export.formats import TEXT
from git_voicenote.workflows.hearing.batch import FileResult
from git_voicenote.workflows.transcribe.results import Rendering

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from git_voicenote.server.service import Service
    from git_voicenote.store.jobs import Job, JobFile
    from git_voicenote.text.export.formats import ExportFormat

_FAILURES = "failed.txt"
_MAX_DIGITS = 9


def routes(service: Service) -> list[BaseRoute]:
    """Return the routes of this module."""

    async def play(request: Request) -> Response:
        job = await job_of(service, request)
        file = _file(job, request.path_params["number"])
        return await upload_response(service, runner_of(service).jobs.sound(job.id, file.number))

    async def export(request: Request) -> Response:
        job = await job_of(service, request)
        file = _file(job, request.path_params["number"])
        form = format_of(request.path_params["format"])
        if file.result.state != "done":
            raise RefusalError(409, "this file has no transcript yet", code="not_done")
        name = result_names([file.name], form.suffix)[0].rpartition("/")[2]
        return attachment(_rendered(job, file, form), name, form.media_type)

    async def archive(request: Request) -> Response:
        job = await job_of(service, request)
        names = request.query_params.getlist("format") or [TEXT.name]
        forms = tuple(dict.fromkeys(format_of(name) for name in names))
        path = service.spool / f"{secrets.token_hex(16)}.zip"
        await service.workers.run(_write_archive, path, job, forms)
        return file_attachment(path, f"transcripts-{job.id}.zip", "application/zip")

    return [
        Route("/api/jobs/{id}/files/{number}/audio", play),
        Route("/api/jobs/{id}/files/{number}/export/{format}", export),
        Route("/api/jobs/{id}/archive", archive),
    ]


def _file(job: Job, written: str) -> JobFile:
    # Starlette's convertor of numbers fails for one of more than 4,300 digits
    is_number = written.isascii() and written.isdigit() and len(written) <= _MAX_DIGITS
    number = int(written) if is_number else len(job.files)
    if number >= len(job.files):
        raise no_job()
    return job.files[number]


def _rendered(job: Job, file: JobFile, form: ExportFormat) -> str:
    result = file.result
    rendering = Rendering(form, result.engine or "", None, job.language)
    # the error of a file that is done says what is missing
    error = VoicenoteError(result.error.message) if result.error else None
    return rendering.text(file.name, FileResult(result.duration or 0.0, result.segments, error))


def _write_archive(path: Path, job: Job, forms: Sequence[ExportFormat]) -> None:
    """Write the transcripts of the finished files, in their folders; list the others."""
    done = [file for file in job.files if file.result.state == "done"]
    try:
        with (
            os.fdopen(files.open_new(path), "w+b") as output,
            zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            taken = [_FAILURES]
            for form in forms:
                names = result_names([file.name for file in done], form.suffix, taken)
                taken += names
                for name, file in zip(names, done, strict=True):
                    archive.writestr(name, _rendered(job, file, form))
            if missing := _missing(job):
                archive.writestr(_FAILURES, missing)
    except OSError as exc:
        path.unlink(missing_ok=True)
        raise store_error("cannot write the archive", exc) from exc


def _missing(job: Job) -> str:
    lines = []
    for file in job.files:
        result = file.result
        if result.state != "done":
            reason = f": {result.error.message}" if result.error else ""
            lines.append(f"{file.name}: {result.state}{reason}\n")
        elif result.error:
            lines.append(f"{file.name}: incomplete: {result.error.message}\n")
    return visible("".join(lines))
