"""/api/series and /api/answers: a series as its reviewers read it, and their answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.routing import Route

from git_voicenote.characters import visible
from git_voicenote.errors import NegativeAnswer
from git_voicenote.mail.outgoing.reply import reviewer
from git_voicenote.notes.format import words_of
from git_voicenote.series.review.committed import series_of_commits
from git_voicenote.series.review.replying import Answer, find_place, review_note
from git_voicenote.series.review.series import RecordingFinder, review
from git_voicenote.server.api.series_values import series_value
from git_voicenote.server.repositories import request_repository
from git_voicenote.server.requests.bodies import json_body
from git_voicenote.server.responses.refusals import json_response
from git_voicenote.store.history import History
from git_voicenote.store.recordings import Recordings
from git_voicenote.targets import ReviewTarget
from git_voicenote.workflows.explain.walk_pages import files_of
from git_voicenote.workflows.explain.writing import notes_from

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from git_voicenote.datatypes import Note
    from git_voicenote.server.repositories import RequestRepository
    from git_voicenote.server.requests.bodies import Body
    from git_voicenote.server.service import Service


def routes(service: Service) -> list[BaseRoute]:
    """Return the routes of this module."""

    async def show(request: Request) -> Response:
        revisions = request.query_params.get("range") or None
        value = await service.workers.run(lambda: _series(request_repository(service), revisions))
        return json_response(value)

    async def answer(request: Request) -> Response:
        body = await json_body(request, service.limits)
        commit = str(request.path_params["commit"])
        value = await service.workers.run(
            lambda: _answer(request_repository(service), commit, body)
        )
        return json_response(value, 201)

    return [
        Route("/api/series", show),
        Route("/api/answers/{commit:path}", answer, methods=["POST"]),
    ]


def _series(place: RequestRepository, revisions: str | None) -> dict[str, object]:
    repository, settings = place.repository, place.settings
    try:
        series = series_of_commits(repository, revisions, settings.notes_ref)
    except NegativeAnswer as exc:
        return {"title": "", "cover": None, "patches": [], "remarks": [exc.message]}
    sounds = RecordingFinder(Recordings(place.state), History(place.state))
    return series_value(review(series, sounds, repository, settings.notes_ref, settings.review_ref))


def _answer(place: RequestRepository, name: str, body: Body) -> dict[str, object]:
    repository = place.repository
    commit = repository.commit(name)
    notes = notes_from(visible(body.text("text")), body.text_or_none("dictation"), place.archive)
    named = body.text_or_none("at")
    where = None
    if named is not None:
        where = find_place(files_of(repository, commit.id), named, what=commit.short)
    answer = Answer(replace(notes[0], text=words_of(notes)), where)
    kept: Note = review_note(answer, reviewer(repository.cwd).person)
    place.saving.review(ReviewTarget(commit.id), [kept])
    return {"commit": commit.id, "reviewer": kept.reviewer, "text": kept.text}
