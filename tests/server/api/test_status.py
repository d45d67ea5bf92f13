"""GET /api/status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git_voicenote import __version__
from tests.support.serving import serving

if TYPE_CHECKING:
    from pathlib import Path


def test_the_status_names_the_engine_and_the_queue(tmp_path: Path) -> None:
    with serving(tmp_path) as client:
        assert client.request(path="/api/status").json == {
            "version": __version__,
            "engine": {
                "name": "scripted", "model": None, "languages": ["en"], "device": "cpu",
                "server": None, "is_loaded": False,
            },
            "queue": {"waiting": 0, "limit": 16},
            "repository": None,
            "language": "en",
            "dictation": None,
        }  # fmt: skip
        page = client.request(path="/metrics").body.decode()
        assert 'voicenote_requests_total{path="/api/status",status="200"} 1' in page
