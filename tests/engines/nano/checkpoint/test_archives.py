"""Importing an archive, and refusing unusual members."""

from __future__ import annotations

import io
import os
import shutil
import stat
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from git_voicenote.engines.nano.checkpoint.installed import installed_checkpoints
from git_voicenote.engines.nano.checkpoint.verification import verify_model
from git_voicenote.engines.nano.importing import import_checkpoint
from git_voicenote.errors import EngineError
from git_voicenote.models.installed import models_dir

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.disk import SmallDisk


def pack_tar(path: Path, folder: Path, mode: str) -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]  # the mode is a name
        archive.add(folder, folder.name)
    return path


def pack_zip(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder.parent))
    return path


@pytest.mark.parametrize("layout", ["flat", "original"])
@pytest.mark.parametrize("ending", ["tar", "tar.gz", "tar.bz2", "tar.xz", "zip"])
def test_an_archive_is_imported(
    layouts: dict[str, Path], tmp_path: Path, layout: str, ending: str
) -> None:
    path = tmp_path / f"Fun-ASR-Nano-2512-hf.{ending}"
    if ending == "zip":
        pack_zip(path, layouts[layout])
    else:
        pack_tar(path, layouts[layout], "w:" + ending.partition(".")[2])
    imported = import_checkpoint(path)
    assert imported.folder.name == "Fun-ASR-Nano-2512"
    assert imported.record.source == str(path)
    assert verify_model(imported.folder) == ()
    assert os.listdir(models_dir()) == ["Fun-ASR-Nano-2512"]  # noqa: PTH208 - hidden names, too


def test_an_archive_is_detected_by_its_content(layouts: dict[str, Path], tmp_path: Path) -> None:
    path = pack_tar(tmp_path / "download", layouts["flat"], "w:gz")
    assert import_checkpoint(path).folder.name == "download"


def test_a_folder_may_be_packed_from_within(layouts: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "model.tar"
    with tarfile.open(path, "w") as archive:
        archive.add(layouts["flat"], ".")  # like `tar -C FOLDER -cf model.tar .`
    assert verify_model(import_checkpoint(path).folder) == ()


def member(name: str, **fields: object) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(info, field, value)
    return info


@pytest.mark.parametrize(
    ("entry", "complaint"),
    [
        (member("../../evil", size=4), "a path out of its own folder"),
        (member("/tmp/evil", size=4), "a path out of its own folder"),
        (member("model/../../evil", size=4), "a path out of its own folder"),
        (member("..\\evil", size=4), "a path out of its own folder"),
        (member("../up", type=tarfile.DIRTYPE), "a path out of its own folder"),
        (member("l", type=tarfile.SYMTYPE, linkname="/etc/passwd"), "a link, l"),
        (member("h", type=tarfile.LNKTYPE, linkname="model/config.json"), "a link, h"),
        (member("d", type=tarfile.CHRTYPE), "a device, d"),
        (member("p", type=tarfile.FIFOTYPE), "a device, p"),
        (member("flat/config.json", size=4), "the same file twice"),
    ],
    ids=lambda value: value.name if isinstance(value, tarfile.TarInfo) else "",
)
def test_a_tar_with_more_than_files_is_refused(
    layouts: dict[str, Path], tmp_path: Path, entry: tarfile.TarInfo, complaint: str
) -> None:
    path = pack_tar(tmp_path / "model.tar", layouts["flat"], "w")
    with tarfile.open(path, "a") as archive:
        archive.addfile(entry, io.BytesIO(b"evil"))
    before = set(tmp_path.rglob("*"))
    with pytest.raises(EngineError, match=complaint):
        import_checkpoint(path)
    assert installed_checkpoints() == ()
    new = set(tmp_path.rglob("*")) - before
    assert new <= {models_dir(), *models_dir().parents}


@pytest.mark.parametrize(
    ("name", "mode", "complaint"),
    [
        ("../evil", 0, "a path out of its own folder"),
        ("/evil", 0, "a path out of its own folder"),
        ("link", stat.S_IFLNK | 0o777, "a link or a device, link"),
        ("device", stat.S_IFCHR | 0o600, "a link or a device, device"),
    ],
)
def test_a_zip_with_more_than_files_is_refused(
    layouts: dict[str, Path], tmp_path: Path, name: str, mode: int, complaint: str
) -> None:
    path = pack_zip(tmp_path / "model.zip", layouts["flat"])
    entry = zipfile.ZipInfo(name)
    entry.external_attr = mode << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(entry, b"/etc/passwd")
    with pytest.raises(EngineError, match=complaint):
        import_checkpoint(path)
    assert installed_checkpoints() == ()


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_a_huge_number_of_entries_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"many.{kind}"
    if kind == "tar":
        with tarfile.open(path, "w") as tar:
            for number in range(2001):
                tar.addfile(member(f"many/{number}", size=0))
    else:
        with zipfile.ZipFile(path, "w") as archive:
            for number in range(2001):
                archive.writestr(f"many/{number}", b"")
    with pytest.raises(EngineError, match="more than 2000 entries"):
        import_checkpoint(path)


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("m.tar.gz", b"<!doctype html><title>Sign in</title>", r"m\.tar\.gz is a web page"),
        ("m.tar", b"version https://git-lfs.github.com/spec/v1\n", "is a Git LFS pointer"),
        ("m.tar", b"", "is empty"),
        ("m.zip", b"PK\x03\x04 and no more", "is not an archive, or is truncated or damaged"),
        ("m.tar", b"hello " * 200, "is not an archive, or is truncated or damaged"),
        ("m.tar.zst", b"\x28\xb5\x2f\xfd" + b"x" * 600, "zstd|damaged"),
    ],
)
def test_a_file_that_is_not_an_archive_is_refused(
    tmp_path: Path, name: str, content: bytes, complaint: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(EngineError, match=complaint):
        import_checkpoint(tmp_path / name)


@pytest.mark.parametrize("ending", ["tar", "tar.gz", "tar.xz", "zip"])
def test_a_truncated_archive_is_refused(
    layouts: dict[str, Path], tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"model.{ending}"
    if ending == "zip":
        pack_zip(path, layouts["flat"])
    else:
        pack_tar(path, layouts["flat"], "w:" + ending.partition(".")[2])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 6 // 10])
    with pytest.raises(EngineError, match="is truncated or damaged"):
        import_checkpoint(path)
    assert installed_checkpoints() == ()


def test_a_zip_with_a_wrong_checksum_is_refused(layouts: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "model.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for file in sorted(layouts["flat"].iterdir()):
            archive.write(file, f"model/{file.name}")
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 255
    path.write_bytes(whole)
    with pytest.raises(EngineError, match="is truncated or damaged"):
        import_checkpoint(path)


def test_an_archive_without_a_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("hello\n")
    path = pack_tar(tmp_path / "notes.tar", tmp_path / "notes", "w")
    with pytest.raises(EngineError) as caught:
        import_checkpoint(path)
    assert caught.value.message == f"{path} contains no model"


def test_a_damaged_file_in_an_archive_is_named_by_its_path_there(
    layouts: dict[str, Path], tmp_path: Path
) -> None:
    folder = shutil.copytree(layouts["flat"], tmp_path / "model")
    (folder / "model.safetensors").write_text("<html>")
    path = pack_tar(tmp_path / "model.tar", folder, "w")
    with pytest.raises(EngineError) as caught:
        import_checkpoint(path)
    assert caught.value.message.startswith(f"{path}/model/model.safetensors is a web page")


def test_an_archive_larger_than_the_disk_is_refused_before_unpacking(
    layouts: dict[str, Path],
    tmp_path: Path,
    small_disk: SmallDisk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(small_disk.folder))
    path = pack_tar(tmp_path / "model.tar", layouts["flat"], "w")
    with pytest.raises(EngineError, match=r"not enough disk space to unpack model\.tar"):
        import_checkpoint(path)
    assert os.listdir(models_dir()) == []  # noqa: PTH208 - hidden names, too
