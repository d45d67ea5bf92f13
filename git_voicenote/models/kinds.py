"""The interface through which commands list, import and verify the models of any engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from git_voicenote.models.installed import Progress


@dataclass(frozen=True, slots=True)
class ModelOrigin:
    """Where a model comes from, if not from the folder that contains it."""

    source: str
    revision: str | None = None
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """A model to copy from the folder `source` into `made`, which is new and empty.

    `names` are names of the model, with the one that most likely contains its language first;
    `language` is the language given by the user, if any.
    """

    source: Path
    made: Path
    names: tuple[str, ...]
    language: str | None
    progress: Progress


@dataclass(frozen=True, slots=True)
class WrittenModel:
    """The result of writing a model.

    `left_out` are tensors that the engine does not use; `digests` are the SHA-256 of files whose
    hash is already known, by name.
    """

    layout: str
    parameters: int | None = None
    left_out: tuple[str, ...] = ()
    language: str | None = None
    digests: Mapping[str, str] = field(default_factory=dict)


class ModelKind(Protocol):
    """The models of one engine. Heavy packages are imported only when they are needed."""

    @property
    def engine(self) -> str:
        """The name of the engine."""
        ...

    @property
    def embedded(self) -> str | None:
        """The name of the model that is part of the installation, or None."""
        ...

    @property
    def holds(self) -> str:
        """A description of the files that a folder of this kind contains."""
        ...

    def recognises(self, folder: Path) -> bool:
        """Return whether a folder contains such a model, by the names of its files."""
        ...

    def find(self, chosen: str | None) -> Path | None:
        """Return the folder of the model that the engine uses, or None if there is none.

        `chosen` is a name or a folder. Raises EngineError if it does not exist.
        """
        ...

    def write(self, request: ImportRequest) -> WrittenModel:
        """Check the model in a folder and write it into a new one.

        Raises EngineError and OSError.
        """
        ...

    def prepare(self, folder: Path, progress: Progress) -> None:
        """Do in advance what the first use of an installed model would do, such as filling a cache.

        Raises EngineError and OSError; the model stays installed.
        """
        ...

    def verify(self, folder: Path, progress: Progress) -> tuple[str, ...]:
        """Return a sentence for each fault of a model; none if it is intact.

        Raises EngineError if it cannot be checked.
        """
        ...
