"""`git voicenote format-patch`: run `git format-patch`, and fill in the notes and the cover."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from git_voicenote.errors import UsageError
from git_voicenote.git.repository import Repository
from git_voicenote.series.outgoing.plan import plan_series
from git_voicenote.series.outgoing.run import format_series
from git_voicenote.terminal.console import put, put_product, say, settings
from git_voicenote.terminal.dialogue import TerminalDialogue
from git_voicenote.terminal.relayed import show_relayed
from git_voicenote.workflows.explain.orphaned_covers import mention_orphans
from git_voicenote.workflows.leftovers import finish_leftovers

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from git_voicenote.datatypes import FoundNote


_PARTIAL = r"^(remote\..*\.promisor|extensions\.partialclone)$"
_HELP = """\
Usage: git voicenote format-patch [--record[=newest|cover]]
                                  [OPTIONS OF GIT FORMAT-PATCH] [RANGE]

  Make patches that contain the notes, and a cover letter from the cover of
  the series.

  Every option of git format-patch passes through (git format-patch -h lists
  them), and stdout is what it prints: the names of the files, or the mails
  with --stdout.

    --record          first record the missing notes and the cover
    --record=newest   from the newest commit to the oldest, then the cover
    --record=cover    the cover, then the commits
    --no-notes, --no-cover-letter
                      leave out the notes or the cover

  The first sentence of the cover is its subject. Text that would break a
  patch in the mail is indented by a space, never dropped. git reads all
  mails back before they are output.
"""


def format_patch(arguments: tuple[str, ...]) -> int:
    """Make patches that include the notes, and return git's exit status.

    Raises VoicenoteError; in that case, no incomplete files are left.
    """
    own = arguments[: arguments.index("--")] if "--" in arguments else arguments
    if "-h" in own:
        put(_HELP, end="")
        return 0
    gc.disable()  # collecting garbage is pointless in a process of half a second
    order, rest = _take_record(arguments)
    repository = Repository.discover()
    chosen = settings(repository)
    dialogue = TerminalDialogue(repository)
    finish_leftovers(repository, chosen, dialogue)
    plan = plan_series(repository, rest)
    if order:
        from git_voicenote.workflows.explain.missing import explain_missing

        explain_missing(repository, chosen, dialogue, plan, order)
        plan = plan_series(repository, rest)
    if plan.cover is None and plan.walk.branch and not plan.arguments.is_quiet:
        mention_orphans(repository, plan.walk.branch, dialogue)

    def remembered(patch_ids: Collection[str]) -> Mapping[str, Sequence[FoundNote]]:
        from git_voicenote.workflows.explain.saving import remembered_notes

        return remembered_notes(repository, dialogue)(patch_ids)

    formatted = format_series(repository, chosen, plan, remembered, show=show_relayed)
    if not plan.arguments.is_quiet:
        for remark in formatted.remarks:
            say(remark)
    put_product(formatted.stdout)
    if formatted.status and repository.config(_PARTIAL):
        # git has printed the error; we do not fetch
        say(
            "hint: this partial clone lacks objects, and none were fetched; "
            "`git format-patch` fetches them"
        )
    return formatted.status


def _take_record(arguments: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    """Split --record from the arguments; its order is "ask" if none was given."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    order = None
    kept = []
    for argument in arguments[:end]:
        name, _, value = argument.partition("=")
        if name != "--record":
            kept.append(argument)
        elif value in ("", "newest", "cover"):
            order = value or "ask"
        else:
            raise UsageError(
                f"--record takes newest or cover, not {value!r}",
                hint="`git voicenote format-patch -h` shows its usage",
            )
    return order, (*kept, *arguments[end:])
