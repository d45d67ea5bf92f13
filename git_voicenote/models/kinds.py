"""What an engine tells of its models, so that commands can list, import and verify any engine's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from git_voicenote.models.installed import Progress


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a model comes from, if not from the folder it is in."""

    source: str
    revision: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """A model to write: from the folder `source` into `made`, which is new and empty.

    `names` is what the model is called, the likeliest to tell its language first; `language` is
    what somebody said of it.
    """

    source: Path
    made: Path
    names: tuple[str, ...]
    language: str | None
    progress: Progress


@dataclass(frozen=True, slots=True)
class Written:
    """What is known of a model after it was written.

    `left_out` are tensors that the engine has no use for, `digests` the SHA-256 of files whose
    hash is known already, by name.
    """

    layout: str
    parameters: int | None = None
    left_out: tuple[str, ...] = ()
    language: str | None = None
    digests: Mapping[str, str] = field(default_factory=dict)


class ModelKind(Protocol):
    """The models of one engine. Nothing heavy is imported before it is needed."""

    @property
    def engine(self) -> str:
        """The engine's name."""
        ...

    @property
    def embedded(self) -> str | None:
        """The name of the model that comes with the install, if one does."""
        ...

    @property
    def holds(self) -> str:
        """The files that a folder of this kind holds, in words."""
        ...

    def recognises(self, folder: Path) -> bool:
        """Return whether a folder holds such a model, by the names of its files."""
        ...

    def find(self, chosen: str | None) -> Path | None:
        """Return the folder of the model that the engine uses, None where it has none.

        `chosen` is a name or a folder. Raises EngineError where it is not there.
        """
        ...

    def write(self, request: ImportRequest) -> Written:
        """Check the model in a folder and write it into a new one.

        Raises EngineError and OSError.
        """
        ...

    def verify(self, folder: Path, progress: Progress) -> tuple[str, ...]:
        """Return what is wrong with a model, in sentences; nothing where all is right.

        Raises EngineError where it cannot be checked.
        """
        ...
