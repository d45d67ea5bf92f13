"""The models of Nano, for commands that list, import and verify models. Imports no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.engines.nano.checkpoint.installed import WEIGHTS, find_checkpoint

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.models.installed import Progress
    from git_voicenote.models.kinds import ImportRequest, WrittenModel

_WEIGHTS = (WEIGHTS, WEIGHTS + ".index.json", "model.pt")


class NanoModels:
    """Checkpoints of Fun-ASR-Nano in the layouts of transformers and FunASR."""

    engine = "nano"
    embedded = None
    holds = (
        "config.json and model.safetensors, or config.yaml and model.pt, and the files of the "
        "tokenizer"
    )

    def recognises(self, folder: Path) -> bool:
        """Return whether a folder contains weights in one of the layouts."""
        return any((folder / name).exists() for name in _WEIGHTS)

    def find(self, chosen: str | None) -> Path | None:
        """Return the folder of the chosen model, or of the preferred installed one."""
        return find_checkpoint(chosen)

    def write(self, request: ImportRequest) -> WrittenModel:
        """Write a checkpoint in the layout that the engine loads."""
        from git_voicenote.engines.nano.checkpoint.writing import write_model

        return write_model(request)

    def prepare(self, folder: Path, progress: Progress) -> None:
        """Quantize the language model, where the engine would do so on this machine."""
        from git_voicenote.engines.nano.network.devices import choose_device, precision_for

        if precision_for(choose_device("auto")) == "int8":
            from git_voicenote.engines.nano.checkpoint.preparing import make_int8_weights

            make_int8_weights(folder, progress)

    def verify(self, folder: Path, progress: Progress) -> tuple[str, ...]:
        """Compare a checkpoint with its record, and check its content."""
        from git_voicenote.engines.nano.checkpoint.verification import verify_model

        return verify_model(folder, progress)
