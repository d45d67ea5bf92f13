"""Compare an installed model of Nano with its record, and check its content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.engines.nano.checkpoint.installed import require_libraries
from git_voicenote.engines.nano.checkpoint.reader import open_checkpoint
from git_voicenote.engines.nano.checkpoint.tokenizer_files import read_tokenizer
from git_voicenote.engines.nano.checkpoint.writing import check_output_layer
from git_voicenote.errors import EngineError
from git_voicenote.models.verification import changes_since_install

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from git_voicenote.models.installed import Progress


def verify_model(folder: Path, progress: Progress = lambda *_: None) -> tuple[str, ...]:
    """Return a sentence for each fault of a model; none if it is intact.

    Sizes and hashes are compared if the model has a record; names, shapes and the tokenizer are
    always checked.
    """
    require_libraries()
    return changes_since_install(folder, progress) or tuple(_wrong_content(folder))


def _wrong_content(folder: Path) -> Iterator[str]:
    try:
        checkpoint = open_checkpoint(folder)
        check_output_layer(checkpoint)
        read_tokenizer(checkpoint.tokenizer, checkpoint.architecture.decoder.vocabulary)
    except EngineError as exc:
        yield exc.message
