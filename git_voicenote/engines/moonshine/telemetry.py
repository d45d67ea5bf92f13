"""Keep onnxruntime from writing about this machine into its home folder."""

from __future__ import annotations

import os


def stop_telemetry() -> None:
    """Turn off the telemetry of onnxruntime; call this before it is imported.

    Since 1.32, importing it makes an id of the machine and a database of events in ~/.cache/
    Microsoft. Children inherit the variable.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
