"""The text does not depend on the batch, the precision or the steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from git_voicenote.datatypes import SAMPLE_RATE
from git_voicenote.engines.base import Context
from git_voicenote.engines.nano.checkpoint.reader import open_checkpoint
from git_voicenote.engines.nano.engine import load_model
from git_voicenote.engines.nano.network.architecture import EncoderShape
from git_voicenote.engines.nano.network.devices import encoder_precision_for
from git_voicenote.engines.nano.network.frontend import frames
from git_voicenote.engines.nano.network.generation import Decoded, Generation, slots_for
from git_voicenote.engines.nano.network.int8 import Int8Dense
from git_voicenote.engines.nano.network.model import NanoModel
from git_voicenote.engines.nano.network.prompt import LANGUAGES, before_sound
from git_voicenote.resources import cache_home
from tests.support.logged import logged
from tests.support.nano import spoken, tiny_model, uncaptured
from tests.support.nano_checkpoints import TINY, write_bfloat16
from tests.support.sound import tone

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.datatypes import Samples

SAID = [
    "When two people saved at the same time, one of them would lose.",
    "From now on, the second one has to wait for the first one.",
]
SHORT = "Nothing else has changed."
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def model() -> NanoModel:
    return tiny_model()


@pytest.fixture(scope="module")
def before(model: NanoModel) -> tuple[int, ...]:
    return model.ids(before_sound(Context(), LANGUAGES))


@pytest.fixture(scope="module")
def segments() -> list[Samples]:
    """Three segments of different lengths."""
    return [*spoken("lock.flac"), spoken("test.flac")[-1]]


def texts(model: NanoModel, segments: list[Samples], before: tuple[int, ...]) -> list[str]:
    return [model.text(decoded) for decoded in model.decode(segments, before)]


def test_a_batch_gives_the_same_text_as_single_segments(
    model: NanoModel, before: tuple[int, ...], segments: list[Samples]
) -> None:
    alone = [model.decode([segment], before)[0] for segment in segments]
    assert model.decode(segments, before) == alone
    assert [model.text(decoded) for decoded in alone] == [*SAID, SHORT]


def test_a_segment_has_the_same_logits_in_a_batch(
    model: NanoModel, before: tuple[int, ...], segments: list[Samples]
) -> None:
    alone = [model.logits(segment, before, ())[0] for segment in segments]
    prefix = model.prepare(before)
    rows = model.rest_of_prompts(segments)
    slots = prefix.length + max(map(len, rows)) + 1
    generation = Generation(model.decoder, 3, slots, model.device)
    with torch.inference_mode():
        together = generation.begin(prefix, rows)
    torch.testing.assert_close(together, torch.stack(alone), rtol=1e-4, atol=1e-4)


@torch.inference_mode()
def test_fixed_shapes_give_the_same_tokens(
    model: NanoModel, before: tuple[int, ...], segments: list[Samples]
) -> None:
    prefix, rows = model.prepare(before), model.rest_of_prompts(segments)
    slots = slots_for(prefix.length, max(map(len, rows)), 60, torch.device("cuda"))
    decoded = [
        generation.run(generation.begin(prefix, rows), model.stops, 60)
        for capture in (None, uncaptured)
        for generation in [Generation(model.decoder, 3, slots, model.device, capture=capture)]
        for _ in range(2)  # the state of a graph is reused
    ]
    assert all(one == decoded[0] for one in decoded)


def test_logits_after_each_token_are_those_of_decoding_step_by_step(
    model: NanoModel, before: tuple[int, ...], segments: list[Samples]
) -> None:
    tokens = model.decode(segments[:1], before)[0].token_ids
    logits = model.logits(segments[0], before, tokens)
    assert tuple(logits[:-1].argmax(-1).tolist()) == tokens
    assert int(logits[-1].argmax()) in model.stops


def test_the_text_does_not_depend_on_8_bit_integers(
    before: tuple[int, ...], segments: list[Samples]
) -> None:
    quantized = tiny_model("int8")
    assert texts(quantized, segments, before) == [*SAID, SHORT]
    layers = [one for one in quantized.decoder.modules() if isinstance(one, Int8Dense)]
    assert len(layers) == 4 * len(quantized.decoder._layers) + 1


def test_the_text_does_not_depend_on_an_encoder_in_bfloat16(
    before: tuple[int, ...], segments: list[Samples]
) -> None:
    checkpoint = open_checkpoint(TINY)
    model = NanoModel.load(checkpoint, precision="int8", encoder_precision="bf16")
    assert texts(model, segments, before) == [*SAID, SHORT]
    exact = tiny_model().encode(segments)
    for rows, right in zip(model.encode(segments), exact, strict=True):
        assert rows.dtype == torch.float32
        assert 0 < float((rows - right).norm() / right.norm()) < 0.02


def test_the_encoder_uses_bfloat16_only_if_the_weights_are_stored_in_it(tmp_path: Path) -> None:
    in_float32 = open_checkpoint(TINY)
    in_bfloat16 = open_checkpoint(write_bfloat16(TINY, tmp_path / "bf16"))
    has_bf16 = torch.cpu._is_avx512_bf16_supported()
    assert encoder_precision_for("cpu", in_float32) == "fp32"
    assert encoder_precision_for("cpu", in_bfloat16) == ("bf16" if has_bf16 else "fp32")


def test_a_model_stored_in_bfloat16_gives_the_same_text(
    before: tuple[int, ...], segments: list[Samples], tmp_path: Path
) -> None:
    model = load_model(write_bfloat16(TINY, tmp_path / "bf16"), "cpu")
    assert texts(model, segments, before) == [*SAID, SHORT]


def test_quantized_weights_are_cached(before: tuple[int, ...]) -> None:
    first = tiny_model("int8")
    (kept,) = (cache_home() / "int8").iterdir()
    made = kept.stat().st_mtime_ns
    again = tiny_model("int8")
    assert kept.stat().st_mtime_ns == made
    sound = tone(2.0)
    torch.testing.assert_close(first.logits(sound, before, ()), again.logits(sound, before, ()))


@pytest.mark.parametrize("damage", ["cut", "garbage", "unwritable"])
def test_an_unusable_cache_costs_only_time(
    damage: str, before: tuple[int, ...], segments: list[Samples]
) -> None:
    folder = cache_home() / "int8"
    if damage == "unwritable":
        cache_home().mkdir(parents=True, exist_ok=True)
        folder.write_text("a file where a folder should be")
    else:
        tiny_model("int8")
        (kept,) = folder.iterdir()
        content = kept.read_bytes()[:5000] if damage == "cut" else b"\xff" * 5000
        kept.unlink()  # a model that was loaded may still be mapped to it
        kept.write_bytes(content)
    assert texts(tiny_model("int8"), segments, before) == [*SAID, SHORT]
    assert ("was not kept" if damage == "unwritable" else "cannot be read") in logged()


def test_a_model_that_repeats_itself_is_stopped(before: tuple[int, ...]) -> None:
    model = tiny_model()
    with torch.inference_mode():
        model.decoder._norm.weight.zero_()  # so the first token is chosen
    (decoded,) = model.decode([tone(2.0)], before, budget=200)
    assert decoded.failure == "it repeats itself"
    assert len(decoded.token_ids) < 40
    (forced,) = model.decode([tone(2.0)], before, budget=50, forced=True)
    assert forced == Decoded((decoded.token_ids[0],) * 50)


def test_a_model_that_does_not_end_is_stopped(
    model: NanoModel, before: tuple[int, ...], segments: list[Samples]
) -> None:
    decoded = model.decode(segments, before, budget=5)
    assert [one.failure for one in decoded] == ["no end after 5 tokens"] * 3
    assert [len(one.token_ids) for one in decoded] == [5, 5, 5]


@pytest.mark.parametrize(
    ("samples", "count"),
    [(0, 1), (320, 1), (400, 1), (559, 1), (560, 1), (1359, 1), (1360, 2), (16000, 17)],
)
def test_the_number_of_frames(samples: int, count: int) -> None:
    sound = tone(1.0)[:samples]
    assert [one.shape for one in frames([sound], EncoderShape(), CPU)] == [(count, 560)]


def test_segments_have_the_same_frames_together(segments: list[Samples]) -> None:
    cut = [segments[0][:length] for length in (16000, 320, 5599, 560, 401, 0)]
    together = frames(cut, EncoderShape(), CPU)
    for samples, heard in zip(cut, together, strict=True):
        (alone,) = frames([samples], EncoderShape(), CPU)
        torch.testing.assert_close(heard, alone)


def test_frames_are_stacked_with_their_neighbours() -> None:
    sound = tone(1.0, hertz=300) * np.linspace(0, 1, SAMPLE_RATE, dtype=np.float32)
    (heard,) = frames([sound], EncoderShape(), CPU)
    stacked = heard.view(len(heard), 7, 80)
    # frames advance by six, so the seventh of a frame is the first of the next
    torch.testing.assert_close(stacked[1:, 0], stacked[:-1, 6])
    # at the start, the first frame replaces missing ones
    torch.testing.assert_close(stacked[0, 0], stacked[0, 3])
