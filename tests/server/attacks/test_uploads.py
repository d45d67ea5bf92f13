"""Uploads that are larger than they look, or not what they say."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile

from tests.support.serving import BOUNDARY, FORM_TYPE, PATH, TOKEN, form, read_answer

if TYPE_CHECKING:
    from tests.support.serving import Answer, Client


def silence(seconds: int) -> bytes:
    """A FLAC of silence, which takes next to no room."""
    file = io.BytesIO()
    with soundfile.SoundFile(file, "w", 8000, 1, format="FLAC") as sound:
        for _ in range(seconds // 60):
            sound.write(np.zeros(60 * 8000, np.float32))
    return file.getvalue()


def test_sound_that_expands_is_heard_for_what_it_is(client: Client) -> None:
    """Three minutes of silence in a few kilobytes: what counts is the sound, not the file."""
    bomb = silence(180)
    assert len(bomb) < 20_000
    answer = client.transcribe(sound=bomb)
    assert (answer.status, answer.json["text"]) == (200, "")
    assert answer.json["usage"]["seconds"] == 180


def wav(*, rate: int = 16000, channels: int = 1, claimed: int = 0xFFFFFFFF) -> bytes:
    described = struct.pack(
        "<HHIIHH", 1, channels, rate, 2 * rate * channels & 0xFFFFFFFF, 2 * channels & 0xFFFF, 16
    )
    return (
        b"RIFF"
        + struct.pack("<I", claimed)
        + b"WAVEfmt \x10\0\0\0"
        + described
        + (b"data" + struct.pack("<I", claimed) + b"\0\0" * 1000)
    )


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.wav", bytes(50_000_000))
    return file.getvalue()


@pytest.mark.parametrize(
    "sound",
    [wav(), wav(rate=0), wav(rate=0xFFFFFFFF), wav(channels=0), wav(channels=65535),
     wav(claimed=0), zipped(), b"", b"RIFF", b"fLaC" + b"\xff" * 1000, b"OggS" + b"\0" * 1000,
     b"#EXTM3U\nfile:///etc/passwd\n", b"[playlist]\nFile1=/etc/passwd\n",
     b"ffconcat version 1.0\nfile '/etc/passwd'\n", b"<?xml version='1.0'?><MPD/>",
     b"\x1aE\xdf\xa3" + b"\xff" * 200, b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + b"\0" * 100,
     b"#!AMR\n" + b"\0" * 50, b"\0\0\0\x18ftypM4A " + b"\xff" * 100],
    ids=lambda sound: repr(sound[:8]),
)  # fmt: skip
def test_sound_that_lies_is_refused_or_heard_as_far_as_it_goes(
    client: Client, sound: bytes
) -> None:
    answer = client.transcribe(sound=sound)
    assert answer.status in (200, 422)
    assert b"root:" not in answer.body
    assert "traceback" not in answer.body.decode().lower()
    assert client.uploads() == []
    assert client.transcribe().status == 200


def jobs(client: Client, *parts: tuple[str, bytes]) -> Answer:
    """Send files as a job; each with what stands after `name="file"; `."""
    body = b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; {name}\r\n\r\n'.encode(
            "utf-8", "surrogateescape"
        )
        + content + b"\r\n"
        for name, content in parts
    ) + f"--{BOUNDARY}--\r\n".encode()  # fmt: skip
    return client.request("POST", "/api/jobs", body, {"Content-Type": FORM_TYPE})


HOSTILE = (
    "../../../../etc/owned", "/etc/owned", "..\\..\\owned", "C:\\owned", "a/../../owned", "~/owned",
    "%2e%2e%2fowned", "con", "-rf", "a\x1b]0;owned\x07", "a\u202egnp.exe", "x" * 5000, ".", "..",
    "/" * 100, "a//b", "nul\\x00byte", "<script>alert(1)</script>.wav", "=cmd|' /C calc'!A0",
    ".git/hooks/post-checkout", "\udcff\udcfe",
)  # fmt: skip


def test_the_names_of_files_lead_nowhere(client: Client) -> None:
    """They are shown, and name the files of an archive; where files are kept, they do not say."""
    before = {path for path in client.folder.parent.rglob("*") if "state" not in path.parts[-2:]}
    taken = []
    for name in HOSTILE:
        alone = jobs(client, (f'filename="{name}"', b"no sound"))
        assert alone.status in (201, 400), name
        if alone.status == 201:
            (file,) = alone.json["files"]
            taken.append(name)
            parts = Path(file["name"]).parts
            assert not Path(file["name"]).is_absolute()
            assert ".." not in parts
            assert len(file["name"]) < 4096
            assert file["name"].isprintable()
            identity = alone.json["id"]
            assert client.request("DELETE", f"/api/jobs/{identity}").status in (200, 204)
    outside = {
        path for path in client.folder.parent.rglob("*")
        if client.folder not in (path, *path.parents)
    }  # fmt: skip
    assert [name for name in HOSTILE if name not in taken] == ["x" * 5000]
    assert outside <= before | {client.folder}
    assert not Path("/etc/owned").exists()


def test_too_many_files_are_refused(client: Client) -> None:
    answer = jobs(client, *[('filename="a.wav"', b"x")] * 1001)
    assert (answer.status, answer.code) == (413, "too_many_files")
    assert client.uploads() == []


def test_an_upload_goes_to_the_disk_and_not_into_memory(client: Client) -> None:
    """80 MB, sent in pieces; the service is a thread of ours."""
    body = form(sound=b"\0")
    head, tail = body.split(b"\0")
    piece, count = bytes(1 << 20), 80
    size = len(head) + len(piece) * count + len(tail)
    before = most = _resident()
    with client.connect() as connection:
        connection.sendall(
            f"POST {PATH} HTTP/1.1\r\nHost: {client.host}\r\nAuthorization: Bearer {TOKEN}\r\n"
            f"Content-Type: {FORM_TYPE}\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n"
            .encode() + head
        )  # fmt: skip
        for _ in range(count):
            connection.sendall(piece)
            most = max(most, _resident())
        connection.sendall(tail)
        assert read_answer(connection).status == 422
    assert most - before < 40_000_000
    assert client.uploads() == []


def _resident() -> int:
    """The memory of this process, in bytes (proc(5))."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
