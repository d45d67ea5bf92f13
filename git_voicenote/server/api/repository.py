"""/api/repository, /api/notes and /api/cover: the notes of commits, and the cover."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from starlette.responses import Response
from starlette.routing import Route

from git_voicenote.characters import visible
from git_voicenote.errors import ChangedMeanwhileError
from git_voicenote.notes.covers import Covers
from git_voicenote.notes.format import parse_notes, render_notes, words_of
from git_voicenote.server.api.versions import text_of, version_of
from git_voicenote.server.repositories import request_repository
from git_voicenote.server.requests.bodies import json_body
from git_voicenote.server.responses.refusals import RefusalError, json_response, refusal_of
from git_voicenote.workflows.explain.explainable import ExplainedCommit, ExplainedSeries
from git_voicenote.workflows.explain.listing import list_commits
from git_voicenote.workflows.explain.removing import Removing
from git_voicenote.workflows.explain.writing import How, notes_from, save_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from git_voicenote.datatypes import Note
    from git_voicenote.server.repositories import RequestRepository
    from git_voicenote.server.requests.bodies import Body
    from git_voicenote.server.service import Service
    from git_voicenote.workflows.explain.explainable import Explainable

_MAX_COMMITS = 200


def routes(service: Service) -> list[BaseRoute]:
    """Return the routes of this module."""

    async def show(request: Request) -> Response:
        revisions = request.query_params.get("range") or None
        return json_response(
            await service.workers.run(lambda: _listing(request_repository(service), revisions))
        )

    notes, cover = _Words(service, _commit), _Words(service, _series)
    return [
        Route("/api/repository", show),
        Route("/api/notes/{commit:path}", notes.read, methods=["GET"]),
        Route("/api/notes/{commit:path}", notes.write, methods=["PUT"]),
        Route("/api/notes/{commit:path}", notes.remove, methods=["DELETE"]),
        Route("/api/cover", cover.read, methods=["GET"]),
        Route("/api/cover", cover.write, methods=["PUT"]),
        Route("/api/cover", cover.remove, methods=["DELETE"]),
    ]


def _commit(place: RequestRepository, name: str) -> Explainable:
    commit = place.repository.commit(name)
    return ExplainedCommit(place.repository, place.settings, commit)


def _series(place: RequestRepository, _name: str) -> Explainable:
    return ExplainedSeries(place.repository, Covers(place.repository).key_for_head())


class _Words:
    """The endpoints for the note of a commit, or the cover of HEAD's series."""

    def __init__(
        self, service: Service, find: Callable[[RequestRepository, str], Explainable]
    ) -> None:
        self._service = service
        self._find = find

    async def read(self, request: Request) -> Response:
        """Return the note and its version."""
        return json_response(await self._service.workers.run(self._read, _name(request)))

    async def write(self, request: Request) -> Response:
        """Save a note; 409 with both texts if it cannot be merged with the current one."""
        body = await json_body(request, self._service.limits)
        try:
            value = await self._service.workers.run(self._write, _name(request), body)
        except ChangedMeanwhileError as exc:
            now = await self._service.workers.run(self._read, _name(request))
            theirs = {key: now[key] for key in ("text", "base")}
            conflict = {**refusal_of(exc).as_json(), **theirs, "mine": body.text("text")}
            return json_response(conflict, 409)
        return json_response(value)

    async def remove(self, request: Request) -> Response:
        """Remove the note; recordings stay."""
        await self._service.workers.run(self._remove, _name(request))
        return Response(status_code=204)

    def _read(self, name: str) -> dict[str, object]:
        place = request_repository(self._service)
        subject = self._find(place, name)
        return _words_value(subject, subject.read())

    def _write(self, name: str, body: Body) -> dict[str, object]:
        place = request_repository(self._service)
        subject = self._find(place, name)
        _check_branch(subject, body.text_or_none("series"))
        before = body.text_or_none("base")
        how = cast("How", body.choice("how", "replace", "append"))
        notes = notes_from(
            visible(body.text("text")), body.text_or_none("dictation"), place.archive
        )
        base = text_of(before) if before is not None else _text(subject)
        saved = save_words(subject, place.saving, notes, base, how)
        return {
            **_words_value(subject, parse_notes(saved)),
            "is_merged": how == "replace" and saved != render_notes(notes),
            "warnings": place.dialogue.warnings,
        }

    def _remove(self, name: str) -> None:
        place = request_repository(self._service)
        removing = Removing(place.repository, place.settings, place.dialogue)
        subject = self._find(place, name)
        if isinstance(subject, ExplainedCommit):
            removing.notes([subject.target.commit_id])
        else:
            removing.cover(None)


def _check_branch(subject: Explainable, series: str | None) -> None:
    """Refuse a cover if another branch was checked out meanwhile."""
    if series is not None and isinstance(subject, ExplainedSeries) and series != subject.target.key:
        now = visible(subject.target.key)
        raise RefusalError(
            409, f"the text is for {visible(series)}, but {now} is checked out",
            param="series", code="branch_switched",
        )  # fmt: skip


def _name(request: Request) -> str:
    return str(request.path_params.get("commit", ""))


def _text(subject: Explainable) -> str | None:
    notes = subject.read()
    return render_notes(notes) if notes else None


def _words_value(subject: Explainable, notes: tuple[Note, ...]) -> dict[str, object]:
    text = render_notes(notes) if notes else None
    return {
        "id": subject.target.commit_id if isinstance(subject, ExplainedCommit) else None,
        "series": subject.target.key if isinstance(subject, ExplainedSeries) else None,
        "subject": visible(subject.title),
        "text": text,
        "words": words_of(notes) if notes else None,
        "recordings": [name for note in notes for name in note.recording_ids],
        "base": version_of(text),
    }


def _listing(place: RequestRepository, revisions: str | None) -> dict[str, object]:
    repository = place.repository
    found = list_commits(repository, place.settings, revisions, _MAX_COMMITS)
    shorts = repository.abbreviated(one.id for one in found.commits)
    return {
        "name": visible((repository.worktree or repository.git_dir).name),
        "branch": found.branch,
        "upstream": found.upstream,
        "commits": [
            {
                "id": one.id,
                "short": shorts[one.id],
                "subject": visible(one.subject),
                "author": visible(one.author),
                "date": one.date,
                "has_note": one.has_note,
            }
            for one in found.commits
        ],
        "more": found.more,
        "cover": {
            "has_note": found.has_cover,
            "series": Covers(repository).key_for_head(),
        },
    }
