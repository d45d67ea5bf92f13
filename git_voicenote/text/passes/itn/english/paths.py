"""Spoken flags, paths, file names and revisions."""

from __future__ import annotations

import re
from functools import cache

from git_voicenote.text import tables
from git_voicenote.text.passes.itn.english.numbers import counts_up, digits, is_number_word
from git_voicenote.text.passes.itn.english.phrases import DASHES, ends_here, function_words
from git_voicenote.text.passes.itn.words import LowerCaseWords, Match, Run, kept, low, lows

_NAME = re.compile(r"\w+")
_FILE = re.compile(r"\w++(?:\.\w++)+")
_WITH_PI = frozenset({"math", "cmath", "np", "numpy", "torch"})
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_CONNECTORS = {"dot": ".", "slash": "/", "underscore": "_", "dash": "-", "hyphen": "-"}
_DASHES = ("dash", "minus")
_JOINTS = frozenset({"dash", "hyphen", "minus"})
_MAX_PARTS = 32
"""The most names in a path, or words in a flag or after one dash."""
_NEAR = 6
"""The most words between a command and its "dash three"."""
# options of git that are also words: they count only at the end of a phrase
_OPTIONS_THAT_ARE_WORDS = frozenset({"not", "all", "to", "from", "onto", "about"})
_AFTER_A_FLAG = ("", "flag", "option", "and", "or", "is", "to", "for", "with")
_ROOTS = frozenset({"usr", "etc", "var", "tmp", "opt", "proc", "sys", "mnt", "srv", "dev"})
"""Folders that are rarely inside another one."""
_REVISIONS = frozenset({"head", "main", "master", "next", "maint", "trunk", "develop", "upstream"})


def flag(run: Run, at: int) -> Match | None:
    """Dash dash force with lease; minus minus depth equals one."""
    doubled = run[at].low == "double" and low(run, at + 1) in _DASHES
    if doubled and low(run, at - 1) in tables.words("itn", "determiners"):
        return None  # "the double dash separates"
    if not doubled and not (run[at].low in _DASHES and low(run, at + 1) == run[at].low):
        return None
    named = _flag_name(run, at + 2)
    if named is None:
        return None
    name, end = named
    if low(run, end) in ("equals", "equal") and end + 1 < len(run):
        value = _value(run, end + 1)
        if value:
            return Match(value[1], f"--{name}={value[0]}", "flag")
    read = digits(LowerCaseWords(run), end) if not low(run, end).isdigit() else None
    if read and ends_here(run, read[1]) and low(run, read[1]) not in ("of", "or", "by"):
        return Match(read[1], f"--{name} {read[0]}", "flag")
    return Match(end, f"--{name}", "flag")


def _flag_name(run: Run, at: int) -> tuple[str, int] | None:
    written = tables.strings("itn", "flags", "written")
    several = tables.words("itn", "flags", "several")
    for length in (4, 3, 2):
        said = " ".join(lows(run, at, length))
        if said in several and len(lows(run, at, length)) == length:
            return written.get(said, said.replace(" ", "-")), at + length
    first = low(run, at)
    end = at + 1
    is_joined = low(run, end) in _JOINTS and _is_part(low(run, end + 1))
    if is_joined and _PLAIN.fullmatch(first) and first not in _CONNECTORS:
        pass  # "dash dash no dash edit": the dashes say that the words are a flag's
    elif first == "no" and _is_flag_word(low(run, end)):
        first, end = f"no-{run[end].low}", end + 1
    elif first in _OPTIONS_THAT_ARE_WORDS:
        if low(run, end) not in DASHES and not ends_here(run, end):
            return None
    elif first in tables.words("itn", "flags", "not", "words") or not _is_flag_word(first):
        return None
    name = first
    while low(run, end) in _JOINTS and _is_part(low(run, end + 1)):
        name, end = f"{name}-{run[end + 1].low}", end + 2
        if end - at > 2 * _MAX_PARTS:
            return None
    return name, end


def _is_part(word: str) -> bool:
    """Whether a word continues a flag after a dash; a letter or a number may begin another."""
    is_plain = _PLAIN.fullmatch(word) is not None and len(word) > 1
    return is_plain and word not in _JOINTS and not is_number_word(word)


def _is_flag_word(word: str) -> bool:
    return (
        bool(_PLAIN.fullmatch(word))
        and word not in function_words()
        and word not in _CONNECTORS
        and word != "minus"
        and not is_number_word(word)
    )


def _value(run: Run, at: int) -> tuple[str, int] | None:
    read = digits(LowerCaseWords(run), at)
    if read:
        return read
    path = _path_from(run, at)
    return path or (run[at].text, at + 1)


def short_flag(run: Run, at: int) -> Match | None:
    """Dash x; dash capital c; git log dash three."""
    if run[at].low != "dash" or low(run, at - 1) in ("dash", "minus", "en", "em"):
        return None
    letters, end = _letters(run, at + 1)
    if letters:
        numbered = digits(LowerCaseWords(run), end)
        if numbered and counts_up(LowerCaseWords(run), end, numbered[1]):
            return Match(end, f"-{letters}", "flag")
        if numbered and not low(run, end).isdigit() and low(run, numbered[1]) not in _CONNECTORS:
            return Match(numbered[1], f"-{letters} {numbered[0]}", "flag")
        fours = low(run, at - 1) in ("make", "ninja") and letters == "j" and end + 1 == len(run)
        if fours and low(run, end) in ("for", "fore"):
            return Match(end + 1, "-j 4", "flag")
        return Match(end, f"-{letters}", "flag")
    commands = tables.words("itn", "flags", "numbered", "words")
    if any(word.low in commands for word in run[max(0, at - _NEAR) : at]):
        read = digits(LowerCaseWords(run), at + 1)
        if read and ends_here(run, read[1]):
            return Match(read[1], f"-{read[0]}", "flag")
    return None


def _letters(run: Run, at: int) -> tuple[str, int]:
    """Read letters after a dash. "a" and "i" are also words, so they count only at the end of a
    phrase.
    """
    letters, end = "", at
    while end < len(run):
        capital = low(run, end) in ("capital", "big", "uppercase")
        letter = low(run, end + capital)
        if not re.fullmatch(r"[a-z]", letter):
            break
        after = end + capital + 1
        is_word = letter in ("a", "i") and not capital
        if is_word and not (
            (low(run, after) in _AFTER_A_FLAG or _is_short_flag(run, after))
            and low(run, at - 2) not in tables.words("itn", "determiners")
        ):
            break
        letters += letter.upper() if capital else letter
        end = after
        if len(letters) > _MAX_PARTS:
            return "", end
    return letters, end


def _is_short_flag(run: Run, at: int) -> bool:
    following = low(run, at + 1)
    return low(run, at) in _DASHES and (len(following) == 1 or following in _DASHES)


# ---- paths ---------------------------------------------------------------------------------


def path(run: Run, at: int) -> Match | None:
    """Main dot py; slash usr slash bin; src slash parser dot c; dot git ignore."""
    found = _path_from(run, at)
    return Match(found[1], found[0], "path") if found else None


def _path_from(run: Run, at: int) -> tuple[str, int] | None:
    for start, written in (
        (("tilde", "slash"), "~/"), (("dot", "dot", "slash"), "../"), (("dot", "slash"), "./"),
    ):  # fmt: skip
        if lows(run, at, len(start)) == start:
            if low(run, at + len(start)) in function_words():
                return None
            rest = _path_from(run, at + len(start)) or connected(run, at + len(start))
            return (written + rest[0], rest[1]) if rest else None
    if at >= len(run):
        return None
    if run[at].low == "slash":
        return _absolute(run, at)
    if run[at].low == "dot":
        if low(run, at - 1) in _ROOTS and low(run, at - 2) == "slash":
            return None  # half of "slash etc dot ssh"
        return _dotfile(run, at) or _bare_suffix(run, at)
    return _relative(run, at)


def _absolute(run: Run, at: int) -> tuple[str, int] | None:
    roots = tables.strings("itn", "paths", "roots")
    is_first = at == 0 or run[at - 1].low in function_words()
    found = connected(run, at + 1)
    if found is None or low(run, at + 1) in function_words():
        return None
    text, end = found
    first, separator, rest = text.partition("/")
    if first.lower() in roots and (separator or first.lower() not in ("user", "temp", "root")):
        return f"/{roots[first.lower()]}{separator}{rest}", end
    return (f"/{text}", end) if separator and is_first else None


def numbered_part(run: Run, at: int) -> Match | None:
    """Keep the number in "slash forty two dot py": half of a path is not written in digits."""
    if run[at].low != "slash" or not is_number_word(low(run, at + 1)):
        return None
    end = at + 1
    while is_number_word(low(run, end)):
        end += 1
    is_joined = low(run, end) in _CONNECTORS and low(run, end + 1) not in _CONNECTORS
    return kept(end) if is_joined else None


def _dotfile(run: Run, at: int) -> tuple[str, int] | None:
    names = tables.strings("itn", "dotfiles")
    for length in (3, 2, 1):
        said = lows(run, at + 1, length)
        if len(said) == length and " ".join(said) in names:
            text, end = names[" ".join(said)], at + 1 + length
            rest = connected(run, end + 1) if low(run, end) in ("slash", "dot") else None
            if rest and low(run, end + 1) not in function_words():
                return text + _CONNECTORS[run[end].low] + rest[0], rest[1]
            return text, end
    return None


def _bare_suffix(run: Run, at: int) -> tuple[str, int] | None:
    """Read "dot py" before "files": the suffix alone."""
    found = None if low(run, at + 1) in function_words() else _suffix(run, at + 1)
    if found and low(run, found[1]) in ("file", "files", "suffix", "extension"):
        return f".{found[0]}", found[1]
    return None


def _relative(run: Run, at: int) -> tuple[str, int] | None:
    """Read a file with a suffix, or a path below a known folder."""
    if not starts_a_name(run, at):
        return None
    if run[at].low in _ROOTS and low(run, at - 1) == "slash":
        return None  # half of "slash etc dot py"
    if low(run, at + 1) == "slash":
        slashed = tables.strings("itn", "slashed").get(f"{run[at].low} {low(run, at + 2)}")
        if slashed:
            return slashed, at + 3
    if low(run, at + 1) not in _CONNECTORS or run[at].low in function_words():
        return None
    if low(run, at + 1) == "slash" and low(run, at + 2) in _ROOTS and not _is_folder(run, at):
        return None  # "read slash etc slash hosts"
    if (
        is_number_word(run[at].low)
        or run[at].low.isdigit()
        or run[at].low in tables.words("itn", "determiners")
    ):
        return None
    return connected(run, at, needs_proof=True)


def _is_folder(run: Run, at: int) -> bool:
    return run[at].low in tables.words("itn", "paths", "folders", "words")


def starts_a_name(run: Run, at: int) -> bool:
    """Return whether a word may be the first of a name."""
    return bool(_NAME.fullmatch(run[at].text)) and run[at].low not in _CONNECTORS


def connected(run: Run, at: int, *, needs_proof: bool = False) -> tuple[str, int] | None:
    """Read names with "dot", "slash", "underscore" and "dash" between them, as far as they go.

    With `needs_proof`, as far as a suffix, or if it starts with a folder or has two slashes.
    """
    if at >= len(run) or not starts_a_name(run, at):
        return None
    text, end = first_name(run, at), at + 1
    proven: tuple[str, int] | None = None
    is_below_folder = _is_folder(run, at)
    while end + 1 < len(run) and run[end].low in _CONNECTORS and end - at < 2 * _MAX_PARTS:
        connector = run[end].low
        if connector == "dot" and (suffix := _suffix(run, end + 1)):
            text, end = f"{text}.{suffix[0]}", suffix[1]
            proven = (text, end)
            continue
        if connector == "slash" and _FILE.fullmatch(run[end + 1].text):
            text, end = f"{text}/{run[end + 1].text}", end + 2
            proven = (text, end)
            continue
        if not starts_a_name(run, end + 1) or run[end + 1].low in function_words():
            break
        if connector in DASHES and len(run[end + 1].low) == 1:
            break  # "src slash main dash x": a flag comes
        text, end = text + _CONNECTORS[connector] + run[end + 1].text, end + 2
        is_domain = proven is not None and connector == "slash"
        if "/" in text and (is_below_folder or is_domain or text.count("/") > 1):
            proven = (text, end)
    if end - at >= 2 * _MAX_PARTS:
        return None
    if lows(run, end + 1, 1) == ("dot",) and _suffix(run, end + 2) and "/" in text:
        return None  # "slash lex or dot c": the spoken path goes on
    if needs_proof:
        return (as_known(proven[0]), proven[1]) if proven else None
    return as_known(text), end


def first_name(run: Run, at: int) -> str:
    """Return a word as part of a path, without the capital that starts a sentence."""
    text = run[at].text
    return text.lower() if at == 0 and text.istitle() else text


def as_known(text: str) -> str:
    """Return a path in the usual case of its file: cargo.toml is Cargo.toml."""
    folder, slash, name = text.rpartition("/")
    return folder + slash + tables.strings("itn", "files").get(name.lower(), name)


@cache
def _suffixes() -> dict[str, str]:
    written = {word: word for word in tables.words("itn", "suffixes", "words")}
    return written | tables.strings("itn", "suffixes", "heard")


def is_suffix(word: str) -> bool:
    """Whether a lower-case word is the suffix of a file name."""
    return word in tables.words("itn", "suffixes", "words")


def _suffix(run: Run, at: int) -> tuple[str, int] | None:
    """Read the suffix after "dot", as a word or as letters."""
    spelled = ""
    for number in range(at, min(at + 5, len(run))):
        if not re.fullmatch(r"[a-z]", run[number].low):
            break
        spelled += run[number].low
    for length in range(len(spelled), 1, -1):
        if spelled[:length] in _suffixes() and spelled[:length] != "am":
            return spelled[:length], at + length
    said = low(run, at)
    if said not in _suffixes():
        return None
    ordinary = tables.words("itn", "suffixes", "ordinary")
    heard = tables.strings("itn", "suffixes", "heard")
    is_pi = said in ("pi", "pie")
    if is_pi and low(run, at - 2) in _WITH_PI:
        return None
    is_sound = is_pi or said in tables.words("itn", "suffixes", "sounds")
    if said in ordinary or (said in heard and said.isalpha() and not is_sound):
        following = low(run, at + 1)
        if not (ends_here(run, at + 1) or following in ("file", "files", *_CONNECTORS)):
            return None
        if said in function_words() and following not in ("", "file", "files"):
            return None
    return _suffixes()[said], at + 1


# ---- revisions -----------------------------------------------------------------------------


def revision(run: Run, at: int) -> Match | None:
    """Head tilde two; main dot dot dot topic."""
    if run[at].low not in _REVISIONS:
        return None
    name = "HEAD" if run[at].low == "head" else run[at].text
    if low(run, at + 1) == "tilde":
        read = digits(LowerCaseWords(run), at + 2)
        if read:
            return Match(read[1], f"{name}~{read[0]}", "revision")
    if low(run, at + 1) == "caret":
        return Match(at + 2, f"{name}^", "revision")
    if lows(run, at + 1, 2) == ("dot", "dot"):
        end = at + 3 + (low(run, at + 3) == "dot")
        if end < len(run) and run[end].low not in function_words() | {"slash"}:
            other = "HEAD" if run[end].low == "head" else run[end].text
            return Match(end + 1, f"{name}{'.' * (end - at - 1)}{other}", "revision")
    return None
