"""Ask for a commit message, hear it, and put it into git's message file.

Runs inside `git commit`. A commit is never lost to it: whatever fails is a warning, and git goes
on with the message file as it was, unless voicenote.hook.strict asks otherwise.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass
from textwrap import indent
from typing import TYPE_CHECKING

import click

from git_voicenote.config import Settings
from git_voicenote.datatypes import MARK
from git_voicenote.errors import HookError, NegativeAnswer, VoicenoteError
from git_voicenote.git.pending_commit import PendingCommit
from git_voicenote.git.repository import Repository
from git_voicenote.terminal.console import print_error, say, settings, warn
from git_voicenote.terminal.tty import ask_line, has_terminal, take_terminal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from git_voicenote.datatypes import Transcript
    from git_voicenote.text.commit_message.header import Heard
    from git_voicenote.text.commit_message.rules import CommitRules

_NO_SCOPE = "-"


@dataclass(frozen=True, slots=True)
class _Words:
    """What a person said, or typed instead; `kept` says where else it can be found.

    Where the engine gave up on a stretch, its mark stands among the segments.
    """

    segments: tuple[str, ...]
    kept: str | None
    transcript: Transcript | None = None


def offer_to_dictate(message_file: Path, source: str | None) -> None:
    """Offer to dictate the message of the commit that git is about to make."""
    chosen = Settings()
    try:
        chosen = settings()
        commit = PendingCommit(Repository.discover(), message_file, source)
        # the hook's script has looked at all this; not every hook that calls us is that script
        if (
            chosen.hook_record == "never"
            or not commit.awaits_message(os.environ)
            or not has_terminal()
        ):
            return
        take_terminal()
        _dictate(commit, chosen)
    except (click.Abort, KeyboardInterrupt):
        say("\nthe message is left as it was")
    except VoicenoteError as exc:
        if chosen.hook_strict and not isinstance(exc, NegativeAnswer):
            raise
        print_error(exc)
        warn("git goes on without a spoken message")


def _dictate(commit: PendingCommit, chosen: Settings) -> None:
    with ExitStack() as stack:  # the recording is ours until its words are in the message file
        words = _words(commit, chosen, stack)
        if words is not None:
            _put_into_message(commit, chosen, words)


def _put_into_message(commit: PendingCommit, chosen: Settings, words: _Words) -> None:
    if not _has_words(words.segments):
        say("nothing was said; the message is left as it was")
        return
    try:
        segments = _worded(commit, chosen, words)
        if not _has_words(segments):
            say(f"all that was said was taken back; it is kept in {words.kept}")
            return
        text = _write_message(commit, segments)
    except BaseException:  # Ctrl-C at the menu, a full disk, a fault of ours: words are never lost
        _keep(commit, words)
        raise
    if words.transcript is not None:
        _mention_doubts(commit, text, words.transcript)


def _words(commit: PendingCommit, chosen: Settings, stack: ExitStack) -> _Words | None:
    """Ask, and return what was said or typed; None if the person wants neither."""
    answer = "y" if chosen.hook_record == "always" else _ask_how()
    if answer == "n":
        return None
    if answer != "y":
        return _Words((answer,), None)
    from git_voicenote.workflows.dictation import dictate

    title = "the message of this commit"
    dictation = stack.enter_context(
        dictate(commit.repository, chosen, target="message:", title=title)
    )
    segments = tuple(segment.marked_text for segment in dictation.transcript.segments)
    kept = f"recording {dictation.recording.id} (`git voicenote history`)"
    return _Words(segments, kept, dictation.transcript)


def _ask_how() -> str:
    """Return "y" to speak, "n" to leave the message alone, or the message itself, typed."""
    while True:
        answer = ask_line("voicenote: speak the message? [Y/n/text]")
        match answer.lower():
            case "" | "y" | "yes":
                return "y"
            case "n" | "no" | "q":
                return "n"
            case "t" | "text":
                return ask_line("message>")
        if " " in answer:  # the message itself, right away
            return answer
        say("y: speak it, n: go on to the editor, text: type a sentence or two here")


def _has_words(segments: Sequence[str]) -> bool:
    said = "".join(MARK.sub("", segment) for segment in segments)
    return any(character.isalnum() for character in said)


def _worded(commit: PendingCommit, chosen: Settings, words: _Words) -> Sequence[str]:
    """Return what was said as it is written; what was typed stays as it is."""
    if words.kept is None:
        return words.segments
    from git_voicenote.workflows.wording import worded

    return worded(commit.repository, chosen, "message:", words.segments).segments


def _write_message(commit: PendingCommit, segments: Sequence[str]) -> str:
    """Put the message into the file, and return it."""
    from dataclasses import replace

    from git_voicenote.text.commit_message import composer as conventional_commit
    from git_voicenote.text.commit_message import header as spoken_header
    from git_voicenote.workflows.message_rules import people_for, rules_for

    rules = rules_for(commit.repository)
    heard = spoken_header.take_apart(segments, rules.types)
    kind = heard.type
    if kind is None:
        kind, scope = _choose(commit, heard, rules)
        heard = replace(heard, scope=scope)
    elif heard.scope is None and rules.needs_scope:
        heard = replace(heard, scope=_choose_scope(commit.staged()[0], rules))
    people = people_for(commit.repository, heard.sentences)
    message = conventional_commit.build(heard, kind, heard.scope, rules, people)
    text = conventional_commit.render(message, commit.comment(), rules)
    commit.insert(text, ends_in_trailers=bool(message.trailers))
    return text


def _mention_doubts(commit: PendingCommit, text: str, transcript: Transcript) -> None:
    """Name the doubtful words of a message where git's own comments are, else on the screen.

    Where git puts no comment, it may be told to keep those that it finds.
    """
    from git_voicenote.workflows.doubts import doubts_of

    doubts = doubts_of(text, [transcript])
    if not doubts:
        return
    try:
        if commit.has_comments():
            commit.remark(doubts)
        else:
            say(doubts)
    except HookError as exc:  # the message itself is in its file
        warn(exc.message)
        say(doubts)


def _choose(commit: PendingCommit, heard: Heard, rules: CommitRules) -> tuple[str, str | None]:
    """Let the person choose type and scope; Enter takes what the staged paths look like."""
    from git_voicenote.text.commit_message import change_guess
    from git_voicenote.text.commit_message import header as spoken_header

    paths, new = commit.staged()
    types = rules.types
    guessed = spoken_header.leading_type(heard, types) or change_guess.guess_type(paths, new)
    default = guessed if guessed in types else types[0]
    say("  ".join(f"{number} {kind}" for number, kind in enumerate(types, 1)))
    while True:
        answer = ask_line(f"type [{default}]:") or default
        number = int(answer) if answer.isascii() and answer.isdigit() else 0
        kind = types[number - 1] if 1 <= number <= len(types) else None
        kind = kind or spoken_header.type_named(answer, types)
        if kind:
            return kind, _choose_scope(paths, rules)
        say("a number or a name of the list, or the start of one")


def _choose_scope(paths: Sequence[str], rules: CommitRules) -> str | None:
    from git_voicenote.text.commit_message import change_guess
    from git_voicenote.text.commit_message import header as spoken_header

    default = rules.scope(change_guess.guess_scope(paths))
    if rules.scopes:
        say(f"scopes: {', '.join(rules.scopes)}")
    without = "needed" if rules.needs_scope else "optional"
    label = f"scope ({_NO_SCOPE} for none) [{default}]:" if default else f"scope ({without}):"
    while True:
        answer = ask_line(label) or default or _NO_SCOPE
        if answer == _NO_SCOPE:
            return None
        scope = rules.scope(spoken_header.scope_named(answer))
        if scope or not rules.scopes:
            return scope
        say("a scope of the list")


def _keep(commit: PendingCommit, words: _Words) -> None:
    """Leave what was said where the person finds it: in the message file, or on the screen."""
    text = "\n".join(words.segments)
    try:
        commit.remark(f"voicenote heard:\n{indent(text, '  ')}")
    except HookError as exc:
        warn(exc.message)
        say(f"what was said:\n{text}")
    else:
        say("\nwhat was said stands in the message file, as a comment")
    if words.kept:
        say(f"it is kept in {words.kept}")
