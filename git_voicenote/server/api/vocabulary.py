"""/api/vocabulary: the repository's and the user's lists of terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from git_voicenote.server.repositories import repository_of
from git_voicenote.server.requests.bodies import json_body
from git_voicenote.server.responses.refusals import RefusalError, json_response
from git_voicenote.text.vocabulary.lists import ListedTerm, parse_entry, with_entry, without_term
from git_voicenote.workflows.vocabulary.lists import (
    listed_entries,
    personal_list,
    project_list,
)

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from git_voicenote.server.service import Service
    from git_voicenote.workflows.vocabulary.lists import VocabularyList


def routes(service: Service) -> list[BaseRoute]:
    """Return the routes of the vocabulary."""

    async def show(_request: Request) -> Response:
        return json_response(await service.workers.run(_terms, service))

    async def add(request: Request) -> Response:
        body = await json_body(request, service.limits)
        entries = _entries(body.text("term"), body.texts("spoken"))
        await service.workers.run(_add, service, entries, is_personal=body.flag("personal"))
        service.decoder.unload()  # the engine process knows the terms that it was started with
        return json_response(await service.workers.run(_terms, service), 201)

    async def remove(request: Request) -> Response:
        await service.workers.run(_remove, service, str(request.path_params["term"]))
        service.decoder.unload()
        return Response(status_code=204)

    return [
        Route("/api/vocabulary", show, methods=["GET"]),
        Route("/api/vocabulary", add, methods=["POST"]),
        Route("/api/vocabulary/{term:path}", remove, methods=["DELETE"]),
    ]


def _terms(service: Service) -> dict[str, object]:
    """Return each term once, with its misheard forms and its list."""
    warnings: list[str] = []
    found: dict[str, dict[str, list[str]]] = {}
    for place, entries in listed_entries(repository_of(service), warnings.append):
        for entry in entries:
            heard = found.setdefault(entry.term, {}).setdefault(place, [])
            heard += [entry.heard] if entry.heard else []
    terms = [
        {"term": term, "spoken": heard, "origin": place}
        for term, places in sorted(found.items(), key=lambda one: one[0].casefold())
        for place, heard in places.items()
    ]
    return {"terms": terms, "warnings": warnings}


def _entries(term: str, spoken: tuple[str, ...]) -> list[ListedTerm]:
    written = [f"{heard} => {term}" for heard in spoken] or [term]
    parsed = [parse_entry(one) for one in written]
    entries = [one for one in parsed if one is not None and one.term == term.strip()]
    if len(entries) < len(written) or term.lstrip().startswith("#"):
        raise RefusalError(
            400, "a term has letters or digits, on one line of at most 100 characters",
            param="term", code="invalid_value",
        )  # fmt: skip
    return entries


def _add(service: Service, entries: list[ListedTerm], *, is_personal: bool) -> None:
    repository = None if is_personal else repository_of(service)
    chosen = (project_list(repository) if repository else None) or personal_list()

    def change(text: str) -> str:
        for entry in entries:
            text = with_entry(text, entry)
        return text

    chosen.edit(change)


def _remove(service: Service, term: str) -> None:
    """Remove a term from its lists. Raises RefusalError if it is in none."""
    repository = repository_of(service)
    lists: list[VocabularyList | None] = [personal_list()]
    lists += [project_list(repository)] if repository else []
    changed = [one.edit(lambda text: without_term(text, term)) for one in lists if one]
    if not any(changed):
        raise RefusalError(404, "this term is in no list", code="no_term")
