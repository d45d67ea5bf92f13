"""Read files in another process, and queue their speech until the engine asks for it."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

from git_voicenote.audio.listening.source import ListeningReport
from git_voicenote.errors import AudioFileError
from git_voicenote.log import Log
from git_voicenote.processes import TalkingProcess

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from git_voicenote.audio.voice_activity import Detection
    from git_voicenote.datatypes import Waveform


_log = Log(__name__)


class AheadReader:
    """A file that a process reads, and the reports that were not consumed yet."""

    def __init__(
        self,
        path: Path,
        follower: ListeningProcess,
        warn: Callable[[str], None],
        listened: Callable[[float], None],
    ) -> None:
        self.path = path
        self.heard = 0.0
        """Seconds of it in which speech was searched for."""
        self.told: deque[ListeningReport] = deque()
        self.is_whole = False
        """Whether the process has reported all of it."""
        self.is_closed = False
        self._follower = follower
        self._warn = warn
        self._listened = listened

    def pieces(self) -> Iterator[Waveform]:
        """Yield the speech in it; see SpeechReader."""
        while (stretch := self._follower.draw(self)) is not None:
            for warning in stretch.warnings:
                self._warn(warning)
            if stretch.listened:
                self._listened(stretch.listened)
            self.heard = max(self.heard, stretch.heard)  # 0 if the process died
            yield from stretch.pieces
            if stretch.error is not None:
                raise stretch.error
            if stretch.is_last:
                return

    def close(self) -> None:
        """Discard what was reported; end the process if it is still reading."""
        self._follower.drop(self)


class ListeningProcess:
    """A process that reads files, and the thread that receives its messages; see Listeners.

    If the process dies, another one replaces it. `begin` returns the next file, or None after the
    last one. `changed` guards the shared state, and is held during calls of `begin`.
    """

    def __init__(
        self,
        changed: threading.Condition,
        begin: Callable[[ListeningProcess], AheadReader | None],
        limit: float,
        detection: Detection,
    ) -> None:
        self.is_starting = True
        """Whether it has no file yet."""
        self._changed = changed
        self._begin = begin
        self._limit = limit
        self._detection = detection
        self._held = 0.0
        """Seconds of speech that were reported and not drawn."""
        self._is_stopped = False
        self._process: TalkingProcess | None = None
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def start(self) -> None:
        """Start the process, without waiting for it."""
        self._thread.start()

    def stop(self) -> None:
        """End the process, whatever it is doing; `join` waits for its end."""
        with self._changed:
            self._is_stopped = True
            if self._process is not None:
                self._process.kill()
            self._changed.notify_all()

    def join(self) -> None:
        """Wait until the process has ended, after `stop`."""
        self._thread.join()

    def draw(self, file: AheadReader) -> ListeningReport | None:
        """Wait for the next report on a file; return None if the file was closed."""
        with self._changed:
            self._changed.wait_for(lambda: file.told or file.is_closed or self._is_stopped)
            if not file.told:
                return None
            stretch = file.told.popleft()
            self._held -= stretch.spoken
            self._changed.notify_all()
            return stretch

    def drop(self, file: AheadReader) -> None:
        """Discard what was reported about a file; end the process if it is still reading it."""
        with self._changed:
            file.is_closed = True
            self._held -= sum(stretch.spoken for stretch in file.told)
            file.told.clear()
            if not file.is_whole and self._process is not None:
                self._process.kill()
            self._changed.notify_all()

    def _follow(self) -> None:
        is_needed = True
        while is_needed:
            process = self._start()
            is_needed = process is not None and self._listen(process)
        with self._changed:
            self.is_starting = False
            self._changed.notify_all()

    def _start(self) -> TalkingProcess | None:
        with self._changed:
            self.is_starting = True
            if self._is_stopped:
                return None
            try:
                self._process = TalkingProcess("git_voicenote.audio.listening.process")
            except OSError as exc:  # too many processes; this one reads the files
                _log.failed("a process that listens ahead could not be started", exc)
                return None
            return self._process

    def _listen(self, process: TalkingProcess) -> bool:
        """Let the process read files; return whether it died during one."""
        file = None
        try:
            process.socket.recv()  # "ready"
            while (file := self._next()) is not None:
                process.socket.send((file.path.absolute(), self._detection))
                while not file.is_whole:
                    self._wait_for_room(file)
                    self._take(file, process.socket.recv())
        except (
            EOFError,
            OSError,
            MemoryError,
        ) as exc:  # the process died, or this one has no memory for its message
            how = process.end()
            if not self._is_stopped and not (file and file.is_closed):
                _log.failed(f"a process that listens ahead ended ({how})", exc)
            if file is not None:
                self._take(file, ListeningReport(is_last=True, error=_died(file.path, how)))
            return file is not None
        process.end()
        return False

    def _next(self) -> AheadReader | None:
        with self._changed:
            self.is_starting = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._held < self._limit or self._is_stopped)
            return None if self._is_stopped else self._begin(self)

    def _wait_for_room(self, file: AheadReader) -> None:
        """Wait until the engine has drawn enough, unless it waits for this very file."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._held < self._limit or not file.told or self._is_stopped
            )

    def _take(self, file: AheadReader, stretch: ListeningReport) -> None:
        with self._changed:
            file.is_whole = stretch.is_last
            if not file.is_closed:
                file.told.append(stretch)
                self._held += stretch.spoken
            self._changed.notify_all()


def _died(path: Path, how: str) -> AudioFileError:
    return AudioFileError(
        f"{path} could not be read to its end: the process that read it ended ({how})",
        hint="memory may be short: close other programs, and try again",
    )
