"""Make the 8-bit weights of a new model, so that its first use is as fast as the second.

An import does this. A folder that nobody imported, and a cache that was deleted, are prepared when
the model is loaded, before anything else is: beside the encoder and the layers that are packed,
quantizing took 4.6 GB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from git_voicenote.engines.nano.checkpoint.reader import open_checkpoint
from git_voicenote.engines.nano.checkpoint.weights import Int8Weights
from git_voicenote.engines.nano.network.decoder import EMBEDDING, MODEL, TextDecoder

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.engines.nano.checkpoint.reader import Checkpoint
    from git_voicenote.models.installed import Progress


def make_int8_weights(folder: Path, progress: Progress) -> None:
    """Quantize the language model of a checkpoint into the user's cache, unless it is there.

    A cache that cannot be written is no failure: the weights are made when they are first used.
    """
    int8_weights(open_checkpoint(folder), progress)


@torch.inference_mode()
def int8_weights(checkpoint: Checkpoint, progress: Progress) -> Int8Weights:
    """Return the 8-bit layers of a language model; those that are not in the cache are made first.

    `progress` is called only then.
    """
    shape = checkpoint.architecture.decoder
    sizes = {
        name: place.size
        for name, place in checkpoint.places.items()
        if name.startswith(MODEL) and len(place.shape) > 1
    }
    done, total = 0, sum(sizes.values())
    weights = Int8Weights(checkpoint, read=checkpoint.copied)
    if weights.is_cached:
        return weights
    with weights:

        def tensor(name: str) -> torch.Tensor:
            return torch.empty(0) if name.startswith(EMBEDDING) else checkpoint.tensor(name).float()

        def dense(*names: str) -> nn.Module:
            nonlocal done
            progress("preparing", done, total)
            weights.dense(*names)
            done += sum(sizes[f"{name}.weight"] for name in names)
            return nn.Identity()

        TextDecoder(shape, tensor, dense)
        checkpoint.close()
    progress("preparing", total, total)
    return weights
