"""`git voicenote am`: git's own, and the notes and the cover of the mails are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.errors import VoicenoteError
from git_voicenote.files.failures import store_error
from git_voicenote.git.repository import Repository
from git_voicenote.mail.received import ReceivedCover
from git_voicenote.series.incoming.applying import Applied, keep_notes, read_start
from git_voicenote.series.incoming.covers import keep_covers, words_stopped_at
from git_voicenote.series.incoming.git_am import drops_empty, options_to_repeat, run_am
from git_voicenote.series.incoming.hooks import make_am_hooks
from git_voicenote.series.incoming.unfinished import UnfinishedAm
from git_voicenote.terminal.console import print_error, put, say, settings
from git_voicenote.terminal.dialogue import TerminalDialogue
from git_voicenote.terminal.relayed import show_relayed
from git_voicenote.workflows.leftovers import finish_leftovers, say_kept

if TYPE_CHECKING:
    from collections.abc import Sequence

_HELP = """\
Usage: git voicenote am [OPTIONS OF GIT AM] [MBOX | MAILDIR | FILE]...
       git voicenote am --continue | --skip | --abort

  Apply mailed patches as git am does, and keep what was said about them: each
  note on the commit that its patch became, the cover letter as the cover of
  this branch.

  Every option of git am passes through (git am -h lists them). A cover letter
  among the mails is passed over, not stopped at (--empty=drop, unless you say
  otherwise). After a conflict, go on with git voicenote am --continue. If you go on with
  git am --continue, the next git voicenote command keeps the notes of the rest.

  `git voicenote hook install --am` does the same for those who type `git am`.
"""
_NO_WORK = ("--abort", "--show-current-patch")
_CONTINUE = frozenset(("--continue", "--resolved", "-r"))


def am(arguments: tuple[str, ...]) -> int:
    """Apply mails, keep their notes and cover, and return git's exit status.

    Raises VoicenoteError where nothing can be applied. What fails later is a warning: the commits
    stand.
    """
    if "-h" in arguments or "--help" in arguments:
        put(_HELP, end="")
        return 0
    repository = Repository.discover()
    chosen = settings(repository)
    dialogue = TerminalDialogue(repository)
    unfinished = UnfinishedAm(repository)
    if any(argument.startswith(_NO_WORK) for argument in arguments):
        status = _run(repository, unfinished, arguments)
        if not unfinished.is_at_it:
            if not unfinished.has_commits:
                unfinished.forget()
            # git am rewinds nothing if HEAD is not where it left it, as where it was killed
            _keep(unfinished, chosen.notes_ref, dialogue)
        return status
    finish_leftovers(repository, chosen, dialogue)
    if unfinished.is_at_it and not unfinished.is_remembered:  # it was begun with git am
        unfinished.remember(unfinished.commit("ORIG_HEAD"))
        finish_leftovers(repository, chosen, dialogue)
    retries = False
    if unfinished.was_killed and _CONTINUE & set(arguments):
        arguments, retries = _after_kill(repository, unfinished, arguments)
    unfinished.begin(unfinished.commit("HEAD"))
    if drops_empty(arguments):
        status = _run_past_words(repository, unfinished, arguments, retries=retries)
    else:
        status = _run(repository, unfinished, arguments, retries=retries)
    _keep(unfinished, chosen.notes_ref, dialogue)
    if status and unfinished.has_no_diff:
        say("hint: git finds no diff in this mail; `git voicenote am --skip` goes on without it")
    elif status and unfinished.is_at_it:
        say("hint: go on with `git voicenote am --continue`: it keeps the notes of the rest")
    return status


def keep_note_of_applied() -> None:
    """Keep the note of the patch that git am has just applied; its hook calls this."""
    repository = Repository.discover()
    chosen = settings(repository)
    unfinished = UnfinishedAm(repository)
    if unfinished.is_remembered and not unfinished.is_the_same_series:
        finish_leftovers(repository, chosen, TerminalDialogue(repository))
    # the next command resumes if this is killed
    unfinished.remember(unfinished.commit("ORIG_HEAD"))
    state = unfinished.state
    number = int((state / "next").read_text())
    commit_id = repository.commit("HEAD").id
    applied = Applied(commit_id, read_start(state / "patch"), state / f"{number:04}")
    keep_notes(repository, chosen.notes_ref, (applied,))
    unfinished.mark_kept(number, commit_id)
    keep_covers(repository, state)


def _run_past_words(
    repository: Repository, unfinished: UnfinishedAm, arguments: Sequence[str], *, retries: bool
) -> int:
    """Run git am, and pass over cover letters and replies that it stops at; return its status.

    A cover letter with a diffstat below a `---`, as b4 writes it, is a broken patch to git am.
    """
    status = _run(repository, unfinished, arguments, retries=retries, stops_without_diff=True)
    again = options_to_repeat(arguments)
    while status and unfinished.is_at_it and not unfinished.was_killed:
        words = words_stopped_at(repository, unfinished.state)
        if words is None:
            break
        if isinstance(words, ReceivedCover):
            say(f"passed over 0/{words.total}, {words.subject!r}: a cover letter, by its number")
        else:
            say(f"passed over a mail of {words.author}: a reply without a diff, by its subject")
        unfinished.begin(unfinished.commit("HEAD"))
        status = _run(repository, unfinished, (*again, "--skip"), stops_without_diff=True)
    if status == 1 and unfinished.has_no_diff:
        # stopped by our hook at a mail that should be a patch: git says what is wrong with it
        status = _run(repository, unfinished, again, retries=True)
    return status


def _run(
    repository: Repository,
    unfinished: UnfinishedAm,
    arguments: Sequence[str],
    *,
    retries: bool = False,
    stops_without_diff: bool = False,
) -> int:
    with unfinished.running() as running:
        try:
            hooks = make_am_hooks(
                repository, unfinished.folder, stops_without_diff=stops_without_diff
            )
        except OSError as exc:
            raise store_error(f"{unfinished.folder} cannot take the hooks of git am", exc) from exc
        # where git asks, opens an editor or a pager, these want the terminal itself
        show = None if {"-i", "--interactive"} & set(arguments) else show_relayed
        ended = run_am(hooks, arguments, running, retries=retries, show=show)
    if not ended.by_signal:
        unfinished.end()
    return ended.status


def _after_kill(
    repository: Repository, unfinished: UnfinishedAm, arguments: Sequence[str]
) -> tuple[tuple[str, ...], bool]:
    """Return how git am goes on with a patch that it was killed at, and whether it tries it again.

    `git am --continue` is for a patch whose changes are in the index.
    """
    rest = tuple(argument for argument in arguments if argument not in _CONTINUE)
    if repository.run("status", "--porcelain", "--untracked-files=no"):
        return tuple(arguments), False
    if unfinished.is_committed:
        say("the patch at which git am was killed is applied: going on with the next one")
        return (*rest, "--skip"), False
    return rest, True


def _keep(unfinished: UnfinishedAm, notes_ref: str, dialogue: TerminalDialogue) -> None:
    try:
        kept = unfinished.keep(notes_ref, has_ended=True)
    except VoicenoteError as exc:
        say("the patches are applied, but what was said of them could not be kept:")
        print_error(exc)
        return
    except OSError as exc:
        say("the patches are applied, but what was said of them could not be kept:")
        print_error(store_error(f"{unfinished.folder} cannot be read", exc))
        return
    say_kept(dialogue, kept.notes, kept.cover)
