"""The table of text passes, in the order in which they run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_voicenote.errors import SettingError
from git_voicenote.text.passes.fillers import fillers
from git_voicenote.text.passes.itn.normaliser import normaliser
from git_voicenote.text.passes.running import run_chain
from git_voicenote.text.passes.spoken_edits import spoken_edits
from git_voicenote.text.passes.spoken_identifiers import spoken_identifiers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from git_voicenote.text.passes.base import Chain, Pass, Passed


@dataclass(frozen=True, slots=True)
class PassStep:
    """A row of the table: the meaning of a pass, and how to make it for a language.

    `make` also gets the pass that knows the repository's terms, and returns None if there is no
    such pass.
    """

    meaning: str
    make: Callable[[str, Pass | None], Pass | None]


PASSES = {
    "fillers": PassStep("remove um, uh and the like", lambda language, _: fillers(language)),
    "edits": PassStep(
        "carry out new line, new paragraph, bullet, scratch that, correction, quote",
        lambda language, _: spoken_edits(language),
    ),
    "vocabulary": PassStep(
        "write the repository's terms where they were misheard", lambda _, correct: correct
    ),
    "itn": PassStep(
        "write numbers, versions, paths, flags and dates as developers do",
        lambda language, _: normaliser(language),
    ),
    "identifiers": PassStep(
        "write snake case, camel case, backtick and the like", lambda *_: spoken_identifiers
    ),
}
"""The passes by name, in their order. What was retracted is not corrected, and names are inserted
before "dot" and "dash" join them to paths and flags."""


@dataclass(frozen=True, slots=True)
class ChainOutput:
    """The output of a chain: a line for each remaining segment, and what each pass changed.

    A further run of the chain is one more entry of `passed`.
    """

    segments: tuple[str, ...]
    passed: tuple[tuple[str, Passed], ...]

    @property
    def text(self) -> str:
        """The segments, separated by line feeds (pauses)."""
        return "\n".join(self.segments)


def build_chain(language: str = "en", *, passes: str = "all", correct: Pass | None = None) -> Chain:
    """Return the chain for a language.

    `passes` is the value of voicenote.text: "all", "off", or names separated by commas, which run
    in the chain's order. `correct` is the pass for the repository's terms, if any. Raises
    SettingError for an unknown name.
    """
    chosen = named_passes(passes)
    return tuple((name, made) for name in chosen if (made := PASSES[name].make(language, correct)))


def named_passes(value: str) -> tuple[str, ...]:
    """Return the passes that voicenote.text or --pass names. Raises SettingError."""
    match value.strip().lower():
        case "all" | "on" | "true" | "yes":
            return tuple(PASSES)
        case "off" | "none" | "false" | "no":
            return ()
    names = [name.strip() for name in value.split(",") if name.strip()]
    unknown = next((name for name in names if name not in PASSES), None)
    if unknown is not None or not names:
        raise SettingError(
            f"there is no text pass {unknown or value!r}",
            hint=f"they are {', '.join(PASSES)}; or all, or off",
        )
    return tuple(name for name in PASSES if name in names)


def polish(segments: Sequence[str], chain: Chain) -> ChainOutput:
    """Run segments through a chain. A segment that becomes empty ("scratch that") is dropped."""
    text = "\n".join(" ".join(segment.split()) for segment in segments)
    passed = run_chain(text, chain)
    text = passed[-1][1].text if passed else text
    return ChainOutput(tuple(line for line in text.split("\n") if line.strip(" \t")), passed)
