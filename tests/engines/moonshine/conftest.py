"""The weights are loaded once for all tests of a process."""

from __future__ import annotations

import pytest

from git_voicenote.engines.moonshine.engine import MoonshineEngine
from git_voicenote.engines.moonshine.tokenizer import Tokenizer
from git_voicenote.engines.moonshine.tokenizer_file import read_tokens
from git_voicenote.engines.moonshine.weights import open_weights


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    return Tokenizer(read_tokens(open_weights(None).tokenizer))


@pytest.fixture(scope="session")
def engine() -> MoonshineEngine:
    # partial results take no time: a busy machine shows as many as an idle one
    engine = MoonshineEngine(clock=lambda: 0.0)
    engine.load()
    return engine
