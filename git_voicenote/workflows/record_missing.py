"""`git voicenote format-patch --record`: ask for what a series does not say yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.errors import NothingHeardError, PatchError
from git_voicenote.mail.patches import has_several
from git_voicenote.notes.covers import Covers
from git_voicenote.notes.store import Notes
from git_voicenote.terminal.console import ask, is_interactive, say
from git_voicenote.workflows.explaining import record_commit, record_cover

if TYPE_CHECKING:
    from git_voicenote.config import Settings
    from git_voicenote.git.repository import Commit, Repository
    from git_voicenote.series.outgoing.plan import Plan


def record_missing(repository: Repository, settings: Settings, plan: Plan, order: str) -> None:
    """Let the person explain each commit without a note, and the series where it has no cover.

    `order` is "newest" (the newest commit first, the cover last), "cover" (the cover first) or
    "ask". Raises PatchError where nobody can be asked.
    """
    commits = _silent_commits(repository, settings, plan)
    key = _silent_cover(repository, plan)
    if not commits and key is None:
        return
    if not is_interactive():
        raise PatchError(
            f"{_what_is_missing(commits, key)} missing, and there is no terminal to ask on",
            hint="`git voicenote record COMMIT --from FILE` takes recordings",
        )
    if order == "ask" and commits and key is not None:
        answers = {"n": "newest commit first", "c": "cover first"}
        order = "cover" if ask("what do you explain first?", answers, "n") == "c" else "newest"
    targets: list[Commit | str] = [*commits]
    if key is not None:
        targets.insert(0 if order == "cover" else len(targets), key)
    for target in targets:
        try:
            if isinstance(target, str):
                record_cover(repository, settings, target)
            else:
                record_commit(repository, settings, target)
        except NothingHeardError as exc:
            say(f"{exc.message}: going on without it")


def _silent_commits(repository: Repository, settings: Settings, plan: Plan) -> list[Commit]:
    """Return the commits without a note, the newest first."""
    listed = repository.run(
        "rev-list", "--no-merges", *plan.walk.revisions, *plan.arguments.pathspec
    )
    ids = listed.decode("ascii").split()
    texts = Notes(repository, settings.notes_ref).texts(ids)
    return [repository.commit(one) for one in ids if one not in texts]


def _silent_cover(repository: Repository, plan: Plan) -> str | None:
    """Return the key to record a cover under, where the series wants one and has none."""
    arguments = plan.arguments
    if plan.cover is not None or plan.walk.tip is None or arguments.has("--no-cover-letter"):
        return None
    if not arguments.has("--cover-letter") and not has_several(repository, plan.walk, arguments):
        return None
    tip = repository.commit(plan.walk.tip).id
    branch = plan.walk.branch
    if branch and repository.run(
        "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}", accept=(0, 1)
    ):
        return branch
    return Covers(repository).key_for_tip(tip) or f"detached/{tip}"


def _what_is_missing(commits: list[Commit], key: str | None) -> str:
    parts = []
    if commits:
        parts.append("a note" if len(commits) == 1 else f"{len(commits)} notes")
    if key is not None:
        parts.append(f"the cover of {key}")
    return " and ".join(parts) + (" is" if len(commits) + (key is not None) == 1 else " are")
