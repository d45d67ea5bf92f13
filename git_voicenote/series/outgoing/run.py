"""One run of git format-patch, from its start to the finished mails."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.mail.outgoing.format_patch import (
    Writing,
    range_diff_environment,
    start_format_patch,
)
from git_voicenote.series.outgoing.encoding import with_fitting_encoding

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import IO

    from git_voicenote.config import Settings
    from git_voicenote.git.repository import Repository
    from git_voicenote.notes.store import Remembered
    from git_voicenote.series.outgoing.plan import PatchPlan


@dataclass(frozen=True, slots=True)
class FormattedSeries:
    """The result of a run: git's exit status, stdout, and remarks for stderr."""

    status: int
    stdout: bytes
    remarks: tuple[str, ...]


def format_series(
    repository: Repository,
    settings: Settings,
    plan: PatchPlan,
    remembered: Remembered | None = None,
    *,
    show: Callable[[bytes, bool], None],
) -> FormattedSeries:
    """Write the patches of a series with its notes and cover.

    `show` is called with each line that git printed on stderr, and False, because the names in it
    may be hostile. Raises PatchError if a message or a patch would not survive the mail, or the
    cover letter has no text; then the files of this run are removed.
    """
    plan, remark = with_fitting_encoding(repository, settings.notes_ref, plan)
    arguments = plan.arguments
    # nobody can predict this header: in a stream, it distinguishes git's own mails from those that
    # a commit message quotes
    mark = f"X-Voicenote-Mark: {os.urandom(16).hex()}"
    is_stream = arguments.has("--stdout", "--output")
    with tempfile.TemporaryFile() as complaints:
        process = start_format_patch(
            repository,
            arguments,
            (_notes_option(repository, settings.notes_ref), *_cover_options(plan)),
            ("--no-quiet", "--no-zero-commit", *((f"--add-header={mark}",) if is_stream else ())),
            range_diff_environment(arguments, plan.git_config, settings.notes_ref),
            complaints,
        )
        writing = Writing(repository, arguments, process, mark.encode() + b"\n")
        try:
            formatted = _finish(repository, settings, plan, writing, remembered)
        except BaseException:
            writing.stop()
            raise
        finally:
            _show_complaints(complaints, show)
    if remark is None or formatted.status:
        return formatted
    return replace(formatted, remarks=(remark, *formatted.remarks))


def _show_complaints(complaints: IO[bytes], show: Callable[[bytes, bool], None]) -> None:
    """Show what git printed; of a progress line that was overwritten, only the last state."""
    complaints.seek(0)
    for line in complaints:
        show(line.rstrip(b"\r\n").rpartition(b"\r")[2] + b"\n", False)


def _finish(
    repository: Repository,
    settings: Settings,
    plan: PatchPlan,
    writing: Writing,
    remembered: Remembered | None,
) -> FormattedSeries:
    """Finish each mail while git writes the next; imports here cost no extra time."""
    from git_voicenote.mail.outgoing import mails as mail
    from git_voicenote.mail.outgoing.read_back import ReadBack
    from git_voicenote.series.outgoing.finishing import Finishing
    from git_voicenote.series.outgoing.verification import Verification

    arguments = plan.arguments
    reading = mail.start_reading_commits(
        repository,
        (*plan.walk.revisions, *arguments.pathspec),
        [flag for flag in arguments.flags if flag.startswith("--encoding=")],
    )
    mboxrd = arguments.has("--stdout") and plan.has_setting("format.mboxrd")
    sent: dict[int, bytes] = {}

    def send(position: int, content: bytes) -> None:
        if writing.is_stream:
            sent[position] = content
        else:
            _overwrite(writing.paths[position], content)

    with ReadBack(repository, mboxrd=mboxrd) as read_back:
        commits = mail.finish_reading_commits(reading)
        verification = Verification(plan, read_back)
        finishing = Finishing(repository, settings, plan, commits, verification, send)
        for raw in writing.mails():
            finishing.take(raw)
        if writing.status:
            writing.stop()
            return FormattedSeries(writing.status, b"", ())
        if writing.paths and not writing.is_stream:
            finishing.replace_first(writing.paths[0].read_bytes())
        finishing.finish(remembered)
    stream = b"".join(sent[position] for position in sorted(sent))
    if writing.is_stream and writing.paths:
        _overwrite(writing.paths[0], stream)
        stream = b""
    printed = b"" if arguments.is_quiet else writing.printed
    return FormattedSeries(0, stream if writing.is_stream else printed, tuple(finishing.remarks))


def _overwrite(path: Path, content: bytes) -> None:
    """Replace the content of a file.

    The file is not truncated first, because ext4 flushes a truncated file when it is closed.
    """
    with files.open_in_place(path) as file:
        file.write(content)
        file.truncate()


def _notes_option(repository: Repository, ref: str) -> str:
    """Return the option that makes git show our notes, without a warning if there are none yet.

    git warns about a missing ref, but not about a pattern without a match. A pattern makes git read
    all refs, so it is used only if the ref is not found directly.
    """
    if not (repository.common_dir / ref).is_file():
        ref = re.sub(r"([0-9A-Za-z])([^0-9A-Za-z]*)$", r"[\1]\2", ref)
    return f"--notes={ref}"


def _cover_options(plan: PatchPlan) -> list[str]:
    """Return the options for a cover letter that we can fill; they precede the user's."""
    if plan.is_covered:
        # git's default puts a description below a placeholder for the subject
        return ["--cover-letter"] if plan.has_several else []
    if plan.description_mode is not None:
        return []
    # git's default leaves a placeholder for the subject
    return ["--cover-from-description=subject"]
