"""A person steps through a series and answers by voice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.support.recording import recordings
from tests.support.replying import SPOKEN, WORDS, mail, reply, review_notes
from tests.support.terminal import CTRL_C, ENTER, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.disk import SmallDisk
    from tests.support.sandbox import Sandbox


def at_terminal(
    repo: Sandbox, *arguments: str, source: str = "series.mbox", editor: str = "true"
) -> Terminal:
    command = [sys.executable, "-m", "git_voicenote", "review", source, "--reply", *arguments]
    environment = {
        **repo.environment, "GIT_PAGER": "cat", "GIT_EDITOR": editor,
        "GIT_VOICENOTE_MICROPHONE": f"file:{SPOKEN}",
    }  # fmt: skip
    return Terminal(command, environment, repo.folder)


def speak(person: Terminal, place: str, until: str = "kept in") -> None:
    """Answer what is on the screen."""
    person.expect("a answer")
    person.type("a")
    person.expect("or Enter for all:")
    person.type(place + ENTER)
    person.expect("speak now")
    person.expect("we now wait too long")
    person.type(ENTER)
    person.expect(until)


def test_a_person_steps_and_answers(reviewing: Sandbox) -> None:
    editor = reviewing.write("editor", '#!/bin/sh\ncp "$1" edited\nsed -i s/long/LONG/ "$1"\n')
    editor.chmod(0o755)
    with at_terminal(reviewing, editor=str(editor)) as person:
        person.expect("[0/2] Move retries")
        person.expect("a answer")
        person.type("2")
        person.expect("[2/2] feat: j\u00efter")
        person.expect("a answer")
        person.type("a")
        person.expect("   1  file-2:1")
        person.expect("   2  shared:1-2")
        person.expect("or Enter for all:")
        person.type("7" + ENTER)
        person.expect("the list goes from 1 to 2")
        person.expect("or Enter for all:")
        person.type("nothing" + ENTER)
        person.expect("patch 2 does not touch nothing")
        person.expect("or Enter for all:")
        person.type("2" + ENTER)
        person.expect("speak now \u00b7 Enter stops, Ctrl-C keeps the sound and quits")
        person.expect("we now wait too long")
        person.type(ENTER)
        person.expect("answer to patch 2 kept in re-0002-feat-j-ter.eml")
        speak(person, "", until="kept in re-0002-feat-j-ter.eml, 2 answers")
        person.expect("q quit")
        person.type("q")
        person.expect("re-0002-feat-j-ter.eml")
        assert person.wait() == 0, person.screen
    said = WORDS.replace("long", "LONG")
    content = mail(reviewing, "re-0002-feat-j-ter.eml").get_content()
    assert content.partition("wrote:\n")[2] == (
        f"> feat: j\u00efter\n\n{said}\n\n"
        "> diff --git a/shared b/shared\n> --- a/shared\n> +++ b/shared\n"
        f"> @@ -1 +1,2 @@\n>  line 1\n> +line 2\n\n{said}\n"
    )
    assert "# answer to patch 2 feat: j\u00efter" in (reviewing.folder / "edited").read_text()


def test_what_was_answered_stays_when_a_later_answer_fails(reviewing: Sandbox) -> None:
    editor = reviewing.write(
        "editor", "#!/bin/sh\ntest -e failing || { touch failing; exit 0; }\nexit 7\n"
    )
    editor.chmod(0o755)
    with at_terminal(reviewing, editor=str(editor)) as person:
        person.expect("a answer")
        person.type("1")
        speak(person, "")
        speak(person, "2", until="stopped with exit status 7")
        person.expect("q quit")
        person.type(CTRL_C)
        person.expect("re-0001-feat-retry.eml")
        assert person.wait() == 130, person.screen
    content = mail(reviewing, "re-0001-feat-retry.eml").get_content()
    assert content.count(WORDS) == 1
    assert person.shows("the text is kept in")
    second = recordings(reviewing)[1].stem
    assert person.shows(f"--patch 1 --at shared:1 --from {second}` transcribes it again")


def test_ctrl_c_while_speaking_keeps_the_sound_and_goes_on(reviewing: Sandbox) -> None:
    with at_terminal(reviewing) as person:
        person.expect("a answer")
        person.type("a")
        person.expect("speak now")
        person.expect("we now wait too long")
        person.type(CTRL_C)
        person.expect("is kept")
        person.expect("q quit")
        person.type("q")
        assert person.wait() == 0, person.screen
    (recording,) = recordings(reviewing)
    again = f"`git voicenote review series.mbox --reply --patch 0 --from {recording.stem}`"
    assert person.shows(again)
    assert not [*reviewing.folder.glob("*.eml")]


def test_after_a_crash_the_next_review_names_what_was_saved(reviewing: Sandbox) -> None:
    with at_terminal(reviewing) as person:
        person.expect("a answer")
        person.type("2")
        person.expect("a answer")
        person.type("a")
        person.expect("or Enter for all:")
        person.type(ENTER)
        person.expect("we now wait too long")
        recorder = subprocess.check_output(["pgrep", "-P", str(person.process.pid)], text=True)
        for pid in (person.process.pid, *map(int, recorder.split())):
            os.kill(pid, signal.SIGKILL)
        person.process.wait()
    (cut_off,) = recordings(reviewing)

    _, said = reply(reviewing, "--patch", "1", "--from", SPOKEN)

    assert (
        "for answer to feat: j\u00efter was not finished: `git voicenote review SERIES --reply "
        in said
    )
    printed, _ = reply(reviewing, "--patch", "2", "--from", cut_off.stem)
    assert WORDS in (reviewing.folder / printed.strip()).read_text()


def test_nothing_left_in_the_editor_is_no_answer(reviewing: Sandbox) -> None:
    editor = reviewing.write("editor", '#!/bin/sh\n: >"$1"\n')
    editor.chmod(0o755)
    with at_terminal(reviewing, source="topic", editor=str(editor)) as person:
        person.expect("a answer")
        person.type("1")
        speak(person, "", until="transcribes it again")
        person.expect("the text is empty: no answer was kept")
        person.expect("q quit")
        person.type("0")
        person.expect("a answer")
        person.type("a")
        person.expect("only a commit can have a note, and the cover is not about one")
        person.expect("q quit")
        person.type("q")
        assert person.wait() == 0, person.screen
    assert review_notes(reviewing, "topic~1") == ""


def test_names_alone_are_printed_where_somebody_reads_them(reviewing: Sandbox) -> None:
    """As in `git send-email $(git voicenote review series.mbox --reply)`."""
    command = (
        f"{sys.executable} -m git_voicenote review series.mbox --reply >names; echo done; sleep 0.1"
    )
    environment = {
        **reviewing.environment, "GIT_PAGER": "cat", "GIT_VOICENOTE_EDIT": "false",
        "GIT_VOICENOTE_MICROPHONE": f"file:{SPOKEN}",
    }  # fmt: skip
    with Terminal(["sh", "-c", command], environment, reviewing.folder) as person:
        person.expect("[0/2] Move retries")
        person.expect("a answer")
        person.type("1")
        speak(person, "1")
        person.expect("q quit")
        person.type("q")
        person.expect("done")
        assert person.wait() == 0, person.screen
    assert (reviewing.folder / "names").read_text() == "re-0001-feat-retry.eml\n"


def test_a_disk_that_has_room_again_takes_the_answer_at_the_end(
    reviewing: Sandbox, small_disk: SmallDisk
) -> None:
    small_disk.fill()
    with at_terminal(reviewing, "-o", str(small_disk.folder)) as person:
        person.expect("a answer")
        person.type("1")
        speak(person, "", until="No space left on device")
        person.expect("q quit")
        (small_disk.folder / "ballast").unlink()
        person.type("q")
        assert person.wait() == 0, person.screen
    assert WORDS in (small_disk.folder / "re-0001-feat-retry.eml").read_text()


def test_a_folder_that_is_read_only(
    reviewing: Sandbox, read_only: Callable[[Path], tuple[str, ...]]
) -> None:
    folder = reviewing.folder / "out"
    folder.mkdir()
    command: list[str | Path] = [
        *read_only(folder), sys.executable, "-m", "git_voicenote", "review", "../series.mbox",
        "--reply", "--patch", "1", "--from", SPOKEN,
    ]  # fmt: skip

    done = reviewing.run(*command, check=False)

    assert done.returncode == 128
    assert b"Read-only file system" in done.stderr
    assert b"the text is kept in" in done.stderr
