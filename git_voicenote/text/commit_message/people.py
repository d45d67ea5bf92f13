"""Find people named in a commit message: "reviewed by jane doe" becomes a trailer with an address.

People are never guessed: the user chooses if a name is ambiguous, and an unknown name is kept in
the text.
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
    # misheard forms
    "sign off by": "Signed-off-by",
    "act by": "Acked-by",
    "acted by": "Acked-by",
}
_SENTENCE = re.compile(
    rf"(?P<said>{'|'.join(words.replace(' ', '[ -]') for words in _SPOKEN)})[ :,]+(?P<names>.+)",
    re.IGNORECASE,
)
_MAX_WORDS = 4
_MAX_NAME_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class NamedPeople:
    """A sentence that names people: the token of its trailer, the spoken token, and the names."""

    token: str
    said: str
    names: tuple[str, ...]


def named_people(sentence: str) -> NamedPeople | None:
    """Return the people in a sentence that contains only a spoken trailer, or None."""
    found = _SENTENCE.fullmatch(sentence.strip().rstrip(".!"))
    if found is None:
        return None
    names = [name.strip() for name in re.split(r",? and |, ", found["names"])]
    if not all(0 < len(name.split()) <= _MAX_WORDS and _is_name(name) for name in names):
        return None
    token = _SPOKEN[found["said"].lower().replace("-", " ")]
    return NamedPeople(token, found["said"], tuple(names))


def candidates(name: str, people: Sequence[Person]) -> tuple[tuple[Person, ...], bool]:
    """Return the people that a name may refer to, and whether the match is by spelling.

    They are the people with exactly that name; otherwise those with these words in their name or in
    the local part of their address; otherwise those whose name sounds similar.
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
    """Return the trailers of a sentence, and the part of it that is kept in the text.

    `known` maps spoken names to people.
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
    # NFKD takes quadratic time for a long run of accents
    plain = unicodedata.normalize("NFKD", name[:_MAX_NAME_CHARACTERS].lower())
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return re.findall(r"[^\W\d_]+", plain)


def _sounds_like(sounds: Sequence[str], name: str) -> bool:
    theirs = [_sound(word) for word in _words(name)]
    return bool(sounds) and all(sound in theirs for sound in sounds)


def _sound(word: str) -> str:
    from jellyfish import metaphone  # takes 0.01 s, so it is imported only when needed

    return metaphone(word) or word
