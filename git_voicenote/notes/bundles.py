"""Commits, notes and covers in a git bundle.

It is made in a scratch repository that borrows the objects. So the refs have their names for the
other side, and none is created in the user's repository.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.errors import GitError
from git_voicenote.git.running.plumbing import elsewhere
from git_voicenote.git.running.process import run_git, split_lines
from git_voicenote.notes.covers import COVER_PREFIX
from git_voicenote.notes.merging.refs import REVIEW_REF, local_tips
from git_voicenote.object_ids import ObjectId

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from git_voicenote.git.repository import Repository
    from git_voicenote.notes.merging.refs import NoteRefs

_MAX_REFS = 20_000


@dataclass(frozen=True, slots=True)
class BundleContent:
    """The content of a bundle: `heads` by the name of their branch, without the `excluded`."""

    heads: Mapping[str, str]
    excluded: tuple[str, ...]
    commits: tuple[ObjectId, ...]
    notes: str | None
    covers: Mapping[str, str]
    reviews: str | None = None


def select(repository: Repository, note_refs: NoteRefs, revisions: Sequence[str]) -> BundleContent:
    """Return the selection for branches and ranges; the default is the current branch.

    Raises GitError if they name no commit.
    """
    asked = revisions or ("HEAD",)
    try:
        # names, not commits, because a head is named after its branch
        symbolic = repository.read(
            "rev-parse", "--revs-only", "--symbolic-full-name", "--end-of-options", *asked
        ).split("\n")
        plain = repository.read("rev-parse", "--revs-only", "--end-of-options", *asked).split("\n")
    except GitError as exc:
        raise repository.unknown_revision(" ".join(asked)) from exc
    named = [name for name in symbolic if name]
    excluded = tuple(one[1:] for one in plain if one.startswith("^"))
    tips = [one for one in plain if one and not one.startswith("^")]
    names = [name for name in named if not name.startswith("^")]
    if not tips:
        raise repository.unknown_revision(" ".join(asked))
    if len(names) != len(tips):
        names = [""] * len(tips)  # some have no name
    heads = {}
    for name, tip in zip(names, tips, strict=True):
        commit = repository.read("rev-parse", "--verify", f"{tip}^{{commit}}")
        heads[_branch(repository, name, commit)] = commit
    listed = repository.read(
        "rev-list", *heads.values(), *(f"^{one}" for one in excluded), "--"
    ).split("\n")
    commits = tuple(ObjectId(one) for one in listed if one)
    if not commits:
        raise GitError(
            f"{' '.join(asked)} contains no commits", hint="a range is BASE..BRANCH: main..topic"
        )
    ours = local_tips(repository, note_refs)
    covers = {key: tip for key, tip in ours.covers.items() if not revisions or key in heads}
    return BundleContent(heads, excluded, commits, ours.notes, covers, ours.reviews)


def write_git_bundle(
    repository: Repository, note_refs: NoteRefs, selection: BundleContent, target: Path
) -> None:
    """Write a selection as a bundle that git reads. Raises GitError."""
    with files.scratch_folder() as folder:
        form = repository.read("rev-parse", "--show-object-format")
        here = elsewhere(folder)
        run_git(
            "init", "--quiet", "--bare", f"--object-format={form}", "--template=",
            cwd=repository.cwd, environment=here,
        )  # fmt: skip
        objects = repository.read("rev-parse", "--path-format=absolute", "--git-path", "objects")
        files.folder(folder / "objects/info")
        # git reads a quoted line as C does
        quoted = '"' + re.sub(r'(["\\])', r"\\\1", objects) + '"\n'
        files.replace(folder / "objects/info/alternates", os.fsencode(quoted))
        if (repository.common_dir / "shallow").is_file():
            files.copy(repository.common_dir / "shallow", folder / "shallow")
        refs = {f"refs/heads/{name}": tip for name, tip in selection.heads.items()}
        refs |= {COVER_PREFIX + key: tip for key, tip in selection.covers.items()}
        if selection.notes:
            refs[note_refs.notes] = selection.notes
        if (
            selection.reviews
        ):  # under this name, whatever its name here, because the other side expects it
            refs[REVIEW_REF] = selection.reviews
        lines = "".join(f"create {ref}\0{tip}\0" for ref, tip in refs.items())
        run_git(
            "update-ref", "-z", "--stdin", cwd=repository.cwd, environment=here,
            stdin=lines.encode("utf-8", "surrogateescape"),
        )  # fmt: skip
        run_git(
            "bundle", "create", "--quiet", str(target.absolute()), "--stdin",
            cwd=repository.cwd, environment=here,
            stdin="\n".join([*refs, *(f"^{one}" for one in selection.excluded), ""])
            .encode("utf-8", "surrogateescape"),
        )  # fmt: skip


def verify_git_bundle(repository: Repository, path: Path) -> dict[str, str]:
    """Check a bundle and return its refs, by name. Raises GitError with a hint."""
    try:
        repository.run("bundle", "verify", str(path))
    except GitError as exc:
        missing = re.findall(r"^(?:error: )?([0-9a-f]{40,64})\b", exc.message, re.MULTILINE)
        if missing:
            lacks = repository.short(missing[0])
            raise GitError(
                f"this repository lacks {lacks}, on which the received commits are based",
                hint="fetch the branch that they are based on, or ask for a complete bundle: "
                "`git voicenote sync bundle FILE BRANCH`",
            ) from exc
        raise
    listed = split_lines(repository.run("bundle", "list-heads", str(path)))
    pairs = [line.split(" ", 1) for line in listed if " " in line]
    if len(pairs) > _MAX_REFS:
        raise GitError(f"the git bundle has {len(pairs):,} refs; {_MAX_REFS:,} are allowed at most")
    return {name: tip for tip, name in pairs}


def _branch(repository: Repository, name: str, commit: str) -> str:
    if name.startswith("refs/heads/"):
        return name.removeprefix("refs/heads/")
    if name == "HEAD":
        return repository.current_branch() or f"detached-{commit[:10]}"
    return name.removeprefix("refs/").replace("/", "-") if name else f"commit-{commit[:10]}"
