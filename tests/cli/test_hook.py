"""Hooks by name. What becomes of a hook's file is tested in tests/git/test_hooks.py."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

BOTH = ("post-applypatch", "prepare-commit-msg")


def installed(repo: Sandbox) -> list[str]:
    return sorted(p.name for p in (repo.folder / ".git/hooks").iterdir() if p.suffix != ".sample")


def test_hooks_are_installed_told_of_and_removed_by_name(repo: Sandbox) -> None:
    done = repo.voicenote("hook", "install", *BOTH)
    assert done.stderr.decode() == (
        "installed: .git/hooks/post-applypatch\ninstalled: .git/hooks/prepare-commit-msg\n"
    )
    assert installed(repo) == [*BOTH]

    status = json.loads(repo.voicenote("hook", "status", "--json", *BOTH).stdout)
    assert [(one["hook"], one["state"]) for one in status] == [(n, "installed") for n in BOTH]

    repo.voicenote("hook", "uninstall", BOTH[0])
    assert installed(repo) == [BOTH[1]]
    some = repo.voicenote("hook", "status", *BOTH)
    assert (some.returncode, some.stdout.decode().splitlines()) == (
        1,
        [
            "not installed: .git/hooks/post-applypatch",
            "installed: .git/hooks/prepare-commit-msg",
        ],
    )


def test_status_lists_all_hooks_ours_or_not_and_shadowed_or_not(repo: Sandbox) -> None:
    repo.voicenote("hook", "install")
    repo.write(".git/hooks/post-applypatch", "#!/bin/sh\n").chmod(0o755)

    done = repo.voicenote("hook", "status")
    assert (done.returncode, done.stdout.decode().splitlines()) == (
        0,
        [
            "installed: .git/hooks/prepare-commit-msg",
            "not installed: .git/hooks/post-applypatch (another hook is there)",
        ],
    )

    repo.git("config", "core.hooksPath", "elsewhere")
    done = repo.voicenote("hook", "status")
    assert (done.returncode, done.stdout.decode().splitlines()) == (
        1,
        [
            "not installed: elsewhere/prepare-commit-msg",
            "not installed: elsewhere/post-applypatch",
        ],
    )
    assert done.stderr.decode() == (
        "warning: git does not run .git/hooks/prepare-commit-msg: core.hooksPath, in the local "
        "config, names another folder\n"
    )
    found = json.loads(repo.voicenote("hook", "status", "--json").stdout)
    assert [one["shadowed"] for one in found] == [
        str(repo.folder / ".git/hooks/prepare-commit-msg"), None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ((), ["prepare-commit-msg"]),
        (("--am",), ["post-applypatch"]),
        (("post-applypatch", "--am"), ["post-applypatch"]),
        (("prepare-commit-msg", "--am"), [*BOTH]),
    ],
)
def test_am_means_post_applypatch_and_no_name_means_dictation(
    repo: Sandbox, arguments: tuple[str, ...], names: list[str]
) -> None:
    assert repo.voicenote("hook", "install", *arguments).returncode == 0
    assert installed(repo) == names


def test_a_hook_that_there_is_not_is_refused_with_those_that_there_are(repo: Sandbox) -> None:
    refused = repo.voicenote("hook", "install", "pre-push")
    assert refused.returncode == 129
    assert "'prepare-commit-msg', 'post-applypatch'" in refused.stderr.decode()
    assert installed(repo) == []
