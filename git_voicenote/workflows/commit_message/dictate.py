"""Dictate the message of the commit that git is about to make, into git's message file."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from textwrap import indent
from typing import TYPE_CHECKING

from git_voicenote.datatypes import MARK
from git_voicenote.errors import HookError, RecordingInUseError
from git_voicenote.store.remarks import NO_MICROPHONE, remember_told, was_told
from git_voicenote.targets import MessageTarget
from git_voicenote.workflows.hearing.archive import open_archive, state_root
from git_voicenote.workflows.leftovers import describe_recording

if TYPE_CHECKING:
    from collections.abc import Sequence

    from git_voicenote.config import Settings
    from git_voicenote.datatypes import Recording, Transcript
    from git_voicenote.git.pending_commit import PendingCommit
    from git_voicenote.git.repository import Repository
    from git_voicenote.text.commit_message.header import ParsedMessage
    from git_voicenote.text.commit_message.rules import CommitRules
    from git_voicenote.workflows.dialogue import Dialogue
    from git_voicenote.workflows.hearing.archive import Dictation
    from git_voicenote.workflows.hearing.hear import SoundSource
    from git_voicenote.workflows.hearing.listening import Listening

_NO_SCOPE = "-"
_TITLE = "a commit message"


@dataclass(frozen=True, slots=True)
class _Words:
    """The words for a message, spoken or typed.

    `listening`, `transcript` and `kept` (where the words are stored) are None for typed words. If
    the engine failed on a segment, its mark is among the segments.
    """

    segments: tuple[str, ...]
    listening: Listening | None = None
    transcript: Transcript | None = None
    kept: str | None = None


def dictate_message(
    commit: PendingCommit,
    settings: Settings,
    dialogue: Dialogue,
    *,
    source: SoundSource | None = None,
) -> None:
    """Ask for the commit's message, hear it, and write it into git's message file.

    Raises as `hear` does, Cancelled, and HookError. Then the message file is unchanged, or
    contains the words as comments.
    """
    with ExitStack() as stack:  # hold the recording until its words are in the message file
        words = _ask_for_words(commit, settings, dialogue, source, stack)
        if words is not None:
            _put_into_message(commit, dialogue, words)


def put_spoken_message(
    commit: PendingCommit, dialogue: Dialogue, listening: Listening, dictation: Dictation
) -> None:
    """Compose a message from a dictation, and write it into git's message file.

    Raises as `dictate_message` does.
    """
    _put_into_message(commit, dialogue, _words_of(listening, dictation))


def has_type(
    repository: Repository, dialogue: Dialogue, listening: Listening, dictation: Dictation
) -> bool:
    """Return whether a transcript begins with the type of a commit."""
    from git_voicenote.text.commit_message.header import parse_message
    from git_voicenote.workflows.commit_message.rules import rules_for

    words = _words_of(listening, dictation)
    (polished,) = listening.write([words.segments])
    if not _has_words(polished.segments):
        return False
    return parse_message(polished.segments, rules_for(repository, dialogue).types).type is not None


def _words_of(listening: Listening, dictation: Dictation) -> _Words:
    segments = tuple(segment.marked_text for segment in dictation.transcript.segments)
    kept = f"recording {dictation.recording.id} (`git voicenote history`)"
    return _Words(segments, listening, dictation.transcript, kept)


def _ask_for_words(
    commit: PendingCommit,
    settings: Settings,
    dialogue: Dialogue,
    source: SoundSource | None,
    stack: ExitStack,
) -> _Words | None:
    """Return the spoken or typed words, or None if the user wants neither."""
    source = source or _interrupted(commit, settings, dialogue)
    if source is None and settings.hook_record != "always" and not _can_speak(settings):
        _say_once_why_not(commit, dialogue)
        return None
    answer = "y" if source or settings.hook_record == "always" else _ask_how(dialogue)
    if answer == "n":
        return None
    if answer != "y":
        return _Words((answer,))
    # imported here, so that other commits do not wait for it
    from git_voicenote.workflows.hearing.hear import hear
    from git_voicenote.workflows.hearing.listening import Listening

    listening = Listening(commit.repository, settings, MessageTarget(), dialogue.warn)
    dictation = stack.enter_context(hear(listening, dialogue, _TITLE, source))
    return _words_of(listening, dictation)


def _interrupted(commit: PendingCommit, settings: Settings, dialogue: Dialogue) -> Recording | None:
    """Return the earlier recording for a message that the user wants to use, if any."""
    archive = open_archive(commit.repository, settings, dialogue.warn)
    for found in reversed(archive.cut_off()):  # the newest first
        if found.subject is None or not isinstance(found.subject.target, MessageTarget):
            continue
        with suppress(RecordingInUseError), archive.held(found.recording):
            if not archive.is_cut_off(found.recording):
                continue  # another terminal has handled it
            answers = {"u": "use it", "l": "keep it for later", "d": "delete"}
            story = describe_recording(commit.repository, found)
            match dialogue.ask(f"voicenote: {story}.", answers, default="u"):
                case "u":
                    return found.recording
                case "d":
                    archive.forget(found.recording)
    return None


def _can_speak(settings: Settings) -> bool:
    from git_voicenote.audio.capture.devices import microphone_problem

    return microphone_problem(settings.microphone) is None


def _say_once_why_not(commit: PendingCommit, dialogue: Dialogue) -> None:
    root = state_root(commit.repository)
    if was_told(root, NO_MICROPHONE):
        return
    dialogue.say("voicenote: this machine has no microphone, so you are not asked to speak")
    dialogue.say("hint: `git voicenote devices` looks for one;")
    dialogue.say("hint: `git config voicenote.hook.record never` turns off the question")
    remember_told(root, NO_MICROPHONE)


def _ask_how(dialogue: Dialogue) -> str:
    """Return "y" to speak, "n" to leave the message alone, or the message itself, typed."""
    while True:
        answer = dialogue.ask("voicenote: speak the message? [Y/n/text]")
        match answer.lower():
            case "" | "y" | "yes":
                return "y"
            case "n" | "no" | "q":
                return "n"
            case "t" | "text":
                return dialogue.ask("message>")
        if " " in answer:  # the message itself, right away
            return answer
        dialogue.say("y: speak it, n: continue to the editor, text: type a sentence or two here")


def _put_into_message(commit: PendingCommit, dialogue: Dialogue, words: _Words) -> None:
    if not _has_words(words.segments):
        dialogue.say("nothing was said; the message is left as it was")
        return
    try:
        segments: Sequence[str] = words.segments
        if words.listening is not None:  # typed text is not changed
            (polished,) = words.listening.write([segments])
            segments = polished.segments
        if not _has_words(segments):
            dialogue.say(f"everything was retracted; the words are kept in {words.kept}")
            return
        text = _write_message(commit, dialogue, segments)
    except BaseException:  # Ctrl-C at the menu, a full disk, a bug: the words are never lost
        _keep(commit, dialogue, words)
        raise
    if words.transcript is not None:
        _mention_doubts(commit, dialogue, text, words.transcript)


def _has_words(segments: Sequence[str]) -> bool:
    said = "".join(MARK.sub("", segment) for segment in segments)
    return any(character.isalnum() for character in said)


def _write_message(commit: PendingCommit, dialogue: Dialogue, segments: Sequence[str]) -> str:
    """Write the message to the file, and return it."""
    from git_voicenote.text.commit_message import composer, header
    from git_voicenote.workflows.commit_message.rules import people_for, rules_for

    rules = rules_for(commit.repository, dialogue)
    heard = header.parse_message(segments, rules.types)
    kind = heard.type
    if kind is None:
        kind, scope = _choose(commit, dialogue, heard, rules)
        heard = replace(heard, scope=scope)
    elif heard.scope is None and rules.needs_scope:
        heard = replace(heard, scope=_choose_scope(commit.staged()[0], dialogue, rules))
    people = people_for(commit.repository, heard.sentences, dialogue)
    message = composer.build(heard, kind, heard.scope, rules, people)
    text = composer.render(message, commit.comment(), rules)
    commit.insert(text, ends_in_trailers=bool(message.trailers))
    return text


def _mention_doubts(
    commit: PendingCommit, dialogue: Dialogue, text: str, transcript: Transcript
) -> None:
    """Name the doubtful words of a message among git's own comments, or else on the screen.

    A message file without comments may mean that git keeps those that it finds.
    """
    from git_voicenote.workflows.hearing.doubts import doubts_of

    doubts = doubts_of(text, [transcript])
    if not doubts:
        return
    try:
        if commit.has_comments():
            commit.remark(doubts)
        else:
            dialogue.say(doubts)
    except HookError as exc:  # the message itself is in its file
        dialogue.warn(exc.message)
        dialogue.say(doubts)


def _choose(
    commit: PendingCommit, dialogue: Dialogue, heard: ParsedMessage, rules: CommitRules
) -> tuple[str, str | None]:
    """Let the user choose type and scope; the defaults are guessed from the staged paths."""
    from git_voicenote.text.commit_message import composer, header

    paths, new = commit.staged()
    types = rules.types
    default = composer.likely_type(heard, rules, paths, new)
    dialogue.say("  ".join(f"{number} {kind}" for number, kind in enumerate(types, 1)))
    while True:
        answer = dialogue.ask(f"type [{default}]:") or default
        number = int(answer) if answer.isascii() and answer.isdigit() else 0
        kind = types[number - 1] if 1 <= number <= len(types) else None
        kind = kind or header.parse_type(answer, types)
        if kind:
            return kind, _choose_scope(paths, dialogue, rules)
        dialogue.say("a number or a name from the list, or the start of one")


def _choose_scope(paths: Sequence[str], dialogue: Dialogue, rules: CommitRules) -> str | None:
    from git_voicenote.text.commit_message import composer, header

    default = composer.likely_scope(rules, paths)
    if rules.scopes:
        dialogue.say(f"scopes: {', '.join(rules.scopes)}")
    without = "needed" if rules.needs_scope else "optional"
    label = f"scope ({_NO_SCOPE} for none) [{default}]:" if default else f"scope ({without}):"
    while True:
        answer = dialogue.ask(label) or default or _NO_SCOPE
        if answer == _NO_SCOPE:
            return None
        scope = rules.scope(header.parse_scope(answer))
        if scope or not rules.scopes:
            return scope
        dialogue.say("a scope from the list")


def _keep(commit: PendingCommit, dialogue: Dialogue, words: _Words) -> None:
    """Leave the words where the user finds them: in the message file, or on the screen."""
    text = "\n".join(words.segments)
    try:
        commit.remark(f"voicenote heard:\n{indent(text, '  ')}")
    except HookError as exc:
        dialogue.warn(exc.message)
        dialogue.say(f"you said:\n{text}")
    else:
        dialogue.say("\nthe words are in the message file, as a comment")
