"""Guess the type and scope of a change from the staged paths, as defaults for the menu."""

from __future__ import annotations

import re
from itertools import takewhile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_KINDS = (
    ("test", re.compile(r"(^|/)(tests?|specs?|__tests__|testdata)/|(^|/)(test_[^/]*|conftest\.py)$"
                        r"|[._-](test|spec)\.\w+$")),
    ("ci", re.compile(r"^\.(github/workflows|ci|circleci|gitlab|buildkite|woodpecker)/"
                      r"|^(\.gitlab-ci\.yml|\.travis\.yml|Jenkinsfile|azure-pipelines\.yml)$")),
    ("build", re.compile(r"(^|/)(pyproject\.toml|setup\.(py|cfg)|package(-lock)?\.json|Makefile"
                         r"|CMakeLists\.txt|Dockerfile|Cargo\.toml|go\.(mod|sum)|meson\.build"
                         r"|pom\.xml|requirements[^/]*\.(txt|in)|[^/]*\.(lock|gradle|cmake))$"
                         r"|(^|/)(pnpm-lock\.yaml|requirements\.lock)$")),
    ("docs", re.compile(r"^(docs?|man)/|\.(md|rst|adoc|[1-9])$"
                        r"|(^|/)(README|LICENSE|CHANGELOG|CONTRIBUTING|AUTHORS)[^/]*$")),
)  # fmt: skip

# folders and files with generic names
_GENERIC = {"src", "lib", "libs", "app", "apps", "pkg", "packages", "internal", "cmd", "source"}
_GENERIC |= {"test", "tests", "spec", "specs", "__tests__", "docs", "doc", "include", "crates"}
_NAMELESS = {"__init__", "__main__", "index", "main", "mod", "lib", "conftest"}


def guess_type(staged_paths: Sequence[str], new_paths: Collection[str] = ()) -> str:
    """Guess the type that all paths have in common; new code is a feature."""
    kinds = {path: _kind(path) for path in staged_paths}
    code = [path for path, kind in kinds.items() if kind is None]
    if code:
        return "feat" if any(path in new_paths for path in code) else "fix"
    return next((kind for kind, _ in _KINDS if kind in kinds.values()), "chore")


def guess_scope(staged_paths: Sequence[str]) -> str | None:
    """Guess the scope: the changed module, or the folder that contains all changes."""
    code = [path for path in staged_paths if _kind(path) is None]
    if not code:
        code = [path for path in staged_paths if _kind(path) == "test"]
    paths = [PurePosixPath(path) for path in code]
    if not paths:
        return None
    names = list(paths[0].parts[:-1])
    if len(paths) == 1:
        names.append(re.sub(r"^test_|[._-](test|spec)$", "", paths[0].name.partition(".")[0]))
    else:
        levels = zip(*(path.parts for path in paths), strict=False)
        shared = sum(1 for _ in takewhile(lambda level: len({*level}) == 1, levels))
        names = names[:shared]
    for name in reversed(names):
        scope = re.sub(r"[^\w.-]+", "-", name.lower()).strip("-._")
        if scope and name.lower() not in _GENERIC | _NAMELESS:
            return scope
    return None


def _kind(path: str) -> str | None:
    return next((kind for kind, pattern in _KINDS if pattern.search(path)), None)
