"""Remove or escape characters that are unsafe in git, mail, a terminal or a web page."""

from __future__ import annotations

import re
import unicodedata


def visible(text: str) -> str:
    """Remove control and format characters from a text.

    git truncates a note at a NUL; a terminal executes escape sequences; b4 refuses mails with
    zero-width and bidirectional characters (Unicode category Cf). Joiners are kept next to letters,
    because Persian and Hindi need them. Lines end with a line feed.
    """
    text = re.sub(r"\r\n?|[\u2028\u2029\x85]", "\n", text)
    if text.isascii() and text.replace("\n", "").replace("\t", "").isprintable():
        return text
    kept = [
        character
        for number, character in enumerate(text)
        if character in "\n\t"
        or unicodedata.category(character) not in ("Cc", "Cf", "Cs")
        or (character in "\u200c\u200d" and _is_beside_letter(text, number))
    ]
    return "".join(kept)


def revealed(text: str) -> str:
    """Escape invisible characters in a line of code: <U+202E>, ^M, ^[, \\xff.

    In a diff, such a character may be an attack ("Trojan Source"), so it is shown rather than
    removed. Joiners are kept next to letters.
    """
    if text.replace("\t", "").isprintable():
        return text
    return "".join(
        character
        if character == "\t"
        or character.isprintable()
        or (character in "\u200c\u200d" and _is_beside_letter(text, number))
        or unicodedata.category(character) == "Zs"
        else _named(character)
        for number, character in enumerate(text)
    )


def harmless(text: str) -> str:
    """Escape invisible characters in a text, so that it is safe in a terminal (see `revealed`).

    Line feeds and tabs are kept. Bytes that are not UTF-8 (lone surrogates from os.fsdecode) are
    shown as \\xNN.
    """
    if text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return "\n".join(map(revealed, text.split("\n")))


def json_text(value: object, *, indent: int | None = 2) -> str:
    """Return a value as JSON that is safe in a terminal.

    Control characters and lone surrogates are escaped, so that a parser restores them.
    """
    import json

    text = json.dumps(value, ensure_ascii=False, indent=indent)
    if text.replace("\n", "").isprintable():
        return text
    return "".join(
        character if character == "\n" or character.isprintable() else json.dumps(character)[1:-1]
        for character in text
    )


def _named(character: str) -> str:
    code = ord(character)
    if code < 32 or code == 127:
        return f"^{chr(code ^ 64)}"
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"<U+{code:04X}>"


def _is_beside_letter(text: str, number: int) -> bool:
    beside = text[max(0, number - 1) : number] + text[number + 1 : number + 2]
    return any(unicodedata.category(character) == "Lo" for character in beside)
