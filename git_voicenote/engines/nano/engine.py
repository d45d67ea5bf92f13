"""The Fun-ASR-Nano speech engine: the speech between two pauses becomes a segment."""

from __future__ import annotations

import gc
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from git_voicenote.datatypes import Segment
from git_voicenote.engines.base import EngineInfo, EngineOptions, discard
from git_voicenote.engines.nano.checkpoint.installed import (
    can_run,
    find_checkpoint,
    is_multilingual,
)
from git_voicenote.engines.nano.network.devices import (
    choose_device,
    encoder_precision_for,
    likely_device,
    precision_for,
)
from git_voicenote.engines.nano.network.prompt import LANGUAGES, MLT_LANGUAGES
from git_voicenote.errors import EngineError
from git_voicenote.log import Log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from git_voicenote.datatypes import Waveform
    from git_voicenote.engines.base import Context
    from git_voicenote.engines.nano.network.generation import Decoded
    from git_voicenote.engines.nano.network.model import NanoModel
    from git_voicenote.engines.utterances import Utterance

    LoadModel = Callable[[Path, str], NanoModel]
    """Load the model in a folder to the requested device; "auto" is the best one available."""

K = TypeVar("K")

_log = Log(__name__)

_BATCH_SIZES = {"cuda": 32, "cpu": 4, "mps": 4}
"""The batch size for segments of files, by device."""
_WINDOW_BATCHES = 4
"""How many batches of segments are collected, to group segments of similar length."""


def load_model(folder: Path, wanted: str, tell: Callable[[str], None] = discard) -> NanoModel:
    """Load the model in a folder to a device, in a precision that is suitable for it.

    `tell` is called if its weights have to be prepared for this machine first.

    Raises EngineError if the requested device is not available.
    """
    from git_voicenote.engines.nano.checkpoint.reader import open_checkpoint
    from git_voicenote.engines.nano.network.model import NanoModel

    device = choose_device(wanted)
    checkpoint = open_checkpoint(folder)
    return NanoModel.load(
        checkpoint,
        device,
        precision_for(device),
        encoder_precision=encoder_precision_for(device, checkpoint),
        progress=_Announcement(folder, tell),
    )


class _Announcement:
    """Says once that weights are prepared, which takes longer than the person expects."""

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        self._tell: Callable[[str], None] | None = tell
        self._text = f"preparing the weights of {folder.name} for this machine, once; please wait"

    def __call__(self, what: str, done: int, total: int) -> None:
        """Take the progress of the work."""
        if self._tell is not None:
            self._tell(self._text)
            self._tell = None


class NanoEngine:
    """An engine for the languages of Fun-ASR-Nano-2512 or Fun-ASR-MLT-Nano-2512."""

    def __init__(self, options: EngineOptions | None = None, load: LoadModel | None = None) -> None:
        self._options = options or EngineOptions()
        self._load_model = load or partial(load_model, tell=self._options.tell)
        self._model: NanoModel | None = None
        self._wanted = self._options.device
        self._device = likely_device(self._wanted)
        self._folder = find_checkpoint(self._options.model)
        is_multilingual_one = self._folder is not None and is_multilingual(self._folder)
        self._languages = MLT_LANGUAGES if is_multilingual_one else LANGUAGES

    @property
    def info(self) -> EngineInfo:
        """Information about the engine; the device is a guess until the engine is loaded."""
        model = self._folder.name if self._folder else None
        return EngineInfo("nano", tuple(self._languages), self._device, model)

    def load(self) -> None:
        """Load the weights to the device, in about two seconds.

        Raises EngineError.
        """
        self._loaded()

    def transcribe(self, pieces: Iterable[Waveform], context: Context) -> Iterator[Segment]:
        """Yield a segment for each utterance; `failure` is set if it failed.

        Raises EngineError, also for a language that the model does not support.
        """
        from git_voicenote.engines.utterances import utterances

        # while the person begins to speak: the start of the prompt is the same for all segments
        before = self._prompt(context)
        for utterance in utterances(pieces):
            yield from self._hear([utterance], before)[0]

    def transcribe_many(
        self, recordings: Iterable[tuple[K, Iterable[Waveform]]], context: Context
    ) -> Iterator[tuple[K, Segment | EngineError | None]]:
        """Yield the segments of several recordings, in batches; None after the last of each."""
        before = self._prompt(context)
        from git_voicenote.engines.utterances import all_utterances

        stream = all_utterances(recordings)
        count = _BATCH_SIZES[self._device.partition(":")[0]]
        while window := list(islice(stream, count * _WINDOW_BATCHES)):
            spoken = [utterance for _, utterance in window if utterance is not None]
            segments = iter(self._hear_window(spoken, before, count, context.pause))
            for key, utterance in window:
                if utterance is None:
                    yield key, None
                else:
                    for segment in next(segments):
                        yield key, segment

    def _hear_window(
        self,
        spoken: Sequence[Utterance],
        before: tuple[int, ...],
        count: int,
        pause: Callable[[], None] | None,
    ) -> list[list[Segment]]:
        """Decode utterances in batches of similar length; return the segments of each, in order."""
        by_length = sorted(range(len(spoken)), key=lambda i: len(spoken[i].samples))
        heard: dict[int, list[Segment]] = {}
        for start in range(0, len(by_length), count):
            if pause is not None and start:
                pause()
            chosen = by_length[start : start + count]
            batch = self._hear([spoken[i] for i in chosen], before)
            heard |= dict(zip(chosen, batch, strict=True))
        return [heard[i] for i in range(len(spoken))]

    def _hear(self, spoken: Sequence[Utterance], before: tuple[int, ...]) -> list[list[Segment]]:
        """Return the segments of each utterance: none, one, or several if it was divided."""
        audible = [utterance for utterance in spoken if not utterance.is_silent]
        decoded = iter(self._decode(audible, before) if audible else ())
        return [
            [] if utterance.is_silent else self._judge(utterance, next(decoded), before)
            for utterance in spoken
        ]

    def _judge(
        self, utterance: Utterance, decoded: Decoded, before: tuple[int, ...]
    ) -> list[Segment]:
        """Convert decoded utterances to segments; if one failed, divide it and retry."""
        if decoded.failure is None:
            text = self._loaded().text(decoded)
            return [Segment(utterance.start, utterance.end, text)] if text else []
        halves = utterance.divide()
        if halves is None:
            return [Segment(utterance.start, utterance.end, "", failure=decoded.failure)]
        return [segment for half in self._hear(halves, before) for segment in half]

    def _decode(self, spoken: Sequence[Utterance], before: tuple[int, ...]) -> list[Decoded]:
        """Decode a batch; if memory is insufficient, retry with smaller batches, then on the CPU.

        Raises EngineError.
        """
        try:
            model = self._loaded()
            with _log.timed("decode %d segments on %s", len(spoken), self._device):
                return model.decode([utterance.padded for utterance in spoken], before)
        except RuntimeError as exc:
            if not _is_out_of_memory(exc):
                raise EngineError(f"the model failed on the {self._device}: {exc}") from exc
        self._loaded().forget()
        if len(spoken) > 1:
            self._options.tell(
                f"the memory of the {self._device} is too small for {len(spoken)} segments: "
                "retrying with half of them"
            )
            middle = len(spoken) // 2
            return [*self._decode(spoken[:middle], before), *self._decode(spoken[middle:], before)]
        self._fall_back_to_cpu()
        return self._decode(spoken, before)

    def _prompt(self, context: Context) -> tuple[int, ...]:
        """Return the start of the prompt, after the model has read it."""
        from git_voicenote.engines.nano.network.prompt import before_sound

        text = before_sound(context, self._languages)  # check the language before loading
        model = self._loaded()
        before = model.ids(text)
        model.prepare(before)
        return before

    def _loaded(self) -> NanoModel:
        if self._model is None:
            folder = self._require_model()
            try:
                with _log.timed("load %s", folder):
                    self._model = self._load_model(folder, self._wanted)
                self._device = str(self._model.device)
            except RuntimeError as exc:
                if not _is_out_of_memory(exc):
                    raise EngineError(f"cannot load the model in {folder}: {exc}") from exc
            if self._model is None:
                self._fall_back_to_cpu()
                return self._loaded()
        return self._model

    def _fall_back_to_cpu(self) -> None:
        """Switch to the CPU. Raises EngineError if that is already the device."""
        import torch

        if self._device == "cpu":
            raise EngineError(
                "not enough memory for the model",
                hint="free about 3 GB, or set voicenote.engine to moonshine",
            )
        self._options.tell(f"the memory of the {self._device} is full: continuing on the CPU")
        self._wanted = "cpu"
        self._model = None
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _require_model(self) -> Path:
        if not can_run():
            raise EngineError(
                "the nano engine needs torch, which is not installed",
                hint="pip install 'git-voicenote[nano]'",
            )
        if self._folder is None:
            raise EngineError(
                "no model is installed",
                hint="`git voicenote models fetch` downloads Fun-ASR-Nano-2512 (1.7 GB), `git "
                "voicenote models import` installs it from a folder or an archive",
            )
        return self._folder


def _is_out_of_memory(error: RuntimeError) -> bool:
    import torch

    return isinstance(error, torch.OutOfMemoryError) or any(
        words in str(error) for words in ("can't allocate memory", "out of memory")
    )
