"""Sound files that were mutated: through libsndfile, and through ffmpeg where it is installed.

python -m benchmarks.attack.sounds 10000
"""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from benchmarks.attack.tally import Tally, main
from benchmarks.attack.trials import mutated, try_all
from git_voicenote.audio.files.checking import check_recording
from git_voicenote.audio.files.finding import stated_duration
from git_voicenote.audio.files.reading import read_blocks
from git_voicenote.audio.files.wav import repair_wav
from git_voicenote.errors import VoicenoteError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_WRITTEN = (
    # the name, libsndfile's format and its subtype
    ("a.wav", "WAV", "PCM_16"), ("b.wav", "WAV", "FLOAT"), ("c.wav", "WAV", "MS_ADPCM"),
    ("a.flac", "FLAC", "PCM_16"), ("a.opus", "OGG", "OPUS"), ("a.ogg", "OGG", "VORBIS"),
    ("a.mp3", "MP3", "MPEG_LAYER_III"), ("a.aiff", "AIFF", "PCM_24"), ("a.au", "AU", "ULAW"),
    ("a.caf", "CAF", "ALAC_16"), ("a.w64", "W64", "PCM_16"), ("a.rf64", "RF64", "PCM_16"),
)  # fmt: skip
_ENCODED = ("a.m4a", "a.mka", "a.ac3", "a.wma", "a.avi", "a.ts", "a.aac")
_PLAYLISTS = (
    b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\na.ts\n", b"ffconcat version 1.0\nfile a.m4a\n",
    b"v=0\nc=IN IP4 ::1\nm=audio 5004 RTP/AVP 0\n", b"[playlist]\nFile1=a.wav\n",
)  # fmt: skip


def run(count: int, seed: int) -> Tally:
    """Try so many files: each is read, measured, checked as a recording and repaired."""
    with tempfile.TemporaryDirectory() as scratch:
        samples = _samples(Path(scratch))
        return try_all(_inputs(count, random.Random(seed), samples, Path(scratch)))  # noqa: S311 - no secret


def _samples(folder: Path) -> dict[str, bytes]:
    time = np.arange(8000) / 16000
    sound = (0.5 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)
    for name, form, subtype in _WRITTEN:
        soundfile.write(folder / name, sound, 16000, format=form, subtype=subtype)
    if shutil.which("ffmpeg"):
        for name in _ENCODED:
            subprocess.run(
                ["ffmpeg", "-loglevel", "error", "-y", "-i", folder / "a.wav", folder / name],
                check=True,
            )
    found = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    found |= {f"list{number}.m4a": text for number, text in enumerate(_PLAYLISTS)}
    return found


def _inputs(
    count: int, chance: random.Random, samples: dict[str, bytes], folder: Path
) -> Iterator[tuple[str, Callable[[], object]]]:
    names = sorted(samples)
    for number in range(count):
        name = names[number % len(names)]
        content = mutated(samples[name], chance)
        yield f"{number}: {name}", partial(_try, folder / f"tried-{name}", content)


def _try(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    stated_duration(path)
    for use in (check_recording, repair_wav):
        with suppress(VoicenoteError):
            use(path)
    path.write_bytes(content)  # repaired, it is another
    for block in read_blocks(path):
        assert np.isfinite(block).all()


if __name__ == "__main__":
    main(run, 10_000)
