"""A repository that was made to hurt, and what a person runs in it."""

from __future__ import annotations

import sys
from importlib.metadata import packages_distributions
from typing import TYPE_CHECKING

from tests.support.history import long_history
from tests.support.speech import SPEECH

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.sandbox import Sandbox

SOUND = SPEECH / "rename.flac"
RECORD = ("record", "HEAD", "--from", SOUND)

COMMANDS: dict[str, tuple[tuple[str | Path, ...], ...]] = {
    "record": (RECORD,),
    "show": (("show", "HEAD"),),
    "edit": (("edit", "HEAD"),),
    "format-patch": (("format-patch", "-1", "-o", "outgoing"),),
    "review": (("review", "HEAD~1.."), ("review", "HEAD~1..", "--html", "page.html")),
    "am": (("am", "topic.patch"),),
    "play": (("play", "HEAD"),),
    "transcribe": (("transcribe", "-o", "texts", SOUND), ("transcribe", SOUND)),
    "history": (("history", "list"), ("history", "search", "rename")),
    "sync": (("sync", "status"), ("sync", "bundle", "../stick.bundle")),
    "hook": (("hook", "install"), ("hook", "status"), ("hook", "uninstall")),
    "vocabulary": (("vocabulary", "list"), ("vocabulary", "add", "oidtree")),
    "text": (("text",),),
    "devices": (("devices",),),
    "models": (("models", "list"), ("models", "verify")),
    "remove": (("remove", "HEAD"),),
    "dictate": (("dictate", "--from", SOUND),),
    "uninstall": (("uninstall", "--dry-run"),),
    "kit": (("kit", "--platform", "nothing", "../kit.pyz"),),
    "status": (("status",), ("status", "--json")),
    "doctor": (("doctor", "--no-microphone"),),
    "settings": (("settings",), ("settings", "set", "language", "en")),
    "help": (("help", "record"),),
    "completion": (("completion", "bash"),),
    "serve": (("serve", "--token-file", "nothing"),),  # what it imports, without its waiting
}
"""Every command of the group, as the README has it. `topic.patch` is made by `lay_traps`."""


def lay_traps(repo: Sandbox, told: Path) -> None:
    """Put modules of all names at the top that this program, its libraries or Python import.

    Each that is run writes its name to the file `told`.
    """
    names = {*sys.stdlib_module_names, *packages_distributions(), "sitecustomize", "usercustomize"}
    for name in names | {"git_voicenote", "_git_voicenote"}:
        body = f"open({str(told)!r}, 'a').write({name!r} + '\\n')\nraise SystemExit(3)\n"
        if name.isidentifier():
            repo.write(f"{name}.py", body)
    repo.write("evil.dist-info/entry_points.txt", "[git_voicenote.engines]\nauto = this:Evil\n")
    repo.write("git_voicenote/__init__.py", (repo.folder / "git_voicenote.py").read_text())
    repo.write("evil.pth", "import this")
    long_history(repo)  # enough for the learner to start
    repo.write("topic.patch", repo.git("format-patch", "--stdout", "-1") + "\n")
