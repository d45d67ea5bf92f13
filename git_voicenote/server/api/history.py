"""/api/history: search, read, play, edit, export and delete recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from git_voicenote.characters import visible
from git_voicenote.server.api.exporting import format_of
from git_voicenote.server.dialogue import RequestDialogue
from git_voicenote.server.jobs.values import segment_values
from git_voicenote.server.requests.bodies import json_body
from git_voicenote.server.responses.downloads import attachment
from git_voicenote.server.responses.refusals import RefusalError, json_response
from git_voicenote.server.responses.sounds import recording_response
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings, recording_time
from git_voicenote.store.search import snippet_of
from git_voicenote.text.export.formats import CSV, JSON
from git_voicenote.workflows.history.deleting import delete_recordings
from git_voicenote.workflows.history.values import entries_table, exported

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from git_voicenote.server.service import Service
    from git_voicenote.store.entries import HistoryEntry

_MAX_PAGE = 500


def routes(service: Service) -> list[BaseRoute]:
    """Return the routes of the history."""
    endpoints = _Endpoints(service)
    return [
        Route("/api/history", endpoints.list_entries, methods=["GET"]),
        Route("/api/history", endpoints.clear, methods=["DELETE"]),
        Route("/api/history/export/{format}", endpoints.export_all, methods=["GET"]),
        Route("/api/history/{id}", endpoints.show, methods=["GET"]),
        Route("/api/history/{id}", endpoints.edit, methods=["PATCH"]),
        Route("/api/history/{id}", endpoints.delete, methods=["DELETE"]),
        Route("/api/history/{id}/audio", endpoints.play, methods=["GET"]),
        Route("/api/history/{id}/export/{format}", endpoints.export, methods=["GET"]),
    ]


class _Endpoints:
    def __init__(self, service: Service) -> None:
        self._service = service

    async def list_entries(self, request: Request) -> Response:
        """List recordings, newest first, or those that a query finds."""
        query = request.query_params.get("q", "").strip()
        limit = _limit(request)
        before = request.query_params.get("before")
        found = await self._service.workers.run(
            _entries, self._service.state, query, limit + 1, before
        )
        values = [_value(self._service.state, entry, query) for entry in found[:limit]]
        following = found[limit - 1].id if len(found) > limit else None
        return json_response({"entries": values, "next": following})

    async def show(self, request: Request) -> Response:
        """Return a recording with its segments."""
        return json_response(_full_value(self._service.state, await self._entry(request)))

    async def edit(self, request: Request) -> Response:
        """Replace the text of a recording; the transcript is kept."""
        entry = await self._entry(request)
        text = (await json_body(request, self._service.limits)).text("text")
        history = History(self._service.state)
        await self._service.workers.run(history.edit, entry.id, visible(text).strip())
        return await self.show(request)

    async def delete(self, request: Request) -> Response:
        """Delete a recording with its sound; notes in git stay."""
        entry = await self._entry(request)
        await self._service.finished([entry.id])
        await self._service.workers.run(
            delete_recordings,
            self._service.state,
            [entry.id],
            RequestDialogue(),
        )
        return Response(status_code=204)

    async def clear(self, request: Request) -> Response:
        """Delete all recordings, or those that a query finds; return their number."""
        service, query = self._service, request.query_params.get("q", "").strip()
        if "q" in request.query_params and not query:
            raise RefusalError(
                400, "the query is empty; without one, all recordings are deleted", param="q",
                code="invalid_value",
            )  # fmt: skip
        found = await service.workers.run(_entries, service.state, query, None, None)
        ids = [entry.id for entry in found]
        await service.finished(ids)
        if ids:
            await service.workers.run(delete_recordings, service.state, ids, RequestDialogue())
        return json_response({"deleted": len(ids)})

    async def play(self, request: Request) -> Response:
        """Return the sound of a recording."""
        entry = await self._entry(request)
        return await recording_response(self._service, entry.id)

    async def export(self, request: Request) -> Response:
        """Return a transcript as a file to save."""
        entry = await self._entry(request)
        form = format_of(request.path_params["format"])
        content = form.render(exported(entry))
        return attachment(content, f"{entry.id}{form.suffix}", form.media_type)

    async def export_all(self, request: Request) -> Response:
        """Return all recordings, or those that a query finds, as one file, oldest first."""
        form = format_of(request.path_params["format"])
        query = request.query_params.get("q", "").strip()
        entries = await self._service.workers.run(_entries, self._service.state, query, None, None)
        ordered = entries[::-1]
        if form is CSV:
            content = entries_table(ordered)
        elif form.together is not None:
            kept = [one for one in ordered if one.transcript or form is JSON]
            content = form.together([exported(one) for one in kept])
        else:
            raise RefusalError(
                400, f"{form.holds} belong to one recording: export each", param="format",
                code="invalid_value",
            )  # fmt: skip
        return attachment(content, f"history{form.suffix}", form.media_type)

    async def _entry(self, request: Request) -> HistoryEntry:
        recording_id = request.path_params["id"]
        found = None
        if recording_time(recording_id) is not None:
            history = History(self._service.state)
            found = await self._service.workers.run(history.entry, recording_id)
        if found is None:
            raise RefusalError(404, "this recording does not exist", code="no_recording")
        return found


def _entries(
    root: Path, query: str, limit: int | None, before: str | None
) -> tuple[HistoryEntry, ...]:
    history = History(root)
    if query:
        return history.search(query, limit=limit, before=before)
    return history.entries(limit, before=before)


def _limit(request: Request) -> int:
    written = request.query_params.get("limit", "50")
    if not (written.isascii() and written.isdigit() and 1 <= int(written[:9]) <= _MAX_PAGE):
        raise RefusalError(
            400, f"limit is a number from 1 to {_MAX_PAGE}", param="limit", code="invalid_value"
        )
    return int(written)


def _value(root: Path, entry: HistoryEntry, query: str) -> dict[str, object]:
    transcript = entry.transcript
    return {
        "id": entry.id,
        "created": entry.created_at.isoformat(),
        "title": visible(entry.title),
        "target": str(entry.target),
        "language": transcript.language if transcript else None,
        "engine": transcript.engine if transcript else None,
        "duration": entry.duration,
        "state": entry.state,
        "text": visible(entry.text),
        "is_edited": entry.edited is not None,
        "snippet": _snippet(entry, query) if query else None,
        "has_audio": Recordings(root).path_of(entry.id) is not None,
    }


def _full_value(root: Path, entry: HistoryEntry) -> dict[str, object]:
    segments = entry.transcript.segments if entry.transcript else ()
    error = next((one.error for one in entry.attempts[::-1] if one.error), None)
    return {
        **_value(root, entry, ""),
        "segments": segment_values(segments),
        "error": None if entry.transcript else error,
        "notes": [
            {"created": one.created_at.isoformat(), "target": str(one.target), "text": one.text}
            for one in entry.notes
        ],
    }


def _snippet(entry: HistoryEntry, query: str) -> dict[str, object] | None:
    """Return where a query was found; offsets are in UTF-16, as browsers count."""
    found = snippet_of(entry, query, width=160)
    if found is None:
        return None
    hits = [[_utf16(found.text[:start]), _utf16(found.text[:end])] for start, end in found.hits]
    return {"text": found.text, "hits": hits}


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
