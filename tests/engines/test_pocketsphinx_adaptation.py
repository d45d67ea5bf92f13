"""The engine learns the words of a repository, and how they follow one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from pocketsphinx import NGramModel, get_model_path

from git_voicenote.audio.files import read_blocks
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.engines.base import Context, EngineOptions
from git_voicenote.engines.pocketsphinx import PocketSphinxEngine
from git_voicenote.engines.pocketsphinx_adaptation import make_adaptation, read_adaptation
from git_voicenote.engines.pocketsphinx_estimation import estimated, mixed
from git_voicenote.engines.pocketsphinx_trie import (
    BITS,
    MASK,
    Model,
    NotAModelError,
    read_model,
    write_model,
)
from git_voicenote.transcription import transcribe
from tests.support.speech import SPEECH, sentences

pytestmark = pytest.mark.xdist_group("pocketsphinx")  # its models are read once

if TYPE_CHECKING:
    from pathlib import Path

SAID = [
    tuple(sentence.split())
    for sentence in (
        "teach reftable to write the packfile",
        "reftable locks the packfile before it is read",
        "the packfile of the reftable is gone",
        "reftable zorkmidity",
        "we now write a newfile and rename it",
    )
    * 10
]


@pytest.fixture(scope="module")
def adaptation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("adaptation")
    make_adaptation(SAID, folder)
    return folder


def probability(model: Model, *words: str) -> float:
    """The probability of the last of the words after the others, as a decoder reckons it."""
    numbers = [model.words.index(word) for word in words]
    key = 0
    for number in numbers:
        key = key << BITS | number
    if len(words) == 1:
        return 10 ** float(model.ones[key, 0])
    table, values = (
        (model.twos, model.two_values[:, 0])
        if len(words) == 2
        else (model.threes, model.three_values)
    )
    at = int(np.searchsorted(table, key))
    if at < len(table) and table[at] == key:
        return 10 ** float(values[at])
    if len(words) == 2:
        weight = float(model.ones[numbers[0], 1])
    else:
        before = int(np.searchsorted(model.twos, key >> BITS))
        is_there = before < len(model.twos) and model.twos[before] == key >> BITS
        weight = float(model.two_values[before, 1]) if is_there else 0.0
    return 10**weight * probability(model, *words[1:])


SMALL = [tuple(text.split()) for text in ("a b c", "a b d", "b a c", "a gap b c", "d")]


@pytest.mark.parametrize("context", [(), ("a",), ("d",), ("a", "b"), ("<s>", "a"), ("d", "d")])
def test_what_may_follow_adds_up_to_one(context: tuple[str, ...]) -> None:
    model = estimated(SMALL, ("a", "b", "c", "d"))
    total = sum(probability(model, *context, word) for word in model.words if word != "<s>")
    assert total == pytest.approx(1, abs=1e-4)
    other = mixed(model, estimated([("d", "e", "a", "b", "e")] * 2, ("a", "b", "d", "e")), 0.3)
    total = sum(probability(other, *context, word) for word in other.words if word != "<s>")
    assert total == pytest.approx(1, abs=1e-4)


def test_no_run_of_words_goes_over_a_gap() -> None:
    model = estimated([("a", "unknown", "b")] * 5, ("a", "b"))
    pairs = {(model.words[key >> BITS], model.words[key & MASK]) for key in model.twos.tolist()}
    assert pairs == {("<s>", "a"), ("b", "</s>")}


def test_a_model_of_nothing_is_one() -> None:
    model = estimated([], ())
    assert model.words == ("<s>", "</s>")
    assert len(model.twos) == len(model.threes) == 0


def test_a_model_comes_back_as_it_was_written(tmp_path: Path) -> None:
    model = estimated(SMALL, ("a", "b", "c", "d"))
    write_model(model, tmp_path / "small.bin")
    again = read_model(tmp_path / "small.bin")
    assert again.words == model.words
    for name in ("twos", "threes"):
        assert getattr(again, name).tolist() == getattr(model, name).tolist()
    for name in ("ones", "two_values", "three_values"):
        assert np.allclose(getattr(again, name), getattr(model, name), atol=1e-3)


@pytest.mark.parametrize("content", [b"", b"Trie Language Model", b"\\data\\\nngram 1=2\n" * 100])
def test_another_file_is_no_model(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(content)
    with pytest.raises(NotAModelError):
        read_model(path)


def test_the_decoder_reads_what_was_written_as_it_was_meant(adaptation: Path) -> None:
    model = read_model(adaptation / "language.bin")
    decoder_model = NGramModel.readfile(str(adaptation / "language.bin"))
    for words in (("the", "packfile"), ("write", "the", "packfile"), ("the", "end", "of")):
        # the library wants the word first, and then what is before it, nearest first
        told = 1.0001 ** decoder_model.prob(list(reversed(words)))
        assert told == pytest.approx(probability(model, *words), rel=0.01)


def test_what_a_repository_says_is_likelier_in_it(adaptation: Path) -> None:
    stock = NGramModel.readfile(get_model_path("en-us/en-us.lm.bin"))
    own = NGramModel.readfile(str(adaptation / "language.bin"))
    assert own.prob(["locks", "reftable"]) > stock.prob(["locks", "table"])
    assert own.prob(["gone", "is"]) > stock.prob(["gone", "is"])


def test_words_get_their_phones(adaptation: Path) -> None:
    _, words = read_adaptation(adaptation)
    assert dict(reversed(words)) == {
        "newfile": "N UW F AY L",
        "packfile": "P AE K F AY L",
        "reftable": "R EH F T EY B AH L",
    }


def test_an_adapted_engine_hears_the_words_of_a_repository(adaptation: Path) -> None:
    context = Context(adaptation=adaptation)
    engine = PocketSphinxEngine()
    heard = list(transcribe(read_blocks(SPEECH / "rename.flac"), engine, context, VoiceActivity()))
    assert heard[0].text == "we now write a newfile and rename it at the end"
    # and without it, the same engine hears as ever
    heard = list(
        transcribe(read_blocks(SPEECH / "rename.flac"), engine, Context(), VoiceActivity())
    )
    assert [segment.text for segment in heard] == sentences("rename.flac")


def test_a_broken_adaptation_is_told_and_the_stock_model_used(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("no phones\n")
    told: list[str] = []
    engine = PocketSphinxEngine(EngineOptions(tell=told.append))
    heard = transcribe(
        read_blocks(SPEECH / "test.flac"), engine, Context(adaptation=tmp_path), VoiceActivity()
    )
    assert [segment.text for segment in heard] == sentences("test.flac")
    assert told == [
        f"the repository's language model cannot be used: {tmp_path / 'words.txt'} is broken"
    ]
