"""The engine hears phrases that it is told of, and forgets them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pocketsphinx import Decoder, NGramModel, get_model_path

from git_voicenote.audio.files import read_blocks
from git_voicenote.audio.voice_activity import VoiceActivity
from git_voicenote.engines.base import Context
from git_voicenote.engines.pocketsphinx import PocketSphinxEngine
from git_voicenote.engines.pocketsphinx_adaptation import make_adaptation
from git_voicenote.engines.pocketsphinx_phrases import (
    DecoderDictionary,
    add_phrases,
    words_of,
)
from git_voicenote.transcription import transcribe
from tests.support.speech import SPEECH, sentences

pytestmark = pytest.mark.xdist_group("pocketsphinx")  # its models are read once

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def engine() -> PocketSphinxEngine:
    return PocketSphinxEngine()


def first_sentence(engine: PocketSphinxEngine, context: Context) -> str:
    heard = transcribe(read_blocks(SPEECH / "rename.flac"), engine, context, VoiceActivity())
    return next(iter(heard)).text


@pytest.mark.parametrize(
    ("phrases", "heard"),
    [
        # several words, a word that the dictionary lacks, and one that the language model lacks
        ((("now", "right", "a", "new", "file"),), "we now right a new file and rename it at the"),
        ((("write", "a", "newfile"),), "we now write a newfile and rename it at the"),
        # of two that sound the same, that of fewer words
        (
            (("right", "a", "new", "file"), ("right", "a", "newfile")),
            "we now right a newfile and rename it at the",
        ),
        # what nobody can say, what is known, and nothing at all
        ((("zorkmidity", "file"), ("file",), ()), "we now write a new file and rename it at the"),
    ],
)
def test_phrases_are_heard(
    engine: PocketSphinxEngine, phrases: tuple[tuple[str, ...], ...], heard: str
) -> None:
    assert first_sentence(engine, Context(phrases=phrases)) == f"{heard} end"


def test_phrases_of_one_recording_are_not_heard_in_the_next(engine: PocketSphinxEngine) -> None:
    first_sentence(engine, Context(phrases=(("newfile",),)))
    assert first_sentence(engine, Context()) == sentences("rename.flac")[0]


def test_phrases_are_heard_beside_what_a_repository_taught(
    engine: PocketSphinxEngine, tmp_path: Path
) -> None:
    make_adaptation([("we", "now", "write", "a", "newfile")] * 5, tmp_path)
    context = Context(adaptation=tmp_path, phrases=(("rename", "it", "at", "thee", "end"),))
    assert first_sentence(engine, context) == "we now write a newfile and rename it at thee end"


def test_developers_words_that_the_stock_model_lacks_are_known_too() -> None:
    decoder = Decoder(loglevel="FATAL", lm=None)
    model = NGramModel(decoder.config, decoder.logmath, get_model_path("en-us/en-us.lm.bin"))
    likely = model.prob(["the"])
    lacking = model.prob(["zorkmidity"])
    assert model.prob(["backtrace"]) == model.prob(["mutex"]) == lacking
    add_phrases(decoder, model, [("mutex",)], is_stock=False)
    assert model.prob(["backtrace"]) == lacking < model.prob(["mutex"])
    add_phrases(decoder, model, [("mutex",)], is_stock=True)
    assert lacking < model.prob(["backtrace"]) < model.prob(["mutex"]) < likely
    assert decoder.lookup_word("mutex") == "M Y UW T EH K S"


def test_a_decoder_tells_the_ways_to_say_a_word() -> None:
    dictionary = DecoderDictionary(Decoder(loglevel="FATAL", lm=None))
    assert dictionary.get("rename", ()) == ("R IY N EY M",)
    assert dictionary.get("the", ()) == ("DH AH", "DH IY")
    assert dictionary.get("zorkmidity", ("none",)) == ("none",)


@pytest.mark.parametrize(
    ("name", "words"),
    [("the", "the"), ("the(2)", "the"), ("fix_up_count(3)", "fix up count")],
)
def test_what_was_heard_is_told_in_words(name: str, words: str) -> None:
    assert words_of(name) == words
