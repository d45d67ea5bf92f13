"""Somebody who commits at a terminal, in a repository with the hook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.speech import SHORT
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.support.sandbox import Sandbox

QUESTION = "speak the message? [Y/n/text]"

# an editor that writes a message only where there is none, and keeps what it was opened on
_EDITOR = """\
#!/bin/sh
cp "$1" "$OPENED"
sed '/ >8 /,$d' "$1" | grep -q '^[^#;]' || { echo 'by hand'; cat "$OPENED"; } >"$1"
"""
_SEQUENCE_EDITOR = "#!/bin/sh\nsed -i.bak '2s/^pick/'$VERB'/' \"$1\"\n"


@dataclass
class Desk:
    """A repository with the hook in it, and an editor."""

    sandbox: Sandbox
    opened: Path

    def git(self, *arguments: str | Path) -> str:
        return self.sandbox.git(*arguments)

    def at_terminal(self, *command: str | Path, **environment: str) -> Terminal:
        return Terminal(command, {**self.sandbox.environment, **environment}, self.sandbox.folder)

    def commit(
        self, *talk: tuple[str, str], options: Sequence[str | Path] = (), **environment: str
    ) -> str:
        """Commit at a terminal; each time it asks, type an answer. Return the screen."""
        with self.at_terminal("git", "commit", *options, **environment) as terminal:
            for question, answer in talk:
                terminal.expect(question)
                terminal.type(answer)
            assert terminal.wait() == 0, terminal.screen
        return terminal.screen

    def message(self) -> str:
        return self.git("log", "-1", "--format=%B")


def set_up(repo: Sandbox, *, hook: bool = True) -> Desk:
    """Put an editor, and the hook if asked, into a repository."""
    editor = repo.home / "editor"
    editor.write_text(_EDITOR)
    editor.chmod(0o755)
    sequence = repo.home / "sequence-editor"
    sequence.write_text(_SEQUENCE_EDITOR)
    sequence.chmod(0o755)
    opened = repo.home / "opened"
    repo.extra |= {
        "GIT_EDITOR": str(editor),
        "GIT_SEQUENCE_EDITOR": str(sequence),
        "OPENED": str(opened),
        # a microphone to speak into: without one, nobody is asked
        "GIT_VOICENOTE_MICROPHONE": f"file:{SHORT}",
    }
    if hook:
        repo.voicenote("hook", "install")
    return Desk(repo, opened)
