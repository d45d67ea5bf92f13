"""Explain the commits without a note, and a missing cover, before a series is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.errors import NothingHeardError, PatchError
from git_voicenote.mail.outgoing.format_patch import has_several
from git_voicenote.notes.covers import DETACHED, Covers
from git_voicenote.notes.store import Notes
from git_voicenote.object_ids import ObjectId
from git_voicenote.workflows.explain.explain import explain
from git_voicenote.workflows.explain.explainable import ExplainedCommit, ExplainedSeries

if TYPE_CHECKING:
    from git_voicenote.config import Settings
    from git_voicenote.git.repository import Commit, Repository
    from git_voicenote.series.outgoing.plan import PatchPlan
    from git_voicenote.workflows.dialogue import Dialogue
    from git_voicenote.workflows.explain.explainable import Explainable


def explain_missing(
    repository: Repository, settings: Settings, dialogue: Dialogue, plan: PatchPlan, order: str
) -> None:
    """Record a note for each commit without one, and a cover if the series has none.

    `order` is "newest" (the newest commit first, the cover last), "cover" (the cover first) or
    "ask". Raises PatchError if nobody can be asked.
    """
    commits = _silent_commits(repository, settings, plan)
    key = _silent_cover(repository, plan)
    if not commits and key is None:
        return
    if not dialogue.is_interactive:
        raise PatchError(
            f"{_what_is_missing(commits, key)} missing, and there is no terminal to ask on",
            hint="`git voicenote record COMMIT --from FILE` takes recordings",
        )
    if order == "ask" and commits and key is not None:
        answers = {"n": "newest commit first", "c": "cover first"}
        order = "cover" if dialogue.ask("what to explain first?", answers, "n") == "c" else "newest"
    subjects: list[Explainable] = [ExplainedCommit(repository, settings, one) for one in commits]
    if key is not None:
        subjects.insert(0 if order == "cover" else len(subjects), ExplainedSeries(repository, key))
    for subject in subjects:
        try:
            explain(subject, repository, settings, dialogue)
        except NothingHeardError as exc:
            dialogue.say(f"{exc.message}: continuing without it")


def _silent_commits(repository: Repository, settings: Settings, plan: PatchPlan) -> list[Commit]:
    """Return the commits without a note, the newest first."""
    listed = repository.run(
        "rev-list", "--no-merges", *plan.walk.revisions, *plan.arguments.pathspec
    )
    ids = list(map(ObjectId, listed.decode("ascii").split()))
    texts = Notes(repository, settings.notes_ref).texts(ids)
    return [repository.commit(one) for one in ids if one not in texts]


def _silent_cover(repository: Repository, plan: PatchPlan) -> str | None:
    """Return the key for the cover, if the series should have one but has none."""
    arguments = plan.arguments
    if plan.cover is not None or plan.walk.tip is None or arguments.has("--no-cover-letter"):
        return None
    if not arguments.has("--cover-letter") and not has_several(repository, plan.walk, arguments):
        return None
    tip = repository.commit(plan.walk.tip).id
    branch = plan.walk.branch
    if branch and repository.has_branch(branch):
        return branch
    return Covers(repository).key_for_tip(tip) or DETACHED + tip


def _what_is_missing(commits: list[Commit], key: str | None) -> str:
    parts = []
    if commits:
        parts.append("a note" if len(commits) == 1 else f"{len(commits)} notes")
    if key is not None:
        parts.append(f"the cover of {key}")
    return " and ".join(parts) + (" is" if len(commits) + (key is not None) == 1 else " are")
