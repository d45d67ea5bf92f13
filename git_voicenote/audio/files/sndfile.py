"""Decode with libsndfile, with all channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from git_voicenote.audio.containers.view import SplicedFile
from git_voicenote.errors import AudioFileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from git_voicenote.datatypes import Samples

_RATES = range(1_000, 768_001)
"""Plausible sample rates, in hertz; a header with another one is damaged."""

MAX_CHANNELS = 64
_UNKNOWN = 365 * 24 * 3600.0
"""Seconds from which a duration means that libsndfile does not know it."""


class NotForLibsndfile(Exception):  # noqa: N818 - not an error: another decoder is tried
    """libsndfile cannot open this; `reason` says why, if known."""

    def __init__(self, reason: str | None) -> None:
        super().__init__(reason)
        self.reason = reason


class SndfileSound:
    """A stream of sound that libsndfile decodes.

    After the last block, `failure` is what stopped it, if anything.
    """

    def __init__(self, file: BinaryIO | SplicedFile, name: str) -> None:
        """Open a file from its start.

        Raises NotForLibsndfile, and AudioFileError if the header is implausible.
        """
        import soundfile

        self.failure: str | None = None
        file.seek(0)
        try:
            opened = file if isinstance(file, SplicedFile) else file.fileno()
            self._sound: Any = soundfile.SoundFile(opened, closefd=False)
        except soundfile.LibsndfileError as exc:
            file.seek(0)
            is_wav = file.read(4) == b"RIFF"  # its reasons are worth showing for WAV only
            raise NotForLibsndfile(
                f"damaged WAV: {exc.error_string.strip(' .')}" if is_wav else None
            ) from exc
        self.rate: int = self._sound.samplerate
        if self.rate not in _RATES:
            raise not_sound_error(name, f"its header states a sample rate of {self.rate:,} Hz")
        if self._sound.channels > MAX_CHANNELS:
            raise not_sound_error(name, f"its header states {self._sound.channels} channels")
        # soundfile seeks to the current position before and after each read if it can; for mp3,
        # this resets libmpg123, which then prints warnings about missing frames on the terminal
        self._sound.seekable = lambda: False

    @property
    def stated(self) -> float | None:
        """The seconds that libsndfile expected, or None; if it does not know, it states years."""
        seconds = float(self._sound.frames / self.rate)
        return seconds if seconds < _UNKNOWN else None

    def blocks(self) -> Iterator[Samples]:
        """Yield blocks of about 0.1 s, of shape (frames, channels)."""
        import soundfile

        with self._sound:
            while True:
                try:
                    block = self._sound.read(
                        max(1, self.rate // 10), dtype="float32", always_2d=True
                    )
                except soundfile.LibsndfileError as exc:
                    self.failure = exc.error_string.removeprefix("Error : ").strip(" .")
                    return
                if not len(block):
                    return
                yield block


def not_sound_error(name: str, reason: str) -> AudioFileError:
    """Return the error for a file that exists, but is not sound."""
    return AudioFileError(
        f"{name} holds no sound that can be read ({reason})",
        hint="record or export it again: wav, flac, ogg, opus, mp3 or m4a will do",
    )
