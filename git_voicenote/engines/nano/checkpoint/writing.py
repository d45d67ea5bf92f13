"""Write a model of Nano, read from any layout, in the newest layout of transformers.

The weights are in one file, with unchanged values.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.engines.nano.checkpoint.configuration import config_json
from git_voicenote.engines.nano.checkpoint.installed import WEIGHTS, require_libraries
from git_voicenote.engines.nano.checkpoint.layouts import EMBEDDING
from git_voicenote.engines.nano.checkpoint.original import open_original
from git_voicenote.engines.nano.checkpoint.reader import INDEX, open_checkpoint, output_layer_error
from git_voicenote.engines.nano.checkpoint.safetensors_file import (
    BYTES_OF,
    SafetensorsWriter,
    StoredTensor,
)
from git_voicenote.engines.nano.checkpoint.tokenizer_files import write_tokenizer
from git_voicenote.errors import EngineError
from git_voicenote.models.kinds import WrittenModel
from git_voicenote.models.staging import need_space

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from git_voicenote.engines.nano.checkpoint.original import OriginalCheckpoint
    from git_voicenote.engines.nano.checkpoint.reader import Checkpoint
    from git_voicenote.models.kinds import ImportRequest

    SourceCheckpoint = Checkpoint | OriginalCheckpoint


def write_model(request: ImportRequest) -> WrittenModel:
    """Write the model into its new folder and read it back. Raises EngineError and OSError."""
    require_libraries()
    if request.language is not None:
        raise EngineError(
            "the language of a model of the nano engine cannot be set",
            hint="import it without `--language`",
        )
    source, made = open_any_checkpoint(request.source), request.made
    check_output_layer(source)
    planned = sorted(
        (
            StoredTensor(name, place.stored.dtype, place.shape)
            for name, place in source.places.items()
        ),
        key=lambda tensor: -BYTES_OF[tensor.dtype],  # so that all values are aligned
    )
    total = sum(tensor.size for tensor in planned)
    need_space(made, total, to="install the model")
    digest = _write_weights(
        source, made / WEIGHTS, planned, lambda n: request.progress("writing", n, total)
    )
    text = json.dumps(config_json(source.architecture), indent=2) + "\n"
    files.replace(made / "config.json", text, mode=files.PUBLISHED)
    write_tokenizer(
        source.tokenizer_folder, made / "tokenizer.json", source.architecture.decoder.vocabulary
    )
    open_checkpoint(made)
    return WrittenModel(
        source.layout,
        parameters=sum(tensor.size // BYTES_OF[tensor.dtype] for tensor in planned),
        left_out=source.left_out,
        digests={WEIGHTS: digest},
    )


def open_any_checkpoint(folder: Path) -> SourceCheckpoint:
    """Open a checkpoint of any layout."""
    if (folder / WEIGHTS).exists() or (folder / INDEX).exists():
        return open_checkpoint(folder)
    return open_original(folder)


def check_output_layer(source: SourceCheckpoint) -> None:
    """Raise EngineError if there is an output layer that differs from the embedding anywhere."""
    output, embedding = source.output, source.places[EMBEDDING]
    if output is not None and (
        (output.shape, output.stored.dtype) != (embedding.shape, embedding.stored.dtype)
        or any(
            bytes(one) != bytes(other)
            for one, other in zip(source.pieces(output), source.pieces(embedding), strict=True)
        )
    ):
        raise output_layer_error(output.file)


def _write_weights(
    source: SourceCheckpoint,
    path: Path,
    planned: list[StoredTensor],
    progress: Callable[[int], None],
) -> str:
    done = 0
    with SafetensorsWriter(path, planned) as writer:
        for tensor in planned:
            for piece in source.pieces(source.places[tensor.name]):
                writer.write(piece)
                done += len(piece)
                progress(done)
    return writer.sha256
