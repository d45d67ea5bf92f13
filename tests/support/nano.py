"""The small model that the project ships for its tests, and models that go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote.audio.files.reading import read_blocks
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.engines.nano.checkpoint.reader import open_checkpoint
from git_voicenote.engines.nano.network.model import NanoModel
from git_voicenote.engines.utterances import utterances
from tests.support.nano_checkpoints import TINY
from tests.support.speech import SPEECH

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

    from git_voicenote.datatypes import Samples
    from git_voicenote.engines.nano.checkpoint.weights import Precision


def tiny_model(precision: Precision = "fp32") -> NanoModel:
    """Load the small model."""
    return NanoModel.load(open_checkpoint(TINY), "cpu", precision)


def spoken(file: str) -> list[Samples]:
    """Return the sound of each utterance in a shipped recording."""
    pieces = VoiceActivity().pieces(read_blocks(SPEECH / file))
    return [utterance.padded for utterance in utterances(pieces)]


def uncaptured(
    function: Callable[..., torch.Tensor], *_: torch.Tensor
) -> Callable[..., torch.Tensor]:
    """Stand in for the capture of a CUDA graph: the function is run as it is."""
    return function
