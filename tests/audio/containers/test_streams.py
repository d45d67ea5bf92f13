"""The streams in a file: several of them, lengths that lie, what lies around them."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

import numpy as np
import pytest

from git_voicenote.audio.containers import mpeg
from git_voicenote.audio.containers.streams import Junk, streams
from git_voicenote.audio.containers.view import SplicedFile, View
from git_voicenote.datatypes import SAMPLE_RATE
from tests.support.sound import pcm, pitch, sound_of, tone, wav_header, write_sound

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.audio.containers.streams import StreamOrJunk

LOW, HIGH = 400.0, 1000.0
KINDS = {
    "wav": {},
    "rf64": {"format": "RF64"},
    "rifx": {"format": "WAV", "endian": "BIG"},
    "w64": {"format": "W64"},
    "aiff": {},
    "au": {},
    "caf": {},
    "flac": {},
    "ogg": {"subtype": "VORBIS"},
    "opus": {"format": "OGG", "subtype": "OPUS"},
    "mp3": {},
}
ID3 = b"ID3\x04\0\0\0\0\x10\0" + bytes(0x800)
ID3V1 = b"TAG" + b"x" * 125
APE = b"APETAGEX" + struct.pack("<IIII", 2000, 40, 0, 0) + bytes(8 + 40)
LOG = b"recording to standard output ...\n" * 100


@pytest.fixture(autouse=True)
def no_ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is promised here needs no ffmpeg."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


def encoded(folder: Path, kind: str, hertz: float, *, seconds: float = 2.0, **how: int) -> bytes:
    """Return a tone as a file of a kind; `rate` and `channels` may be given."""
    rate, channels = how.get("rate", SAMPLE_RATE), how.get("channels", 1)
    sound = np.stack([tone(seconds, hertz=hertz, rate=rate)] * channels, axis=1)
    path = folder / f"part.{kind}"
    return write_sound(path, sound, rate=rate, **KINDS[kind]).read_bytes()


def read(folder: Path, content: bytes) -> tuple[list[tuple[float, float]], list[str]]:
    """Return the pitch of each second but those between two tones, and what was told."""
    path = folder / "joined"  # no suffix: the content tells
    path.write_bytes(content)
    warnings: list[str] = []
    heard = sound_of(path, warnings)
    pitches = [
        (round(at / SAMPLE_RATE, 1), pitch(heard[at : at + SAMPLE_RATE // 2]))
        for at in range(SAMPLE_RATE // 2, len(heard) - SAMPLE_RATE // 2, 2 * SAMPLE_RATE)
    ]
    return [(seconds, round(hertz, -2)) for seconds, hertz in pitches], warnings


def found_in(folder: Path, content: bytes) -> list[StreamOrJunk]:
    path = folder / "file"
    path.write_bytes(content)
    with path.open("rb", buffering=0) as file:
        return list(streams(View(file)))


@pytest.mark.parametrize("kind", KINDS)
def test_files_that_were_joined_are_read_to_the_end(kind: str, tmp_path: Path) -> None:
    low, high = encoded(tmp_path, kind, LOW), encoded(tmp_path, kind, HIGH)
    assert read(tmp_path, low + high + low) == ([(0.5, LOW), (2.5, HIGH), (4.5, LOW)], [])


@pytest.mark.parametrize("kind", ["wav", "flac", "ogg", "mp3", "aiff"])
def test_those_that_are_joined_may_have_other_shapes(kind: str, tmp_path: Path) -> None:
    low = encoded(tmp_path, kind, LOW, rate=44_100, channels=2)
    high = encoded(tmp_path, kind, HIGH, rate=16_000)
    assert read(tmp_path, low + high) == ([(0.5, LOW), (2.5, HIGH)], [])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("mp3", "wav"),
        ("wav", "flac"),
        ("flac", "ogg"),
        ("ogg", "mp3"),
        ("wav", "mp3"),
        ("flac", "mp3"),
    ],
)
def test_those_that_are_joined_may_be_of_two_kinds(first: str, second: str, tmp_path: Path) -> None:
    content = encoded(tmp_path, first, LOW) + encoded(tmp_path, second, HIGH)
    assert read(tmp_path, content) == ([(0.5, LOW), (2.5, HIGH)], [])


@pytest.mark.parametrize("between", [ID3, ID3V1, APE, ID3V1 + ID3, bytes(512)])
@pytest.mark.parametrize("kind", ["mp3", "flac", "ogg", "wav"])
def test_tags_and_zeros_between_them_are_passed_over(
    kind: str, between: bytes, tmp_path: Path
) -> None:
    low, high = encoded(tmp_path, kind, LOW), encoded(tmp_path, kind, HIGH)
    assert read(tmp_path, ID3 + low + between + high + ID3V1) == ([(0.5, LOW), (2.5, HIGH)], [])


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_program_printed_before_the_sound_is_passed_over_and_told(
    kind: str, tmp_path: Path
) -> None:
    pitches, warnings = read(tmp_path, LOG + encoded(tmp_path, kind, LOW))
    assert pitches == [(0.5, LOW)]
    assert warnings == [
        f"{tmp_path}/joined contains 3,300 bytes that are not sound before its sound"
    ]


def test_what_is_no_sound_after_the_sound_is_told_as_missing(tmp_path: Path) -> None:
    content = encoded(tmp_path, "ogg", LOW) + LOG + encoded(tmp_path, "ogg", HIGH)
    pitches, warnings = read(tmp_path, content)
    assert pitches == [(0.5, LOW), (2.5, HIGH)]
    assert warnings == [
        f"{tmp_path}/joined contains 3,300 bytes that are not sound from 0:02 on",
        "not whole",
    ]


@pytest.mark.parametrize("stated", [0, 0xFFFFFFFF])
def test_streams_from_pipes_that_were_joined_are_taken_apart(stated: int, tmp_path: Path) -> None:
    low, high = pcm(tone(2, hertz=LOW)), pcm(tone(2, hertz=HIGH))
    content = wav_header(stated) + low + wav_header(stated) + high
    assert read(tmp_path, content) == ([(0.5, LOW), (2.5, HIGH)], [])
    path = tmp_path / "joined"
    assert len(sound_of(path)) == 4 * SAMPLE_RATE  # a header is not heard as a click


def field(content: bytes, name: bytes, form: str, value: int) -> bytes:
    """Replace the number after a name."""
    at = content.index(name) + len(name)
    return content[:at] + struct.pack(form, value) + content[at + struct.calcsize(form) :]


def of_flac(content: bytes, samples: int) -> bytes:
    number = int.from_bytes(content[18:26], "big") >> 36 << 36 | samples
    return content[:18] + number.to_bytes(8, "big") + content[26:]


def of_mp3(content: bytes, frames: int) -> bytes:
    at = re.search(rb"Xing|Info", content)
    assert at is not None
    return content[: at.end() + 4] + frames.to_bytes(4, "big") + content[at.end() + 8 :]


W64_DATA = b"data\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a"


def with_length(kind: str, content: bytes, share: float) -> bytes:
    """Have a header state so much of the sound that there is; a share of 0 is no length."""
    if kind == "flac":
        return of_flac(content, round(2 * SAMPLE_RATE * share))
    if kind == "mp3":
        return of_mp3(content, round(share * 56))
    size = round(2 * SAMPLE_RATE * 2 * share)
    if kind == "au":
        return content[:8] + struct.pack(">I", size) + content[12:]
    if kind == "aiff":
        return field(field(content, b"FORM", ">I", size), b"SSND", ">I", size)
    name, form = {
        "wav": (b"data", "<I"),
        "caf": (b"data", ">q"),
        "w64": (W64_DATA, "<q"),
    }[kind]
    return field(content, name, form, size)


LENGTHS = ["wav", "w64", "aiff", "au", "caf", "flac", "mp3"]


@pytest.mark.parametrize("share", [0, 0.25])
@pytest.mark.parametrize("kind", LENGTHS)
def test_a_length_that_is_too_small_costs_no_sound(kind: str, share: float, tmp_path: Path) -> None:
    content = with_length(kind, encoded(tmp_path, kind, LOW), share)
    pitches, warnings = read(tmp_path, content)
    assert len(sound_of(tmp_path / "joined")) == pytest.approx(2 * SAMPLE_RATE, abs=2000)
    assert pitches == [(0.5, LOW)]
    assert warnings in (
        [],
        [f"{tmp_path}/joined has a damaged header: all sound up to its end is read"],
    )


@pytest.mark.parametrize("kind", LENGTHS)
def test_a_length_that_is_too_large_tells_how_much_is_missing(kind: str, tmp_path: Path) -> None:
    content = with_length(kind, encoded(tmp_path, kind, LOW), 2.0)
    pitches, warnings = read(tmp_path, content)
    assert pitches == [(0.5, LOW)]
    assert re.search(r"cut off.* (1\.9|2\.0|2\.1) s ", warnings[0])
    assert warnings[1:] == ["not whole"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_was_cut_off_is_read_as_far_as_it_goes_and_told(
    kind: str, tmp_path: Path
) -> None:
    whole = encoded(tmp_path, kind, LOW, seconds=60 if kind == "ogg" else 6)  # long pages
    pitches, warnings = read(tmp_path, whole[: len(whole) // 2])
    assert pitches[0] == (0.5, LOW)
    assert "cut off" in warnings[0] or "damaged" in warnings[0]
    assert warnings[1:] == ["not whole"]


def test_the_part_that_was_cut_off_is_named_by_its_place(tmp_path: Path) -> None:
    low, high = encoded(tmp_path, "wav", LOW), encoded(tmp_path, "wav", HIGH, seconds=6)
    pitches, warnings = read(tmp_path, low + high[: len(high) // 2])
    assert pitches == [(0.5, LOW), (2.5, HIGH)]
    assert warnings == [
        f"{tmp_path}/joined is cut off: 3.0 s of sound are missing from 0:02 on",
        "not whole",
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_was_cut_off_does_not_hide_the_one_joined_to_it(
    kind: str, tmp_path: Path
) -> None:
    low = encoded(tmp_path, kind, LOW, seconds=60 if kind == "ogg" else 6)
    high = encoded(tmp_path, kind, HIGH)
    path = tmp_path / "joined"
    path.write_bytes(low[: len(low) // 2 + 1] + high)
    warnings: list[str] = []
    heard = sound_of(path, warnings)
    assert pitch(heard[: SAMPLE_RATE // 2]) == pytest.approx(LOW, rel=0.03)
    assert pitch(heard[-SAMPLE_RATE:]) == pytest.approx(HIGH, rel=0.03)
    assert warnings[-1] == "not whole"


def test_a_part_that_holds_no_sound_stops_no_other(tmp_path: Path) -> None:
    broken = wav_header(100).replace(b"\x01\0\x01\0", b"\x77\x77\x01\0") + bytes(100)
    pitches, warnings = read(tmp_path, broken + encoded(tmp_path, "wav", LOW))
    assert pitches == [(0.5, LOW)]
    assert "holds no sound that can be read" in warnings[0]
    assert warnings[0].endswith(": 144 bytes")
    assert warnings[1:] == ["not whole"]


@pytest.mark.parametrize("kind", ["mp3", "ogg"])
def test_a_large_hole_of_zeros_is_told_as_missing(kind: str, tmp_path: Path) -> None:
    content = encoded(tmp_path, kind, LOW) + bytes(3 << 20) + encoded(tmp_path, kind, HIGH)
    pitches, warnings = read(tmp_path, content)
    assert pitches == [(0.5, LOW), (2.5, HIGH)]
    assert "3,145,728 bytes that are not sound from 0:02 on" in warnings[0]
    assert warnings[1:] == ["not whole"]


def test_zeros_after_the_sound_may_be_what_was_never_copied(tmp_path: Path) -> None:
    pitches, warnings = read(tmp_path, encoded(tmp_path, "wav", LOW) + bytes(100_000))
    assert pitches == [(0.5, LOW)]
    assert warnings == [f"{tmp_path}/joined may be cut off: it ends with 100,000 zeros"]


def test_of_many_streams_in_a_file_the_rest_is_told(tmp_path: Path) -> None:
    one = wav_header(200) + bytes(200)
    found = found_in(tmp_path, one * 2100)
    assert len(found) == 2001
    assert found[-1] == Junk(2000 * len(one), 2100 * len(one))


def test_of_many_bytes_that_look_like_frames_not_all_are_looked_at(tmp_path: Path) -> None:
    """Each pair of octets may begin a frame, and none is followed by another."""
    path = tmp_path / "file"
    path.write_bytes(b"\xff\xfb" * (4 << 20))
    with path.open("rb", buffering=0) as file:
        assert mpeg.first(View(file), 0) is None


def test_an_mp3_without_a_tag_is_read_whole(tmp_path: Path) -> None:
    """Of one whose frames differ, libsndfile reads as much as it guesses by the first."""
    path = tmp_path / "a.mp3"
    quiet, loud = tone(1, loudness=0.001), np.random.default_rng(0).normal(0, 0.2, 5 * SAMPLE_RATE)
    write_sound(path, np.concatenate([loud.astype(np.float32), quiet, quiet, quiet]))
    content = path.read_bytes()
    path.write_bytes(content)
    with path.open("rb", buffering=0) as file:
        tag = mpeg.frame_at(View(file), 0)
    assert tag is not None
    path.write_bytes(content[tag.length :])
    warnings: list[str] = []
    assert len(sound_of(path, warnings)) == pytest.approx(8 * SAMPLE_RATE, abs=2000)
    assert warnings == []


def test_a_hole_in_an_mp3_costs_what_was_in_it(tmp_path: Path) -> None:
    content = encoded(tmp_path, "mp3", LOW, seconds=8)
    middle = len(content) // 2
    holed = content[:middle] + bytes(len(content) // 8) + content[middle + len(content) // 8 :]
    path = tmp_path / "a.mp3"
    path.write_bytes(holed)
    warnings: list[str] = []
    assert len(sound_of(path, warnings)) == pytest.approx(7 * SAMPLE_RATE, abs=0.3 * SAMPLE_RATE)
    assert "is damaged" in warnings[0]
    assert warnings[1:] == ["not whole"]


def test_ogg_without_a_last_page_may_be_cut_off(tmp_path: Path) -> None:
    content = encoded(tmp_path, "opus", LOW, seconds=4)
    pitches, warnings = read(tmp_path, content[: content.rindex(b"OggS")])
    assert pitches[0] == (0.5, LOW)
    assert warnings == [
        f"{tmp_path}/joined may be cut off: its last page is not marked as the last"
    ]


def test_metadata_of_another_format_is_no_stream(tmp_path: Path) -> None:
    """`flac --keep-foreign-metadata` keeps the header of the WAV that it was."""
    content = encoded(tmp_path, "flac", LOW)
    foreign = b"riff" + wav_header(64_000)
    block = b"\x02" + len(foreign).to_bytes(3, "big") + foreign
    assert len(found_in(tmp_path, content[:42] + block + content[42:])) == 1


@pytest.mark.parametrize("head", [b"\x1a\x45\xdf\xa3", b"ADIF", b"RIFF\0\0\0\0AVI LIST"])
def test_streams_inside_of_other_containers_are_left_to_those(head: bytes, tmp_path: Path) -> None:
    found = found_in(tmp_path, head + bytes(100) + encoded(tmp_path, "flac", LOW))
    assert [type(one).__name__ for one in found] == ["Stream"]


@pytest.mark.parametrize(
    "content",
    [
        b"#!AMR\n" + bytes(range(100)),
        struct.pack(">I4s8x", 16, b"ftyp") + struct.pack(">I4s92x", 100, b"mdat"),
    ],
    ids=["amr", "mp4"],
)
def test_files_of_formats_for_ffmpeg_are_taken_apart(content: bytes, tmp_path: Path) -> None:
    found = found_in(tmp_path, content + ID3V1 + content)
    assert [one.start for one in found] == [0, len(content) + len(ID3V1)]


def test_random_bytes_hold_no_stream(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).bytes(3 << 20)
    (found,) = found_in(tmp_path, b"x" + noise)
    assert not isinstance(found, Junk)
    assert found.pieces == (range(len(noise) + 1),)


@pytest.mark.parametrize("kind", KINDS)
def test_every_damage_ends(kind: str, tmp_path: Path) -> None:
    """Whatever a header says, its reader goes forward, and stays within the file."""
    content = encoded(tmp_path, kind, LOW, seconds=0.5)
    random = np.random.default_rng(0)
    for _ in range(40):
        damaged = bytearray(content)
        for at in random.integers(0, min(len(content), 200), 8):
            damaged[at] = random.choice([0, 1, 0x7F, 0x80, 0xFF])
        end = 0
        for found in found_in(tmp_path, bytes(damaged)):
            assert end <= found.start < found.end <= len(content)
            end = found.end


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_may_be_cut_anywhere(kind: str, tmp_path: Path) -> None:
    content = encoded(tmp_path, kind, LOW, seconds=0.2)
    pages = (page.start() for page in re.finditer(b"OggS", content))
    cuts = {*range(1, 80), *range(len(content) - 60, len(content))}
    cuts |= {page + more for page in pages for more in range(1, 28)}
    for cut in sorted(cuts):
        assert all(found.end <= cut for found in found_in(tmp_path, content[:cut]))


def test_a_spliced_file_reads_as_its_pieces(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(bytes(range(100)))
    with path.open("rb", buffering=0) as file:
        spliced = SplicedFile(file, (range(10, 20), b"abc", range(0), range(50, 55)))
        expected = bytes(range(10, 20)) + b"abc" + bytes(range(50, 55))
        assert spliced.read() == expected
        assert spliced.seek(-7, 2) == 11
        assert spliced.read(4) == b"bc" + bytes(range(50, 52))
        assert (spliced.tell(), spliced.read(100), spliced.read(1)) == (
            15,
            bytes(range(52, 55)),
            b"",
        )
