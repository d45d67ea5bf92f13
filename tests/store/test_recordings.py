from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path, PosixPath

import pytest

from git_voicenote.errors import StoreError
from git_voicenote.store.recordings import Recordings, new_recording_id, state_dir

WHEN = datetime(2026, 11, 22, 10, 14, tzinfo=UTC)
ID = "20261122-101400-3f2a"


def test_ids_sort_by_time_and_differ_within_a_second() -> None:
    ids = [new_recording_id(WHEN + timedelta(seconds=second)) for second in range(5)]

    assert ids == sorted(ids)
    assert all(recording_id.startswith("20261122-1014") for recording_id in ids)
    assert len({new_recording_id(WHEN) for _ in range(20)}) > 15


def test_state_is_in_the_repository_or_where_xdg_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert state_dir(tmp_path / ".git/voicenote") == tmp_path / ".git/voicenote"
    assert state_dir(None) == Path(os.environ["XDG_DATA_HOME"]) / "git-voicenote"
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert state_dir(None) == Path.home() / ".local/share/git-voicenote"


def test_recordings_are_in_a_private_folder(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path / "voicenote")

    path = recordings.new_path(ID)

    assert path == tmp_path / "voicenote/recordings" / f"{ID}.wav"
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert recordings.path_of(ID) is None
    assert recordings.ids() == ()


@pytest.mark.parametrize("form", ["wav", "flac", "opus"])
def test_a_recording_is_found_and_deleted_in_every_format(tmp_path: Path, form: str) -> None:
    recordings = Recordings(tmp_path)
    path = recordings.new_path(ID).with_suffix("." + form)
    path.write_bytes(b"sound")

    assert recordings.path_of(ID) == path
    assert recordings.ids() == (ID,)
    assert recordings.delete(ID)
    assert not path.exists()
    assert not recordings.delete(ID)


class CompressedMeanwhile(PosixPath):
    """A path whose WAV is compressed by somebody else as soon as it was seen."""

    def is_file(self) -> bool:
        was_there = super().is_file()
        if was_there and self.suffix == ".wav":
            self.rename(self.with_suffix(".flac"))
        return bool(was_there)


def test_a_recording_that_is_compressed_meanwhile_is_opened_and_deleted(tmp_path: Path) -> None:
    recordings = Recordings(CompressedMeanwhile(tmp_path))
    path = recordings.new_path(ID)

    path.write_bytes(b"sound")
    opened = recordings.open(ID)
    assert opened is not None
    with opened:
        assert opened.read() == b"sound"

    path.with_suffix(".flac").rename(path)
    assert recordings.delete(ID)
    assert recordings.open(ID) is None


@pytest.mark.parametrize("name", ["../../../etc/passwd", "/etc/passwd", "", ID + "/../x", "a\0b"])
def test_an_invalid_id_has_no_path(tmp_path: Path, name: str) -> None:
    recordings = Recordings(tmp_path)

    assert recordings.path_of(name) is None
    assert not recordings.delete(name)
    with pytest.raises(StoreError, match="is not the id of a recording"):
        recordings.new_path(name)


def test_unfinished_recordings_are_wav_unknown_to_the_history_and_not_being_written(
    tmp_path: Path,
) -> None:
    recordings = Recordings(tmp_path)
    for name in ("0001.wav", "0002.wav", "0003.wav", "0004.flac"):
        recordings.new_path(ID).with_name(f"20261122-101400-{name}").write_bytes(b"sound")
    (recordings.folder / "notes.wav").write_bytes(b"no recording of ours")

    cut_off = recordings.unfinished(
        finished={"20261122-101400-0001"}, is_being_written=lambda path: path.stem.endswith("3")
    )

    assert cut_off == ("20261122-101400-0002",)


def test_a_folder_that_cannot_be_made_is_an_error_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "voicenote").write_text("a file stands where the folder should")

    with pytest.raises(StoreError, match=r"cannot write .*voicenote/recordings: Not a directory"):
        Recordings(tmp_path / "voicenote").new_path(ID)
