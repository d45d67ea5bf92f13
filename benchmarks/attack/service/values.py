"""What a stranger writes where a service expects a value."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

WORDS = (
    "", "0", "-1", "1", "true", "null", "HEAD", "main", "HEAD~1..HEAD", "..", "--all", "-rf",
    "../../../etc/passwd", "%2e%2e%2f", "%00", "%ff%fe", "%0d%0aSet-Cookie:%20a=b", "%", "%zz",
    "20260101-000000-abcd", "99999999-999999-zzzz", "json", "srt", "csv", "text", "wav", "stop",
    "--upload-pack=touch owned", "$(id)", "`id`", "'", '"', "a" * 5000, "/" * 300, "é" * 50,
    "\u202e", "\u2028", "\x1b[2J", "NEAR(", 'a" OR "b', "*", "a*" * 200, "(" * 500, "AND OR NOT",
    "1e999", "9" * 5000, "0x10", "١٢", "<script>", "{{7*7}}", "commit", "cover", "answer",
    "message", "transcription", "server_vad", "audio/pcm", "en", "zh", "xx", "auto", "remote",
)  # fmt: skip
"""Texts in queries, paths and values."""
_LITERALS = (
    "0", "-1", "1.5", "16000", "24000", "1e999", "-1e999", "NaN", "Infinity", "9" * 400,
    "9" * 5000, "1e308", "true", "null", '"\\ud800"', '"\\u0000"', '""', "[]", "{}",
    '{"a":1,"a":2}',
    "[" * 50 + "]" * 50, "[" * 20_000, '{"a":' * 200, '"' + "x" * 70_000 + '"', "[0" + ",0" * 20_000
    + "]", "'a'", "", "undefined", "-", "1.", "\ufeff1",
)  # fmt: skip
"""Values as JSON has them, or as it may not."""


def word(chance: random.Random) -> str:
    """Return a text that something may trip over."""
    return chance.choice(WORDS)


def written(chance: random.Random) -> str:
    """Return a value as JSON, right or wrong."""
    return chance.choice(_LITERALS) if chance.random() < 0.5 else json.dumps(word(chance))


def an_object(chance: random.Random, names: tuple[str, ...]) -> str:
    """Return an object of JSON with some of these names, at two depths, and hostile values."""
    fields = []
    for name in chance.sample(names, chance.randint(0, min(4, len(names)))):
        value = written(chance)
        if chance.random() < 0.2:
            value = an_object(chance, names)
        fields.append(f"{json.dumps(name)}:{value}")
    return "{" + ",".join(fields) + "}"


def mutated(content: bytes, chance: random.Random) -> bytes:
    """Return bytes with a few of them changed, repeated or cut off."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) + 1)
        match chance.randrange(5):
            case 0:
                changed[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                changed[at:at] = chance.choice((b"\r\n", b"\n", b"\0", b"\xff\xfe", b": ", b"%"))
            case 2:
                changed[at:at] = changed[at : at + 50] * chance.randint(1, 50)
            case 3:
                del changed[at : at + chance.randint(1, 30)]
            case 4:
                del changed[at:]
    return bytes(changed)
