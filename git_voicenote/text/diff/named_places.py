"""Find places that a text names: "in transport.py we now ...", "the function send gives up".

A file is named by its path, or by its last part if that is unique in the diff. A function or class
is found if the diff changes it: its name is in the heading of a hunk, or its definition is in a
line of the diff. A name that could be an ordinary word counts only in the form of code: `send`,
send(), Client.send, "the function send", "the send method".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from git_voicenote.datatypes import Place
from git_voicenote.text.diff.places import heading_of, place_of
from git_voicenote.text.prose import sentence_ends
from git_voicenote.text.vocabulary.definitions import defined_in, defined_in_heading
from git_voicenote.text.vocabulary.identifiers import is_made_up
from git_voicenote.text.vocabulary.ordinary_words import is_ordinary, ordinary_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from git_voicenote.text.diff.diffs import FileDiff

_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\uac00-\ud7af"
"""Chinese, Japanese and Korean, which have no space between a word and a name."""
_MENTION = re.compile(
    rf"`(?P<code>[^`\n]{{1,200}})`|\"(?P<quoted>[^\"\n]{{1,200}})\""
    rf"|(?P<word>[^\s`{_WIDE}]+|[{_WIDE}]+)"
)
_HAS_WIDE = re.compile(f"[{_WIDE}]")
_OUTSIDE = "([{<\"'\u201c\u2018\u00ab"
_BEHIND = ".,;:!?\"'\u201d\u2019\u00bb)]}>\u3002\uff0c\uff01\uff1f"
_POSSESSIVE = re.compile(r"(?:'|\u2019)s?\Z")
_CALL = re.compile(r"\((?![0-9]\w{0,2}\))[^()]*\)\Z")  # rename(2) is a page of a manual
_LINES = re.compile(r":([0-9]{1,9})(?:-([0-9]{1,9}))?\Z")
_JOINTS = re.compile(r"\.|::|->|#")
_DEFINES = re.compile(r"(?:async\s+)?(?:def|class|fn|func|function|struct|enum|trait)\s+(?=\S)")
_NAME = re.compile(r"[^\W\d][\w$-]*[?!]?")

_KINDS = """
function functions method methods class classes struct structs macro routine constructor enum trait
interface subroutine procedure
"""
_NO_NAMES = """
is was are were has have had does did do can could will would shall should may might must of in on
at by for from to with without and or but not that which who whose when where while then now there
here it its this these those the a an as if so also still takes took returns gets got makes made
new old same other whole next previous first second third last only right wrong good bad big small
single empty real simple public private static inner outer base parent child called calling every
each any all no own default field fields member members variable parameter parameters argument
arguments definition definitions declaration name names body call calls pointer type types
"""
_SELVES = frozenset(("self", "this", "cls", "super"))
_FUNCTIONS = frozenset(_KINDS.split())
_FILES = frozenset(("file", "files", "script", "header", "module"))
_WIDE_FUNCTIONS = ("函数", "方法", "结构体", "类", "関数", "メソッド", "クラス")
_POINTING = frozenset(("the", "this", "that", "our", "its", "their", "a", "in", "of"))
_NEVER_NAMES = frozenset(_NO_NAMES.split())
"""Words that often precede or follow "function" in prose: "the new function", "the class has"."""
_MAX_PARAGRAPH_CHARACTERS = 20_000
"""A longer paragraph was not spoken."""
_MAX_NAME_CHARACTERS = 300


@dataclass(frozen=True, slots=True, order=True)
class _Definition:
    """Where a diff changes a name; `rank` is 0 for the definition itself, 1 for a heading."""

    rank: int
    file: int
    hunk: int


class NamedPlaces:
    """The names of places in a diff."""

    def __init__(self, files: Sequence[FileDiff]) -> None:
        self._diff = files

    def find(self, paragraph: str) -> Iterator[tuple[int, Place]]:
        """Yield the position of each sentence that names another place, and the place."""
        if len(paragraph) > _MAX_PARAGRAPH_CHARACTERS or not self._diff:
            return
        current: Place | None = None
        start = 0
        for end in (*sentence_ends(paragraph), len(paragraph)):
            found = self._named_in(paragraph[start:end], current)
            if found is not None and found != current:
                current = found
                yield start + len(paragraph[start:end]) - len(paragraph[start:end].lstrip()), found
            start = end

    @cached_property
    def _files(self) -> dict[str, int]:
        """The files by their unambiguous names."""
        named: dict[str, set[int]] = {}
        for number, file in enumerate(self._diff):
            for path in (file.path, file.old_path):
                if path:
                    named.setdefault(path, set()).add(number)
                    named.setdefault(path.rpartition("/")[2], set()).add(number)
        return {name: number for name, (number, *more) in named.items() if not more}

    @cached_property
    def _functions(self) -> dict[str, dict[str, _Definition]]:
        """For each name, the best hunk in each file that changes it, by path."""
        found: dict[str, dict[str, _Definition]] = {}
        for number, file in enumerate(self._diff):
            for at, hunk in enumerate(file.hunks):
                headed = ((name, 1) for name in defined_in_heading(heading_of(hunk)))
                defined = ((name, 0) for name in defined_in(line[1:] for line in hunk.lines))
                for name, rank in (*headed, *defined):
                    here = _Definition(rank, number, at)
                    of_name = found.setdefault(name, {})
                    of_name[file.path] = min(of_name.get(file.path, here), here)
        return found

    def _named_in(self, sentence: str, current: Place | None) -> Place | None:
        mentions = list(self._mentions(sentence))
        file = next((one for one in mentions if isinstance(one, Place)), None)
        for mention in mentions:
            if isinstance(mention, Place):
                return self._function_in(mention, mentions) or mention
            place = self._chosen(mention, file or current)
            if place is not None:
                return place
        return None

    def _function_in(self, file: Place, mentions: Sequence[Place | str]) -> Place | None:
        """Return the function in a file that the same sentence names, or None."""
        for mention in mentions:
            if isinstance(mention, str) and file.first is None:
                place = self._chosen(mention, file)
                if place is not None and place.path == file.path:
                    return place
        return None

    def _chosen(self, name: str, near: Place | None) -> Place | None:
        """Return the place of a function, or None if it is in several files and none is named."""
        found = self._functions[name]
        is_one = len(found) == 1
        best = next(iter(found.values())) if is_one else found.get(near.path) if near else None
        if best is None:
            return None
        file = self._diff[best.file]
        return place_of(file, file.hunks[best.hunk])

    def _mentions(self, sentence: str) -> Iterator[Place | str]:
        """Yield the files (as places) and functions (as names) in a sentence, in order."""
        for token in sentence.split() if _HAS_WIDE.search(sentence) else ():
            place = self._file(_bare(token), is_meant=False)
            if place is not None:
                yield place
        words = list(_MENTION.finditer(sentence))
        plain = [_bare(found["word"] or "").lower() for found in words]
        for number, found in enumerate(words):
            before = plain[max(number - 2, 0) : number]
            after = plain[number + 1] if number + 1 < len(words) else ""
            yield from self._mention(found, [*[""] * (2 - len(before)), *before], after)

    def _mention(
        self, found: re.Match[str], before: Sequence[str], after: str
    ) -> Iterator[Place | str]:
        set_off = found["code"] or found["quoted"]
        text = set_off.strip() if set_off else _bare(found["word"])
        place = self._file(text, is_meant=bool(set_off) or _is_file_word(before[1]))
        if place is not None:
            yield place
            return
        if found["quoted"]:
            return
        text = _DEFINES.sub("", text, count=1) if found["code"] else text
        name = _CALL.sub("", text)
        owner, name = _split_owner(name)
        if not _NAME.fullmatch(name) or name not in self._functions:
            return
        is_code = bool(found["code"]) or text.endswith(")") or self._owns(owner)
        if is_code or self._is_meant(name, before, after):
            yield name

    def _owns(self, owner: str) -> bool:
        """Return whether the name before a dot can have functions: a class, an object, a module."""
        return (
            owner in _SELVES or owner[:1].isupper() or owner in self._functions
            or any(f"{owner}{ending}" in self._files for ending in (".py", ".js", ".ts", ".rb"))
        )  # fmt: skip

    def _file(self, text: str, *, is_meant: bool) -> Place | None:
        lines = _LINES.search(text)
        name = text[: lines.start()] if lines else text
        number = self._files.get(name)
        if number is None or not (is_meant or lines or _is_file_name(name)):
            return None
        path = self._diff[number].path
        if lines is None:
            return Place(path)
        return Place(path, int(lines[1]), int(lines[2] or lines[1]))

    @staticmethod
    def _is_meant(name: str, before: Sequence[str], after: str) -> bool:
        """Return whether a bare word is an identifier, by its form or by the words next to it."""
        if is_made_up(name):
            return True
        if name.lower() in _NEVER_NAMES:
            return False
        # a dictionary does not help: worktree, workflow and init are missing, but common in prose
        if before[1].endswith(_WIDE_FUNCTIONS) or after.startswith(_WIDE_FUNCTIONS):
            return True
        return before[1] in _FUNCTIONS or (after in _FUNCTIONS and before[1] in _POINTING)


def _split_owner(name: str) -> tuple[str, str]:
    """Split `Client.send` into its owner and its name; the owner may be ""."""
    *owners, name = _JOINTS.split(name)
    return (owners[-1] if owners else "", name)


def _is_file_word(word: str) -> bool:
    return word in _FILES or word.endswith(("文件", "ファイル"))


def _is_file_name(name: str) -> bool:
    """Return whether a name is recognizable as the name of a file."""
    if "/" in name or "." in name.strip(".") or name[:1] == ".":
        return True
    if is_made_up(name) or (name.isupper() and len(name) > 3):
        return True
    # Makefile, Dockerfile; a lower-case name (pre-commit, configure) may be an ordinary word
    return name[:1].isupper() and not is_ordinary(name.lower(), ordinary_words())


def _bare(word: str) -> str:
    """Strip surrounding punctuation from a word: `(send(),` becomes `send()`."""
    if len(word) > _MAX_NAME_CHARACTERS:
        return ""
    word = word.lstrip(_OUTSIDE)
    while word and word[-1] in _BEHIND and not _CALL.search(word):
        word = word[:-1]
    return _POSSESSIVE.sub("", word)
