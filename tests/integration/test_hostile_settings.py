"""The person's configuration is theirs: what our commands do and print is the same under any."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from tests.support.desk import QUESTION, set_up
from tests.support.engines import SCRIPTED
from tests.support.hostile_settings import HONOURED, HOSTILE, MAILED
from tests.support.recording import SPOKEN
from tests.support.sandbox import Sandbox
from tests.support.series import explained_series

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WORDS = "Größe, we now write a new file.\n"


def hostile_home(home: Path) -> None:
    """Write the hostile configuration, with all that it names."""
    told = home / "told"
    for name in ("run-and-tell", "hooks/post-index-change"):
        path = home / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'#!/bin/sh\necho "$0 $*" >>{told}\nexit 1\n')
        path.chmod(0o755)
    (home / "order").write_text("shared\n")
    (home / "excludes").write_text("*\n")
    lines = []
    for setting in HOSTILE.format(home=home).splitlines():
        key, _, value = setting.partition("=")
        if key.startswith("url."):
            key, _, value = setting.rpartition("=")
        section, _, name = key.rpartition(".")
        head, _, subsection = section.partition(".")
        title = f'{head} "{subsection}"' if subsection else head
        lines.append(f'[{title}]\n\t{name} = "{value}"\n')
    (home / ".gitconfig").write_text("".join(lines))


def prepare(place: Path) -> Sandbox:
    """A series with notes, its remote, and a person at a terminal; all made in quiet."""
    home, folder = place / "home", place / "work"
    folder.mkdir(parents=True)
    home.mkdir()
    (home / "lines").write_text(WORDS * 9)
    repo = Sandbox(folder, home)
    repo.git("init", "--quiet", "--initial-branch=main")
    repo.commit("start the project", {"README": "hello\n"})
    repo.run("git", "clone", "--quiet", "--bare", folder, place / "server.git")
    repo.git("remote", "add", "origin", place / "server.git")
    for clone in ("bob", "carl"):
        repo.run("git", "clone", "--quiet", folder, place / clone)
    explained_series(repo)
    repo.commit("fix: Größe\n\nSize counts: ä.\n", {"größe": "a\n\nb\n"})
    repo.extra |= {"GIT_VOICENOTE_ENGINE": SCRIPTED, "SCRIPTED_SPEECH": str(home / "lines")}
    return repo


def told_by(
    repo: Sandbox, *arguments: str | Path, cwd: Path | None = None, settings: Sequence[str] = ()
) -> str:
    """Run a command of ours, with settings laid over the configuration; return all it told."""
    given: dict[str, str | None] = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, setting in enumerate(settings):
        key, _, value = setting.partition("=")
        given |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    done = repo.voicenote(*arguments, environment=given, cwd=cwd)
    printed = done.stdout + b"--\n" + done.stderr
    try:
        return f"{done.returncode}\n{printed.decode()}"
    except UnicodeDecodeError:  # git am prints titles in the encoding of commits
        return f"{done.returncode}\n{printed.decode('latin-1')}"


def journey(repo: Sandbox) -> dict[str, str]:
    """Do what a person does with it; return what was told and made, by what it was."""
    place = repo.folder.parent
    out, bob = place / "out", place / "bob"
    told = {
        "git voicenote": repo.git("voicenote", "--version"),
        "record": told_by(repo, "record", "HEAD", "--from", SPOKEN, "--explain"),
        "record --cover": told_by(repo, "record", "--cover", "--append", "--from", SPOKEN),
        "show": told_by(repo, "show"),
        "show --cover": told_by(repo, "show", "--cover"),
        "show RANGE": told_by(repo, "show", "main..topic", "--json"),
        "review": told_by(repo, "review", "main..topic"),
        "review --json": told_by(repo, "review", "main..topic", "--json"),
        "format-patch": told_by(
            repo, "format-patch", "--cover-letter", "-o", out, "main..topic", settings=MAILED
        ),
        "vocabulary": told_by(repo, "vocabulary", "list"),
        "sync status": told_by(repo, "sync", "status"),
        "sync push": told_by(repo, "sync", "push"),
        "sync fetch": told_by(repo, "sync", "fetch"),
        "sync status again": told_by(repo, "sync", "status"),
        "sync bundle": told_by(repo, "sync", "bundle", place / "stick", "main..topic", "--audio"),
    }  # fmt: skip
    for path in sorted(out.glob("*")):
        told[path.name] = path.read_bytes().decode("utf-8", "surrogateescape")
    ran = repo.home / "told"
    told["programs that were run"] = ran.read_text() if ran.exists() else ""  # git am runs them
    told |= {
        "am": told_by(repo, "am", *sorted(out.glob("*")), cwd=bob),
        "review FILES": told_by(repo, "review", *sorted(out.glob("*"))[:1], cwd=bob),
        "unbundle": told_by(repo, "sync", "unbundle", place / "stick", cwd=place / "carl"),
        "show in the clone": told_by(repo, "show", "HEAD~3..", "--json", cwd=bob),
        "hook status": told_by(repo, "hook", "status"),
        "hook install": told_by(repo, "hook", "install", "--force"),
    }
    told["commit"] = dictated(repo)
    # what is in git, asked without the person's configuration
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_COUNT": "0"}
    for name, folder in (
        ("here", repo.folder),
        ("server", place / "server.git"),
        ("bob", bob),
        ("carl", place / "carl"),
    ):
        listed = repo.run("git", "for-each-ref", cwd=folder, environment=quiet).stdout.decode()
        told[f"refs {name}"] = "\n".join(line.split(None, 2)[2] for line in listed.splitlines())
    notes = repo.run("git", "log", "--notes=voicenote", "-p", cwd=bob, environment=quiet).stdout
    told["log"] = notes.decode()
    return {what: neutral(text, place) for what, text in told.items()}


def dictated(repo: Sandbox) -> str:
    """Commit at a terminal with a message typed into the hook."""
    desk = set_up(repo, hook=False)
    repo.write("README", "changed\n")
    repo.run("git", "add", "README", environment={"GIT_CONFIG_GLOBAL": os.devnull})
    desk.commit((QUESTION, "fix, scope parser. Größe no longer crashes.\n"))
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull}
    return repo.run("git", "log", "-1", "--format=%B", environment=quiet).stdout.decode()


def neutral(text: str, place: Path) -> str:
    """Take out what no two runs have in common, and colours, which color.ui is meant for."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    text = text.replace(str(place), "PLACE")
    text = re.sub(r"\d{8}-\d{6}-[0-9a-f]{4,64}", "RECORDING", text)
    text = re.sub(r"\b[0-9a-f]{7,64}\b", "ID", text)
    return re.sub(r"in \d+(\.\d+)? s\b", "in N s", text)


def test_all_is_as_under_a_quiet_configuration(tmp_path: Path) -> None:
    quiet, hostile = prepare(tmp_path / "quiet"), prepare(tmp_path / "hostile")
    (quiet.home / "hooks").mkdir()
    (quiet.home / ".gitconfig").write_text(f"[core]\n\thooksPath = {quiet.home}/hooks\n")
    hostile_home(hostile.home)
    assert len(HOSTILE.splitlines()) >= 60
    expected, found = journey(quiet), journey(hostile)
    assert {what: text for what, text in expected.items() if found[what] != text} == {
        what: found[what] for what, text in expected.items() if found[what] != text
    }
    assert found.keys() == expected.keys()


def test_what_is_set_for_format_patch_counts(series: Sandbox) -> None:
    """These are for the mails that people send, by whatever command they make them."""
    for key, (value, _) in HONOURED.items():
        series.git("config", key, value)
    mail = series.run("git-voicenote", "format-patch", "--stdout", "-1", "topic~2").stdout
    for key, (_, shown) in HONOURED.items():
        assert shown in mail, key
