"""Check the hooks of a repository, and whether notes survive a rebase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.errors import HookError
from git_voicenote.git.hooks.status import hook_status
from git_voicenote.notes.store import rewrite_ref_is_set
from git_voicenote.workflows.doctor.findings import note, ok, problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from git_voicenote.git.hooks.status import HookStatus
    from git_voicenote.workflows.doctor.findings import CheckedSetup, Finding


def hooks(patient: CheckedSetup) -> Iterator[Finding]:
    """Report for each hook whether it is installed, and whether git runs it."""
    if patient.repository is None:
        yield note("not in a repository")
        return
    try:
        found = {name: hook_status(patient.repository, name) for name in patient.hooks}
    except HookError as exc:  # a bare repository, or git is configured to run no hooks
        yield note(exc.message, exc.hint)
        return
    for name, one in found.items():
        yield _hook(name, one)


def _hook(name: str, found: HookStatus) -> Finding:
    path = found.configured or found.place.path
    install = f"`git voicenote hook install {name}`"
    if found.shadowed is not None:
        return problem(
            f"{name}: git does not run {found.shadowed}, because core.hooksPath "
            f"({found.place.scope} config) names another folder",
            f"{install} installs it there",
        )
    if found.state == "missing":
        return note(f"{name}: not installed", f"{install} installs it")
    if not found.works:
        return problem(
            f"{name}: {path} is {found.state}, so git does not run it",
            f"`git voicenote hook status {name}` shows why",
        )
    if found.state == "outdated":
        return note(f"{name}: {path} is of another version", f"{install} updates it")
    if found.state == "doomed":
        return note(
            f"{name}: {found.place.manager} rewrites {path}",
            f"`git voicenote hook status {name}` shows what its configuration needs",
        )
    by = f", run by {found.place.manager}" if found.place.manager else ""
    shared = ", in all repositories" if found.place.is_shared else ""
    return ok(f"{name}: {path}{by}{shared}")


def rewrite(patient: CheckedSetup) -> Iterator[Finding]:
    """Report whether git copies notes when it amends or rebases their commits."""
    if patient.repository is None:
        return
    ref = patient.settings.notes_ref
    if rewrite_ref_is_set(patient.repository.configuration, ref):
        yield ok(f"git copies {ref} when it amends or rebases")
    else:
        yield note(
            f"git does not copy {ref} when it amends or rebases; notes are then found by their "
            "patch as long as it stays the same",
            f"git config --add notes.rewriteRef {ref}",
        )
