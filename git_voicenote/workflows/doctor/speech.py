"""Check the engine in use, its weights, and the data learned for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.clock import local_time
from git_voicenote.engines.model_kinds import kind_of_model
from git_voicenote.engines.registry import choose, make_engine, used_model
from git_voicenote.phrases import size
from git_voicenote.store.language_cache import LanguageCache
from git_voicenote.workflows.doctor.findings import note, ok, problem
from git_voicenote.workflows.doctor.storage import modified_at
from git_voicenote.workflows.hearing.listening import engine_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_voicenote.workflows.doctor.findings import CheckedSetup, Finding

_MAX_LISTED = 8
"""The most languages to list; more are counted."""


def engine(patient: CheckedSetup) -> Iterator[Finding]:
    """Create the engine in use, without loading its weights."""
    settings = patient.settings
    told: list[str] = []
    options = engine_options(settings, patient.repository, told.append)
    name, options = choose(settings.engine, options)
    made = make_engine(name, options)
    info = made.info
    for remark in told:
        yield note(remark)
    languages = info.languages
    listed = (
        ", ".join(languages) if len(languages) <= _MAX_LISTED else f"{len(languages)} languages"
    )
    why = " (auto)" if settings.engine == "auto" else ""
    if languages and settings.language not in languages:
        yield problem(
            f"{info.title}{why} does not support the language {settings.language!r}, only {listed}",
            "`git voicenote settings set language CODE`, or another engine or model",
        )
        return
    if info.server:
        yield note(f"{info.title}: speech is sent there; it was not contacted")
        return
    yield ok(f"{info.title}{why}, {listed or 'any language'}")


def weights(patient: CheckedSetup) -> Iterator[Finding]:
    """Compare the weights of that engine with their hashes."""
    settings = patient.settings
    options = engine_options(settings, patient.repository, lambda _: None)
    folder = used_model(settings.engine, options)
    if folder is None:
        yield note("the engine has no weights on this machine")
        return
    wrong = kind_of_model(folder).verify(folder, lambda *_: None)
    for sentence in wrong:
        yield problem(sentence, "reinstall the package, or fetch or import the model again")
    if not wrong:
        yield ok(f"{folder.name}, {size(files.used_room(folder))}, as installed ({folder})")


def learned(patient: CheckedSetup) -> Iterator[Finding]:
    """Report whether the language of the repository was learned."""
    if patient.repository is None:
        return
    if not patient.settings.learn:
        yield note("turned off", "`git voicenote settings set learn true` turns it on")
        return
    kept, fault = LanguageCache(patient.repository.state_dir).current()
    if fault:
        yield note(fault)
    elif kept is None:
        yield note(
            "nothing yet: learning starts with the first dictation, if the engine supports it"
        )
    else:
        when = local_time(modified_at(kept.folder))
        yield ok(f"learned {when}, {size(files.used_room(kept.folder))}")
