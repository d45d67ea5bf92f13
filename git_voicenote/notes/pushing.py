"""Find the URLs to push to, and push to them.

They may differ from the URL to fetch from: `remote.<name>.pushurl`, several URLs,
`url.<base>.pushInsteadOf`. Each URL is queried and pushed to separately, so that each report is
about that URL.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.git.running.process import split_lines, try_git
from git_voicenote.notes.remotes import Remote, connect, transport_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.git.repository import Repository

_PLACE = "git-voicenote-push"
"""The name of a URL to push to while git runs."""
_COPIED = ("proxy", "proxyauthmethod", "receivepack", "serveroption", "uploadpack", "vcs")
"""The settings of a remote that affect the connection."""
_REPORTED = frozenset(" +-*=")
"""The marks in `git push --porcelain` of refs that were updated or up to date."""


@dataclass(frozen=True, slots=True)
class PushedRef:
    """The result for a pushed ref; `reason` is git's, "" if it was accepted."""

    ref: str
    new: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class PushResult:
    """The result of a push, and the messages of the other side (`remote: ...`), unchanged."""

    refs: tuple[PushedRef, ...]
    words: tuple[str, ...]


def push_places(repository: Repository, remote: Remote) -> tuple[Remote, ...]:
    """Return the repositories that `git push` would push to; often the remote itself."""
    fetch, push = _urls(repository, remote), _urls(repository, remote, "--push", "--all")
    if not fetch:
        fetch, push = [remote.address], [_push_instead(repository, remote.address)]
    if push == fetch:
        # remote.<name>.mirror goes with no refspec
        setting = (f"remote.{remote.address}.mirror", "false")
        return (replace(remote, settings=(*remote.settings, setting)),)
    copied = _settings_of(repository, remote)
    return tuple(_place(url, copied) for url in dict.fromkeys(push))


def push_refs(
    repository: Repository, place: Remote, updates: Sequence[tuple[str, str | None, str | None]]
) -> PushResult:
    """Push refs (name, new, old), fast-forward only; a `new` of None deletes.

    Raises GitError if the place cannot be pushed to at all.
    """
    leases = [f"--force-with-lease={ref}:{before}" for ref, new, before in updates if new is None]
    done = connect(
        repository, place,
        # no options or advice for branches
        "-c", "push.pushOption=", "-c", "advice.pushUpdateRejected=false",
        "push", "--porcelain", "--no-follow-tags", "--recurse-submodules=no", *leases, "--",
        place.address, *(f"{new or ''}:{ref}" for ref, new, _ in updates),
    )  # fmt: skip
    reports = _reports(split_lines(done.stdout))
    refused = [reason for reason in reports.values() if reason]
    if not reports or (done.returncode and not refused):
        raise transport_error("push to", place.name, done)
    untold = "git did not report the result"
    return PushResult(
        tuple(PushedRef(ref, new, reports.get(ref, untold)) for ref, new, _ in updates),
        _words(done.stderr),
    )


def _reports(lines: Sequence[str]) -> dict[str, str]:
    """Return the reason why each ref was refused, from --porcelain; "" for the others."""
    reports = {}
    for line in lines:
        flag, _, rest = line.partition("\t")
        refs, _, summary = rest.partition("\t")
        if len(flag) == 1 and summary:
            reports[refs.rpartition(":")[2]] = "" if flag in _REPORTED else visible(summary)
    return reports


def _words(stderr: bytes) -> tuple[str, ...]:
    """Return the messages of git and the other side, without the summary in the last line."""
    lines = visible(stderr.decode("utf-8", "replace")).splitlines()
    return tuple(
        line.rstrip()
        for line in lines
        if line.strip() and not line.startswith("error: failed to push some refs to ")
    )


def _place(url: str, copied: Sequence[tuple[str, str]]) -> Remote:
    settings = (
        (f"remote.{_PLACE}.url", url),
        # git has rewritten it; the longest match prevents a second rewrite
        (f"url.{url}.insteadOf", url),
        (f"url.{url}.pushInsteadOf", url),
        *((f"remote.{_PLACE}.{key}", value) for key, value in copied),
    )
    return replace(Remote.at(url), address=_PLACE, settings=settings)


def _urls(repository: Repository, remote: Remote, *options: str) -> list[str]:
    """Return the URLs that git uses for a remote; none if the remote has no name."""
    done = try_git("remote", "get-url", *options, "--", remote.address, cwd=repository.cwd)
    return [] if done.returncode else split_lines(done.stdout)


def _push_instead(repository: Repository, url: str) -> str:
    """Apply `url.<base>.pushInsteadOf` to a URL that belongs to no remote."""
    listed = repository.run(
        "config", "-z", "--get-regexp", r"^url\..*\.pushinsteadof$", accept=(0, 1)
    )
    entries = (entry.partition("\n") for entry in os.fsdecode(listed).split("\0") if entry)
    matching = [(prefix, key) for key, _, prefix in entries if url.startswith(prefix)]
    if not matching:
        return url
    prefix, key = max(matching, key=lambda match: len(match[0]))  # git uses the longest
    return key.removeprefix("url.").removesuffix(".pushinsteadof") + url.removeprefix(prefix)


def _settings_of(repository: Repository, remote: Remote) -> tuple[tuple[str, str], ...]:
    prefix = f"remote.{remote.address}."
    listed = repository.config(r"^remote\.")
    return tuple(
        (name, value)
        for key, value in listed.items()
        if (name := key.removeprefix(prefix)) in _COPIED and value
    )
