"""The items of a realtime conversation: one for each turn of speech, or for each commit."""

from __future__ import annotations

import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from git_voicenote.characters import visible
from git_voicenote.server.live.outbox import Outbox
from git_voicenote.text.passes.spoken_prose import spoken_prose

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from git_voicenote.datatypes import PartialText, Segment
    from git_voicenote.server.live.outbox import Event
    from git_voicenote.server.responses.refusals import RefusalError

    Send = Callable[..., None]

_TRANSCRIPTION = "conversation.item.input_audio_transcription"
_DELTA = f"{_TRANSCRIPTION}.delta"


def new_id(kind: str) -> str:
    """Return a unique id, such as item_3f2a91c0d4e5b6a7."""
    return f"{kind}_{secrets.token_hex(8)}"


@dataclass
class Item:
    """Speech that is being transcribed; times are in seconds from the start of the connection."""

    start: float = 0.0
    end: float | None = None
    sent: str = ""
    """The text that was sent as deltas."""
    id: str = field(default_factory=lambda: new_id("item"))


class ItemsOutbox(Outbox):
    """The events of a realtime connection; deltas of one item that wait become one."""

    def _add(self, event: Event, waiting: range) -> None:
        last = self._events[-1] if waiting else {}
        if event["type"] == last.get("type") == _DELTA and event["item_id"] == last["item_id"]:
            self._events[-1] = {**event, "delta": f"{last['delta']}{event['delta']}"}
        else:
            self._events.append(event)


class Items:
    """Reports items to a client. `send` is called with the type of an event and its fields."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._previous: str | None = None

    def begin(self, item: Item) -> None:
        """Report that speech began."""
        start = round(item.start * 1000)
        self._send("input_audio_buffer.speech_started", item_id=item.id, audio_start_ms=start)

    def pause(self, item: Item) -> None:
        """Report a pause, which ends the item."""
        end = round((item.end or 0.0) * 1000)
        self._send("input_audio_buffer.speech_stopped", item_id=item.id, audio_end_ms=end)
        self.commit(item)

    def commit(self, item: Item) -> None:
        """Report that the sound of an item is complete."""
        self._send("input_audio_buffer.committed", item_id=item.id, previous_item_id=self._previous)
        self._previous = item.id

    def grow(self, item: Item, text: str) -> None:
        """Send the new part of a text; nothing if what was sent before has changed."""
        if text.startswith(item.sent) and text != item.sent:
            delta, item.sent = text[len(item.sent) :], text
            self._send(_DELTA, item_id=item.id, content_index=0, delta=delta)

    def complete(self, item: Item, segments: Sequence[Segment], seconds: float) -> None:
        """Send the text of an item."""
        text = visible(spoken_prose(segments))
        self.grow(item, text)
        usage = {"type": "duration", "seconds": round(seconds, 3)}
        self._send(
            f"{_TRANSCRIPTION}.completed",
            item_id=item.id,
            content_index=0,
            transcript=text,
            usage=usage,
        )

    def fail(self, item: Item, error: RefusalError) -> None:
        """Report an error in place of the text."""
        self._send(f"{_TRANSCRIPTION}.failed", item_id=item.id, content_index=0, **error.as_json())


class SpeechItems:
    """Items of sound that is split at pauses. `offset` is the start of the sound, in seconds."""

    def __init__(self, items: Items, offset: float) -> None:
        self._items = items
        self._offset = offset
        self._open: deque[Item] = deque()
        """Items without a text yet; only the last one may continue."""

    @property
    def is_speaking(self) -> bool:
        """Whether there is speech, or speech without a text so far."""
        return bool(self._open)

    def voice(self, time: float, *, begins: bool) -> None:
        """Note that speech begins or pauses."""
        at = time + self._offset
        if begins:
            self._open.append(Item(at))
            self._items.begin(self._open[-1])
        elif self._open:
            self._open[-1].end = at
            self._items.pause(self._open[-1])

    def partial(self, heard: PartialText) -> None:
        """Send the words of the current speech that stand: a delta cannot be taken back."""
        if self._open:
            self._items.grow(self._open[0], visible(heard.text))

    def heard(self, segment: Segment) -> None:
        """Add a segment to the item in which it was spoken."""
        start, end = segment.start + self._offset, segment.end + self._offset
        while self._open and self._open[0].end is not None and self._open[0].end <= start:
            self._items.complete(self._open.popleft(), (), 0.0)  # it has no words
        if self._open and self._open[0].start < end:
            item = self._open.popleft()
        else:  # an engine may split it into two segments
            item = Item(start)
            self._items.begin(item)
        if item.end is None:
            item.end = end
            self._items.pause(item)
        self._items.complete(item, (segment,), end - start)

    def end(self, error: RefusalError | None = None) -> None:
        """Complete the open items at the end of the sound; with an error, without text."""
        while self._open:
            item = self._open.popleft()
            if item.end is None:
                self._items.commit(item)
            if error is None:
                self._items.complete(item, (), 0.0)
            else:
                self._items.fail(item, error)
