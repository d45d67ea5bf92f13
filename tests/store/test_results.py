"""A folder of results records how each was made, and replaces only its own results."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from git_voicenote.errors import StoreError
from git_voicenote.store.results import KNOWN, ResultFolder, ResultPlace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return make(tmp_path / "sounds/talk.wav")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "results"


def make(path: Path, content: bytes = b"sound") -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    return path


def place(
    folder: ResultFolder, sound: Path, engine: str = "nano", model: str = "m", language: str = "en"
) -> ResultPlace:
    return folder.place_for(sound, engine=engine, model=model, language=language)


def write(root: Path, sound: Path, text: str, suffix: str = ".txt", **how: str) -> Path:
    with ResultFolder(root, suffix) as folder:
        return folder.write(place(folder, sound, **how), text, has_words=bool(text))


def look(root: Path, sound: Path, suffix: str = ".txt", **how: str) -> ResultPlace:
    with ResultFolder(root, suffix) as folder:
        return place(folder, sound, **how)


def names(root: Path) -> list[str]:
    return sorted(path.name for path in root.iterdir() if path.name != KNOWN)


def test_a_written_result_is_done(root: Path, sound: Path) -> None:
    before = look(root, sound)
    assert (before.path, before.is_done) == (root / "talk.txt", False)

    assert write(root, sound, "words\n") == root / "talk.txt"

    assert (root / "talk.txt").read_text() == "words\n"
    after = look(root, sound)
    assert (after.path, after.is_done, after.has_words) == (root / "talk.txt", True, True)
    assert names(root) == ["talk.txt"]


@pytest.mark.parametrize("choice", ['"vocabulary": false', '"itn": true'])
def test_a_result_of_the_first_version_has_no_vocabulary(
    root: Path, sound: Path, choice: str
) -> None:
    write(root, sound, "words\n")
    lines = (root / KNOWN).read_text()
    assert choice in lines
    (root / KNOWN).write_text(lines.replace(f", {choice}", ""))
    assert look(root, sound).is_done


def test_a_result_without_words_is_done(root: Path, sound: Path) -> None:
    write(root, sound, "")
    assert (look(root, sound).is_done, look(root, sound).has_words) == (True, False)


def touch(root: Path, sound: Path) -> None:
    os.utime(sound, ns=(0, 1))


def grow(root: Path, sound: Path) -> None:
    status = sound.stat()
    sound.write_bytes(b"more sound")
    os.utime(sound, ns=(status.st_atime_ns, status.st_mtime_ns))


def lose(root: Path, sound: Path) -> None:
    (root / "talk.txt").unlink()


@pytest.mark.parametrize("change", [touch, grow, lose])
def test_a_result_of_a_changed_file_is_replaced(
    root: Path, sound: Path, change: Callable[[Path, Path], None]
) -> None:
    write(root, sound, "old\n")
    change(root, sound)
    found = look(root, sound)
    assert (found.path, found.is_done) == (root / "talk.txt", False)
    assert write(root, sound, "new\n") == root / "talk.txt"
    assert (root / "talk.txt").read_text() == "new\n"
    assert look(root, sound).is_done


@pytest.mark.parametrize("other", ["engine", "model", "language"])
def test_a_result_with_other_options_is_replaced(root: Path, sound: Path, other: str) -> None:
    write(root, sound, "old\n")
    assert not look(root, sound, **{other: "other"}).is_done
    assert write(root, sound, "new\n", **{other: "other"}) == root / "talk.txt"
    assert not look(root, sound).is_done


def test_results_in_several_formats_are_kept(root: Path, sound: Path) -> None:
    write(root, sound, "words\n")
    assert not look(root, sound, ".srt").is_done
    assert write(root, sound, "1\n", ".srt") == root / "talk.srt"
    assert look(root, sound).is_done
    assert look(root, sound, ".srt").is_done


def test_files_with_the_same_name_have_separate_results(root: Path, tmp_path: Path) -> None:
    sounds = [make(tmp_path / name) for name in ("a/talk.wav", "b/talk.wav", "a/talk.mp3")]
    sounds.append(make(tmp_path / "c/TALK.wav"))
    expected = ["talk.txt", "talk-2.txt", "talk-3.txt", "TALK-4.txt"]
    with ResultFolder(root, ".txt") as folder:
        places = [place(folder, sound) for sound in sounds]
        assert [found.path.name for found in places] == expected
        # the first comes last, as with an engine that works in batches
        for found, sound in reversed(list(zip(places, sounds, strict=True))):
            folder.write(found, f"{sound}\n", has_words=True)
    for name, sound in zip(expected, sounds, strict=True):
        assert (root / name).read_text() == f"{sound}\n"
    for name, sound in reversed(list(zip(expected, sounds, strict=True))):
        assert (look(root, sound).path.name, look(root, sound).is_done) == (name, True)


def test_an_edited_result_is_done_and_never_replaced(root: Path, sound: Path) -> None:
    write(root, sound, "words\n")
    (root / "talk.txt").write_text("better words\n")
    assert look(root, sound).is_done

    touch(root, sound)

    assert look(root, sound).path == root / "talk-2.txt"
    assert write(root, sound, "new\n") == root / "talk-2.txt"
    assert (root / "talk.txt").read_text() == "better words\n"
    assert (look(root, sound).path.name, look(root, sound).is_done) == ("talk-2.txt", True)


def test_a_foreign_file_is_not_replaced(root: Path, sound: Path) -> None:
    make(root / "talk.txt", b"mine\n")
    assert write(root, sound, "words\n") == root / "talk-2.txt"
    assert (root / "talk.txt").read_text() == "mine\n"


def test_a_file_written_in_the_meantime_is_not_replaced(root: Path, sound: Path) -> None:
    with ResultFolder(root, ".txt") as folder:
        found = place(folder, sound)
        found.path.write_text("mine\n")
        assert folder.write(found, "words\n", has_words=True) == root / "talk-2.txt"
    assert (root / "talk.txt").read_text() == "mine\n"


def test_a_crash_between_recording_and_writing_leaves_the_result_undone(
    root: Path, sound: Path
) -> None:
    write(root, sound, "old\n")
    touch(root, sound)
    write(root, sound, "new\n")
    (root / "talk.txt").write_text("old\n")  # as if the new one had been recorded, but not written
    found = look(root, sound)
    assert (found.path, found.is_done) == (root / "talk.txt", False)


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "null",
        "[1]",
        "{}",
        '{"result": 1, "sha256": "", "has_words": true}',
        '{"source": "talk.wav", "result": "talk.txt"',
        "\\udcff",
    ],
)
def test_a_damaged_line_does_not_affect_others(root: Path, sound: Path, line: str) -> None:
    write(root, sound, "words\n")
    with (root / KNOWN).open("a") as file:
        file.write(line)  # truncated by a crash
    other = make(sound.with_name("other.wav"))
    write(root, other, "words\n")
    assert look(root, sound).is_done
    assert look(root, other).is_done


def test_a_name_outside_the_folder_is_ignored(root: Path, sound: Path) -> None:
    write(root, sound, "words\n")
    known = json.loads((root / KNOWN).read_text())
    outside = make(root.parent / "outside.txt", b"words\n")
    (root / KNOWN).write_text(json.dumps({**known, "result": "../outside.txt", "size": 0}) + "\n")
    (root / "talk.txt").unlink()
    assert write(root, sound, "other\n") == root / "talk.txt"
    assert outside.read_text() == "words\n"


def test_sounds_and_results_can_be_moved_together(tmp_path: Path, root: Path, sound: Path) -> None:
    write(root, sound, "words\n")
    moved = tmp_path / "moved"
    moved.mkdir()
    for folder in (root, sound.parent):
        folder.rename(moved / folder.name)
    assert look(moved / root.name, moved / "sounds/talk.wav").is_done


def test_two_processes_at_a_time_are_refused(root: Path, sound: Path) -> None:
    with (
        ResultFolder(root, ".txt"),
        pytest.raises(StoreError, match="another git voicenote is writing"),
        ResultFolder(root, ".srt"),
    ):
        pass
    assert not look(root, sound).is_done


def test_a_long_name_is_shortened(root: Path, tmp_path: Path) -> None:
    sound = make(tmp_path / "sounds" / ("é" * 120 + ".wav"))
    other = make(tmp_path / "sounds" / ("é" * 121 + ".wav"))
    assert write(root, sound, "one\n").name == "é" * 100 + ".txt"
    assert write(root, other, "two\n").name == "é" * 100 + "-2.txt"


def test_an_unwritable_folder_is_an_error(tmp_path: Path) -> None:
    file = make(tmp_path / "sounds/file")
    with (
        pytest.raises(StoreError, match="cannot write results to"),
        ResultFolder(file / "below", ".txt"),
    ):
        pass


def test_a_full_disk_leaves_the_old_result(root: Path, sound: Path) -> None:
    write(root, sound, "old\n")
    touch(root, sound)
    # as many octets as a file may have: the disk is full from there on
    script = (
        "import resource, signal, sys; from pathlib import Path;"
        "from git_voicenote.store.results import ResultFolder;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "folder = ResultFolder(Path(sys.argv[1]), '.txt').__enter__();"
        "place = folder.place_for(Path(sys.argv[2]), engine='nano', model='m', language='en');"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (8, 8));"
        "folder.write(place, 'new words', has_words=True)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, root, sound], capture_output=True, check=False
    )
    assert b"StoreError" in done.stderr.splitlines()[-1]
    assert (root / "talk.txt").read_text() == "old\n"
    assert names(root) == ["talk.txt"]
    assert not look(root, sound).is_done
