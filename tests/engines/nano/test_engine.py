"""The engine with speech, with failures, and without speech."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from git_voicenote.audio.files.reading import read_blocks
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.datatypes import SAMPLE_RATE, Segment, Waveform
from git_voicenote.engines.base import BatchEngine, Context, EngineOptions
from git_voicenote.engines.nano.engine import NanoEngine
from git_voicenote.engines.nano.network.generation import Decoded
from git_voicenote.engines.registry import make_engine
from git_voicenote.errors import EngineError
from git_voicenote.resources import data_home
from git_voicenote.workflows.hearing.transcription import transcribe
from tests.support.nano import tiny_model
from tests.support.nano_checkpoints import TINY
from tests.support.sound import tone
from tests.support.speech import SPEECH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from git_voicenote.datatypes import Samples
    from git_voicenote.engines.nano.network.model import NanoModel

CHOSEN = EngineOptions(model=str(TINY), device="cpu")
COVER = (
    "This series keeps the data safe when the power fails.",
    "The first two patches can be used on their own.",
)
LOCK = (
    "When two people saved at the same time, one of them would lose.",
    "From now on, the second one has to wait for the first one.",
)


@pytest.fixture(scope="module")
def engine() -> NanoEngine:
    return NanoEngine(CHOSEN)


def pieces(file: str) -> Iterable[Waveform]:
    return VoiceActivity().pieces(read_blocks(SPEECH / file))


def texts(segments: Iterable[Segment]) -> tuple[str, ...]:
    return tuple(segment.text for segment in segments)


def test_it_transcribes_a_recording_in_segments(engine: NanoEngine) -> None:
    first, second = engine.transcribe(pieces("cover.flac"), Context())
    assert (first.text, second.text) == COVER
    assert 0 <= first.start < first.end <= second.start < second.end
    assert first.failure is None


@pytest.mark.parametrize("count", [1, 10])
def test_hotwords_in_the_prompt_change_no_other_words(engine: NanoEngine, count: int) -> None:
    hotwords = tuple(f"parse_scope_{i}" for i in range(count))
    assert texts(engine.transcribe(pieces("cover.flac"), Context(hotwords=hotwords))) == COVER


def clicks(seconds: float) -> Samples:
    """Typing: a short burst four times a second."""
    sound = np.zeros(round(seconds * SAMPLE_RATE), np.float32)
    burst = np.random.default_rng(2).standard_normal(160) * np.exp(-np.arange(160) / 30)
    for at in range(800, len(sound) - 200, SAMPLE_RATE // 4):
        sound[at : at + 160] += 0.4 * burst
    return sound


def fan(seconds: float) -> Samples:
    """Low noise and a hum."""
    white = np.random.default_rng(1).standard_normal(round(seconds * SAMPLE_RATE))
    low = np.convolve(white, np.ones(32) / 32, "same")
    return (0.05 * low).astype(np.float32) + tone(seconds, hertz=100, loudness=0.02)


NOTHING: dict[str, Callable[[float], Samples]] = {
    "digital zeros": lambda seconds: np.zeros(round(seconds * SAMPLE_RATE), np.float32),
    "hiss": lambda seconds: (
        0.002 * np.random.default_rng(0).standard_normal(round(seconds * SAMPLE_RATE))
    ).astype(np.float32),
    "a fan": fan,
    "keys": clicks,
}


@pytest.mark.parametrize("count", [0, 10, 50])
@pytest.mark.parametrize("sound", NOTHING)
def test_there_are_no_words_without_speech(engine: NanoEngine, sound: str, count: int) -> None:
    context = Context(hotwords=tuple(f"parse_scope_{i}" for i in range(count)))
    blocks = np.split(NOTHING[sound](6.0), 60)
    assert list(transcribe(blocks, engine, context, VoiceActivity())) == []


def test_silence_taken_for_speech_is_not_decoded(engine: NanoEngine) -> None:
    silence = [Waveform(np.zeros(SAMPLE_RATE * 3, np.float32), 0.0, final=True)]
    assert list(engine.transcribe(silence, Context(hotwords=("rebase",)))) == []


def test_segments_of_several_recordings_have_their_keys(engine: NanoEngine) -> None:
    assert isinstance(engine, BatchEngine)
    silent = [Waveform(np.zeros(SAMPLE_RATE * 2, np.float32), 0.0, final=True)]
    recordings = [("lock", pieces("lock.flac")), ("none", silent), ("cover", pieces("cover.flac"))]
    came = list(engine.transcribe_many(recordings, Context()))
    assert [
        (key, one.text if isinstance(one, Segment) else one) for key, one in came
    ] == [
        ("lock", LOCK[0]), ("lock", LOCK[1]), ("lock", None),
        ("none", None),
        ("cover", COVER[0]), ("cover", COVER[1]), ("cover", None),
    ]  # fmt: skip


class Troubled:
    """The small model with a fault; `asked` are the lengths of its inputs, in seconds."""

    def __init__(self, trouble: Callable[[Sequence[Samples]], list[Decoded] | None]) -> None:
        self.device = torch.device("cpu")
        self.asked: list[list[float]] = []
        self._model = tiny_model()
        self._trouble = trouble

    def __getattr__(self, name: str) -> object:
        return getattr(self._model, name)

    def decode(self, segments: Sequence[Samples], before: tuple[int, ...]) -> list[Decoded]:
        self.asked.append([round(len(samples) / SAMPLE_RATE, 1) for samples in segments])
        return self._trouble(segments) or self._model.decode(segments, before)


def troubled(
    trouble: Callable[[Sequence[Samples]], list[Decoded] | None],
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[NanoEngine, Troubled]:
    model = Troubled(trouble)

    def load(_folder: Path, _device: str) -> NanoModel:
        return model  # type: ignore[return-value]  # it answers as the real one, but for its trouble

    return NanoEngine(EngineOptions(str(TINY), "cpu", tell), load), model


def test_a_failed_segment_is_divided_and_retried() -> None:
    both = np.concatenate([piece.samples for piece in pieces("cover.flac")])

    def lost_in_long_ones(segments: Sequence[Samples]) -> list[Decoded] | None:
        if len(segments) == 1 and len(segments[0]) > 5 * SAMPLE_RATE:
            return [Decoded((7,) * 40, "it repeats itself")]
        return None

    engine, model = troubled(lost_in_long_ones)
    heard = list(engine.transcribe([Waveform(both, 4.0, final=True)], Context()))
    assert texts(heard) == COVER
    assert heard[0].start == 4.0
    assert heard[0].end == heard[1].start
    assert heard[1].end == pytest.approx(4.0 + len(both) / SAMPLE_RATE)
    assert len(model.asked) == 2


def test_a_failed_segment_has_time_and_reason_and_the_rest_is_kept() -> None:
    def lost_in_the_second(segments: Sequence[Samples]) -> list[Decoded] | None:
        is_second = abs(float(segments[0][:1000].sum())) < 1e-6
        return [Decoded((), "no end after 40 tokens")] * len(segments) if is_second else None

    engine, _ = troubled(lost_in_the_second)
    first, second = (np.concatenate([p.samples for p in pieces(f)]) for f in ("test.flac",) * 2)
    silent_start = np.concatenate([np.zeros(1000, np.float32), tone(2.0)])
    came = list(
        engine.transcribe(
            [
                Waveform(first, 0.0, final=True),
                Waveform(silent_start, 20.0, final=True),
                Waveform(second, 30.0, final=True),
            ],
            Context(),
        )
    )
    failed = [one for one in came if one.failure]
    assert [(one.start, one.text, one.failure) for one in failed] == [
        (20.0, "", "no end after 40 tokens")
    ]
    assert len(came) == 3


def test_a_batch_that_is_too_large_is_halved_with_a_message() -> None:
    def room_for_two(segments: Sequence[Samples]) -> list[Decoded] | None:
        if len(segments) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return None

    said: list[str] = []
    engine, model = troubled(room_for_two, said.append)
    files = ("cover.flac", "lock.flac")
    came = list(engine.transcribe_many([(file, pieces(file)) for file in files], Context()))
    assert texts(one for _, one in came if isinstance(one, Segment)) == COVER + LOCK
    assert [len(asked) for asked in model.asked] == [4, 2, 2]
    assert said == ["the memory of the cpu is too small for 4 segments: retrying with half of them"]


def test_a_full_device_falls_back_to_the_cpu_with_a_message() -> None:
    def full(segments: Sequence[Samples]) -> list[Decoded] | None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    gpu = Troubled(full)
    gpu.device = torch.device("cuda")
    asked: list[str] = []

    def load(_folder: Path, device: str) -> NanoModel:
        asked.append(device)
        return gpu if device == "cuda" else tiny_model()  # type: ignore[return-value]  # see above

    said: list[str] = []
    engine = NanoEngine(EngineOptions(str(TINY), "cuda", said.append), load)
    assert texts(engine.transcribe(pieces("cover.flac"), Context())) == COVER
    assert asked == ["cuda", "cpu"]
    assert said == ["the memory of the cuda is full: continuing on the CPU"]
    assert engine.info.device == "cpu"


def test_a_model_too_large_for_memory_is_an_error_with_a_hint() -> None:
    def load(_folder: Path, _device: str) -> NanoModel:
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried")

    with pytest.raises(EngineError, match="not enough memory") as error:
        NanoEngine(CHOSEN, load).load()
    assert "moonshine" in str(error.value.hint)


def test_another_failure_of_torch_is_named() -> None:
    def broken(_: Sequence[Samples]) -> list[Decoded] | None:
        raise RuntimeError("CUDA error: device-side assert triggered")

    engine, _ = troubled(broken)
    with pytest.raises(EngineError, match="the model failed on the cpu: CUDA error"):
        list(engine.transcribe(pieces("cover.flac"), Context()))


def test_an_unsupported_language_is_refused_before_loading() -> None:
    def load(_folder: Path, _device: str) -> NanoModel:
        raise AssertionError

    with pytest.raises(EngineError, match="does not support the language 'de'"):
        list(NanoEngine(CHOSEN, load).transcribe([], Context(language="de")))


def test_without_a_model_the_hint_says_how_to_get_one() -> None:
    with pytest.raises(EngineError, match="no model is installed") as error:
        NanoEngine().load()
    assert "models fetch" in str(error.value.hint)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
@pytest.mark.parametrize("device", ["cuda", "cuda:1", "mps"])
def test_a_missing_device_is_refused(device: str) -> None:
    with pytest.raises(EngineError, match="torch finds no device"):
        NanoEngine(EngineOptions(str(TINY), device)).load()


def test_auto_is_nano_if_a_model_is_installed() -> None:
    installed = data_home() / "models" / "Fun-ASR-Nano-2512"
    installed.parent.mkdir(parents=True)
    installed.symlink_to(TINY)
    info = make_engine("auto").info
    assert (info.name, info.model, info.languages) == (
        "nano",
        "Fun-ASR-Nano-2512",
        ("zh", "en", "ja"),
    )
    (data_home() / "models" / "Fun-ASR-MLT-Nano-2512").symlink_to(TINY)
    chosen = make_engine("auto", EngineOptions("Fun-ASR-MLT-Nano-2512")).info
    assert len(chosen.languages) == 31
