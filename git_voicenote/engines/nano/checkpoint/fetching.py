"""Fetch a model from the Hugging Face hub or a mirror.

Nothing else in this program opens a socket. The files are shown before they are fetched, and their
sizes and hashes are verified.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from git_voicenote import files
from git_voicenote.engines.nano.checkpoint.hub import (
    RemoteFile,
    fetch_file,
    hub,
    not_a_hub_error,
    partial_path,
)
from git_voicenote.engines.nano.checkpoint.installed import PREFERRED
from git_voicenote.engines.nano.importing import import_checkpoint
from git_voicenote.errors import EngineError
from git_voicenote.models.kinds import ModelOrigin
from git_voicenote.models.staging import need_space
from git_voicenote.resources import cache_home

if TYPE_CHECKING:
    from pathlib import Path

    from huggingface_hub.hf_api import RepoSibling

    from git_voicenote.models.importing import Imported
    from git_voicenote.models.installed import Progress


@dataclass(frozen=True, slots=True)
class Release:
    """A published model: its repository on the hub, and a revision that is known to work."""

    repository: str
    revision: str | None


RELEASES = {
    PREFERRED: Release(
        "FunAudioLLM/Fun-ASR-Nano-2512-hf", "7ef6cafdc445b5beff0b730cbeb51952c793ca6e"
    ),
    # in FunASR's layout; no revision is known to work
    "Fun-ASR-MLT-Nano-2512": Release("FunAudioLLM/Fun-ASR-MLT-Nano-2512", None),
}

_ORIGINAL = ("config.yaml", "model.pt", "Qwen3-0.6B/*")
_PATTERNS = (
    "config.json", "generation_config.json", "LICENSE*", "README.md",
    "model.safetensors", "model-*-of-*.safetensors", "model.safetensors.index.json",
    "tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt",
    "config.yaml", "model.pt",
    "Qwen3-0.6B/config.json", "Qwen3-0.6B/tokenizer.json", "Qwen3-0.6B/tokenizer_config.json",
    "Qwen3-0.6B/vocab.json", "Qwen3-0.6B/merges.txt",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FetchPlan:
    """The files to fetch, and their source."""

    repository: str
    commit: str
    endpoint: str
    licence: str | None
    files: tuple[RemoteFile, ...]
    folder: Path
    """The folder for the files until the model is installed."""

    @property
    def name(self) -> str:
        """The name for the model."""
        return self.repository.split("/")[-1].removesuffix("-hf")

    @property
    def size(self) -> int:
        """The total size of the files, in bytes."""
        return sum(file.size for file in self.files)

    @property
    def host(self) -> str:
        """The host to fetch from."""
        return urlsplit(self.endpoint).netloc

    @property
    def present(self) -> int:
        """The number of bytes that were fetched before."""
        return sum(
            min(file.size, path.stat().st_size)
            for file in self.files
            for path in (self.folder / file.path, partial_path(self.folder, file))
            if path.is_file()
        )

    @property
    def origin(self) -> ModelOrigin:
        """The origin to record for the model."""
        return ModelOrigin(f"{self.endpoint}/{self.repository}", self.commit, self.licence)


def model_name_for(wanted: str) -> str:
    """Return the name for a release or a repository."""
    return release_of(wanted).repository.split("/")[-1].removesuffix("-hf")


def release_of(wanted: str) -> Release:
    """Return the release with a name, or the repository with a name ("ORG/NAME")."""
    if "/" in wanted:
        known = {release.repository: release for release in RELEASES.values()}
        return known.get(wanted, Release(wanted, None))
    if wanted in RELEASES:
        return RELEASES[wanted]
    raise EngineError(
        f"there is no model {wanted!r} to fetch",
        hint=f"use {' or '.join(RELEASES)}, or name a repository on the hub as ORG/NAME",
    )


def plan_fetch(wanted: str, revision: str | None = None) -> FetchPlan:
    """Ask the hub for the files of a model; `revision` is a commit, a tag or a branch.

    Raises EngineError if offline, if the model does not exist, or if the server is not a hub.
    """
    release = release_of(wanted)
    revision = revision or release.revision or "main"
    with hub(release.repository, revision) as endpoint:
        from huggingface_hub import HfApi

        info = HfApi(endpoint=endpoint).model_info(
            release.repository, revision=revision, files_metadata=True
        )
    if not info.sha:
        raise not_a_hub_error(endpoint)
    files = _wanted_files(info.siblings or [])
    if not any(file.path.startswith("model") for file in files):
        raise EngineError(
            f"{release.repository} has no supported model at {revision}",
            hint="it needs model.safetensors, or model.pt and config.yaml",
        )
    licence = info.card_data.get("license") if info.card_data else None
    folder = cache_home() / "fetch" / f"{release.repository.replace('/', '--')}@{info.sha}"
    return FetchPlan(release.repository, info.sha, endpoint, licence, files, folder)


def fetch(plan: FetchPlan, progress: Progress = lambda *_: None) -> Path:
    """Fetch all files of a plan into its folder, and resume an interrupted attempt.

    Raises EngineError; the fetched data is kept for the next attempt.
    """
    try:
        files.folder(plan.folder)
        need_space(plan.folder, plan.size - plan.present, to="fetch the model")
    except OSError as exc:
        raise EngineError(f"cannot write to {plan.folder}: {exc.strerror}") from exc
    done = 0
    for file in plan.files:
        if not (plan.folder / file.path).is_file():
            _fetch(plan, file, done, progress)
        done += file.size
        progress("fetching", done, plan.size)
    return plan.folder


def install(
    plan: FetchPlan, name: str | None = None, progress: Progress = lambda *_: None
) -> Imported:
    """Install a fetched model, and remove the fetched files.

    Raises EngineError; then the fetched files are kept.
    """
    imported = import_checkpoint(
        plan.folder, name or plan.name, origin=plan.origin, progress=progress
    )
    shutil.rmtree(plan.folder, ignore_errors=True)
    return imported


def _fetch(plan: FetchPlan, file: RemoteFile, before: int, progress: Progress) -> None:
    fetch_file(
        plan.repository,
        plan.commit,
        file,
        plan.folder,
        lambda here: progress("fetching", before + here, plan.size),
    )


def _wanted_files(listed: list[RepoSibling]) -> tuple[RemoteFile, ...]:
    """Return the files of the model; if there are two layouts, those of the newer one."""
    files = [
        RemoteFile(
            file.rfilename, file.size or 0, file.lfs.sha256 if file.lfs else None, file.blob_id
        )
        for file in listed
        if _matches(file.rfilename, _PATTERNS)
    ]
    if any(file.path.endswith(".safetensors") for file in files):
        files = [file for file in files if not _matches(file.path, _ORIGINAL)]
    return tuple(files)


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    """Return whether a path matches a pattern; a path out of the folder never does."""
    return any(
        fnmatch(path, pattern) and path.count("/") == pattern.count("/") for pattern in patterns
    )
