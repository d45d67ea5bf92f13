"""Make the 8-bit weights of a new model, so that its first use is as fast as the second.

Quantizing while a person waits for their words took 20 to 29 s and 4.6 GB, beside the encoder and
the layers that are packed meanwhile. Here, nothing else is loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from git_voicenote.engines.nano.checkpoint.reader import open_checkpoint
from git_voicenote.engines.nano.checkpoint.weights import Int8Weights
from git_voicenote.engines.nano.network.decoder import EMBEDDING, MODEL, Decoder

if TYPE_CHECKING:
    from pathlib import Path

    from torch import nn

    from git_voicenote.models.installed import Progress


@torch.inference_mode()
def make_int8_weights(folder: Path, progress: Progress) -> None:
    """Quantize the language model of a checkpoint into the user's cache, unless it is there.

    A cache that cannot be written is no failure: the weights are made when they are first used.
    """
    checkpoint = open_checkpoint(folder)
    shape = checkpoint.architecture.decoder
    sizes = {
        name: place.size
        for name, place in checkpoint.places.items()
        if name.startswith(MODEL) and len(place.shape) > 1
    }
    done, total = 0, sum(sizes.values())
    with Int8Weights(checkpoint) as weights:
        if weights.is_cached:
            return

        def tensor(name: str) -> torch.Tensor:
            found = checkpoint.tensor(name)
            return found if name.startswith(EMBEDDING) else found.float()

        def dense(*names: str) -> nn.Module:
            nonlocal done
            progress("preparing", done, total)
            layer = weights.dense(*names)
            done += sum(sizes[f"{name}.weight"] for name in names)
            return layer

        Decoder(shape, tensor, dense)
        checkpoint.close()
    progress("preparing", total, total)
