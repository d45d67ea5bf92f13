"""A process that listens to files: `python -m git_voicenote.audio.listening.process SOCKET`.

It is a process of its own, because detecting speech keeps a core busy, and holds Python's global
lock.

SOCKET is the descriptor of a multiprocessing connection. The process sends "ready", receives paths
with a Detection each, and answers each with Stretches. The connection is closed however our parent
ends, and this process then ends, too.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import TYPE_CHECKING

from git_voicenote.audio.listening.source import DirectReader, ListeningReport
from git_voicenote.errors import VoicenoteError

if TYPE_CHECKING:
    from pathlib import Path

    from git_voicenote.audio.voice_activity import Detection
    from git_voicenote.datatypes import Waveform
    from git_voicenote.processes import Socket

_STRETCH = 5.0
"""Seconds of sound in each message: 20 ms of work, and 0.3 MB at most."""


def main() -> None:
    """Read one file after the other until our parent ends."""
    socket: Socket = Connection(int(sys.argv[1]))
    paths: SimpleQueue[tuple[Path, Detection]] = SimpleQueue()
    threading.Thread(target=_take_paths, args=(socket, paths), daemon=True).start()
    socket.send("ready")
    while True:
        path, detection = paths.get()
        _File(path, detection, socket).listen()


def _take_paths(socket: Socket, paths: SimpleQueue[tuple[Path, Detection]]) -> None:
    with suppress(EOFError, OSError):
        while True:
            paths.put(socket.recv())
    # our parent has ended, and the main thread may wait for a disk that does not answer
    os._exit(0)


class _File:
    """A file that is being read, and its unsent report."""

    def __init__(self, path: Path, detection: Detection, socket: Socket) -> None:
        self._socket = socket
        self._warnings: list[str] = []
        self._pieces: list[Waveform] = []
        self._untold = 0.0
        self._listening = DirectReader(path, self._warnings.append, self._listened, detection)

    def listen(self) -> None:
        error = None
        try:
            for piece in self._listening.pieces():
                self._pieces.append(piece)
        except VoicenoteError as exc:
            error = exc
        self._tell(is_last=True, error=error)

    def _listened(self, seconds: float) -> None:
        self._untold += seconds
        if self._untold >= _STRETCH:
            self._tell()

    def _tell(self, *, is_last: bool = False, error: VoicenoteError | None = None) -> None:
        stretch = ListeningReport(
            self._untold, self._listening.heard, tuple(self._pieces), tuple(self._warnings),
            is_last, error,
        )  # fmt: skip
        self._untold = 0.0
        self._pieces.clear()
        self._warnings.clear()
        with suppress(OSError):  # our parent has ended, which _take_paths notices
            self._socket.send(stretch)


if __name__ == "__main__":
    main()
