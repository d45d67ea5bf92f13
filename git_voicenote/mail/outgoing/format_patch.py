"""Run `git format-patch` once, with the user's arguments."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from itertools import chain
from typing import IO, TYPE_CHECKING, cast

from git_voicenote.errors import GitError, PatchError
from git_voicenote.git.running.plumbing import offline
from git_voicenote.git.running.process import split_lines, try_git
from git_voicenote.git.running.traced import GitProcess

if TYPE_CHECKING:
    import io
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from git_voicenote.git.repository import Repository

# options of git format-patch, and of the walk and the diff behind it, whose value may be the next
# argument: it must not be taken for a revision
_WITH_VALUE = frozenset(
    (
        "-o", "--output-directory", "--suffix", "--start-number", "-v", "--reroll-count",
        "--filename-max-length", "--subject-prefix", "--to", "--cc", "--in-reply-to",
        "--add-header", "--signature", "--signature-file", "--base", "--interdiff",
        "--range-diff", "--creation-factor", "--cover-from-description", "--description-file",
        "--commit-list-format", "--output", "--max-count", "--skip", "--since", "--after",
        "--until", "--before", "--author", "--committer", "--grep", "-S", "-G", "-O",
        "--diff-algorithm", "--diff-filter", "--inter-hunk-context", "--encoding",
    )
)  # fmt: skip
_MAIL_START = re.compile(rb"From [0-9a-f]{40,64} Mon Sep 17 00:00:00 2001\n")
_MAIL_STARTS = re.compile(rb"^" + _MAIL_START.pattern, re.MULTILINE)
_QUIET = re.compile(r"--quiet$|-[nNskp]*q")
_LIMIT = re.compile(r"(?:-|--max-count=)(?P<count>\d+)|--max-count=")
_NOT_FOR_A_WALK = re.compile(r"--(?:pretty|header|objects|objects-edge|parents)$|-n$")
_STEM = re.compile(r"(?:refs/heads/|heads/)?(?P<branch>[^~^:](?:[^~^:@]|@(?!\{))*)")


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of git format-patch, parsed as far as necessary.

    `options` come before a `--`, `rest` starts there; `flags` are the options without the values
    that follow them, and `operands` everything else.
    """

    options: tuple[str, ...]
    rest: tuple[str, ...]
    flags: tuple[str, ...]
    operands: tuple[str, ...]

    @classmethod
    def parse(cls, arguments: Sequence[str]) -> Arguments:
        """Parse the command line. git allows no abbreviations here, unlike elsewhere."""
        flags, operands = [], []
        remaining = iter(range(len(arguments)))
        end = len(arguments)
        for at in remaining:
            argument = arguments[at]
            if argument in ("--", "--end-of-options"):
                end = at
                break
            is_flag = argument.startswith("-") and argument != "-"
            if is_flag:
                flags.append(argument)
                if argument in _WITH_VALUE:
                    next(remaining, None)
            if not is_flag or _LIMIT.match(argument):
                operands.append(argument)
        if end < len(arguments) and arguments[end] == "--end-of-options":
            after = arguments[end + 1 :]
            operands += after[: after.index("--")] if "--" in after else after
        return cls(tuple(arguments[:end]), tuple(arguments[end:]), tuple(flags), tuple(operands))

    def has(self, *names: str) -> bool:
        """Return whether one of these options was given, with or without a value."""
        return any(flag.partition("=")[0] in names for flag in self.flags)

    @property
    def is_quiet(self) -> bool:
        """Whether the names of the files are not to be printed."""
        return any(_QUIET.match(flag) for flag in self.flags)

    @property
    def output(self) -> str | None:
        """The file for all mails (--output), if given."""
        for at, option in enumerate(self.options):
            if option == "--output":
                return next(iter(self.options[at + 1 :]), None)
            if option.startswith("--output="):
                return option.partition("=")[2]
        return None

    @property
    def pathspec(self) -> tuple[str, ...]:
        """The `--` and the paths after it, if there are any."""
        return self.rest[self.rest.index("--") :] if "--" in self.rest else ()


@dataclass(frozen=True, slots=True)
class RevisionWalk:
    """The commits that git format-patch will walk.

    `revisions` are arguments of `git rev-list`; `tip` is the only positive revision, or None if
    there are several; `branch` is the branch that the tip names.
    """

    revisions: tuple[str, ...]
    tip: str | None
    branch: str | None

    @property
    def is_head(self) -> bool:
        """Whether the series ends at HEAD, named HEAD."""
        return self.tip == "HEAD"


def find_walk(repository: Repository, arguments: Arguments) -> RevisionWalk:
    """Return the commits that are meant.

    git format-patch reads a single revision as `<since>..HEAD`, unless there is a limit or --root.
    """
    done = try_git(
        "rev-parse", "--revs-only", "--symbolic", *arguments.operands, cwd=repository.cwd
    )
    lines = split_lines(done.stdout)
    options = [line for line in lines if line.startswith("-") and not _NOT_FOR_A_WALK.match(line)]
    negative = [line for line in lines if line.startswith("^")]
    positive = [line for line in lines if not line.startswith(("-", "^"))]
    is_limited = any(_LIMIT.match(line) for line in options) or arguments.has(
        "--max-count", "--root"
    )
    if not positive and not options:
        positive = ["HEAD"]
        if not negative and not is_limited:
            negative = ["^HEAD"]
    elif not positive:
        positive = ["HEAD"]
    elif len(positive) == 1 and not negative and not is_limited:
        positive, negative = ["HEAD"], ["^" + positive[0]]
    tip = positive[0] if len(positive) == 1 else None
    found = _STEM.match(tip) if tip else None
    branch = found["branch"] if found else None
    if branch in ("HEAD", "@"):
        branch = repository.current_branch()
    return RevisionWalk((*options, *positive, *negative), tip, branch)


def has_several(repository: Repository, walk: RevisionWalk, arguments: Arguments) -> bool:
    """Return whether a walk has more than one commit, without walking a long one."""
    limits = [found for one in walk.revisions if (found := _LIMIT.match(one))]
    # git uses the last of several limits
    count = limits[-1]["count"] if limits else "2"
    enough = ("--max-count=2",) if count and int(count) > 1 else ()
    done = try_git(
        "rev-list", "--no-merges", *walk.revisions, *enough, *arguments.pathspec,
        cwd=repository.cwd,
    )  # fmt: skip
    return done.stdout.count(b"\n") > 1


_APPLICABLE = (
    "diff.noprefix=false", "diff.mnemonicPrefix=false", "diff.srcPrefix=a/", "diff.dstPrefix=b/",
    "diff.relative=false", "diff.submodule=short", "diff.ignoreSubmodules=none",
)  # fmt: skip
"""Settings for display that `git am` cannot apply, or that leave out files.

Since git 2.41, format-patch ignores the first two itself (it has format.noprefix).
"""
_NO_CONTEXT = ("0", "1", "2")
"""Too few lines of context to locate a hunk."""


def start_format_patch(
    repository: Repository,
    arguments: Arguments,
    before: Sequence[str],
    after: Sequence[str],
    environment: Mapping[str, str],
    complaints: IO[bytes],
) -> subprocess.Popen[bytes]:
    """Start git format-patch; its messages and progress go to a file.

    `before` precedes the user's options, so that theirs win; `after` follows them. The user's
    settings for diffs apply as far as others can apply such patches.
    """
    context = repository.config(r"^diff\.context$").get("diff.context")
    settings = (*_APPLICABLE, *(("diff.context=3",) if context in _NO_CONTEXT else ()))
    command = [
        "git",
        *(argument for setting in settings for argument in ("-c", setting)),
        "format-patch", *before, *arguments.options, *after, *arguments.rest,
    ]  # fmt: skip
    try:
        return GitProcess(
            command,
            cwd=repository.cwd,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env={**offline(), **environment},
        )
    except FileNotFoundError as exc:
        raise GitError("git is not installed, or not on PATH") from exc


class Writing:
    """A running git format-patch: yields each mail as soon as git has written it.

    `paths` are the files, in order; empty if all mails go to stdout. `printed` is what git printed
    of them. In a stream, `mark` distinguishes the mails from quoted ones.
    """

    def __init__(
        self,
        repository: Repository,
        arguments: Arguments,
        process: subprocess.Popen[bytes],
        mark: bytes,
    ) -> None:
        self.paths: list[Path] = []
        self.printed = b""
        self.is_stream = False
        self._folder = repository.cwd
        self._output = arguments.output
        self._process = process
        self._mark = mark

    def mails(self) -> Iterator[bytes]:
        """Yield the mails; the first one may be incomplete until all were yielded (`first`)."""
        chunks = self._chunks()
        start = next(chunks, b"")
        if not start and self._output is not None:
            self._wait()
            path = self._folder / self._output
            self.is_stream = True
            if path.is_file():
                self.paths = [path]
                yield from split_stream([path.read_bytes()], self._mark)
        elif _MAIL_START.match(start):
            self.is_stream = True
            yield from split_stream(chain([start], chunks), self._mark)
        else:
            for name in self._names(chain([start], chunks)):
                self.paths.append(self._folder / name)
                yield self.paths[-1].read_bytes()
        self._wait()

    @property
    def status(self) -> int:
        """The exit status of git."""
        return self._process.wait()

    def stop(self) -> None:
        """Stop git and remove its files: nothing incomplete is left that could be sent."""
        self._process.kill()
        self._process.wait()
        names = os.fsdecode(self.printed).split("\n") if not self.is_stream else []
        for path in [*self.paths, *(self._folder / name for name in names if name)]:
            # a file that git could not open was not made by this run
            if path.is_file() and os.access(path, os.W_OK):
                path.unlink()

    def _wait(self) -> None:
        self._process.wait()

    def _chunks(self) -> Iterator[bytes]:
        stdout = cast("io.BufferedReader", self._process.stdout)
        while chunk := stdout.read1(1 << 16):
            yield chunk

    def _names(self, chunks: Iterable[bytes]) -> Iterator[str]:
        """Yield the names of finished files: git has opened the next one, or exited.

        git quotes nothing, and the name of a folder may contain a line feed, so lines are joined
        until they name a file.
        """
        held = ""
        rest = b""
        for chunk in chunks:
            self.printed += chunk
            *lines, rest = (rest + chunk).split(b"\n")
            for line in map(os.fsdecode, lines):
                if held and (self._folder / held).is_file():
                    yield held
                    held = line
                else:
                    held = f"{held}\n{line}" if held else line
        self._wait()
        if held and (self._folder / held).is_file():
            yield held
        elif held and not self._process.returncode:
            raise PatchError(f"git named a patch that is not there: {held!r}")


def split_stream(chunks: Iterable[bytes], mark: bytes) -> Iterator[bytes]:
    """Yield the mails of a stream as they arrive, without the mark.

    A commit message may contain a whole mail. Only mails with `mark` in their headers, a random
    header line, were written by git format-patch.
    """
    buffer = bytearray()
    seen = searched = 0  # `searched` is up to where the end of the headers at `seen` is not
    for chunk in chunks:
        buffer += chunk
        while found := _MAIL_STARTS.search(buffer, seen):
            at = found.start()
            end = buffer.find(b"\n\n", max(at, searched))
            if end < 0:
                seen, searched = at, max(at, len(buffer) - 1)
                break
            seen = end
            if at and buffer.find(mark, at, end + 1) >= 0:
                yield bytes(buffer[:at]).replace(mark, b"", 1)
                del buffer[:at]
                seen, searched = end - at, 0
        else:
            seen = max(seen, buffer.rfind(b"\n") + 1)
    if mark not in buffer and (buffer or seen):
        raise PatchError("git format-patch wrote something that is not a mail")
    if buffer:
        yield bytes(buffer).replace(mark, b"", 1)


def range_diff_environment(
    arguments: Arguments, git_config: Mapping[str, str | None], notes_ref: str
) -> dict[str, str]:
    """Return variables that keep other notes out of a range-diff.

    Before git 2.52, a range-diff always shows the default notes (refs/notes/commits); these
    variables make ours the default. A user who asks for other notes gets them.
    """
    asked = arguments.has("--show-notes") or "--notes" in arguments.flags
    configured = (git_config.get("format.notes", "false") or "true").lower()
    if asked or configured in ("true", "yes", "on", "1") or not arguments.has("--range-diff"):
        return {}
    return {"GIT_NOTES_REF": notes_ref, "GIT_NOTES_DISPLAY_REF": ""}
