"""Bundles taken apart, and such as somebody with bad intentions would send."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.support.sound import wav_header

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SOUND = "20260102-030405-beef"
TRAILER = f"Voicenote-Recording: {SOUND}\nVoicenote-Engine: moonshine\n"
WAV = wav_header(32000) + bytes(32000)
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def manifest_of(path: Path) -> dict[str, Any]:
    with tarfile.open(path) as archive:
        file = archive.extractfile("manifest.json")
        assert file is not None
        manifest: dict[str, Any] = json.load(file)
        return manifest


def members_of(path: Path) -> list[tuple[tarfile.TarInfo, bytes]]:
    with tarfile.open(path) as archive:
        return [
            (member, file.read())
            for member in archive.getmembers()
            if (file := archive.extractfile(member)) is not None
        ]


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """Return a container with changed members and a manifest that agrees with them."""
    contents = {member.name: content for member, content in members_of(path)}
    manifest = json.loads(contents.pop("manifest.json"))
    change(contents)
    manifest["files"] = [
        {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for name, content in contents.items()
    ]
    head = json.dumps(manifest).encode()
    return packed([(tarfile.TarInfo(name), content) for name, content in
                   [("manifest.json", head), *contents.items()]])  # fmt: skip


def packed(members: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for member, content in members:
            member.size = 0 if member.islnk() or member.issym() else len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def as_link(member: tarfile.TarInfo, kind: bytes) -> None:
    member.type, member.linkname = kind, "/etc/passwd"


def added(name: str, content: bytes, contents: dict[str, bytes]) -> None:
    contents[name] = content


def removed(name: str, contents: dict[str, bytes]) -> None:
    del contents[name]


def exchanged(name: str, old: bytes, new: bytes, contents: dict[str, bytes]) -> None:
    assert old in contents[name]
    contents[name] = contents[name].replace(old, new)


def hostile(path: Path) -> dict[str, bytes]:
    """Return files that must be refused, by what is wrong with them."""
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    files = {
        "nothing": b"",
        "text": b"hello\n" * 400,
        "flipped": bytes(flipped),
        **{f"cut at {part}": whole[: len(whole) * part // 8] for part in range(1, 8)},
        "without its end": whole[:-600],
    }
    for name in (
        "../evil", "/etc/evil", "recordings/../../evil", "recordings/x.flac", "evil",
        ".git/hooks/pre-commit", f"recordings/{SOUND}.sh", "recordings/20260102-030405-" + "a" * 90,
    ):  # fmt: skip
        files[name] = rewritten(path, partial(added, name, b"x"))
    files["no git bundle"] = rewritten(path, lambda contents: contents.clear())
    files["another git bundle"] = rewritten(
        path, lambda contents: contents.update({"git.bundle": b"# v2 git bundle\nx"})
    )
    files["cut git bundle"] = rewritten(
        path, lambda contents: contents.update({"git.bundle": contents["git.bundle"][:-40]})
    )
    files["transcripts"] = rewritten(
        path,
        lambda contents: contents.update({"transcripts.json": b'[{"id": "%s"}]' % SOUND.encode()}),
    )
    files["transcripts of nothing"] = rewritten(
        path, lambda contents: contents.update({"transcripts.json": b"[]"})
    )
    files["no transcripts"] = rewritten(path, partial(removed, "transcripts.json"))
    files["no sound"] = rewritten(path, partial(removed, f"recordings/{SOUND}.flac"))
    files["a sound that is none"] = rewritten(
        path, lambda contents: contents.update({f"recordings/{SOUND}.flac": b"sound" * 1000})
    )
    files["a sound that is cut off"] = rewritten(
        path,
        lambda contents: contents.update(
            {f"recordings/{SOUND}.flac": contents[f"recordings/{SOUND}.flac"][:-900]}
        ),
    )
    files["a sound in two forms"] = rewritten(path, partial(added, f"recordings/{SOUND}.wav", WAV))
    files["a wav that nothing is told of"] = rewritten(
        path, partial(added, "recordings/20260102-030405-dead.wav", WAV)
    )
    files["a time that is none"] = rewritten(
        path, partial(added, "recordings/20269999-990405-dead.wav", WAV)
    )
    for key, old, new in (
        ("the year 1", b"2026-01-02T03:04:05+00:00", b"0001-01-01T00:00:00+00:00"),
        ("NaN", b"0.9", b"NaN"), ("infinity", b"0.9", b"1e999"), ("text", b"16000", b'"16000"'),
        ("many digits", b"16000", b"1" + b"0" * 30), ("depth", b"16000", b"[" * 5000),
    ):  # fmt: skip
        files[key] = rewritten(path, partial(exchanged, "transcripts.json", old, new))
    for kind, name in (
        (tarfile.SYMTYPE, "a symlink"), (tarfile.LNKTYPE, "a link"), (tarfile.CHRTYPE, "a device"),
        (tarfile.FIFOTYPE, "a pipe"), (tarfile.DIRTYPE, "a folder"),
    ):  # fmt: skip
        members = members_of(path)
        as_link(members[1][0], kind)
        files[name] = packed(members)
    members = members_of(path)
    files["twice"] = packed([*members, members[-1]])
    manifest = json.loads(members[0][1])
    changes: dict[str, dict[str, Any]] = {
        "a name twice": {"files": [*manifest["files"], manifest["files"][0]]},
        "a huge size": {"files": [{**manifest["files"][0], "size": 1 << 60}]},
        "60,000 files": {
            "files": [
                {"name": f"recordings/20260102-030405-{n:08x}.wav", "size": 44, "sha256": "0" * 64}
                for n in range(60_000)
            ]
        },
        "other heads": {"heads": {"topic": "0" * 40}},
        "other covers": {"covers": {}},
        "heads of another kind": {"heads": [1]},
        "a size that is true": {"files": [{**manifest["files"][0], "size": True}]},
        "a size of ten to the 30": {"files": [{**manifest["files"][0], "size": 10**30}]},
        "a negative size": {"files": [{**manifest["files"][0], "size": -1}]},
        "no checksum": {"files": [{**manifest["files"][0], "sha256": None}]},
        "no files": {"files": 5},
        "another version": {"version": 2},
        "another format": {"format": "x"},
    }
    for what, change in changes.items():
        members[0] = (members[0][0], json.dumps({**manifest, **change}).encode())
        files[what] = packed(members)
    members[0] = (members[0][0], b"[" * 100_000)
    files["a deep manifest"] = packed(members)
    files["more behind the end"] = whole + b"more"
    members[0] = (members[0][0], json.dumps(manifest).encode()[:-1] + b', "version": 1}')
    files["a key twice"] = packed(members)
    huge = tarfile.TarInfo("manifest.json")
    huge.size = 1 << 40
    files["a huge manifest"] = huge.tobuf(tarfile.GNU_FORMAT) + b"x" * 4096
    return files
