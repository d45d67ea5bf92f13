"""What the service did so far, as Prometheus reads it (text format 0.0.4)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

CONTENT_TYPE = "text/plain; version=0.0.4"


@dataclass
class Metrics:
    """Counts since the start. `requests` are by path, as the routes name it, and status."""

    requests: Counter[tuple[str, int]] = field(default_factory=Counter)
    sound_seconds: float = 0.0
    decoding_seconds: float = 0.0

    def heard(self, sound: float, took: float) -> None:
        """Count a file that was decoded: its seconds, and those that it took."""
        self.sound_seconds += sound
        self.decoding_seconds += took

    def render(self, *, waiting: int, is_running: bool) -> str:
        """Return the page; `waiting` jobs are in the queue."""
        factor = self.decoding_seconds / self.sound_seconds if self.sound_seconds else 0.0
        lines = [
            "# HELP voicenote_requests_total Requests that were answered.",
            "# TYPE voicenote_requests_total counter",
            *(
                f'voicenote_requests_total{{path="{path}",status="{status}"}} {count}'
                for (path, status), count in sorted(self.requests.items())
            ),
        ]
        for name, kind, meaning, value in (
            ("sound_seconds_total", "counter", "Seconds of sound that were heard.",
             self.sound_seconds),
            ("decoding_seconds_total", "counter", "Seconds that this took.",
             self.decoding_seconds),
            ("real_time_factor", "gauge", "Seconds of decoding for a second of sound.", factor),
            ("queue_jobs", "gauge", "Jobs in the queue, the one that is decoded included.",
             waiting),
            ("engine_running", "gauge", "Whether the engine process is there.", int(is_running)),
        ):  # fmt: skip
            lines += [
                f"# HELP voicenote_{name} {meaning}",
                f"# TYPE voicenote_{name} {kind}",
                f"voicenote_{name} {value:g}",
            ]
        return "\n".join(lines) + "\n"
