"""Compose a commit message in the Conventional Commits 1.0.0 format from a transcript.

The message passes commitlint's config-conventional and commitizen, and contains everything that was
said: a sentence that does not fit in the first line is in the body, too.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from git_voicenote.columns import columns
from git_voicenote.datatypes import CommitMessage
from git_voicenote.text.commit_message.change_guess import guess_scope, guess_type
from git_voicenote.text.commit_message.footers import BREAKING
from git_voicenote.text.commit_message.header import (
    ParsedMessage,
    first_spoken,
    leading_type,
)
from git_voicenote.text.commit_message.issues import issue_trailers
from git_voicenote.text.commit_message.people import people_trailers
from git_voicenote.text.commit_message.rules import CONVENTIONAL
from git_voicenote.text.mail_safety import indent_hazards
from git_voicenote.text.passes.line_breaks import LINE, PARAGRAPH, written_lines
from git_voicenote.text.passes.spoken_edits import BULLET
from git_voicenote.text.prose import fill, shortened
from git_voicenote.text.templates import fill_in

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from git_voicenote.datatypes import Person
    from git_voicenote.text.commit_message.rules import CommitRules

BREAKING_TOKEN = "BREAKING-CHANGE"  # noqa: S105 - a trailer's token; git sees no "BREAKING CHANGE"

_WIDTH = 72
_TRAILER = re.compile(r"[A-Za-z0-9-]+[ \t]*:|\(cherry picked from commit ")
_PARAGRAPHS = re.compile(f"(?<![ {LINE}])[ {LINE}]*+{PARAGRAPH}[ {LINE}{PARAGRAPH}]*+")
_LINES = re.compile(f"(?<![ {LINE}]) *+{LINE}[ {LINE}]*+")
_REFERENCE = re.compile(r"(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\s.*#\w", re.IGNORECASE)


def likely_type(
    heard: ParsedMessage,
    rules: CommitRules,
    staged_paths: Sequence[str],
    new_paths: Collection[str],
) -> str:
    """Return the type to suggest if nobody said one: that of the first words or of the paths."""
    guessed = leading_type(heard, rules.types) or guess_type(staged_paths, new_paths)
    return guessed if guessed in rules.types else rules.types[0]


def likely_scope(rules: CommitRules, staged_paths: Sequence[str]) -> str | None:
    """Return the scope to suggest, or None."""
    return rules.scope(guess_scope(staged_paths))


def build(
    heard: ParsedMessage,
    kind: str,
    scope: str | None,
    rules: CommitRules = CONVENTIONAL,
    people: Mapping[str, Person] | None = None,
) -> CommitMessage:
    """Return the message for a transcript, with the given type and scope.

    The first words become the description. The marks of failed segments, and a scope that the
    rules do not allow, are in the body. `people` maps spoken names to people; other names are kept
    in the body.
    """
    trailers: list[tuple[str, str]] = []
    named: list[tuple[str, str]] = []
    breaking_changes: list[str] = []
    sentences: list[str] = []
    first = first_spoken(heard.sentences)
    marks, spoken = heard.sentences[:first], heard.sentences[first:]
    for number, sentence in enumerate(spoken):
        said_breaking = BREAKING.match(sentence)
        if number and said_breaking and sentence[said_breaking.end() :]:
            breaking_changes.append(sentence[said_breaking.end() :])
        elif number and issue_trailers(sentence):
            trailers += issue_trailers(sentence)
        elif number and people and (found := people_trailers(sentence, people))[0]:
            named += found[0]
            sentences += [found[1]] if found[1] else []
        else:
            sentences.append(sentence)
    trailers += named
    if scope and rules.scope(scope) is None:
        sentences.insert(1, f"scope {scope}" + ("." if heard.punctuated else ""))
    scope = rules.scope(scope)
    breaking = heard.breaking or bool(breaking_changes)
    prefix = f"{kind}({scope})" if scope else kind
    prefix += "!: " if breaking else ": "
    description, left = _description(sentences[0] if sentences else "", _length(prefix), rules)
    body = [*marks, *([left] if left else []), *sentences[1:]]
    if not heard.punctuated:
        body = [_punctuate(sentence) for sentence in body]
        breaking_changes = [_punctuate(sentence) for sentence in breaking_changes]
    trailers[:0] = [(BREAKING_TOKEN, change) for change in breaking_changes]
    return CommitMessage(kind, scope, breaking, description, _paragraphs(body), tuple(trailers))


def render(message: CommitMessage, comment: str = "#", rules: CommitRules = CONVENTIONAL) -> str:
    """Return the message as text, wrapped and terminated by a line feed.

    No line starts with `comment`, because git would remove it after editing. `git am` will not
    mistake a line for a patch, nor git a paragraph of the body for trailers.
    """
    return fill_in(
        "commit-message.j2",
        type=message.type,
        scope=message.scope,
        breaking=message.breaking,
        description=message.description,
        body=_safe_body(message.body, comment, min(_WIDTH, rules.body_width)),
        trailers="\n".join(
            fill(f"{token}: {value}", min(_WIDTH, rules.footer_width), "  ")
            for token, value in message.trailers
        ),
    )


def _description(sentence: str, prefix: int, rules: CommitRules) -> tuple[str, str]:
    """Return the part of a sentence that fits the first line, and the text for the body, if any.

    The first line has at most 72 columns, and ends with a clause.
    """
    stop = "." if rules.full_stop else ""
    text = _in_case(sentence.rstrip(" .,;:") or sentence, rules)
    longest = rules.header_length - prefix - len(stop)
    if rules.subject_length is not None:
        longest = min(longest, rules.subject_length - len(stop))
    wanted = max(min(_WIDTH - prefix - len(stop), longest), 1)
    if columns(text) <= wanted and _length(text) <= longest:
        return text + stop, ""
    # accents take no column, but commitlint counts them
    start = _of_length(shortened(text, wanted), longest)
    return start.rstrip(" .,;:，；：、") + stop, sentence


def _in_case(text: str, rules: CommitRules) -> str:
    match rules.subject_case:
        case "sentence":
            return text[:1].upper() + text[1:]
        case "upper":
            return text.upper()
        case "lower":
            # a name with capitals is quoted, because commitlint ignores text in backticks
            return " ".join(_start_in_lower_case(word) for word in text.split(" "))
    return _start_in_lower_case(text)


def _start_in_lower_case(text: str) -> str:
    """Return a text that does not start with a capital, as a description must not.

    An acronym is converted to lower case; an identifier is quoted in backticks instead, whose
    content commitlint ignores.
    """
    found = re.match(r"[\w'’.+#-]*\w", text)
    word = found[0] if found else ""
    if not word or unicodedata.category(word[0]) not in ("Lu", "Ll", "Lt"):
        return text
    low = word
    if word[0].lower() != word[0]:
        is_plain = word[1:] == word[1:].lower() and word.replace("'", "").isalpha()
        is_acronym = re.fullmatch(r"[A-Z][A-Z0-9-]*s?", word)
        low = word[0].lower() + word[1:] if is_plain else word
        low = word.lower() if is_acronym else low
    if low[0].upper() == low[0]:  # an identifier, or a letter without case
        low = f"`{word}`"
    return low + text[len(word) :]


def _punctuate(sentence: str) -> str:
    """Start a sentence with a capital and end it with a full stop, except in a list."""
    if sentence.startswith(BULLET):
        return sentence
    sentence = sentence.rstrip(" ,;:") or sentence
    first, _, rest = sentence.partition(" ")
    if first.isalpha():  # not an address or an identifier
        sentence = first[0].upper() + first[1:] + (" " + rest if rest else "")
    return sentence + "." if sentence[-1].isalnum() else sentence


def _paragraphs(sentences: Sequence[str]) -> str:
    """Join sentences, with the requested lines and paragraphs.

    "Fixes #12 …" starts a new paragraph, because tools take it for the start of the footers.
    """
    text = ""
    for sentence in sentences:
        if sentence in (LINE, PARAGRAPH):
            text += sentence
        else:
            text += (PARAGRAPH if _REFERENCE.match(sentence) else " ") + sentence
    return written_lines(_LINES.sub(LINE, _PARAGRAPHS.sub(PARAGRAPH, text))).strip()


def _safe_body(body: str, comment: str, width: int) -> str:
    paragraphs = [
        "\n".join(
            fill(line, width, "  " if line.startswith(BULLET) else "")
            for line in paragraph.split("\n")
        )
        for paragraph in body.split("\n\n")
        if paragraph.strip()
    ]
    if paragraphs:
        # git takes a last paragraph of "Note: …" lines for trailers; a space prevents this
        paragraphs[-1] = _indent(paragraphs[-1], lambda line: bool(_TRAILER.match(line)))
    text = "\n\n".join(paragraphs)
    return indent_hazards(_indent(text, lambda line: line.startswith(comment)))


def _indent(text: str, wanted: Callable[[str], bool]) -> str:
    return "\n".join(" " + line if wanted(line) else line for line in text.split("\n"))


def _length(text: str) -> int:
    """Return the length in UTF-16 units, as commitlint counts: that of a JavaScript string."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _of_length(text: str, most: int) -> str:
    """Return the start of a text with at most `most` UTF-16 units, in whole characters."""
    if _length(text) <= most:
        return text
    # "ignore" drops half a pair at the cut
    return text.encode("utf-16-le", "surrogatepass")[: 2 * most].decode("utf-16-le", "ignore")
