"""`git voicenote review --reply`: answer a series, by mail or by notes."""

from __future__ import annotations

import shlex
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from git_voicenote.errors import NotARepositoryError, UsageError, VoicenoteError
from git_voicenote.mail.outgoing.reply import reviewer
from git_voicenote.terminal.console import is_interactive, put_product, say
from git_voicenote.terminal.programs.pager import wants_colour
from git_voicenote.terminal.series.steps import step
from git_voicenote.terminal.series.text import Layout
from git_voicenote.terminal.streams import sound_source
from git_voicenote.workflows.answer.answering import Answering
from git_voicenote.workflows.answer.keepers import AnswerMails, AnswerNotes
from git_voicenote.workflows.leftovers import mention_unfinished_recordings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.cli.review.options import ReplyOptions
    from git_voicenote.config import Settings
    from git_voicenote.git.repository import Repository
    from git_voicenote.series.review.series import Review
    from git_voicenote.workflows.answer.answering import AnswerKeeper
    from git_voicenote.workflows.dialogue import Dialogue


def answer(
    review: Review,
    replies: ReplyOptions,
    settings: Settings,
    repository: Repository | None,
    dialogue: Dialogue,
    source: str | None,
    *,
    reading: Sequence[str],
    colour: str,
) -> None:
    """Answer one part of a series, or step through it and answer any part.

    `reading` are the options with which the mails were read.
    """
    keeper = _keeper(review, replies, settings, repository, dialogue)
    mention_unfinished_recordings(repository, settings, dialogue)
    command = ["git", "voicenote", "review", *([source] if source else []), "--reply"]
    command += reading
    command += ["--note"] if replies.note else []
    command += ["-o", str(replies.folder)] if replies.folder else []
    answering = Answering(review, keeper, settings, repository, dialogue, command)
    try:
        _obey(answering, review, replies, colour)
    except BaseException:
        with suppress(VoicenoteError):  # report the first failure
            answering.finish()
        raise
    else:
        answering.finish()
    finally:
        _print_names(keeper)


def _print_names(keeper: AnswerKeeper) -> None:
    """Print the names of the mails, as git format-patch does."""
    for path in keeper.products:
        put_product(path)
    if keeper.products:
        names = shlex.join(map(str, keeper.products))
        say(f"check the text; `git send-email {names}` sends it")


def _obey(answering: Answering, review: Review, replies: ReplyOptions, colour: str) -> None:
    if replies.number is not None:
        answering.answer(replies.number, replies.at, sound_source(replies.sound))
        return
    if not is_interactive():
        raise UsageError(
            "there is no terminal to step through the series",
            hint="--patch N --from FILE answers a patch without one",
        )
    layout = Layout(review, colour=wants_colour(colour))
    step(review, layout, tuple(Layout(review, colour=False).parts()), answering)


def _keeper(
    review: Review,
    replies: ReplyOptions,
    settings: Settings,
    repository: Repository | None,
    dialogue: Dialogue,
) -> AnswerKeeper:
    """Return the keeper of the answers. Raises GitError if git does not know the user."""
    patches = [reviewed.patch for reviewed in review.patches]
    by = reviewer(repository.cwd if repository else Path.cwd())
    is_mail = any(patch.envelope for patch in patches) or bool(
        review.cover and review.cover.cover.envelope
    )
    if is_mail and not replies.note:
        return AnswerMails(replies.folder or Path(), by, dialogue)
    if replies.folder:
        raise UsageError("answers to commits are saved as notes: -o is for answers to mails")
    if repository is None:
        raise NotARepositoryError(
            "this is not a git repository, so there are no commits to save notes on",
            hint="without --note, answers become mails",
        )
    return AnswerNotes(repository, settings, by, dialogue)
