"""From what was said to a commit message as Conventional Commits 1.0.0 has it.

What commitlint's config-conventional and commitizen refuse is avoided, and nothing that was said
is dropped: what does not fit the first line goes on in the body.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate, islice, takewhile
from typing import TYPE_CHECKING

from git_voicenote.datatypes import CommitMessage
from git_voicenote.text.commit_message.change_guess import guess_scope, guess_type
from git_voicenote.text.commit_message.footers import BREAKING
from git_voicenote.text.commit_message.header import (
    Heard,
    first_spoken,
    leading_type,
)
from git_voicenote.text.commit_message.issues import issue_trailers
from git_voicenote.text.commit_message.people import people_trailers
from git_voicenote.text.commit_message.rules import CONVENTIONAL
from git_voicenote.text.mail_safety import indent_hazards
from git_voicenote.text.passes.spoken_edits import BULLET, LINE, PARAGRAPH, written_lines
from git_voicenote.text.prose import fill
from git_voicenote.text.templates import fill_in

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from git_voicenote.datatypes import Person
    from git_voicenote.text.commit_message.rules import CommitRules

BREAKING_TOKEN = "BREAKING-CHANGE"  # noqa: S105 - a trailer's token; git sees no "BREAKING CHANGE"

_WIDTH = 72
_SHORTEST_DESCRIPTION = 20
_CLAUSES = {
    "and", "but", "because", "so", "which", "when", "while", "since", "where", "unless", "until",
    "instead", "although", "then",
}  # fmt: skip
_TRAILER = re.compile(r"[A-Za-z0-9-]+[ \t]*:|\(cherry picked from commit ")
_PARAGRAPHS = re.compile(f"(?<![ {LINE}])[ {LINE}]*+{PARAGRAPH}[ {LINE}{PARAGRAPH}]*+")
_LINES = re.compile(f"(?<![ {LINE}]) *+{LINE}[ {LINE}]*+")
_REFERENCE = re.compile(r"(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\s.*#\w", re.IGNORECASE)


def likely_type(
    heard: Heard, rules: CommitRules, staged_paths: Sequence[str], new_paths: Collection[str]
) -> str:
    """Return the type to suggest if nobody said one: that of the first words or of the paths."""
    guessed = leading_type(heard, rules.types) or guess_type(staged_paths, new_paths)
    return guessed if guessed in rules.types else rules.types[0]


def likely_scope(rules: CommitRules, staged_paths: Sequence[str]) -> str | None:
    """Return the scope to suggest, or None."""
    return rules.scope(guess_scope(staged_paths))


def build(
    heard: Heard,
    kind: str,
    scope: str | None,
    rules: CommitRules = CONVENTIONAL,
    people: Mapping[str, Person] | None = None,
) -> CommitMessage:
    """Return the message for what was said, with the type and scope that were chosen.

    The first words make the description; the mark of what an engine gave up on stands in the body,
    and so does a scope that the rules do not allow. `people` holds whom the names that were said
    are found to mean; other names stay in the body.
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
    """Return the message as text, wrapped, ending in a line feed.

    No line of it starts with `comment`, which git would drop after the editor; none is taken by
    `git am` for a patch, and no paragraph by git for trailers.
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
    """Return what of a sentence goes into the first line, and what is left for the body."""
    stop = "." if rules.full_stop else ""
    text = _in_case(sentence.rstrip(" .,;:") or sentence, rules)
    longest = rules.header_length - prefix - len(stop)
    if rules.subject_length is not None:
        longest = min(longest, rules.subject_length - len(stop))
    wanted = min(_WIDTH - prefix, longest)
    if _length(text) <= wanted:
        return text + stop, ""
    words = text.split(" ")
    # how long the text is with each word, up to the first that does not fit
    lengths = accumulate(_length(word) + bool(number) for number, word in enumerate(words))
    fitting = list(takewhile(lambda length: length <= wanted, islice(lengths, len(words) - 1)))
    fits = range(1, len(fitting) + 1)
    clauses = [
        n
        for n in fits
        if (words[n].lower() in _CLAUSES or words[n - 1][-1:] in ",;:")
        and fitting[n - 1] >= _SHORTEST_DESCRIPTION
    ]
    if not clauses and _length(text) <= longest:
        return text + stop, ""
    if not fits:
        # one word (an address?) that is longer than any line: its start, and all of it below
        return words[0][: wanted - 1] + "…", sentence
    cut = (clauses or fits)[-1]
    return " ".join(words[:cut]).rstrip(" .,;:") + stop, sentence.split(" ", cut)[cut]


def _in_case(text: str, rules: CommitRules) -> str:
    match rules.subject_case:
        case "sentence":
            return text[:1].upper() + text[1:]
        case "upper":
            return text.upper()
        case "lower":
            # a name with capitals is quoted: commitlint looks past backticks
            return " ".join(_start_low(word) for word in text.split(" "))
    return _start_low(text)


def _start_low(text: str) -> str:
    """Return a text as the description must start: not with a capital, the words unchanged.

    An acronym is lowered whole; an identifier keeps its letters, quoted: commitlint looks past
    what stands in backticks.
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
    if low[0].upper() == low[0]:  # an identifier; or a letter without another case
        low = f"`{word}`"
    return low + text[len(word) :]


def _punctuate(sentence: str) -> str:
    """Write a pause as people do: a capital before, a full stop after; not in a list."""
    if sentence.startswith(BULLET):
        return sentence
    sentence = sentence.rstrip(" ,;:") or sentence
    first, _, rest = sentence.partition(" ")
    if first.isalpha():  # an address or an identifier keeps its letters
        sentence = first[0].upper() + first[1:] + (" " + rest if rest else "")
    return sentence + "." if sentence[-1].isalnum() else sentence


def _paragraphs(sentences: Sequence[str]) -> str:
    """Join sentences, with the lines and paragraphs that were asked for.

    "Fixes #12 …" starts a paragraph, for tools take it for a footer's start.
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
        # git takes a last paragraph of "Note: …" lines for trailers; a space makes it prose
        paragraphs[-1] = _indent(paragraphs[-1], lambda line: bool(_TRAILER.match(line)))
    text = "\n\n".join(paragraphs)
    return indent_hazards(_indent(text, lambda line: line.startswith(comment)))


def _indent(text: str, wanted: Callable[[str], bool]) -> str:
    return "\n".join(" " + line if wanted(line) else line for line in text.split("\n"))


def _length(text: str) -> int:
    """Count as commitlint does, in UTF-16 units: a JavaScript string's length."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
