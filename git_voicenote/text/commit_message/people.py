"""People named in a commit message: "reviewed by jane doe" is a trailer with her address.

Nobody is guessed: a name that is not one person's is for whoever speaks to decide, and one that
nobody has stays in the text.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from git_voicenote.datatypes import Person

_SPOKEN = {
    "co authored by": "Co-authored-by",
    "coauthored by": "Co-authored-by",
    "co author": "Co-authored-by",
    "reviewed by": "Reviewed-by",
    "tested by": "Tested-by",
    "acked by": "Acked-by",
    "reported by": "Reported-by",
    "suggested by": "Suggested-by",
    "helped by": "Helped-by",
    "signed off by": "Signed-off-by",
    # as engines hear them
    "sign off by": "Signed-off-by",
    "act by": "Acked-by",
    "acted by": "Acked-by",
}
_SENTENCE = re.compile(
    rf"(?P<said>{'|'.join(words.replace(' ', '[ -]') for words in _SPOKEN)})[ :,]+(?P<names>.+)",
    re.IGNORECASE,
)
_MOST_WORDS = 4
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Named:
    """A sentence that names people: its trailer's token, how that was said, and the names."""

    token: str
    said: str
    names: tuple[str, ...]


def named_people(sentence: str) -> Named | None:
    """Return whom a sentence names for a trailer, if it says nothing else."""
    found = _SENTENCE.fullmatch(sentence.strip().rstrip(".!"))
    if found is None:
        return None
    names = [name.strip() for name in re.split(r",? and |, ", found["names"])]
    if not all(0 < len(name.split()) <= _MOST_WORDS and _is_name(name) for name in names):
        return None
    token = _SPOKEN[found["said"].lower().replace("-", " ")]
    return Named(token, found["said"], tuple(names))


def candidates(name: str, people: Sequence[Person]) -> tuple[tuple[Person, ...], bool]:
    """Return who may be meant by a name, and whether the name was theirs by its letters.

    First those of that very name; then those with these words in their name, or before the @ of
    their address; at last those whose name sounds so, which is never sure.
    """
    said = _words(name)
    whole = [person for person in people if _words(person.name) == said]
    if whole:
        return tuple(whole), True
    partly = [
        person
        for person in people
        if set(said) <= set(_words(person.name))
        or "".join(said) == "".join(_words(person.email.partition("@")[0]))
    ]
    if partly:
        return tuple(partly), True
    sounds = [_sound(word) for word in said]
    return tuple(person for person in people if _sounds_like(sounds, person.name)), False


def people_trailers(
    sentence: str, known: Mapping[str, Person]
) -> tuple[tuple[tuple[str, str], ...], str]:
    """Return the trailers of a sentence, and what of it stays in the text.

    `known` holds the people that names were found to mean, by the names as they were said.
    """
    named = named_people(sentence)
    if named is None:
        return (), sentence
    trailers = tuple(
        (named.token, f"{known[name].name} <{known[name].email}>")
        for name in named.names
        if name in known
    )
    left = [name for name in named.names if name not in known]
    if not trailers:
        return (), sentence
    stop = "." if sentence.rstrip().endswith(".") else ""
    return trailers, f"{named.said} {' and '.join(left)}{stop}" if left else ""


def _is_name(name: str) -> bool:
    return re.fullmatch(r"[^\W\d_][\w'’.-]*(?: [^\W\d_][\w'’.-]*)*", name) is not None


def _words(name: str) -> list[str]:
    # of a long run of accents, NFKD takes the square of its length
    plain = unicodedata.normalize("NFKD", name[:_LONGEST_NAME].lower())
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return re.findall(r"[^\W\d_]+", plain)


def _sounds_like(sounds: Sequence[str], name: str) -> bool:
    theirs = [_sound(word) for word in _words(name)]
    return bool(sounds) and all(sound in theirs for sound in sounds)


def _sound(word: str) -> str:
    from jellyfish import metaphone  # 0.01 s, only where somebody is named

    return metaphone(word) or word
