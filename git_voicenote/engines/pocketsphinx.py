"""The embedded engine: PocketSphinx with the US English models of its wheel. No download, no GPU.

The one owner of pocketsphinx. The figures below are wrong words on twenty developers' sentences
in four voices, heard in pieces as they are spoken; `benchmarks/word_errors.py` takes them anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from git_voicenote.datatypes import SAMPLE_RATE, Segment
from git_voicenote.engines.base import EngineInfo, tell_nobody
from git_voicenote.engines.pocketsphinx_adaptation import read_adaptation
from git_voicenote.engines.pocketsphinx_phrases import add_phrases, add_word, words_of
from git_voicenote.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from git_voicenote.datatypes import Samples, Waveform
    from git_voicenote.engines.base import Context, EngineOptions

_TYPICAL_MEAN = (54.0, 4.0, 3.0, 15.0, -3.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
"""The mean cepstrum of speech at _LOUDNESS. (The model's own guess begins with 40.)"""
_MEAN_WINDOW = 500
"""Frames that the decoder counts the mean that it is given for."""
_TRUST = 200
"""Frames that we count the typical mean for, against those that were heard."""
_FRAME = SAMPLE_RATE // 100
_ENOUGH = round(1.5 * SAMPLE_RATE)
"""Samples of speech from which a voice is known; so many are held back before decoding begins."""
_NEXT_TO_NOTHING = "next_to_nothing"
_NEXT_TO_NOTHING_GRAMMAR = "#JSGF V1.0; grammar one_word; public <one_word> = a;"
"""A search that costs 8 ms where the language model's costs 0.5 s, to learn the mean with."""
_LANGUAGE = "language"
_SEARCH: dict[str, Any] = {"maxhmmpf": 6000}
"""At most so many states alive in a frame, not 30,000: one voice had 16.0 % wrong with either."""
_LOUDNESS = 10 ** (-18 / 20)
_STEP = SAMPLE_RATE // 10
"""Samples decoded at a time: the decoder keeps Python's lock, and a meter must be drawn."""


class PocketSphinxEngine:
    """Hears US English. It decodes a segment while it is spoken; its words are lower case."""

    info = EngineInfo("pocketsphinx", ("en",), adapts=True)

    def __init__(self, options: EngineOptions | None = None) -> None:
        self._tell = options.tell if options else tell_nobody
        self._decoder: Any = None
        self._learned: tuple[Path | None, tuple[tuple[str, ...], ...]] | None = None

    def load(self) -> None:
        """Read the models that travel with pocketsphinx, but for that of the language: 0.2 s.

        Raises EngineError.
        """
        if self._decoder is not None:
            return
        try:
            from pocketsphinx import Decoder

            # the second, flat pass would come when speech is over and cost half a second for each
            # ten of it, for nothing: 30.1 % of words wrong without it, 29.7 % with it
            decoder = Decoder(loglevel="FATAL", fwdflat=False, lm=None, **_SEARCH)
            decoder.add_jsgf_string(_NEXT_TO_NOTHING, _NEXT_TO_NOTHING_GRAMMAR)
        except (ImportError, RuntimeError, OSError) as exc:
            raise EngineError(
                f"PocketSphinx cannot be loaded: {exc}",
                hint="install git-voicenote again: pocketsphinx is part of it",
            ) from exc
        self._decoder = decoder

    def _learn_language(
        self, adaptation: Path | None, phrases: tuple[tuple[str, ...], ...]
    ) -> None:
        """Read the language model: that of an adaptation, or the one of the wheel; 0.3 s.

        The phrases become words of it.
        """
        if self._learned is not None and self._learned != (adaptation, phrases):
            self._decoder = self._learned = None  # its dictionary has the others' words
        self.load()
        if self._learned is not None:
            return
        self._learned = adaptation, phrases
        if adaptation is not None:
            try:
                self._add_language(*read_adaptation(adaptation), phrases)
            except (OSError, ValueError, RuntimeError) as exc:
                self._tell(f"the repository's language model cannot be used: {exc}")
                self._decoder = None
                self.load()
            else:
                return
        from pocketsphinx import get_model_path

        _run(self._add_language, get_model_path("en-us/en-us.lm.bin"), (), phrases)

    def _add_language(
        self,
        path: Path | str,
        words: Iterable[tuple[str, str]],
        phrases: tuple[tuple[str, ...], ...],
    ) -> None:
        from pocketsphinx import NGramModel

        for word, phones in words:
            add_word(self._decoder, word, (phones,))
        model = NGramModel(self._decoder.config, self._decoder.logmath, str(path))
        add_phrases(self._decoder, model, phrases, is_stock=not words)
        self._decoder.add_lm(_LANGUAGE, model)

    def transcribe(self, pieces: Iterable[Waveform], context: Context) -> Iterator[Segment]:
        """Yield a segment for each stretch of speech in which words were found.

        Raises EngineError, also for a language that is not English.
        """
        if context.language.lower().partition("-")[0].partition("_")[0] != "en":
            raise EngineError(
                f"pocketsphinx understands English (en) only, not {context.language!r}",
                hint="set voicenote.language to en, or voicenote.engine to one that knows "
                f"{context.language!r}",
            )
        self._learn_language(context.adaptation, context.phrases)
        listener = _Listener(self._decoder)
        start: float | None = None
        for piece in pieces:
            start = piece.start if start is None else start
            listener.hear(piece.samples)
            if piece.final:
                words, confidence = listener.finish()
                if words:
                    yield Segment(start, piece.end, words, confidence)
                start = None


class _Listener:
    """The decoder, listening to one recording."""

    def __init__(self, decoder: Any) -> None:  # noqa: ANN401 - pocketsphinx publishes no types
        self._decoder = decoder
        self._voice = _Voice(decoder)
        self._held: list[Samples] = []
        self._is_decoding = False

    def hear(self, samples: Samples) -> None:
        """Take the next piece of a segment."""
        self._held.append(samples)
        if self._is_decoding or self._voice.is_known or sum(map(len, self._held)) >= _ENOUGH:
            self._decode()

    def finish(self) -> tuple[str, float | None]:
        """End the segment; return its words, "" where there are none, and how sure they are."""
        if self._held:
            self._decode()
        self._is_decoding = False
        _run(self._decoder.end_utt)
        words = [
            (words_of(unit.word), min(float(unit.prob), 1.0))
            for unit in self._decoder.seg() or ()
            # fillers: <s>, <sil>, [NOISE]
            if unit.word[0] not in "<["
        ]
        if not words:
            return "", None
        # the mean of the words' posteriors. Before the engine adapted to a voice, of segments
        # with 0.45 some 57 % of words were right, with 0.64 some 66 %, with 0.81 some 84 %
        confidence = sum(probability for _, probability in words) / len(words)
        return " ".join(_written(word) for word, _ in words), round(confidence, 2)

    def _decode(self) -> None:
        """Decode what is held back."""
        import numpy as np

        # a file of floats may hold NaN and infinity
        samples = np.nan_to_num(np.concatenate(self._held)).clip(-1, 1)
        self._held.clear()
        if not self._is_decoding:
            if not self._voice.is_known:
                self._voice.learn(samples)
            _run(self._decoder.start_utt)
            self._is_decoding = True
        for i in range(0, len(samples), _STEP):
            _run(self._decoder.process_raw, self._voice.pcm(samples[i : i + _STEP]))


class _Voice:
    """How loud a voice is and how it sounds through this microphone.

    The decoder finds out by itself, over some ten seconds, and hears the first words wrong
    meanwhile: 41.6 % of the words of single sentences, against 31.1 % with what is done here.
    For speech 26 dB quieter it is 73 % against 30 %.
    """

    def __init__(self, decoder: Any) -> None:  # noqa: ANN401 - pocketsphinx publishes no types
        self.is_known = False
        self._decoder = decoder
        self._speech: list[Samples] = []
        self._gain = 1.0
        decoder.reinit_feat()  # forget the noise of the recording before

    def learn(self, samples: Samples) -> None:
        """Take the first speech of a recording to set the loudness and the mean cepstrum.

        The decoder tells its mean after a run; what it was given before is taken out of that,
        and what speech is like in general is mixed in.
        """
        import numpy as np

        self._speech.append(samples[: 2 * _ENOUGH])
        speech = np.concatenate(self._speech)[: 2 * _ENOUGH]
        frames = len(speech) // _FRAME
        self.is_known = len(speech) >= _ENOUGH
        if not frames:
            return
        power = np.sort((speech[: frames * _FRAME].reshape(frames, _FRAME) ** 2).mean(axis=1))
        loud = power[frames // 2 :].mean()
        self._gain = _LOUDNESS / max(float(loud) ** 0.5, 1e-6)
        typical = np.array(_TYPICAL_MEAN)
        self._set_mean(typical)
        self._decoder.activate_search(_NEXT_TO_NOTHING)
        _run(self._decoder.start_utt)
        _run(self._decoder.process_raw, self.pcm(speech))
        _run(self._decoder.end_utt)
        self._decoder.activate_search(_LANGUAGE)
        told = np.array([float(number) for number in self._decoder.get_cmn(False).split(",")])
        own = (told * (_MEAN_WINDOW + frames) - typical * _MEAN_WINDOW) / frames
        self._set_mean((own * frames + typical * _TRUST) / (frames + _TRUST))

    def pcm(self, samples: Samples) -> bytes:
        """Return samples as the decoder wants them, at its loudness."""
        return ((samples * self._gain).clip(-1, 1) * 32767).astype("<i2").tobytes()

    def _set_mean(self, mean: Iterable[float]) -> None:
        self._decoder.set_cmn(",".join(f"{number:.4f}" for number in mean))


def _written(word: str) -> str:
    """Return a word of the dictionary as people write it: only "I" is not lower case."""
    return "I" + word[1:] if word == "i" or word.startswith("i'") else word


def _run(step: Any, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - pocketsphinx publishes no types
    try:
        step(*arguments, **options)
    except (RuntimeError, ValueError) as exc:
        raise EngineError(f"PocketSphinx failed: {exc}") from exc
