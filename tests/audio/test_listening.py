"""Many files are listened to ahead of an engine, in processes, as if it were done here."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from git_voicenote.audio.listening.ahead import AheadReader
from git_voicenote.audio.listening.pool import Listeners
from git_voicenote.audio.listening.source import DirectReader
from git_voicenote.datatypes import SAMPLE_RATE, Waveform
from git_voicenote.errors import AudioFileError, IncompleteSoundError, VoicenoteError
from tests.support.processes import is_running, listeners_of, wait_until
from tests.support.sound import write_sound
from tests.support.speech import SPEECH

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from git_voicenote.audio.listening.source import SpeechReader
    from tests.support.sandbox import Sandbox

SPOKEN = SPEECH / "test.flac"
"""Two stretches of speech, in less than 7 s."""
_PATIENCE = 30.0
_needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="sees in /proc who is idle")


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More speech than a process may be ahead in these tests, and than a socket holds."""
    sound, _ = soundfile.read(SPOKEN, dtype="float32")
    return write_sound(tmp_path_factory.mktemp("long") / "long.wav", np.tile(sound, 4))


@dataclass
class Heard:
    """What became of one source."""

    pieces: list[tuple[float, bool, bytes]] = field(default_factory=list)
    heard: float = 0.0
    listened: float = 0.0
    warnings: list[str] = field(default_factory=list)
    error: tuple[type[VoicenoteError], str, str | None] | None = None


def hear(sources: Sequence[Path | BinaryIO], processes: int, limit: float = 300.0) -> list[Heard]:
    """Draw all sources, in order."""
    heard: list[Heard] = []

    def listened(seconds: float) -> None:
        heard[-1].listened += seconds

    def warn(message: str) -> None:
        heard[-1].warnings.append(message)

    with Listeners(sources, processes, warn, listened, limit=limit) as listeners:
        for number in range(len(sources)):
            listening = listeners.listen(number)
            heard.append(Heard())
            try:
                for piece in listening.pieces():
                    heard[-1].pieces.append((piece.start, piece.final, piece.samples.tobytes()))
            except VoicenoteError as exc:
                heard[-1].error = (type(exc), exc.message, exc.hint)
            heard[-1].heard = listening.heard
            heard[-1].listened = round(heard[-1].listened, 6)  # sums of other numbers
    return heard


def in_processes(
    sources: Sequence[Path | BinaryIO], processes: int = 1, limit: float = 1.0
) -> Listeners:
    return Listeners(sources, processes, _ignore, _ignore, limit=limit)


def _ignore(_: object) -> None:
    """Take what no test asks for."""


@pytest.fixture(scope="module")
def heard_here(long: Path) -> tuple[Sequence[Path], list[Heard]]:
    """Sources, and what is heard in them without another process."""
    sources = (SPEECH / "rename.flac", long, SPOKEN)
    return sources, hear(sources, 0)


@pytest.mark.parametrize(
    ("processes", "limit"), [(1, 1.0), (3, 300.0)], ids=["hardly ahead", "far ahead"]
)
def test_what_is_heard_is_the_same_to_the_sample(
    processes: int, limit: float, heard_here: tuple[Sequence[Path], list[Heard]]
) -> None:
    sources, expected = heard_here
    heard = hear(sources, processes, limit)
    assert heard == expected
    assert all(one.pieces and one.heard > 5 for one in heard)


def test_damage_and_silence_are_told_the_same(tmp_path: Path) -> None:
    silence = write_sound(tmp_path / "silence.wav", np.zeros(12 * SAMPLE_RATE, np.float32))
    cut = tmp_path / "cut.wav"
    cut.write_bytes(silence.read_bytes()[:-SAMPLE_RATE])
    page = tmp_path / "page.wav"
    page.write_text("<html>")
    sources = [page, silence, tmp_path / "absent.wav", cut, tmp_path, SPOKEN]

    heard = hear(sources, 2)

    assert heard == hear(sources, 0)
    assert heard[0].error == (
        AudioFileError,
        f"{page} is a web page, not sound",
        "a proxy or a login page answered: fetch the sound again",
    )
    assert heard[1] == Heard(heard=12.0, listened=12.0)
    assert "is cut off" in heard[3].warnings[0]
    assert heard[3].error == (
        IncompleteSoundError,
        f"{cut} was not read whole: 11.5 s of it could be read",
        "copy it again from its source, or export it again",
    )


def test_the_last_words_before_a_cut_are_handed_on(tmp_path: Path) -> None:
    sound, _ = soundfile.read(SPOKEN, dtype="float32")
    cut = write_sound(tmp_path / "cut.wav", sound)
    os.truncate(cut, 44 + 2 * 5 * SAMPLE_RATE)  # in the middle of the second stretch
    heard = hear([cut, cut], 1)
    assert heard == hear([cut, cut], 0)
    start, is_final, samples = heard[0].pieces[-1]
    assert is_final
    assert start + len(samples) / 4 / SAMPLE_RATE == heard[0].heard == 5.0


def test_joined_quiet_and_opposite_channels_are_told_the_same(tmp_path: Path) -> None:
    sound, _ = soundfile.read(SPOKEN, dtype="float32")
    joined = tmp_path / "joined.flac"
    joined.write_bytes(2 * SPOKEN.read_bytes())
    quiet = write_sound(tmp_path / "quiet.wav", sound / 500)
    opposite = write_sound(tmp_path / "opposite.wav", np.stack([sound, -sound], axis=1))
    sources = [joined, quiet, opposite]
    heard = hear(sources, 2)
    assert heard == hear(sources, 0)
    assert heard[0].heard == pytest.approx(2 * heard[1].heard, abs=0.1)
    assert [len(one.warnings) for one in heard] == [0, 1, 1]


def test_files_go_to_processes_and_other_sources_are_listened_to_here(tmp_path: Path) -> None:
    stream = io.BytesIO(SPOKEN.read_bytes())
    sources: list[Path | BinaryIO] = [stream, SPOKEN, tmp_path / "absent.wav", SPOKEN]
    with in_processes(sources, processes=2) as listeners:
        kinds = [type(listeners.listen(number)) for number in range(4)]
    assert kinds == [DirectReader, AheadReader, DirectReader, AheadReader]
    assert hear(sources, 2)[0].pieces == hear([SPOKEN], 0)[0].pieces


@_needs_proc
@pytest.mark.parametrize(
    ("limit", "kinds"),
    [(1.0, [AheadReader, DirectReader]), (6.0, [AheadReader, AheadReader])],
)
def test_an_engine_may_let_a_file_wait_for_the_next_one(
    limit: float, kinds: list[type[SpeechReader]], long: Path
) -> None:
    with in_processes([SPOKEN, long], limit=limit) as listeners:
        first = listeners.listen(0)
        settle()  # there is no room for more of either
        second = listeners.listen(1)
        assert [type(first), type(second)] == kinds
        assert samples_of(second.pieces()) == samples_of(here(long).pieces())
        assert samples_of(first.pieces()) == samples_of(here(SPOKEN).pieces())


@_needs_proc
def test_a_process_stays_within_its_bounds(long: Path) -> None:
    with in_processes([long, SPOKEN]) as listeners:
        first = listeners.listen(0)
        settle()
        # it waits in the first file for somebody to draw it
        assert isinstance(listeners.listen(1), DirectReader)
        assert samples_of(first.pieces()) == samples_of(here(long).pieces())


@_needs_proc
def test_a_process_begins_no_file_that_there_is_no_room_for() -> None:
    with in_processes([SPOKEN] * 5, limit=6.0) as listeners:
        listeners.listen(0)
        settle()
        kinds = [type(listeners.listen(number)) for number in (1, 2, 3, 4)]
    assert kinds == [AheadReader, DirectReader, DirectReader, DirectReader]


def test_a_process_that_is_killed_costs_one_file(long: Path) -> None:
    with in_processes([long, SPOKEN]) as listeners:
        first = listeners.listen(0)
        pieces = first.pieces()
        taken = [next(pieces)]
        (process,) = listeners_of(os.getpid())
        os.kill(process, signal.SIGKILL)
        with pytest.raises(AudioFileError) as caught:
            taken.extend(pieces)
        assert caught.value.message == (
            f"{long} could not be read to its end: the process that read it ended (signal 9)"
        )
        assert caught.value.hint
        assert 0 < first.heard < 27
        assert samples_of(here(long).pieces()).startswith(samples_of(taken))

        # another process takes its place
        wait_until(lambda: listeners_of(os.getpid()) not in ([], [process]))
        second = listeners.listen(1)
        assert isinstance(second, AheadReader)
        assert samples_of(second.pieces()) == samples_of(here(SPOKEN).pieces())


def test_a_file_that_nobody_wants_any_more_is_not_read_on(long: Path) -> None:
    with in_processes([long, SPOKEN]) as listeners:
        first = listeners.listen(0)
        pieces = first.pieces()
        next(pieces)
        (process,) = listeners_of(os.getpid())
        first.close()
        first.close()
        list(pieces)  # comes to an end
        wait_until(lambda: listeners_of(os.getpid()) not in ([], [process]))
        second = listeners.listen(1)
        assert isinstance(second, AheadReader)
        assert samples_of(second.pieces()) == samples_of(here(SPOKEN).pieces())


def test_no_process_outlives_the_context(long: Path) -> None:
    with in_processes([long] * 3, processes=2) as listeners:
        next(listeners.listen(0).pieces())
        assert len(listeners_of(os.getpid())) == 2
    assert listeners_of(os.getpid()) == []
    with in_processes([long] * 3, processes=2):
        """Left before a process is ready."""
    assert listeners_of(os.getpid()) == []


def test_a_folder_that_shadows_our_modules_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit('code of the repository was run')")
    monkeypatch.chdir(tmp_path)
    with in_processes([SPOKEN]) as listeners:
        listening = listeners.listen(0)
        assert isinstance(listening, AheadReader)
        assert list(listening.pieces())


PARENT = """
import pathlib, sys
from git_voicenote.audio.listening.pool import Listeners
if len(sys.argv) > 2:
    sys.executable = sys.argv[2]
path = pathlib.Path(sys.argv[1])
with Listeners([path] * 3, 2, print, lambda _: None, limit=1.0) as listeners:
    listening = listeners.listen(0)
    next(listening.pieces())
    print(type(listening).__name__, flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("python", ["/nowhere/python", "/bin/false"])
def test_where_no_process_can_be_started_files_are_listened_to_here(
    python: str, sandbox: Sandbox
) -> None:
    done = sandbox.run(sys.executable, "-c", PARENT, SPOKEN, python)
    assert (done.stdout, done.stderr) == (b"DirectReader\n", b"")


@pytest.fixture
def parent(sandbox: Sandbox, long: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program that has drawn a piece of a file, and two processes of which are at files."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, long],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env=sandbox.environment, cwd=sandbox.folder, start_new_session=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == b"AheadReader\n"
        yield process
        process.kill()


def test_the_interrupt_key_leaves_no_process(parent: subprocess.Popen[bytes]) -> None:
    processes = listeners_of(parent.pid)
    os.killpg(parent.pid, signal.SIGINT)
    assert parent.wait(_PATIENCE) == -signal.SIGINT
    assert len(processes) == 2
    assert not any(is_running(process) for process in processes)


def test_processes_end_with_their_parent_however_that_ends(
    parent: subprocess.Popen[bytes],
) -> None:
    processes = listeners_of(parent.pid)
    parent.kill()
    assert len(processes) == 2
    wait_until(lambda: not any(is_running(process) for process in processes))


def here(source: Path) -> SpeechReader:
    return DirectReader(source, _ignore, _ignore)


def samples_of(pieces: Iterator[Waveform] | list[Waveform]) -> bytes:
    return b"".join(piece.samples.tobytes() for piece in pieces)


def settle() -> None:
    """Wait until the one process has nothing to do: it sleeps, and has used no time for a while.

    One that only waits for a core is busy, too.
    """
    (process,) = listeners_of(os.getpid())
    used = ""
    for _ in range(round(_PATIENCE / 0.3)):
        time.sleep(0.3)
        before, used = used, cpu_time(process)
        if used == before and used.startswith("S "):
            return
    raise AssertionError("the process is busy without an end")


def cpu_time(process: int) -> str:
    """Return the state of a process, and its time in user and in system mode."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return " ".join((fields[0], *fields[11:13]))
