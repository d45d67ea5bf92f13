"""All composed messages pass the rules of commitlint and commitizen, as in `complaints`."""

from __future__ import annotations

from benchmarks.language import spoken_messages
from tests.support.conventional import complaints


def test_no_spoken_message_is_refused() -> None:
    messages = spoken_messages(250)
    assert len(set(messages)) == 250
    assert {message: complaints(message) for message in messages if complaints(message)} == {}
