"""Metrics of the service for Prometheus (text format 0.0.4)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

CONTENT_TYPE = "text/plain; version=0.0.4"


@dataclass(frozen=True, slots=True)
class Gauges:
    """Values that are measured at the time of a request; memory is resident, in bytes."""

    waiting: int
    dictations: int
    is_running: bool
    server_bytes: int
    engine_bytes: int | None


@dataclass
class Metrics:
    """Counts since the start; `requests` by path of the route and status."""

    requests: Counter[tuple[str, int]] = field(default_factory=Counter)
    sound_seconds: float = 0.0
    decoding_seconds: float = 0.0

    def heard(self, sound: float, took: float) -> None:
        """Count a decoded file: its seconds, and the seconds of decoding."""
        self.sound_seconds += sound
        self.decoding_seconds += took

    def render(self, now: Gauges) -> str:
        """Return the page."""
        factor = self.decoding_seconds / self.sound_seconds if self.sound_seconds else 0.0
        lines = [
            "# HELP voicenote_requests_total Responses by path and status.",
            "# TYPE voicenote_requests_total counter",
            *(
                f'voicenote_requests_total{{path="{path}",status="{status}"}} {count}'
                for (path, status), count in sorted(self.requests.items())
            ),
        ]
        for name, kind, meaning, value in (
            ("sound_seconds_total", "counter", "Seconds of sound transcribed.",
             self.sound_seconds),
            ("decoding_seconds_total", "counter", "Seconds spent on transcribing it.",
             self.decoding_seconds),
            ("real_time_factor", "gauge", "Seconds of decoding for a second of sound.", factor),
            ("queue_jobs", "gauge", "Requests in the queue, including the current one.",
             now.waiting),
            ("dictations", "gauge", "Live dictations.", now.dictations),
            ("engine_running", "gauge", "Whether the engine process runs.",
             int(now.is_running)),
            ("server_memory_bytes", "gauge", "Resident memory of the service.", now.server_bytes),
            ("engine_memory_bytes", "gauge", "Resident memory of the engine process.",
             now.engine_bytes or 0),
        ):  # fmt: skip
            lines += [
                f"# HELP voicenote_{name} {meaning}",
                f"# TYPE voicenote_{name} {kind}",
                f"voicenote_{name} {value:.10g}",
            ]
        return "\n".join(lines) + "\n"
