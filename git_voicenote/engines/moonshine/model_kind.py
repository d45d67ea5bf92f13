"""The models of Moonshine, for commands that list, import and verify models."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from git_voicenote import files
from git_voicenote.engines.moonshine.weights import (
    EMBEDDED,
    FILES,
    damaged_files,
    find_weights,
    is_embedded,
    language_of,
    weights_in,
)
from git_voicenote.errors import EngineError
from git_voicenote.models.kinds import WrittenModel
from git_voicenote.models.staging import need_space
from git_voicenote.models.verification import changes_since_install

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.models.installed import Progress
    from git_voicenote.models.kinds import ImportRequest

_LANGUAGE = re.compile(r"[a-z]{2,3}")


class MoonshineModels:
    """Moonshine weights: two graphs for onnxruntime and a tokenizer."""

    engine = "moonshine"
    embedded = EMBEDDED
    holds = f"{', '.join(FILES)} (the graphs may be .onnx)"

    def recognises(self, folder: Path) -> bool:
        """Return whether a folder contains one of the graphs."""
        graphs = (name.removesuffix(".ort") for name in FILES[:2])
        return any((folder / (g + end)).is_file() for g in graphs for end in (".ort", ".onnx"))

    def find(self, chosen: str | None) -> Path | None:
        """Return the folder of the chosen weights, or of the embedded ones."""
        return find_weights(chosen)

    def write(self, request: ImportRequest) -> WrittenModel:
        """Check the weights and copy them unchanged."""
        from git_voicenote.engines.moonshine.graphs import check_model

        language = request.language or language_of(*request.names) or "en"
        if not _LANGUAGE.fullmatch(language):
            raise EngineError(
                f"{language!r} is not a language code",
                hint="use two or three lower-case letters, such as `--language ja`",
            )
        weights = weights_in(request.source)
        paths = (weights.encoder, weights.decoder, weights.tokenizer)
        check_model(*paths)
        total, done = sum(path.stat().st_size for path in paths), 0
        need_space(request.made, total, to="install the model")
        for path in paths:
            files.copy(path, request.made / path.name, mode=files.PUBLISHED)
            done += path.stat().st_size
            request.progress("writing", done, total)
        # check the copies: a graph may have read values from other files next to it
        check_model(*(request.made / path.name for path in paths))
        return WrittenModel(weights.encoder.suffix.removeprefix("."), language=language)

    def prepare(self, folder: Path, progress: Progress) -> None:
        """Do nothing: the graphs are used as they are."""

    def verify(self, folder: Path, progress: Progress) -> tuple[str, ...]:
        """Compare weights with their record or the published hashes, and check their content."""
        from git_voicenote.engines.moonshine.graphs import check_model

        wrong = (
            damaged_files(folder)
            if is_embedded(folder)
            else changes_since_install(folder, progress)
        )
        if wrong:
            return wrong
        try:
            weights = weights_in(folder)
            check_model(weights.encoder, weights.decoder, weights.tokenizer)
        except EngineError as exc:
            return (exc.message,)
        return ()
