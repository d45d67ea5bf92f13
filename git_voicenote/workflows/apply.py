"""Apply mailed patches with git am, and keep their notes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from git_voicenote.errors import VoicenoteError
from git_voicenote.files.failures import store_error
from git_voicenote.mail.incoming.received import ReceivedCover
from git_voicenote.series.incoming.applying import AppliedCommit, keep_notes, read_start
from git_voicenote.series.incoming.covers import keep_covers, words_stopped_at
from git_voicenote.series.incoming.git_am import drops_empty, options_to_repeat, run_am
from git_voicenote.series.incoming.hooks import make_am_hooks
from git_voicenote.series.incoming.unfinished import UnfinishedAm
from git_voicenote.workflows.dialogue import report_error
from git_voicenote.workflows.leftovers import finish_leftovers, report_kept

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from git_voicenote.config import Settings
    from git_voicenote.git.repository import Repository
    from git_voicenote.workflows.dialogue import Dialogue

_WITHOUT_APPLYING = ("--abort", "--show-current-patch")
_CONTINUE = frozenset(("--continue", "--resolved", "-r"))


@dataclass(frozen=True)
class AmRun:
    """A run of git am in a repository.

    `show` is called with each line that git am prints, and whether it is for stdout.
    """

    repository: Repository
    settings: Settings
    dialogue: Dialogue
    show: Callable[[bytes, bool], None]

    @cached_property
    def _unfinished(self) -> UnfinishedAm:
        return UnfinishedAm(self.repository)

    def run(self, arguments: tuple[str, ...]) -> int:
        """Apply mails, keep their notes and cover, and return git's exit status.

        `arguments` are those of git am. Raises VoicenoteError if nothing can be applied. A later
        failure is only a warning, because the commits exist.
        """
        if any(argument.startswith(_WITHOUT_APPLYING) for argument in arguments):
            return self._abort_or_show(arguments)
        unfinished = self._unfinished
        self._finish_leftovers()
        if (
            unfinished.is_in_progress and not unfinished.is_remembered
        ):  # the user started it with plain git am
            unfinished.remember(unfinished.commit("ORIG_HEAD"))
            self._finish_leftovers()
        retries = False
        if unfinished.was_killed and _CONTINUE & set(arguments):
            arguments, retries = self._after_kill(arguments)
        unfinished.begin(unfinished.commit("HEAD"))
        if drops_empty(arguments):
            status = self._run_past_words(arguments, retries=retries)
        else:
            status = self._run_git(arguments, retries=retries)
        self._keep()
        if status:
            self._say_how_to_continue()
        return status

    def keep_note_of_applied(self) -> None:
        """Keep the note of the patch that git am has just applied; its hook calls this."""
        unfinished = self._unfinished
        if unfinished.is_remembered and not unfinished.is_the_same_series:
            self._finish_leftovers()
        # the next command resumes if this is killed
        unfinished.remember(unfinished.commit("ORIG_HEAD"))
        state = unfinished.state
        number = int((state / "next").read_text())
        commit_id = self.repository.commit("HEAD").id
        applied = AppliedCommit(commit_id, read_start(state / "patch"), state / f"{number:04}")
        keep_notes(self.repository, self.settings.notes_ref, (applied,))
        unfinished.mark_kept(number, commit_id)
        keep_covers(self.repository, state)

    def _finish_leftovers(self) -> None:
        finish_leftovers(self.repository, self.settings, self.dialogue)

    def _abort_or_show(self, arguments: tuple[str, ...]) -> int:
        status = self._run_git(arguments)
        if not self._unfinished.is_in_progress:
            if not self._unfinished.has_commits:
                self._unfinished.forget()
            # git am rewinds nothing if HEAD has moved since it stopped, as after a kill
            self._keep()
        return status

    def _run_past_words(self, arguments: Sequence[str], *, retries: bool) -> int:
        """Run git am and skip the cover letters and replies that it stops at; return its status.

        A cover letter with a diffstat below a `---`, as from b4, is a broken patch for git am.
        """
        unfinished = self._unfinished
        status = self._run_git(arguments, retries=retries, stops_without_diff=True)
        again = options_to_repeat(arguments)
        while status and unfinished.is_in_progress and not unfinished.was_killed:
            words = words_stopped_at(self.repository, unfinished.state)
            if words is None:
                break
            if isinstance(words, ReceivedCover):
                what = f"0/{words.total}, {words.subject!r}: a cover letter, by its number"
            else:
                what = f"a mail of {words.author}: a reply without a diff, by its subject"
            self.dialogue.say(f"skipped {what}")
            unfinished.begin(unfinished.commit("HEAD"))
            status = self._run_git((*again, "--skip"), stops_without_diff=True)
        if status == 1 and unfinished.has_no_diff:
            # our hook stopped at a mail that should be a patch: git reports its fault
            status = self._run_git(again, retries=True)
        return status

    def _run_git(
        self, arguments: Sequence[str], *, retries: bool = False, stops_without_diff: bool = False
    ) -> int:
        unfinished = self._unfinished
        with unfinished.running() as running:
            try:
                hooks = make_am_hooks(
                    self.repository, unfinished.folder, stops_without_diff=stops_without_diff
                )
            except OSError as exc:
                raise store_error(
                    f"{unfinished.folder} cannot be written to, so git am can have no hooks", exc
                ) from exc
            # if git asks, or opens an editor or a pager, these need the terminal itself
            show = None if {"-i", "--interactive"} & set(arguments) else self.show
            ended = run_am(hooks, arguments, running, retries=retries, show=show)
        if not ended.by_signal:
            unfinished.end()
        return ended.status

    def _after_kill(self, arguments: Sequence[str]) -> tuple[tuple[str, ...], bool]:
        """Return how git am continues after it was killed, and whether it retries the patch.

        `git am --continue` is for a patch whose changes are in the index.
        """
        rest = tuple(argument for argument in arguments if argument not in _CONTINUE)
        if self.repository.run("status", "--porcelain", "--untracked-files=no"):
            return tuple(arguments), False
        if self._unfinished.is_committed:
            self.dialogue.say(
                "the patch at which git am was killed is applied: continuing with the next one"
            )
            return (*rest, "--skip"), False
        return rest, True

    def _keep(self) -> None:
        error: VoicenoteError
        try:
            kept = self._unfinished.keep(self.settings.notes_ref, has_ended=True)
        except VoicenoteError as exc:
            error = exc
        except OSError as exc:
            error = store_error(f"{self._unfinished.folder} cannot be read", exc)
        else:
            report_kept(self.dialogue, kept.notes, kept.cover)
            return
        self.dialogue.say("the patches were applied, but their notes could not be kept:")
        report_error(self.dialogue, error)

    def _say_how_to_continue(self) -> None:
        if self._unfinished.has_no_diff:
            hint = "git finds no diff in this mail; `git voicenote am --skip` continues without it"
        elif self._unfinished.is_in_progress:
            hint = "continue with `git voicenote am --continue`: it keeps the other notes"
        else:
            return
        self.dialogue.say(f"hint: {hint}")
