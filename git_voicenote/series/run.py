"""One run of git format-patch, from its start to the mails that are handed over."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.errors import PatchError
from git_voicenote.repo.patches import (
    collect,
    range_diff_environment,
    remove_files,
    start_format_patch,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.config import Settings
    from git_voicenote.repo.notes import Remembered
    from git_voicenote.repo.patches import Arguments, Written
    from git_voicenote.repo.repository import Repository
    from git_voicenote.series.plan import Plan


@dataclass(frozen=True, slots=True)
class Formatted:
    """What a run leaves for the person: git's exit status, stdout, and remarks for stderr."""

    status: int
    stdout: bytes
    remarks: tuple[str, ...]


def format_series(
    repository: Repository,
    settings: Settings,
    plan: Plan,
    remembered: Remembered | None = None,
) -> Formatted:
    """Write the patches of a series with all that was said about it.

    Raises PatchError where they would not survive the mail or a cover letter has no words; the
    files that this run wrote are removed then.
    """
    arguments = plan.arguments
    # nobody can foresee this header: in a stream, it tells git's own mails from those that a
    # commit message quotes
    mark = f"X-Voicenote-Mark: {os.urandom(16).hex()}"
    is_stream = arguments.has("--stdout", "--output")
    process = start_format_patch(
        repository,
        arguments,
        (f"--notes={_pattern(settings.notes_ref)}", *_cover_options(plan)),
        ("--no-quiet", "--no-zero-commit", *((f"--add-header={mark}",) if is_stream else ())),
        range_diff_environment(arguments, plan.git_config, settings.notes_ref),
    )
    # from here on git is at work: whatever is imported now costs no time
    from git_voicenote.repo import mail
    from git_voicenote.series.finishing import Finishing

    reading = mail.start_reading_commits(
        repository,
        (*plan.walk.revisions, *arguments.pathspec),
        [flag for flag in arguments.flags if flag.startswith("--encoding=")],
    )
    commits = mail.finish_reading_commits(reading)
    written = collect(repository, arguments, process)
    try:
        if written.status:
            remove_files(written.paths)
            return Formatted(written.status, b"", ())
        if written.stream is None:
            raw = [path.read_bytes() for path in written.paths]
        else:
            raw = mail.split_stream(written.stream, mark.encode() + b"\n")
        finishing = Finishing(repository, settings, plan, commits, remembered)
        final = finishing.finish(raw)
    except PatchError:
        remove_files(written.paths)
        raise
    return Formatted(0, _hand_over(written, raw, final, arguments), tuple(finishing.remarks))


def _pattern(ref: str) -> str:
    """Return a pattern that only this ref matches: git warns of a ref that is not there yet."""
    return f"{ref[:-1]}[{ref[-1]}]"


def _cover_options(plan: Plan) -> list[str]:
    """Return the options that make git write a cover letter we can fill, ahead of theirs."""
    if plan.is_covered:
        wanted = ["--cover-letter"] if plan.has_several else []
        return [*wanted, "--cover-from-description=none"]
    if "format.coverfromdescription" in plan.git_config:
        return []
    # git's own default leaves a placeholder for the subject
    return ["--cover-from-description=subject"]


def _hand_over(
    written: Written, before: Sequence[bytes], final: Sequence[bytes], arguments: Arguments
) -> bytes:
    """Put the finished mails where git put its own; return what goes to stdout."""
    if written.stream is None:
        for path, old, new in zip(written.paths, before, final, strict=True):
            if new != old:
                path.write_bytes(new)
        return b"" if arguments.is_quiet else written.printed
    if written.paths:
        written.paths[0].write_bytes(b"".join(final))
        return b""
    return b"".join(final)
