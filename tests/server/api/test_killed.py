"""A service that is killed at any moment: its jobs go on at the next start."""

from __future__ import annotations

import json
import signal
import subprocess
from typing import TYPE_CHECKING, Any

from tests.server.test_serve import running
from tests.support.programs import needs_curl
from tests.support.serving import RENAME

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox


def curl(link: str, path: str, *options: str) -> Any:  # noqa: ANN401 - JSON
    base, _, token = link.partition("/#token=")
    command = ("curl", "-sS", "--max-time", "60", "-H", f"Authorization: Bearer {token}")
    done = subprocess.run((*command, *options, base + path), capture_output=True, check=True)
    return done.stdout


@needs_curl
def test_jobs_are_resumed_after_kill_9(sandbox: Sandbox) -> None:
    with running(sandbox, "--port=0") as (link, process):
        upload = [f"-Ffile=@{RENAME};filename={n}.flac" for n in range(4)]
        job = json.loads(curl(link, "/api/jobs", *upload))
        process.send_signal(signal.SIGKILL)
    with running(sandbox, "--port=0") as (link, _):
        curl(link, f"/api/jobs/{job['id']}/events")
        files = json.loads(curl(link, f"/api/jobs/{job['id']}"))["files"]
        assert {one["text"] for one in files} == {"We rename it. And read it."}
        assert {one["state"] for one in files} == {"done"}
