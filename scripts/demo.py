"""`make demo`: turn three commits, explained by voice, into a patch series, without a network.

It runs in a temporary repository, with the recordings in examples/speech in place of a microphone.
The engine transcribes them while the demo runs.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).parents[1]
SPEECH = CHECKOUT / "examples" / "speech"

BASE = """\
def save(path, data):
    path.write_bytes(data)
"""
RENAMED = """\
def save(path, data):
    new = path.with_suffix(".new")
    new.write_bytes(data)
    new.replace(path)
"""
LOCKED = RENAMED.replace("):\n", "):\n    with lock(path):\n").replace("\n    new", "\n        new")
TEST = """\
def test_the_old_data_stays_when_the_power_fails(store):
    store.save(b"old")
    with pytest.raises(PowerFailure):
        store.save_until_power_fails(b"new")
    assert store.read() == b"old"
"""
COMMITS = (
    ("fix(store): write to a new file and rename it", "rename.flac", "store.py", RENAMED),
    ("fix(store): let one writer wait for the other", "lock.flac", "store.py", LOCKED),
    ("test(store): cut the power in the middle of a write", "test.flac", "test_store.py", TEST),
)


def main() -> None:
    """Run the demo in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="voicenote-demo-") as folder:
        Demo(Path(folder)).show()


class Demo:
    """A repository that is isolated from the user's settings."""

    def __init__(self, folder: Path) -> None:
        self.repository = folder / "project"
        self.repository.mkdir()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder),
            "XDG_CONFIG_HOME": str(folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_VOICENOTE_EDIT": "false",
            "GIT_VOICENOTE_ENGINE": "moonshine",
        }

    def show(self) -> None:
        """Run the commands of a developer, and show their output."""
        self._make_commits()
        for revision, (_, recording, _, _) in zip(
            ("HEAD~2", "HEAD~1", "HEAD"), COMMITS, strict=True
        ):
            self._run("voicenote", "record", revision, f"--from={SPEECH / recording}")
        self._run("voicenote", "record", "--cover", f"--from={SPEECH / 'cover.flac'}")
        self._run("voicenote", "format-patch", "-3", "-o", "outgoing")
        patches = sorted((self.repository / "outgoing").iterdir())
        _print_mail("the cover letter", patches[0].read_text())
        _print_mail("one of the patches", patches[1].read_text())
        print(_NEXT)

    def _make_commits(self) -> None:
        self._git("init", "--quiet", "--initial-branch=main")
        self._git("config", "user.name", "Ada Lovelace")
        self._git("config", "user.email", "ada@example.org")
        self._git("config", "notes.rewriteRef", "refs/notes/voicenote")
        self._commit("feat(store): save and read", "store.py", BASE)
        for message, _, name, content in COMMITS:
            self._commit(message, name, content)

    def _commit(self, message: str, name: str, content: str) -> None:
        (self.repository / name).write_text(content)
        self._git("add", name)
        self._git("commit", "--quiet", f"--message={message}")

    def _run(self, *arguments: str) -> None:
        shown = " ".join(arguments).replace(f"{SPEECH}{os.sep}", "")
        print(f"\n$ git {shown}", flush=True)
        self._git(*arguments)

    def _git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.repository, env=self.environment, check=True)


def _print_mail(title: str, mail: str) -> None:
    print(f"\n── {title} " + "─" * (74 - len(title)))
    print(mail.rstrip())


_NEXT = """
The engine has just transcribed these recordings. To try it in your own repository:

  . .venv/bin/activate
  git voicenote doctor            check the microphone and the rest
  git voicenote record            explain your last commit; Enter stops
  git voicenote record --cover    explain the whole series
  git voicenote format-patch -3   make patches with your explanations
  git voicenote hook install      then run `git commit` and dictate the message"""


if __name__ == "__main__":
    main()
