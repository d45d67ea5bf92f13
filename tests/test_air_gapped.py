"""docs/air-gapped.md, followed to the letter, from one clone to another."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from typing import TYPE_CHECKING

import pytest

from git_voicenote.cli.kit import kit
from git_voicenote.store.recordings import Recordings
from tests.support.engines import SCRIPTED
from tests.support.sandbox import CHECKOUT, Sandbox
from tests.support.series import make_branch, write_cover
from tests.support.sound import tone, write_sound
from tests.support.speech import SPEECH

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = (CHECKOUT / "docs/air-gapped.md").read_text()
BLOCKS = re.findall(r"^```sh\n# (\w+)\n(.*?)^```\n", DOCUMENT, re.MULTILINE | re.DOTALL)
SOUND = "20260102-030405-beef"
NOTE = f"Why.\n\nVoicenote-Recording: {SOUND}\nVoicenote-Engine: moonshine\n"


@pytest.fixture
def clones(repo: Sandbox, tmp_path: Path) -> dict[str, Sandbox]:
    """Ada's clone with an explained topic and Bob's of main; homes of their own."""
    folder = tmp_path / "bob"
    repo.run("git", "clone", "--quiet", repo.folder.as_uri(), folder)
    make_branch(repo, ["feat: one\n", "feat: two\n"], [NOTE, "Why not.\n"])
    write_cover(repo, "The series. It has two patches.")
    path = Recordings(repo.folder / ".git/voicenote").new_path(SOUND)
    write_sound(path.with_suffix(".flac"), tone(1.0), format="FLAC")
    (tmp_path / "stick").mkdir()
    shutil.copy(SPEECH / "rename.flac", folder / "answer.flac")
    lines = tmp_path / "lines"
    lines.write_text("why two lines\n")
    engine = {"GIT_VOICENOTE_ENGINE": SCRIPTED, "SCRIPTED_SPEECH": str(lines)}
    return {
        name: Sandbox(
            place,
            repo.home,
            {
                "XDG_DATA_HOME": str(tmp_path / f"data-{name}"),
                "GIT_COMMITTER_NAME": name,
                "GIT_AUTHOR_NAME": name,
                "GIT_AUTHOR_EMAIL": f"{name}@example.org",
                **engine,
            },
        )
        for name, place in (("Ada", repo.folder), ("Bob", folder))
    }


def run(clone: Sandbox, block: str, stick: Path) -> str:
    commands = block.replace("/media/stick", str(stick))
    # -e and not `check` alone: each line must succeed
    done = clone.run("sh", "-e", "-c", commands)
    return (done.stdout + done.stderr).decode()


def is_about_the_model(block: str) -> bool:
    return "git voicenote models" in block and not needs_a_network(block)


def needs_a_network(block: str) -> bool:
    return "models fetch" in block or is_about_the_kit(block)


def is_about_the_kit(block: str) -> bool:
    return any(word in block for word in ("voicenote kit", "/install", "/uninstall"))


def test_every_block_says_where_it_is_run() -> None:
    assert DOCUMENT.count("```sh\n") == len(BLOCKS) > 8
    assert {who for who, _ in BLOCKS} == {"Ada", "Bob"}


def test_the_exchange(clones: dict[str, Sandbox], tmp_path: Path) -> None:
    printed = [
        run(clones[who], block, tmp_path / "stick")
        for who, block in BLOCKS
        if not is_about_the_model(block) and not needs_a_network(block)
    ]
    told = "\n".join(printed)

    assert "1 recording packed" in told
    assert "1 recording imported" in told
    assert told.count("Why not.") >= 4
    assert "Tried on the machines here." in printed[4]
    assert "kept 2 notes and the cover of review" in told
    assert told.count("in sync with stick") == 3
    assert "> +line 2" in told
    assert told.count("Why two lines.") == 2  # in the mail, and in the note
    assert "Voicenote-Reviewer: Bob <Bob@example.org>" in printed[-1]
    bob = clones["Bob"]
    assert SOUND in Recordings(bob.folder / ".git/voicenote").ids()
    assert bob.git("log", "-1", "--format=%s", "main") == "feat: two"


def test_the_kit_is_made_and_installed_as_written() -> None:
    """That it works is held by test_kit, and by scripts/try-kit."""
    blocks = [block for _, block in BLOCKS if is_about_the_kit(block)]
    for line in "".join(blocks).splitlines():
        if line.startswith("git voicenote kit "):
            kit.make_context("kit", shlex.split(line)[3:])
    commands = " ".join(blocks)
    assert "./git-voicenote-*/install" in commands
    assert "~/.local/lib/git-voicenote/uninstall" in commands
    assert BLOCKS[0][0] == "Ada"
    assert is_about_the_kit(BLOCKS[0][1])


def test_the_model(clones: dict[str, Sandbox], tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the nano engine is not installed")
    from tests.engines.nano import checkpoints as made

    made.write_flat(tmp_path / "fetched", made.random_tensors())
    name = ("--name", "Fun-ASR-Nano-2512")
    done = clones["Ada"].voicenote("models", "import", tmp_path / "fetched", *name)
    assert done.returncode == 0, done.stderr.decode()

    for who, block in BLOCKS:
        if is_about_the_model(block):
            run(clones[who], block, tmp_path / "stick")

    listed = clones["Bob"].voicenote("models", "path", "nano").stdout.decode().strip()
    assert listed == os.path.join(tmp_path, "data-Bob/git-voicenote/models/nano")  # noqa: PTH118 - as it is printed
